package netfault

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// A copy of a closed listener, as a program just being started has one, keeps its port busy until it is closed too.
func TestPortIsBusyForAMoment(t *testing.T) {
	l, copied := copiedListener(t)
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	rests := 0
	again, err := listenTCP(addr, func(time.Duration) {
		if rests++; rests == 3 {
			_ = copied.Close()
		}
	})
	if err != nil {
		t.Fatalf("after %d rests: %v", rests, err)
	}
	defer again.Close()
	if rests != 3 {
		t.Errorf("%d rests, want 3", rests)
	}
}

func TestPortStaysBusy(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	var waited time.Duration
	l, err := listenTCP(busy.Addr().String(), func(d time.Duration) { waited += d })
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("listening on a busy port: %v, %v", l, err)
	}
	if waited != reopenPatience {
		t.Errorf("gave up after %v, want %v", waited, reopenPatience)
	}
}

func copiedListener(t *testing.T) (net.Listener, *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = copied.Close() }) // closed already, when all went well
	return l, copied
}
