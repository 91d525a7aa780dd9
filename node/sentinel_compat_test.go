package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"redislab/node/freeport"
)

// sentinelPair are one of our sentinels and a real one that watch the same master and each other: what they say of the
// world must be the same.
type sentinelPair struct {
	ws      []watcher
	clients []*redis.Client
	swap    *strings.Replacer // turns what is of either into words
}

func newSentinelPair(t *testing.T, proto int) *sentinelPair {
	t.Helper()
	master := redisPeer(t, t.TempDir())
	replica := redisPeer(t, t.TempDir())
	replicaOf(t, testClient(t, replica), master)
	inSync(t, testClient(t, master), testClient(t, replica))
	p := &sentinelPair{}
	var words []string
	for _, kind := range "or" {
		port := freeport.For(t)
		w := watcher{file: sentinelFile(t, port, master, 2), addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
		if kind == 'o' {
			ourSentinel(t, w.file)
		} else {
			realSentinel(t, w.file, w.addr)
		}
		w.c = redis.NewSentinelClient(&redis.Options{Addr: w.addr, MaxRetries: -1, ReadTimeout: patience})
		t.Cleanup(func() { w.c.Close() })
		c := redis.NewClient(&redis.Options{Addr: w.addr, MaxRetries: -1, ReadTimeout: patience, Protocol: proto, DisableIdentity: true})
		t.Cleanup(func() { c.Close() })
		id, err := c.Do(context.Background(), "SENTINEL", "MYID").Text()
		if err != nil || len(id) != 40 {
			t.Fatalf("MYID %q, %v", id, err)
		}
		words = append(words, id, "<id>", strconv.Itoa(port), "<port>")
		p.ws, p.clients = append(p.ws, w), append(p.clients, c)
	}
	p.swap = strings.NewReplacer(words...)
	for _, w := range p.ws {
		await(t, "the sentinels find each other", func() error { return w.ready(2, 1) })
	}
	return p
}

// volatile are fields of instances that depend on the moment, and the hello's time.
var volatile = []string{"last-ping-sent", "last-ok-ping-reply", "last-ping-reply", "info-refresh", "role-reported-time",
	"last-hello-message", "slave-repl-offset", "link-pending-commands", "s-down-time", "o-down-time", "run-delay", "run-time", "pid"}

// shown is a reply as text, without what changes all the time.
func (p *sentinelPair) shown(v any, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return p.swap.Replace(fmt.Sprintf("%#v", steady(v)))
}

func steady(v any) any {
	switch v := v.(type) {
	case []any:
		out := slices.Clone(v)
		for i := range out {
			if _, age := out[i].(int64); age && i == 0 && len(out) == 2 {
				out[i] = "age" // in INFO-CACHE
				continue
			}
			if i > 0 && slices.Contains(volatile, fmt.Sprint(out[i-1])) {
				name := "volatile"
				if _, err := strconv.Atoi(fmt.Sprint(out[i])); err != nil {
					name = fmt.Sprintf("not a number: %v", out[i])
				}
				out[i] = name
				continue
			}
			out[i] = steady(out[i])
		}
		return out
	case map[any]any:
		out := map[any]any{}
		for k, e := range v {
			if slices.Contains(volatile, fmt.Sprint(k)) {
				e = "volatile"
			}
			out[k] = steady(e)
		}
		return out
	case string:
		return cachedInfo.ReplaceAllString(v, "INFO $1")
	}
	return v
}

// cachedInfo is the text of an INFO in INFO-CACHE.
var cachedInfo = regexp.MustCompile(`(?s)^# Server\r\n.*\r\nrole:(\w+)\r\n.*`)

func (p *sentinelPair) compare(t *testing.T, line string) {
	t.Helper()
	args := []any{}
	for _, w := range strings.Fields(line) {
		args = append(args, strings.ReplaceAll(w, "''", ""))
	}
	var got [2]string
	for i, c := range p.clients {
		v, err := c.Do(context.Background(), args...).Result()
		if word := args[0].(string); word == "COMMAND" || word == "ROLE" {
			v = sorted(v) // the order is that of a hash table
		}
		got[i] = p.shown(v, err)
	}
	if got[0] != got[1] {
		from := 0
		for from < min(len(got[0]), len(got[1])) && got[0][from] == got[1][from] {
			from++
		}
		from = max(0, from-200)
		t.Errorf("%s\n ours: %.800s\n real: %.800s", line, got[0][from:], got[1][from:])
	}
}

// sorted brings the members of all lists into one order.
func sorted(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = sorted(v[i])
		}
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return out
	case map[any]any:
		out := map[any]any{}
		for k, e := range v {
			out[k] = sorted(e)
		}
		return out
	}
	return v
}

