package store

import (
	"fmt"
	"strings"
	"testing"
)

// TestUsedReturnsToZero runs all kinds of writes and then deletes everything: the figure of
// memory must be what the keys have at every moment, and nothing in the end.
func TestUsedReturnsToZero(t *testing.T) {
	for seed := range uint64(40) {
		r := testRand(seed)
		ks := NewKeyspace(3, r)
		ks.Now = 1000
		for range 500 {
			randomWrite(r, ks)
			if got, want := ks.Used(), sizeOf(ks); got != want {
				t.Fatalf("seed %d: Used is %d, the keys have %d", seed, got, want)
			}
		}
		for i := range ks.Databases() {
			for k := range 60 {
				ks.DB(i).Delete(fmt.Append(nil, "k", k))
			}
		}
		if ks.Used() != 0 || ks.Size() != 0 {
			t.Fatalf("seed %d: %d bytes and %d keys are left", seed, ks.Used(), ks.Size())
		}
	}
}

// sizeOf adds up from scratch what Used keeps up to date.
func sizeOf(ks *Keyspace) (total int64) {
	for i := range ks.Databases() {
		db := ks.DB(i)
		db.dict().Each(func(n *Node[Object]) bool {
			total += int64(objectOverhead + len(n.key) + n.Val.Size())
			return true
		})
		total += int64(db.Expires()) * expiryOverhead
	}
	return total
}

func TestFootprint(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	db := ks.DB(0)
	if _, ok := db.Footprint([]byte("k")); ok {
		t.Fatal("a footprint of nothing")
	}
	db.Put([]byte("k"), NewText(strings.Repeat("x", 100)))
	if n, ok := db.Footprint([]byte("k")); !ok || int64(n) != ks.Used() || n < 101 {
		t.Fatalf("footprint %d, used %d", n, ks.Used())
	}
}

type hookLog []string

func (l *hookLog) hooks() Hooks {
	return Hooks{
		Expired: func(db *DB, key string) { *l = append(*l, fmt.Sprint("expired ", db.ID, key)) },
		New:     func(db *DB, key string) { *l = append(*l, fmt.Sprint("new ", db.ID, key)) },
		Missed:  func(db *DB, key []byte) { *l = append(*l, fmt.Sprint("missed ", db.ID, string(key))) },
		Added: func(db *DB, key string, k Kind) {
			*l = append(*l, fmt.Sprint("added ", db.ID, key, k.String()))
		},
		Modified: func(db *DB, key []byte) { *l = append(*l, fmt.Sprint("modified ", db.ID, string(key))) },
	}
}

func (l *hookLog) want(t *testing.T, want ...string) {
	t.Helper()
	if strings.Join(*l, ";") != strings.Join(want, ";") {
		t.Fatalf("hooks: got %q want %q", *l, want)
	}
	*l = nil
}

func TestHooks(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	var log hookLog
	ks.Hooks = log.hooks()
	ks.Now = 10
	db := ks.DB(0)
	k := []byte("k")
	db.Get(k)
	log.want(t, "missed 0k")
	db.Peek(k)
	db.Exists(k)
	db.Edit(k)
	log.want(t)
	db.Put(k, NewText("v"))
	log.want(t, "new 0k")
	db.Put(k, NewText("w"))
	db.Get(k)
	log.want(t)
	db.Put(k, NewValue(NewList(&ks.Limits))) // something was there already
	log.want(t)
	db.Put([]byte("z"), NewValue(NewZSet(&ks.Limits, 0)))
	log.want(t, "new 0z", "added 0zzset")
	db.SetExpire(k, 5)
	db.Look(k)
	log.want(t, "expired 0k", "missed 0k")
	if ks.Stats.Hits != 1 || ks.Stats.Misses != 2 || ks.Stats.Expired != 1 {
		t.Fatalf("%+v", ks.Stats)
	}
	db.Modified(k)
	log.want(t, "modified 0k")
}

