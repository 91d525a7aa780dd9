package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
)

// image is a keyspace as text: "db key" → value and expiry.
type image map[string]string

func imageOf(ks *Keyspace) image {
	m := image{}
	for i := range ks.Databases() {
		db := ks.DB(i)
		db.Each(func(key string, o *Object) bool {
			at, _ := db.ExpireAt([]byte(key))
			m[fmt.Sprint(i, " ", key)] = show(o, at)
			return true
		})
	}
	return m
}

func show(o *Object, at int64) string {
	if s, ok := o.Value().(*Set); ok {
		var members []string
		for m := range s.All() {
			members = append(members, string(m))
		}
		return fmt.Sprint(len(members), strings.Join(members, ","), " ", at)
	}
	return fmt.Sprint(strings.Clone(o.Text()), " ", at)
}

// randomWrite changes something, anything: what commands can do to a keyspace.
func randomWrite(r *rand.Rand, ks *Keyspace) {
	db := ks.DB(r.IntN(ks.Databases()))
	key := []byte(fmt.Sprint("k", r.IntN(60)))
	other := []byte(fmt.Sprint("k", r.IntN(60)))
	switch n := r.IntN(100); {
	case n < 30:
		db.Put(key, NewText(fmt.Sprint("v", r.IntN(1000))))
	case n < 40:
		db.PutKeepTTL(key, NewText(fmt.Sprint("w", r.IntN(1000))))
	case n < 55:
		db.Delete(key)
	case n < 65:
		if o := db.Edit(key); o != nil && o.Kind() == KindString {
			b := o.Buf()
			b.B = append(b.B, '+')
			if db.Edit(key) != o { // twice in one command, as LMOVE k k does
				panic("another object")
			}
			b.B = append(b.B, '-')
		} else if o != nil {
			o.Value().(*Set).Add(&ks.Limits, fmt.Append(nil, r.IntN(1000)))
		}
	case n < 68: // edited and then gone, or replaced, within one command
		if o := db.Edit(key); o != nil && o.Kind() == KindString {
			b := o.Buf()
			b.B = append(b.B, "longer"...)
			if r.IntN(2) == 0 {
				db.Delete(key)
			} else {
				db.Put(key, NewText("w"))
			}
		}
	case n < 73:
		s := NewSet()
		s.Add(&ks.Limits, fmt.Append(nil, r.IntN(1000)))
		db.Put(key, NewValue(s))
	case n < 80:
		db.SetExpire(key, 1000+int64(r.IntN(1000)))
	case n < 85:
		db.Persist(key)
	case n < 93:
		if o, at, ok := db.Take(key); ok { // RENAME, MOVE
			to := ks.DB(r.IntN(ks.Databases()))
			to.Put(other, o)
			if at != 0 {
				to.SetExpire(other, at)
			}
		}
	case n < 95:
		ks.Swap(r.IntN(ks.Databases()), r.IntN(ks.Databases()))
	case n < 96:
		db.Flush()
	case n < 98:
		ks.Now += 20 // keys expire
	default:
		ks.ActiveExpire(10, func() bool { return true })
	}
	ks.Settle()
}

// TestSnapshotIsOnePointInTime walks a snapshot in small steps while the keyspace changes in every
// way it can; what comes out must be the keyspace as it was at the beginning.
func TestSnapshotIsOnePointInTime(t *testing.T) {
	for seed := range uint64(300) {
		r := testRand(seed)
		ks := NewKeyspace(3, r)
		ks.Now = 1000
		for range r.IntN(300) {
			randomWrite(r, ks)
		}
		want := allOf(ks)
		got := image{}
		snap := ks.BeginSnapshot(func(s Saved) {
			at := fmt.Sprint(s.DB, " ", s.Key)
			if _, twice := got[at]; twice {
				t.Fatalf("seed %d: %s came twice", seed, at)
			}
			got[at] = show(s.Object, s.ExpireAt)
		})
		if ks.BeginSnapshot(func(Saved) {}) != nil {
			t.Fatal("two snapshots at once")
		}
		keys := 0
		for _, c := range snap.Parts() {
			keys += c[1]
		}
		if keys != len(want) {
			t.Fatalf("Parts tells of %d keys, there are %d", keys, len(want))
		}
		for !snap.Step(1 + r.IntN(3)) {
			for range r.IntN(6) {
				randomWrite(r, ks)
			}
		}
		snap.Close()
		if !maps.Equal(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

// allOf is imageOf with keys that have expired and were not met yet: a snapshot has those too.
func allOf(ks *Keyspace) image {
	mode := ks.Expiry
	ks.Expiry = ExpiryIgnore
	m := imageOf(ks)
	ks.Expiry = mode
	return m
}

// TestSnapshotsFollowEachOther: objects saved by one snapshot are saved by the next one again,
// also when the first was given up.
func TestSnapshotsFollowEachOther(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	for i := range 100 {
		ks.DB(0).Put(fmt.Append(nil, i), NewText("v"))
	}
	for range 3 {
		first := ks.BeginSnapshot(func(Saved) {})
		first.Step(7)
		first.Close()
		n := 0
		second := ks.BeginSnapshot(func(Saved) { n++ })
		for !second.Step(10) {
		}
		second.Close()
		if n != 100 {
			t.Fatalf("%d keys of 100", n)
		}
	}
}

// TestEpochWraps: the 16 bits of the epoch come round without an object being taken for saved.
func TestEpochWraps(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	ks.DB(0).Put([]byte("k"), NewText("v"))
	for i := range 1<<16 + 10 {
		n := 0
		s := ks.BeginSnapshot(func(Saved) { n++ })
		// The object carries the epoch of the sixth snapshot when that number comes again.
		if i == 5 || i == 5+1<<16-1 {
			s.Step(10)
			if n != 1 {
				t.Fatalf("snapshot %d saw %d keys", i, n)
			}
		}
		s.Close()
	}
}
