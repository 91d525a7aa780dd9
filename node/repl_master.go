package node

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"redislab/node/command"
	"redislab/node/repl"
)

// masterSide is what a node keeps to feed replicas: the backlog and the links.
type masterSide struct {
	backlog     *repl.Backlog
	links       []*replicaLink
	noneSince   int64 // ms since which there are no replicas, for repl-backlog-ttl
	syncing     *fullSync
	cronSeconds int64
}

// replicaState is where a replica is on its way to the stream.
type replicaState int

const (
	waitBgsaveStart replicaState = iota // until a snapshot begins
	waitBgsaveEnd                       // the snapshot is being written to disk
	sendBulk                            // the snapshot is being sent
	online                              // gets the stream
)

func (s replicaState) String() string {
	return [...]string{"wait_bgsave", "wait_bgsave", "send_bulk", "online"}[s]
}

// replicaLink is what a master keeps for one replica.
type replicaLink struct {
	c       *client
	state   replicaState
	port    int
	ip      string
	eof     bool // takes a diskless sync
	psync2  bool
	rdbOnly bool

	ackOffset int64
	ackTime   int64 // ms
	start     int64 // offset its snapshot stands for
	streamOn  bool  // the stream begins with the first ACK
	conn      net.Conn
	since     int64 // ms, waiting for its snapshot

	direct   sync.Mutex   // for writes to conn before the stream
	greeting string       // +FULLRESYNC, not sent yet
	quiet    bool         // the sync's goroutine has the connection for itself
	writing  atomic.Int64 // ms since a piece of a diskless sync is being written, 0 if none is
}

// link gives the client's replicaLink, made at the first REPLCONF or PSYNC.
func (c *client) link() *replicaLink {
	if c.replica == nil {
		c.replica = &replicaLink{c: c}
	}
	return c.replica
}

// isReplica tells whether the node has a master.
func (n *Node) isReplica() bool { return n.follower.host != "" }

// propagates tells whether changes go into a replication stream of our own.
func (n *Node) propagates() bool { return n.master.backlog != nil && !n.isReplica() }

// propagateNow appends one command to the stream. db is -1 for commands that do not depend
// on the database.
func (n *Node) propagateNow(db int, argv [][]byte) {
	if !n.propagates() {
		return
	}
	var buf []byte
	if db >= 0 && db != n.feedDB {
		n.feedDB = db
		buf = appendCommand(buf, "SELECT", strconv.Itoa(db))
	}
	n.feedStream(appendArgs(buf, argv))
}

// feedStream appends bytes to the stream: the backlog and every replica that has its
// snapshot, or waits for it to end.
func (n *Node) feedStream(p []byte) {
	n.history.Offset += int64(len(p))
	n.master.backlog.Append(p)
	for _, l := range n.master.links {
		if l.state == waitBgsaveStart || l.rdbOnly || l.c.is(flagCloseNow) {
			continue
		}
		l.c.w.Raw(p)
		n.stats.outputReplBytes += int64(len(p))
		l.c.pushed()
	}
}

func appendArgs(buf []byte, argv [][]byte) []byte {
	buf = append(buf, '*')
	buf = strconv.AppendInt(buf, int64(len(argv)), 10)
	buf = append(buf, '\r', '\n')
	for _, a := range argv {
		buf = append(buf, '$')
		buf = strconv.AppendInt(buf, int64(len(a)), 10)
		buf = append(buf, '\r', '\n')
		buf = append(buf, a...)
		buf = append(buf, '\r', '\n')
	}
	return buf
}

func appendCommand(buf []byte, words ...string) []byte {
	argv := make([][]byte, len(words))
	for i, w := range words {
		argv[i] = []byte(w)
	}
	return appendArgs(buf, argv)
}

// createBacklog starts the ring; the next byte of the stream will be its first.
func (n *Node) createBacklog() {
	n.master.backlog = repl.NewBacklog(int(n.set.Int("repl-backlog-size")), n.history.Offset+1)
	n.master.noneSince = n.nowMs
}

func (n *Node) resizeBacklog() {
	if b := n.master.backlog; b != nil && b.Size() != int(n.set.Int("repl-backlog-size")) {
		n.master.backlog = b.Resize(int(n.set.Int("repl-backlog-size")))
	}
}

