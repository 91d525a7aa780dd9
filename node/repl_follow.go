package node

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"redislab/node/command"
	"redislab/node/config"
	"redislab/node/repl"
)

// linkState is where a replica is with its master.
type linkState int

const (
	linkNone       linkState = iota // no master
	linkConnect                     // has to connect
	linkConnecting                  // TCP connection under way
	linkHandshake                   // PING … PSYNC
	linkTransfer                    // receiving the RDB
	linkConnected                   // getting the stream
)

// String is how ROLE tells the state.
func (s linkState) String() string {
	return [...]string{"none", "connect", "connecting", "handshake", "sync", "connected"}[s]
}

// followerSide is what a node keeps as a replica. The link to the master is a goroutine (runLink);
// its generation tells a link that was given up from the present one.
type followerSide struct {
	host  string
	port  int
	state linkState

	generation int
	conn       net.Conn
	cancel     context.CancelFunc
	client     *client // the master as a client, while connected
	cached     bool    // history can be offered with PSYNC
	lastIO     int64   // ms
	downSince  int64   // ms, 0 before the first success
	syncTotal  int64   // bytes of the RDB, -1 before the master says, 0 when it ends with a mark
	syncRead   int64
	unapplied  []byte // bytes of the stream not applied yet (an open MULTI)
	streamDB   int    // database selected in the stream
	own        localExpiry
	touched    []dbKey // written by the present command of a client
}

// follow makes host:port the node's master; the lock is held.
func (n *Node) follow(host string, port int) {
	wasMaster := !n.isReplica()
	f := &n.follower
	n.dropLink()
	f.host, f.port = host, port
	n.logReplica.Store(true)
	if n.running {
		n.unblockAll(command.ErrUnblockedRole)
	}
	if wasMaster && n.running {
		// Our own history may be a prefix of the new master's: offer it.
		f.cached = true
		f.streamDB = max(n.feedDB, 0)
		n.noticef("Before turning into a replica, using my own master parameters to synthesize a cached master: I may be able to synchronize with the new master with just a partial transfer.")
	}
	f.state = linkConnect
	n.rememberMaster()
	n.emit("repl.role", "role", "replica", "master", net.JoinHostPort(host, strconv.Itoa(port)))
	n.noticef("Connecting to MASTER %s:%d", host, port)
	n.startLink()
}

// unfollow makes a replica a master that goes on with the history it has.
func (n *Node) unfollow() {
	if !n.isReplica() {
		return
	}
	n.dropLink()
	f := &n.follower
	f.host, f.port, f.state, f.cached, f.downSince = "", 0, linkNone, false, 0
	f.own = nil
	n.logReplica.Store(false)
	n.history.Shift(n.newID())
	n.warnf("Setting secondary replication ID to %s, valid up to offset: %d. New replication ID is %s", n.history.ID2, n.history.Second, n.history.ID)
	n.disconnectReplicas()
	n.feedDB = -1
	n.master.noneSince = n.nowMs
	n.rememberMaster()
	n.emit("repl.role", "role", "master", "replid", n.history.ID, "replid2", n.history.ID2, "second", strconv.FormatInt(n.history.Second, 10))
}

// rememberMaster keeps `replicaof` in step for CONFIG GET and REWRITE.
func (n *Node) rememberMaster() {
	value := "no one"
	if n.isReplica() {
		value = n.follower.host + " " + strconv.Itoa(n.follower.port)
	}
	if err := n.set.SetInternal("replicaof", value); err != nil {
		n.warnf("replicaof: %v", err)
	}
}

// dropLink gives the present link up; its goroutine ends by itself.
func (n *Node) dropLink() {
	f := &n.follower
	f.generation++
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
	if f.conn != nil {
		f.conn.Close()
		f.conn = nil
	}
	if c := f.client; c != nil {
		f.client, f.downSince = nil, n.nowMs
		c.flags &^= flagMaster
		n.drop(c)
	}
	f.unapplied = nil
}

// startLink runs one attempt to connect, sync and stream.
func (n *Node) startLink() {
	f := &n.follower
	f.state, f.lastIO = linkConnecting, n.nowMs
	n.noticef("MASTER <-> REPLICA sync started")
	ctx, cancel := context.WithCancel(n.ctx)
	f.cancel = cancel
	l := &link{n: n, generation: f.generation, ctx: ctx, addr: net.JoinHostPort(f.host, strconv.Itoa(f.port))}
	l.setup()
	n.group.Go(func() {
		defer cancel()
		l.finish(l.run())
	})
}

