package sentinel

import (
	"strconv"
	"time"
)

// link is how an instance is reached: a connection for commands, and to masters and replicas one more for messages. The
// same sentinel watching several masters is one link that its instances share.
type link struct {
	cmd, sub      *conn
	refs          int
	disconnected  bool
	lastReconnect time.Time
	subActivity   time.Time
	actPing       time.Time // the oldest PING without an answer; zero: none
	lastPing      time.Time
	lastAvail     time.Time // last acceptable reply to PING
	lastPong      time.Time // last reply to PING of any kind
}

// conn is a connection that the shell was asked for.
type conn struct {
	id     ConnID
	link   *link
	owner  *instance // of a subscribing connection: whose messages come
	up     bool
	local  string
	opened time.Time
	expect []expectation
}

// expectation is a command that has no reply yet.
type expectation struct {
	purpose Purpose
	of      *instance
}

func (m *Machine) newLink() *link {
	l := &link{refs: 1, disconnected: true}
	l.clear(m.now)
	return l
}

// clear starts the clocks anew. A ping counts as sent: an instance that never answers must be found down.
func (l *link) clear(now time.Time) {
	l.actPing, l.lastAvail, l.lastPong = now, now, now
	l.lastPing = time.Time{}
}

// pending counts the commands without a reply.
func (l *link) pending() int {
	n := 0
	for _, c := range []*conn{l.cmd, l.sub} {
		if c == nil {
			continue
		}
		for _, e := range c.expect {
			if e.purpose != Subscribe {
				n++
			}
		}
	}
	return n
}

func (m *Machine) closeConn(c *conn) {
	if c == nil {
		return
	}
	m.forget(c)
	m.emit(Close{Conn: c.id})
}

// forget takes a connection from its link.
func (m *Machine) forget(c *conn) {
	delete(m.conns, c.id)
	if c.link.cmd == c {
		c.link.cmd = nil
	} else {
		c.link.sub = nil
	}
	c.link.disconnected = true
}

func (m *Machine) closeLink(l *link) {
	m.closeConn(l.cmd)
	m.closeConn(l.sub)
}

// release gives an instance up.
func (m *Machine) release(inst *instance) {
	inst.gone = true
	if inst.link.refs--; inst.link.refs == 0 {
		m.closeLink(inst.link)
	}
	if g := inst.group; g.promotedTo == inst {
		g.promotedTo = nil
	}
}

// shareLink lets a sentinel use the link that is there for another master.
func (m *Machine) shareLink(p *instance) {
	if p.link.refs > 1 {
		return
	}
	for _, g := range m.groups {
		if g == p.group {
			continue
		}
		if other := g.peer(p.runID); other != nil {
			m.closeLink(p.link)
			p.link = other.link
			p.link.refs++
			return
		}
	}
}

// reconnect asks for the connections that are missing, not more often than once per ping period.
func (m *Machine) reconnect(inst *instance) {
	l := inst.link
	if !l.disconnected || inst.addr.Port == 0 || m.now.Sub(l.lastReconnect) < m.timing.PingPeriod {
		return
	}
	l.lastReconnect = m.now
	if l.cmd == nil {
		if a, err := m.addr(inst.addr.Host, inst.addr.Port, false); err == nil && m.options.ResolveHostnames {
			inst.addr = a // the name may have another address by now
		}
	}
	if inst.addr.IP == "" {
		m.event(Debug, "-cmd-link-reconnection", inst, " #Can't resolve %s", inst.addr.Host)
		return
	}
	if l.cmd == nil {
		l.cmd = m.dial(inst, false)
		m.sendPing(inst)
	}
	if l.sub == nil && inst.role != Peer {
		l.sub, l.subActivity = m.dial(inst, true), m.now
		m.sendOn(l.sub, inst, Subscribe, "SUBSCRIBE", helloChannel)
	}
	l.disconnected = false
}

// dial asks for a connection and says first what every connection begins with.
func (m *Machine) dial(inst *instance, subscribe bool) *conn {
	m.lastConn++
	c := &conn{id: m.lastConn, link: inst.link, opened: m.now}
	kind := "cmd"
	if subscribe {
		c.owner, kind = inst, "pubsub"
	}
	m.conns[c.id] = c
	m.emit(Dial{Conn: c.id, IP: inst.addr.IP, Port: inst.addr.Port, Subscribe: subscribe,
		Role: inst.role, Master: inst.group.name, Instance: inst.name})
	if user, pass := m.credentials(inst); pass != "" && user != "" {
		m.sendOn(c, inst, Setup, "AUTH", user, pass)
	} else if pass != "" {
		m.sendOn(c, inst, Setup, "AUTH", pass)
	}
	m.sendOn(c, inst, Setup, "CLIENT", "SETNAME", "sentinel-"+m.myID[:min(8, len(m.myID))]+"-"+kind)
	return c
}

