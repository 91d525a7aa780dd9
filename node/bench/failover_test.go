package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fakeServer answers its n-th command, counted over all connections, with replies[n], and the last one from then on.
func fakeServer(t *testing.T, replies ...string) (addr string, asked *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	asked = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for in := bufio.NewReader(c); skipCommand(in) == nil; {
					n := min(int(asked.Add(1)), len(replies))
					if _, err := io.WriteString(c, replies[n-1]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), asked
}

func skipCommand(in *bufio.Reader) error {
	var words int
	if _, err := fmt.Fscanf(in, "*%d\r\n", &words); err != nil {
		return err
	}
	for range 2 * words {
		if _, err := in.ReadString('\n'); err != nil {
			return err
		}
	}
	return nil
}

func fakeLink(t *testing.T, addr string) *link {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return newLink(c)
}

func addrReply(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	return fmt.Sprintf("*2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(host), host, len(port), port)
}

// TestUntilWritable has a new master that is named before it takes writes: both have to be there.
func TestUntilWritable(t *testing.T) {
	master, writes := fakeServer(t, "-READONLY You can't write against a read only replica.\r\n", "+OK\r\n")
	const old = "127.0.0.1:1"
	sentinel, _ := fakeServer(t, addrReply(old), addrReply(old), addrReply(master))
	late, _ := fakeServer(t, addrReply(old))
	w := &watcher{links: []*link{fakeLink(t, late), fakeLink(t, sentinel)}, old: old}
	if err := w.untilWritable(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := writes.Load(); got != 2 {
		t.Errorf("%d writes, want one that is refused and one that is taken", got)
	}
}

func TestUntilWritableEndsWithTheRun(t *testing.T) {
	const old = "127.0.0.1:1"
	sentinel, _ := fakeServer(t, addrReply(old))
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	w := &watcher{links: []*link{fakeLink(t, sentinel)}, old: old}
	if err := w.untilWritable(ctx); err == nil || !strings.Contains(err.Error(), "there is no new master") {
		t.Errorf("got %v", err)
	}
}

func TestAwaitFields(t *testing.T) {
	addr, asked := fakeServer(t, "*2\r\n$5\r\nflags\r\n$6\r\ns_down\r\n", "*4\r\n$1\r\nx\r\n$1\r\ny\r\n$5\r\nflags\r\n$6\r\nmaster\r\n", "-ERR no\r\n")
	l := fakeLink(t, addr)
	if err := l.awaitFields(t.Context(), map[string]string{"flags": "master"}, "SENTINEL", "MASTER", "m"); err != nil || asked.Load() != 2 {
		t.Errorf("after %d questions: %v", asked.Load(), err)
	}
	if _, err := l.list("SENTINEL", "MASTER", "m"); err == nil || !strings.Contains(err.Error(), "ERR no") {
		t.Errorf("an error reply gave %v", err)
	}
}

func TestFailoverRows(t *testing.T) {
	rows := failoverRows(5*time.Second, map[kind][]float64{
		ours: {6.1, 7, 6.2}, redis: {6, 6.2, 6.1}, redisAgain: {6.1, 6.3, 5.9},
	})
	text := table(rows)
	for _, want := range []string{"down-after 5000 ms", "shortest", "longest", "7.00", "5.90", "ratio <= 1.1", "pass"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	slow := failoverRows(time.Second, map[kind][]float64{ours: {3}, redis: {2}, redisAgain: {2}})
	if missedLimits(slow) != 1 {
		t.Errorf("half as long again is within the limit:\n%s", table(slow))
	}
}

func TestSentinelConfig(t *testing.T) {
	want := `sentinel monitor mymaster 127.0.0.1 7000 2
sentinel down-after-milliseconds mymaster 1000
sentinel failover-timeout mymaster 10000
sentinel parallel-syncs mymaster 1
`
	if got := sentinelConfig(7000, time.Second); got != want {
		t.Errorf("got\n%s", got)
	}
}
