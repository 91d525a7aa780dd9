package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"redislab/node/sentinel"
)

// sentinelLink is one connection that the machine asked for. One goroutine connects and reads, another one writes.
type sentinelLink struct {
	n      *Node
	id     sentinel.ConnID
	cancel context.CancelFunc
	wake   chan struct{} // there is something to write

	mu  sync.Mutex
	out []byte // not written yet
}

// sentinelDial begins to connect; the lock is held.
func (n *Node) sentinelDial(out sentinel.Dial) {
	ctx, cancel := context.WithCancel(n.ctx)
	l := &sentinelLink{n: n, id: out.Conn, cancel: cancel, wake: make(chan struct{}, 1)}
	n.sentinel.links[out.Conn] = l
	addr := net.JoinHostPort(out.IP, strconv.Itoa(out.Port))
	n.group.Go(func() {
		defer cancel()
		l.ended(l.run(ctx, addr))
	})
}

// send queues a command.
func (l *sentinelLink) send(args []string) {
	l.mu.Lock()
	l.out = appendCommand(l.out, args...)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // the writer is told already
	}
}

// run connects and gives the machine what comes, until the connection ends.
func (l *sentinelLink) run(ctx context.Context, addr string) error {
	conn, err := l.n.net.Dial(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if !l.tell(sentinel.LinkUp{Conn: l.id, Local: hostOf(addrText(conn.LocalAddr()))}) {
		return nil
	}
	l.n.group.Go(func() { l.write(ctx, conn) })
	return l.read(conn)
}

// write sends what is queued; a failure ends the reading too.
func (l *sentinelLink) write(ctx context.Context, conn net.Conn) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		l.mu.Lock()
		out := l.out
		l.out = nil
		l.mu.Unlock()
		if len(out) == 0 {
			continue // it went with what was queued before
		}
		if _, err := conn.Write(out); err != nil {
			conn.Close()
			return
		}
	}
}

// read takes replies and messages.
func (l *sentinelLink) read(conn io.Reader) error {
	var in []byte
	buf := make([]byte, 16<<10)
	for {
		size, err := conn.Read(buf)
		if err != nil {
			return err
		}
		in = append(in, buf[:size]...)
		var replies []sentinel.Input
		for used := 1; used > 0; in = in[used:] {
			var v sentinel.Value
			if v, used, err = sentinel.ParseValue(in); err != nil {
				return fmt.Errorf("reading a reply: %w", err)
			}
			if used > 0 {
				replies = append(replies, sentinel.Reply{Conn: l.id, Value: v})
			}
		}
		if len(in) == 0 {
			in = nil
		}
		if len(replies) > 0 && !l.tell(replies...) {
			return nil
		}
	}
}

// tell gives inputs to the machine. It gives false when nobody is interested any more.
func (l *sentinelLink) tell(inputs ...sentinel.Input) bool {
	n := l.n
	if !n.enter() {
		return false
	}
	defer n.leave()
	for _, in := range inputs {
		if n.killed || n.sentinel.links[l.id] != l {
			return false
		}
		n.sentinelStep(in)
	}
	return true
}

// ended tells the machine that the connection is gone, unless it is what the machine wanted.
func (l *sentinelLink) ended(err error) {
	n := l.n
	if !n.enter() {
		return
	}
	defer n.leave()
	if n.sentinel.links[l.id] != l {
		return
	}
	delete(n.sentinel.links, l.id)
	text := "the connection was closed"
	if err != nil {
		text = rootCause(err).Error()
	}
	n.sentinelStep(sentinel.LinkDown{Conn: l.id, Err: text})
}
