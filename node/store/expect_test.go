package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// expectCases are elements on both sides of every limit, in pairs where that matters.
func expectCases() (cases [][][]byte) {
	for _, n := range []int{2, 20, 128, 130, 512, 514, 1024, 1026, 3000} {
		for _, form := range []string{"%d", "element %d", strings.Repeat("long", 10) + "%d", strings.Repeat("longer", 20) + "%d"} {
			var elems [][]byte
			for i := range n {
				elems = append(elems, fmt.Appendf(nil, form, i))
			}
			cases = append(cases, elems, append(slices.Clone(elems[:n-2]), []byte("x"), []byte(strings.Repeat("y", 9000))))
		}
	}
	return cases
}

// TestExpectChangesNothing builds values with and without the word of what will come: only the room may differ, and
// with the word a small value's has the right size.
func TestExpectChangesNothing(t *testing.T) {
	lim := DefaultLimits()
	same := func(what string, elems [][]byte, a, b Value, content func(v Value) []string) {
		t.Helper()
		ca, cb := content(a), content(b)
		if a.Encoding() != b.Encoding() || a.Len() != b.Len() || !slices.Equal(ca, cb) {
			t.Errorf("%s of %d %.20q: %s with %d elements and %s with %d", what, len(elems), elems[0], a.Encoding(), a.Len(), b.Encoding(), b.Len())
		}
		if a.Size() > b.Size() {
			t.Errorf("%s of %d %.20q takes %d bytes instead of %d", what, len(elems), elems[0], a.Size(), b.Size())
		}
	}
	for _, elems := range expectCases() {
		var hashes [2]*Hash
		var sets [2]*Set
		var zsets [2]*ZSet
		for i := range 2 {
			hashes[i], sets[i], zsets[i] = NewHash(), NewSet(), NewZSet(&lim, 0)
		}
		hashes[0].Expect(&lim, elems)
		sets[0].Expect(&lim, elems)
		zsets[0].Expect(&lim, elems)
		for i := range 2 {
			for j, e := range elems {
				sets[i].Add(&lim, e)
				zsets[i].Set(&lim, e, float64(j))
				if j%2 == 1 {
					hashes[i].Set(&lim, elems[j-1], e)
				}
			}
		}
		same("hash", elems, hashes[0], hashes[1], func(v Value) (all []string) {
			for f, value := range v.(*Hash).All() {
				all = append(all, string(f)+"="+string(value))
			}
			slices.Sort(all)
			return all
		})
		same("set", elems, sets[0], sets[1], func(v Value) (all []string) {
			for m := range v.(*Set).All() {
				all = append(all, string(m))
			}
			slices.Sort(all)
			return all
		})
		same("sorted set", elems, zsets[0], zsets[1], func(v Value) (all []string) {
			for m, score := range v.(*ZSet).All() {
				all = append(all, fmt.Sprint(string(m), score))
			}
			return all
		})
	}
}

// TestPushAllIsPushBack compares lists under all fill rules, chunk by chunk.
func TestPushAllIsPushBack(t *testing.T) {
	for _, fill := range []int{-5, -2, -1, 1, 3, 128} {
		for _, elems := range expectCases() {
			all, single := NewList(&Limits{ListSize: fill}), NewList(&Limits{ListSize: fill})
			all.PushAll(elems)
			for _, e := range elems {
				single.PushBack(e)
			}
			if len(all.chunks()) != len(single.chunks()) || all.Len() != single.Len() || all.bytes > single.bytes {
				t.Fatalf("fill %d, %d %.20q: %d chunks, %d bytes instead of %d, %d", fill, len(elems), elems[0],
					len(all.chunks()), all.bytes, len(single.chunks()), single.bytes)
			}
			bytes := 0
			for i, c := range all.chunks() {
				want := single.chunks()[i]
				if c.n != want.n || c.lp != want.lp || string(c.buf[c.head:]) != string(want.buf[want.head:]) {
					t.Fatalf("fill %d, %d %.20q: chunk %d differs", fill, len(elems), elems[0], i)
				}
				bytes += c.size() + chunkOverhead
			}
			if bytes != all.bytes {
				t.Fatalf("fill %d: %d bytes are told, %d taken", fill, all.bytes, bytes)
			}
		}
	}
}
