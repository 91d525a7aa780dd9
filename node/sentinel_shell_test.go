package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/node/config"
	"redislab/node/freeport"
)

// TestSentinelDoesNotStart is about files that are not good enough.
func TestSentinelDoesNotStart(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, file string
		args       []string
		line       int
		want       string
	}{
		{"no file", "", []string{"--sentinel"}, 0, "Sentinel needs config file on disk to save state. Exiting..."},
		{"bad quorum", "\nsentinel monitor m 127.0.0.1 1 0", nil, 2, "Quorum must be 1 or greater."},
		{"unknown", "sentinel foo bar", nil, 1, "Unrecognized sentinel configuration statement."},
		{"no such master", "sentinel down-after-milliseconds m 1", nil, 1, "No such master with specified name."},
		{"bad id", "sentinel myid 12", nil, 1, "Malformed Sentinel id in myid option."},
		{"no script", "sentinel monitor m 127.0.0.1 1 1\nsentinel notification-script m /nowhere", nil, 2,
			"Notification script seems non existing or non executable."},
		{"host name", "sentinel monitor m localhost 1 1", nil, 1, "Can't resolve instance hostname."},
		{"foreign directive", "foo bar", nil, 1, "Bad directive or wrong number of arguments"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if args == nil {
				path := filepath.Join(dir, strings.ReplaceAll(c.name, " ", "-"))
				if err := os.WriteFile(path, []byte(c.file), 0o644); err != nil {
					t.Fatal(err)
				}
				args = []string{path, "--sentinel", "--port", "0"}
			}
			n, err := Start(context.Background(), Config{Args: args, AnyPort: true})
			if err == nil {
				n.Kill()
				t.Fatal("it starts")
			}
			var fatal *config.FatalError
			if errors.As(err, &fatal) != (c.line > 0) || fatal != nil && fatal.Line != c.line || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want line %d, %q", err, c.line, c.want)
			}
		})
	}
	_, err := Start(context.Background(), Config{Args: []string{filepath.Join(dir, "none"), "--sentinel"}})
	if err == nil || !strings.Contains(err.Error(), "can't open config file") {
		t.Errorf("a missing file: %v", err)
	}
	if _, ok := testNode(t).SentinelView(); ok {
		t.Error("a server has the view of a sentinel")
	}
}

