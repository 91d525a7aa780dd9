package node

import (
	"io"

	"redislab/node/data"
	"redislab/node/rdb"
	"redislab/node/store"
)

// An RDB is decoded on a goroutine of its own, some batches ahead of what is stored: reading, checksum and the making of
// objects need no lock, and take about half of the time.

const (
	batchKeys  = 512       // keys in a batch at most
	batchBytes = 256 << 10 // of the file, about
	batchesOut = 4         // decoded and not stored yet, the one being filled included
)

// loadBatch is what was decoded of a file, in its order.
type loadBatch struct {
	facts         [][2]string // from the head of the file
	db            int         // of everything below
	sized         bool        // the file tells how much there is in the database
	keys, expires uint64      // so much; it is told before the keys
	names         []string
	values        []loadedValue // of each name
	read          int64         // bytes of the file so far
	last          bool
	err           error // of the last one: how decoding ended
}

type loadedValue struct {
	meta rdb.Meta
	o    store.Object
}

func (b *loadBatch) reset() {
	clear(b.names) // the keyspace has them
	clear(b.values)
	*b = loadBatch{facts: b.facts[:0], names: b.names[:0], values: b.values[:0]}
}

// readAhead is a file being decoded.
type readAhead struct {
	limits      store.Limits
	full, empty chan *loadBatch
	quit        chan struct{}
	b           *loadBatch // being filled
}

// decodeAhead begins to decode. Batches come out of full, the last one marked, and go back into empty. stop is to be called in
// the end.
func decodeAhead(r io.Reader, h rdb.Handler, limits store.Limits) *readAhead {
	a := &readAhead{
		limits: limits, full: make(chan *loadBatch, batchesOut), empty: make(chan *loadBatch, batchesOut),
		quit: make(chan struct{}), b: new(loadBatch),
	}
	for range batchesOut - 1 {
		a.empty <- new(loadBatch)
	}
	h.Aux, h.Resize, h.Entry, h.Progress, h.Every = a.fact, a.size, a.entry, a.progress, batchBytes
	go func() {
		defer close(a.full)
		_, err := rdb.Decode(r, h)
		a.b.last, a.b.err = true, err
		a.full <- a.b // there is room for all of them
	}()
	return a
}

// stop ends decoding. It returns when the file is not read any more.
func (a *readAhead) stop() {
	close(a.quit)
	for range a.full {
	}
}

func (a *readAhead) fact(name, value []byte) error {
	a.b.facts = append(a.b.facts, [2]string{string(name), string(value)})
	return nil
}

func (a *readAhead) size(db int, keys, expires uint64) error {
	if len(a.b.names) > 0 {
		if err := a.handOver(); err != nil {
			return err
		}
	}
	a.b.db, a.b.sized, a.b.keys, a.b.expires = db, true, keys, expires
	return nil
}

func (a *readAhead) entry(e *rdb.Entry) error {
	o, err := data.ObjectOf(&e.Value, &a.limits)
	if err != nil {
		return err
	}
	if b := a.b; len(b.names) == batchKeys || e.DB != b.db && (len(b.names) > 0 || b.sized) {
		if err := a.handOver(); err != nil {
			return err
		}
	}
	a.b.db = e.DB
	a.b.names = append(a.b.names, string(e.Key))
	a.b.values = append(a.b.values, loadedValue{e.Meta, o})
	return nil
}

// progress hands over what there is, so that large values do not pile up.
func (a *readAhead) progress(read int64) error {
	a.b.read = read
	return a.handOver()
}

// handOver gives the batch away and takes an empty one.
func (a *readAhead) handOver() error {
	a.full <- a.b
	select {
	case a.b = <-a.empty:
		a.b.reset()
		return nil
	case <-a.quit:
		a.b = new(loadBatch)
		return errAborted
	}
}
