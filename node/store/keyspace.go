package store

import "math/rand/v2"

// ExpiryMode says what a look-up does with a key whose time has come.
type ExpiryMode uint8

const (
	// ExpiryDelete deletes it and tells Hooks.Expired (a master).
	ExpiryDelete ExpiryMode = iota
	// ExpiryHide treats it as absent and leaves it for the master to delete (a replica).
	ExpiryHide
	// ExpiryIgnore takes it as alive (commands that come from the master, loading).
	ExpiryIgnore
)

// Hooks are called by the keyspace while a command runs. All may be nil.
type Hooks struct {
	// Modified is called for each key whose value, expiry or existence changed.
	Modified func(db *DB, key []byte)
	// Expired is called after a key was deleted because its time had come.
	Expired func(db *DB, key string)
	// Added is called when a list or a sorted set comes to be at key where nothing was: blocked clients may be
	// served. As in Redis 7.0, one that takes the place of another value wakes nobody.
	Added func(db *DB, key string, kind Kind)
	// New is called when a key comes to be (event class 'n').
	New func(db *DB, key string)
	// Missed is called when a key that is read is not there (event class 'm').
	Missed func(db *DB, key []byte)
}

// Keyspace is the set of numbered databases. It does no I/O and reads no clock: the
// caller sets Now (milliseconds of Unix time) and Expiry before it runs a command.
type Keyspace struct {
	Now    int64
	Expiry ExpiryMode
	Policy Policy
	Hooks  Hooks
	Rand   *rand.Rand
	Stats  Stats
	Limits Limits

	dbs   []*DB
	edits []edit // values handed out by Edit in this command
	snap  *Snapshot
	pool  []candidate // for eviction, see evict.go
	turn  int         // database the last random victim came from
	epoch uint16      // objects that carry it were made or saved since the snapshot began
}

// Stats are counters that INFO prints.
type Stats struct {
	Hits, Misses, Expired, Evicted int64
	ExpiredStale                   float64
	ExpiredTimeCapReached          int64
}

// Policy says what the 24 bits beside each object mean.
type Policy struct {
	LFU          bool
	LFULogFactor int
	LFUDecayTime int
}

// Limits are the thresholds up to which the small encodings are kept; see redis.conf
// "ADVANCED CONFIG".
type Limits struct {
	HashEntries, HashValue int
	ZSetEntries, ZSetValue int
	SetIntEntries          int
	ListSize               int // list-max-listpack-size: > 0 entries, -1 … -5 size classes
}

// DefaultLimits are Redis 7.0's defaults.
func DefaultLimits() Limits {
	return Limits{HashEntries: 512, HashValue: 64, ZSetEntries: 128, ZSetValue: 64, SetIntEntries: 512, ListSize: -2}
}

type edit struct {
	db     *DB
	o      *Object
	before int
}

// NewKeyspace makes n empty databases.
func NewKeyspace(n int, r *rand.Rand) *Keyspace {
	ks := &Keyspace{Rand: r, Limits: DefaultLimits(), epoch: 1}
	for i := range n {
		ks.dbs = append(ks.dbs, &DB{ID: i, ks: ks})
	}
	return ks
}

// DB gives database i, nil out of range.
func (ks *Keyspace) DB(i int) *DB {
	if i < 0 || i >= len(ks.dbs) {
		return nil
	}
	return ks.dbs[i]
}

// Databases is their number.
func (ks *Keyspace) Databases() int { return len(ks.dbs) }

// Used is the approximate memory of all keys and values in bytes, as of the last Settle.
func (ks *Keyspace) Used() int64 {
	var total int64
	for _, db := range ks.dbs {
		total += db.used
	}
	return total
}

// Settle accounts for what the command changed in place; call it after each command.
func (ks *Keyspace) Settle() {
	for i := range ks.edits {
		ks.edits[i].settle()
		ks.edits[i] = edit{}
	}
	ks.edits = ks.edits[:0]
}

// noteEdit remembers the size an object had before this command; the first note counts.
func (ks *Keyspace) noteEdit(db *DB, o *Object) {
	for i := range ks.edits {
		if ks.edits[i].o == o {
			return
		}
	}
	ks.edits = append(ks.edits, edit{db, o, o.Size()})
}

func (e *edit) settle() {
	if e.o != nil {
		e.db.used += int64(e.o.Size() - e.before)
	}
	e.o = nil
}

// forget settles an object that is about to leave the keyspace.
func (ks *Keyspace) forget(o *Object) {
	for i := range ks.edits {
		if ks.edits[i].o == o {
			ks.edits[i].settle()
		}
	}
}

// Swap exchanges the content of two databases (SWAPDB).
func (ks *Keyspace) Swap(a, b int) {
	ks.Settle()
	x, y := ks.dbs[a], ks.dbs[b]
	x.keys, y.keys = y.keys, x.keys
	x.expires, y.expires = y.expires, x.expires
	x.used, y.used = y.used, x.used
	x.AvgTTL, y.AvgTTL = y.AvgTTL, x.AvgTTL
	x.cursor, y.cursor = y.cursor, x.cursor
}

// Size is the number of keys in all databases.
func (ks *Keyspace) Size() int {
	total := 0
	for _, db := range ks.dbs {
		total += db.Len()
	}
	return total
}