// sentinelReads only ask.
const sentinelReads = `PING
PING x
ROLE
GET a
GET
SET a b
CONFIG GET port
QUIT
RESET
SELECT 1
MULTI
EVAL x 0
SLAVEOF a b
HELLO 4
AUTH x
PUBLISH foo bar
PUBLISH __sentinel__:hello nonsense
PUBLISH a
SHUTDOWN foo
SENTINEL
SENTINEL foo
SENTINEL MASTERS
SENTINEL MASTERS x
SENTINEL MASTER mymaster
SENTINEL master nobody
SENTINEL MASTER
SENTINEL REPLICAS mymaster
SENTINEL SLAVES mymaster
SENTINEL REPLICAS nobody
SENTINEL SENTINELS mymaster
SENTINEL SENTINELS nobody
SENTINEL GET-MASTER-ADDR-BY-NAME mymaster
SENTINEL GET-MASTER-ADDR-BY-NAME nobody
SENTINEL CKQUORUM mymaster
SENTINEL CKQUORUM nobody
SENTINEL CKQUORUM
SENTINEL CONFIG GET *
SENTINEL CONFIG GET resolve-hostnames
SENTINEL CONFIG GET nothing
SENTINEL CONFIG GET
SENTINEL CONFIG
SENTINEL CONFIG FOO bar
SENTINEL INFO-CACHE mymaster
SENTINEL INFO-CACHE nobody
SENTINEL INFO-CACHE
SENTINEL MYID
SENTINEL PENDING-SCRIPTS
SENTINEL HELP
SENTINEL DEBUG
SENTINEL DEBUG foo
SENTINEL DEBUG foo bar
SENTINEL DEBUG info-period x
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR nohost 1 0 *
SENTINEL IS-MASTER-DOWN-BY-ADDR
SENTINEL FLUSHCONFIG
SENTINEL FAILOVER nobody
SENTINEL SIMULATE-FAILURE help
SENTINEL SIMULATE-FAILURE foo
SENTINEL RESET nothing*
SENTINEL REMOVE nobody
COMMAND INFO sentinel ping publish
COMMAND DOCS sentinel
COMMAND GETKEYS GET a
CLIENT GETNAME
CLIENT FOO`

// sentinelWrites change something, the same on both.
const sentinelWrites = `SENTINEL MONITOR other 127.0.0.1 1 2
SENTINEL MONITOR other 127.0.0.1 1 2
SENTINEL MONITOR more 127.0.0.1 2 0
SENTINEL MONITOR more 127.0.0.1 x 1
SENTINEL MONITOR more 127.0.0.1 70000 1
SENTINEL MONITOR more nohost 2 1
SENTINEL MONITOR more 127.0.0.1 2 x
SENTINEL MONITOR more
SENTINEL GET-MASTER-ADDR-BY-NAME other
SENTINEL SET other
SENTINEL SET other down-after-milliseconds
SENTINEL SET other down-after-milliseconds 0
SENTINEL SET other down-after-milliseconds 60000 quorum 3 parallel-syncs 2
SENTINEL SET other failover-timeout 5000
SENTINEL SET other quorum 0
SENTINEL SET other foo bar
SENTINEL SET other quorum 2 foo bar
SENTINEL SET other auth-pass secret
SENTINEL SET other auth-user me
SENTINEL SET other notification-script /bin/true
SENTINEL SET other rename-command CONFIG guessed
SENTINEL SET other rename-command CONFIG
SENTINEL SET other master-reboot-down-after-period 100
SENTINEL SET other master-reboot-down-after-period -1
SENTINEL SET nobody quorum 1
SENTINEL CKQUORUM other
SENTINEL CONFIG SET resolve-hostnames yes
SENTINEL CONFIG SET resolve-hostnames maybe
SENTINEL CONFIG SET announce-hostnames yes
SENTINEL CONFIG SET announce-hostnames no
SENTINEL CONFIG SET foo bar
SENTINEL CONFIG SET announce-port x
SENTINEL CONFIG SET announce-port
SENTINEL CONFIG GET *
SENTINEL DEBUG ask-period 900 script-retry-delay 1000
SENTINEL DEBUG
SENTINEL RESET other
SENTINEL MONITOR third 127.0.0.1 3 1
SENTINEL REMOVE third
SENTINEL REMOVE third
SENTINEL MASTER third
ROLE`

