package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClientLimit(t *testing.T) {
	const gb = 1 << 30
	for _, c := range []struct{ setting, maxmemory, maxmemoryClients, want string }{
		{"none", "0", "0", "0"},
		{"bytes", "0", "200000", "200000"},
		{"units", "0", "1mb", "1048576"},
		{"too few", "0", "1", "131072"},
		{"the fewest", "0", "128kb", "131072"},
		{"a share", "1gb", "5%", strconv.Itoa(gb / 20)},
		{"all", "1gb", "100%", strconv.Itoa(gb)},
		{"a share of little", "1mb", "5%", "131072"},
		{"a share of nothing", "0", "5%", "0"},
		{"no share", "1gb", "0%", "0"},
	} {
		t.Run(c.setting, func(t *testing.T) {
			n := testNode(t, "--maxmemory", c.maxmemory, "--maxmemory-clients", c.maxmemoryClients)
			n.mu.Lock()
			defer n.mu.Unlock()
			if got := strconv.FormatInt(n.clientLimit, 10); got != c.want {
				t.Errorf("%s of %s: %s bytes, want %s", c.maxmemoryClients, c.maxmemory, got, c.want)
			}
		})
	}
}

// crowd is a server with clients that want much of it. The one who looks on is not evicted.
type crowd struct {
	t     *testing.T
	addr  string
	admin *compatConn
}

func gather(t *testing.T, addr string) *crowd {
	c := &crowd{t: t, addr: addr, admin: dialCompat(t, addr)}
	c.do("client no-evict on")
	return c
}

func (c *crowd) do(line string) string { return c.admin.step(c.t, line, nil) }

func (c *crowd) join(name string) *compatConn {
	conn := dialCompat(c.t, c.addr)
	conn.step(c.t, "client setname "+name, nil)
	return conn
}

// fill makes a client send all but the end of a command of some size.
func (c *crowd) fill(name string, size int) *compatConn {
	conn := c.join(name)
	fillFrom(conn, size)
	eventually(c.t, name+"'s command is in the buffer", func() error {
		m := regexp.MustCompile(` name=` + name + ` .* qbuf=(\d+)`).FindStringSubmatch(c.do("client list"))
		if m == nil {
			return nil // it is gone already
		}
		if held, _ := strconv.Atoi(m[1]); held < size-1 {
			return fmt.Errorf("%d bytes are", held)
		}
		return nil
	})
	return conn
}

func fillFrom(conn io.Writer, size int) {
	_, _ = io.WriteString(conn, fmt.Sprintf("*2\r\n$4\r\nECHO\r\n$%d\r\n", size)+strings.Repeat("x", size-1))
}

