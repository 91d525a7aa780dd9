package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"redislab/node/freeport"
)

// kind tells our node from a real server.
type kind int

const (
	ours kind = iota
	redis
	redisAgain // the second one, for the A/A ratio
)

func (k kind) String() string {
	return [...]string{"the node", "redis-server", "the second redis-server"}[k]
}

// server is a running server process.
type server struct {
	kind kind
	port int
	dir  string
	cmd  *exec.Cmd
	said bytes.Buffer // on standard error; good after done
	done chan struct{}
}

func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// start runs a server in a fresh folder and returns when it answers.
func (b *bench) start(ctx context.Context, k kind, directives ...string) (*server, error) {
	dir, err := os.MkdirTemp(b.dir, "server-")
	if err != nil {
		return nil, fmt.Errorf("making a server's folder: %w", err)
	}
	return b.startIn(ctx, k, dir, directives...)
}

func (b *bench) startIn(ctx context.Context, k kind, dir string, directives ...string) (*server, error) {
	port, err := freeport.Take()
	if err != nil {
		return nil, err
	}
	args := append([]string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--logfile",
		filepath.Join(dir, "log"), "--repl-diskless-sync-delay", "0",
	}, directives...)
	return b.launch(ctx, k, dir, port, args...)
}

// launch runs the program of a kind and returns when it answers.
func (b *bench) launch(ctx context.Context, k kind, dir string, port int, args ...string) (*server, error) {
	program := b.redisBin
	if k == ours {
		program = b.nodeBin
	}
	s := &server{kind: k, port: port, dir: dir, cmd: exec.Command(program, args...), done: make(chan struct{})}
	s.cmd.Stderr = &s.said
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", k, err)
	}
	b.servers = append(b.servers, s)
	go func() {
		_ = s.cmd.Wait() // a server is killed in the end: its status says nothing
		close(s.done)
	}()
	return s, s.awaitPong(ctx)
}

// startPause is short against the start of a server and long enough to leave it the processor. A server that loads its data
// is asked less often: one that answers at once would be measured at answering.
const (
	startPause   = 200 * time.Microsecond
	loadingPause = 5 * time.Millisecond
)

// awaitPong returns when the server has answered PING, its data loaded.
func (s *server) awaitPong(ctx context.Context) error {
	var d net.Dialer
	for {
		pause := startPause
		c, err := d.DialContext(ctx, "tcp", s.addr())
		if err == nil {
			link := newLink(c)
			_, err = link.do("PING")
			link.close()
			if err == nil {
				return nil
			}
			if strings.Contains(err.Error(), "LOADING") {
				pause = loadingPause
			}
		}
		select {
		case <-s.done:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("%s ended at once:\n%s%s", s.kind, s.said.Bytes(), text)
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", s.kind, errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
	}
}

// kill ends the process; nothing of it is left when kill returns.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended already
	<-s.done
}

// trio starts one node between two redis-servers, in the order of an even round.
func (b *bench) trio(ctx context.Context) ([]*server, error) {
	var all []*server
	for _, k := range []kind{redis, ours, redisAgain} {
		s, err := b.start(ctx, k)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func killAll(servers []*server) {
	for _, s := range servers {
		s.kill()
	}
}
