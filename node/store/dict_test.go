package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func testRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 99)) }

// TestDictAgainstMap runs random operations on a Dict and on a map; they must agree.
func TestDictAgainstMap(t *testing.T) {
	r := testRand(1)
	var d Dict[int]
	model := map[string]int{}
	for i := range 60000 {
		key := fmt.Sprint(r.IntN(3000))
		// The share of insertions swings, so that tables grow and shrink again and again.
		if r.IntN(100) < 20+60*(i/6000%2) {
			n, added := d.Insert(key)
			if _, had := model[key]; added == had {
				t.Fatalf("insert %s: added %v", key, added)
			}
			n.Val, model[key] = i, i
		} else {
			_, had := model[key]
			if got := d.Delete([]byte(key)) != nil; got != had {
				t.Fatalf("delete %s: %v", key, got)
			}
			delete(model, key)
		}
		if d.Len() != len(model) {
			t.Fatalf("length %d, want %d", d.Len(), len(model))
		}
		probe := fmt.Sprint(r.IntN(3000))
		n, want, had := d.FindString(probe), model[probe], false
		if _, had = model[probe]; had != (n != nil) || had && n.Val != want {
			t.Fatalf("find %s", probe)
		}
	}
	seen := 0
	d.Each(func(n *Node[int]) bool { seen++; return model[n.Key()] == n.Val })
	if seen != len(model) {
		t.Fatalf("Each saw %d of %d", seen, len(model))
	}
}

// TestScanGuarantee walks with Scan while entries come and go and tables are resized: what
// is there all the time must be seen, what never was must not.
func TestScanGuarantee(t *testing.T) {
	for seed := range uint64(30) {
		r := testRand(seed)
		var d Dict[int]
		stay := 1 + r.IntN(400)
		for i := range stay {
			d.Insert(fmt.Sprintf("stay%d", i))
		}
		noise := r.IntN(3000)
		for i := range noise {
			d.Insert(fmt.Sprintf("noise%d", i))
		}
		seen := map[string]bool{}
		for cursor, first := uint64(0), true; first || cursor != 0; first = false {
			cursor = d.Scan(cursor, func(n *Node[int]) { seen[n.Key()] = true })
			for range r.IntN(40) {
				key := fmt.Sprintf("noise%d", r.IntN(3000))
				if (seed%3 == 0 || r.IntN(2) == 0) && seed%3 != 1 {
					d.Delete([]byte(key))
				} else {
					d.Insert(key)
				}
			}
		}
		for i := range stay {
			if key := fmt.Sprintf("stay%d", i); !seen[key] {
				t.Fatalf("seed %d: %s was not seen", seed, key)
			}
		}
	}
}

// TestScanDeletesWhatItSees empties a Dict from within Scan.
func TestScanDeletesWhatItSees(t *testing.T) {
	var d Dict[int]
	for i := range 1000 {
		d.Insert(fmt.Sprint(i))
	}
	for cursor, first := uint64(0), true; first || cursor != 0; first = false {
		cursor = d.Scan(cursor, func(n *Node[int]) { d.DeleteString(n.Key()) })
	}
	if d.Len() != 0 {
		t.Fatalf("%d entries left", d.Len())
	}
}

func TestDictShrinks(t *testing.T) {
	var d Dict[int]
	for i := range 10000 {
		d.Insert(fmt.Sprint(i))
	}
	for i := range 9990 {
		d.DeleteString(fmt.Sprint(i))
	}
	for range 20000 {
		d.FindString("none")
	}
	if d.Slots() > 200 {
		t.Fatalf("%d slots for %d entries", d.Slots(), d.Len())
	}
}

// TestDictNodesStay: the address of an entry does not change while it lives.
func TestDictNodesStay(t *testing.T) {
	var d Dict[int]
	first, _ := d.Insert("first")
	for i := range 5000 {
		d.Insert(fmt.Sprint(i))
	}
	for i := range 5000 {
		d.DeleteString(fmt.Sprint(i))
	}
	if d.FindString("first") != first {
		t.Fatal("the entry has moved")
	}
}

func TestDictRandomReachesAll(t *testing.T) {
	r := testRand(3)
	var d Dict[int]
	if d.Random(r) != nil || len(d.Sample(r, 5, nil)) != 0 {
		t.Fatal("something came out of an empty Dict")
	}
	for i := range 50 {
		d.Insert(fmt.Sprint(i))
	}
	random, sampled := map[string]bool{}, map[string]bool{}
	for range 5000 {
		random[d.Random(r).Key()] = true
		some := d.Sample(r, 5, nil)
		if len(some) != 5 {
			t.Fatalf("a sample of %d", len(some))
		}
		for _, n := range some {
			sampled[n.Key()] = true
		}
	}
	if len(random) != 50 || len(sampled) != 50 {
		t.Fatalf("reached %d and %d of 50", len(random), len(sampled))
	}
	if n := len(d.Sample(r, 100, nil)); n != 50 {
		t.Fatalf("a sample of all has %d", n)
	}
}

// TestDictExpect wants no resize on the way to what was expected, and the room back if less came.
func TestDictExpect(t *testing.T) {
	for _, came := range []int{0, 1, 99, 200, 1000, 3000} {
		var d Dict[int]
		d.Expect(1000)
		slots := d.Slots()
		for i := range came {
			d.Insert(fmt.Sprint(i))
			if i < 1000 && d.Slots() != slots {
				t.Fatalf("a resize at %d entries", i)
			}
		}
		d.Expect(10000)
		d.Fit()
		for range 1000 {
			d.FindString("none") // a resize goes on with each
		}
		if d.Len() != came || came < 100 && d.Slots() > 200 || came >= 200 && d.Slots() > 2*max(came, 512) {
			t.Errorf("%d slots for %d entries, want %d", d.Slots(), d.Len(), came)
		}
		for i := range came {
			if d.FindString(fmt.Sprint(i)) == nil {
				t.Fatalf("entry %d of %d is lost", i, came)
			}
		}
	}
}
