package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlushAllAbortsTheSave(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	c := compatCase{script: `
		debug populate 50000
		multi
		set a 1
		exec
		> bgsave
		> flushall
		< 1
	`}
	// Both commands come in one batch, so the save has not written anything when it ends.
	conn := dialRaw(t, n)
	c.hold(t, n.Addr().String())
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

// A master that is told to shut down waits for a replica that is behind, and says nothing meanwhile.
func TestShutdownWaitsForReplicas(t *testing.T) {
	script := compatCase{script: `
		set a 1
		> shutdown nosave
		> ping
		b| config get hz
		c| > shutdown nosave
		b| shutdown abort save
		b| shutdown abort
		< 2
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
	dir := t.TempDir()
	master, replica := testNodeIn(t, dir), testNode(t)
	mc, rc := testClient(t, master.Addr().String()), testClient(t, replica.Addr().String())
	replicaOf(t, rc, master.Addr().String())
	inSync(t, mc, rc)
	replica.Pause()
	conn := dialRaw(t, master)
	conn.send("SET last write\r\nSHUTDOWN SAVE\r\n")
	conn.expect("+OK\r\n")
	eventually(t, "the master waits", func() error {
		master.mu.Lock()
		defer master.mu.Unlock()
		if !master.shutting.active {
			return errors.New("no shutdown is waiting")
		}
		return nil
	})
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

func TestShutdownThatCannotSave(t *testing.T) {
	n := testNode(t)
	script := compatCase{script: `
		config set dbfilename nowhere.rdb
		shutdown save
		ping
	`}
	dir := n.dir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		f.Close()
		t.Skip("this user may write everywhere, so saving cannot be made to fail")
	}
	log := script.hold(t, n.Addr().String())
	if got := log[1].text + log[2].text; got != "- ERR Errors trying to SHUTDOWN. Check logs.\n+ PONG\n" {
		t.Errorf("got %q", got)
	}
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
