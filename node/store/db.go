package store

import (
	"math/rand/v2"
)

// DB is one numbered database: keys with their objects, and the times at which some of
// them expire.
//
// Reading goes through Get, changing in place through Edit, replacing through Put: these
// three keep expiry, the LRU/LFU bits, memory figures and a running snapshot right.
type DB struct {
	ID      int
	AvgTTL  int64 // milliseconds, estimated by the active expiry
	ks      *Keyspace
	keys    *Dict[Object]
	expires *Dict[int64]
	used    int64  // bytes
	cursor  uint64 // where the active expiry goes on
}

func (db *DB) dict() *Dict[Object] {
	if db.keys == nil {
		db.keys = new(Dict[Object])
	}
	return db.keys
}

func (db *DB) exp() *Dict[int64] {
	if db.expires == nil {
		db.expires = new(Dict[int64])
	}
	return db.expires
}

// Len is the number of keys (expired ones that were not met yet included).
func (db *DB) Len() int { return db.dict().Len() }

// Expires is the number of keys with an expiry.
func (db *DB) Expires() int { return db.exp().Len() }

// Expect makes room for so many keys and expiry times in an empty database; Fit gives back what was not needed.
func (db *DB) Expect(keys, expires int) {
	db.dict().Expect(keys)
	db.exp().Expect(expires)
}

// Prefetch makes storing the first PrefetchKeys of these keys faster.
func (db *DB) Prefetch(keys []string) { db.dict().Prefetch(keys) }

// Fit is to be called when the keys that were expected are in.
func (db *DB) Fit() {
	db.dict().Fit()
	db.exp().Fit()
}

// Get looks a key up for reading: nil when it is absent or expired. It counts a hit or a
// miss and marks the object as used.
func (db *DB) Get(key []byte) *Object {
	n := db.alive(key)
	if n == nil {
		db.missed(key)
		return nil
	}
	db.ks.Stats.Hits++
	db.ks.touch(&n.Val)
	return &n.Val
}

// Look is Get without marking the object as used (EXISTS, TYPE, TTL …).
func (db *DB) Look(key []byte) *Object {
	n := db.alive(key)
	if n == nil {
		db.missed(key)
		return nil
	}
	db.ks.Stats.Hits++
	return &n.Val
}

func (db *DB) missed(key []byte) {
	db.ks.Stats.Misses++
	if h := db.ks.Hooks.Missed; h != nil {
		h(db, key)
	}
}

// Peek is Get without counting and marking (OBJECT, SCAN, look-ups before a write …).
func (db *DB) Peek(key []byte) *Object {
	n := db.alive(key)
	if n == nil {
		return nil
	}
	return &n.Val
}

// Exists tells whether the key is there, without counting and marking.
func (db *DB) Exists(key []byte) bool { return db.alive(key) != nil }

// Edit looks a key up in order to change its value in place. A running snapshot sees
// the value as it was.
func (db *DB) Edit(key []byte) *Object {
	n := db.alive(key)
	if n == nil {
		return nil
	}
	db.ks.beforeWrite(db, n)
	db.ks.touch(&n.Val)
	db.ks.noteEdit(db, &n.Val)
	return &n.Val
}

// alive finds a key and applies the expiry mode.
func (db *DB) alive(key []byte) *Node[Object] {
	n := db.dict().Find(key)
	if n == nil {
		return nil
	}
	if db.exp().Len() != 0 && db.ks.Expiry != ExpiryIgnore && db.due(key) {
		if db.ks.Expiry == ExpiryDelete {
			db.expire(n.key)
		}
		return nil
	}
	return n
}

func (db *DB) due(key []byte) bool {
	e := db.exp().Find(key)
	return e != nil && db.ks.Now > e.Val
}

// expire deletes a key because its time has come.
func (db *DB) expire(key string) {
	db.Delete([]byte(key))
	db.ks.Stats.Expired++
	if db.ks.Hooks.Expired != nil {
		db.ks.Hooks.Expired(db, key)
	}
}

