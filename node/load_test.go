package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"redislab/node/config"
	"redislab/node/rdb"
)

// writeDump makes a dump.rdb of what write writes.
func writeDump(t *testing.T, write func(*rdb.Encoder)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	f, err := os.Create(filepath.Join(dir, "dump.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e := rdb.NewEncoder(f, rdb.Options{Checksum: true})
	if err := e.Header(); err != nil {
		t.Fatal(err)
	}
	write(e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// addString writes one key; what is wrong comes out of Close.
func addString(e *rdb.Encoder, key, value string) {
	_ = e.Append(func(dst []byte, s *rdb.Serializer) []byte {
		return rdb.AppendString(rdb.AppendKey(dst, s, rdb.Meta{}, rdb.TypeString, key), s, value)
	})
}

// manyKeys is more than what is decoded ahead.
const manyKeys = 3*batchesOut*batchKeys + 1

// TestLoadOrder loads databases of several batches each, announced with any sizes, and values as long as a batch.
func TestLoadOrder(t *testing.T) {
	long := strings.Repeat("x", 2*batchBytes)
	dir := writeDump(t, func(e *rdb.Encoder) {
		for db, size := range []uint64{0, 1, manyKeys, 1 << 40, 1<<64 - 1} {
			_ = e.SelectDB(db)
			_ = e.ResizeDB(size, size)
			for i := range manyKeys {
				addString(e, fmt.Sprint("key:", i), fmt.Sprint(db, "/", i))
			}
			addString(e, "key:0", "the later one")
			addString(e, "long", long)
		}
	})
	n := testNodeIn(t, dir)
	c := testClient(t, n.Addr().String())
	for db := range 5 {
		conn := c.Conn()
		defer conn.Close()
		conn.Select(t.Context(), db)
		if got := conn.DBSize(t.Context()).Val(); got != manyKeys+1 {
			t.Errorf("database %d has %d keys", db, got)
		}
		if got := conn.Get(t.Context(), "key:0").Val(); got != "the later one" {
			t.Errorf("database %d: key:0 is %q", db, got)
		}
		last := manyKeys - 1
		if got, want := conn.Get(t.Context(), fmt.Sprint("key:", last)).Val(), fmt.Sprint(db, "/", last); got != want {
			t.Errorf("database %d: the last key is %q, want %q", db, got, want)
		}
		if got := conn.Get(t.Context(), "long").Val(); got != long {
			t.Errorf("database %d: the long value has %d bytes", db, len(got))
		}
	}
}

// TestLoadGivenUp ends a start in the midst of its file.
func TestLoadGivenUp(t *testing.T) {
	dir := writeDump(t, func(e *rdb.Encoder) {
		for i := range manyKeys {
			addString(e, fmt.Sprint("key:", i), "v")
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx, Config{Args: []string{"--bind", "127.0.0.1", "--port", "0", "--dir", dir}, AnyPort: true, Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the start ended with %v", err)
	}
}

// listenHook is a network that tells when it is listened on.
type listenHook struct {
	realNet
	listening func()
}

func (l *listenHook) Listen(network, address string) (net.Listener, error) {
	l.listening()
	return l.realNet.Listen(network, address)
}

// TestNobodyIsServedBeforeTheLoad wants LOADING for whoever connects as early as one can.
func TestNobodyIsServedBeforeTheLoad(t *testing.T) {
	for name, want := range map[string]bool{"a file": true, "no file": false} {
		dir := t.TempDir()
		if want {
			dir = writeDump(t, func(e *rdb.Encoder) { addString(e, "k", "v") })
		}
		set, err := config.Parse([]string{"--bind", "127.0.0.1", "--port", "0", "--dir", dir}, strings.NewReader(""), os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		hook := &listenHook{}
		n, err := newNode(Config{AnyPort: true, Net: hook, Logger: slog.New(slog.DiscardHandler)}, set)
		if err != nil {
			t.Fatal(err)
		}
		hook.listening = func() {
			if n.loading.active != want {
				t.Errorf("%s: loading is %v when clients can connect", name, n.loading.active)
			}
		}
		if err := n.start(t.Context()); err != nil {
			t.Error(err)
		}
		if n.loading.active {
			t.Errorf("%s: it goes on loading", name)
		}
		n.Kill()
	}
}

// loadInto has a running node load a file; pulse runs after each batch.
func loadInto(t *testing.T, n *Node, pulse func()) error {
	t.Helper()
	dir := writeDump(t, func(e *rdb.Encoder) {
		_ = e.ResizeDB(manyKeys, 0)
		for i := range manyKeys {
			addString(e, fmt.Sprint("key:", i), "v")
		}
		addString(e, "long", strings.Repeat("x", 2*batchBytes))
	})
	f, err := os.Open(filepath.Join(dir, "dump.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return (&loader{n: n, ctx: t.Context(), pulse: pulse}).load(f)
}

// TestClientsBetweenBatches asks while a file is half loaded.
func TestClientsBetweenBatches(t *testing.T) {
	n := testNode(t)
	c := testClient(t, n.Addr().String())
	pulses, read := 0, ""
	err := loadInto(t, n, func() {
		pulses++
		if err := c.Get(t.Context(), "key:0").Err(); err == nil || !strings.HasPrefix(err.Error(), "LOADING") {
			t.Errorf("GET: %v", err)
		}
		got := info(t, c, "persistence")
		if got["loading"] != "1" || got["loading_total_bytes"] == "0" {
			t.Errorf("INFO: %v", got)
		}
		read = got["loading_loaded_bytes"]
		want := fmt.Sprintf("keys=%d,", min(pulses*batchKeys, manyKeys))
		if got := info(t, c, "keyspace")["db0"]; !strings.HasPrefix(got, want) {
			t.Errorf("after batch %d INFO tells db0:%s, want %s", pulses, got, want)
		}
	})
	if got := c.DBSize(t.Context()).Val(); err != nil || got != manyKeys+1 || pulses < batchesOut {
		t.Errorf("%d keys after %d batches, %v", got, pulses, err)
	}
	if bytes, _ := strconv.Atoi(read); bytes < batchBytes {
		t.Errorf("near the end %s bytes were loaded", read)
	}
}

// TestKilledWhileLoading wants nothing of the load to be left: see TestMain.
func TestKilledWhileLoading(t *testing.T) {
	n := testNode(t)
	if err := loadInto(t, n, n.Kill); !errors.Is(err, errAborted) {
		t.Errorf("the load ended with %v", err)
	}
}
