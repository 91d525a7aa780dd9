package command

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// peer is a connection to a real redis-server started for one test.
type peer struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

// startPeer skips the test when there is no redis-server 7.0 on PATH.
func startPeer(t *testing.T) *peer {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not on PATH")
	}
	if out, _ := exec.Command(path, "--version").Output(); !strings.Contains(string(out), "v=7.0.") {
		t.Skipf("redis-server on PATH is not version 7.0: %s", out)
	}
	dir := t.TempDir()
	cmd := exec.Command(path, "--port", "0", "--unixsocket", dir+"/s", "--save", "", "--dir", dir,
		"--enable-debug-command", "yes", "--cluster-enabled", "no")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	deadline := time.Now().Add(10 * time.Second)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for range again.C {
		conn, err := net.Dial("unix", dir+"/s")
		if err == nil {
			t.Cleanup(func() { _ = conn.Close() })
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			return &peer{t, conn, bufio.NewReader(conn)}
		}
		if time.Now().After(deadline) {
			t.Fatalf("redis-server does not listen: %v", err)
		}
	}
	return nil // a ticker's channel is never closed
}

// do sends commands in one pipeline and gives the replies.
func (p *peer) do(commands ...[]string) []any {
	p.t.Helper()
	var b strings.Builder
	for _, argv := range commands {
		fmt.Fprintf(&b, "*%d\r\n", len(argv))
		for _, a := range argv {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
		}
	}
	sent := make(chan error, 1)
	go func() { // the replies may fill the socket before all is sent
		_, err := io.WriteString(p.conn, b.String())
		sent <- err
	}()
	replies := make([]any, len(commands))
	for i := range commands {
		v, err := parseReply(p.r)
		if err != nil {
			p.t.Fatalf("reply to %q: %v", commands[i], err)
		}
		replies[i] = v
	}
	if err := <-sent; err != nil {
		p.t.Fatal(err)
	}
	return replies
}

func (p *peer) one(argv ...string) any {
	p.t.Helper()
	return p.do(argv)[0]
}

// A reply as read from the wire keeps its type, so that "+a" and "$1 a" differ.
type (
	simple  string
	failure string
	bulk    string
	null    string
	list    []any
	set     []any // sorted
	dict    []any // pairs as lists, sorted
)

func parseReply(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimSuffix(line[1:], "\r\n")
	switch kind {
	case '+':
		return simple(rest), nil
	case '-':
		return failure(rest), nil
	case '_':
		return null("_"), nil
	}
	n, err := strconv.Atoi(rest)
	if err != nil {
		return nil, fmt.Errorf("line %q: %w", line, err)
	}
	switch kind {
	case ':':
		return n, nil
	case '$', '*':
		if n < 0 {
			return null(line), nil
		}
	}
	switch kind {
	case '$':
		b := make([]byte, n+2)
		_, err := io.ReadFull(r, b)
		return bulk(b[:n]), err
	case '*':
		items, err := parseItems(r, n)
		return list(items), err
	case '~':
		items, err := parseItems(r, n)
		return set(sorted(items)), err
	case '%':
		items, err := parseItems(r, 2*n)
		pairs := make([]any, 0, n)
		for i := 0; i+1 < len(items); i += 2 {
			pairs = append(pairs, list{items[i], items[i+1]})
		}
		return dict(sorted(pairs)), err
	}
	return nil, fmt.Errorf("unexpected %q", line)
}

func parseItems(r *bufio.Reader, n int) ([]any, error) {
	items := make([]any, n)
	for i := range items {
		var err error
		if items[i], err = parseReply(r); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func sorted(items []any) []any {
	keys := make(map[int]string, len(items))
	order := make([]int, len(items))
	for i, v := range items {
		order[i], keys[i] = i, fmt.Sprintf("%T %v", v, v)
	}
	sort.Slice(order, func(i, j int) bool { return keys[order[i]] < keys[order[j]] })
	out := make([]any, len(items))
	for i, at := range order {
		out[i] = items[at]
	}
	return out
}