// outcome waits until so many clients have been evicted, and tells who is left.
func (c *crowd) outcome(evicted int) string {
	want := fmt.Sprintf("evicted_clients:%d\r", evicted)
	eventually(c.t, "clients are evicted", func() error {
		if stats := c.do("info stats"); !strings.Contains(stats, want) {
			return errors.New(regexp.MustCompile(`evicted_clients:\d+`).FindString(stats))
		}
		return nil
	})
	var names []string
	for _, m := range regexp.MustCompile(` name=(\w+) `).FindAllStringSubmatch(c.do("client list"), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return fmt.Sprintf("%d evicted, left: %s", evicted, names)
}

// evictions are scenes that end alike on a real server and ours. What they give is compared.
var evictions = []struct {
	name     string
	buffered bool // only where output that the socket takes at once counts for nothing
	run      func(c *crowd) string
}{
	{name: "the largest go until the rest fits", run: func(c *crowd) string {
		for i, size := range []int{100_000, 3_000_000, 800_000, 6_000_000, 1_500_000} {
			c.fill(fmt.Sprintf("c%d", i), size)
		}
		return c.do("config set maxmemory-clients 2000000") + c.outcome(3)
	}},
	{name: "of about the same size the first goes", run: func(c *crowd) string {
		c.fill("smaller", 600_000)
		c.fill("larger", 700_000)
		return c.do("config set maxmemory-clients 1000000") + c.outcome(1)
	}},
	{name: "as input comes", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 1mb")
		for i := range 5 {
			c.fill(fmt.Sprintf("c%d", i), 600_000)
		}
		return c.outcome(4)
	}},
	{name: "a share of maxmemory, when there is one", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 5%")
		c.fill("big", 3_000_000)
		before := c.outcome(0)
		c.do("config set maxmemory 20mb")
		return before + c.outcome(1)
	}},
	{name: "whoever may not go counts, and others go for it", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 1mb")
		c.join("small")
		kept := c.join("kept")
		kept.step(c.t, "client no-evict on", nil)
		fillFrom(kept, 3_000_000)
		return c.outcome(1)
	}},
	{name: "no more than others once it may go", run: func(c *crowd) string {
		kept := c.join("kept")
		kept.step(c.t, "client no-evict on", nil)
		kept.step(c.t, "multi", nil)
		for range 20 {
			kept.step(c.t, "set k "+strings.Repeat("x", 100_000), nil)
		}
		kept.step(c.t, "client no-evict off", nil)
		kept.step(c.t, "exec", nil)
		c.fill("big", 3_000_000)
		return c.do("config set maxmemory-clients 1mb") + c.outcome(1)
	}},
	{name: "its own setting", run: func(c *crowd) string {
		own := c.join("own")
		_, _ = io.WriteString(own, "CONFIG SET maxmemory-clients 500000\r\n")
		fillFrom(own, 1_000_000)
		return own.step(c.t, "< 2", nil) + c.outcome(1)
	}},
	{name: "unread replies of a pipeline", run: func(c *crowd) string {
		c.do("setrange k 200000 x")
		c.do("config set maxmemory-clients 1mb")
		greedy := c.join("greedy")
		_, _ = io.WriteString(greedy, strings.Repeat("GET k\r\n", 400))
		return c.outcome(1)
	}},
	{name: "one reply too large", run: func(c *crowd) string {
		c.do("setrange k 30000000 x")
		c.do("config set maxmemory-clients 1mb")
		_, _ = io.WriteString(c.join("greedy"), "GET k\r\n")
		return c.outcome(1)
	}},
	{name: "large replies that are read at once", buffered: true, run: func(c *crowd) string {
		c.do("setrange k 600000 x")
		c.do("config set maxmemory-clients 300kb")
		reader := c.join("reader")
		for range 20 {
			if got := reader.step(c.t, "strlen k", nil) + reader.step(c.t, "get k", nil); len(got) < 600_000 {
				return got
			}
		}
		return c.outcome(0)
	}},
	{name: "a subscriber that does not read", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 1mb")
		c.join("deaf").step(c.t, "subscribe ch", nil)
		eventually(c.t, "the subscriber is gone", func() error {
			if got := c.do("publish ch " + strings.Repeat("x", 100_000)); got != ": 0\n" {
				return errors.New(got)
			}
			return nil
		})
		return c.outcome(1)
	}},
	{name: "a queue", run: func(c *crowd) string {
		queue := c.join("queue")
		queue.step(c.t, "multi", nil)
		for range 10 {
			queue.step(c.t, "set k "+strings.Repeat("x", 100_000), nil)
		}
		return c.do("config set maxmemory-clients 600000") + c.outcome(1)
	}},
	{name: "watched keys and channels", run: func(c *crowd) string {
		var names strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&names, " %d", i)
		}
		c.join("watching").step(c.t, "watch"+names.String(), nil)
		deaf := c.join("listening")
		deaf.step(c.t, "subscribe"+names.String(), nil)
		for range 4999 {
			deaf.step(c.t, "< 1", nil)
		}
		c.do("config set maxmemory-clients 150000")
		return c.outcome(2)
	}},
	{name: "a replica does not count", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 200kb")
		replica := dialCompat(c.t, c.addr)
		_, _ = io.WriteString(replica, "SYNC\r\n")
		eventually(c.t, "it is fed", func() error {
			if text := c.do("info replication"); !strings.Contains(text, "state=online") {
				return errors.New(text)
			}
			return nil
		})
		for range 10 {
			c.do("set k " + strings.Repeat("x", 100_000))
		}
		return c.outcome(0)
	}},
	{name: "until the limit is gone", run: func(c *crowd) string {
		c.do("config set maxmemory-clients 1mb")
		c.do("config set maxmemory-clients 0")
		c.fill("big", 3_000_000)
		return c.outcome(0)
	}},
}