// link is one attempt at the connection to the master.
type link struct {
	n          *Node
	generation int
	ctx        context.Context
	addr       string
	conn       net.Conn
	r          *bufio.Reader
	hands      repl.Handshake
	request    []string // PSYNC and its arguments
	replies    *stream  // writes acknowledgements once connected
	dir        string
	dbfile     string
}

// errGivenUp ends a link that is not the present one any more.
var errGivenUp = errors.New("the link was given up")

// errNotNow ends a link whose master cannot serve yet; that is in the log already.
var errNotNow = errors.New("the master can't PSYNC now")

// worded is an error that reads as in Redis's log.
type worded struct {
	text string
	err  error
}

func inWords(text string, err error) error { return worded{text, err} }
func (w worded) Error() string             { return w.text }
func (w worded) Unwrap() error             { return w.err }

// enter takes the lock if this is still the present link.
func (l *link) enter() error {
	if !l.n.enter() {
		return errGivenUp
	}
	if l.n.follower.generation != l.generation {
		l.n.leave()
		return errGivenUp
	}
	return nil
}

// setup copies what the handshake needs from the settings; the lock is held.
func (l *link) setup() {
	n := l.n
	port := int(n.set.Int("replica-announce-port"))
	if port == 0 {
		port = n.port()
	}
	l.hands = repl.Handshake{Port: port, IP: n.set.String("replica-announce-ip"), User: n.set.String("masteruser"), Password: n.set.String("masterauth")}
	l.dir, l.dbfile = n.dir(), n.set.String("dbfilename")
}

// run carries the link from dialling to its end.
func (l *link) run() error {
	conn, err := l.n.net.Dial(l.ctx, "tcp", l.addr)
	if err != nil {
		return inWords("Error condition on socket for SYNC: "+config.Reason(rootCause(err)), err)
	}
	defer func() {
		conn.Close()
		if l.replies != nil {
			close(l.replies.gone)
		}
	}()
	l.conn, l.r = conn, bufio.NewReaderSize(conn, 64<<10)
	if err := l.enter(); err != nil {
		return err
	}
	l.n.follower.conn, l.n.follower.state, l.n.follower.lastIO = conn, linkHandshake, l.n.nowMs
	l.n.leave()
	l.n.noticef("Non blocking connect for SYNC fired the event.")
	if err := l.handshake(); err != nil {
		return err
	}
	return l.psync()
}

func (l *link) send(words []string) error {
	_, err := l.conn.Write(appendCommand(nil, words...))
	return err
}

// line reads a line without its end; it counts as a sign of life.
func (l *link) line() (string, error) {
	text, err := l.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	if err := l.enter(); err != nil {
		return "", err
	}
	l.n.follower.lastIO = l.n.nowMs
	l.n.leave()
	return strings.TrimRight(text, "\r\n"), nil
}

func (l *link) handshake() error {
	pending := l.hands.Begin()
	for {
		for _, words := range pending {
			if err := l.send(words); err != nil {
				return err
			}
		}
		reply, err := l.line()
		if err != nil {
			return inWords("Master did not respond to command during SYNC handshake", err)
		}
		if reply == "" {
			pending = nil
			continue
		}
		send, done, note, err := l.hands.Step(reply)
		if err != nil {
			return err
		}
		if note != "" {
			l.n.noticef("%s", note)
		}
		if done {
			return nil
		}
		pending = send
	}
}

// psync asks for the stream, from where we are if we are somewhere.
func (l *link) psync() error {
	if err := l.enter(); err != nil {
		return err
	}
	n := l.n
	l.request = []string{"PSYNC", "?", "-1"}
	if n.follower.cached {
		l.request = []string{"PSYNC", n.history.ID, strconv.FormatInt(n.history.Offset+1, 10)}
	}
	if n.failover.state == failoverRunning {
		l.request = append(l.request, "FAILOVER")
	}
	n.emit("repl.psync-sent", "request", strings.Join(l.request, " "))
	n.leave()
	if n.cachedText(l.request) {
		n.noticef("Trying a partial resynchronization (request %s:%s).", l.request[1], l.request[2])
	} else {
		n.noticef("Partial resynchronization not possible (no cached master)")
	}
	if err := l.send(l.request); err != nil {
		return err
	}
	reply := ""
	for reply == "" {
		var err error
		if reply, err = l.line(); err != nil {
			return inWords("Master did not reply to PSYNC, will try later", err)
		}
	}
	return l.answered(reply)
}

