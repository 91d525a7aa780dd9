package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func listTexts(l *List) (out []string) {
	for b := range l.All() {
		out = append(out, string(b))
	}
	return out
}

// checkList compares contents, both directions, and the running figures.
func checkList(t *testing.T, l *List, model []string) {
	t.Helper()
	if got := listTexts(l); !slices.Equal(got, model) {
		t.Fatalf("list holds %q, want %q", got, model)
	}
	var back []string
	for b := range l.Backward() {
		back = append(back, string(b))
	}
	slices.Reverse(back)
	if !slices.Equal(back, model) || l.Len() != len(model) {
		t.Fatalf("backward %q (len %d), want %q", back, l.Len(), model)
	}
	bytes := 0
	for _, c := range l.chunks() {
		bytes += c.size() + chunkOverhead
		lp := listpackFrame
		for b := range (Chunk{c}).All() {
			lp += listpackSize(b)
		}
		if lp != c.lp || c.n == 0 || c.n != len(packTexts(&c.pack)) {
			t.Fatalf("chunk of %d elements says its listpack has %d bytes, want %d", c.n, c.lp, lp)
		}
	}
	if bytes != l.bytes {
		t.Fatalf("memory figure %d, want %d", l.bytes, bytes)
	}
}

func TestListAgainstSlice(t *testing.T) {
	for _, fill := range []int{-2, -1, 3, 1, 128} {
		t.Run(strconv.Itoa(fill), func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, uint64(fill)))
			lim := DefaultLimits()
			lim.ListSize = fill
			l := NewList(&lim)
			var model []string
			for range 1500 {
				model = randomListStep(r, l, model)
				if r.IntN(10) == 0 {
					checkList(t, l, model)
				}
			}
			checkList(t, l, model)
			c := l.Clone().(*List)
			l.PushBack([]byte("more"))
			checkList(t, c, model)
		})
	}
}

func randomListStep(r *rand.Rand, l *List, model []string) []string {
	s := randomText(r)
	b := []byte(s)
	switch op := r.IntN(20); {
	case op < 4:
		l.PushBack(b)
		return append(model, s)
	case op < 8:
		l.PushFront(b)
		return slices.Insert(model, 0, s)
	case op < 11:
		i := r.IntN(len(model) + 1)
		l.Insert(i, b)
		return slices.Insert(model, i, s)
	case len(model) == 0:
		return model
	case op < 13:
		i := r.IntN(len(model))
		l.Set(i, b)
		model[i] = s
	case op < 15:
		l.PopFront(func(b []byte) { s = string(b) })
		if s != model[0] {
			panic(fmt.Sprintf("popped %q, want %q", s, model[0]))
		}
		return model[1:]
	case op < 17:
		l.PopBack(func(b []byte) { s = string(b) })
		if s != model[len(model)-1] {
			panic(fmt.Sprintf("popped %q, want %q", s, model[len(model)-1]))
		}
		return model[:len(model)-1]
	case op == 17:
		i := r.IntN(len(model))
		j := min(len(model), i+r.IntN(20))
		l.Delete(i, j-i)
		return slices.Delete(model, i, j)
	case op == 18:
		return deleteEqual(r, l, model)
	default:
		i := r.IntN(len(model))
		if string(l.Index(i)) != model[i] {
			panic(fmt.Sprintf("Index(%d) = %q, want %q", i, l.Index(i), model[i]))
		}
	}
	return model
}

func deleteEqual(r *rand.Rand, l *List, model []string) []string {
	s, limit, back := model[r.IntN(len(model))], r.IntN(4), r.IntN(2) == 0
	gone := l.DeleteEqual([]byte(s), limit, back)
	if back {
		slices.Reverse(model)
	}
	out, n := []string{}, 0
	for _, e := range model {
		if e == s && (limit == 0 || n < limit) {
			n++
			continue
		}
		out = append(out, e)
	}
	if back {
		slices.Reverse(out)
	}
	if gone != n {
		panic(fmt.Sprintf("removed %d, want %d", gone, n))
	}
	return out
}

func TestListRange(t *testing.T) {
	lim := DefaultLimits()
	lim.ListSize = 3
	l := NewList(&lim)
	for i := range 10 {
		l.PushBack([]byte(strconv.Itoa(i)))
	}
	for _, c := range []struct {
		from, count int
		want        string
	}{{0, 10, "0123456789"}, {2, 3, "234"}, {5, 1, "5"}, {8, 10, "89"}, {9, 1, "9"}, {10, 1, ""}, {3, 0, ""}} {
		var got strings.Builder
		for b := range l.Range(c.from, c.count) {
			got.Write(b)
		}
		if got.String() != c.want {
			t.Errorf("Range(%d, %d) = %q, want %q", c.from, c.count, got.String(), c.want)
		}
	}
	l.Trim(2, 7)
	checkList(t, l, []string{"2", "3", "4", "5", "6"})
}

// The sizes follow from Redis's listpack encodings.
func TestListpackSize(t *testing.T) {
	for in, want := range map[string]int{
		"": 2, "a": 3, "0": 2, "127": 2, "128": 3, "-1": 3, "4095": 3, "4096": 4, "-4097": 4, "32768": 5,
		"8388607": 5, "8388608": 6, "2147483648": 10, "9223372036854775808": 21, "007": 5,
		strings.Repeat("a", 63): 65, strings.Repeat("a", 64): 67, strings.Repeat("a", 126): 130,
		strings.Repeat("a", 4095): 4099, strings.Repeat("a", 4096): 4103,
	} {
		if got := listpackSize([]byte(in)); got != want {
			t.Errorf("listpackSize(%.10q… of %d) = %d, want %d", in, len(in), got, want)
		}
	}
}

func TestListQueueStaysSmall(t *testing.T) {
	lim := DefaultLimits()
	lim.ListSize = 1
	l := NewList(&lim)
	for range 10000 {
		l.PushBack([]byte("job"))
		if l.Len() > 8 {
			l.PopFront(func([]byte) {})
		}
	}
	if l.Size() > 2000 {
		t.Errorf("a queue of 8 jobs takes %d bytes", l.Size())
	}
}
