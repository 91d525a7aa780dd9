package store

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type scored struct {
	member string
	score  float64
}

func compareScored(a, b scored) int {
	return cmp.Or(cmp.Compare(a.score, b.score), strings.Compare(a.member, b.member))
}

// checkZSet compares order both ways, ranks, scores and the running figures.
func checkZSet(t *testing.T, z *ZSet, model map[string]float64) []scored {
	t.Helper()
	var want, got []scored
	bytes := 0
	for m, s := range model {
		want = append(want, scored{m, s})
		bytes += zsetNode + len(m)
	}
	slices.SortFunc(want, compareScored)
	for m, s := range z.All() {
		got = append(got, scored{string(m), s})
	}
	if !slices.Equal(got, want) || z.Len() != len(want) {
		t.Fatalf("zset holds %v (len %d), want %v", got, z.Len(), want)
	}
	var back []scored
	for c := z.At(z.Len() - 1); c.Valid(); c.Prev() {
		back = append(back, scored{string(c.Member()), c.Score()})
	}
	slices.Reverse(back)
	if !slices.Equal(back, want) {
		t.Fatalf("backward %v, want %v", back, want)
	}
	for i, e := range want {
		if rank, ok := z.Rank([]byte(e.member)); !ok || rank != i {
			t.Fatalf("Rank(%q) = %d, want %d", e.member, rank, i)
		}
		if s, ok := z.Score([]byte(e.member)); !ok || s != e.score {
			t.Fatalf("Score(%q) = %v, want %v", e.member, s, e.score)
		}
		if c := z.At(i); string(c.Member()) != e.member {
			t.Fatalf("At(%d) = %q, want %q", i, c.Member(), e.member)
		}
	}
	if z.list != nil && bytes != z.bytes {
		t.Fatalf("memory figure %d, want %d", z.bytes, bytes)
	}
	return want
}

func TestZSetAgainstSortedSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	lim := smallLimits()
	for round := range 60 {
		z, model := NewZSet(&lim, 1), map[string]float64{}
		members := 6 + round
		for range 120 {
			m := "m" + strconv.Itoa(r.IntN(members))
			_, had := model[m]
			switch r.IntN(8) {
			case 0, 1:
				if z.Remove([]byte(m)) != had {
					t.Fatalf("Remove(%q): want %v", m, had)
				}
				delete(model, m)
			case 2:
				deleteSpan(t, r, z, model)
			default:
				score := float64(r.IntN(9)) / 2
				if z.Set(&lim, []byte(m), score) == had {
					t.Fatalf("Set(%q): added is %v", m, !had)
				}
				model[m] = score
			}
			sorted := checkZSet(t, z, model)
			checkRanges(t, r, z, sorted)
		}
		c := z.Clone().(*ZSet)
		z.Set(&lim, []byte("other"), 1)
		checkZSet(t, c, model)
		c.Set(&lim, []byte("one more"), 1)
	}
}

func deleteSpan(t *testing.T, r *rand.Rand, z *ZSet, model map[string]float64) {
	sorted := checkZSet(t, z, model)
	first := r.IntN(len(sorted) + 1)
	s := Span{first, first + r.IntN(min(4, len(sorted)-first+1))}
	for _, e := range sorted[s.First:s.End] {
		delete(model, e.member)
	}
	z.DeleteSpan(s)
}

func checkRanges(t *testing.T, r *rand.Rand, z *ZSet, sorted []scored) {
	t.Helper()
	sr := ScoreRange{Min: float64(r.IntN(10)) / 2, Max: float64(r.IntN(10)) / 2, MinEx: r.IntN(2) == 0, MaxEx: r.IntN(2) == 0}
	var want []string
	for _, e := range sorted {
		if (e.score > sr.Min || e.score == sr.Min && !sr.MinEx) && (e.score < sr.Max || e.score == sr.Max && !sr.MaxEx) {
			want = append(want, e.member)
		}
	}
	if got := spanMembers(z, z.ByScore(&sr)); !slices.Equal(got, want) {
		t.Fatalf("%+v gives %v, want %v of %v", sr, got, want, sorted)
	}
}

