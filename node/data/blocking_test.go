package data

import (
	"slices"
	"strings"
	"testing"
	"time"

	"redislab/node/command"
	"redislab/node/resp"
	"redislab/node/store"
)

// attempt runs a command that may block, for the first time or, with ready, because that key
// became ready.
func (p *peer) attempt(line, ready string) (reply string, block *command.Block) {
	p.t.Helper()
	argv, _ := resp.SplitArgs([]byte(line))
	spec, _ := p.table.Lookup(argv)
	c := &command.Ctx{
		Writer: &resp.Writer{Proto: p.proto}, Spec: spec, Argv: argv, DB: p.db, Keys: p.ks, Server: p,
		Now: p.now(), CanBlock: true, Retry: ready != "", Ready: ready,
	}
	p.ks.Now, p.dels = c.Now, nil
	spec.Handler(c)
	p.ks.Settle()
	p.keep(c, argv)
	if c.Blocked != nil && len(c.Buf) > 0 {
		p.t.Errorf("%s: waits and replies %q", line, c.Buf)
	}
	return string(c.Buf), c.Blocked
}

// served is a blocked command and what serves it.
type served struct {
	prepare []string
	block   string
	push    []string // the last one makes ready
	ready   string
}

func servedCases() []served {
	return []served{
		{nil, "BLPOP l 0", []string{"RPUSH l a b c"}, "l"},
		{nil, "BRPOP none l 0", []string{"RPUSH l a b c"}, "l"},
		{nil, "BLPOP l 0", []string{"RPUSH l a"}, "l"},
		{nil, "BLMOVE l m LEFT RIGHT 0", []string{"RPUSH l a b"}, "l"},
		{nil, "BLMOVE l m RIGHT left 0", []string{"RPUSH l a"}, "l"},
		{[]string{"RPUSH m x"}, "BRPOPLPUSH l m 0", []string{"RPUSH l a b"}, "l"},
		{nil, "BLMOVE l l LEFT RIGHT 0", []string{"RPUSH l a b"}, "l"},
		{[]string{"SET m x"}, "BRPOPLPUSH l m 0", []string{"RPUSH l a b"}, "l"},
		{nil, "BLMPOP 0 2 none l RIGHT COUNT 2", []string{"RPUSH l a b c"}, "l"},
		{nil, "BLMPOP 0 1 l LEFT COUNT 5", []string{"RPUSH l a b c"}, "l"},
		{nil, "BLMPOP 0 1 l LEFT", []string{"RPUSH l a b c"}, "l"},
		{nil, "BZPOPMIN z 0", []string{"ZADD z 2 b 1 a"}, "z"},
		{nil, "BZPOPMAX none z 0", []string{"ZADD z 2 b 1 a"}, "z"},
		{nil, "BZMPOP 0 1 z MIN", []string{"ZADD z 2 b 1 a"}, "z"},
		{nil, "BZMPOP 0 1 z MAX COUNT 9", []string{"ZADD z 2 b 1 a"}, "z"},
		{nil, "BLPOP l 0", []string{"SET l v", "DEL l", "LPUSH l a"}, "l"},
		{nil, "BZPOPMIN z 0", []string{"LPUSH z a", "DEL z", "ZADD z 1 a"}, "z"},
	}
}

// TestServedLikeRedis blocks a command, lets another make a key ready, and compares reply,
// propagation and events.
func TestServedLikeRedis(t *testing.T) {
	real := startOracle(t)
	for _, c := range servedCases() {
		t.Run(c.block+" after "+strings.Join(c.push, ", "), func(t *testing.T) {
			ours := newPeer(t, 2)
			real.reset(t, 3)
			for _, line := range c.prepare {
				ours.run(line)
				real.must(t, strings.Fields(line)...)
			}
			want := real.serve(t, c)
			if _, block := ours.attempt(c.block, ""); block == nil || block.Timeout != 0 || !slices.Contains(block.Keys, c.ready) {
				t.Fatalf("does not wait for %s: %+v", c.ready, block)
			}
			for _, line := range c.push {
				ours.run(line)
			}
			got, block := ours.attempt(c.block, c.ready)
			if block != nil || got != want {
				t.Errorf("got %q want %q", got, want)
			}
			commands, events := real.drain(t)
			if !slices.Equal(ours.propagated, commands) {
				t.Errorf("propagated %q want %q", ours.propagated, commands)
			}
			if !slices.Equal(ours.events, events) {
				t.Errorf("events %q want %q", ours.events, events)
			}
		})
	}
}