func TestClientEvictionLikeRedis(t *testing.T) {
	for _, e := range evictions {
		t.Run(e.name, func(t *testing.T) {
			args := []string{"--repl-diskless-sync-delay", "0", "--save", ""}
			want := e.run(gather(t, redisPeer(t, t.TempDir(), args...)))
			if diff := cmp.Diff(want, e.run(gather(t, testNode(t).Addr().String()))); diff != "" {
				t.Errorf("(- redis-server, + node)\n%s", diff)
			}
			if e.buffered {
				return
			}
			if diff := cmp.Diff(want, e.run(gather(t, streamNode(t).Addr().String()))); diff != "" {
				t.Errorf("without the event loop (- redis-server, + node)\n%s", diff)
			}
		})
	}
}

// streamNode serves its clients without the event loop.
func streamNode(t *testing.T) *Node {
	t.Helper()
	n, err := Start(context.Background(), Config{
		Args: []string{"--bind", "127.0.0.1", "--port", "0", "--dir", t.TempDir(), "--save", "", "--repl-diskless-sync-delay", "0"},
		Net:  &realNet{source: func() string { return "" }}, AnyPort: true, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	return n
}

// TestClientMemoryAddsUp lets clients of all kinds come and go while the limit changes.
func TestClientMemoryAddsUp(t *testing.T) {
	for name, n := range map[string]*Node{"loop": testNode(t), "streams": streamNode(t)} {
		t.Run(name, func(t *testing.T) {
			c := gather(t, n.Addr().String())
			c.do("setrange k 100000 x")
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() { demand(t, n, i) })
			}
			for i := range 20 {
				c.do("config set maxmemory-clients " + []string{"1mb", "300kb", "0", "5%"}[i%4])
				c.do("publish ch " + strings.Repeat("m", 50_000))
			}
			c.do("config set maxmemory-clients 1mb")
			all.Wait()
			c.do("client no-evict off")
			eventually(t, "only the one who looks on counts", func() error {
				c.do("ping")
				n.mu.Lock()
				defer n.mu.Unlock()
				sum := int64(0)
				for _, c := range n.clients {
					sum += c.share.bytes
				}
				if len(n.clients) != 1 || sum == 0 || sum != n.clientMemory {
					return fmt.Errorf("%d clients, %d bytes, in all %d", len(n.clients), sum, n.clientMemory)
				}
				return nil
			})
		})
	}
}

// demand is one client after another that asks for too much, and goes.
func demand(t *testing.T, n *Node, kind int) {
	for range 10 {
		conn := dialRaw(t, n)
		switch kind % 4 {
		case 0:
			fillFrom(conn, 400_000)
			_, _ = io.WriteString(conn, "x\r\n")
		case 1:
			_, _ = io.WriteString(conn, strings.Repeat("GET k\r\n", 20))
		case 2:
			_, _ = io.WriteString(conn, "SUBSCRIBE ch\r\n")
		case 3:
			_, _ = io.WriteString(conn, "CLIENT NO-EVICT ON\r\nWATCH a b\r\nMULTI\r\nSET k2 "+strings.Repeat("x", 1000)+"\r\nBLPOP q 0\r\n")
		}
		_, _ = conn.r.ReadByte() // an answer, or the end
		conn.Close()
	}
}