func spanMembers(z *ZSet, s Span) (out []string) {
	c := z.At(s.First)
	for range s.Len() {
		out = append(out, string(c.Member()))
		c.Next()
	}
	return out
}

func TestZSetByLex(t *testing.T) {
	big := Limits{ZSetEntries: 100, ZSetValue: 100}
	for _, lim := range []Limits{big, {}} {
		z := NewZSet(&lim, 1)
		for _, m := range []string{"a", "b", "c", "d", "e"} {
			z.Set(&lim, []byte(m), 0)
		}
		low, high := LexBound{Inf: -1}, LexBound{Inf: 1}
		for _, c := range []struct {
			r    LexRange
			want string
		}{
			{LexRange{low, high}, "abcde"},
			{LexRange{high, low}, ""},
			{LexRange{low, low}, ""},
			{LexRange{high, high}, ""},
			{LexRange{LexBound{Text: "b"}, LexBound{Text: "d"}}, "bcd"},
			{LexRange{LexBound{Text: "b", Ex: true}, LexBound{Text: "d", Ex: true}}, "c"},
			{LexRange{LexBound{Text: "bb"}, high}, "cde"},
			{LexRange{low, LexBound{Text: "c", Ex: true}}, "ab"},
			{LexRange{LexBound{Text: "c"}, LexBound{Text: "c"}}, "c"},
			{LexRange{LexBound{Text: "c"}, LexBound{Text: "c", Ex: true}}, ""},
			{LexRange{LexBound{Text: "d"}, LexBound{Text: "b"}}, ""},
		} {
			if got := strings.Join(spanMembers(z, z.ByLex(&c.r)), ""); got != c.want {
				t.Errorf("%s %+v gives %q, want %q", z.Encoding(), c.r, got, c.want)
			}
		}
	}
}

func TestZSetEncoding(t *testing.T) {
	lim := DefaultLimits()
	fill := func(n int) *ZSet {
		z := NewZSet(&lim, 1)
		for i := range n {
			z.Set(&lim, []byte(strconv.Itoa(i)), float64(i))
		}
		return z
	}
	long := []byte(strings.Repeat("m", lim.ZSetValue+1))
	withLong := fill(1)
	withLong.Set(&lim, long, 1)
	tooLong := fill(7)
	tooLong.Set(&lim, long, 1)
	compact := fill(129)
	compact.Remove([]byte("7"))
	compact.Compact(&lim)
	for _, c := range []struct {
		name string
		z    *ZSet
		want string
	}{
		{"128 members", fill(128), "listpack"},
		{"129 members", fill(129), "skiplist"},
		{"long member", withLong, "skiplist"},
		{"made for a long member", NewZSet(&lim, 65), "skiplist"},
		{"no entries allowed", NewZSet(&Limits{ZSetValue: 64}, 1), "skiplist"},
		{"compacted", compact, "listpack"},
	} {
		if c.z.Encoding() != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.z.Encoding(), c.want)
		}
	}
	tooLong.Compact(&lim)
	if tooLong.Encoding() != "skiplist" {
		t.Error("a set with a long member was compacted")
	}
	if compact.Len() != 128 {
		t.Errorf("compacting left %d members, want 128", compact.Len())
	}
}

func TestSkiplistIsLogarithmic(t *testing.T) {
	s := newSkiplist()
	for i := range 1 << 14 {
		s.insert(strconv.Itoa(i), float64(i))
	}
	if s.level < 5 || s.level > 14 {
		t.Errorf("%d levels for 16384 elements", s.level)
	}
	steps, n := 0, 0
	s.firstNot(func(_ string, score float64) bool { steps++; return score < 12345 })
	if steps > 200 {
		t.Errorf("%d comparisons to find one of 16384 elements", steps)
	}
	for x := s.head.next(); x != nil; x = x.next() {
		n += x.size()
	}
	if n != s.bytes {
		t.Errorf("memory figure %d, want %d", s.bytes, n)
	}
}