// Put stores o at key, replacing what was there and dropping its expiry. It gives the
// stored object.
func (db *DB) Put(key []byte, o Object) *Object { return db.put(key, o, false) }

// PutKeepTTL stores o at key and leaves its expiry as it is, unless the key has expired.
func (db *DB) PutKeepTTL(key []byte, o Object) *Object { return db.put(key, o, true) }

func (db *DB) put(key []byte, o Object, keepTTL bool) *Object {
	hash := hashString(text(key))
	if n := db.toReplace(text(key), hash, keepTTL); n != nil {
		return db.replace(n, o)
	}
	return db.create(string(key), hash, o)
}

// Load is PutKeepTTL for a key that is kept as it is. It tells whether the key is new.
func (db *DB) Load(key string, o Object) (stored *Object, added bool) {
	hash := hashString(key)
	if n := db.toReplace(key, hash, true); n != nil {
		return db.replace(n, o), false
	}
	return db.create(key, hash, o), true
}

// toReplace gives the entry of a key that is about to be stored, nil if it is new, and deals with its expiry. A key whose
// time has come is deleted first, so that the deletion is told and its expiry not inherited.
func (db *DB) toReplace(key string, hash uint64, keepTTL bool) *Node[Object] {
	n := db.dict().find(key, hash)
	if n == nil || db.exp().Len() == 0 {
		return n
	}
	if db.ks.Expiry != ExpiryIgnore && db.due(view(key)) {
		if db.ks.Expiry == ExpiryDelete {
			db.expire(n.key)
			return nil
		}
		keepTTL = false
	}
	if !keepTTL {
		db.ks.beforeWrite(db, n) // while the expiry is still known
		db.dropExpiry(view(key))
	}
	return n
}

// create stores o at a key that is not there.
func (db *DB) create(key string, hash uint64, o Object) *Object {
	n := db.dict().add(key, hash)
	db.used += int64(objectOverhead + len(key))
	if o.lru == 0 { // it is not moved from another key
		o.lru = db.ks.freshLRU()
	}
	if h := db.ks.Hooks.New; h != nil {
		h(db, n.key)
	}
	if h := db.ks.Hooks.Added; h != nil && (o.kind == KindList || o.kind == KindZSet) {
		h(db, n.key, o.kind)
	}
	return db.assign(n, o)
}

// replace stores o in place of what is at a key.
func (db *DB) replace(n *Node[Object], o Object) *Object {
	db.ks.beforeWrite(db, n)
	db.ks.forget(&n.Val)
	db.used -= int64(n.Val.Size())
	o.lru = n.Val.lru
	if db.ks.Policy.LFU {
		db.ks.touch(&n.Val)
		o.lru = n.Val.lru
	} else {
		o.lru = db.ks.freshLRU()
	}
	return db.assign(n, o)
}

func (db *DB) assign(n *Node[Object], o Object) *Object {
	o.epoch = db.ks.epoch
	n.Val = o
	db.used += int64(o.Size())
	return &n.Val
}

// Delete removes a key, expired or not, and tells whether it was there.
func (db *DB) Delete(key []byte) bool {
	n := db.dict().Find(key)
	if n == nil {
		return false
	}
	db.ks.beforeWrite(db, n)
	db.ks.forget(&n.Val)
	db.dropExpiry(key)
	db.dict().Delete(key)
	db.used -= int64(objectOverhead + len(n.key) + n.Val.Size())
	return true
}

// Take removes a key and gives its object as it was, for RENAME and MOVE; expireAt is 0
// without an expiry.
func (db *DB) Take(key []byte) (o Object, expireAt int64, ok bool) {
	n := db.alive(key)
	if n == nil {
		return Object{}, 0, false
	}
	expireAt, _ = db.ExpireAt(key)
	o = n.Val
	db.Delete(key)
	return o, expireAt, true
}

