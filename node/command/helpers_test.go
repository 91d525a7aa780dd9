package command

import (
	"bufio"
	"bytes"
	"testing"

	"redislab/node/resp"
)

func words(argv ...string) [][]byte {
	list := make([][]byte, len(argv))
	for i, a := range argv {
		list[i] = []byte(a)
	}
	return list
}

func nothing(*Ctx) {}

// everything are handlers for all commands that Redis 7.0 has, COMMAND excepted.
func everything() map[string]Handler {
	all := map[string]Handler{}
	for _, s := range Documented() {
		if s.Name == "command" {
			continue
		}
		if len(s.Subs) == 0 {
			all[s.Name] = nothing
		}
		for _, sub := range s.Subs {
			all[sub.FullName()] = nothing
		}
	}
	return all
}

func newTable(t testing.TB, handlers ...map[string]Handler) *Table {
	t.Helper()
	table, err := NewTable(handlers...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// run carries a command out and gives its reply.
func run(t testing.TB, table *Table, proto int, argv ...string) any {
	t.Helper()
	c := &Ctx{Writer: &resp.Writer{Proto: proto}, Argv: words(argv...)}
	spec, outcome := table.Lookup(c.Argv)
	if outcome == Found {
		c.Spec = spec
		spec.Handler(c)
	} else {
		c.Error(outcome.Error(spec, c.Argv))
	}
	r := bufio.NewReader(bytes.NewReader(c.Buf))
	v, err := parseReply(r)
	if err != nil {
		t.Fatalf("%q: reply %q: %v", argv, c.Buf, err)
	}
	if r.Buffered() != 0 {
		t.Fatalf("%q: more than one reply: %q", argv, c.Buf)
	}
	return v
}