// serve blocks the RESP2 connection and pushes on the other one.
func (o *oracle) serve(t *testing.T, c served) string {
	t.Helper()
	o.conns[2].send(t, strings.Fields(c.block)...)
	for end := time.Now().Add(patience); !strings.Contains(string(o.must(t, "INFO", "clients")), "\nblocked_clients:1\r"); {
		if time.Now().After(end) {
			t.Fatalf("%s does not block", c.block)
		}
	}
	for _, line := range c.push {
		o.must(t, strings.Fields(line)...)
	}
	return string(o.conns[2].reply(t))
}

// TestTimedOutLikeRedis compares the replies of commands whose time has run out.
func TestTimedOutLikeRedis(t *testing.T) {
	real := startOracle(t)
	for _, line := range []string{
		"BLPOP l 0.001", "BRPOP l m 0.001", "BLMOVE l m LEFT LEFT 0.001", "BRPOPLPUSH l m 0.001", "BLMPOP 0.001 1 l LEFT",
		"BZPOPMIN z 0.001", "BZPOPMAX z 0.001", "BZMPOP 0.001 1 z MIN",
	} {
		for proto := 2; proto <= 3; proto++ {
			real.reset(t, proto)
			argv, _ := resp.SplitArgs([]byte(line))
			want := string(real.do(t, argv, false))
			p := newPeer(t, proto)
			_, block := p.attempt(line, "")
			if block == nil || block.Timeout != time.Millisecond {
				t.Fatalf("%s: %+v", line, block)
			}
			c := &command.Ctx{Writer: &resp.Writer{Proto: proto}}
			block.OnExpiry(c)
			if string(c.Buf) != want {
				t.Errorf("%s in RESP%d: got %q want %q", line, proto, c.Buf, want)
			}
		}
	}
}

func TestTimeoutArg(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0.0": 0, "1": time.Second, "0.5": 500 * time.Millisecond, "0.0001": time.Millisecond, "1.0001": 1001 * time.Millisecond,
		"1e3": 1000 * time.Second, "-0": 0, "-0.0001": 0, "1e15": 0, "0x10": 16 * time.Second,
	} {
		_, block := newPeer(t, 2).attempt("BLPOP l "+text, "")
		if block == nil || block.Timeout != want || block.Kind != store.KindList {
			t.Errorf("timeout %s: got %+v want %v", text, block, want)
		}
	}
}

// A key of another kind, or one that is empty again, does not end the wait.
func TestRetryThatFindsNothing(t *testing.T) {
	p := newPeer(t, 2)
	for _, line := range []string{
		"BLPOP k 0", "BLMOVE k m LEFT LEFT 0", "BLMPOP 0 1 k LEFT",
	} {
		if reply, block := p.attempt(line, "k"); block == nil || reply != "" {
			t.Errorf("%s with no key: replies %q", line, reply)
		}
		p.run("ZADD k 1 a")
		if reply, block := p.attempt(line, "k"); block == nil || reply != "" {
			t.Errorf("%s with a key of another kind: replies %q", line, reply)
		}
		if reply, _ := p.attempt(line, ""); reply != "-"+command.ErrWrongType+"\r\n" {
			t.Errorf("%s at first: replies %q", line, reply)
		}
		p.run("DEL k")
	}
}

// The key that became ready serves, not the first one that is there.
func TestRetryServesFromReadyKey(t *testing.T) {
	p := newPeer(t, 2)
	p.run("RPUSH a 1")
	p.run("RPUSH b 2")
	if reply, _ := p.attempt("BLPOP a b 0", "b"); reply != "*2\r\n$1\r\nb\r\n$1\r\n2\r\n" {
		t.Errorf("replies %q", reply)
	}
}

// TestListReadySignal: the keyspace tells when a list or a sorted set comes to be.
func TestListReadySignal(t *testing.T) {
	p := newPeer(t, 2)
	var ready []string
	p.ks.Hooks.Added = func(_ *store.DB, key string, kind store.Kind) { ready = append(ready, key+" "+kind.String()) }
	for _, line := range []string{
		"RPUSH l a", "RPUSH l b", "LMOVE l m LEFT LEFT", "ZADD z 1 a", "ZUNIONSTORE y 1 z", "ZRANGESTORE x z 0 -1", "SADD s a",
	} {
		p.run(line)
	}
	want := []string{"l list", "m list", "z zset", "y zset", "x zset"}
	if !slices.Equal(ready, want) {
		t.Errorf("ready %q want %q", ready, want)
	}
}
