package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/node/freeport"
)

// server is a redis-server started for the length of a run.
type server struct {
	dir   string
	cmd   *exec.Cmd
	rdb   *redis.Client
	said  bytes.Buffer  // to be read once it has ended
	ended chan struct{} // closed then
}

func startServer(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "command-gen")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	// Without a word about it the cluster's port is 10000 above the other, which may be more than there are.
	return launch(ctx, dir, ports[0], "--port", ports[0], "--cluster-port", ports[1], "--bind", "127.0.0.1", "--save", "",
		"--dir", dir, "--cluster-enabled", "yes", "--enable-debug-command", "yes", "--enable-module-command", "yes")
}

// launch starts redis-server, which has dir for its own, and waits until it answers on port.
func launch(ctx context.Context, dir, port string, args ...string) (*server, error) {
	addr := net.JoinHostPort("127.0.0.1", port)
	s := &server{dir: dir, rdb: redis.NewClient(&redis.Options{Addr: addr, Protocol: 3, DisableIdentity: true}), ended: make(chan struct{})}
	s.cmd = exec.CommandContext(ctx, "redis-server", args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.said, &s.said
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("redis-server 7.0 must be on PATH: %w", err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	if err := s.ready(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func freePorts(n int) (ports []string, err error) {
	for range n {
		port, err := freeport.Take()
		if err != nil {
			return nil, err
		}
		ports = append(ports, strconv.Itoa(port))
	}
	return ports, nil
}

// ready waits until the server answers and makes sure it is the version the tables are for.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for s.rdb.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			return errors.New("redis-server does not answer")
		case <-s.ended:
			return fmt.Errorf("redis-server ended: %s", s.said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	info, err := s.rdb.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "redis_version:7.0.") {
		return errors.New("the redis-server on PATH is not version 7.0")
	}
	return nil
}

func (s *server) close() {
	_ = s.rdb.Close()
	_ = s.cmd.Process.Kill()
	<-s.ended
	_ = os.RemoveAll(s.dir)
}

// command is one command with its row of COMMAND and its entry of COMMAND DOCS.
type command struct {
	full string
	row  []any
	doc  map[any]any
	subs []*command
}

func (s *server) commands(ctx context.Context) ([]*command, error) {
	rows, err := s.rdb.Do(ctx, "COMMAND").Slice()
	if err != nil {
		return nil, err
	}
	docs, err := s.rdb.Do(ctx, "COMMAND", "DOCS").Result()
	if err != nil {
		return nil, err
	}
	all, err := combine(rows, docs.(map[any]any))
	if err != nil {
		return nil, err
	}
	return all, nil
}

func combine(rows []any, docs map[any]any) ([]*command, error) {
	var list []*command
	for _, r := range rows {
		row := r.([]any)
		c := &command{full: row[0].(string), row: row}
		doc, ok := docs[c.full].(map[any]any)
		if !ok {
			return nil, fmt.Errorf("%s has no docs", c.full)
		}
		c.doc = doc
		if subs := row[9].([]any); len(subs) != 0 {
			var err error
			if c.subs, err = combine(subs, doc["subcommands"].(map[any]any)); err != nil {
				return nil, err
			}
		}
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].full < list[j].full })
	return list, nil
}

// helpWithoutSubs are containers in all but name: they answer HELP and have no
// sub-commands in COMMAND.
var helpWithoutSubs = map[string]bool{"debug": true}

// help gives the HELP reply of all containers.
func (s *server) help(ctx context.Context, commands []*command) (map[string][]string, error) {
	help := map[string][]string{}
	for _, c := range commands {
		if len(c.subs) == 0 && !helpWithoutSubs[c.full] {
			continue
		}
		lines, err := s.rdb.Do(ctx, c.full, "HELP").StringSlice()
		if err != nil {
			return nil, fmt.Errorf("%s HELP: %w", c.full, err)
		}
		help[c.full] = lines
	}
	return help, nil
}
