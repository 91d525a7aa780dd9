package store

import (
	"fmt"
	"testing"
)

func TestIdle(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	ks.Now = 1_700_000_000_000
	db := ks.DB(0)
	k := []byte("k")
	db.Put(k, NewText("v"))
	ks.Now += 90_000
	o := db.Peek(k)
	if ks.Idle(o) != 90 {
		t.Fatalf("idle %d", ks.Idle(o))
	}
	db.Look(k)
	if ks.Idle(o) != 90 {
		t.Fatal("Look has marked the object")
	}
	db.Get(k)
	if ks.Idle(o) != 0 {
		t.Fatal("Get has not marked the object")
	}
	ks.SetIdle(o, 1000)
	if ks.Idle(o) != 1000 {
		t.Fatalf("idle %d", ks.Idle(o))
	}
	ks.SetIdle(o, 1<<40)
	if ks.Idle(o) < 1<<22 {
		t.Fatalf("idle %d, want about as much as can be told", ks.Idle(o))
	}
}

func TestFrequency(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	ks.Policy = Policy{LFU: true, LFULogFactor: 10, LFUDecayTime: 1}
	ks.Now = 1_700_000_000_000
	db := ks.DB(0)
	k := []byte("k")
	o := db.Put(k, NewText("v"))
	if ks.Freq(o) != lfuInitial {
		t.Fatalf("a new key has %d", ks.Freq(o))
	}
	for range 1000 {
		db.Get(k)
	}
	// The table in redis.conf has 18 after 1000 hits with factor 10.
	if n := ks.Freq(o); n < 12 || n > 26 {
		t.Fatalf("after 1000 accesses %d", n)
	}
	before := ks.Freq(o)
	ks.Now += 3 * 60_000
	if ks.Freq(o) != before-3 {
		t.Fatalf("after three minutes %d, before %d", ks.Freq(o), before)
	}
	if o = db.Put(k, NewText("w")); ks.Freq(o) < before-3 {
		t.Fatal("replacing the value has cost it its frequency")
	}
	ks.SetFreq(o, 200)
	if ks.Freq(o) != 200 {
		t.Fatalf("%d", ks.Freq(o))
	}
	ks.Now += 1000 * 60_000
	if ks.Freq(o) != 0 {
		t.Fatalf("%d", ks.Freq(o))
	}
	ks.Policy.LFUDecayTime = 0
	ks.SetFreq(o, 7)
	ks.Now += 1000 * 60_000
	if ks.Freq(o) != 7 {
		t.Fatal("it decays without a decay time")
	}
}

// TestMovedKeyKeepsItsUse: RENAME and MOVE take the object along as it is.
func TestMovedKeyKeepsItsUse(t *testing.T) {
	ks := NewKeyspace(1, testRand(1))
	ks.Policy = Policy{LFU: true, LFULogFactor: 10, LFUDecayTime: 1}
	ks.Now = 1_700_000_000_000
	db := ks.DB(0)
	ks.SetFreq(db.Put([]byte("a"), NewText("v")), 99)
	o, _, _ := db.Take([]byte("a"))
	if n := ks.Freq(db.Put([]byte("b"), o)); n != 99 {
		t.Fatalf("frequency %d", n)
	}
}

// evictAll lets the policy choose victims until count keys are left, and gives their keys.
func evictAll(t *testing.T, ks *Keyspace, policy string, count int) (victims []string) {
	t.Helper()
	for ks.Size() > count {
		id, key, ok := ks.Evict(policy, 10)
		if !ok || !ks.DB(id).Delete([]byte(key)) {
			t.Fatalf("%s: no victim with %d keys", policy, ks.Size())
		}
		victims = append(victims, key)
	}
	return victims
}

func TestEvictionPolicies(t *testing.T) {
	fill := func(lfu bool) *Keyspace {
		ks := NewKeyspace(2, testRand(5))
		ks.Policy = Policy{LFU: lfu, LFULogFactor: 10}
		ks.Now = 1_700_000_000_000
		for i := range 200 {
			db := ks.DB(i % 2)
			key := fmt.Append(nil, "k", i)
			o := db.Put(key, NewText("v"))
			ks.SetIdle(o, int64(1000-i))
			ks.SetFreq(o, uint8(i))
			if i%4 < 2 {
				db.SetExpire(key, ks.Now+1_000_000+int64(i))
			}
		}
		return ks
	}
	// The first half to go must consist mostly of the keys with low numbers, which are idle,
	// rarely used or near their end.
	for _, policy := range []string{"allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"} {
		ks := fill(policy[len(policy)-1] == 'u' && policy[len(policy)-2] == 'f')
		left := 100
		if policy[0] == 'v' {
			left = 150
		}
		low := 0
		victims := evictAll(t, ks, policy, left)
		for _, v := range victims {
			var n int
			_, _ = fmt.Sscanf(v, "k%d", &n)
			if n < 100 {
				low++
			}
			if policy[0] == 'v' && n%4 >= 2 {
				t.Fatalf("%s chose %s, which never expires", policy, v)
			}
		}
		if low*100 < 85*len(victims) {
			t.Errorf("%s: only %d of %d victims are among the right ones", policy, low, len(victims))
		}
	}
	for _, policy := range []string{"allkeys-random", "volatile-random"} {
		ks := fill(false)
		victims := map[string]bool{}
		for _, v := range evictAll(t, ks, policy, 120) {
			victims[v] = true
		}
		if a, b := ks.DB(0).Len(), ks.DB(1).Len(); a-b > 20 || b-a > 20 || len(victims) != 80 {
			t.Errorf("%s: %d and %d keys are left", policy, a, b)
		}
	}
}

func TestNothingToEvict(t *testing.T) {
	ks := NewKeyspace(2, testRand(5))
	policies := []string{"noeviction", "allkeys-lru", "allkeys-random", "volatile-lru", "volatile-random", "volatile-ttl"}
	for _, p := range policies {
		if _, _, ok := ks.Evict(p, 5); ok {
			t.Fatalf("%s found a victim in nothing", p)
		}
	}
	ks.DB(1).Put([]byte("k"), NewText("v"))
	for _, p := range policies {
		_, key, ok := ks.Evict(p, 5)
		if want := p[0] == 'a'; ok != want || ok && key != "k" {
			t.Fatalf("%s: %q %v", p, key, ok)
		}
	}
}
