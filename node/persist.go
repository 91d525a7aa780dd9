package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"redislab/node/command"
	"redislab/node/rdb"
	"redislab/node/store"
)

// persistence is the state of RDB saving.
type persistence struct {
	savePoints    bool
	dirty         int64 // changes since the last save
	dirtyAtStart  int64 // of the save under way
	lastSave      int64 // Unix seconds
	lastOK        bool
	lastTry       int64
	lastTook      time.Duration
	tookKnown     bool
	scheduled     bool
	running       *snapshotRun
	loadedKeys    int64
	loadedExpired int64
}

func (p *persistence) resetCounters() {}

func (p *persistence) progress() (done, total int64) {
	if p.running == nil {
		return 0, 0
	}
	return p.running.keys, p.running.total
}

func (p *persistence) lastSeconds() int64 {
	if !p.tookKnown {
		return -1
	}
	return int64(p.lastTook / time.Second)
}

func (p *persistence) currentSeconds(now int64) int64 {
	if p.running == nil {
		return -1
	}
	return now - p.running.began.Unix()
}

// snapshotRun is one walk over the keyspace while commands go on: for BGSAVE, or for
// replicas. Only one is under way at a time, as Redis has only one child.
type snapshotRun struct {
	n       *Node
	snap    *store.Snapshot
	ser     *rdb.Serializer // for what is serialised under the lock
	batch   snapshotBatch   // taken, not handed to the writer yet
	db      int
	parts   map[int][2]int // database → keys, keys with expiry
	keys    int64
	total   int64
	began   time.Time
	purpose string // "rdb", "replicas", "save"
	aux     [][2]string
	options rdb.Options
	abort   bool
}

// beginSnapshot starts a walk; the lock is held.
func (n *Node) beginSnapshot(purpose string) *snapshotRun {
	options := rdb.Options{Compress: n.set.Bool("rdbcompression"), Checksum: n.set.Bool("rdbchecksum")}
	r := &snapshotRun{
		n: n, ser: rdb.NewSerializer(options.Compress), db: -1, parts: map[int][2]int{}, began: n.now, purpose: purpose,
		aux: n.rdbAux(), options: options,
	}
	r.snap = n.ks.BeginSnapshot(r.emit)
	if r.snap == nil {
		return nil
	}
	for _, p := range r.snap.Parts() {
		r.parts[p[0]] = [2]int{p[1], p[2]}
		r.total += int64(p[1])
	}
	n.persist.running = r
	if purpose != "save" {
		n.stats.totalForks++ // where Redis would have forked
	}
	return r
}

// emit takes one key out; the keyspace calls it under the lock.
func (r *snapshotRun) emit(s store.Saved) {
	if s.DB != r.db {
		r.db = s.DB
		if sizes, first := r.parts[s.DB]; first {
			r.batch.database(s.DB, &sizes)
			delete(r.parts, s.DB)
		} else {
			r.batch.database(s.DB, nil)
		}
	}
	meta := rdb.Meta{}
	if s.ExpireAt != 0 {
		meta = rdb.Expires(s.ExpireAt)
	}
	switch {
	case r.n.settings.savesLFU():
		meta.HasFreq, meta.Freq = true, uint8(r.n.ks.Freq(s.Object))
	case r.n.settings.savesLRU():
		meta.HasIdle, meta.Idle = true, uint64(r.n.ks.Idle(s.Object))
	}
	r.batch.add(r.ser, meta, s.Key, s.Object)
	r.keys++
}

func (s *settings) savesLFU() bool {
	return s.maxmemoryPolicy == "allkeys-lfu" || s.maxmemoryPolicy == "volatile-lfu"
}

func (s *settings) savesLRU() bool {
	return s.maxmemoryPolicy == "allkeys-lru" || s.maxmemoryPolicy == "volatile-lru"
}

// errAborted ends a walk that nobody wants any more (SHUTDOWN, FLUSHALL, a killed node).
var errAborted = errors.New("the snapshot was aborted")

// writeTo writes the whole RDB to w, piece by piece. It is called without the lock.
func (r *snapshotRun) writeTo(w io.Writer) error {
	enc := rdb.NewEncoder(w, r.options)
	if err := r.head(enc); err != nil {
		return err
	}
	var taken snapshotBatch
	for done := false; !done; {
		taken.reset()
		if !r.n.enter() {
			return errAborted
		}
		if r.abort {
			r.n.leave()
			return errAborted
		}
		for !done && !r.batch.full() {
			done = r.snap.Step(16)
		}
		taken, r.batch = r.batch, taken
		r.n.leave()
		if err := taken.encode(enc); err != nil {
			return err
		}
	}
	return enc.Close()
}

// writeLocked writes the whole RDB while the caller holds the lock.
func (r *snapshotRun) writeLocked(w io.Writer) error {
	enc := rdb.NewEncoder(w, r.options)
	if err := r.head(enc); err != nil {
		return err
	}
	for done := false; !done; {
		done = r.snap.Step(sliceKeys)
		if err := r.batch.encode(enc); err != nil {
			return err
		}
		r.batch.reset()
	}
	return enc.Close()
}

