package netfault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Proxy makes faults possible for a node that has sockets of its own, as a process has: clients and other nodes
// connect to its public address, and the proxy passes their bytes on over the links.
type Proxy struct {
	fabric *Fabric
	id     string
	inner  string
	l      net.Listener
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
}

// Forward opens the public address of a node, which listens itself on inner. Who dials is known by RegisterSource or, in
// this process, by having dialled with Fabric.Dial; everybody else is a client.
func (f *Fabric) Forward(id, public, inner string) (*Proxy, error) {
	l := f.takeHeld(public)
	if l == nil {
		var err error
		if l, err = listenTCP(public, time.Sleep); err != nil {
			return nil, fmt.Errorf("opening the address of node %s: %w", id, err)
		}
	}
	f.own(id, public)
	ctx, cancel := context.WithCancel(context.Background())
	p := &Proxy{fabric: f, id: id, inner: inner, l: l, ctx: ctx, cancel: cancel}
	p.work.Go(p.accept)
	return p, nil
}

// acceptRest is the wait after a failed accept.
const acceptRest = 50 * time.Millisecond

// Close closes the public address, and the connections that came through it.
func (p *Proxy) Close() error {
	p.cancel()
	err := p.l.Close()
	p.work.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		c, err := p.l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, for example: that may pass
			if p.fabric.clock.Sleep(p.ctx, acceptRest) != nil {
				return
			}
			continue
		}
		p.work.Go(func() { p.serve(c.(*net.TCPConn)) })
	}
}

func (p *Proxy) serve(accepted *net.TCPConn) {
	f := p.fabric
	from := f.identify(accepted.RemoteAddr())
	class := f.classOf(f.owner(p.l.Addr().String()), from)
	client := f.wrap(accepted, f.link(from, p.id, class), f.link(p.id, from, class), nil)
	defer client.Close()
	// The kernel has accepted already; over a cut link the node must not know of it yet.
	if err := f.pass(p.ctx, from, p.id, class); err != nil {
		return
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
	c, err := d.DialContext(p.ctx, "tcp", p.inner)
	if err != nil {
		return
	}
	node := c.(*net.TCPConn)
	defer node.Close()
	stop := context.AfterFunc(p.ctx, func() {
		client.abort()
		_ = node.Close() // closed again below
	})
	defer stop()
	var up sync.WaitGroup
	up.Go(func() {
		if _, err := io.Copy(node, client); err != nil {
			_ = node.Close() // the client is gone; the node shall see that
			return
		}
		_ = node.CloseWrite() // fails when the node has gone, which the other direction sees
	})
	_, _ = io.Copy(client, node) // ends when either is gone
	_ = client.Close()
	up.Wait()
}
