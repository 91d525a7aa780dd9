package store

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// smallLimits let random tests cross every threshold.
func smallLimits() Limits {
	return Limits{HashEntries: 8, HashValue: 300, ZSetEntries: 8, ZSetValue: 300, SetIntEntries: 8, ListSize: -2}
}

func hashMap(h *Hash) map[string]string {
	out := map[string]string{}
	for f, v := range h.All() {
		out[string(f)] = string(v)
	}
	return out
}

func TestHashAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	lim := smallLimits()
	for range 60 {
		h, model, order := NewHash(), map[string]string{}, []string{}
		for range 150 {
			f, v := randomText(r)[:0]+string(rune('a'+r.IntN(12))), randomText(r)
			if r.IntN(3) > 0 {
				_, had := model[f]
				if h.Set(&lim, []byte(f), []byte(v)) == had {
					t.Fatalf("Set(%q): added is %v", f, !had)
				}
				if model[f] = v; !had {
					order = append(order, f)
				}
			} else {
				_, had := model[f]
				if h.Delete([]byte(f)) != had {
					t.Fatalf("Delete(%q): want %v", f, had)
				}
				delete(model, f)
				order = slices.DeleteFunc(order, func(o string) bool { return o == f })
			}
			checkHash(t, h, model, order)
		}
		c := h.Clone().(*Hash)
		h.Set(&lim, []byte("other"), []byte("value"))
		checkHash(t, c, model, order)
	}
}

func checkHash(t *testing.T, h *Hash, model map[string]string, order []string) {
	t.Helper()
	if got := hashMap(h); !maps.Equal(got, model) || h.Len() != len(model) {
		t.Fatalf("hash holds %q (len %d), want %q", got, h.Len(), model)
	}
	for f, v := range model {
		if got, ok := h.Get([]byte(f)); !ok || string(got) != v {
			t.Fatalf("Get(%q) = %q, want %q", f, got, v)
		}
	}
	if _, ok := h.Get([]byte("absent")); ok {
		t.Fatal("an absent field was found")
	}
	if h.dict == nil {
		var got []string
		for f := range h.All() {
			got = append(got, string(f))
		}
		if !slices.Equal(got, order) {
			t.Fatalf("order %q, want %q", got, order)
		}
		return
	}
	bytes := 0
	for f, v := range model {
		bytes += hashNode + len(f) + len(v)
	}
	if bytes != h.bytes {
		t.Fatalf("memory figure %d, want %d", h.bytes, bytes)
	}
}

func TestHashEncoding(t *testing.T) {
	lim := DefaultLimits()
	long := []byte(strings.Repeat("v", lim.HashValue+1))
	for _, c := range []struct {
		name string
		fill func(h *Hash)
		want string
	}{
		{"512 fields", func(h *Hash) { fillHash(h, 512) }, "listpack"},
		{"513 fields", func(h *Hash) { fillHash(h, 513) }, "hashtable"},
		{"value of 64", func(h *Hash) { h.Set(&lim, []byte("f"), long[1:]) }, "listpack"},
		{"value of 65", func(h *Hash) { h.Set(&lim, []byte("f"), long) }, "hashtable"},
		{"field of 65", func(h *Hash) { h.Set(&lim, long, []byte("v")) }, "hashtable"},
		{"never back", func(h *Hash) { fillHash(h, 513); h.Delete([]byte{0, 0}) }, "hashtable"},
	} {
		h := NewHash()
		c.fill(h)
		if h.Encoding() != c.want {
			t.Errorf("%s: %s, want %s", c.name, h.Encoding(), c.want)
		}
	}
}

func fillHash(h *Hash, n int) {
	lim := DefaultLimits()
	for i := range n {
		h.Set(&lim, []byte{byte(i), byte(i >> 8)}, []byte("v"))
	}
}

func TestHashRandomReachesAll(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{10, 600} {
		h, seen := NewHash(), map[string]int{}
		fillHash(h, n)
		for range 100 * n {
			f, _ := h.Random(r)
			seen[string(f)]++
		}
		for i := range n {
			if got := seen[string([]byte{byte(i), byte(i >> 8)})]; got < 30 || got > 300 {
				t.Errorf("field %d of %d came %d times, want about 100", i, n, got)
			}
		}
	}
}

func TestHashScanSeesAll(t *testing.T) {
	h := NewHash()
	fillHash(h, 750)
	seen := map[string]bool{}
	for cursor, first := uint64(0), true; first || cursor != 0; first = false {
		cursor = h.Scan(cursor, func(f, _ []byte) { seen[string(f)] = true })
	}
	if len(seen) != 750 {
		t.Errorf("%d fields seen, want 750", len(seen))
	}
}
