package store

import (
	"math"
	"slices"
	"strings"
)

// poolSize is EVPOOL_SIZE.
const poolSize = 16

// candidate is a key that a sample found worth evicting. Its score grows with that worth: idle
// seconds, rarity of use, or nearness of its expiry.
type candidate struct {
	score uint64
	db    int
	key   string
}

// Evict chooses the key to delete next under a maxmemory-policy; ok is false when the
// policy is noeviction or has nothing to choose from. The caller deletes the key (and calls
// again while memory is short).
//
// The method is that of Redis's evict.c: the random policies take turns through the databases;
// the others keep a pool of the best candidates of all samples so far, which comes close to
// a true LRU/LFU order with small samples.
func (ks *Keyspace) Evict(policy string, samples int) (dbID int, key string, ok bool) {
	volatile := strings.HasPrefix(policy, "volatile-")
	if !volatile && !strings.HasPrefix(policy, "allkeys-") {
		return 0, "", false
	}
	if strings.HasSuffix(policy, "-random") {
		return ks.randomVictim(volatile)
	}
	score := ks.scorer(policy)
	for {
		total := 0
		for _, db := range ks.dbs {
			if n := db.evictable(volatile); n > 0 {
				db.fillPool(volatile, samples, score)
				total += n
			}
		}
		if total == 0 {
			return 0, "", false
		}
		if dbID, key, ok := ks.takeBest(volatile); ok {
			return dbID, key, true
		}
	}
}

func (db *DB) evictable(volatile bool) int {
	if volatile {
		return db.Expires()
	}
	return db.Len()
}

func (ks *Keyspace) randomVictim(volatile bool) (dbID int, key string, ok bool) {
	for range ks.dbs {
		ks.turn++
		db := ks.dbs[ks.turn%len(ks.dbs)]
		switch {
		case db.evictable(volatile) == 0:
		case volatile:
			return db.ID, db.exp().Random(ks.Rand).key, true
		default:
			return db.ID, db.dict().Random(ks.Rand).key, true
		}
	}
	return 0, "", false
}

// scorer says how a policy rates a key; at is the key's expiry.
func (ks *Keyspace) scorer(policy string) func(o *Object, at int64) uint64 {
	switch {
	case strings.HasSuffix(policy, "-ttl"):
		return func(_ *Object, at int64) uint64 { return math.MaxUint64 - uint64(at) }
	case strings.HasSuffix(policy, "-lfu"):
		return func(o *Object, _ int64) uint64 { return uint64(255 - ks.Freq(o)) }
	}
	return func(o *Object, _ int64) uint64 { return uint64(ks.Idle(o)) }
}

func (db *DB) fillPool(volatile bool, samples int, score func(*Object, int64) uint64) {
	if !volatile {
		for _, n := range db.dict().Sample(db.ks.Rand, samples, nil) {
			db.ks.offer(candidate{score(&n.Val, 0), db.ID, n.key})
		}
		return
	}
	for _, e := range db.exp().Sample(db.ks.Rand, samples, nil) {
		if n := db.dict().FindString(e.key); n != nil {
			db.ks.offer(candidate{score(&n.Val, e.Val), db.ID, n.key})
		}
	}
}

// offer puts a candidate into the pool, which is ordered by score, if it is good enough.
func (ks *Keyspace) offer(c candidate) {
	for _, in := range ks.pool {
		if in.db == c.db && in.key == c.key {
			return
		}
	}
	at, _ := slices.BinarySearchFunc(ks.pool, c, func(a, b candidate) int {
		if a.score < b.score {
			return -1
		}
		return 1
	})
	if len(ks.pool) < poolSize {
		ks.pool = slices.Insert(ks.pool, at, c)
		return
	}
	if at == 0 {
		return
	}
	copy(ks.pool, ks.pool[1:at])
	ks.pool[at-1] = c
}

// takeBest takes the best candidate that is still there out of the pool.
func (ks *Keyspace) takeBest(volatile bool) (dbID int, key string, ok bool) {
	for len(ks.pool) > 0 {
		last := len(ks.pool) - 1
		c := ks.pool[last]
		ks.pool[last] = candidate{}
		ks.pool = ks.pool[:last]
		db := ks.dbs[c.db]
		if db.dict().FindString(c.key) == nil {
			continue
		}
		if volatile && db.exp().FindString(c.key) == nil {
			continue
		}
		return c.db, c.key, true
	}
	return 0, "", false
}
