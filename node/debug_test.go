package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"redislab/node/store"
)

// frozenNow tells whether the node is frozen at the moment.
func frozenNow(n *Node) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.frozen == nil {
		return errors.New("the node is not frozen")
	}
	return nil
}

// onBothTransports runs a test with a node that serves its clients in the event loop, and with one that has a
// goroutine for each.
func onBothTransports(t *testing.T, test func(t *testing.T, n *Node)) {
	for name, network := range map[string]Net{"event loop": nil, "goroutines": &realNet{}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			n, err := Start(context.Background(), Config{
				Args: []string{"--bind", "127.0.0.1", "--port", "0", "--dir", dir, "--save", "", "--enable-debug-command", "yes"},
				Net:  network, AnyPort: true, Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(n.Kill)
			test(t, n)
		})
	}
}

func TestDebugSleepFreezesTheWholeNode(t *testing.T) { onBothTransports(t, debugSleepFreezes) }

func debugSleepFreezes(t *testing.T, n *Node) {
	sleeper := dialCompat(t, n.Addr().String())
	before := sleeper.micros(t, "time")
	if _, err := io.WriteString(sleeper, "DEBUG SLEEP 0.2\r\nTIME\r\n"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the node sleeps", func() error { return frozenNow(n) })
	other := dialCompat(t, n.Addr().String()) // the kernel accepts; nobody answers before the end of the sleep
	if got := other.micros(t, "time") - before; got < 200_000 {
		t.Errorf("another client was answered after %d µs, want at least 200000", got)
	}
	if got := sleeper.step(t, "< 1", nil); got != "+ OK\n" {
		t.Errorf("DEBUG SLEEP answered %q", got)
	}
	if got := sleeper.readMicros(t) - before; got < 200_000 {
		t.Errorf("the command after DEBUG SLEEP ran after %d µs, want at least 200000", got)
	}
}

// micros sends a TIME and gives the answer in microseconds.
func (c *compatConn) micros(t *testing.T, command string) int64 {
	t.Helper()
	c.step(t, "> "+command, nil)
	return c.readMicros(t)
}

func (c *compatConn) readMicros(t *testing.T) int64 {
	t.Helper()
	r, err := readReply(c.r)
	if err != nil || len(r.items) != 2 {
		t.Fatalf("no answer to TIME: %v, %v", r, err)
	}
	seconds, _ := strconv.ParseInt(r.items[0].text, 10, 64)
	micros, _ := strconv.ParseInt(r.items[1].text, 10, 64)
	return seconds*1_000_000 + micros
}

func TestDebugSleepInATransactionAndUnderPause(t *testing.T) {
	n := testNode(t)
	c := dialCompat(t, n.Addr().String())
	script := compatCase{script: `
		multi
		debug sleep 0.02
		set a 1
		exec
	`}
	log := script.hold(t, n.Addr().String())
	if got := log[len(log)-1].text; got != "* 2\n  + OK\n  + OK\n" {
		t.Errorf("EXEC with DEBUG SLEEP answered\n%s", got)
	}
	c.step(t, "> debug sleep 0.02", nil)
	eventually(t, "the node sleeps", func() error { return frozenNow(n) })
	n.Pause()
	n.Resume() // must not end the sleep, nor hang
	if got := c.step(t, "< 1", nil); got != "+ OK\n" {
		t.Errorf("DEBUG SLEEP answered %q", got)
	}
}

func TestKillEndsDebugSleep(t *testing.T) {
	n := testNode(t)
	c := dialCompat(t, n.Addr().String())
	c.step(t, "> debug sleep 3600", nil)
	eventually(t, "the node sleeps", func() error { return frozenNow(n) })
	n.Kill()
	if got := c.step(t, "< 1", nil); got != "closed\n" {
		t.Errorf("got %q from a killed node", got)
	}
}

func TestDebugReloadKeepsTheNodeItself(t *testing.T) {
	master := testNode(t)
	replica := testNode(t)
	mc, rc := testClient(t, master.Addr().String()), testClient(t, replica.Addr().String())
	allTypes(t, mc)
	replicaOf(t, rc, master.Addr().String())
	inSync(t, mc, rc)
	was := info(t, mc, "replication")
	before := dump(t, master.Addr().String())
	if err := mc.Do(context.Background(), "debug", "reload").Err(); err != nil {
		t.Fatal(err)
	}
	after := info(t, mc, "replication")
	for _, field := range []string{"master_replid", "master_repl_offset", "connected_slaves"} {
		if was[field] != after[field] {
			t.Errorf("%s was %s, is %s after DEBUG RELOAD", field, was[field], after[field])
		}
	}
	if diff := cmp.Diff(before, dump(t, master.Addr().String())); diff != "" {
		t.Errorf("the data changed (- before, + after):\n%s", diff)
	}
	if err := mc.Set(context.Background(), "after", "reload", 0).Err(); err != nil {
		t.Fatal(err)
	}
	inSync(t, mc, rc)
	if full := info(t, mc, "stats")["sync_full"]; full != "1" {
		t.Errorf("sync_full is %s: the replica had to start anew", full)
	}
}

// Nobody may see the data set while it is away.
func TestDebugReloadIsAtomic(t *testing.T) { onBothTransports(t, debugReloadIsAtomic) }

func debugReloadIsAtomic(t *testing.T, n *Node) {
	const keys = 50_000
	conn := dialRaw(t, n)
	conn.send(fmt.Sprintf("DEBUG POPULATE %d\r\n", keys))
	conn.expect("+OK\r\n")
	conn.send("DEBUG RELOAD\r\n")
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn.expect("+OK\r\n")
	}()
	c := testClient(t, n.Addr().String())
	for {
		if size, err := c.DBSize(context.Background()).Result(); size != keys || err != nil {
			t.Errorf("DBSIZE is %d, %v; want %d", size, err, keys)
			<-done
			return
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

func TestDebugReloadOptions(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	addr := n.Addr().String()
	check := func(script, want string) {
		t.Helper()
		c := compatCase{script: script}
		log := c.hold(t, addr)
		if got := strings.TrimSpace(log[len(log)-1].text); got != want {
			t.Errorf("%s answered %q, want %q", log[len(log)-1].command, got, want)
		}
	}
	check("debug reload nosave", "- ERR Error trying to load the RDB dump, check server logs")
	check("set a 1\nsave\nset a 2\nset b 2\ndebug reload nosave noflush merge\nmget a b", "* 2\n  $ 1\n  $ 2")
	check("set b 2\ndebug reload nosave\nmget a b", "* 2\n  $ 1\n  $ -1")
	if err := os.WriteFile(filepath.Join(dir, "dump.rdb"), []byte("REDIS0010 is not an RDB"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("debug reload nosave", "- ERR Error trying to load the RDB dump, check server logs")
	check("set a 1\nsave\ndebug reload nosave noflush", "closed")
	<-n.Done()
	if !errors.Is(n.Err(), errDuplicate) {
		t.Errorf("the node ended with %v, want %v", n.Err(), errDuplicate)
	}
}

func TestDebugCrashesEndTheNode(t *testing.T) {
	for _, word := range []string{"panic", "segfault", "assert", "oom"} {
		t.Run(word, func(t *testing.T) {
			dir := t.TempDir()
			n := testNodeIn(t, dir, "--save", "3600 1")
			c := compatCase{script: "set a 1\ndebug " + word}
			log := c.hold(t, n.Addr().String())
			if got := log[1].text; got != "closed\n" {
				t.Errorf("answered %q", got)
			}
			<-n.Done()
			if n.Err() == nil {
				t.Error("a crash is no ordinary end, but Err is nil")
			}
			if _, err := os.Stat(filepath.Join(dir, "dump.rdb")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a crash must save nothing: %v", err)
			}
		})
	}
}

func TestDebugSettings(t *testing.T) {
	n := testNode(t)
	c := testClient(t, n.Addr().String())
	ctx := context.Background()
	do := func(args ...any) string {
		t.Helper()
		v, err := c.Do(ctx, args...).Result()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return fmt.Sprint(v)
	}
	do("debug", "set-active-expire", "0")
	do("psetex", "soon", "1", "gone")
	do("debug", "sleep", "0.15") // longer than one period of the cron
	if got := do("dbsize"); got != "1" {
		t.Errorf("without active expiry DBSIZE is %s, want 1", got)
	}
	do("debug", "set-active-expire", "1")
	eventually(t, "the key expires by itself", func() error {
		if got := do("dbsize"); got != "0" {
			return fmt.Errorf("DBSIZE is %s", got)
		}
		return nil
	})
	id := info(t, c, "replication")["master_replid"]
	do("debug", "change-repl-id")
	if now := info(t, c, "replication")["master_replid"]; now == id || len(now) != 40 {
		t.Errorf("the replication ID was %s, is %s", id, now)
	}
}

// The text is what a real server prints for tables of this shape.
func TestTablesText(t *testing.T) {
	got := tablesText([]store.Table{{Size: 4, Used: 3, Chains: []int{1, 3}}, {}})
	want := `Hash table 0 stats (main hash table):
 table size: 4
 number of elements: 3
 different slots: 3
 max chain length: 1
 avg chain length (counted): 1.00
 avg chain length (computed): 1.00
 Chain length distribution:
   0: 1 (25.00%)
   1: 3 (75.00%)
Hash table 1 stats (rehashing target):
No stats available for empty dictionaries
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTablesCountEverything(t *testing.T) {
	var d store.Dict[int]
	for i := range 1000 {
		d.Insert(strconv.Itoa(i))
		used, slots := 0, 0
		for _, table := range d.Tables() {
			used += table.Used
			for length, count := range table.Chains {
				slots += count
				used -= length * count
			}
		}
		if used != 0 || slots != d.Slots() {
			t.Fatalf("after %d entries: chains miss %d entries, %d of %d buckets counted", i+1, used, slots, d.Slots())
		}
	}
}