// expiryOverhead is an entry of the expiry table; the key's bytes are shared.
const expiryOverhead = 40

// SetExpire sets the time (milliseconds of Unix time) at which an existing key expires.
func (db *DB) SetExpire(key []byte, at int64) {
	n := db.dict().Find(key)
	if n == nil {
		return
	}
	db.ks.beforeWrite(db, n)
	e, added := db.exp().Insert(n.key)
	if added {
		db.used += expiryOverhead
	}
	e.Val = at
}

// Persist drops a key's expiry and tells whether it had one.
func (db *DB) Persist(key []byte) bool {
	n := db.dict().Find(key)
	if n == nil {
		return false
	}
	db.ks.beforeWrite(db, n)
	return db.dropExpiry(key)
}

func (db *DB) dropExpiry(key []byte) bool {
	if db.exp().Len() == 0 || db.exp().Delete(key) == nil {
		return false
	}
	db.used -= expiryOverhead
	return true
}

// ExpireAt is the time a key expires in milliseconds of Unix time.
func (db *DB) ExpireAt(key []byte) (int64, bool) {
	if db.exp().Len() == 0 {
		return 0, false
	}
	e := db.exp().Find(key)
	if e == nil {
		return 0, false
	}
	return e.Val, true
}

// Modified tells watchers that the key changed; handlers call it through Ctx.Changed.
func (db *DB) Modified(key []byte) {
	if h := db.ks.Hooks.Modified; h != nil {
		h(db, key)
	}
}

// Scan visits keys from cursor on and gives the next cursor; see Dict.Scan. Expired keys are
// passed over.
func (db *DB) Scan(cursor uint64, fn func(key string, o *Object)) uint64 {
	return db.dict().Scan(cursor, func(n *Node[Object]) {
		if !db.Expired(n.key) {
			fn(n.key, &n.Val)
		}
	})
}

// ScanKeys is Scan for the names alone, those of expired keys included.
func (db *DB) ScanKeys(cursor uint64, fn func(key string)) uint64 {
	return db.dict().Scan(cursor, func(n *Node[Object]) { fn(n.key) })
}

// Footprint is the approximate memory of a key with its value in bytes (MEMORY USAGE), expired
// or not; ok is false when there is none.
func (db *DB) Footprint(key []byte) (bytes int, ok bool) {
	n := db.dict().Find(key)
	if n == nil {
		return 0, false
	}
	return objectOverhead + len(n.key) + n.Val.Size(), true
}

// Each visits all keys that are not expired until fn gives false; fn must not change the database.
func (db *DB) Each(fn func(key string, o *Object) bool) {
	db.dict().Each(func(n *Node[Object]) bool {
		return db.Expired(n.key) || fn(n.key, &n.Val)
	})
}

// Expired tells whether a key's time has come under the present expiry mode; it deletes nothing.
func (db *DB) Expired(key string) bool {
	if db.exp().Len() == 0 || db.ks.Expiry == ExpiryIgnore {
		return false
	}
	e := db.exp().FindString(key)
	return e != nil && db.ks.Now > e.Val
}

// Random gives a random key that is not expired.
func (db *DB) Random(r *rand.Rand) (string, bool) {
	// On a replica expired keys are not deleted: give up after a while, as Redis does.
	for tries := 100; db.Len() > 0; tries-- {
		n := db.dict().Random(r)
		if db.ks.Expiry != ExpiryDelete && tries <= 0 && db.Expires() == db.Len() {
			return n.key, true
		}
		if db.alive([]byte(n.key)) != nil {
			return n.key, true
		}
	}
	return "", false
}

// Flush empties the database and gives the number of keys it had. A running snapshot
// keeps the old content.
func (db *DB) Flush() int {
	n := db.Len()
	db.ks.Settle()
	db.keys, db.expires, db.used, db.cursor, db.AvgTTL = nil, nil, 0, 0, 0
	return n
}