func (r *snapshotRun) head(enc *rdb.Encoder) error {
	if err := enc.Header(); err != nil {
		return err
	}
	for _, fact := range r.aux {
		if err := enc.Aux(fact[0], fact[1]); err != nil {
			return err
		}
	}
	return nil
}

// rdbAux are the facts at the head of a file. The replication ID lets a restarted node
// go on with its replicas, or with its master.
func (n *Node) rdbAux() [][2]string {
	aux := [][2]string{
		{"redis-ver", Version}, {"redis-bits", "64"},
		{"ctime", strconv.FormatInt(n.now.Unix(), 10)},
		{"used-mem", strconv.FormatInt(startupMemory+n.ks.Used(), 10)},
	}
	if stream, ok := n.savedStream(); ok {
		aux = append(aux, [2]string{"repl-stream-db", strconv.Itoa(stream)},
			[2]string{"repl-id", n.history.ID}, [2]string{"repl-offset", strconv.FormatInt(n.history.Offset, 10)})
	}
	return append(aux, [2]string{"aof-base", "0"})
}

// endSnapshot closes the walk; the lock is held.
func (n *Node) endSnapshot(r *snapshotRun) {
	r.snap.Close()
	if n.persist.running == r {
		n.persist.running = nil
	}
}

// closeSnapshot drops the walk under way, for good.
func (n *Node) closeSnapshot() {
	if r := n.persist.running; r != nil {
		r.abort = true
	}
}

// place gives a background save's file its name, unless somebody ended the save meanwhile: FLUSHALL must not be
// undone by a file that was just about to be finished.
func (r *snapshotRun) place(rename func() error) error {
	if !r.n.enter() {
		return errAborted
	}
	defer r.n.leave()
	if r.abort {
		return errAborted
	}
	return rename()
}

// atOnce is the place of those who hold the lock throughout.
func atOnce(rename func() error) error { return rename() }

// saveFile has write fill a temporary file in dir that then takes the name; place decides whether and
// when.
func saveFile(dir, name string, write func(io.Writer) error, place func(rename func() error) error) error {
	f, err := os.CreateTemp(dir, fmt.Sprintf("temp-%d-*.rdb", os.Getpid()))
	if err != nil {
		return fmt.Errorf("Failed opening the temp RDB file in %s for saving: %w", dir, rootCause(err))
	}
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = place(func() error { return os.Rename(f.Name(), filepath.Join(dir, name)) })
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("Write error saving DB on disk: %w", err)
	}
	return nil
}

// bgsave starts a save in the background. then runs under the lock when it is over; the
// lock is held now as well.
func (n *Node) bgsave(then func(error)) error {
	if n.persist.running != nil {
		return errors.New(command.ErrSaveRunning)
	}
	r := n.beginSnapshot("rdb")
	n.persist.dirtyAtStart = n.persist.dirty
	n.persist.lastTry = n.now.Unix()
	n.stats.saves++
	n.noticef("Background saving started by pid %d", os.Getpid())
	n.emit("save.begin")
	dir, name := n.dir(), n.set.String("dbfilename")
	n.group.Go(func() {
		err := saveFile(dir, name, r.writeTo, r.place)
		if !n.enter() {
			return
		}
		n.endSnapshot(r)
		n.saveEnded(r, err)
		if then != nil {
			then(err)
		}
		n.leave()
	})
	return nil
}

// noteSaveTime keeps for INFO how long the last snapshot took, wherever it went.
func (n *Node) noteSaveTime(r *snapshotRun) {
	n.persist.lastTook, n.persist.tookKnown = n.now.Sub(r.began), true
}

func (n *Node) saveEnded(r *snapshotRun, err error) {
	p := &n.persist
	n.noteSaveTime(r)
	switch {
	case errors.Is(err, errAborted):
		n.noticef("Background saving aborted")
	case err != nil:
		p.lastOK = false
		n.warnf("Background saving error: %v", err)
	default:
		p.dirty -= p.dirtyAtStart
		p.lastSave, p.lastOK = n.now.Unix(), true
		n.noticef("Background saving terminated with success")
	}
	n.emit("save.end", "ok", strconv.FormatBool(err == nil))
}

// save writes the file while nobody else gets in: SAVE, SHUTDOWN, DEBUG RELOAD. The lock is held
// throughout.
func (n *Node) save() error {
	if n.persist.running != nil {
		return errors.New(command.ErrSaveRunning)
	}
	n.stats.saves++ // counted when it begins, as Redis does
	r := n.beginSnapshot("save")
	err := saveFile(n.dir(), n.set.String("dbfilename"), r.writeLocked, atOnce)
	n.endSnapshot(r)
	if err != nil {
		n.persist.lastOK = false
		n.warnf("%v", err)
		return err
	}
	n.persist.dirty, n.persist.lastSave, n.persist.lastOK = 0, n.now.Unix(), true
	n.noticef("DB saved on disk")
	return nil
}
