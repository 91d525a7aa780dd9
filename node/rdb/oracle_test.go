package rdb

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// oracle is a real redis-server on a Unix socket.
type oracle struct {
	*redis.Client
	t   *testing.T
	dir string
}

// startOracle starts a server on dir, or on a fresh folder if that is empty, and skips the
// test where there is none to start.
func startOracle(t *testing.T, dir string, args ...string) *oracle {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not on PATH: nothing to compare with")
	}
	if dir == "" {
		dir = shortTempDir(t)
	}
	sock := filepath.Join(dir, "s")
	args = append([]string{"--port", "0", "--unixsocket", sock, "--dir", dir, "--save", "", "--enable-debug-command", "yes"}, args...)
	cmd := exec.Command(path, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	var log strings.Builder
	ready := false
	for sc := bufio.NewScanner(out); !ready && sc.Scan(); {
		log.WriteString(sc.Text() + "\n")
		ready = strings.Contains(sc.Text(), "server is now ready to accept connections at")
	}
	if !ready {
		t.Fatalf("redis-server did not start:\n%s", log.String())
	}
	go func() { // a full pipe would stop the server
		for sc := bufio.NewScanner(out); sc.Scan(); {
		}
	}()
	c := redis.NewClient(&redis.Options{Network: "unix", Addr: sock, Protocol: 2})
	t.Cleanup(func() { c.Close() })
	return &oracle{Client: c, t: t, dir: dir}
}

// shortTempDir makes a folder whose name leaves room for a socket.
func shortTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rdb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// do sends a command whose arguments stand between blanks; the answer must not be an error.
func (o *oracle) do(command string) any {
	o.t.Helper()
	return o.send(anys(strings.Fields(command))...)
}

// send sends a command; the answer must not be an error.
func (o *oracle) send(args ...any) any {
	o.t.Helper()
	v, err := o.Do(context.Background(), args...).Result()
	if err != nil && err != redis.Nil {
		o.t.Fatalf("%.100q: %v", args, err)
	}
	return v
}

func anys[T any](in []T) (out []any) {
	for _, v := range in {
		out = append(out, v)
	}
	return out
}

// dump gives DUMP's payload.
func (o *oracle) dump(key string) []byte {
	o.t.Helper()
	p, ok := o.send("DUMP", key).(string)
	if !ok {
		o.t.Fatalf("no key %q to dump", key)
	}
	return []byte(p)
}

// in is the same server for a subtest.
func (o *oracle) in(t *testing.T) *oracle {
	c := *o
	c.t = t
	return &c
}
