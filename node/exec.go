package node

import (
	"bytes"

	"redislab/node/command"
	"redislab/node/store"
)

// op is one command on its way to replicas.
type op struct {
	db   int
	argv [][]byte
}

// process carries out one command of a client: find it, ask the gates, then run it, queue
// it (MULTI) or refuse it. The reply is appended to the client's output.
func (c *client) process(argv [][]byte) {
	n := c.n
	mark, replica := c.begin(), c.is(flagReplica) && !c.is(flagMonitor)
	if c.dispatch(argv) {
		c.unmute()
	} else {
		c.afterReply(mark)
	}
	if replica && len(c.w.Buf) > mark {
		n.warnf("Replica generated a reply to command '%s', disconnecting it: %s", argv[0], c.infoLine())
		c.closeAsync()
	}
	c.ctx.Argv = nil
	c.account()
	n.serveReady() // before the next command of a pipeline may take away what came
}

// dispatch gives true when the client waits and its reply is still to come.
func (c *client) dispatch(argv [][]byte) (waits bool) {
	n := c.n
	spec, outcome := n.table.Lookup(argv)
	if outcome != command.Found {
		if spec == nil && speaksHTTP(argv[0]) {
			n.warnHTTP(c)
			return false
		}
		if outcome == command.BadArity {
			n.cmdStats[spec.ID].rejected++
		}
		return c.reject(spec, argv, outcome.Error(spec, argv))
	}
	if n.clientLimit > 0 && n.evictsItself(c) {
		return false
	}
	if refusal := n.gate(c, spec, argv); refusal != "" {
		n.cmdStats[spec.ID].rejected++
		return c.reject(spec, argv, refusal)
	}
	if n.pausedFor(c, spec) { // in a transaction too: a write is not even queued
		n.postpone(c, argv)
		return true
	}
	if c.multi != nil && !transactional(spec) {
		c.queue(spec, argv)
		c.w.Simple("QUEUED")
		return false
	}
	n.call(c, spec, argv)
	if c.block == nil {
		c.woff = n.history.Offset // what WAIT waits for, whoever wrote it
	}
	return c.block != nil
}

// reject answers with an error; inside MULTI the transaction is spoilt. A refused EXEC ends it, and
// answers so even where there is none. The spec is nil for an unknown command.
func (c *client) reject(spec *command.Spec, argv [][]byte, text string) bool {
	if spec == nil || spec.Name != "exec" {
		if c.multi != nil {
			c.flags |= flagDirtyExec
		}
		c.w.Error(text)
		return false
	}
	c.n.discard(c)
	c.w.Error(command.ExecAbortBecause(text))
	if len(c.n.monitors) > 0 && !c.n.loading.active {
		c.n.feedMonitors(c, argv) // they saw the MULTI
	}
	return false
}

// speaksHTTP tells the first words of a browser that was talked into sending commands in a POST.
func speaksHTTP(word []byte) bool {
	return bytes.EqualFold(word, []byte("post")) || bytes.EqualFold(word, []byte("host:"))
}

// warnHTTP ends such a connection before anything else that it smuggled in is carried out.
func (n *Node) warnHTTP(c *client) {
	const minute = 60_000
	if n.nowMs-n.warnedHTTP > minute {
		n.warnf("Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. "+
			"This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. "+
			"Connection from %s aborted.", c.addr)
		n.warnedHTTP = n.nowMs
	}
	c.closeAsync()
}

// transactional tells which commands run at once even inside MULTI.
func transactional(spec *command.Spec) bool {
	if spec.Parent != "" {
		return false
	}
	switch spec.Name {
	case "exec", "discard", "multi", "watch", "quit", "reset":
		return true
	}
	return false
}

// begin is called before a command may reply, afterReply, with what it gave, afterwards.
func (c *client) begin() (mark int) {
	if c.is(flagReplyOff | flagReplySkip) {
		c.mute()
	}
	return len(c.w.Buf)
}

// afterReply counts error replies and applies CLIENT REPLY.
func (c *client) afterReply(mark int) {
	if mark < len(c.w.Buf) && c.w.Buf[mark] == '-' {
		c.n.noteError(c.w.Buf[mark+1:])
	}
	c.unmute()
	c.flags &^= flagReplySkip
	if c.is(flagReplySkipNext) {
		c.flags = c.flags&^flagReplySkipNext | flagReplySkip
	}
}

// mute begins, in the middle of a reply too, what CLIENT REPLY drops; it ends with unmute.
func (c *client) mute() {
	if !c.muted {
		c.muted, c.muteAt = true, len(c.w.Buf)
	}
}

func (c *client) unmute() {
	if c.muted {
		c.w.Buf = append(c.w.Buf[:c.muteAt], c.kept...)
		c.muted, c.kept = false, nil
	}
}

// keep saves what was written from mark on from being dropped: confirmations and messages are pushed, they
// are no replies.
func (c *client) keep(mark int) {
	if c.muted {
		c.kept = append(c.kept, c.w.Buf[mark:]...)
	}
}

