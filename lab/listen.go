package lab

import (
	"fmt"
	"net"
)

// Listener is what a Backend has whose network takes servers that are no nodes.
type Listener interface {
	// Listen opens a port on the lab's network, under a name for faults.
	Listen(id string) (net.Listener, error)
}

// Listen opens a port where a server of the lesson's own answers, one that only pretends to be a node. Nodes and clients
// reach it like a node's. It is closed with the lab.
func (l *Lab) Listen(id string) (net.Listener, error) {
	b, ok := l.backend.(Listener)
	if !ok {
		return nil, fmt.Errorf("listening as %s: %w on %s", id, ErrUnsupported, l.backend.Name())
	}
	ln, err := b.Listen(id)
	if err != nil {
		return nil, fmt.Errorf("listening as %s: %w", id, err)
	}
	l.keepOpen(ln)
	return ln, nil
}
