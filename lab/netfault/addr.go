package netfault

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// parseAddr reads host:port where the host is an address, or one of the names of this machine. Nothing but the loopback
// interface is ever listened on or dialled: "every address" means 127.0.0.1 here, and others cannot be reached.
func parseAddr(addr string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return netip.AddrPort{}, &net.AddrError{Err: "not host:port", Addr: addr}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, &net.AddrError{Err: "invalid port", Addr: addr}
	}
	switch strings.ToLower(host) {
	case "", "*", "0.0.0.0", "localhost":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	ip = ip.Unmap()
	if !ip.IsLoopback() {
		return netip.AddrPort{}, errUnreachable()
	}
	return netip.AddrPortFrom(ip, uint16(n)), nil
}

// Reserve gives a node its address on 127.0.0.1, before it listens there: the given port, or a free one for 0. Nobody
// else gets it meanwhile.
func (f *Fabric) Reserve(id string, port int) (string, error) {
	if f.memory != nil {
		return f.memory.reserve(f, id, port)
	}
	l, err := f.freePort(port)
	if err != nil {
		return "", err
	}
	addr := l.Addr().String()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = l.Close() // nobody was told of it
		return "", net.ErrClosed
	}
	f.held[addr] = l
	f.owners[addr] = owner{id: id}
	return addr, nil
}

// Ports that are free for nodes: below those that Linux gives to dialling sockets, so that a node finds its port again
// after it was down; and with room for the bus port, 10000 above. Those from 20000 on are left to labs that are given theirs.
const (
	firstPort = 10_000
	manyPorts = 10_000
)

func (f *Fabric) freePort(port int) (net.Listener, error) {
	if port != 0 {
		l, err := listenTCP(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Sleep)
		if err != nil {
			return nil, fmt.Errorf("port %d cannot be had: %w", port, err)
		}
		return l, nil
	}
	for range manyPorts {
		f.mu.Lock()
		f.ports++
		// Processes start at different places, and so seldom meet.
		try := firstPort + (os.Getpid()*211+f.ports)%manyPorts
		f.mu.Unlock()
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(try)))
		if err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free port between %d and %d: %w", firstPort, firstPort+manyPorts-1, syscall.EADDRINUSE)
}

func (f *Fabric) takeHeld(addr string) net.Listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.held[addr]
	delete(f.held, addr)
	return l
}

// Release lets go of a reserved address, for somebody else's socket.
func (f *Fabric) Release(addr string) {
	if l := f.takeHeld(addr); l != nil {
		_ = l.Close() // it was never used
	}
}
