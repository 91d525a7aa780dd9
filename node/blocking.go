package node

import (
	"slices"
	"time"

	"redislab/node/command"
)

// blocked is what a client waits for. Exactly one of the groups of fields is in use.
type blocked struct {
	// keys: the command is run again when one of them becomes ready
	keys  *command.Block
	db    int
	argv  [][]byte
	timer Timer

	// wait: WAIT for acknowledgements
	wait     bool
	replicas int
	offset   int64

	migrating bool // MIGRATE: the node is frozen until the target has answered
	paused    bool // CLIENT PAUSE: argv is processed from the start afterwards
	shutdown  bool // SHUTDOWN that waits for replicas
}

// blockedClients finds clients by the keys they wait for, in the order in which they came.
type blockedClients struct {
	byKey map[watchKey][]*client
	acks  []*client // in WAIT
	count int
}

func (b *blockedClients) init() { b.byKey = map[watchKey][]*client{} }

func (b *blockedClients) waitsFor(db int, key string) bool {
	return len(b.byKey) > 0 && len(b.byKey[watchKey{db, key}]) > 0
}

// readyKeys are keys that came to hold something since they were last served.
type readyKeys struct {
	list []watchKey
	have map[watchKey]bool
}

func (r *readyKeys) init() { r.have = map[watchKey]bool{} }

func (r *readyKeys) add(db int, key string) {
	k := watchKey{db, key}
	if !r.have[k] {
		r.have[k] = true
		r.list = append(r.list, k)
	}
}

// blockOnKeys makes the client wait as its command asked for. A command that was run again
// keeps its place in the queues.
func (n *Node) blockOnKeys(c *client, argv [][]byte, b *command.Block) {
	if c.block != nil {
		return
	}
	c.block = &blocked{keys: b, db: c.db.ID, argv: copyArgs(argv)}
	n.waiting.count++
	for _, key := range b.Keys {
		k := watchKey{c.db.ID, key}
		if !slices.Contains(n.waiting.byKey[k], c) {
			n.waiting.byKey[k] = append(n.waiting.byKey[k], c)
		}
	}
	n.armBlock(c, b.Timeout, func() { n.expireBlock(c) })
}

// armBlock starts the timer of the present wait; over runs under the lock unless
// the wait has ended before.
func (n *Node) armBlock(c *client, timeout time.Duration, over func()) {
	if timeout <= 0 {
		return
	}
	mine := c.block
	mine.timer = n.clock.AfterFunc(timeout, func() {
		if !n.enter() {
			return
		}
		if c.block == mine {
			over()
		}
		n.leave()
	})
}

// expireBlock answers a blocked command whose time is over.
func (n *Node) expireBlock(c *client) {
	b := c.block
	n.unblock(c)
	c.ctx.Writer, c.ctx.Argv, c.ctx.DB = &c.w, b.argv, n.ks.DB(b.db)
	mark := c.begin()
	b.keys.OnExpiry(&c.ctx)
	c.ctx.Argv = nil
	c.afterReply(mark)
	n.resuming = append(n.resuming, c)
}

// unblock takes the client out of all queues. Whatever it sent meanwhile is looked at once it
// is in resuming.
func (n *Node) unblock(c *client) {
	b := c.block
	if b == nil {
		return
	}
	c.block = nil
	if b.timer != nil {
		b.timer.Stop()
	}
	switch {
	case b.migrating:
		return
	case b.paused:
		n.pause.waiting = remove(n.pause.waiting, c)
		c.flags &^= flagPaused
		return
	case b.wait:
		n.waiting.acks = remove(n.waiting.acks, c)
	case b.shutdown:
		n.shutting.callers = remove(n.shutting.callers, c)
	default:
		for _, key := range b.keys.Keys {
			k := watchKey{b.db, key}
			if rest := remove(n.waiting.byKey[k], c); len(rest) > 0 {
				n.waiting.byKey[k] = rest
			} else {
				delete(n.waiting.byKey, k)
			}
		}
	}
	n.waiting.count--
}