// TestExpiryModes shows a key whose time has come through every kind of look-up.
func TestExpiryModes(t *testing.T) {
	looks := map[string]func(db *DB, key []byte) bool{
		"Get":     func(db *DB, key []byte) bool { return db.Get(key) != nil },
		"Look":    func(db *DB, key []byte) bool { return db.Look(key) != nil },
		"Peek":    func(db *DB, key []byte) bool { return db.Peek(key) != nil },
		"Edit":    func(db *DB, key []byte) bool { return db.Edit(key) != nil },
		"Exists":  func(db *DB, key []byte) bool { return db.Exists(key) },
		"Take":    func(db *DB, key []byte) bool { _, _, ok := db.Take(key); return ok },
		"Expired": func(db *DB, key []byte) bool { return !db.Expired(string(key)) },
		"Each": func(db *DB, _ []byte) (seen bool) {
			db.Each(func(string, *Object) bool { seen = true; return true })
			return seen
		},
		"Scan": func(db *DB, _ []byte) (seen bool) {
			for cursor, first := uint64(0), true; first || cursor != 0; first = false {
				cursor = db.Scan(cursor, func(string, *Object) { seen = true })
			}
			return seen
		},
	}
	modes := []struct {
		mode    ExpiryMode
		visible bool
		kept    bool // after a look-up
	}{{ExpiryDelete, false, false}, {ExpiryHide, false, true}, {ExpiryIgnore, true, true}}
	for name, look := range looks {
		for _, m := range modes {
			ks := NewKeyspace(1, testRand(1))
			ks.Now, ks.Expiry = 1000, m.mode
			db := ks.DB(0)
			key := []byte("k")
			db.Put(key, NewText("v"))
			db.SetExpire(key, 1000)
			if db.Expired("k") {
				t.Fatalf("%s: expired in the very millisecond", name)
			}
			ks.Now = 1001
			if got := look(db, key); got != m.visible {
				t.Errorf("%s in mode %d: visible %v", name, m.mode, got)
			}
			kept := m.kept || name == "Expired" || name == "Each" || name == "Scan"
			if name != "Take" && (db.Len() == 1) != kept {
				t.Errorf("%s in mode %d: %d keys are left", name, m.mode, db.Len())
			}
		}
	}
}

// TestPutOnExpired: what is stored over a key whose time has come does not get its expiry.
func TestPutOnExpired(t *testing.T) {
	for _, mode := range []ExpiryMode{ExpiryDelete, ExpiryHide, ExpiryIgnore} {
		ks := NewKeyspace(1, testRand(1))
		var log hookLog
		ks.Hooks = Hooks{Expired: log.hooks().Expired}
		ks.Now, ks.Expiry = 1000, mode
		db := ks.DB(0)
		key := []byte("k")
		for _, put := range []func([]byte, Object) *Object{db.Put, db.PutKeepTTL} {
			db.Put(key, NewText("old"))
			db.SetExpire(key, 500)
			put(key, NewText("new"))
			_, has := db.ExpireAt(key)
			if want := mode == ExpiryIgnore && len(log) == 0; has && !want {
				t.Errorf("mode %d: the expiry is still there", mode)
			}
			db.Persist(key)
		}
		if want := map[ExpiryMode]int{ExpiryDelete: 2}[mode]; len(log) != want {
			t.Errorf("mode %d: told of %d deletions", mode, len(log))
		}
	}
}

func TestExpiryOfAKey(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	db := ks.DB(0)
	key := []byte("k")
	db.SetExpire(key, 5000)
	if db.Expires() != 0 || db.Persist(key) {
		t.Fatal("an absent key got an expiry")
	}
	db.Put(key, NewText("v"))
	db.SetExpire(key, 5000)
	db.PutKeepTTL(key, NewText("w"))
	if at, ok := db.ExpireAt(key); !ok || at != 5000 {
		t.Fatalf("PutKeepTTL: %d %v", at, ok)
	}
	if !db.Persist(key) || db.Persist(key) {
		t.Fatal("Persist")
	}
	db.SetExpire(key, 6000)
	db.Put(key, NewText("x"))
	if _, ok := db.ExpireAt(key); ok {
		t.Fatal("Put keeps the expiry")
	}
}

func TestActiveExpire(t *testing.T) {
	ks := NewKeyspace(2, testRand(1))
	for i := range 1000 {
		db := ks.DB(i % 2)
		key := fmt.Append(nil, "k", i)
		db.Put(key, NewText("v"))
		db.SetExpire(key, 1000+int64(i))
	}
	ks.Now = 1500
	for range 200 {
		ks.ActiveExpire(10, func() bool { return true })
	}
	// What is left of the dead is at most about the share that is put up with.
	if n := ks.Size(); n < 500 || n > 560 {
		t.Fatalf("%d keys are left, 500 are alive", n)
	}
	if ks.DB(0).AvgTTL <= 0 {
		t.Fatal("no average TTL")
	}
	ks.Now = 5000
	calls := 0
	ks.ActiveExpire(10, func() bool { calls++; return calls < 3 })
	if calls != 3 || ks.Stats.ExpiredTimeCapReached != 1 || ks.Size() == 0 {
		t.Fatalf("went on after its time: %d calls, %d keys", calls, ks.Size())
	}
	for ks.Size() > 0 {
		ks.ActiveExpire(10, func() bool { return true })
	}
	ks.Expiry = ExpiryHide
	ks.DB(0).Put([]byte("k"), NewText("v"))
	ks.DB(0).SetExpire([]byte("k"), 1)
	ks.ActiveExpire(10, func() bool { return true })
	if ks.Size() != 1 {
		t.Fatal("a replica has deleted an expired key")
	}
}

