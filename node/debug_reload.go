package node

import (
	"errors"
	"fmt"
	"os"

	"redislab/node/command"
)

// reloadOptions are the words of DEBUG RELOAD.
type reloadOptions struct{ noSave, noFlush, merge bool }

func parseReload(ctx *command.Ctx) (o reloadOptions, ok bool) {
	for _, a := range ctx.Argv[2:] {
		switch {
		case isWord(a, "merge"):
			o.merge = true
		case isWord(a, "noflush"):
			o.noFlush = true
		case isWord(a, "nosave"):
			o.noSave = true
		default:
			return o, false
		}
	}
	return o, true
}

// errDuplicate is a file that holds a key that must not be there.
var errDuplicate = errors.New("duplicated key found in RDB file")

// debugReload takes the data set to disk and back while nobody else gets in. The node stays who it is: run
// ID, replication IDs and offset, clients.
func (n *Node) debugReload(ctx *command.Ctx) {
	o, ok := parseReload(ctx)
	if !ok {
		ctx.Error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
		return
	}
	if !o.noSave {
		n.abortSave() // what it would write is written now
		if err := n.saveUncounted(); err != nil {
			ctx.Error(errBare)
			return
		}
	}
	if !o.noFlush {
		n.flushAll()
	}
	switch err := n.loadHeld(!o.merge); {
	case errors.Is(err, errDuplicate):
		// Half of the file is in by now. Redis gives up here as well.
		n.warnf("%v", err)
		n.end(err)
		return
	case err != nil:
		n.warnf("%v", err)
		ctx.Error("ERR Error trying to load the RDB dump, check server logs")
		return
	}
	n.warnf("DB reloaded by DEBUG RELOAD")
	ctx.OK()
}

// loadHeld loads dbfilename; the lock is held throughout.
func (n *Node) loadHeld(strict bool) error {
	path := n.path(n.set.String("dbfilename"))
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the RDB file: %w", err)
	}
	defer f.Close()
	l := &loader{n: n, ctx: n.ctx, held: true, strict: strict}
	l.begin(f)
	a := l.decode(f)
	defer a.stop()
	err = l.store(a)
	n.loading.active = false
	if err != nil {
		return fmt.Errorf("loading %s: %w", path, err)
	}
	return nil
}
