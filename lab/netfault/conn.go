package netfault

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// conn is a TCP connection whose bytes go over links, and whose deadlines are on the lab's clock. While a link is
// healthy they go straight through; the first fault starts a flow, which the connection keeps.
type conn struct {
	*net.TCPConn
	fabric  *Fabric
	in, out *link // nil: the other end of the connection sees to that direction
	rd, wd  *deadline
	onClose func()
	once    sync.Once
	closed  chan struct{} // the owner has closed it
	aborted chan struct{} // the socket is gone

	mu              sync.Mutex
	inFlow, outFlow *flow
	abortOnce       sync.Once
}

func (f *Fabric) wrap(inner *net.TCPConn, in, out *link, onClose func()) *conn {
	c := &conn{
		TCPConn: inner, fabric: f, in: in, out: out, onClose: onClose,
		rd: newDeadline(f.clock), wd: newDeadline(f.clock),
		closed: make(chan struct{}), aborted: make(chan struct{}),
	}
	// Setting a deadline fails on a closed socket only, whose reads and writes fail then as well.
	c.rd.kick = func() { _ = inner.SetReadDeadline(time.Unix(1, 0)) }
	c.rd.release = func() { _ = inner.SetReadDeadline(time.Time{}) }
	c.wd.kick = func() { _ = inner.SetWriteDeadline(time.Unix(1, 0)) }
	c.wd.release = func() { _ = inner.SetWriteDeadline(time.Time{}) }
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = inner.Close() // the lab is ending
	}
	f.open[c] = struct{}{}
	return c
}

// abort ends the socket at once.
func (c *conn) abort() {
	c.abortOnce.Do(func() {
		close(c.aborted)
		_ = c.TCPConn.Close() // whoever uses it sees that
		c.fabric.mu.Lock()
		delete(c.fabric.open, c)
		c.fabric.mu.Unlock()
		if c.onClose != nil {
			c.onClose()
		}
	})
}

func (c *conn) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

func (c *conn) flows() (in, out *flow) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inFlow, c.outFlow
}

func (c *conn) Read(p []byte) (int, error) {
	for {
		if c.isClosed() {
			return 0, ioError("read", c, net.ErrClosed)
		}
		if in, _ := c.flows(); in != nil {
			n, err := in.pop(p, c.rd, c.closed)
			return n, ioError("read", c, err)
		}
		if c.rd.expired() {
			return 0, ioError("read", c, os.ErrDeadlineExceeded)
		}
		n, err := c.TCPConn.Read(p)
		if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			continue // the lab's deadline has passed, or has been moved meanwhile
		}
		if c.in == nil || c.in.isClear.Load() || len(p) == 0 || c.isClosed() {
			return n, err
		}
		c.startIn(p[:n], err)
	}
}

// startIn makes what was just read the first bytes under way.
func (c *conn) startIn(first []byte, end error) {
	q := newFlow(c.fabric, c.in)
	_, _ = q.push(first, nil, c.closed) // fits, as any one read does
	c.rd.detach()
	_ = c.TCPConn.SetReadDeadline(time.Time{})
	c.mu.Lock()
	c.inFlow = q
	c.mu.Unlock()
	if end != nil {
		q.finish(endOf(end))
		return
	}
	c.fabric.work.Go(func() { c.pumpIn(q) })
}

const pumpBuffer = 32 << 10

func (c *conn) pumpIn(q *flow) {
	buf := make([]byte, pumpBuffer)
	for {
		n, err := c.TCPConn.Read(buf)
		if n > 0 {
			if _, err := q.push(buf[:n], nil, c.closed); err != nil {
				return
			}
		}
		if errors.Is(err, os.ErrDeadlineExceeded) && !c.isClosed() {
			continue // set before the flow was started
		}
		if err != nil {
			q.finish(endOf(err))
			return
		}
	}
}

func (c *conn) Write(p []byte) (int, error) {
	if c.isClosed() {
		return 0, ioError("write", c, net.ErrClosed)
	}
	if c.wd.expired() {
		return 0, ioError("write", c, os.ErrDeadlineExceeded)
	}
	if q := c.needOut(); q != nil {
		n, err := q.push(p, c.wd, c.closed)
		return n, ioError("write", c, err)
	}
	done := 0
	for {
		n, err := c.TCPConn.Write(p[done:])
		done += n
		if errors.Is(err, os.ErrDeadlineExceeded) && !c.wd.expired() && !c.isClosed() {
			continue // the deadline has been moved meanwhile
		}
		return done, err
	}
}

// needOut is the flow that writes must take, nil while the link is healthy and has always been.
func (c *conn) needOut() *flow {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.outFlow != nil || c.out == nil || c.out.isClear.Load() {
		return c.outFlow
	}
	q := newFlow(c.fabric, c.out)
	c.outFlow = q
	c.wd.detach()
	_ = c.TCPConn.SetWriteDeadline(time.Time{})
	c.fabric.work.Go(func() { c.pumpOut(q) })
	return q
}

// pumpOut sends what has come over the link, and closes the socket after the last of it.
func (c *conn) pumpOut(q *flow) {
	buf := make([]byte, pumpBuffer)
	for {
		n, err := q.pop(buf, nil, c.aborted)
		if n > 0 {
			if _, err := c.TCPConn.Write(buf[:n]); err != nil {
				q.abandon(syscall.EPIPE)
				return
			}
			continue
		}
		if errors.Is(err, io.EOF) && !c.isClosed() {
			_ = c.TCPConn.CloseWrite() // only the writing side was closed
			select {
			case <-c.closed:
			case <-c.aborted:
			}
		}
		c.abort()
		return
	}
}

// CloseWrite ends the writing side, after what is under way.
func (c *conn) CloseWrite() error {
	if q := c.needOut(); q != nil {
		q.finish(io.EOF)
		return nil
	}
	return c.TCPConn.CloseWrite()
}

// Close ends the connection. Over a broken link the other end does not learn of it until the link has healed.
func (c *conn) Close() error {
	err := ioError("close", c, net.ErrClosed)
	c.once.Do(func() {
		err = nil
		close(c.closed)
		c.rd.stop()
		c.wd.stop()
		if in, _ := c.flows(); in != nil {
			in.abandon(syscall.EPIPE)
		}
		q := c.needOut()
		if q == nil {
			c.abort()
			return
		}
		_ = c.TCPConn.SetReadDeadline(time.Unix(1, 0)) // ends pumpIn
		q.finish(io.EOF)
	})
	return err
}

func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error  { return c.setDeadline(c.rd, t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadline(c.wd, t) }

func (c *conn) setDeadline(d *deadline, t time.Time) error {
	if c.isClosed() {
		return ioError("set", c, net.ErrClosed)
	}
	d.set(t)
	return nil
}

// ReadFrom keeps io.Copy from going around Write.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, r)
}

// WriteTo keeps io.Copy from going around Read.
func (c *conn) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}