// cmdReplconf takes what a replica says about itself, and acknowledgements.
func (n *Node) cmdReplconf(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if len(ctx.Argv)%2 == 0 {
		ctx.Error(command.ErrSyntax)
		return
	}
	for i := 1; i < len(ctx.Argv); i += 2 {
		value := ctx.Arg(i + 1)
		switch word := strings.ToLower(ctx.Arg(i)); word {
		case "listening-port":
			port, ok := intArg(ctx, i+1)
			if !ok {
				ctx.Error(command.ErrNotInteger)
				return
			}
			c.link().port = int(port)
		case "ip-address":
			if len(value) >= 256 {
				ctx.Error("ERR REPLCONF ip-address provided by replica instance is too long: " + strconv.Itoa(len(value)) + " bytes")
				return
			}
			c.link().ip = value
		case "capa":
			switch strings.ToLower(value) {
			case "eof":
				c.link().eof = true
			case "psync2":
				c.link().psync2 = true
			}
		case "ack":
			n.ackFrom(c, value)
			return // acknowledgements are never answered
		case "getack":
			n.sendAck()
			return
		case "rdb-only":
			only, ok := intArg(ctx, i+1)
			if !ok {
				ctx.Error(command.ErrNotInteger)
				return
			}
			if only < 0 || only > 1 {
				ctx.Error("ERR value is out of range, value must between 0 and 1")
				return
			}
			c.link().rdbOnly = only == 1
		case "rdb-filter-only":
			if value != "" {
				ctx.Error("ERR Unsupported rdb-filter-only option: " + value)
				return
			}
		default:
			ctx.Error("ERR Unrecognized REPLCONF option: " + ctx.Arg(i))
			return
		}
	}
	ctx.OK()
}

// ackFrom books how far a replica has come.
func (n *Node) ackFrom(c *client, value string) {
	l := c.replica
	if l == nil || !c.is(flagReplica) {
		return
	}
	offset, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return
	}
	l.ackOffset = max(l.ackOffset, offset)
	l.ackTime = n.nowMs
	if l.streamOn && l.state == online {
		n.startStream(l)
	}
	n.checkWaits()
	n.checkFailover()
}

// cmdSync answers SYNC and PSYNC: the stream goes on where the replica stopped if the
// backlog still has it, else a full sync begins.
func (n *Node) cmdSync(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	psync := ctx.Spec.Name == "psync"
	if c.is(flagReplica) {
		return
	}
	if psync && len(ctx.Argv) > 3 && !n.acceptFailover(ctx) {
		return
	}
	if n.isReplica() && n.follower.state != linkConnected {
		ctx.Error(command.ErrSyncNoMaster)
		return
	}
	if len(c.w.Buf) > 0 {
		ctx.Error(command.ErrSyncPending)
		return
	}
	l := c.link()
	n.noticef("Replica %s asks for synchronization", n.replicaName(l))
	n.emit("repl.psync", "replica", n.replicaName(l), "request", psyncWords(ctx))
	if psync {
		id := ctx.Arg(1)
		offset, ok := intArg(ctx, 2)
		if !ok {
			ctx.Error(command.ErrNotInteger)
			return
		}
		why := n.history.Refusal(id, offset, n.master.backlog)
		if why == "" {
			n.continueReplica(l, offset)
			return
		}
		if id == "?" {
			n.noticef("Full resync requested by replica %s", n.replicaName(l))
		} else {
			n.noticef("Partial resynchronization not accepted: %s", why)
			n.stats.syncPartialError++
		}
	} else {
		c.flags |= flagRawSync
	}
	n.stats.syncFull++
	n.beginFullSync(l)
}

func psyncWords(ctx *command.Ctx) string {
	words := make([]string, len(ctx.Argv))
	for i, a := range ctx.Argv {
		words[i] = string(a)
	}
	return strings.Join(words, " ")
}

// replicaName is how the log and CLIENT KILL speak of a replica.
func (n *Node) replicaName(l *replicaLink) string {
	ip := l.ip
	if ip == "" {
		ip = l.c.ip()
	}
	if l.port != 0 {
		return net.JoinHostPort(ip, strconv.Itoa(l.port))
	}
	return "client id #" + strconv.FormatUint(l.c.id, 10)
}

// addLink takes a client up among the replicas. Its connection leaves the event loop.
func (n *Node) addLink(l *replicaLink) error {
	c := l.c
	c.flags |= flagReplica
	if n.master.backlog == nil {
		// The first replica ever, or since the backlog was dropped: what came before is in no
		// stream, so the ID must be one nobody has.
		if !n.isReplica() {
			n.history.Fresh(n.newID())
		}
		n.createBacklog()
		n.noticef("Replication backlog created, my new replication IDs are '%s' and '%s'", n.history.ID, n.history.ID2)
	}
	n.master.links = append(n.master.links, l)
	switch t := c.t.(type) {
	case *stream:
		l.conn = t.conn
	case interface{ detach() (net.Conn, error) }:
		conn, err := t.detach()
		if err != nil {
			return err
		}
		l.conn = conn
		s := n.attachStream(c, conn)
		n.group.Go(s.write)
		n.group.Go(s.read)
	}
	return nil
}

