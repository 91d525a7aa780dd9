package config

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// oracle is a real redis-server that listens on a unix socket only, so that any bind and port can be tried on it.
type oracle struct {
	dir    string
	stderr bytes.Buffer
	stdout bytes.Buffer
	cmd    *exec.Cmd
	exited chan struct{}
	conn   net.Conn
	rd     *bufio.Reader
}

func needRedis(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("no redis-server on PATH to compare with")
	}
	out, err := exec.Command(path, "--version").Output()
	if err != nil || !strings.Contains(string(out), "v="+Version+" ") {
		t.Skipf("redis-server on PATH is not %s: %s", Version, out)
	}
	return path
}

// startOracle runs redis-server with args, which should not contain port and unixsocket: those are added at the end,
// like %s in conf and args stands for the server's folder. A server that did not come up has a nil conn.
func startOracle(t *testing.T, conf *string, stdin string, args ...string) *oracle {
	t.Helper()
	path := needRedis(t)
	dir, err := os.MkdirTemp("/tmp", "cfg") // short: a socket's path is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := &oracle{dir: dir, exited: make(chan struct{})}
	socket := filepath.Join(dir, "s")
	args = append([]string(nil), args...)
	if conf != nil {
		file := filepath.Join(dir, "redis.conf")
		if err := os.WriteFile(file, []byte(*conf), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{file}, args...)
	}
	args = append(args, "--port", "0", "--unixsocket", socket)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	o.cmd = exec.CommandContext(ctx, path, args...)
	o.cmd.Dir, o.cmd.Stdout, o.cmd.Stderr = dir, &o.stdout, &o.stderr
	o.cmd.Stdin = strings.NewReader(stdin)
	if err := o.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = o.cmd.Wait()
		close(o.exited)
	}()
	t.Cleanup(func() {
		cancel()
		<-o.exited
		if o.conn != nil {
			o.conn.Close()
		}
	})
	o.dial(t, socket)
	return o
}

// dial waits until the server listens or is gone.
func (o *oracle) dial(t *testing.T, socket string) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("unix", socket); err == nil {
			o.conn, o.rd = conn, bufio.NewReader(conn)
			return
		}
		select {
		case <-o.exited:
			return
		case <-tick.C:
		}
	}
}

func (o *oracle) do(t *testing.T, args ...string) any {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := o.conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	reply, err := readReply(o.rd)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return reply
}

// get is CONFIG GET as a map.
func (o *oracle) get(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	reply := o.do(t, append([]string{"CONFIG", "GET"}, patterns...)...)
	list, ok := reply.([]any)
	if !ok {
		t.Fatalf("CONFIG GET %q: %v", patterns, reply)
	}
	out := map[string]string{}
	for i := 0; i < len(list); i += 2 {
		out[list[i].(string)] = list[i+1].(string)
	}
	return out
}

// readReply gives strings for status, error (with its '-') and bulk replies, []any for arrays.
func readReply(rd *bufio.Reader) (any, error) {
	line, err := rd.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	switch line[0] {
	case '+':
		return line[1:], nil
	case '-', ':':
		return line, nil
	}
	n, err := strconv.Atoi(line[1:])
	if err != nil {
		return nil, err
	}
	if line[0] == '$' {
		b := make([]byte, n+2)
		_, err := io.ReadFull(rd, b)
		return string(b[:n]), err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = readReply(rd); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// asMap is Get as a map.
func asMap(pairs []Pair) map[string]string {
	out := map[string]string{}
	for _, p := range pairs {
		out[p.Name] = p.Value
	}
	return out
}
