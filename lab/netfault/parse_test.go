package netfault

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRuleAndString(t *testing.T) {
	for _, text := range []string{
		"cut m r",
		"cut-one-way m r replication",
		"cut m * bus",
		"cut m client",
		"delay m r 200ms",
		"delay-one-way m client-east 1.5s client",
		"drop m r 0.25",
		"drop-one-way m r 1 sentinel",
	} {
		r, err := ParseRule(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := r.String(); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]Command{
		"cut m r":             {Verb: DoRule, Rule: Rule{Kind: Cut, From: "m", To: "r"}},
		"  isolate   m  ":     {Verb: DoIsolate, Rule: Rule{Kind: Cut, From: "m", To: "*"}},
		"isolate m bus":       {Verb: DoIsolate, Rule: Rule{Kind: Cut, From: "m", To: "*", Class: Bus}},
		"partition a,b c d,e": {Verb: DoPartition, Groups: [][]string{{"a", "b"}, {"c"}, {"d", "e"}}},
		"heal":                {Verb: DoHeal},
		"heal a b":            {Verb: DoHeal, Link: []string{"a", "b"}},
	} {
		got, err := ParseCommand(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseErrorsSayWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "write cut, delay",
		"break m r":         "use cut, delay or drop",
		"cut m":             "two ends",
		"cut m m":           "named twice",
		"cut m r fast":      "unknown class",
		"cut m r bus bus":   "two ends",
		"delay m r":         "duration",
		"delay m r fast":    "duration like 200ms",
		"delay m r -1s":     "more than 0",
		"delay m r 2h":      "at most 1h",
		"drop m r 2":        "at most 1",
		"drop m r NaN":      "at most 1",
		"drop m r often":    "probability like 0.1",
		"isolate":           "takes a node",
		"partition a":       "two groups",
		"partition a,b b":   "named twice",
		"partition a,,b c":  "no name",
		"heal m":            "two ends, or nothing",
		"cut-other-way m r": "unknown fault",
	} {
		if _, err := ParseCommand(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}

func TestTouches(t *testing.T) {
	for _, c := range []struct {
		rule, from, to string
		class          Class
		want           bool
	}{
		{"cut a b", "a", "b", Replication, true},
		{"cut a b", "b", "a", Client, true},
		{"cut a b", "a", "c", Replication, false},
		{"cut-one-way a b", "a", "b", Replication, true},
		{"cut-one-way a b", "b", "a", Replication, false},
		{"cut a b bus", "a", "b", Replication, false},
		{"cut a *", "c", "a", Replication, true},
		{"cut a *", "client", "a", Client, false},
		{"cut a client", "a", "client-east", Client, true},
		{"cut a client-east", "a", "client", Client, false},
		{"cut * *", "x", "y", Bus, true},
	} {
		r, err := ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Touches(c.from, c.to, c.class); got != c.want {
			t.Errorf("%q on %s→%s %s: %t", c.rule, c.from, c.to, c.class, got)
		}
	}
}

func TestApplyReplacesAndHealLinkPicks(t *testing.T) {
	f := New(nil, 1)
	apply(t, f, "delay a b 1s", "delay b a 2s", "cut a c", "cut-one-way a b", "delay a b 3s bus")
	var got []string
	for _, r := range f.Rules() {
		got = append(got, r.String())
	}
	want := []string{"delay b a 2s", "cut a c", "cut-one-way a b", "delay a b 3s bus"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.HealLink("b", "a")
	if rules := f.Rules(); len(rules) != 1 || rules[0].String() != "cut a c" {
		t.Errorf("after healing a b: %v", rules)
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{
		"cut a b", "cut-one-way a b bus", "delay a b 200ms", "drop a b 0.1 client", "isolate a", "partition a,b c", "heal", "heal a b",
		"delay a b 1e3s", "drop a b 0x1p-2", "cut \xff b", "cut * *", "-one-way a b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCommand(text)
		if err != nil || c.Verb != DoRule {
			return
		}
		if err := c.Rule.Validate(); err != nil {
			t.Fatalf("%q was accepted: %v", text, err)
		}
		again, err := ParseRule(c.Rule.String())
		if err != nil || again != c.Rule {
			t.Fatalf("%q: %q is read as %+v, %v", text, c.Rule, again, err)
		}
	})
}