func remove(list []*client, c *client) []*client {
	if i := slices.Index(list, c); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// serveReady lets blocked clients have what became ready, oldest client first. Serving one may make
// other keys ready (BLMOVE), so it goes on until nothing is.
func (n *Node) serveReady() {
	for len(n.ready.list) > 0 {
		list := n.ready.list
		n.ready.list = nil
		clear(n.ready.have)
		for _, k := range list {
			for _, c := range slices.Clone(n.waiting.byKey[k]) {
				n.retry(c, k)
			}
		}
	}
}

// retry runs a blocked command again if the key holds the type it waits for.
func (n *Node) retry(c *client, k watchKey) {
	b := c.block
	if b == nil || b.keys == nil || c.is(flagCloseNow) {
		return
	}
	db := n.ks.DB(k.db)
	o := db.Peek([]byte(k.key))
	if o == nil || o.Kind() != b.keys.Kind {
		return
	}
	spec, _ := n.table.Lookup(b.argv)
	mark := c.begin()
	c.ctx.Retry, c.ctx.Ready = true, k.key
	own := c.db
	c.db = n.ks.DB(b.db)
	n.call(c, spec, b.argv)
	c.db = own
	c.ctx.Retry, c.ctx.Ready, c.ctx.Argv = false, "", nil
	if c.ctx.Blocked != nil {
		return
	}
	n.unblock(c)
	c.afterReply(mark)
	n.resuming = append(n.resuming, c)
}

// signalAll makes every key that somebody waits for in a database be looked at (SWAPDB, full
// sync).
func (n *Node) signalAll(db int) {
	for k := range n.waiting.byKey {
		if k.db == db {
			n.ready.add(k.db, k.key)
		}
	}
}

// unblockAll ends every wait with an error: the node became a replica.
func (n *Node) unblockAll(text string) {
	for _, c := range n.clients {
		if c.block == nil || c.block.paused || c.block.shutdown {
			continue
		}
		n.unblock(c)
		mark := c.begin()
		c.w.Error(text)
		c.flags |= flagCloseAfter
		c.afterReply(mark)
		n.resuming = append(n.resuming, c)
	}
}

// pauseState is CLIENT PAUSE and the pause of a coordinated failover.
type pauseState struct {
	all      bool
	writes   bool
	until    int64 // ms
	failover bool  // writes are paused by FAILOVER
	timer    Timer
	waiting  []*client
}

// pausedFor tells whether the command has to wait for the end of a pause.
func (n *Node) pausedFor(c *client, spec *command.Spec) bool {
	if !n.pause.all && !n.pause.writes && !n.pause.failover || c.is(flagReplica) {
		return false
	}
	if n.pause.all {
		return true
	}
	flags := spec.Flags
	if spec.Name == "exec" && c.multi != nil {
		flags |= c.multi.flags
	}
	return flags&(command.Write|command.MayReplicate) != 0
}

func (n *Node) pauseBlocksExpiry() bool {
	return n.pause.all || n.pause.writes || n.pause.failover
}

func (n *Node) postpone(c *client, argv [][]byte) {
	c.block = &blocked{paused: true, argv: copyArgs(argv)}
	c.flags |= flagPaused
	n.pause.waiting = append(n.pause.waiting, c)
}

// pauseClients starts or prolongs a pause; as in Redis the longer end and the stricter kind win.
func (n *Node) pauseClients(all bool, until int64) {
	active := n.pause.all || n.pause.writes
	if all {
		n.pause.all = true
	} else {
		n.pause.writes = true
	}
	if active && until < n.pause.until {
		until = n.pause.until
	}
	n.pause.until = until
	if n.pause.timer != nil {
		n.pause.timer.Stop()
	}
	n.pause.timer = n.clock.AfterFunc(time.Duration(until-n.nowMs)*time.Millisecond, func() {
		if !n.enter() {
			return
		}
		if n.nowMs >= n.pause.until {
			n.unpause()
		}
		n.leave()
	})
}

func (n *Node) unpause() {
	n.pause.all, n.pause.writes, n.pause.until = false, false, 0
	n.releasePaused()
}

// releasePaused runs what waited, unless another pause still holds it.
func (n *Node) releasePaused() {
	waiting := n.pause.waiting
	n.pause.waiting = nil
	for _, c := range waiting {
		if c.block == nil {
			continue // killed by one that waited before it
		}
		argv := c.block.argv
		c.block = nil
		c.flags &^= flagPaused
		c.process(argv)
		n.resuming = append(n.resuming, c)
	}
	if master := n.follower.client; master != nil {
		n.masterInput(master, nil)
	}
}
