// Package freeport finds ports for servers that tests and measurements start as processes of their own.
//
// Listening on port 0 and closing again finds a port that is free now, but a server needs it a moment later. By then the
// kernel may have given it to a dialling socket, another test may have found the same one, or a program just being started
// may still hold a copy of the listener. Here a port is above those of dialling sockets, is of a stretch that this process
// has to itself, and is looked at by dialling, which leaves nothing behind.
//
//	port := freeport.For(t)
//	cmd := exec.Command("redis-server", "--port", strconv.Itoa(port))
package freeport

import (
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
)

// The ports above those that Linux gives to dialling sockets (ip_local_port_range), in stretches. Who listens on the first
// port of one has all of it.
const (
	lowest    = 61_000
	each      = 280
	stretches = 16
)

// mine is this process's stretch. It is kept until the process ends.
var mine stretch

type stretch struct {
	mu    sync.Mutex
	lock  net.Listener
	first int
	taken int
}

// Take gives a port on 127.0.0.1 where nobody listens, and which no other process that asks here gets.
func Take() (int, error) { return mine.take() }

// For is Take for a test, which ends when there is none.
func For(t interface {
	Helper()
	Fatal(args ...any)
}) int {
	t.Helper()
	port, err := Take()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (s *stretch) take() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lock == nil && !s.claim() {
		return 0, errors.New("no free port: all stretches of them are in use by other processes")
	}
	for range each - 1 {
		port := s.first + 1 + s.taken%(each-1)
		s.taken++
		if free(port) {
			return port, nil
		}
	}
	return 0, errors.New("no free port: this process uses all of its own")
}

func (s *stretch) claim() bool {
	for i := range stretches {
		first := lowest + (os.Getpid()+i)%stretches*each
		if lock, err := net.Listen("tcp", address(first)); err == nil {
			s.lock, s.first = lock, first
			return true
		}
	}
	return false
}

func free(port int) bool {
	c, err := net.Dial("tcp", address(port))
	if err != nil {
		return true
	}
	_ = c.Close() // it was only to see whether somebody answers
	return false
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
