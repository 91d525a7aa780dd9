package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// server is a redis-server started for the length of a run.
type server struct {
	dir string
	cmd *exec.Cmd
	rdb *redis.Client
}

func startServer(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "command-gen")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, rdb: redis.NewClient(&redis.Options{Addr: addr, Protocol: 3, DisableIdentity: true})}
	s.cmd = exec.CommandContext(ctx, "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
		"--dir", dir, "--cluster-enabled", "yes", "--enable-debug-command", "yes", "--enable-module-command", "yes")
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("redis-server 7.0 must be on PATH: %w", err)
	}
	if err := s.ready(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// ready waits until the server answers and makes sure it is the version the tables are for.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for s.rdb.Ping(ctx).Err() != nil {
		select {
		case <-ctx.Done():
			return errors.New("redis-server does not answer")
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
	if s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
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
