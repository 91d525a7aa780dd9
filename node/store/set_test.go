package store

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func setMembers(s *Set) map[string]bool {
	out := map[string]bool{}
	for m := range s.All() {
		out[string(m)] = true
	}
	return out
}

func TestSetAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	lim := smallLimits()
	for round := range 100 {
		s, model := NewSet(), map[string]bool{}
		for range 100 {
			m := strconv.FormatInt(int64(r.IntN(24))*(1<<(round%60)), 10)
			if r.IntN(50) == 0 {
				m = randomText(r)
			}
			switch had := model[m]; r.IntN(4) {
			case 0:
				if s.Remove([]byte(m)) != had {
					t.Fatalf("Remove(%q): want %v", m, had)
				}
				delete(model, m)
			case 1:
				if len(model) == 0 {
					continue
				}
				got := string(s.Pop(r, nil))
				if !model[got] {
					t.Fatalf("popped %q, which was not there", got)
				}
				delete(model, got)
			default:
				if s.Add(&lim, []byte(m)) == had {
					t.Fatalf("Add(%q): added is %v", m, !had)
				}
				model[m] = true
			}
			checkSet(t, s, model)
		}
		c := s.Clone().(*Set)
		s.Add(&lim, []byte("other"))
		checkSet(t, c, model)
	}
}

func checkSet(t *testing.T, s *Set, model map[string]bool) {
	t.Helper()
	if got := setMembers(s); !maps.Equal(got, model) || s.Len() != len(model) {
		t.Fatalf("set holds %v (len %d), want %v", got, s.Len(), model)
	}
	bytes := 0
	for m := range model {
		bytes += setNode + len(m)
		if !s.Has([]byte(m)) {
			t.Fatalf("Has(%q) is false", m)
		}
	}
	if s.Has([]byte("absent")) || s.Has([]byte("1234567")) {
		t.Fatal("an absent member was found")
	}
	if s.dict != nil && bytes != s.bytes {
		t.Fatalf("memory figure %d, want %d", s.bytes, bytes)
	}
	if ints, _, ok := s.Ints(); ok && !slices.IsSorted(ints) {
		t.Fatalf("intset not sorted: %v", ints)
	}
}

func TestSetEncoding(t *testing.T) {
	lim := DefaultLimits()
	for _, c := range []struct {
		name    string
		members []string
		count   int // numbers beside the members
		want    string
	}{
		{"512 numbers", nil, 512, "intset"},
		{"513 numbers", nil, 513, "hashtable"},
		{"a word", []string{"a"}, 3, "hashtable"},
		{"not in Redis's form", []string{"01"}, 0, "hashtable"},
		{"largest", []string{"9223372036854775807", "-9223372036854775808"}, 0, "intset"},
		{"too large", []string{"9223372036854775808"}, 0, "hashtable"},
	} {
		s := NewSet()
		for i := range c.count {
			s.Add(&lim, []byte(strconv.Itoa(i)))
		}
		for _, m := range c.members {
			s.Add(&lim, []byte(m))
		}
		if s.Encoding() != c.want {
			t.Errorf("%s: %s, want %s", c.name, s.Encoding(), c.want)
		}
	}
}

func TestIntsetWidth(t *testing.T) {
	for _, c := range []struct {
		members intset
		want    int
	}{
		{nil, 2}, {intset{-32768, 32767}, 2}, {intset{32768}, 4}, {intset{-32769}, 4},
		{intset{-1 << 31, 1<<31 - 1}, 4}, {intset{0, 1 << 31}, 8}, {intset{-1<<31 - 1, 0}, 8},
	} {
		if got := c.members.width(); got != c.want {
			t.Errorf("width of %v = %d, want %d", c.members, got, c.want)
		}
	}
}

func TestSetRandomReachesAll(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for _, prefix := range []string{"", "m"} {
		lim, s, seen := DefaultLimits(), NewSet(), map[string]int{}
		for i := range 100 {
			s.Add(&lim, []byte(prefix+strconv.Itoa(i)))
		}
		for range 10000 {
			seen[string(s.Random(r, nil))]++
		}
		for m, n := range seen {
			if n < 30 || n > 300 {
				t.Errorf("member %s came %d times, want about 100", m, n)
			}
		}
		if len(seen) != 100 {
			t.Errorf("%d members seen, want 100", len(seen))
		}
	}
}
