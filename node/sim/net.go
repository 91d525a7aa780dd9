package sim

import "time"

// network is what is wrong between hosts.
type network struct {
	cut     map[pair]bool
	delay   map[pair]time.Duration
	stalled []*flow
}

// pair is a direction between two addresses.
type pair struct{ from, to string }

func newNetwork() network {
	return network{cut: map[pair]bool{}, delay: map[pair]time.Duration{}}
}

// The usual latency, and after which time at most something is sent again when a cut is healed.
const (
	minLatency = 200 * time.Microsecond
	maxLatency = 800 * time.Microsecond
	resendTime = 200 * time.Millisecond
)

// Cut lets nothing through between two addresses. What is sent waits, as with TCP.
func (w *World) Cut(a, b string) {
	w.CutOneWay(a, b)
	w.CutOneWay(b, a)
}

// CutOneWay lets nothing through from one address to another.
func (w *World) CutOneWay(from, to string) { w.net.cut[pair{from, to}] = true }

// Isolate cuts a host off from all others.
func (w *World) Isolate(addr string) {
	for _, h := range w.order {
		if h.Addr != addr {
			w.Cut(addr, h.Addr)
		}
	}
}

// Delay makes every message from one address to another take longer.
func (w *World) Delay(from, to string, d time.Duration) { w.net.delay[pair{from, to}] = d }

// Heal takes all cuts and delays back; what waited is sent again soon.
func (w *World) Heal() {
	clear(w.net.cut)
	clear(w.net.delay)
	stalled := w.net.stalled
	w.net.stalled = nil
	for _, f := range stalled {
		w.After(time.Duration(w.rand.Int64N(int64(resendTime))), func() { f.pump(w) })
	}
}

// flow is one direction of a connection: what is sent arrives in order, or waits.
type flow struct {
	from, to string
	queue    []packet
	last     time.Time
}

type packet struct {
	at     time.Time
	arrive func()
}

// transmit sends something.
func (w *World) transmit(f *flow, arrive func()) {
	latency := minLatency + time.Duration(w.rand.Int64N(int64(maxLatency-minLatency))) + w.net.delay[pair{f.from, f.to}]
	at := w.now.Add(latency)
	if at.Before(f.last) {
		at = f.last
	}
	f.last = at
	f.queue = append(f.queue, packet{at, arrive})
	if len(f.queue) == 1 {
		w.at(at, func() { f.pump(w) })
	}
}

// pump lets arrive what is due, unless the way is cut.
func (f *flow) pump(w *World) {
	for len(f.queue) > 0 {
		p := f.queue[0]
		if p.at.After(w.now) {
			w.at(p.at, func() { f.pump(w) })
			return
		}
		if w.net.cut[pair{f.from, f.to}] {
			w.net.stalled = append(w.net.stalled, f)
			return
		}
		f.queue[0] = packet{}
		p.arrive()
		f.queue = f.queue[1:]
	}
}

// Conn is one end of a connection.
type Conn struct {
	host   *Host // whose end it is
	remote string
	peer   *Conn
	out    *flow
	open   bool
	up     bool // the other side has taken it
	Tag    any  // for the process
}

// Dial asks for a connection. What is sent before it stands arrives after it.
func (h *Host) Dial(addr string) *Conn {
	w := h.world
	c := &Conn{host: h, remote: addr, open: true, out: &flow{from: h.Addr, to: addr}}
	p := &Conn{host: w.hosts[addr], remote: h.Addr, peer: c, out: &flow{from: addr, to: h.Addr}}
	c.peer = p
	h.keep(c)
	w.transmit(c.out, func() {
		t := p.host
		if t == nil || t.proc == nil {
			w.transmit(p.out, func() { c.lost("Connection refused") })
			return
		}
		p.open, p.up = true, true
		t.keep(p)
		t.run(func() { t.proc.Accept(p) })
		w.transmit(p.out, func() {
			c.up = true
			c.tell(func() { h.proc.Connected(c) })
		})
	})
	return c
}

// Local and Remote are the addresses of the two ends.
func (c *Conn) Local() string { return c.host.Addr }

// Remote is the address of the other end.
func (c *Conn) Remote() string { return c.remote }

// Send sends a message.
func (c *Conn) Send(msg any) {
	if !c.open {
		return
	}
	p, w := c.peer, c.host.world
	w.transmit(c.out, func() {
		if !p.open { // the other side has closed: it answers with a reset
			w.transmit(p.out, func() { c.lost("Connection reset by peer") })
			return
		}
		p.tell(func() { p.host.proc.Receive(p, msg) })
	})
}

// Close closes the connection.
func (c *Conn) Close() {
	if !c.open {
		return
	}
	c.open = false
	p := c.peer
	c.host.world.transmit(c.out, func() { p.lost("Server closed the connection") })
}

// lost tells the process that the connection is gone.
func (c *Conn) lost(why string) {
	if !c.open {
		return
	}
	c.tell(func() {
		if c.open {
			c.open = false
			c.host.proc.Closed(c, why)
		}
	})
}

// tell lets the process do something about a connection that is still open then.
func (c *Conn) tell(f func()) {
	c.host.run(func() {
		if c.open {
			f()
		}
	})
}

// keep remembers a connection for a crash, and forgets closed ones.
func (h *Host) keep(c *Conn) {
	open := h.conns[:0]
	for _, o := range h.conns {
		if o.open {
			open = append(open, o)
		}
	}
	h.conns = append(open, c)
}
