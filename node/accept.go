package node

import (
	"errors"
	"net"
	"time"

	"redislab/node/command"
)

// accept takes connections of one listener until it closes.
func (n *Node) accept(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || n.ctx.Err() != nil {
				return
			}
			n.warnf("Accepting client connection: %v", err)
			if !n.pauseAccept() {
				return
			}
			continue
		}
		n.keepAlive(conn)
		if n.loop != nil && n.loop.serve(conn) {
			continue
		}
		n.group.Go(func() { n.serveStream(conn) })
	}
}

// pauseAccept waits a little when the system is out of descriptors.
func (n *Node) pauseAccept() bool {
	gate := make(chan struct{})
	timer := n.clock.AfterFunc(50*time.Millisecond, func() { close(gate) })
	defer timer.Stop()
	select {
	case <-gate:
		return true
	case <-n.ctx.Done():
		return false
	}
}

func (n *Node) keepAlive(conn net.Conn) {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	n.mu.Lock()
	seconds := time.Duration(n.set.Int("tcp-keepalive")) * time.Second
	n.mu.Unlock()
	_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: seconds > 0, Idle: seconds, Interval: max(seconds/3, time.Second), Count: 3})
}

// refuser is a transport that can say a last word to a connection that is not admitted.
type refuser interface{ refuse(reply string) }

func (s *stream) refuse(reply string) {
	_ = s.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = s.conn.Write([]byte(reply))
}

// admit registers a new connection, or refuses it: too many clients, or protected mode. The
// lock is held.
func (n *Node) admit(t refuser, remote, local net.Addr) *client {
	addr, laddr := addrText(remote), addrText(local)
	if int64(len(n.clients)) >= n.set.Int("maxclients") {
		n.stats.rejectedConns++
		t.refuse("-" + command.ErrMaxClients + "\r\n")
		return nil
	}
	if n.set.Bool("protected-mode") && n.settings.requirepass == "" && !isLocal(hostOf(addr)) {
		n.stats.rejectedConns++
		t.refuse("-" + command.ErrProtectedMode + "\r\n")
		return nil
	}
	n.stats.connections++
	c := n.newClient(t.(transport), addr, laddr)
	c.account()
	return c
}

func addrText(a net.Addr) string {
	if a == nil {
		return "?:0"
	}
	if u, ok := a.(*net.UnixAddr); ok {
		return u.Name + ":0"
	}
	return a.String()
}

func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}

// isLocal is Redis's islocalClient: only these two addresses and Unix sockets count, not the rest
// of 127.0.0.0/8.
func isLocal(host string) bool {
	return host == "127.0.0.1" || host == "::1" || net.ParseIP(host) == nil
}
