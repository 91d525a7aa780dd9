package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitArgs(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
		ok   bool
	}{
		{"", nil, true},
		{"  \t ", nil, true},
		{"port 7000", []string{"port", "7000"}, true},
		{` a "b c"  'd e' ""`, []string{"a", "b c", "d e", ""}, true},
		{`"\x41\n\r\t\b\a\"\\\q\xZZ"`, []string{"A\n\r\t\b\a\"\\qxZZ"}, true},
		{`'it\'s \n'`, []string{`it's \n`}, true},
		{`ab"c d"`, []string{"abc d"}, true},
		{`"a"b`, nil, false},
		{`"a`, nil, false},
		{`'a`, nil, false},
		{`"a\`, nil, false},
		{`"a\"`, nil, false},
		{"a\vb c", []string{"a\vb", "c"}, true},
		{"a b\x00c", []string{"a", "b"}, true},
	} {
		got, ok := splitArgs(c.line)
		if ok != c.ok || !cmp.Equal(got, c.want) {
			t.Errorf("splitArgs(%q) = %q, %v; want %q, %v", c.line, got, ok, c.want, c.ok)
		}
	}
}

func TestQuoteIsReadBack(t *testing.T) {
	var all strings.Builder
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	for _, s := range []string{"", "plain", `"`, `\`, all.String()} {
		got, ok := splitArgs(quote(s))
		if !ok || len(got) != 1 || got[0] != s {
			t.Errorf("quote(%q) = %s is read as %q, %v", s, quote(s), got, ok)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"*", "abc", true}, {"a*c", "abbc", true}, {"a*c", "abb", false}, {"A?C", "abc", true},
		{"?", "", false}, {"[a-c]x", "bx", true}, {"[c-a]x", "bx", true}, {"[^a-c]x", "bx", false}, {"[^a]", "b", true},
		{`\*`, "*", true}, {`\*`, "a", false}, {"*a*b*", "xxaxxbxx", true}, {"*a*b*", "xxbxxaxx", false}, {"abc", "ab", false},
		{"ab", "abc", false}, {"[ab", "a", true}, {"**", "x", true}, {"a**", "a", true},
		{strings.Repeat("*a", 2000) + "b", strings.Repeat("a", 2000), false}, // must not take for ever
	} {
		if got := match(c.pattern, c.s); got != c.want {
			t.Errorf("match(%.40q, %.40q) = %v", c.pattern, c.s, got)
		}
	}
}

func TestMemory(t *testing.T) {
	for _, c := range []struct {
		s    string
		want int64
		ok   bool
	}{
		{"0", 0, true}, {"1", 1, true}, {"1b", 1, true}, {"1k", 1000, true}, {"1KB", 1024, true}, {"2m", 2e6, true},
		{"2Mb", 2 << 20, true}, {"3g", 3e9, true}, {"3gB", 3 << 30, true}, {"1tb", 0, false}, {"-1", 0, false}, {"1.5g", 0, false},
		{"18446744073709551615", -1, true}, {"99999999999999999999", -1, true},
	} {
		if got, ok := parseMemory(c.s); got != c.want || ok != c.ok {
			t.Errorf("parseMemory(%q) = %d, %v; want %d, %v", c.s, got, ok, c.want, c.ok)
		}
	}
	for n, want := range map[uint64]string{1<<64 - 1: "18446744073709551615", 0: "0", 1000: "1000", 1024: "1kb", 3 << 20: "3mb", 5 << 30: "5gb", 1<<20 + 1: "1048577"} {
		if got := shortMemory(n); got != want {
			t.Errorf("shortMemory(%d) = %s, want %s", n, got, want)
		}
	}
}
