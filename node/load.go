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

	"redislab/node/rdb"
	"redislab/node/store"
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

// findDump opens dbfilename; nil when there is none. Who connects from now on waits until it is loaded.
func (n *Node) findDump() (*os.File, error) {
	f, err := os.Open(n.path(n.set.String("dbfilename")))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("Fatal error loading the DB: %w. Exiting.", rootCause(err))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.loading = loadState{active: true, since: n.now}
	return f, nil
}

// loadFromDisk loads what findDump found. A file that cannot be read stops the start and is
// left as it is.
func (n *Node) loadFromDisk(ctx context.Context, f *os.File) error {
	began := n.clock.Now()
	l := &loader{n: n, ctx: ctx}
	if err := l.load(f); err != nil {
		return fmt.Errorf("Error loading the RDB file %s: %w. The file was left as it is: check it with redis-check-rdb, restore it from a backup, or move it away to start empty", f.Name(), err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.noticef("DB loaded from disk: %.3f seconds", n.clock.Now().Sub(began).Seconds())
	n.recoverStream(l)
	return nil
}

// loader stores the entries of an RDB file.
type loader struct {
	n      *Node
	ctx    context.Context
	aux    map[string]string
	held   bool // the caller keeps the lock from the first to the last key: DEBUG RELOAD
	strict bool // a key that is there already is an error

	before, after func()  // run under the lock, before the first key and in one hold with the last; may be nil
	pulse         func()  // runs now and then without the lock; may be nil
	expired       []dbKey // keys a master left out because their time had come
}

// dbKey names a key that is not kept.
type dbKey struct {
	db  int
	key string
}

// load fills the keyspace from an RDB; clients get LOADING meanwhile. It is called without
// the lock. aux has the file's facts afterwards.
func (l *loader) load(f *os.File) error {
	n := l.n
	if !n.enter() {
		return errAborted
	}
	l.begin(f)
	if l.before != nil {
		l.before()
	}
	a := l.decode(f)
	defer a.stop()
	n.leave()
	err := l.store(a)
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

// begin makes it known that a file is loaded; the lock is held.
func (l *loader) begin(f *os.File) {
	l.aux = map[string]string{}
	l.n.loading = loadState{active: true, since: l.n.now}
	if st, err := f.Stat(); err == nil {
		l.n.loading.total = st.Size()
	}
	l.n.persist.loadedKeys, l.n.persist.loadedExpired = 0, 0
}

// decode begins to decode the file; the lock is held.
func (l *loader) decode(r io.Reader) *readAhead {
	return decodeAhead(r, rdb.Handler{
		Databases:  l.n.ks.Databases(),
		NoChecksum: !l.n.set.Bool("rdbchecksum"),
	}, l.n.ks.Limits)
}

// store stores what is decoded, a batch under one hold of the lock. It returns with the lock held, unless
// the error is errAborted.
func (l *loader) store(a *readAhead) error {
	for {
		b := <-a.full
		if !l.held && !l.n.enter() {
			return errAborted
		}
		err := l.batch(b)
		if err == nil {
			err = b.err
		}
		if err == nil && !b.last {
			err = l.ctx.Err()
		}
		if err != nil || b.last {
			return err
		}
		a.empty <- b
		l.breathe()
	}
}

// breathe lets clients in for a moment.
func (l *loader) breathe() {
	if l.held {
		return
	}
	l.n.leave()
	if l.pulse != nil {
		l.pulse()
	}
	runtime.Gosched()
}

// leastEntry is about the least that a key with its value takes in a file.
const leastEntry = 8

// batch stores a batch.
func (l *loader) batch(b *loadBatch) error {
	for _, f := range b.facts {
		l.aux[f[0]] = f[1]
		if f[0] == "used-mem" {
			l.n.loading.usedMem, _ = strconv.ParseInt(f[1], 10, 64)
		}
	}
	db := l.n.ks.DB(b.db)
	if b.sized {
		most := uint64(l.n.loading.total / leastEntry) // it is believed as far as the file can hold so many
		db.Expect(int(min(b.keys, most)), int(min(b.expires, most)))
	}
	for i := range b.names {
		if i%store.PrefetchKeys == 0 {
			db.Prefetch(b.names[i:])
		}
		if err := l.key(db, b.names[i], &b.values[i]); err != nil {
			return err
		}
	}
	for i := 0; b.last && i < l.n.ks.Databases(); i++ {
		l.n.ks.DB(i).Fit()
	}
	if b.read > 0 {
		l.n.loading.done = b.read
	}
	return nil
}

// keepsExpired tells whether keys whose time has come are loaded all the same: a replica waits for its
// master's word. The directive tells it even before the node follows anybody.
func (n *Node) keepsExpired() bool {
	_, _, replica := n.set.ReplicaOf()
	return replica
}

// key stores one key. Keys that have expired meanwhile are left out by a master; a replica keeps
// them until its master says otherwise.
func (l *loader) key(db *store.DB, key string, v *loadedValue) error {
	n, meta := l.n, &v.meta
	if meta.HasExpire && meta.ExpireMS < n.nowMs && !n.keepsExpired() {
		n.persist.loadedExpired++
		l.expired = append(l.expired, dbKey{db.ID, key})
		return nil
	}
	n.persist.loadedKeys++
	o, added := db.Load(key, v.o)
	if l.strict && !added {
		return fmt.Errorf("%w: '%s' in DB %d", errDuplicate, key, db.ID)
	}
	if meta.HasExpire {
		db.SetExpire([]byte(key), meta.ExpireMS)
	}
	if meta.HasIdle {
		n.ks.SetIdle(o, int64(meta.Idle))
	}
	if meta.HasFreq {
		n.ks.SetFreq(o, meta.Freq)
	}
	return nil
}
