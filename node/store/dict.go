package store

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"runtime"
)

// seed is fixed for the life of the process, like Redis's hash seed.
var seed = maphash.MakeSeed()

// Node is one entry of a Dict. Its address stays the same while the entry lives.
type Node[V any] struct {
	next *Node[V]
	key  string
	Val  V
}

// Key is the entry's key.
func (n *Node[V]) Key() string { return n.key }

const minTable = 4

type table[V any] struct {
	buckets []*Node[V]
	used    int
}

// Dict is a chained hash table that grows and shrinks a little with every write, so that no
// single command pays for a resize, and whose Scan keeps Redis's guarantee: an entry present from
// the first to the last call is seen at least once, whatever is added, removed or resized
// in between. The zero value is empty and ready.
//
// The two tables, the one-bucket steps and the reverse binary cursor are those of
// Redis's dict.c ("dictScan").
type Dict[V any] struct {
	ht     [2]table[V]
	moving int // next bucket of ht[0] to move to ht[1]; meaningful while ht[1] exists
	pauses int
}

func hashString(s string) uint64 { return maphash.String(seed, s) }

// Len is the number of entries.
func (d *Dict[V]) Len() int { return d.ht[0].used + d.ht[1].used }

// Slots is the number of buckets, for memory figures.
func (d *Dict[V]) Slots() int { return len(d.ht[0].buckets) + len(d.ht[1].buckets) }

// Find gives the entry of key or nil.
func (d *Dict[V]) Find(key []byte) *Node[V] { return d.FindString(text(key)) }

// FindString gives the entry of key or nil.
func (d *Dict[V]) FindString(key string) *Node[V] {
	if d.Len() == 0 {
		return nil
	}
	return d.find(key, hashString(key))
}

// find is FindString for a key whose hash is known.
func (d *Dict[V]) find(key string, h uint64) *Node[V] {
	d.step()
	for t := range d.ht {
		ht := &d.ht[t]
		if len(ht.buckets) == 0 {
			break
		}
		for n := ht.buckets[h&uint64(len(ht.buckets)-1)]; n != nil; n = n.next {
			if n.key == key {
				return n
			}
		}
	}
	return nil
}

// Insert gives the entry of key, made with a zero value if there was none (added true).
func (d *Dict[V]) Insert(key string) (n *Node[V], added bool) {
	h := hashString(key)
	if n := d.find(key, h); n != nil {
		return n, false
	}
	return d.add(key, h), true
}

// InsertBytes is Insert for a key whose bytes are only copied when it is new.
func (d *Dict[V]) InsertBytes(key []byte) (n *Node[V], added bool) {
	h := hashString(text(key))
	if n := d.find(text(key), h); n != nil {
		return n, false
	}
	return d.add(string(key), h), true
}

// add puts a new entry in; h is its key's hash.
func (d *Dict[V]) add(key string, h uint64) *Node[V] {
	d.growIfNeeded()
	ht := &d.ht[0]
	if d.rehashing() {
		ht = &d.ht[1]
	}
	n := &Node[V]{key: key}
	at := h & uint64(len(ht.buckets)-1)
	n.next = ht.buckets[at]
	ht.buckets[at] = n
	ht.used++
	return n
}

// Expect makes room for n entries in an empty Dict, so that it need not grow on the way there.
func (d *Dict[V]) Expect(n int) {
	if d.Len() > 0 {
		return
	}
	size := minTable
	for size < n {
		size *= 2
	}
	*d = Dict[V]{pauses: d.pauses}
	d.ht[0].buckets = make([]*Node[V], size)
}

// PrefetchKeys is how many keys Prefetch takes; more are left alone.
const PrefetchKeys = 32

// Prefetch reads what looking for each of these keys will read first. A large table is not in the processor's caches, and
// one search after the other waits for memory two or three times; here all of them wait at once.
func (d *Dict[V]) Prefetch(keys []string) {
	ht := &d.ht[0]
	if d.rehashing() || len(ht.buckets) == 0 {
		return
	}
	var heads [PrefetchKeys]*Node[V]
	keys = keys[:min(len(keys), PrefetchKeys)]
	for i, key := range keys {
		heads[i] = ht.buckets[hashString(key)&uint64(len(ht.buckets)-1)]
	}
	read := 0
	for _, n := range heads[:len(keys)] {
		if n != nil {
			read += len(n.key)
		}
	}
	for _, n := range heads[:len(keys)] {
		if n != nil && n.key != "" {
			read += int(n.key[0])
		}
	}
	runtime.KeepAlive(read) // or the compiler would leave the reading out
}

// Fit gives back the room if much fewer entries came than were expected.
func (d *Dict[V]) Fit() {
	if d.Len() == 0 {
		d.Expect(0)
		return
	}
	d.shrinkIfNeeded()
}

// Delete takes the entry of key out and gives it, or nil.
func (d *Dict[V]) Delete(key []byte) *Node[V] { return d.DeleteString(text(key)) }

// DeleteString takes the entry of key out and gives it, or nil.
func (d *Dict[V]) DeleteString(key string) *Node[V] {
	if d.Len() == 0 {
		return nil
	}
	d.step()
	h := hashString(key)
	for t := range d.ht {
		ht := &d.ht[t]
		if len(ht.buckets) == 0 {
			break
		}
		at := &ht.buckets[h&uint64(len(ht.buckets)-1)]
		for n := *at; n != nil; at, n = &n.next, n.next {
			if n.key != key {
				continue
			}
			*at = n.next
			n.next = nil
			ht.used--
			d.shrinkIfNeeded()
			return n
		}
	}
	return nil
}

// Clear drops everything.
func (d *Dict[V]) Clear() { *d = Dict[V]{} }