// call runs a command that passed the gates and does what follows from it: statistics, slow
// log, MONITOR, propagation.
func (n *Node) call(c *client, spec *command.Spec, argv [][]byte) {
	ctx := &c.ctx
	n.beginUnit()
	ctx.Writer, ctx.Spec, ctx.Argv, ctx.DB, ctx.Now = &c.w, spec, argv, c.db, n.nowMs
	ctx.Dirty, ctx.Replaced, ctx.NoPropagate, ctx.Blocked = 0, nil, false, nil
	ctx.CanBlock = !n.inExec && !c.is(flagMaster)
	retry := ctx.Retry
	n.ks.Expiry = n.expiryFor(c)
	mark := len(c.w.Buf)
	start, slept := n.lap, n.debug.slept
	spec.Handler(ctx)
	n.lap = n.sinceStart()
	took := n.lap - start + n.debug.slept - slept
	ctx.Spec, ctx.Argv = spec, argv // EXEC has run others with the same Ctx
	n.ks.Settle()
	if len(n.follower.touched) > 0 {
		n.noteLocalExpiry()
	}
	failed := len(c.w.Buf) > mark && c.w.Buf[mark] == '-'
	n.account(c, spec, argv, took, failed)
	if len(n.monitors) > 0 && spec.Flags&(command.SkipMonitor|command.Admin) == 0 && !n.loading.active && !ctx.Retry {
		n.feedMonitors(c, argv)
	}
	if ctx.Blocked != nil {
		n.blockOnKeys(c, argv, ctx.Blocked)
	}
	if ctx.Dirty > 0 {
		n.persist.dirty += int64(ctx.Dirty)
		n.alsoPropagate(ctx)
	}
	n.endUnit(c)
	c.last = spec
	if !retry {
		n.stats.commands++
	}
}

// expiryFor says how a client's look-ups treat keys whose time has come.
func (n *Node) expiryFor(c *client) store.ExpiryMode {
	switch {
	case n.loading.active || c.is(flagMaster):
		return store.ExpiryIgnore
	case n.isReplica() || n.pauseBlocksExpiry():
		return store.ExpiryHide
	}
	return store.ExpiryDelete
}

// beginUnit and endUnit enclose what is propagated together: a command with the deletions of expired
// keys it caused, a whole EXEC, one command of a served blocked client.
func (n *Node) beginUnit() { n.unit++ }

func (n *Node) endUnit(c *client) {
	n.unit--
	if n.unit > 0 || len(n.ops) == 0 {
		return
	}
	several := len(n.ops) > 1
	if several {
		n.propagateNow(-1, wordMulti)
	}
	for i := range n.ops {
		n.propagateNow(n.ops[i].db, n.ops[i].argv)
		n.ops[i] = op{}
	}
	if several {
		n.propagateNow(-1, wordExec)
	}
	n.ops = n.ops[:0]
	if c != nil {
		c.woff = n.history.Offset
	}
}

var (
	wordMulti = [][]byte{[]byte("MULTI")}
	wordExec  = [][]byte{[]byte("EXEC")}
)

// alsoPropagate queues what the command just run means for replicas.
func (n *Node) alsoPropagate(ctx *command.Ctx) {
	if ctx.NoPropagate || !n.propagates() || ctx.Client.(*client).is(flagMaster) {
		return
	}
	if ctx.Replaced == nil {
		// The arguments outlive the handler only until the end of the unit; in a
		// transaction they belong to the queue, else to the input buffer.
		n.ops = append(n.ops, op{ctx.DB.ID, ctx.Argv})
		return
	}
	for _, argv := range ctx.Replaced {
		n.ops = append(n.ops, op{ctx.DB.ID, argv})
	}
}

// propagateDelete tells replicas that a key was removed for the node's own reasons (expiry,
// eviction).
func (n *Node) propagateDelete(db int, key string, lazy bool) {
	if !n.propagates() {
		return
	}
	word := "DEL"
	if lazy {
		word = "UNLINK"
	}
	n.ops = append(n.ops, op{db, [][]byte{[]byte(word), []byte(key)}})
}

// The hooks of the keyspace.

func (n *Node) keyModified(db *store.DB, key []byte) {
	n.noteLocalWrite(db, key)
	if len(n.watchers) > 0 {
		n.touchWatched(db.ID, string(key))
	}
}

func (n *Node) keyExpired(db *store.DB, key string) {
	n.beginUnit()
	n.propagateDelete(db.ID, key, n.settings.lazyExpire)
	n.keyModified(db, []byte(key))
	n.Notify('x', "expired", db.ID, key)
	n.endUnit(nil)
}

func (n *Node) keyNew(db *store.DB, key string) { n.Notify('n', "new", db.ID, key) }

func (n *Node) keyMissed(db *store.DB, key []byte) {
	if n.settings.notify['m'] != 0 {
		n.Notify('m', "keymiss", db.ID, string(key))
	}
}

func (n *Node) keyAdded(db *store.DB, key string, _ store.Kind) {
	if n.waiting.waitsFor(db.ID, key) {
		n.ready.add(db.ID, key)
	}
}
