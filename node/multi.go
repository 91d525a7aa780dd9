package node

import (
	"slices"

	"redislab/node/command"
	"redislab/node/store"
)

// multi is an open transaction.
type multi struct {
	queue []queued
	flags command.Flags // of all queued commands together
	size  int           // bytes of arguments
}

type queued struct {
	spec *command.Spec
	argv [][]byte
}

// watched is a key a client watches. expired tells that its time had come before: its
// deletion is then no change.
type watched struct {
	watchKey
	expired bool
}

// watchKey names a key of a database.
type watchKey struct {
	db  int
	key string
}

func (c *client) queue(spec *command.Spec, argv [][]byte) {
	if c.is(flagDirtyExec | flagDirtyCAS) {
		return // it will be aborted anyway
	}
	own := copyArgs(argv)
	c.multi.queue = append(c.multi.queue, queued{spec, own})
	c.multi.flags |= spec.Flags
	for _, a := range own {
		c.multi.size += len(a)
	}
}

// copyArgs copies arguments into one block of memory.
func copyArgs(argv [][]byte) [][]byte {
	size := 0
	for _, a := range argv {
		size += len(a)
	}
	block := make([]byte, 0, size)
	own := make([][]byte, len(argv))
	for i, a := range argv {
		at := len(block)
		block = append(block, a...)
		own[i] = block[at:len(block):len(block)]
	}
	return own
}

func (n *Node) transactionHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"multi": n.cmdMulti, "exec": n.cmdExec, "discard": n.cmdDiscard,
		"watch": n.cmdWatch, "unwatch": n.cmdUnwatch,
	}
}

func (n *Node) cmdMulti(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if c.multi != nil {
		ctx.Error(command.ErrNestedMulti) // the transaction is none the worse for it
		return
	}
	c.multi = &multi{}
	ctx.OK()
}

func (n *Node) cmdDiscard(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if c.multi == nil {
		ctx.Error(command.ErrDiscardWithoutMulti)
		return
	}
	n.discard(c)
	ctx.OK()
}

func (n *Node) discard(c *client) {
	c.multi = nil
	c.flags &^= flagDirtyCAS | flagDirtyExec
	n.unwatch(c)
}

// cmdExec runs the queue as one unit: nothing else runs in between, and replicas get it
// as one transaction.
func (n *Node) cmdExec(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if c.multi == nil {
		ctx.Error(command.ErrExecWithoutMulti)
		return
	}
	n.expireWatched(c)
	switch {
	case c.is(flagDirtyExec):
		n.discard(c)
		ctx.Error(command.ErrExecAbort)
		return
	case c.is(flagDirtyCAS):
		n.discard(c)
		ctx.NullArray()
		return
	}
	queue := c.multi.queue
	n.unwatch(c)
	n.inExec = true
	ctx.Array(len(queue))
	for _, q := range queue {
		mark := len(c.w.Buf)
		n.call(c, q.spec, q.argv)
		if len(c.w.Buf) > mark && c.w.Buf[mark] == '-' {
			n.noteError(c.w.Buf[mark+1:])
		}
	}
	n.inExec = false
	c.multi = nil
	c.flags &^= flagDirtyCAS | flagDirtyExec
	ctx.Dirty, ctx.Blocked = 0, nil // the commands spoke for themselves
}

func (n *Node) cmdWatch(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if c.multi != nil {
		ctx.Error(command.ErrWatchInMulti)
		return
	}
	if !c.is(flagDirtyCAS) {
		for _, key := range ctx.Argv[1:] {
			n.watch(c, watchKey{c.db.ID, string(key)})
		}
	}
	ctx.OK()
}

func (n *Node) cmdUnwatch(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	n.unwatch(c)
	c.flags &^= flagDirtyCAS
	ctx.OK()
}

func (n *Node) watch(c *client, k watchKey) {
	for _, have := range c.watched {
		if have.watchKey == k {
			return
		}
	}
	c.watched = append(c.watched, watched{k, n.ks.DB(k.db).Expired(k.key)})
	n.watchers[k] = append(n.watchers[k], c)
}

func (n *Node) unwatch(c *client) {
	for _, w := range c.watched {
		k := w.watchKey
		list := n.watchers[k]
		for i, w := range list {
			if w == c {
				list = append(list[:i], list[i+1:]...)
				break
			}
		}
		if len(list) == 0 {
			delete(n.watchers, k)
		} else {
			n.watchers[k] = list
		}
	}
	c.watched = nil
}

func (n *Node) touchWatched(db int, key string) {
	k := watchKey{db, key}
	for _, c := range n.watchers[k] {
		i := slices.IndexFunc(c.watched, func(w watched) bool { return w.watchKey == k })
		if w := &c.watched[i]; w.expired && n.ks.DB(db).Peek([]byte(key)) == nil {
			w.expired = false
			continue
		}
		c.flags |= flagDirtyCAS
	}
}

// expireWatched spoils the transaction when a watched key's time came after WATCH.
func (n *Node) expireWatched(c *client) {
	for _, k := range c.watched {
		db := n.ks.DB(k.db)
		if !k.expired && n.ks.Expiry != store.ExpiryIgnore && db.Expired(k.key) {
			c.flags |= flagDirtyCAS
		}
	}
}

// touchAllWatched spoils the transactions that watch a key of db which exists now, or will
// exist after it is replaced (FLUSHDB, SWAPDB, a full sync). with may be nil.
func (n *Node) touchAllWatched(db, with *store.DB) {
	for k, list := range n.watchers {
		if k.db != db.ID {
			continue
		}
		if db.Exists([]byte(k.key)) || with != nil && with.Exists([]byte(k.key)) {
			for _, c := range list {
				c.flags |= flagDirtyCAS
			}
		}
	}
}