func (n *Node) cachedText(request []string) bool { return request[1] != "?" }

func (l *link) answered(reply string) error {
	n := l.n
	a := repl.ParseAnswer(reply)
	if err := n.failoverAnswered(l, a.Verdict); err != nil {
		return err
	}
	switch a.Verdict {
	case repl.Continue:
		return l.goOn(a)
	case repl.Full:
		n.noticef("Full resync from master: %s:%d", a.ID, a.Offset)
		return l.fullSync(a)
	case repl.Retry:
		n.noticef("Master is currently unable to PSYNC but should be in the future: %s", reply)
		return fmt.Errorf("%w: %s", errNotNow, reply)
	}
	n.warnf("Unexpected reply to PSYNC from master: %s", reply)
	n.noticef("Retrying with SYNC...")
	if _, err := io.WriteString(l.conn, "SYNC\r\n"); err != nil {
		return err
	}
	return l.fullSync(repl.Answer{Verdict: repl.Full, Offset: -1})
}

// goOn continues the stream after +CONTINUE.
func (l *link) goOn(a repl.Answer) error {
	n := l.n
	if err := l.enter(); err != nil {
		return err
	}
	if a.ID != "" && a.ID != n.history.ID {
		n.history.Renamed(a.ID)
		n.noticef("Master replication ID changed to %s", a.ID)
		// Our own replicas have to hear of the new ID.
		n.disconnectReplicas()
	}
	n.noticef("Successful partial resynchronization with master.")
	n.emit("repl.continue", "id", n.history.ID, "offset", strconv.FormatInt(n.history.Offset, 10))
	l.becomeConnected(n.follower.streamDB)
	n.noticef("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.")
	n.leave()
	return l.stream()
}

