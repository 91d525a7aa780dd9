package netfault

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	firstMemoryPort = 7000
	firstEphemeral  = 32768 // of dialling ends
	memoryBacklog   = 511
)

// memory is the part of a Fabric that stands in for the kernel.
type memory struct {
	mu        sync.Mutex
	listeners map[string]*memListener
	port      uint16 // the next dialling end's
	nodePort  int    // the latest that reserve chose
}

func (m *memory) reserve(f *Fabric, id string, port int) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	addr := func(p int) string { return fmt.Sprintf("127.0.0.1:%d", p) }
	if port != 0 {
		if o, taken := f.owners[addr(port)]; taken {
			return "", fmt.Errorf("port %d is node %s's: %w", port, o.id, syscall.EADDRINUSE)
		}
	}
	for port == 0 {
		m.nodePort = max(m.nodePort+1, firstMemoryPort)
		if _, taken := f.owners[addr(m.nodePort)]; !taken {
			port = m.nodePort
		}
	}
	f.owners[addr(port)] = owner{id: id}
	return addr(port), nil
}

func (m *memory) listen(ap netip.AddrPort, network string) (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	addr := net.TCPAddrFromAddrPort(ap)
	if m.listeners[ap.String()] != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: addr, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	l := &memListener{memory: m, addr: addr, queue: make(chan *memConn, memoryBacklog), closed: make(chan struct{})}
	m.listeners[ap.String()] = l
	return l, nil
}

// dial makes a connection to who listens at ap. The link's state has been passed already.
func (m *memory) dial(ctx context.Context, f *Fabric, from string, to owner, ap netip.AddrPort) (net.Conn, error) {
	m.mu.Lock()
	l := m.listeners[ap.String()]
	m.port = max(m.port+1, firstEphemeral)
	local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(ap.Addr(), m.port))
	m.mu.Unlock()
	if l == nil {
		return nil, errRefused()
	}
	class := f.classOf(to, from)
	there := newFlow(f, f.link(from, to.id, class))
	back := newFlow(f, f.link(to.id, from, class))
	mine := newMemConn(f, local, l.addr, back, there)
	theirs := newMemConn(f, l.addr, local, there, back)
	select {
	case l.queue <- theirs:
	case <-l.closed:
		return nil, errRefused()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-l.closed: // whether or not Close has seen it in the queue
		theirs.reset()
	default:
	}
	return mine, nil
}

// memListener is a listening socket without a kernel.
type memListener struct {
	memory *memory
	addr   *net.TCPAddr
	queue  chan *memConn
	once   sync.Once
	closed chan struct{}
}

func (l *memListener) Addr() net.Addr { return l.addr }

func (l *memListener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, l.gone()
	default:
	}
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.closed:
		return nil, l.gone()
	}
}

func (l *memListener) gone() error {
	return &net.OpError{Op: "accept", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
}

func (l *memListener) Close() error {
	first := false
	l.once.Do(func() { first = true })
	if !first {
		return &net.OpError{Op: "close", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
	}
	l.memory.mu.Lock()
	delete(l.memory.listeners, l.addr.String())
	l.memory.mu.Unlock()
	close(l.closed)
	for {
		select {
		case c := <-l.queue:
			c.reset()
		default:
			return nil
		}
	}
}

// memConn is one end of a connection without a kernel.
type memConn struct {
	local, remote net.Addr
	in, out       *flow
	rd, wd        *deadline
	once          sync.Once
	closed        chan struct{}
}

func newMemConn(f *Fabric, local, remote net.Addr, in, out *flow) *memConn {
	return &memConn{
		local: local, remote: remote, in: in, out: out,
		rd: newDeadline(f.clock), wd: newDeadline(f.clock), closed: make(chan struct{}),
	}
}

func (c *memConn) LocalAddr() net.Addr  { return c.local }
func (c *memConn) RemoteAddr() net.Addr { return c.remote }

func (c *memConn) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

func (c *memConn) Read(p []byte) (int, error) {
	if c.isClosed() {
		return 0, ioError("read", c, net.ErrClosed)
	}
	n, err := c.in.pop(p, c.rd, c.closed)
	return n, ioError("read", c, err)
}

func (c *memConn) Write(p []byte) (int, error) {
	if c.isClosed() {
		return 0, ioError("write", c, net.ErrClosed)
	}
	n, err := c.out.push(p, c.wd, c.closed)
	if err != nil && c.isClosed() {
		err = net.ErrClosed
	}
	return n, ioError("write", c, err)
}

// Close ends both directions. As with TCP, bytes that were not read make it a reset for the other end.
func (c *memConn) Close() error {
	if !c.end(nil) {
		return ioError("close", c, net.ErrClosed)
	}
	return nil
}

// reset is the end of a connection that nobody accepted.
func (c *memConn) reset() { c.end(syscall.ECONNRESET) }

func (c *memConn) end(with error) (first bool) {
	c.once.Do(func() {
		first = true
		close(c.closed)
		unread := c.in.abandon(syscall.EPIPE)
		if unread {
			with = syscall.ECONNRESET
		}
		c.out.finish(endOf(with))
		c.rd.stop()
		c.wd.stop()
	})
	return first
}

func (c *memConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *memConn) SetReadDeadline(t time.Time) error  { return c.setDeadline(c.rd, t) }
func (c *memConn) SetWriteDeadline(t time.Time) error { return c.setDeadline(c.wd, t) }

func (c *memConn) setDeadline(d *deadline, t time.Time) error {
	if c.isClosed() {
		return ioError("set", c, net.ErrClosed)
	}
	d.set(t)
	return nil
}
