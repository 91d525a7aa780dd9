package node

import (
	"slices"

	"redislab/node/command"
	"redislab/node/sentinel"
)

// errSentinelSave is the reply when a command's change could not be saved.
const errSentinelSave = "ERR Failed to save config file. Check server logs."

// sentinelHandlers are the handlers of sentinel mode that others do not have or have otherwise.
func (n *Node) sentinelHandlers() map[string]command.Handler {
	all := map[string]command.Handler{"publish": n.sentinelPublish, "role": n.sentinelRole}
	for _, name := range command.SentinelSubcommands() {
		all[name] = n.cmdSentinel
	}
	return all
}

// cmdSentinel lets the machine answer.
func (n *Node) cmdSentinel(ctx *command.Ctx) {
	s := n.sentinel
	s.asked++
	n.sentinelStep(sentinel.Command{ID: s.asked, Proto: ctx.Proto, Args: words(ctx, 1)})
	answer, ok := s.answers[s.asked]
	delete(s.answers, s.asked)
	switch {
	case !ok: // the node has ended
	case answer.Saved && s.saveFailed:
		ctx.Error(errSentinelSave)
	default:
		ctx.Raw(answer.Reply)
	}
}

// helloChannel is the only channel that sentinels publish to.
const helloChannel = "__sentinel__:hello"

func (n *Node) sentinelPublish(ctx *command.Ctx) {
	if ctx.Arg(1) != helloChannel {
		ctx.Error("ERR Only HELLO messages are accepted by Sentinel instances.")
		return
	}
	n.sentinelStep(sentinel.Hello{Payload: ctx.Arg(2)})
	ctx.Int(1)
}

func (n *Node) sentinelRole(ctx *command.Ctx) {
	view := n.sentinel.machine.View()
	ctx.Array(2)
	ctx.BulkString("sentinel")
	ctx.Array(len(view.Masters))
	for i := range view.Masters {
		ctx.BulkString(view.Masters[i].Name)
	}
}

// sentinelSections are the sections of INFO that sentinel mode has; all are usual.
var sentinelSections = []string{"Server", "Clients", "Stats", "CPU"}

func (n *Node) sentinelInfoSections(all []infoSection) []infoSection {
	all = slices.DeleteFunc(all, func(s infoSection) bool { return !slices.Contains(sentinelSections, s.name) })
	return append(all, infoSection{name: "Sentinel", usual: true, lines: func(n *Node, t *infoText) {
		view := n.sentinel.machine.View()
		t.WriteString(view.InfoSection(n.now)[len("# Sentinel\r\n"):])
	}})
}

// mode is what HELLO and INFO call the way the node runs.
func (n *Node) mode() string {
	if n.set.Sentinel() {
		return "sentinel"
	}
	return "standalone"
}