// becomeConnected makes the master a client whose commands are applied; the lock is held.
func (l *link) becomeConnected(db int) {
	n := l.n
	f := &n.follower
	s := &stream{n: n, conn: l.conn, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	c := n.newClient(s, addrText(l.conn.RemoteAddr()), addrText(l.conn.LocalAddr()))
	s.c = c
	c.flags |= flagMaster
	c.login()
	c.user = "(superuser)"
	if d := n.ks.DB(db); d != nil {
		c.db = d
	}
	if n.master.backlog == nil {
		n.createBacklog()
	}
	f.client, f.state, f.cached, f.downSince, f.lastIO, f.unapplied = c, linkConnected, true, 0, n.nowMs, nil
	l.replies = s
	n.group.Go(s.write)
	n.emit("repl.link-up", "master", l.addr, "offset", strconv.FormatInt(n.history.Offset, 10))
}

// stream applies what the master sends until the connection ends.
func (l *link) stream() error {
	buf := make([]byte, 16<<10)
	for {
		size, err := l.r.Read(buf)
		if size > 0 {
			if err := l.enter(); err != nil {
				return err
			}
			f := &l.n.follower
			f.lastIO = l.n.nowMs
			f.client.feed(buf[:size])
			broken := f.client == nil || f.client.is(flagCloseNow)
			l.n.leave()
			if broken {
				return errors.New("the master's stream could not be applied")
			}
		}
		if err != nil {
			return err
		}
		if size == len(buf) && len(buf) < 1<<20 {
			buf = make([]byte, 4*len(buf))
		}
	}
}

// masterInput applies bytes of the master's stream. Offsets count bytes as they are
// applied; inside MULTI they are applied at EXEC. The same bytes go on to our own
// replicas.
func (n *Node) masterInput(c *client, data []byte) {
	f := &n.follower
	n.stats.inputReplBytes += int64(len(data))
	c.in = append(c.in, data...)
	at := 0
	for at < len(c.in) && !c.is(flagCloseNow) && f.client == c {
		argv, size, err := c.reader.Next(c.in[at:])
		if err != nil {
			n.warnf("Protocol error from the master: %v", err)
			c.closeAsync()
			return
		}
		if size == 0 {
			break
		}
		if n.streamPaused(c, argv) {
			break
		}
		raw := c.in[at : at+size]
		at += size
		f.unapplied = append(f.unapplied, raw...)
		if len(argv) > 0 {
			c.apply(argv)
		}
		if c.multi == nil && f.client == c {
			n.feedThrough(f.unapplied)
			f.unapplied = f.unapplied[:0]
		}
	}
	if f.client != c {
		return
	}
	f.streamDB = c.db.ID
	rest := copy(c.in, c.in[at:])
	c.in = c.in[:rest]
	if rest == 0 && cap(c.in) > 1<<20 {
		c.in = nil
	}
}

// streamPaused tells whether a pause (CLIENT PAUSE) holds the master's next command too: what was received then waits
// in the buffer.
func (n *Node) streamPaused(c *client, argv [][]byte) bool {
	if !n.pause.all && !n.pause.writes {
		return false
	}
	spec, outcome := n.table.Lookup(argv)
	return outcome == command.Found && n.pausedFor(c, spec)
}

// apply runs one command of the stream. Nothing is answered but what REPLCONF GETACK asks for.
func (c *client) apply(argv [][]byte) {
	mark := len(c.w.Buf)
	spec, outcome := c.n.table.Lookup(argv)
	if outcome == command.Found && spec.Name == "replconf" {
		c.n.call(c, spec, argv)
		return
	}
	c.dispatch(argv)
	if len(c.w.Buf) > mark && c.w.Buf[mark] == '-' {
		c.n.stats.unexpectedErrors++
		c.n.warnf("== CRITICAL == This replica is sending an error to its master: '%s' after processing the command '%s'",
			strings.TrimRight(string(c.w.Buf[mark+1:]), "\r\n"), argv[0])
	}
	c.w.Buf = c.w.Buf[:mark]
}

// feedThrough passes applied bytes on to our replicas.
func (n *Node) feedThrough(p []byte) {
	if n.master.backlog == nil {
		n.history.Offset += int64(len(p))
		return
	}
	n.feedStream(p)
}

// sendAck tells the master how far we are.
func (n *Node) sendAck() {
	c := n.follower.client
	if c == nil {
		return
	}
	c.w.RawString(string(appendCommand(nil, "REPLCONF", "ACK", strconv.FormatInt(n.history.Offset, 10))))
	c.ready()
}

// masterLinkLost is called when the master's client goes away by itself.
func (n *Node) masterLinkLost(c *client) {
	if n.follower.client == c {
		n.follower.client = nil
	}
}

// finish books the end of a link and leaves the next attempt to the cron.
func (l *link) finish(err error) {
	if l.conn != nil {
		l.conn.Close()
	}
	if l.enter() != nil {
		return
	}
	n, f := l.n, &l.n.follower
	defer n.leave()
	if f.state == linkConnected {
		n.warnf("Connection with master lost.")
		if f.client != nil {
			n.noticef("Caching the disconnected master state.")
		}
		n.emit("repl.link-down", "master", l.addr, "reason", fmt.Sprint(err))
		f.downSince = n.nowMs
		n.noticef("Reconnecting to MASTER %s", l.addr)
	} else if !errors.Is(err, context.Canceled) {
		if !errors.Is(err, errNotNow) && !errors.Is(err, net.ErrClosed) { // closed by ourselves, for a reason told
			n.warnf("%s", strings.TrimPrefix(err.Error(), repl.ErrRefused.Error()+": "))
		}
		n.emit("repl.link-failed", "master", l.addr, "reason", fmt.Sprint(err))
	}
	if c := f.client; c != nil {
		f.client = nil
		c.flags &^= flagMaster
		n.drop(c)
	}
	f.conn, f.unapplied = nil, nil
	connectedBefore := f.state == linkConnected
	f.state = linkConnect
	if connectedBefore {
		// A lost link is tried again at once, a failed attempt at the next tick of the cron.
		f.generation++
		n.startLink()
	}
}

// linkTimeouts gives links up that have been silent for repl-timeout; the cron calls it.
func (n *Node) linkTimeouts() {
	f := &n.follower
	limit := time.Duration(n.settings.replTimeout) * time.Second
	if !n.isReplica() || f.state == linkConnect || n.loading.active || time.Duration(n.nowMs-f.lastIO)*time.Millisecond <= limit {
		return
	}
	switch f.state {
	case linkTransfer:
		n.warnf("Timeout receiving bulk data from MASTER... If the problem persists try to set the 'repl-timeout' parameter in redis.conf to a larger value.")
	case linkConnected:
		n.warnf("MASTER timeout: no data nor PING received...")
	default:
		n.warnf("Timeout connecting to the MASTER...")
	}
	if f.cancel != nil {
		f.cancel()
	}
	if f.conn != nil {
		f.conn.Close()
	}
}
