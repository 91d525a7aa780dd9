package node

import (
	"strings"

	"redislab/node/command"
	"redislab/node/resp"
	"redislab/node/store"
)

// transport is how a client's bytes get out. Both methods are called between enter and leave
// and must not block.
type transport interface {
	notify()    // there is output, or the client wants to be closed
	shutInput() // drop the connection now, unsent output included
}

type clientFlags uint32

const (
	flagMaster        clientFlags = 1 << iota // our master: its commands are applied, nothing is replied
	flagReplica                               // a replica fed by us
	flagMonitor                               // sent MONITOR
	flagMulti                                 // inside MULTI
	flagDirtyExec                             // a queued command was refused: EXEC aborts
	flagDirtyCAS                              // a watched key changed: EXEC answers nil
	flagCloseAfter                            // close once the output is out
	flagCloseNow                              // close and drop the output
	flagReadonly                              // READONLY (cluster)
	flagNoEvict                               // CLIENT NO-EVICT ON
	flagReplyOff                              // CLIENT REPLY OFF
	flagReplySkip                             // CLIENT REPLY SKIP: the reply of the current command is dropped
	flagReplySkipNext                         // … and this one makes the next command the skipped one
	flagPaused                                // its command waits for the end of CLIENT PAUSE
	flagRawSync                               // a replica that asked by SYNC
	flagFed                                   // replica online: it gets the stream
	flagInternal                              // no connection behind it (loading, scripts)
)

// client is one connection (or the stand-in for one) with all that Redis keeps for it. It is used
// between enter and leave only, except where a transport says otherwise.
type client struct {
	n      *Node
	t      transport
	id     uint64
	addr   string // remote ip:port
	laddr  string // local ip:port
	name   string
	user   string
	authed bool
	flags  clientFlags

	libName, libVer string

	created    int64 // ms
	lastActive int64 // ms

	w      resp.Writer // output that no transport has taken yet
	sent   int         // output that a transport has taken and not written yet
	muted  bool        // what is written from muteAt on is dropped, but for kept
	muteAt int
	kept   []byte
	softAt int64 // since when the soft output limit is exceeded (ms), 0 if it is not
	hold   bool  // output must not be taken (a replica waiting for its RDB)
	queued bool  // is in Node.pending

	reader resp.Reader
	in     []byte // input that is not a whole command yet, or came while blocked

	ctx  command.Ctx
	db   *store.DB
	last *command.Spec

	multi   *multi
	watched []watched
	block   *blocked
	replica *replicaLink // what a master keeps for a replica
	woff    int64        // replication offset after the client's last write, for WAIT

	share clientShare // of what maxmemory-clients limits
}

func (c *client) is(f clientFlags) bool { return c.flags&f != 0 }

// newClient registers a client; laddr and addr are ip:port.
func (n *Node) newClient(t transport, addr, laddr string) *client {
	n.nextClientID++
	c := &client{
		n: n, t: t, id: n.nextClientID, addr: addr, laddr: laddr, user: "default",
		created: n.nowMs, lastActive: n.nowMs, db: n.ks.DB(0),
		authed: n.set.String("requirepass") == "",
	}
	c.w.Proto = 2
	c.reader.Limits = resp.DefaultLimits()
	c.reader.Limits.MaxBulk = n.set.Int("proto-max-bulk-len")
	c.reader.Limits.Authenticated = c.authed
	c.ctx = command.Ctx{Writer: &c.w, Keys: n.ks, Server: n, Client: c}
	n.clients[c.id] = c
	return c
}

// ready queues the client for its transport.
func (c *client) ready() {
	if !c.queued && c.t != nil {
		c.queued = true
		c.n.pending = append(c.n.pending, c)
	}
}

// closeAsync closes the connection as soon as the transport looks, dropping its output.
func (c *client) closeAsync() {
	c.flags |= flagCloseNow
	if s, ok := c.t.(*stream); ok {
		s.conn.Close() // its writer may be stuck in a full connection and never look
	}
	c.ready()
}

// take gives the output to the transport, with an empty buffer to go on in. nil when
// there is nothing to send at present.
func (c *client) take(spare []byte) []byte {
	if c.hold || len(c.w.Buf) == 0 {
		return nil
	}
	out := c.w.Buf
	c.w.Buf = spare[:0]
	c.sent += len(out)
	return out
}

// pushed is called after something was written to a client from outside its own
// command.
func (c *client) pushed() {
	c.checkOutputLimit()
	c.account()
	c.ready()
}

// outputClass is the row of client-output-buffer-limit that holds for the client.
func (c *client) outputClass() int {
	switch {
	case c.is(flagReplica) && !c.is(flagMonitor):
		return 1
	case c.n.subscriptions(c) > 0:
		return 2
	}
	return 0
}

// checkOutputLimit closes clients that do not read what they asked for.
func (c *client) checkOutputLimit() {
	size := len(c.w.Buf) + c.sent
	if size < 1024 || c.is(flagCloseNow|flagMaster) {
		return
	}
	limit := c.n.outputLimits[c.outputClass()]
	hard := limit.Hard != 0 && int64(size) >= int64(limit.Hard)
	soft := limit.Soft != 0 && int64(size) >= int64(limit.Soft)
	switch {
	case hard:
	case !soft:
		c.softAt = 0
		return
	case c.softAt == 0:
		c.softAt = c.n.nowMs
		return
	case c.n.nowMs-c.softAt <= int64(limit.SoftSeconds)*1000:
		return
	}
	c.n.warnf("Client %s scheduled to be closed ASAP for overcoming of output buffer limits.", c.infoLine())
	c.n.stats.outputLimitDisconnects++
	c.closeAsync()
}

// drop forgets a client whose connection is gone. Transports call it once.
func (n *Node) drop(c *client) {
	if n.clients[c.id] != c {
		return
	}
	delete(n.clients, c.id)
	n.unsubscribeAll(c)
	n.unwatch(c)
	n.unblock(c)
	delete(n.monitors, c)
	if c.replica != nil {
		n.replicaGone(c)
	}
	if c.is(flagMaster) {
		n.masterLinkLost(c)
	}
	c.in, c.w.Buf, c.multi = nil, nil, nil
	if n.clientLimit > 0 {
		c.recount()
	}
}

// clientTypeName is what CLIENT LIST TYPE and CLIENT KILL TYPE know the client by.
func (c *client) clientTypeName() string {
	switch {
	case c.is(flagMaster):
		return "master"
	case c.is(flagReplica) && !c.is(flagMonitor):
		return "replica"
	case c.n.subscriptions(c) > 0:
		return "pubsub"
	}
	return "normal"
}

func (c *client) ip() string {
	if i := strings.LastIndexByte(c.addr, ':'); i >= 0 {
		return strings.Trim(c.addr[:i], "[]")
	}
	return c.addr
}
