package store

import (
	"iter"
	"math/rand/v2"
	"unsafe"
)

// Hash is a hash value: pairs in one block in the order they were set ("listpack") while
// they are few and short, a Dict ("hashtable") from then on.
type Hash struct {
	small pack // field, value, field, value …
	dict  *Dict[string]
	bytes int // keys, values and nodes of dict
}

// hashNode is a Dict entry's own memory and its bucket.
const hashNode = int(unsafe.Sizeof(Node[string]{})) + 8

// NewHash makes an empty hash.
func NewHash() *Hash { return new(Hash) }

// Kind is KindHash.
func (h *Hash) Kind() Kind { return KindHash }

// Len is the number of fields.
func (h *Hash) Len() int {
	if h.dict != nil {
		return h.dict.Len()
	}
	return h.small.n / 2
}

// Size is the approximate memory in bytes.
func (h *Hash) Size() int { return h.bytes + h.small.size() + 64 }

// Encoding is "listpack" or "hashtable".
func (h *Hash) Encoding() string {
	if h.dict != nil {
		return "hashtable"
	}
	return "listpack"
}

// Clone is a deep copy.
func (h *Hash) Clone() Value {
	if h.dict == nil {
		return &Hash{small: h.small.clone()}
	}
	c := &Hash{dict: new(Dict[string]), bytes: h.bytes}
	h.dict.Each(func(n *Node[string]) bool {
		e, _ := c.dict.Insert(n.key)
		e.Val = n.Val
		return true
	})
	return c
}

// view is s as bytes for reading only.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// text is b as text for as long as b does not change.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Set stores a copy of the pair and tells whether the field is new.
func (h *Hash) Set(lim *Limits, field, value []byte) (added bool) {
	if h.dict == nil && (len(field) > lim.HashValue || len(value) > lim.HashValue) {
		h.convert()
	}
	if h.dict != nil {
		return h.put(field, value)
	}
	if pos, ok := h.small.find(field, 2); ok {
		_, next := h.small.at(pos)
		h.small.replace(next, value)
		return false
	}
	h.small.pushBack(field)
	h.small.pushBack(value)
	if h.small.n/2 > lim.HashEntries {
		h.convert()
	}
	return true
}

// Expect makes room in an empty hash for fields and values that are about to be set, in turn.
func (h *Hash) Expect(lim *Limits, pairs [][]byte) {
	if len(pairs)/2 > lim.HashEntries {
		h.convert()
		h.dict.Expect(len(pairs) / 2)
		return
	}
	h.small.reserve(packedSize(pairs, 0))
}

func (h *Hash) put(field, value []byte) (added bool) {
	n, added := h.dict.InsertBytes(field)
	if added {
		h.bytes += hashNode + len(field)
	}
	h.bytes += len(value) - len(n.Val)
	n.Val = string(value)
	return added
}

func (h *Hash) convert() {
	old := h.small
	h.small, h.dict = pack{}, new(Dict[string])
	for pos := old.head; pos < len(old.buf); {
		field, next := old.at(pos)
		value, after := old.at(next)
		h.put(field, value)
		pos = after
	}
}

// Get gives the value of a field. It is good until the hash changes.
func (h *Hash) Get(field []byte) (value []byte, ok bool) {
	if h.dict != nil {
		n := h.dict.Find(field)
		if n == nil {
			return nil, false
		}
		return view(n.Val), true
	}
	pos, ok := h.small.find(field, 2)
	if !ok {
		return nil, false
	}
	_, next := h.small.at(pos)
	value, _ = h.small.at(next)
	return value, true
}

// Delete removes a field and tells whether it was there.
func (h *Hash) Delete(field []byte) bool {
	if h.dict != nil {
		n := h.dict.Delete(field)
		if n == nil {
			return false
		}
		h.bytes -= hashNode + len(n.key) + len(n.Val)
		return true
	}
	pos, ok := h.small.find(field, 2)
	if !ok {
		return false
	}
	_, next := h.small.at(pos)
	_, next = h.small.at(next)
	h.small.remove(pos, next, 2)
	return true
}

// All gives the pairs in the order of the encoding. They are good until the hash changes, which it
// must not meanwhile.
func (h *Hash) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(field, value []byte) bool) {
		if h.dict != nil {
			h.dict.Each(func(n *Node[string]) bool { return yield(view(n.key), view(n.Val)) })
			return
		}
		for pos := h.small.head; pos < len(h.small.buf); {
			field, next := h.small.at(pos)
			value, after := h.small.at(next)
			if !yield(field, value) {
				return
			}
			pos = after
		}
	}
}

// Scan visits the pairs of a cursor and gives the next one, see Dict.Scan; a small
// hash is visited as a whole.
func (h *Hash) Scan(cursor uint64, fn func(field, value []byte)) uint64 {
	if h.dict != nil {
		return h.dict.Scan(cursor, func(n *Node[string]) { fn(view(n.key), view(n.Val)) })
	}
	for f, v := range h.All() {
		fn(f, v)
	}
	return 0
}

// Random gives a random pair of a hash that is not empty, each with the same chance as far
// as Redis gives it. It is good until the hash changes.
func (h *Hash) Random(r *rand.Rand) (field, value []byte) {
	if h.dict != nil {
		n := fairRandom(h.dict, r)
		return view(n.key), view(n.Val)
	}
	return h.pair(r.IntN(h.small.n / 2))
}

func (h *Hash) pair(i int) (field, value []byte) {
	field, next := h.small.at(h.small.seek(2 * i))
	value, _ = h.small.at(next)
	return field, value
}

// fewSlots is the size of a table up to which counting entries is faster than trying buckets.
const fewSlots = 32

// nthEntry gives entry i in the order of the buckets.
func nthEntry[V any](d *Dict[V], i int) (nth *Node[V]) {
	d.Each(func(n *Node[V]) bool {
		nth = n
		i--
		return i >= 0
	})
	return nth
}

// fairChain is the length up to which chains get exactly their share in fairRandom.
const fairChain = 5

// fairRandom picks a random entry of a Dict that is not empty: a random bucket, kept with a
// probability that grows with its chain. Dict.Random alone favours the entries of short chains.
func fairRandom[V any](d *Dict[V], r *rand.Rand) *Node[V] {
	d.step()
	if d.Slots() <= fewSlots {
		return nthEntry(d, r.IntN(d.Len()))
	}
	from := 0
	if d.rehashing() {
		from = d.moving // buckets before it are empty
	}
	for {
		at := from + r.IntN(d.Slots()-from)
		var head *Node[V]
		if at < len(d.ht[0].buckets) {
			head = d.ht[0].buckets[at]
		} else {
			head = d.ht[1].buckets[at-len(d.ht[0].buckets)]
		}
		length := 0
		for n := head; n != nil; n = n.next {
			length++
		}
		if length == 0 {
			continue
		}
		pick := r.IntN(max(length, fairChain))
		if pick >= length {
			continue
		}
		for ; pick > 0; pick-- {
			head = head.next
		}
		return head
	}
}