// TestSentinelAnswersLikeRedis compares replies, in both protocols, then what is written to the files.
func TestSentinelAnswersLikeRedis(t *testing.T) {
	t.Parallel()
	for _, proto := range []int{2, 3} {
		t.Run(fmt.Sprintf("RESP%d", proto), func(t *testing.T) {
			t.Parallel()
			p := newSentinelPair(t, proto)
			for line := range strings.SplitSeq(sentinelReads, "\n") {
				p.compare(t, line)
			}
			for line := range strings.SplitSeq(sentinelWrites, "\n") {
				p.compare(t, line)
			}
			p.compareInfo(t)
			p.compareInfoType(t)
			p.compareFiles(t)
			p.compareWithoutFiles(t)
		})
	}
}

// compareWithoutFiles takes the files away: what cannot be saved is done and told.
func (p *sentinelPair) compareWithoutFiles(t *testing.T) {
	t.Helper()
	for _, w := range p.ws {
		if err := os.RemoveAll(filepath.Dir(w.file)); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"SENTINEL FLUSHCONFIG", "SENTINEL SET other quorum 1", "SENTINEL MONITOR last 127.0.0.1 9 1",
		"SENTINEL GET-MASTER-ADDR-BY-NAME last", "SENTINEL CONFIG SET resolve-hostnames no", "SENTINEL REMOVE last",
		"SENTINEL REMOVE last", "SENTINEL MASTER other"} {
		p.compare(t, line)
	}
}

// compareInfo wants the same sections and names, and the same section Sentinel.
func (p *sentinelPair) compareInfo(t *testing.T) {
	t.Helper()
	for _, words := range []string{"", "sentinel", "everything", "all", "default", "commandstats", "memory", "server clients"} {
		args := []any{"INFO"}
		for _, w := range strings.Fields(words) {
			args = append(args, w)
		}
		var got [2]string
		for i, c := range p.clients {
			var masters []string
			text, err := c.Do(context.Background(), args...).Text()
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(text, "\r\n") {
				name, value, _ := strings.Cut(line, ":")
				switch {
				case strings.HasPrefix(name, "master"):
					masters = append(masters, p.swap.Replace(value)) // in any order
					name = "master"
				case strings.HasPrefix(name, "sentinel_"), name == "redis_mode":
					name += ":" + value
				}
				got[i] += name + "\n"
			}
			slices.Sort(masters)
			got[i] += strings.Join(masters, "\n")
		}
		if got[0] != got[1] {
			t.Errorf("INFO %s\nours: %s\nreal: %s", words, got[0], got[1])
		}
	}
}

// compareInfoType wants the reply to be of the same type: in a sentinel it is an ordinary string in RESP3 too.
func (p *sentinelPair) compareInfoType(t *testing.T) {
	t.Helper()
	var got [2]byte
	for i, w := range p.ws {
		c := dialCompat(t, w.addr)
		c.step(t, "HELLO 3", nil)
		if _, err := c.Write(appendCommand(nil, "INFO", "sentinel")); err != nil {
			t.Fatal(err)
		}
		r, err := readReply(c.r)
		if err != nil {
			t.Fatal(err)
		}
		got[i] = r.kind
	}
	if got[0] != got[1] {
		t.Errorf("INFO in RESP3: ours %q, real %q", got[0], got[1])
	}
}

// compareFiles wants the same lines in the files, whatever their order.
func (p *sentinelPair) compareFiles(t *testing.T) {
	t.Helper()
	await(t, "the files are the same", func() error {
		var got [2][]string
		for i, w := range p.ws {
			text, err := os.ReadFile(w.file)
			if err != nil {
				return err
			}
			for line := range strings.SplitSeq(string(text), "\n") {
				if !strings.HasPrefix(line, "dir ") {
					got[i] = append(got[i], p.swap.Replace(line))
				}
			}
			slices.Sort(got[i])
		}
		if !slices.Equal(got[0], got[1]) {
			return fmt.Errorf("the files differ:\nours: %s\nreal: %s", strings.Join(got[0], "\n"), strings.Join(got[1], "\n"))
		}
		return nil
	})
}
