package sim

import "time"

// Process is what runs on a host.
type Process interface {
	// Accept is called for a connection that another host made.
	Accept(c *Conn)
	// Connected is called when a connection that this host asked for stands.
	Connected(c *Conn)
	// Receive is called for every message.
	Receive(c *Conn, msg any)
	// Closed is called when a connection was refused, or closed by the other side. It is not called after Close.
	Closed(c *Conn, why string)
}

// Host is an address on which a process runs, or not.
type Host struct {
	Name  string // in the log
	Addr  string
	world *World
	make  func(*Host) Process
	proc  Process
	life  int // how often it was started
	stop  bool
	inbox []func() // what waits for a stopped process
	conns []*Conn
}

// Host adds a host; the process is made anew by each Start.
func (w *World) Host(name, addr string, start func(*Host) Process) *Host {
	h := &Host{Name: name, Addr: addr, world: w, make: start}
	w.hosts[addr] = h
	w.order = append(w.order, h)
	return h
}

// Find gives the host with a name or an address, nil for none.
func (w *World) Find(name string) *Host {
	if h := w.hosts[name]; h != nil {
		return h
	}
	for _, h := range w.order {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Hosts lists the hosts in the order they were added.
func (w *World) Hosts() []*Host { return w.order }

// World is where the host lives.
func (h *Host) World() *World { return h.world }

// Up tells whether a process runs, be it stopped or not.
func (h *Host) Up() bool { return h.proc != nil }

// Process is what runs, nil for nothing.
func (h *Host) Process() Process { return h.proc }

// Start starts the process.
func (h *Host) Start() {
	if h.proc == nil {
		h.life++
		h.proc = h.make(h)
	}
}

// Crash kills the process. The machine under it lives, so those at the other end of its connections are told, if the
// message gets through.
func (h *Host) Crash() {
	if h.proc == nil {
		return
	}
	h.proc, h.inbox, h.stop = nil, nil, false
	conns := h.conns
	h.conns = nil
	for _, c := range conns {
		c.Close()
	}
}

// Pause stops the process as SIGSTOP does: it keeps its connections, and others can still connect.
func (h *Host) Pause() { h.stop = h.proc != nil }

// Resume lets it go on with what came in meanwhile.
func (h *Host) Resume() {
	if !h.stop {
		return
	}
	h.stop = false
	life := h.life
	for len(h.inbox) > 0 && !h.stop && h.proc != nil && h.life == life {
		f := h.inbox[0]
		h.inbox = h.inbox[1:]
		f()
	}
}

// Paused tells whether the process is stopped.
func (h *Host) Paused() bool { return h.stop }

// After plans f for the process that runs now.
func (h *Host) After(d time.Duration, f func()) {
	life := h.life
	h.world.After(d, func() {
		if h.life == life {
			h.run(f)
		}
	})
}

// run lets the process do something, now or when it goes on.
func (h *Host) run(f func()) {
	switch {
	case h.proc == nil:
	case h.stop:
		h.inbox = append(h.inbox, f)
	default:
		f()
	}
}

// Logf adds a line to the world's log.
func (h *Host) Logf(format string, args ...any) { h.world.Logf(h.Name, format, args...) }
