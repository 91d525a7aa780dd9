package command

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// same compares replies; the whole difference is only made when there is one, because it
// takes long.
func same(t *testing.T, what string, redis, ours any) {
	t.Helper()
	if !reflect.DeepEqual(redis, ours) {
		t.Errorf("%s (-redis +ours):\n%s", what, cmp.Diff(redis, ours))
	}
}

// byName takes the members of a list of COMMAND rows apart, sub-commands likewise, because
// Redis sends them in the order of its hash tables.
func byName(rows list) dict {
	var all []any
	for _, r := range rows {
		row, ok := r.(list)
		if !ok || len(row) != 10 {
			all = append(all, r)
			continue
		}
		if subs, ok := row[9].(list); ok {
			row[9] = byName(subs)
		}
		all = append(all, row)
	}
	return dict(sorted(all))
}

// pairsByName does the same for replies that are maps in RESP3 and flat lists in RESP2.
func pairsByName(v any) any {
	flat, ok := v.(list)
	if !ok {
		return v // a map of RESP3 is sorted by the parser
	}
	var all []any
	for i := 0; i+1 < len(flat); i += 2 {
		value := flat[i+1]
		if fields, ok := value.(list); ok {
			for j := 0; j+1 < len(fields); j += 2 {
				if fields[j] == bulk("subcommands") {
					fields[j+1] = pairsByName(fields[j+1])
				}
			}
		}
		all = append(all, list{flat[i], value})
	}
	return dict(sorted(all))
}

func TestCommandEqualsRedis(t *testing.T) {
	p := startPeer(t)
	table := newTable(t, everything())
	for _, proto := range []int{2, 3} {
		if proto == 3 {
			p.one("HELLO", "3")
		}
		for _, argv := range [][]string{{"COMMAND"}, {"COMMAND", "INFO"}} {
			want, got := byName(p.one(argv...).(list)), byName(run(t, table, proto, argv...).(list))
			same(t, fmt.Sprintf("RESP%d %q", proto, argv), want, got)
		}
		want, got := pairsByName(p.one("COMMAND", "DOCS")), pairsByName(run(t, table, proto, "COMMAND", "DOCS"))
		same(t, fmt.Sprintf("RESP%d COMMAND DOCS", proto), want, got)
		wantList, gotList := sorted(p.one("COMMAND", "LIST").(list)), sorted(run(t, table, proto, "COMMAND", "LIST").(list))
		same(t, fmt.Sprintf("RESP%d COMMAND LIST", proto), wantList, gotList)
	}
}

// Each command by its own name, so that order inside the rows (DOCS fields) counts too.
func TestEachCommandEqualsRedis(t *testing.T) {
	p := startPeer(t)
	table := newTable(t, everything())
	for _, full := range fullNames(table, false) {
		for _, kind := range []string{"INFO", "DOCS"} {
			argv := []string{"COMMAND", kind, strings.ToUpper(full)}
			want, got := p.one(argv...), run(t, table, 2, argv...)
			same(t, fmt.Sprintf("%q", argv), want, got)
		}
	}
}

// fullNames are all commands, and sub-commands; containers only if asked for.
func fullNames(table *Table, containers bool) []string {
	var names []string
	for _, s := range table.Specs() {
		if containers || !s.IsContainer() {
			names = append(names, s.FullName())
		}
		for _, sub := range s.Subs {
			names = append(names, sub.FullName())
		}
	}
	return names
}

