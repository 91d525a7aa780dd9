package command

import (
	"strings"
	"testing"
)

func TestNewTableRefuses(t *testing.T) {
	one := map[string]Handler{"get": nothing}
	for _, test := range []struct {
		name     string
		handlers []map[string]Handler
		want     string
	}{
		{"unknown", []map[string]Handler{{"get": nothing, "nosuch": nothing, "config|nosuch": nothing}}, "config|nosuch, nosuch"},
		{"upper case", []map[string]Handler{{"GET": nothing}}, "GET"},
		{"sub-command of a plain command", []map[string]Handler{{"get|x": nothing}}, "get|x"},
		{"twice", []map[string]Handler{one, one}, `two handlers for "get"`},
		{"the table's own", []map[string]Handler{{"command|count": nothing}}, `two handlers for "command|count"`},
		{"nil", []map[string]Handler{{"get": nil}}, `"get" is nil`},
	} {
		_, err := NewTable(test.handlers...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
}

func TestOnlyServedCommandsAreKnown(t *testing.T) {
	table := newTable(t, map[string]Handler{"get": nothing, "config|get": nothing, "client|setinfo": nothing, "client|id": nothing})
	for _, test := range []struct {
		line string
		want Outcome
		name string
	}{
		{"get k", Found, "get"},
		{"GeT k", Found, "get"},
		{"get", BadArity, "get"},
		{"set k v", NoCommand, ""},
		{"config get x", Found, "config|get"},
		{"CONFIG GET x", Found, "config|get"},
		{"config set x y", NoSubcommand, "config"},
		{"config", BadArity, "config"},
		{"config get", BadArity, "config|get"},
		{"client setinfo lib-name x", Found, "client|setinfo"},
		{"client setinfo", BadArity, "client|setinfo"},
		{"command", Found, "command"},
		{"command count", Found, "command|count"},
		{"xadd s * a b", NoCommand, ""},
	} {
		spec, outcome := table.Lookup(words(strings.Fields(test.line)...))
		name := ""
		if spec != nil {
			name = spec.FullName()
		}
		if outcome != test.want || name != test.name {
			t.Errorf("%s: outcome %d of %q, want %d of %q", test.line, outcome, name, test.want, test.name)
		}
	}
	if got := run(t, table, 2, "command", "count"); got != 4 { // client, command, config, get
		t.Errorf("COMMAND COUNT is %v, want 4", got)
	}
	same(t, "an extra is hidden", any(list{null("$-1\r\n")}), run(t, table, 2, "command", "info", "client|setinfo"))
	same(t, "the served sub-commands", any(list{bulk("client"), bulk("client|id")}),
		run(t, table, 2, "command", "list", "filterby", "pattern", "client*"))
}

func TestTablesStayApart(t *testing.T) {
	a := newTable(t, map[string]Handler{"get": nothing, "config|get": nothing})
	b := newTable(t, map[string]Handler{"set": nothing, "config|set": nothing})
	if a.Find("set") != nil || a.Find("config|set") != nil || b.Find("get") != nil || b.Find("config|get") != nil {
		t.Error("a table knows the other's commands")
	}
	for _, s := range Documented() {
		if s.Handler != nil {
			t.Errorf("%s: a handler got into the generated table", s.Name)
		}
	}
}

func TestIDs(t *testing.T) {
	table := newTable(t, everything(), map[string]Handler{"client|setinfo": nothing})
	seen := map[string]bool{}
	for id := range table.Len() {
		s := table.ByID(id)
		if s.ID != id || seen[s.FullName()] {
			t.Errorf("id %d: %s with ID %d", id, s.FullName(), s.ID)
		}
		seen[s.FullName()] = true
	}
	if !seen["client|setinfo"] || !seen["config|get"] || !seen["config"] || !seen["get"] {
		t.Errorf("IDs are missing: %v", seen)
	}
}

func TestRename(t *testing.T) {
	table := newTable(t, map[string]Handler{"get": nothing, "set": nothing, "config|get": nothing})
	for _, step := range []struct{ from, to, wrong string }{
		{"CONFIG", "Secret", ""},
		{"config", "other", "No such command"},
		{"get", "set", "already exists"},
		{"set", "", ""},
	} {
		err := table.Rename(step.from, step.to)
		if (err == nil) != (step.wrong == "") || err != nil && !strings.Contains(err.Error(), step.wrong) {
			t.Fatalf("rename %s to %q: %v", step.from, step.to, err)
		}
	}
	for line, want := range map[string]Outcome{"config get x": NoCommand, "SECRET get x": Found, "set k v": NoCommand, "get k": Found} {
		if _, got := table.Lookup(words(strings.Fields(line)...)); got != want {
			t.Errorf("%s: outcome %d, want %d", line, got, want)
		}
	}
	if got := run(t, table, 2, "command", "count"); got != 3 { // command, config, get
		t.Errorf("COMMAND COUNT is %v, want 3", got)
	}
	if got := table.Find("secret|get").FullName(); got != "config|get" {
		t.Errorf("the renamed command calls itself %s", got)
	}
}

// Every name is found in any case, and no name one byte off.
func TestLookupOfEveryName(t *testing.T) {
	table := newTable(t, everything())
	for _, s := range table.Specs() {
		for _, name := range []string{s.Name, strings.ToUpper(s.Name), strings.ToUpper(s.Name[:1]) + s.Name[1:]} {
			if got := table.Find(name); got != s {
				t.Errorf("%s finds %v", name, got)
			}
		}
		for i := range s.Name {
			for _, bit := range []byte{0x20, 0x40, 0x80, 1} {
				b := []byte(s.Name)
				b[i] ^= bit
				if got := table.Find(string(b)); got != nil && !strings.EqualFold(got.Name, string(b)) {
					t.Errorf("%q finds %s", b, got.Name)
				}
			}
		}
	}
}

func TestLookupMakesNoGarbage(t *testing.T) {
	table := newTable(t, everything())
	argv, sub := words("GET", "k"), words("CONFIG", "GET", "x")
	keys := make([]KeyRef, 0, 8)
	if n := testing.AllocsPerRun(100, func() {
		spec, _ := table.Lookup(argv)
		table.Lookup(sub)
		keys, _ = spec.AppendKeys(keys[:0], argv)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLookup(b *testing.B) {
	table := newTable(b, everything())
	for _, line := range []string{"GET k", "set k v", "zrangebyscore k 1 2", "georadiusbymember_ro k m 1 m", "CONFIG GET x"} {
		argv := words(strings.Fields(line)...)
		b.Run(strings.Fields(line)[0], func(b *testing.B) {
			for b.Loop() {
				if _, outcome := table.Lookup(argv); outcome != Found {
					b.Fatal(outcome)
				}
			}
		})
	}
}

func BenchmarkNewTable(b *testing.B) {
	handlers := everything()
	b.ReportAllocs()
	for b.Loop() {
		newTable(b, handlers)
	}
}
