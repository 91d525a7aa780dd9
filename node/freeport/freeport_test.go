package freeport

import (
	"net"
	"sync"
	"testing"
)

func TestPortsAreFreeAndDifferent(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]bool{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			port, err := Take()
			if err != nil {
				t.Error(err)
				return
			}
			l, err := net.Listen("tcp", address(port))
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			mu.Lock()
			defer mu.Unlock()
			if seen[port] {
				t.Errorf("port %d twice", port)
			}
			seen[port] = true
		})
	}
	all.Wait()
}

// Two processes are two stretches: they have no port in common, and pass over those in use.
func TestStretchesAreApart(t *testing.T) {
	var a, b stretch
	first, err := a.take()
	if err != nil {
		t.Fatal(err)
	}
	defer a.lock.Close()
	other, err := b.take()
	if err != nil {
		t.Fatal(err)
	}
	defer b.lock.Close()
	if a.first == b.first {
		t.Errorf("both have the ports from %d", a.first)
	}
	if first == other {
		t.Errorf("both got port %d", first)
	}
	busy, err := net.Listen("tcp", address(a.first+2))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if next, err := a.take(); err != nil || next != a.first+3 {
		t.Errorf("the port after a busy one: %d, %v, want %d", next, err, a.first+3)
	}
}

func TestNoPortLeft(t *testing.T) {
	var s stretch
	if _, err := s.take(); err != nil {
		t.Fatal(err)
	}
	defer s.lock.Close()
	for port := s.first + 1; port < s.first+each; port++ {
		l, err := net.Listen("tcp", address(port))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	if port, err := s.take(); err == nil {
		t.Errorf("got port %d of a stretch in use", port)
	}
}
