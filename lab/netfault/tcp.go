package netfault

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Net is the network as one node sees it. It fits node.Config's Net.
type Net struct {
	fabric *Fabric
	id     string
}

// Node is the network as the node of that ID sees it: its dials are its own links.
func (f *Fabric) Node(id string) Net { return Net{f, id} }

// Listen opens a listening socket of the node.
func (n Net) Listen(network, address string) (net.Listener, error) {
	f := n.fabric
	if network == "unix" && f.memory == nil {
		return net.Listen(network, address) // no link of the lab's
	}
	ap, err := parseAddr(address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	if f.memory != nil {
		l, err := f.memory.listen(ap, network)
		if err == nil {
			f.own(n.id, ap.String())
		}
		return l, err
	}
	l := f.takeHeld(ap.String())
	if l == nil {
		if l, err = listenTCP(ap.String(), time.Sleep); err != nil {
			return nil, err
		}
	}
	f.own(n.id, l.Addr().String())
	return &listener{Listener: l, fabric: f, id: n.id}, nil
}

// Serve opens a listening socket, on any free port, for a server that is no node.
func (f *Fabric) Serve(id string) (net.Listener, error) {
	addr, err := f.Reserve(id, 0)
	if err != nil {
		return nil, err
	}
	return f.Node(id).Listen("tcp", addr)
}

// Dial connects as the node.
func (n Net) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return n.fabric.dial(ctx, n.id, network, address)
}

// own makes an address a node's, unless it is registered as that already.
func (f *Fabric) own(id, addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.owners[addr].id != id {
		f.owners[addr] = owner{id: id}
	}
}

// Dial connects as a client or as the lab.
func (f *Fabric) Dial(ctx context.Context, from, address string) (net.Conn, error) {
	return f.dial(ctx, from, "tcp", address)
}

func (f *Fabric) dial(ctx context.Context, from, network, address string) (net.Conn, error) {
	ap, err := parseAddr(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	to := f.owner(ap.String())
	if err := f.pass(ctx, from, to.id, f.classOf(to, from)); err != nil {
		return nil, dialError(network, ap.String(), err)
	}
	var c net.Conn
	if f.memory != nil {
		c, err = f.memory.dial(ctx, f, from, to, ap)
	} else {
		c, err = f.dialTCP(ctx, from, to, ap)
	}
	if err != nil {
		return nil, dialError(network, ap.String(), err)
	}
	return c, nil
}

func (f *Fabric) dialTCP(ctx context.Context, from string, to owner, ap netip.AddrPort) (net.Conn, error) {
	inner, local, err := f.dialNamed(ctx, from, ap)
	if err != nil {
		return nil, err
	}
	forget := func() { f.forget(local) }
	if IsClient(from) || from == LabEnd {
		// The accepting end sees to both directions; this end's deadlines are its user's, on the machine's time.
		return &tracked{TCPConn: inner, forget: forget}, nil
	}
	return f.wrap(inner, f.link(to.id, from, f.classOf(to, from)), nil, forget), nil
}

// dialNamed connects from a port that the accepting end knows by then to be from's: the socket is bound, and the port
// noted, before it connects.
func (f *Fabric) dialNamed(ctx context.Context, from string, ap netip.AddrPort) (*net.TCPConn, string, error) {
	var local string
	var named error
	d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		err := raw.Control(func(fd uintptr) {
			if local, named = bindLoopback(int(fd), ap.Addr()); named == nil {
				f.mu.Lock()
				f.dialled[local] = from
				f.mu.Unlock()
			}
		})
		if err != nil {
			return err
		}
		return named
	}}
	c, err := d.DialContext(ctx, "tcp", ap.String())
	if err != nil {
		f.forget(local)
		return nil, "", err
	}
	return c.(*net.TCPConn), local, nil
}

func (f *Fabric) forget(local string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.dialled, local)
}

// bindLoopback gives a socket a port on the loopback interface.
func bindLoopback(fd int, to netip.Addr) (string, error) {
	if to.Is6() {
		if err := syscall.Bind(fd, &syscall.SockaddrInet6{Addr: netip.IPv6Loopback().As16()}); err != nil {
			return "", err
		}
	} else if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", err
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return "", err
	}
	switch sa := sa.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)).String(), nil
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port)).String(), nil
	}
	return "", syscall.EAFNOSUPPORT
}

// tracked is a client's end of a connection.
type tracked struct {
	*net.TCPConn
	once   sync.Once
	forget func()
}

func (c *tracked) Close() error {
	err := c.TCPConn.Close()
	c.once.Do(c.forget)
	return err
}

// listener is a node's listening socket.
type listener struct {
	net.Listener
	fabric *Fabric
	id     string
}

// Accept tells nodes from clients by the port they dial from, and puts the connection on the link to them.
func (l *listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	f := l.fabric
	from := f.identify(inner.RemoteAddr())
	class := f.classOf(f.owner(l.Addr().String()), from)
	in, out := f.link(from, l.id, class), (*link)(nil)
	if IsClient(from) || from == LabEnd {
		out = f.link(l.id, from, class)
	}
	return f.wrap(inner.(*net.TCPConn), in, out, nil), nil
}

// identify is the end that dials from an address.
func (f *Fabric) identify(remote net.Addr) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if from, ok := f.dialled[remote.String()]; ok {
		return from
	}
	if host, _, err := net.SplitHostPort(remote.String()); err == nil {
		if from, ok := f.sources[host]; ok {
			return from
		}
	}
	return ClientEnd
}
