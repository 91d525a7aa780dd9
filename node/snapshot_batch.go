package node

import (
	"redislab/node/data"
	"redislab/node/rdb"
	"redislab/node/store"
)

// snapshotBatch is what one visit under the lock took out of the keyspace. A string that is never changed in place is only
// pointed to: to compress and copy it takes several times as long as to find it, and can wait until the lock is free.
// Anything else is serialised on the spot. The order is kept.
type snapshotBatch struct {
	items []snapshotItem
	raw   []byte // what was serialised on the spot
}

// snapshotItem is a key with its string, or else the part of raw that ends at rawEnd.
type snapshotItem struct {
	meta      rdb.Meta
	key, text string
	rawEnd    int
}

// The most that one visit under the lock takes out of the keyspace (unless a single value is larger), so that no client
// waits for longer than a fraction of a millisecond.
const (
	sliceKeys  = 256
	sliceBytes = 32 << 10
)

func (b *snapshotBatch) full() bool { return len(b.items) >= sliceKeys || len(b.raw) >= sliceBytes }

// database says which database the keys that follow belong to and, when it is new, how many there are.
func (b *snapshotBatch) database(db int, sizes *[2]int) {
	b.raw = rdb.AppendSelectDB(b.raw, db)
	if sizes != nil {
		b.raw = rdb.AppendResizeDB(b.raw, uint64(sizes[0]), uint64(sizes[1]))
	}
	b.items = append(b.items, snapshotItem{rawEnd: len(b.raw)})
}

func (b *snapshotBatch) add(s *rdb.Serializer, meta rdb.Meta, key string, o *store.Object) {
	if text, ok := o.Fixed(); ok {
		b.items = append(b.items, snapshotItem{meta: meta, key: key, text: text})
		return
	}
	b.raw = data.AppendEntry(b.raw, s, meta, key, o)
	b.items = append(b.items, snapshotItem{rawEnd: len(b.raw)})
}

// encode writes the batch. Nothing of it depends on the lock.
func (b *snapshotBatch) encode(enc *rdb.Encoder) error {
	at := 0
	for i := range b.items {
		it := &b.items[i]
		var err error
		if it.rawEnd > 0 {
			_, err = enc.Write(b.raw[at:it.rawEnd])
			at = it.rawEnd
		} else {
			err = enc.Append(func(dst []byte, s *rdb.Serializer) []byte {
				return rdb.AppendString(rdb.AppendKey(dst, s, it.meta, rdb.TypeString, it.key), s, it.text)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sliceMost is how much memory of a batch is kept for the next one.
const sliceMost = 1 << 20

// reset empties the batch for the next use; what it pointed to may go.
func (b *snapshotBatch) reset() {
	clear(b.items)
	b.items, b.raw = b.items[:0], b.raw[:0]
	if cap(b.items) > 4*sliceKeys {
		b.items = nil
	}
	if cap(b.raw) > sliceMost {
		b.raw = nil
	}
}
