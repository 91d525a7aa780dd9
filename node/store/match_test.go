package store

import (
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	rows := []struct {
		pattern, text string
		fold, want    bool
	}{
		{"", "", false, true}, {"", "a", false, false}, {"a", "", false, false},
		{"*", "abc", false, true}, {"*", "", false, false}, {"a*", "a", false, true}, {"*a", "bca", false, true},
		{"a*c", "abbc", false, true}, {"a*c", "abbd", false, false}, {"**a**", "xxaxx", false, true}, {"a**", "a", false, true},
		{"?", "a", false, true}, {"?", "", false, false}, {"a?c", "abc", false, true}, {"a?", "a", false, false},
		{"[abc]", "b", false, true}, {"[abc]", "d", false, false}, {"[^abc]", "d", false, true}, {"[^abc]", "a", false, false},
		{"[a-c]x", "bx", false, true}, {"[c-a]x", "bx", false, true}, {"[a-c]", "d", false, false}, {"[a-]", "-", false, false},
		{"[abc", "b", false, true}, {"[", "a", false, false}, {"[^", "a", false, true}, {"[]a]", "]a]", false, false}, {"[\\]]", "]", false, true},
		{"\\*", "*", false, true}, {"\\*", "a", false, false}, {"a\\", "a\\", false, true}, {"\\a", "a", false, true},
		{"ABC", "abc", false, false}, {"ABC", "abc", true, true}, {"[A-C]", "b", true, true}, {"[\\A]", "a", true, false}, {"a[Bx]c", "AbC", true, true},
		{"h?llo[0-9]*", "hello5 world", false, true}, {"a*b*c*d", "axxbxxcxxe", false, false}, {"*.*.*", "a.b.c", false, true},
		{"a", "ab", false, false}, {"ab", "a", false, false}, {"a[", "ab", false, false},
	}
	for _, r := range rows {
		if got := Match(r.pattern, r.text, r.fold); got != r.want {
			t.Errorf("Match(%q, %q, %v) = %v", r.pattern, r.text, r.fold, got)
		}
	}
}

// TestMatchManyStars: a pattern made to explode must not.
func TestMatchManyStars(t *testing.T) {
	pattern, text := strings.Repeat("a*", 50)+"b", strings.Repeat("a", 3000)
	done := make(chan bool, 1)
	go func() { done <- Match(pattern, text, false) }()
	select {
	case got := <-done:
		if got {
			t.Fatal("matched")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("takes for ever")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("[a-c]*?\\x", "abc")
	f.Add("[^", "x")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 100 || len(text) > 1000 {
			return
		}
		Match(pattern, text, true)
		if !strings.ContainsAny(pattern, "*?[\\") && Match(pattern, text, false) != (pattern == text) {
			t.Fatalf("Match(%q, %q)", pattern, text)
		}
	})
}