func TestRandomKey(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	db := ks.DB(0)
	if _, ok := db.Random(ks.Rand); ok {
		t.Fatal("a key from nothing")
	}
	ks.Now = 100
	db.Put([]byte("dead"), NewText("v"))
	db.SetExpire([]byte("dead"), 1)
	ks.Expiry = ExpiryHide
	if key, ok := db.Random(ks.Rand); !ok || key != "dead" {
		t.Fatal("a replica with expired keys only must answer one of them")
	}
	ks.Expiry = ExpiryDelete
	db.Put([]byte("alive"), NewText("v"))
	for range 20 {
		if key, ok := db.Random(ks.Rand); !ok || key != "alive" {
			t.Fatalf("%q %v", key, ok)
		}
	}
	db.Delete([]byte("alive"))
	db.Put([]byte("dead"), NewText("v"))
	db.SetExpire([]byte("dead"), 1)
	if _, ok := db.Random(ks.Rand); ok || db.Len() != 0 {
		t.Fatal("an expired key")
	}
}

func TestSwapAndFlush(t *testing.T) {
	ks := NewKeyspace(2, testRand(1))
	a, b := ks.DB(0), ks.DB(1)
	a.Put([]byte("x"), NewText("in a"))
	a.SetExpire([]byte("x"), 77)
	ks.Swap(0, 1)
	if o := b.Get([]byte("x")); o == nil || o.Text() != "in a" || a.Len() != 0 {
		t.Fatal("the content did not change places")
	}
	if at, _ := b.ExpireAt([]byte("x")); at != 77 {
		t.Fatal("the expiry stayed behind")
	}
	if n := b.Flush(); n != 1 || b.Len() != 0 || b.Expires() != 0 || ks.Used() != 0 {
		t.Fatal("Flush left something")
	}
	if ks.DB(-1) != nil || ks.DB(2) != nil {
		t.Fatal("a database out of range")
	}
}

// TestLoadIsPutKeepTTL stores the same in both ways, over keys of all states.
func TestLoadIsPutKeepTTL(t *testing.T) {
	for _, mode := range []ExpiryMode{ExpiryDelete, ExpiryHide, ExpiryIgnore} {
		var told [2]hookLog
		var used [2]int64
		for way := range 2 {
			ks := NewKeyspace(1, testRand(1))
			ks.Now, ks.Expiry = 1000, mode
			db := ks.DB(0)
			for key, at := range map[string]int64{"plain": 0, "due": 500, "later": 2000} {
				db.Put([]byte(key), NewText("old"))
				if at != 0 {
					db.SetExpire([]byte(key), at)
				}
			}
			ks.Hooks = told[way].hooks()
			for _, key := range []string{"new", "plain", "due", "later"} {
				added := key == "new" || key == "due" && mode == ExpiryDelete
				if way == 0 {
					db.PutKeepTTL([]byte(key), NewText("value"))
				} else if _, got := db.Load(key, NewText("value")); got != added {
					t.Errorf("mode %d: %s is new: %v", mode, key, got)
				}
				at, _ := db.ExpireAt([]byte(key))
				told[way] = append(told[way], fmt.Sprint(key, " expires at ", at, " of ", db.Len()))
			}
			used[way] = ks.Used()
		}
		if fmt.Sprint(told[0]) != fmt.Sprint(told[1]) || used[0] != used[1] {
			t.Errorf("mode %d: PutKeepTTL %q, %d bytes; Load %q, %d bytes", mode, told[0], used[0], told[1], used[1])
		}
	}
}

// BenchmarkLoad1M stores a million new keys as a file's are stored, with and without Prefetch.
func BenchmarkLoad1M(b *testing.B) {
	keys := make([]string, 1_000_000)
	for i := range keys {
		keys[i] = fmt.Sprintf("key:%012d", i)
	}
	for _, prefetch := range []bool{false, true} {
		b.Run(fmt.Sprintf("prefetch=%v", prefetch), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				db := NewKeyspace(1, nil).DB(0)
				db.Expect(len(keys), 0)
				for i, key := range keys {
					if prefetch && i%PrefetchKeys == 0 {
						db.Prefetch(keys[i:])
					}
					db.Load(key, NewText("value"))
				}
			}
		})
	}
}
