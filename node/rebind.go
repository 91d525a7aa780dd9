package node

import (
	"net"
	"slices"
	"strconv"

	"redislab/node/config"
)

// rebind makes the TCP listeners those that `bind` and `port` now name: it opens what is
// new, then closes what is not wanted any more. Connections that were made stay open. When
// an address cannot be had nothing changes. The lock is held.
func (n *Node) rebind(directive, failure string) error {
	port := n.set.Int("port")
	if port == 0 && n.cfg.AnyPort {
		return nil // the port was given by the system; there is nothing to open it again by
	}
	have := map[string]net.Listener{}
	var keep []net.Listener
	for _, ln := range n.lns {
		if ln.Addr().Network() == "unix" {
			keep = append(keep, ln)
			continue
		}
		have[ln.Addr().String()] = ln
	}
	var now, opened []net.Listener
	for _, host := range n.set.Bind() {
		if port == 0 {
			break
		}
		optional := host[0] == '-'
		addr := listenAddr(host, port)
		if ln := have[addr]; ln != nil {
			if !slices.Contains(now, ln) {
				now = append(now, ln)
			}
			continue
		}
		ln, err := n.net.Listen("tcp", addr)
		if err != nil {
			if optional {
				continue
			}
			n.warnf("Could not create server TCP listening socket %s: %v", addr, rootCause(err))
			for _, ln := range opened {
				_ = ln.Close() // nobody has been let in by it
			}
			return &config.ArgError{Name: directive, Reason: failure}
		}
		have[addr] = ln
		opened, now = append(opened, ln), append(now, ln)
	}
	for _, ln := range have {
		if !slices.Contains(now, ln) {
			_ = ln.Close() // its accept loop ends by it
		}
	}
	n.lns = append(now, keep...)
	for _, ln := range opened {
		n.group.Go(func() { n.accept(ln) })
	}
	return nil
}

// listenAddr is an element of `bind` as a listening address.
func listenAddr(host string, port int64) string {
	if host[0] == '-' {
		host = host[1:]
	}
	if host == "*" || host == "::*" {
		host = "::" // which is every IPv4 address too
	}
	return net.JoinHostPort(host, strconv.FormatInt(port, 10))
}
