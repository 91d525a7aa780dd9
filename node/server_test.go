package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlushAllAbortsTheSave(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	conn := dialRaw(t, n)
	conn.send("DEBUG POPULATE 50000\r\n")
	conn.expect("+OK\r\n")
	// They come in one batch, so that the first save has written nothing when it ends.
	conn.send("BGSAVE\r\nFLUSHALL\r\nBGSAVE\r\n")
	conn.expect("+Background saving started\r\n+OK\r\n+Background saving started\r\n")
	eventually(t, "the second save ends", func() error {
		if _, err := os.Stat(filepath.Join(dir, "dump.rdb")); err != nil {
			return err
		}
		left, err := filepath.Glob(filepath.Join(dir, "temp-*"))
		if len(left) > 0 || err != nil {
			return fmt.Errorf("files left: %v, %v", left, err)
		}
		return nil
	})
	conn.send("DEBUG RELOAD NOSAVE\r\nDBSIZE\r\n")
	conn.expect("+OK\r\n:0\r\n")
}

func TestFlushAllWithSavePointsEmptiesTheFile(t *testing.T) {
	n := testNode(t, "--save", "3600 1000000")
	conn := dialRaw(t, n)
	conn.send("SET a 1\r\nSAVE\r\nFLUSHALL\r\nSET b 1\r\nDEBUG RELOAD NOSAVE\r\nDBSIZE\r\n")
	conn.expect("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n:0\r\n")
}

// A master that is told to shut down waits for a replica that is behind, and says nothing meanwhile. The
// clients that asked for it send nothing more: redis-server 7.0.15 crashes when they do.
func TestShutdownWaitsForReplicas(t *testing.T) {
	t.Parallel()
	script := compatCase{script: `
		set a 1
		> shutdown nosave
		c| > shutdown nosave now
		b| config get hz
		b| shutdown abort save
		b| shutdown abort
		< 1
		c| < 1
		b| shutdown abort
		b| set a 2
	`}
	hold := func(t *testing.T, addr string) []exchange {
		replica := testNode(t)
		mc, rc := testClient(t, addr), testClient(t, replica.Addr().String())
		replicaOf(t, rc, addr)
		inSync(t, mc, rc)
		replica.Pause()
		defer replica.Resume()
		return script.hold(t, addr)
	}
	want := hold(t, redisPeer(t, t.TempDir()))
	got := hold(t, testNode(t).Addr().String())
	if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
		t.Errorf("(- redis-server, + node)\n%s", diff)
	}
}

func TestShutdownEndsWhenReplicasHaveEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	master, replica := testNodeIn(t, dir), testNode(t)
	mc, rc := testClient(t, master.Addr().String()), testClient(t, replica.Addr().String())
	replicaOf(t, rc, master.Addr().String())
	inSync(t, mc, rc)
	replica.Pause()
	conn := dialRaw(t, master)
	conn.send("SET last write\r\nSHUTDOWN\r\nPING\r\nSHUTDOWN SAVE\r\n")
	conn.expect("+OK\r\n")
	waits(t, master)
	other := dialRaw(t, master)
	other.send("SHUTDOWN ABORT\r\n")
	other.expect("+OK\r\n")
	conn.expect("-ERR Errors trying to SHUTDOWN. Check logs.\r\n+PONG\r\n")
	waits(t, master)
	replica.Resume()
	<-master.Done()
	conn.expectClosed()
	if got := rc.Get(context.Background(), "last").Val(); got != "write" {
		t.Errorf("the replica has %q", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "dump.rdb")); err != nil {
		t.Errorf("SHUTDOWN SAVE left no file: %v", err)
	}
}

// waits waits until a shutdown waits.
func waits(t *testing.T, n *Node) {
	t.Helper()
	eventually(t, "the master waits", func() error {
		n.mu.Lock()
		defer n.mu.Unlock()
		if !n.shutting.active {
			return errors.New("no shutdown is waiting")
		}
		return nil
	})
}

func TestShutdownThatCannotSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	n := testNodeIn(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	conn := dialRaw(t, n)
	conn.send("SET a 1\r\nSHUTDOWN SAVE\r\nSAVE\r\nGET a\r\n")
	conn.expect("+OK\r\n-ERR Errors trying to SHUTDOWN. Check logs.\r\n-ERR\r\n$1\r\n1\r\n")
	conn.send("SHUTDOWN SAVE FORCE\r\n")
	conn.expectClosed()
	<-n.Done()
}

func TestConfigRewriteKeepsWhatWasSet(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "redis.conf")
	const old = "# my own remark\nbind 127.0.0.1\nport 0\nmaxmemory 1mb\n"
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := Start(context.Background(), Config{Args: []string{file, "--dir", dir}, AnyPort: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	conn := dialRaw(t, n)
	conn.send("CONFIG SET maxmemory 2mb maxmemory-policy allkeys-lru\r\nCONFIG REWRITE\r\n")
	conn.expect("+OK\r\n+OK\r\n")
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# my own remark\n", "maxmemory 2mb\n", "maxmemory-policy allkeys-lru\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the file lacks %q:\n%s", want, got)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	conn.send("CONFIG REWRITE\r\nPING\r\n")
	conn.expect("-ERR Rewriting config file: No such file or directory\r\n+PONG\r\n")
}

func TestMonitorGoesWithItsConnection(t *testing.T) {
	n := testNode(t)
	monitor := dialRaw(t, n)
	monitor.send("MONITOR\r\n")
	monitor.expect("+OK\r\n")
	monitor.Close()
	eventually(t, "the monitor is forgotten", func() error {
		n.mu.Lock()
		defer n.mu.Unlock()
		if len(n.monitors) > 0 {
			return errors.New("it is still fed")
		}
		return nil
	})
}