func TestCommandRepliesEqualRedis(t *testing.T) {
	p := startPeer(t)
	table := newTable(t, everything())
	for _, line := range []string{
		"COMMAND COUNT", "COMMAND HELP", "COMMAND COUNT x", "COMMAND HELP x", "COMMAND nosuch", "COMMAND NoSuch a b",
		"COMMAND INFO nosuch CONFIG|GET config|nosuch get|x get|get|x config| |get GET GET",
		"COMMAND DOCS nosuch CONFIG|GET config|nosuch GET GET", "COMMAND DOCS nosuch",
		"COMMAND LIST x", "COMMAND LIST FILTERBY", "COMMAND LIST FILTERBY PATTERN", "COMMAND LIST FILTERBY PATTERN a b",
		"COMMAND LIST FILTERBY nosuch a", "COMMAND LIST nosuch PATTERN a", "COMMAND LIST filterby module m",
		"COMMAND LIST FILTERBY PATTERN nosuch*", "COMMAND LIST FILTERBY ACLCAT nosuch", "COMMAND LIST FILTERBY ACLCAT @hash",
		"COMMAND GETKEYS", "COMMAND GETKEYS ping", "COMMAND GETKEYS ping x", "COMMAND GETKEYS nosuch x",
		"COMMAND GETKEYS config nosuch", "COMMAND GETKEYS config get x", "COMMAND GETKEYS get a b",
		"COMMAND GETKEYSANDFLAGS object encoding k", "COMMAND GETKEYSANDFLAGS OBJECT HELP x",
	} {
		argv := strings.Fields(line)
		same(t, line, p.one(argv...), run(t, table, 2, argv...))
	}
	filters := []string{"PATTERN *", "PATTERN z*store", "PATTERN CONFIG|*", "PATTERN [ab]?t*", "pattern *|help"}
	for _, category := range categories(table) {
		filters = append(filters, "ACLCAT "+category, "aclcat "+strings.ToUpper(category))
	}
	for _, filter := range filters {
		argv := append([]string{"COMMAND", "LIST", "FILTERBY"}, strings.Fields(filter)...)
		want, got := p.one(argv...).(list), run(t, table, 2, argv...).(list)
		same(t, fmt.Sprintf("%q", argv), sorted(want), sorted(got))
	}
}

func categories(table *Table) []string {
	seen := map[string]bool{}
	var names []string
	for _, s := range table.byID {
		for _, c := range s.ACL {
			if !seen[c] {
				seen[c] = true
				names = append(names, c)
			}
		}
	}
	return names
}

func TestHelpEqualsRedis(t *testing.T) {
	p := startPeer(t)
	table := newTable(t, everything(), nil)
	for _, s := range table.Specs() {
		name := s.Name
		if HelpLines(name) == nil {
			if s.IsContainer() {
				t.Errorf("%s has sub-commands and no help", name)
			}
			continue
		}
		reply := p.one(name, "help")
		if f, ok := reply.(failure); ok { // CLUSTER HELP without cluster mode
			if name != "cluster" {
				t.Errorf("%s HELP: redis says %q", name, f)
			}
			continue
		}
		want := list{}
		for _, l := range HelpLines(name) {
			want = append(want, simple(l))
		}
		same(t, fmt.Sprintf("%s HELP", name), reply, any(want))
	}
}

func TestLookupErrorsEqualRedis(t *testing.T) {
	p := startPeer(t)
	// Handlers that answer nothing are never called: each of these is refused.
	table := newTable(t, everything())
	long := strings.Repeat("x", 100)
	cases := [][]string{
		{"nosuch"}, {"nosuch", "a", "b"}, {"NoSuch", ""}, {"", "a"}, {"a\r\nb", "c\nd"}, {"a\x00b", "c\x00d"},
		{long + long, "a"}, {"f", long, long, long}, {"f", long + long, "b"}, {"f", strings.Repeat("y", 128), "b"},
		{"f", strings.Repeat("y", 124), "b"}, {"f", strings.Repeat("y", 125), "b"}, {"f", strings.Repeat("y", 123), "bcd", "e"},
		{"config|get", "a"}, {"get"}, {"GET", "a", "b"}, {"Config"}, {"config", "get"}, {"CONFIG", "NoSuch"},
		{"CoNfIg", long + long}, {"config", "a\x00b"}, {"config", "a\r\nb"}, {"config", ""}, {"object", "encoding"},
		{"mset", "a"}, {"xgroup", "help", "x"}, {"client", "nosuch", "a"}, {"command", "getkeys"},
		{"zadd", "k"}, {"debug"}, {"memory"}, {"set", "a"}, {"eval", "x"},
	}
	for _, argv := range cases {
		want := p.one(argv...)
		if _, ok := want.(failure); !ok {
			t.Fatalf("%q: not an error in Redis: %v", argv, want)
		}
		same(t, fmt.Sprintf("%q", argv), want, run(t, table, 2, argv...))
	}
}
