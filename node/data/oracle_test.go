package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/resp"
)

// A script is run, command by command, by our handlers and by a real redis-server, once
// in RESP2 and once in RESP3, each time from an empty server. Replies must be equal byte for byte;
// so must the commands propagated to replicas, the keyspace events, in order, and the number of
// changes (rdb_changes_since_last_save).
//
// A step is a command line as for redis-cli ("…" takes \n and \x00 escapes). Words with ">"
// in front change how it is run or compared:
//
//	sort> SMEMBERS s      elements of the reply in any order
//	pairs> HGETALL h      likewise, in pairs (RESP2 maps)
//	any> RANDOMKEY        only the kind of the reply (its first byte)
//	near> PTTL k          integers may differ by 2000
//	nb> BLPOP l 0         blocking command that must not block: the real server gets it in MULTI/EXEC
//	config> name value    CONFIG SET on both sides, undone after the script
//	sleep> 5              let 5 ms pass on both sides
//	unpropagated>         (alone) do not compare propagation and events of this script
//
// SELECT works. Times (integers of 13 digits and more) in propagated commands may differ by 2 s.
type script struct {
	name  string
	steps []string
}

// compare runs the scripts. Without a redis-server on PATH it skips.
func compare(t *testing.T, scripts []script) {
	t.Helper()
	real := startOracle(t)
	for _, s := range scripts {
		for proto := 2; proto <= 3; proto++ {
			t.Run(fmt.Sprintf("%s/resp%d", s.name, proto), func(t *testing.T) {
				comparison{t, real, newPeer(t, proto)}.run(s)
			})
		}
	}
}

type comparison struct {
	t    *testing.T
	real *oracle
	ours *peer
}

func (c comparison) run(s script) {
	c.real.reset(c.t, c.ours.proto)
	undo := map[string]string{}
	streams := true
	for i, step := range s.steps {
		if step == "unpropagated>" {
			streams = false
			continue
		}
		mode, line := "", step
		if before, after, ok := strings.Cut(step, "> "); ok && !strings.ContainsAny(before, " \"'") {
			mode, line = before, after
		}
		argv, ok := resp.SplitArgs([]byte(line))
		if !ok {
			c.t.Fatalf("step %d: not a command line: %s", i, line)
		}
		c.step(i, mode, line, argv, undo)
	}
	for name, value := range undo {
		c.real.must(c.t, "CONFIG", "SET", name, value)
	}
	dirty := c.real.dirty(c.t)
	commands, events := c.real.drain(c.t)
	if !streams {
		return
	}
	if c.ours.dirty != dirty {
		c.t.Errorf("changes: got %d want %d", c.ours.dirty, dirty)
	}
	c.equal("propagated", c.ours.propagated, commands)
	c.equal("events", c.ours.events, events)
	c.checkClasses()
}

func (c comparison) step(i int, mode, line string, argv [][]byte, undo map[string]string) {
	switch mode {
	case "config":
		name, value := string(argv[0]), ""
		if len(argv) > 1 {
			value = string(argv[1])
		}
		if _, seen := undo[name]; !seen {
			undo[name] = c.real.config(c.t, name)
		}
		c.real.must(c.t, "CONFIG", "SET", name, value)
		c.ours.set(name, value)
		return
	case "sleep":
		ms, _ := strconv.Atoi(line)
		c.real.must(c.t, "DEBUG", "SLEEP", fmt.Sprintf("%g", float64(ms)/1000))
		c.ours.ahead += int64(ms)
		return
	}
	want := c.real.do(c.t, argv, mode == "nb")
	got := c.ours.do(argv)
	if c.ours.blocked != nil {
		c.t.Fatalf("step %d: %s: blocked", i, line)
	}
	if rest := len(got) - replyLen(got); rest != 0 {
		c.t.Fatalf("step %d: %s: not exactly one reply: %q", i, line, got)
	}
	if g, w := normal(mode, got), normal(mode, want); g != w && !(mode == "near" && near(g, w)) {
		c.t.Errorf("step %d: %s\n got %q\nwant %q", i, line, g, w)
	}
}

