package node

import (
	"errors"
	"strings"

	"redislab/node/command"
	"redislab/node/config"
)

func (n *Node) configHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"config|get": n.configGet, "config|set": n.configSet, "config|rewrite": n.configRewrite,
		"config|resetstat": func(ctx *command.Ctx) { n.resetStats(); ctx.OK() },
		"config|help":      command.ReplyHelp,
	}
}

// words gives the arguments from i on as text.
func words(ctx *command.Ctx, i int) []string {
	list := make([]string, 0, len(ctx.Argv)-i)
	for _, a := range ctx.Argv[i:] {
		list = append(list, string(a))
	}
	return list
}

func (n *Node) configGet(ctx *command.Ctx) {
	pairs := n.set.Get(words(ctx, 2)...)
	ctx.Map(len(pairs))
	for _, p := range pairs {
		ctx.BulkString(p.Name)
		ctx.BulkString(p.Value)
	}
}

func (n *Node) configSet(ctx *command.Ctx) {
	caller := config.Caller{Local: isLocal(ctx.Client.(*client).ip()), Loading: n.loading.active}
	if err := n.set.ApplyAs(caller, words(ctx, 2), n.adopt); err != nil {
		ctx.Error(err.Error())
		return
	}
	ctx.OK()
}

// adopt makes the node conform to directives that CONFIG SET changed. Of the effects only entering
// another directory can fail.
func (n *Node) adopt(changed []string) error {
	err := n.applySettings(changed)
	if err == nil {
		return nil
	}
	var arg *config.ArgError
	if errors.As(err, &arg) {
		return err
	}
	reason := rootCause(err).Error()
	return &config.ArgError{Name: "dir", Reason: strings.ToUpper(reason[:1]) + reason[1:]}
}

func (n *Node) configRewrite(ctx *command.Ctx) {
	if err := n.set.RewriteFile(); err != nil {
		n.warnf("CONFIG REWRITE failed: %v", err)
		ctx.Error(err.Error())
		return
	}
	n.noticef("CONFIG REWRITE executed with success.")
	ctx.OK()
}
