package data

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/command"
	"redislab/node/resp"
	"redislab/node/store"
)

// A peer runs commands in this process the way the node does, without sockets: it finds
// the handler, gives it a Ctx, and keeps what would be propagated and published.
type peer struct {
	t     *testing.T
	ks    *store.Keyspace
	db    *store.DB
	table *command.Table
	proto int
	ahead int64 // milliseconds the clock was moved by "sleep>"
	now   func() int64

	conf       map[string]string
	fromMaster bool

	propagated []string // "db|word|word…", see stream
	events     []string // "db event key"
	classes    []string // the class of each event, one letter each
	dirty      int
	dels       []string // keys deleted because their time had come, in the running command
	blocked    *command.Block
}

func newPeer(t *testing.T, proto int) *peer {
	t.Helper()
	table, err := command.NewTable(Handlers())
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, proto: proto, table: table, conf: map[string]string{"proto-max-bulk-len": "536870912"}}
	p.now = func() int64 { return time.Now().UnixMilli() }
	p.ks = store.NewKeyspace(16, rand.New(rand.NewPCG(1, 2)))
	p.ks.Policy = store.Policy{LFULogFactor: 10, LFUDecayTime: 1}
	p.ks.Hooks.Expired = func(db *store.DB, key string) {
		p.Notify('x', "expired", db.ID, key)
		p.dels = append(p.dels, stream(db.ID, []byte("DEL"), []byte(key)))
	}
	p.db = p.ks.DB(0)
	return p
}

// run carries out a command line and gives the reply as the client would get it.
func (p *peer) run(line string) string {
	p.t.Helper()
	argv, ok := resp.SplitArgs([]byte(line))
	if !ok || len(argv) == 0 {
		p.t.Fatalf("not a command line: %q", line)
	}
	return string(p.do(argv))
}

func (p *peer) do(argv [][]byte) []byte {
	name := strings.ToLower(string(argv[0]))
	if name == "select" {
		n, _ := strconv.Atoi(string(argv[1]))
		p.db = p.ks.DB(n)
		return []byte("+OK\r\n")
	}
	spec, outcome := p.table.Lookup(argv)
	if outcome == command.NoCommand {
		p.t.Fatalf("no handler for %q", name)
	}
	c := &command.Ctx{
		Writer: &resp.Writer{Proto: p.proto}, Spec: spec,
		Argv: argv, DB: p.db, Keys: p.ks, Server: p, Now: p.now() + p.ahead,
	}
	p.ks.Now, p.blocked, p.dels = c.Now, nil, nil
	if outcome != command.Found {
		c.Error(outcome.Error(spec, argv))
		return c.Buf
	}
	spec.Handler(c)
	p.ks.Settle()
	p.blocked = c.Blocked
	p.dirty += c.Dirty
	p.keep(c, argv)
	return c.Buf
}

func (p *peer) keep(c *command.Ctx, argv [][]byte) {
	p.propagated = append(p.propagated, p.dels...)
	if c.NoPropagate {
		return
	}
	for _, r := range c.Replaced {
		p.propagated = append(p.propagated, stream(p.db.ID, r...))
	}
	if len(c.Replaced) == 0 && c.Dirty > 0 {
		p.propagated = append(p.propagated, stream(p.db.ID, argv...))
	}
}

func stream(db int, argv ...[]byte) string {
	return strconv.Itoa(db) + "|" + string(bytes.Join(argv, []byte("|")))
}

func (p *peer) Notify(class byte, event string, db int, key string) {
	if class == 'm' || class == 'n' {
		return // not part of "KEA"
	}
	p.events = append(p.events, fmt.Sprintf("%d %s %s", db, event, key))
	p.classes = append(p.classes, string(class))
}

func (p *peer) FromMaster(*command.Ctx) bool { return p.fromMaster }

func (p *peer) ConfigBool(name string) bool { return p.conf[name] == "yes" }

func (p *peer) ConfigInt(name string) int64 {
	n, _ := strconv.ParseInt(p.conf[name], 10, 64)
	return n
}

func (p *peer) ConfigString(name string) string { return p.conf[name] }

// set changes a directive, as CONFIG SET does in the node.
func (p *peer) set(name, value string) {
	p.conf[name] = value
	n, _ := strconv.Atoi(value)
	switch strings.ReplaceAll(name, "ziplist", "listpack") {
	case "hash-max-listpack-entries":
		p.ks.Limits.HashEntries = n
	case "hash-max-listpack-value":
		p.ks.Limits.HashValue = n
	case "zset-max-listpack-entries":
		p.ks.Limits.ZSetEntries = n
	case "zset-max-listpack-value":
		p.ks.Limits.ZSetValue = n
	case "set-max-intset-entries":
		p.ks.Limits.SetIntEntries = n
	case "list-max-listpack-size":
		p.ks.Limits.ListSize = n
	case "maxmemory-policy":
		p.ks.Policy.LFU = strings.HasSuffix(value, "lfu")
	}
}
