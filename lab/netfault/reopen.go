package netfault

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// How long a port may be busy that nobody seems to have, and how often it is asked for meanwhile. Wall time: the kernel
// knows no other.
const (
	reopenPatience = 500 * time.Millisecond
	reopenEvery    = 2 * time.Millisecond
)

// listenTCP opens a listening socket at an address that was in use until a moment ago.
//
// Closing a listener does not always free its port at once. A program that this process starts in the same moment (a real
// server, a sentinel's script) is a copy of this process first, with a copy of every socket, and lets go of them only when
// it has become that program. On a busy machine that takes tens of milliseconds, in which binding says "address already in
// use". So the address is asked for again for a while; who really has it has it still after that.
func listenTCP(addr string, rest func(time.Duration)) (net.Listener, error) {
	for waited := time.Duration(0); ; waited += reopenEvery {
		l, err := net.Listen("tcp", addr)
		if !errors.Is(err, syscall.EADDRINUSE) || waited >= reopenPatience {
			return l, err
		}
		rest(reopenEvery)
	}
}