func (c comparison) equal(what string, got, want []string) {
	c.t.Helper()
	at := 0
	for at < min(len(got), len(want)) && sameButTimes(got[at], want[at]) {
		at++
	}
	if at < len(got) || at < len(want) {
		from := max(at-3, 0)
		c.t.Errorf("%s, from number %d on:\n got %q\nwant %q", what, from, got[from:min(at+3, len(got))], want[from:min(at+3, len(want))])
	}
}

// sameButTimes compares two propagated commands word for word; times may differ a little.
func sameButTimes(a, b string) bool {
	x, y := strings.Split(a, "|"), strings.Split(b, "|")
	return slices.EqualFunc(x, y, func(p, q string) bool {
		return p == q || len(p) >= 13 && len(p) == len(q) && near(p, q)
	})
}

func near(a, b string) bool {
	x, err1 := strconv.ParseInt(strings.Trim(a, ":\r\n"), 10, 64)
	y, err2 := strconv.ParseInt(strings.Trim(b, ":\r\n"), 10, 64)
	return err1 == nil && err2 == nil && x-y < 2000 && y-x < 2000
}

// checkClasses looks at what the real server's messages do not tell: the class letter.
func (c comparison) checkClasses() {
	for i, e := range c.ours.events {
		name := strings.Fields(e)[1]
		if want, ok := eventClasses()[name]; ok && !strings.Contains(want, c.ours.classes[i]) {
			c.t.Errorf("event %s has class %q, want one of %q", name, c.ours.classes[i], want)
		}
	}
}

// eventClasses are the classes of events as Redis's page on keyspace notifications lists them.
func eventClasses() map[string]string {
	classes := map[string]string{
		"g": "del expire rename_from rename_to move_from move_to copy_to restore persist",
		"$": "set setrange incrby incrbyfloat append setbit",
		"l": "lpush rpush rpop lpop linsert lset lrem ltrim sortstore",
		"h": "hset hincrby hincrbyfloat hdel",
		"s": "sadd srem spop sinterstore sunionstore sdiffstore",
		"z": "zadd zincr zrem zrembyscore zrembyrank zremrangebylex zdiffstore zinterstore zunionstore zrangestore",
		"x": "expired",
		"e": "evicted",
	}
	out := map[string]string{}
	for class, names := range classes {
		for _, n := range strings.Fields(names) {
			out[n] += class
		}
	}
	return out
}

// normal makes replies comparable under a step's mode.
func normal(mode string, reply []byte) string {
	size := 1
	switch mode {
	case "any":
		return string(reply[:1])
	case "pairs":
		size = 2
	case "sort":
	default:
		return string(reply)
	}
	if strings.IndexByte("*~%>", reply[0]) < 0 {
		return string(reply)
	}
	head, elems := elements(reply)
	if reply[0] == '%' {
		size = 2
	}
	var groups []string
	for i := 0; i+size <= len(elems); i += size {
		groups = append(groups, strings.Join(elems[i:i+size], ""))
	}
	slices.Sort(groups)
	return head + strings.Join(groups, "")
}

// elements splits an aggregate reply into its header line and its elements.
func elements(reply []byte) (head string, elems []string) {
	end := strings.Index(string(reply), "\r\n") + 2
	for rest := reply[end:]; len(rest) > 0; {
		n := replyLen(rest)
		elems = append(elems, string(rest[:n]))
		rest = rest[n:]
	}
	return string(reply[:end]), elems
}

// replyLen is the length of the first reply in b, -1 when b does not hold all of it.
func replyLen(b []byte) int {
	end := strings.Index(string(b[:min(len(b), 4096)]), "\r\n") + 2
	if end < 2 {
		return -1
	}
	n, err := strconv.Atoi(string(b[1 : end-2]))
	count := 0
	switch b[0] {
	case '$', '=':
		if err != nil || n < 0 {
			return end
		}
		if len(b) < end+n+2 {
			return -1
		}
		return end + n + 2
	case '*', '~', '>':
		count = n
	case '%', '|':
		count = 2 * n
	}
	for range count {
		n := replyLen(b[end:])
		if n < 0 {
			return -1
		}
		end += n
	}
	return end
}

const patience = 20 * time.Second
