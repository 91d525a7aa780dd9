package node

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"redislab/node/freeport"
)

// TestMain lets more tests run side by side than there are processors, unless it was told how many: what most of them do
// is wait for a second to pass.
func TestMain(m *testing.M) {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if !told {
		if err := flag.Set("test.parallel", "12"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait of the tests in this package; it is reached only by failures.
const patience = 40 * time.Second

// pollEvery is how often a condition is looked at again.
const pollEvery = 2 * time.Millisecond

// testNode starts a node on a free loopback port with a folder of its own.
func testNode(t testing.TB, args ...string) *Node {
	t.Helper()
	return testNodeIn(t, t.TempDir(), args...)
}

func testNodeIn(t testing.TB, dir string, args ...string) *Node {
	t.Helper()
	all := append([]string{"--bind", "127.0.0.1", "--port", "0", "--dir", dir, "--save", "", "--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"}, args...)
	n, err := Start(context.Background(), Config{Args: all, WorkDir: dir, AnyPort: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	return n
}

// testClient is a go-redis client without retries of its own, which waits as long as the tests do.
func testClient(t testing.TB, addr string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1, ReadTimeout: patience})
	t.Cleanup(func() { c.Close() })
	return c
}

// redisPeer starts a real redis-server on a free loopback port, or skips the test.
func redisPeer(t testing.TB, dir string, args ...string) (addr string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REDISLAB_REQUIRE_PEERS") != "" {
			t.Fatal("redis-server is not on PATH, and REDISLAB_REQUIRE_PEERS is set")
		}
		t.Skip("redis-server is not on PATH: install Debian's redis-server to compare with the real one")
	}
	for range 5 {
		port := freeport.For(t)
		if addr := tryPeer(t, path, dir, port, args); addr != "" {
			return addr
		}
	}
	t.Fatal("redis-server did not find a free port")
	return ""
}

func tryPeer(t testing.TB, path, dir string, port int, args []string) string {
	t.Helper()
	all := append([]string{"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir, "--save", "", "--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"}, args...)
	cmd := exec.Command(path, all...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer c.Close()
	up := make(chan struct{})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go func() {
		defer close(up)
		for ctx.Err() == nil && !answers(ctx, c, cmd.Process.Pid) {
			<-time.After(pollEvery)
		}
	}()
	select {
	case <-up:
		return addr
	case <-ended:
		cancel()
		<-up
		if strings.Contains(out.String(), "Address already in use") {
			return ""
		}
		t.Fatalf("redis-server ended: %s", out.String())
		return ""
	}
}

// answers tells whether a server has loaded its data, and is the one meant: another may have been quicker to take the port.
func answers(ctx context.Context, c *redis.Client, pid int) bool {
	if c.Ping(ctx).Err() != nil {
		return false
	}
	text, err := c.Info(ctx, "server").Result()
	return err == nil && strings.Contains(text, "process_id:"+strconv.Itoa(pid)+"\r\n")
}

// eventually waits until check gives no error, asking again and again.
func eventually(t testing.TB, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		<-time.After(pollEvery) // leave the processor to those we wait for
	}
}

// info gives the fields of one section of INFO.
func info(t testing.TB, c *redis.Client, section string) map[string]string {
	t.Helper()
	text, err := c.Info(context.Background(), section).Result()
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for _, line := range strings.Split(text, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[name] = value
		}
	}
	return fields
}

// inSync waits until the replica has everything the master has.
func inSync(t testing.TB, master, replica *redis.Client) {
	t.Helper()
	eventually(t, "the replica catches up", func() error {
		m, r := info(t, master, "replication"), info(t, replica, "replication")
		if r["master_link_status"] != "up" || m["master_repl_offset"] != r["slave_repl_offset"] {
			return fmt.Errorf("link %s, offsets %s and %s", r["master_link_status"], m["master_repl_offset"], r["slave_repl_offset"])
		}
		if m["master_replid"] != r["master_replid"] {
			return fmt.Errorf("the master's stream is %s, the replica's %s", m["master_replid"], r["master_replid"])
		}
		return nil
	})
}

// allTypes fills a server with every type, encoding and size class, with and without expiry.
func allTypes(t testing.TB, c *redis.Client) {
	t.Helper()
	ctx := context.Background()
	p := c.Pipeline()
	long := strings.Repeat("compressible ", 50)
	p.Set(ctx, "str:int", 12345, 0)
	p.Set(ctx, "str:neg", -7, time.Hour)
	p.Set(ctx, "str:embstr", "hello", 0)
	p.Set(ctx, "str:raw", long, 0)
	p.Set(ctx, "str:binary", string([]byte{0, 1, 255, '\r', '\n'}), 0)
	p.Append(ctx, "str:appended", "a")
	p.Append(ctx, "str:appended", "bc")
	p.SetBit(ctx, "str:bits", 1000, 1)
	for i := range 700 {
		n := strconv.Itoa(i)
		if i < 20 {
			p.RPush(ctx, "list:small", n, "x"+n)
			p.HSet(ctx, "hash:small", "f"+n, n)
			p.SAdd(ctx, "set:ints", i*i*1000)
			p.SAdd(ctx, "set:small", "m"+n)
			p.ZAdd(ctx, "zset:small", redis.Z{Score: float64(i) / 3, Member: "m" + n})
		}
		p.LPush(ctx, "list:large", n+long)
		p.HSet(ctx, "hash:large", "f"+n, long)
		p.SAdd(ctx, "set:large", "m"+n)
		p.SAdd(ctx, "set:manyints", i)
		p.ZAdd(ctx, "zset:large", redis.Z{Score: float64(i%7) * 1e10, Member: "m" + n})
	}
	p.ZAdd(ctx, "zset:inf", redis.Z{Score: 1, Member: "a"})
	p.Do(ctx, "ZADD", "zset:inf", "-inf", "b", "+inf", "c")
	p.Expire(ctx, "hash:small", 2*time.Hour)
	p.Do(ctx, "SELECT", "9")
	p.Set(ctx, "other:db", "v", time.Minute*30)
	p.Do(ctx, "SELECT", "0")
	if _, err := p.Exec(ctx); err != nil {
		t.Fatal(err)
	}
}

// dump gives every key of every database with its type, value and time of expiry, read by
// commands: it works for any server.
func dump(t testing.TB, addr string) map[string]string {
	t.Helper()
	ctx := context.Background()
	all := map[string]string{}
	for db := range 16 {
		c := redis.NewClient(&redis.Options{Addr: addr, DB: db, MaxRetries: -1, ReadTimeout: patience})
		defer c.Close()
		keys, err := c.Keys(ctx, "*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			all[fmt.Sprintf("%d/%s", db, key)] = valueText(t, c, key)
		}
	}
	return all
}

func valueText(t testing.TB, c *redis.Client, key string) string {
	t.Helper()
	ctx := context.Background()
	kind := c.Type(ctx, key).Val()
	var value any
	switch kind {
	case "string":
		value = c.Get(ctx, key).Val()
	case "list":
		value = c.LRange(ctx, key, 0, -1).Val()
	case "set":
		members := c.SMembers(ctx, key).Val()
		slices.Sort(members)
		value = members
	case "hash":
		value = c.HGetAll(ctx, key).Val() // fmt prints maps in order
	case "zset":
		value = c.ZRangeWithScores(ctx, key, 0, -1).Val()
	}
	encoding := c.ObjectEncoding(ctx, key).Val()
	if encoding == "raw" {
		encoding = "embstr" // what APPEND made raw is embstr again after a load
	}
	return fmt.Sprintf("%s %v %d %s", kind, value, c.ExpireTime(ctx, key).Val(), encoding)
}

// sameData compares two servers key by key, and by Redis's own digest.
func sameData(t testing.TB, a, b string) {
	t.Helper()
	x, y := dump(t, a), dump(t, b)
	if len(x) < 15 {
		t.Fatalf("only %d keys: the comparison would prove nothing", len(x))
	}
	for key, want := range x {
		if y[key] != want {
			t.Errorf("key %s differs:\n%.200s\n%.200s", key, want, y[key])
		}
	}
	for key := range y {
		if _, ok := x[key]; !ok {
			t.Errorf("key %s is only in the second server", key)
		}
	}
	da := testClient(t, a).Do(context.Background(), "DEBUG", "DIGEST").Val()
	db := testClient(t, b).Do(context.Background(), "DEBUG", "DIGEST").Val()
	if da != db || da == nil {
		t.Errorf("digests differ: %v and %v", da, db)
	}
}
