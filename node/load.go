package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	"redislab/node/data"
	"redislab/node/rdb"
)

// loadState is what INFO tells while a file is loaded.
type loadState struct {
	active      bool
	since       time.Time
	total, done int64
	usedMem     int64 // what the node that wrote the file used
}

func (n *Node) loadingInfo(t *infoText) {
	l := &n.loading
	perc, eta := 0.0, int64(1)
	if l.total > 0 {
		perc = float64(l.done) * 100 / float64(l.total)
	}
	if elapsed := n.now.Sub(l.since).Seconds(); elapsed >= 1 && l.done > 0 {
		eta = int64(elapsed * float64(l.total-l.done) / float64(l.done))
	}
	t.line("loading_start_time", l.since.Unix())
	t.line("loading_total_bytes", l.total)
	t.line("loading_rdb_used_mem", l.usedMem)
	t.line("loading_loaded_bytes", l.done)
	t.line("loading_loaded_perc", perc)
	t.line("loading_eta_seconds", eta)
}

// loadFromDisk loads dbfilename if it is there. A file that cannot be read stops the
// start and is left as it is.
func (n *Node) loadFromDisk(ctx context.Context) error {
	path := n.path(n.set.String("dbfilename"))
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("Fatal error loading the DB: %w. Exiting.", rootCause(err))
	}
	defer f.Close()
	began := n.clock.Now()
	l := &loader{n: n, ctx: ctx}
	if err := l.load(f); err != nil {
		return fmt.Errorf("Error loading the RDB file %s: %w. The file was left as it is: check it with redis-check-rdb, restore it from a backup, or move it away to start empty", path, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.noticef("DB loaded from disk: %.3f seconds", n.clock.Now().Sub(began).Seconds())
	n.recoverStream(l)
	return nil
}

// loadBatch is the number of keys stored under one hold of the lock.
const loadBatch = 512

// loader stores the entries of an RDB file.
type loader struct {
	n      *Node
	ctx    context.Context
	aux    map[string]string
	batch  int
	held   bool // the caller keeps the lock from the first to the last key: DEBUG RELOAD
	strict bool // a key that is there already is an error

	before, after func()  // run under the lock, in one hold with the first and the last key; may be nil
	pulse         func()  // runs now and then without the lock; may be nil
	expired       []dbKey // keys a master left out because their time had come
}

// dbKey names a key that is not kept.
type dbKey struct {
	db  int
	key string
}

// decode reads the whole file.
func (l *loader) decode(r io.Reader) error {
	_, err := rdb.Decode(r, rdb.Handler{
		Aux:        l.fact,
		Resize:     l.resize,
		Entry:      l.entry,
		Progress:   l.progress,
		Databases:  l.n.ks.Databases(),
		NoChecksum: !l.n.set.Bool("rdbchecksum"),
		Every:      256 << 10,
	})
	return err
}

// fact notes one of the facts at the head of the file.
func (l *loader) fact(name, value []byte) error {
	l.aux[string(name)] = string(value)
	if string(name) == "used-mem" {
		l.n.loading.usedMem, _ = strconv.ParseInt(string(value), 10, 64)
	}
	return nil
}

// leastEntry is about the least that a key with its value takes in a file.
const leastEntry = 8

// resize makes room for a database's keys, as far as the file can hold so many.
func (l *loader) resize(db int, keys, expires uint64) error {
	most := uint64(l.n.loading.total / leastEntry)
	l.n.ks.DB(db).Expect(int(min(keys, most)), int(min(expires, most)))
	return nil
}

// load fills the keyspace from an RDB; clients get LOADING meanwhile. It is called without
// the lock. aux has the file's facts afterwards.
func (l *loader) load(f *os.File) error {
	n := l.n
	size := int64(0)
	if st, err := f.Stat(); err == nil {
		size = st.Size()
	}
	if !n.enter() {
		return errAborted
	}
	l.aux = map[string]string{}
	n.loading = loadState{active: true, since: n.now, total: size}
	n.persist.loadedKeys, n.persist.loadedExpired = 0, 0
	if l.before != nil {
		l.before()
	}
	err := l.decode(f)
	if errors.Is(err, errAborted) {
		return err // the node has ended, the lock is not held
	}
	n.loading.active = false
	if err == nil && l.after != nil {
		l.after()
	}
	n.leave()
	return err
}

// keepsExpired tells whether keys whose time has come are loaded all the same: a replica waits for its
// master's word. The directive tells it even before the node follows anybody.
func (n *Node) keepsExpired() bool {
	_, _, replica := n.set.ReplicaOf()
	return replica
}

// entry stores one key. Keys that have expired meanwhile are left out by a master; a replica keeps
// them until its master says otherwise.
func (l *loader) entry(e *rdb.Entry) error {
	n := l.n
	if e.HasExpire && e.ExpireMS < n.nowMs && !n.keepsExpired() {
		n.persist.loadedExpired++
		l.expired = append(l.expired, dbKey{e.DB, string(e.Key)})
		return nil
	}
	n.persist.loadedKeys++
	o, err := data.ObjectOf(&e.Value, &n.ks.Limits)
	if err != nil {
		return err
	}
	db := n.ks.DB(e.DB)
	keys := db.Len()
	stored := db.PutKeepTTL(e.Key, o)
	if l.strict && db.Len() == keys {
		return fmt.Errorf("%w: '%s' in DB %d", errDuplicate, e.Key, e.DB)
	}
	if e.HasExpire {
		db.SetExpire(e.Key, e.ExpireMS)
	}
	if e.HasIdle {
		n.ks.SetIdle(stored, int64(e.Idle))
	}
	if e.HasFreq {
		n.ks.SetFreq(stored, e.Freq)
	}
	if l.batch++; l.batch >= loadBatch {
		return l.breathe()
	}
	return nil
}

func (l *loader) progress(read int64) error {
	l.n.loading.done = read
	return l.breathe()
}

// breathe lets clients in for a moment.
func (l *loader) breathe() error {
	l.batch = 0
	if l.held {
		return nil
	}
	l.n.leave()
	if l.pulse != nil {
		l.pulse()
	}
	runtime.Gosched()
	if !l.n.enter() {
		return errAborted
	}
	if err := l.ctx.Err(); err != nil {
		return err
	}
	return nil
}