// credentials are for masters and replicas what the master's settings say; sentinels have one password among them.
func (m *Machine) credentials(inst *instance) (user, pass string) {
	switch {
	case inst.role != Peer:
		return inst.group.AuthUser, inst.group.AuthPass
	case m.options.Pass != "":
		return m.options.User, m.options.Pass
	}
	return "", m.cfg.RequirePass
}

// send sends a command to an instance over its command connection; there must be one.
func (m *Machine) send(inst *instance, purpose Purpose, command string, args ...string) bool {
	if inst.link.cmd == nil {
		return false
	}
	m.sendOn(inst.link.cmd, inst, purpose, command, args...)
	return true
}

func (m *Machine) sendOn(c *conn, inst *instance, purpose Purpose, command string, args ...string) {
	c.expect = append(c.expect, expectation{purpose, inst})
	m.emit(Send{Conn: c.id, Args: append([]string{inst.group.command(command)}, args...), For: purpose})
}

// sendSlaveOf makes an instance follow a master, nil for none. All of it happens or nothing does: the clients are thrown
// out so that they ask for the master again, and the configuration is written. Whether it worked is seen in INFO.
func (m *Machine) sendSlaveOf(inst *instance, master *Addr) bool {
	if inst.link.cmd == nil {
		return false
	}
	host, port := "NO", "ONE"
	if master != nil {
		host, port = m.host(*master), strconv.Itoa(master.Port)
	}
	m.send(inst, Reconfigure, "MULTI")
	m.send(inst, Reconfigure, "SLAVEOF", host, port)
	m.send(inst, Reconfigure, "CONFIG", "REWRITE")
	m.send(inst, Reconfigure, "CLIENT", "KILL", "TYPE", "normal")
	m.send(inst, Reconfigure, "CLIENT", "KILL", "TYPE", "pubsub")
	m.send(inst, Reconfigure, "EXEC")
	return true
}

func (m *Machine) linkUp(in LinkUp) {
	if c := m.conns[in.Conn]; c != nil {
		c.up, c.local = true, in.Local
	}
}

func (m *Machine) linkDown(in LinkDown) {
	if c := m.conns[in.Conn]; c != nil {
		m.forget(c)
	}
}

// reply gives a value to whoever waits for it.
func (m *Machine) reply(in Reply) {
	c := m.conns[in.Conn]
	if c == nil {
		return
	}
	if c.owner != nil && (len(c.expect) == 0 || c.expect[0].purpose == Subscribe) {
		m.message(c, in.Value)
		return
	}
	if len(c.expect) == 0 {
		return
	}
	e := c.expect[0]
	c.expect = c.expect[1:]
	switch {
	case e.of.gone && e.purpose != Ping:
	case e.purpose == Ping:
		m.pong(c.link, e.of, in.Value)
	case e.purpose == Info && in.Value.Kind == '$':
		m.refresh(e.of, in.Value.Text)
	case e.purpose == Publish && in.Value.Kind != '-':
		e.of.lastPub = m.now // after an error it is tried again at the next tick
	case e.purpose == AskDown:
		m.downReply(e.of, in.Value)
	}
}

// message takes what comes on a subscribing connection. Our own hellos come back too: they show that it works.
func (m *Machine) message(c *conn, v Value) {
	if v.Kind == '-' { // SUBSCRIBE is refused, for want of a password: Redis takes it for a word of farewell
		m.closeConn(c)
		return
	}
	c.expect = nil // SUBSCRIBE is answered
	if c.owner.gone {
		return
	}
	c.link.subActivity = m.now
	if v.Kind == '*' && len(v.Items) == 3 && v.Items[0].Text == "message" && v.Items[2].Kind == '$' {
		m.heard(v.Items[2].Text)
	}
}

// dropConnections closes the connections to a master and its replicas, to come back with another password.
func (m *Machine) dropConnections(g *group) {
	m.closeLink(g.link)
	for _, r := range g.replicas {
		m.closeLink(r.link)
	}
}

// dropPeerConnections closes those to other sentinels.
func (m *Machine) dropPeerConnections() {
	for _, g := range m.groups {
		for _, p := range g.peers {
			if !p.link.disconnected {
				m.closeLink(p.link)
			}
		}
	}
}
