package store

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomText is mostly short, sometimes a number, sometimes longer than one length digit.
func randomText(r *rand.Rand) string {
	switch r.IntN(12) {
	case 0:
		return ""
	case 1:
		return strings.Repeat("x", 100+r.IntN(200))
	case 2, 3, 4:
		return string(formatMember(nil, int64(r.Uint64())>>r.IntN(64)))
	case 5:
		return strings.Repeat("y", r.IntN(20000))
	}
	return strings.Repeat(string(rune('a'+r.IntN(3))), r.IntN(4))
}

func packTexts(p *pack) (out []string) {
	for pos := p.first(); pos < p.end(); {
		b, next := p.at(pos)
		out = append(out, string(b))
		pos = next
	}
	return out
}

func TestPackAgainstSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 30 {
		var p pack
		var model []string
		for range 400 {
			s := randomText(r)
			switch op := r.IntN(8); {
			case op == 0:
				p.pushFront([]byte(s))
				model = slices.Insert(model, 0, s)
			case op <= 2:
				p.pushBack([]byte(s[:len(s)/2]), []byte(s[len(s)/2:]))
				model = append(model, s)
			case op == 3:
				i := r.IntN(len(model) + 1)
				p.insert(p.seek(i), []byte(s))
				model = slices.Insert(model, i, s)
			case op <= 5 && len(model) > 0:
				i := r.IntN(len(model))
				p.replace(p.seek(i), []byte(s))
				model[i] = s
			case len(model) > 0:
				i := r.IntN(len(model))
				j := min(len(model), i+1+r.IntN(3))
				p.remove(p.seek(i), p.seek(j), j-i)
				model = slices.Delete(model, i, j)
			}
			if got := packTexts(&p); !slices.Equal(got, model) || p.n != len(model) {
				t.Fatalf("pack holds %q, want %q", got, model)
			}
		}
		c := p.clone()
		if !slices.Equal(packTexts(&c), model) {
			t.Fatal("the clone differs")
		}
		if len(model) > 0 {
			c.replace(c.seek(0), []byte("changed"))
			if !slices.Equal(packTexts(&p), model) {
				t.Fatal("a change to the clone reaches the original")
			}
		}
	}
}

func TestPackGivesMemoryBack(t *testing.T) {
	var p pack
	for range 1000 {
		p.pushBack([]byte("0123456789"))
	}
	for p.n > 1 {
		_, next := p.at(p.first())
		p.remove(p.first(), next, 1)
	}
	if p.size() > 512 {
		t.Errorf("one element takes %d bytes", p.size())
	}
}

func TestPackQueueStaysSmall(t *testing.T) {
	var p pack
	job := []byte("0123456789")
	turn := func() {
		p.pushBack(job)
		if p.n > 8 {
			_, next := p.at(p.first())
			p.remove(p.first(), next, 1)
		}
	}
	for range 10000 {
		turn()
	}
	if p.size() > 512 {
		t.Errorf("a queue of 8 elements takes %d bytes", p.size())
	}
	many := func() {
		for range 1000 {
			turn()
		}
	}
	// The whole process is counted: the least of some tries is the queue's own.
	n := testing.AllocsPerRun(10, many)
	for try := 0; try < 5 && n > 0; try++ {
		n = min(n, testing.AllocsPerRun(10, many))
	}
	if n > 0 {
		t.Errorf("1000 elements cost %v allocations", n)
	}
}