// continueReplica answers +CONTINUE and sends what the replica missed.
func (n *Node) continueReplica(l *replicaLink, offset int64) {
	if l.psync2 {
		l.c.w.Simple("CONTINUE " + n.history.ID)
	} else {
		l.c.w.Simple("CONTINUE")
	}
	missed := n.master.backlog.From(offset)
	l.c.w.Raw(missed)
	l.state, l.ackTime = online, n.nowMs
	if err := n.addLink(l); err != nil {
		n.warnf("%v", err)
		l.c.closeAsync()
		return
	}
	n.stats.syncPartialOK++
	n.stats.outputReplBytes += int64(len(missed))
	n.noticef("Partial resynchronization request from %s accepted. Sending %d bytes of backlog starting from offset %d.", n.replicaName(l), len(missed), offset)
	n.emit("repl.continue", "replica", n.replicaName(l), "bytes", strconv.Itoa(len(missed)), "offset", strconv.FormatInt(offset, 10))
	n.emit("repl.replica-online", "replica", n.replicaName(l))
	l.c.ready()
}

// startStream lets the stream flow to a replica that has its snapshot.
func (n *Node) startStream(l *replicaLink) {
	l.streamOn = false
	l.c.hold = false
	l.c.ready()
	n.noticef("Synchronization with replica %s succeeded", n.replicaName(l))
	n.emit("repl.replica-online", "replica", n.replicaName(l))
}

// replicaGone forgets a replica whose connection closed.
func (n *Node) replicaGone(c *client) {
	l := c.replica
	i := slices.Index(n.master.links, l)
	if i < 0 {
		return
	}
	n.master.links = slices.Delete(n.master.links, i, i+1)
	if len(n.master.links) == 0 {
		n.master.noneSince = n.nowMs
	}
	n.warnf("Connection with replica %s lost.", n.replicaName(l))
	n.emit("repl.replica-gone", "replica", n.replicaName(l))
	if n.master.syncing != nil {
		n.master.syncing.lost(l)
	}
	n.checkFailover()
}

// disconnectReplicas makes all replicas come back and ask anew.
func (n *Node) disconnectReplicas() {
	for _, l := range slices.Clone(n.master.links) {
		l.c.closeAsync()
		if l.conn != nil {
			l.conn.Close()
		}
	}
}

// goodReplicas counts replicas whose last acknowledgement is recent enough for
// min-replicas-to-write.
func (n *Node) goodReplicas() (good int) {
	for _, l := range n.master.links {
		if l.state == online && n.lag(l) <= n.settings.minReplicasLag {
			good++
		}
	}
	return good
}

// lag is the number of seconds since the replica's last acknowledgement.
func (n *Node) lag(l *replicaLink) int64 { return n.nowMs/1000 - l.ackTime/1000 }

// cmdWait holds the client until enough replicas have acknowledged its last write.
func (n *Node) cmdWait(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if n.isReplica() {
		ctx.Error(command.ErrWaitOnReplica)
		return
	}
	want, ok := intArg(ctx, 1)
	if !ok {
		ctx.Error(command.ErrNotInteger)
		return
	}
	ms, ok := intArg(ctx, 2)
	switch {
	case !ok:
		ctx.Error(command.ErrTimeoutInt)
		return
	case ms < 0:
		ctx.Error(command.ErrTimeoutNegative)
		return
	}
	have := n.acknowledged(c.woff)
	if have >= want || !ctx.CanBlock {
		ctx.Int(have)
		return
	}
	c.block = &blocked{wait: true, replicas: int(want), offset: c.woff}
	n.waiting.count++
	n.waiting.acks = append(n.waiting.acks, c)
	n.armBlock(c, time.Duration(ms)*time.Millisecond, func() { n.finishWait(c) })
	n.askAcks()
}

// acknowledged counts the replicas that have offset.
func (n *Node) acknowledged(offset int64) (have int64) {
	for _, l := range n.master.links {
		if l.state == online && l.ackOffset >= offset {
			have++
		}
	}
	return have
}

// askAcks puts a request for acknowledgement into the stream, even if nobody reads it now.
func (n *Node) askAcks() {
	if n.propagates() && !n.pause.failover {
		n.feedStream(appendCommand(nil, "REPLCONF", "GETACK", "*"))
	}
}

func (n *Node) checkWaits() {
	for _, c := range slices.Clone(n.waiting.acks) {
		if n.acknowledged(c.block.offset) >= int64(c.block.replicas) {
			n.finishWait(c)
		}
	}
}

func (n *Node) finishWait(c *client) {
	offset := c.block.offset
	n.unblock(c)
	mark := len(c.w.Buf)
	c.w.Int(n.acknowledged(offset))
	c.afterReply(mark)
	n.resuming = append(n.resuming, c)
}
