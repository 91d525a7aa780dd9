package node

import (
	"net"
)

// stream serves one net.Conn with a reading and a writing goroutine. It is the transport
// for connections the event loop cannot take: other networks than TCP, other systems than Linux, and
// replicas, whose full sync is written straight to the connection.
type stream struct {
	n    *Node
	c    *client
	conn net.Conn
	wake chan struct{}
	gone chan struct{}
}

// serveStream registers conn and serves it until it closes.
func (n *Node) serveStream(conn net.Conn) {
	s := &stream{n: n, conn: conn, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	if !n.enter() {
		conn.Close()
		return
	}
	c := n.admit(s, conn.RemoteAddr(), conn.LocalAddr())
	n.leave()
	if c == nil {
		conn.Close()
		return
	}
	s.c = c
	n.group.Go(s.write)
	s.read()
}

// attach moves an existing client to conn; the caller starts the goroutines by run.
func (n *Node) attachStream(c *client, conn net.Conn) *stream {
	s := &stream{n: n, c: c, conn: conn, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	c.t = s
	return s
}

func (s *stream) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) shutInput() { s.conn.Close() }

func (s *stream) read() {
	buf := make([]byte, 16<<10)
	for {
		size, err := s.conn.Read(buf)
		if !s.n.enter() {
			break
		}
		if size > 0 && !s.c.is(flagCloseNow) {
			s.c.feed(buf[:size])
		}
		if err != nil {
			s.n.drop(s.c)
		}
		s.n.leave()
		if err != nil {
			break
		}
		if size == len(buf) && len(buf) < 1<<20 {
			buf = make([]byte, 4*len(buf))
		}
	}
	close(s.gone)
	s.conn.Close()
}

func (s *stream) write() {
	var spare []byte
	for {
		select {
		case <-s.wake:
		case <-s.gone:
			return
		}
		for {
			if !s.n.enter() {
				return
			}
			if s.c.is(flagCloseNow) {
				s.n.leave()
				s.conn.Close()
				return
			}
			out := s.c.take(spare)
			closing := out == nil && s.c.is(flagCloseAfter) && !s.c.hold
			s.n.leave()
			if closing {
				s.conn.Close()
				return
			}
			if out == nil {
				break
			}
			if _, err := s.conn.Write(out); err != nil {
				s.conn.Close() // the reader sees it and drops the client
				return
			}
			s.n.wrote(s.c, len(out))
			if spare = out; cap(spare) > 64<<10 {
				spare = nil
			}
		}
	}
}

// wrote accounts for bytes that left.
func (n *Node) wrote(c *client, size int) {
	n.mu.Lock()
	c.sent -= size
	c.account()
	n.stats.outputBytes += int64(size)
	n.stats.writes++
	n.mu.Unlock()
}