// Each calls fn for every entry until it gives false. fn must not change the Dict.
func (d *Dict[V]) Each(fn func(*Node[V]) bool) {
	for t := range d.ht {
		for _, n := range d.ht[t].buckets {
			for ; n != nil; n = n.next {
				if !fn(n) {
					return
				}
			}
		}
	}
}

// Scan visits the bucket(s) of cursor and gives the next cursor, 0 at the end. fn may
// delete the entry it was given, and no other. Start with cursor 0.
func (d *Dict[V]) Scan(cursor uint64, fn func(*Node[V])) uint64 {
	if d.Len() == 0 {
		return 0
	}
	d.pauses++
	defer func() { d.pauses-- }()
	small, large := &d.ht[0], &d.ht[1]
	if !d.rehashing() {
		mask := uint64(len(small.buckets) - 1)
		visit(small, cursor&mask, fn)
		return nextCursor(cursor, mask)
	}
	if len(small.buckets) > len(large.buckets) {
		small, large = large, small
	}
	m0, m1 := uint64(len(small.buckets)-1), uint64(len(large.buckets)-1)
	visit(small, cursor&m0, fn)
	// All buckets of the larger table that expand this bucket of the smaller one.
	for {
		visit(large, cursor&m1, fn)
		cursor = nextCursor(cursor, m1)
		if cursor&(m0^m1) == 0 {
			return cursor
		}
	}
}

// nextCursor adds one to the reversed bits, so that buckets already seen stay seen
// when the table's size changes.
func nextCursor(v, mask uint64) uint64 {
	v |= ^mask
	return bits.Reverse64(bits.Reverse64(v) + 1)
}

func visit[V any](ht *table[V], at uint64, fn func(*Node[V])) {
	if len(ht.buckets) == 0 {
		return
	}
	for n := ht.buckets[at]; n != nil; {
		next := n.next
		fn(n)
		n = next
	}
}

// Random gives a random entry (nil when empty): a random bucket, then a random entry of
// its chain, as Redis's dictGetRandomKey does.
func (d *Dict[V]) Random(r *rand.Rand) *Node[V] {
	if d.Len() == 0 {
		return nil
	}
	d.step()
	total := uint64(d.Slots())
	var head *Node[V]
	for head == nil {
		at := r.Uint64N(total)
		if at < uint64(len(d.ht[0].buckets)) {
			head = d.ht[0].buckets[at]
		} else {
			head = d.ht[1].buckets[at-uint64(len(d.ht[0].buckets))]
		}
	}
	length := 0
	for n := head; n != nil; n = n.next {
		length++
	}
	for skip := r.IntN(length); skip > 0; skip-- {
		head = head.next
	}
	return head
}

// Sample gives up to count entries from neighbouring buckets starting at a random one
// (fast, not evenly distributed), as dictGetSomeKeys.
func (d *Dict[V]) Sample(r *rand.Rand, count int, out []*Node[V]) []*Node[V] {
	count = min(count, d.Len())
	total := d.Slots()
	if count == 0 || total == 0 {
		return out
	}
	at := r.IntN(total)
	for steps := 0; len(out) < count && steps < total; steps++ {
		i := (at + steps) % total
		var n *Node[V]
		if i < len(d.ht[0].buckets) {
			n = d.ht[0].buckets[i]
		} else {
			n = d.ht[1].buckets[i-len(d.ht[0].buckets)]
		}
		for ; n != nil && len(out) < count; n = n.next {
			out = append(out, n)
		}
	}
	return out
}

func (d *Dict[V]) rehashing() bool { return d.ht[1].buckets != nil }

func (d *Dict[V]) growIfNeeded() {
	switch {
	case d.rehashing():
	case len(d.ht[0].buckets) == 0:
		d.ht[0].buckets = make([]*Node[V], minTable)
	case d.ht[0].used >= len(d.ht[0].buckets):
		d.resize(2 * len(d.ht[0].buckets))
	}
}

// shrinkIfNeeded follows Redis's "less than 10 % full" rule.
func (d *Dict[V]) shrinkIfNeeded() {
	size := len(d.ht[0].buckets)
	if d.rehashing() || d.pauses > 0 || size <= minTable || d.ht[0].used*10 >= size {
		return
	}
	want := minTable
	for want < d.ht[0].used {
		want *= 2
	}
	d.resize(want)
}

func (d *Dict[V]) resize(size int) {
	d.ht[1].buckets = make([]*Node[V], size)
	d.moving = 0
}

// step moves one non-empty bucket (looking at ten empty ones at most).
func (d *Dict[V]) step() {
	if d.rehashing() && d.pauses == 0 {
		d.Rehash(1)
	}
}

// Rehash moves up to n buckets of a resize under way and tells whether more are left.
func (d *Dict[V]) Rehash(n int) bool {
	if !d.rehashing() || d.pauses > 0 {
		return d.rehashing()
	}
	empty := n * 10
	from, to := &d.ht[0], &d.ht[1]
	mask := uint64(len(to.buckets) - 1)
	for ; n > 0 && from.used > 0; n-- {
		for from.buckets[d.moving] == nil {
			d.moving++
			if empty--; empty == 0 {
				return true
			}
		}
		for e := from.buckets[d.moving]; e != nil; {
			next := e.next
			at := hashString(e.key) & mask
			e.next = to.buckets[at]
			to.buckets[at] = e
			from.used--
			to.used++
			e = next
		}
		from.buckets[d.moving] = nil
		d.moving++
	}
	if from.used == 0 {
		d.ht[0], d.ht[1] = d.ht[1], table[V]{}
		d.shrinkIfNeeded() // deletions went on while entries were moved
		return d.rehashing()
	}
	return true
}
