//go:build !linux

package node

import (
	"errors"
	"net"
)

// eventLoop exists on Linux only; elsewhere each connection has goroutines of its own.
type eventLoop struct{}

func newEventLoop(*Node) (*eventLoop, error) {
	return nil, errors.New("the event loop needs epoll")
}

func (*eventLoop) serve(net.Conn) bool { return false }
func (*eventLoop) run()                {}
func (*eventLoop) rouse()              {}
func (*eventLoop) booked() bool        { return true }