// TestSentinelArgs has both orders of arguments.
func TestSentinelArgs(t *testing.T) {
	for in, want := range map[string]string{
		"--sentinel a.conf --port 1":     "a.conf --port 1 --sentinel",
		"a.conf --sentinel":              "a.conf --sentinel",
		"--sentinel":                     "--sentinel",
		"--sentinel --port 1":            "--sentinel --port 1",
		"--port 1 --save --sentinel":     "--port 1 --save --sentinel",
		"a.conf --sentinel --loglevel x": "a.conf --sentinel --loglevel x",
	} {
		if got := strings.Join(SentinelArgs(strings.Fields(in)), " "); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// observed starts a sentinel and collects its events.
func observed(t *testing.T, file string) (n *Node, seen func(name string) bool) {
	t.Helper()
	var mu sync.Mutex
	names := map[string]bool{}
	n, err := Start(context.Background(), Config{Args: []string{"--sentinel", file}, AnyPort: true, Observe: func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		names[e.Kind+" "+e.Fields["name"]] = true
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	return n, func(name string) bool {
		mu.Lock()
		defer mu.Unlock()
		return names[name]
	}
}

// TestSentinelRunsScripts has a script write down what it is told, and a second one that fails.
func TestSentinelRunsScripts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, told := filepath.Join(dir, "notify.sh"), filepath.Join(dir, "told")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$@\" >> "+told+"\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	nobody := fmt.Sprintf("127.0.0.1:%d", freeport.For(t))
	file := sentinelFile(t, 0, nobody, 1, "logfile "+filepath.Join(dir, "log"), "sentinel notification-script mymaster "+script)
	_, seen := observed(t, file)
	await(t, "the scripts run", func() error {
		text, err := os.ReadFile(told)
		if err == nil && (!strings.Contains(string(text), "+sdown master mymaster") || !strings.Contains(string(text), "+odown master mymaster")) {
			err = fmt.Errorf("it was told %q", text)
		}
		return err
	})
	await(t, "the failure is told", func() error {
		if !seen("sentinel.event -script-error") {
			return errors.New("no -script-error")
		}
		return nil
	})
}

// TestSentinelEndsWithItsScripts kills a node whose script sleeps and whose links are being made.
func TestSentinelEndsWithItsScripts(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "sleep.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := sentinelFile(t, 0, testNode(t).Addr().String(), 1, "logfile "+filepath.Join(dir, "log"), "sentinel notification-script mymaster "+script)
	n := ourSentinel(t, file) // +monitor is a warning: it runs the script
	await(t, "the script runs", func() error {
		if v, _ := n.SentinelView(); v.Running == 0 {
			return errors.New("nothing runs")
		}
		return nil
	})
	n.Kill()
	if err := n.Err(); err != nil {
		t.Error(err)
	}
}

// TestSentinelSimulatesACrash has it end right after the election.
func TestSentinelSimulatesACrash(t *testing.T) {
	t.Parallel()
	master := testNode(t)
	replica := testClient(t, testNode(t).Addr().String())
	replicaOf(t, replica, master.Addr().String())
	file := sentinelFile(t, 0, master.Addr().String(), 1)
	n := ourSentinel(t, file)
	w := watcher{addr: n.Addr().String(), file: file, c: redis.NewSentinelClient(&redis.Options{Addr: n.Addr().String(), MaxRetries: -1, ReadTimeout: patience})}
	defer w.c.Close()
	await(t, "the sentinel knows the replica", func() error { return w.ready(1, 1) })
	if err := testClient(t, w.addr).Do(context.Background(), "SENTINEL", "SIMULATE-FAILURE", "crash-after-election").Err(); err != nil {
		t.Fatal(err)
	}
	master.Kill()
	select {
	case <-n.Done():
	case <-time.After(2 * patience):
		t.Fatal("it does not crash")
	}
	if !errors.Is(n.Err(), ErrSimulatedCrash) {
		t.Errorf("it ended with %v", n.Err())
	}
}

// leapingClock is the wall clock, which can be put forward.
type leapingClock struct {
	wallClock
	ahead atomic.Int64 // ns
}

func (c *leapingClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// TestSentinelAfterAPause is in tilt mode, as a process that was stopped is.
func TestSentinelAfterAPause(t *testing.T) {
	t.Parallel()
	clock := &leapingClock{}
	n, err := Start(context.Background(), Config{Args: []string{sentinelFile(t, 0, testNode(t).Addr().String(), 1), "--sentinel"}, AnyPort: true, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	c := testClient(t, n.Addr().String())
	ps := c.Subscribe(context.Background(), "+tilt")
	defer ps.Close()
	if _, err := ps.Receive(context.Background()); err != nil {
		t.Fatal(err)
	}
	n.Pause()
	clock.ahead.Store(int64(2500 * time.Millisecond)) // more than the two seconds that a sentinel may miss
	n.Resume()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := ps.ReceiveMessage(ctx); err != nil {
		t.Fatal(err)
	}
	if v, _ := n.SentinelView(); !v.Tilt {
		t.Error("not in tilt mode")
	}
}

// TestSentinelKeepsItsState restarts one on its file; the other lines of the file stay.
func TestSentinelKeepsItsState(t *testing.T) {
	master := testNode(t)
	file := sentinelFile(t, 0, master.Addr().String(), 1, "# a remark", "requirepass pw", "sentinel auth-pass mymaster x")
	var ids []string
	for round := range 2 {
		n := ourSentinel(t, file)
		c := redis.NewClient(&redis.Options{Addr: n.Addr().String(), Password: "pw", MaxRetries: -1, ReadTimeout: patience})
		if err := testClient(t, n.Addr().String()).Do(context.Background(), "SENTINEL", "MYID").Err(); err == nil || !strings.HasPrefix(err.Error(), "NOAUTH") {
			t.Errorf("without a password: %v", err)
		}
		id, err := c.Do(context.Background(), "SENTINEL", "MYID").Text()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		if round == 0 {
			for _, args := range [][]any{{"SENTINEL", "SET", "mymaster", "quorum", "7"}, {"SENTINEL", "MONITOR", "second", "127.0.0.1", "1", "2"}} {
				if err := c.Do(context.Background(), args...).Err(); err != nil {
					t.Fatal(err)
				}
			}
		} else if names, err := c.Do(context.Background(), "ROLE").Slice(); err != nil || len(names[1].([]any)) != 2 {
			t.Errorf("ROLE: %v, %v", names, err)
		}
		c.Close()
		n.Kill()
	}
	if ids[0] != ids[1] {
		t.Errorf("IDs %v", ids)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(master.Addr().String())
	lines := strings.Split(string(text), "\n")
	for _, want := range []string{"# a remark", "requirepass pw", "sentinel auth-pass mymaster x", "sentinel myid " + ids[0],
		"sentinel monitor mymaster " + host + " " + port + " 7", "sentinel monitor second 127.0.0.1 1 2"} {
		if !slices.Contains(lines, want) && !slices.Contains(lines, strings.Replace(want, " pw", ` "pw"`, 1)) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
}
