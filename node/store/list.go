package store

import "iter"

// List is a list value: a deque of chunks, each a pack of elements, as Redis's quicklist.
// Both ends take and give elements in constant time, an index is found by skipping
// whole chunks, and the chunks are filled by the same rule as Redis's (list-max-listpack-size),
// so that they can be written to an RDB file as they are.
type List struct {
	slots []*chunk // chunks in slots[first:]
	first int
	n     int
	bytes int // blocks of all chunks
	fill  int // list-max-listpack-size
}

// chunk is one node of the list. lp is the size its listpack would have in Redis.
type chunk struct {
	pack
	lp int
}

// chunkOverhead is a chunk's own memory and its place in the deque.
const chunkOverhead = 56

// listpackFrame is the header and the end mark of a listpack.
const listpackFrame = 7

// NewList makes an empty list whose chunks follow lim.ListSize.
func NewList(lim *Limits) *List { return &List{fill: lim.ListSize} }

// Kind is KindList.
func (l *List) Kind() Kind { return KindList }

// Len is the number of elements.
func (l *List) Len() int { return l.n }

// Size is the approximate memory in bytes.
func (l *List) Size() int { return l.bytes + 64 + cap(l.slots)*8 }

// Encoding is "quicklist".
func (l *List) Encoding() string { return "quicklist" }

// Clone is a deep copy.
func (l *List) Clone() Value {
	c := &List{n: l.n, fill: l.fill, slots: make([]*chunk, 0, len(l.chunks()))}
	for _, old := range l.chunks() {
		own := &chunk{pack: old.clone(), lp: old.lp}
		c.slots = append(c.slots, own)
		c.bytes += own.size() + chunkOverhead
	}
	return c
}

func (l *List) chunks() []*chunk { return l.slots[l.first:] }

// PushBack adds a copy of b at the tail.
func (l *List) PushBack(b []byte) { l.pushBack(l.tailFor(b), b) }

// PushAll adds copies of elements at the tail, in blocks of the right size.
func (l *List) PushAll(elems [][]byte) {
	for i, b := range elems {
		c := l.tailFor(b)
		if c.n == 0 {
			c.reserve(l.chunkSize(elems[i:]))
			l.bytes += c.size()
		}
		l.pushBack(c, b)
	}
}

// tailFor gives the last chunk, a new one if b may not join.
func (l *List) tailFor(b []byte) *chunk {
	if len(l.slots) > l.first {
		if c := l.slots[len(l.slots)-1]; l.fits(c, len(b)) {
			return c
		}
	}
	c := l.newChunk()
	l.appendSlot(c)
	return c
}

func (l *List) pushBack(c *chunk, b []byte) {
	before := cap(c.buf)
	c.pushBack(b)
	l.bytes += cap(c.buf) - before
	c.lp += listpackSize(b)
	l.n++
}

// chunkSize is what those of the elements take that will be in a chunk with the first.
func (l *List) chunkSize(elems [][]byte) int {
	c := chunk{lp: listpackFrame}
	for _, b := range elems {
		if c.n > 0 && !l.fits(&c, len(b)) {
			break
		}
		c.lp += listpackSize(b)
		c.n++
	}
	return packedSize(elems[:c.n], 0)
}

// PushFront adds a copy of b at the head.
func (l *List) PushFront(b []byte) {
	size := listpackSize(b)
	var c *chunk
	if len(l.slots) > l.first {
		c = l.slots[l.first]
	}
	if c == nil || !l.fits(c, len(b)) {
		c = l.newChunk()
		l.addSlot(0, c)
	}
	before := cap(c.buf)
	c.pushFront(b)
	l.bytes += cap(c.buf) - before
	c.lp += size
	l.n++
}

func (l *List) newChunk() *chunk {
	l.bytes += chunkOverhead
	return &chunk{lp: listpackFrame}
}

// appendSlot puts a chunk behind all others. A list used as a queue moves along its
// slots: they are taken into use again before the slice grows.
func (l *List) appendSlot(c *chunk) {
	if used := len(l.slots) - l.first; len(l.slots) == cap(l.slots) && l.first > used {
		copy(l.slots, l.slots[l.first:])
		clear(l.slots[used:])
		l.slots, l.first = l.slots[:used], 0
	}
	l.slots = append(l.slots, c)
}

// addSlot puts a chunk before chunk i.
func (l *List) addSlot(i int, c *chunk) {
	if i > 0 {
		at := l.first + i
		l.slots = append(l.slots, nil)
		copy(l.slots[at+1:], l.slots[at:])
		l.slots[at] = c
		return
	}
	if l.first == 0 {
		used := len(l.slots)
		room := used/2 + 1
		slots := make([]*chunk, room+used, room+used+used/2)
		copy(slots[room:], l.slots)
		l.slots, l.first = slots, room
	}
	l.first--
	l.slots[l.first] = c
}

// dropSlots takes chunks from up to (without) to out.
func (l *List) dropSlots(from, to int) {
	for _, c := range l.chunks()[from:to] {
		l.bytes -= c.size() + chunkOverhead
		l.n -= c.n
	}
	if from == 0 {
		clear(l.chunks()[:to])
		l.first += to
		return
	}
	at := l.first + from
	rest := append(l.slots[:at], l.slots[l.first+to:]...)
	clear(l.slots[len(rest):])
	l.slots = rest
}

// PopFront takes the head element out: fn gets it, good during the call only. It tells whether
// there was one.
func (l *List) PopFront(fn func(b []byte)) bool {
	if l.n == 0 {
		return false
	}
	c := l.slots[l.first]
	b, next := c.at(c.head)
	fn(b)
	l.cut(0, c.head, next, 1, listpackSize(b))
	return true
}

// PopBack takes the tail element out, see PopFront.
func (l *List) PopBack(fn func(b []byte)) bool {
	if l.n == 0 {
		return false
	}
	c := l.slots[len(l.slots)-1]
	pos := c.before(len(c.buf))
	b, next := c.at(pos)
	fn(b)
	l.cut(len(l.slots)-1-l.first, pos, next, 1, listpackSize(b))
	return true
}

// cut removes count elements that stand between two places of chunk i; lp is their size in a
// listpack.
func (l *List) cut(i, from, to, count, lp int) {
	c := l.chunks()[i]
	if count == c.n {
		l.dropSlots(i, i+1)
		return
	}
	before := cap(c.buf)
	c.remove(from, to, count)
	l.bytes += cap(c.buf) - before
	c.lp -= lp
	l.n -= count
}

// locate finds element i: its chunk and its place there. i must be in range.
func (l *List) locate(i int) (at, pos int) {
	chunks := l.chunks()
	if i < l.n/2 {
		for at = 0; i >= chunks[at].n; at++ {
			i -= chunks[at].n
		}
		return at, chunks[at].seek(i)
	}
	back := l.n - i // ≥ 1, elements from i to the end
	for at = len(chunks) - 1; back > chunks[at].n; at-- {
		back -= chunks[at].n
	}
	return at, chunks[at].seek(chunks[at].n - back)
}

// Index gives element i, counted from the head, nil out of range. It is good until the
// list changes.
func (l *List) Index(i int) []byte {
	if i < 0 || i >= l.n {
		return nil
	}
	at, pos := l.locate(i)
	b, _ := l.chunks()[at].at(pos)
	return b
}

// Range gives up to count elements from index i on.
func (l *List) Range(i, count int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if i < 0 || i >= l.n || count <= 0 {
			return
		}
		at, pos := l.locate(i)
		for chunks := l.chunks(); ; pos = chunks[at].head {
			c := chunks[at]
			for pos < len(c.buf) {
				b, next := c.at(pos)
				if !yield(b) {
					return
				}
				if count--; count == 0 {
					return
				}
				pos = next
			}
			if at++; at == len(chunks) {
				return
			}
		}
	}
}

// All gives the elements from head to tail.
func (l *List) All() iter.Seq[[]byte] { return l.Range(0, l.n) }

// Backward gives the elements from tail to head.
func (l *List) Backward() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		chunks := l.chunks()
		for at := len(chunks) - 1; at >= 0; at-- {
			c := chunks[at]
			for pos := len(c.buf); pos > c.head; {
				pos = c.before(pos)
				if b, _ := c.at(pos); !yield(b) {
					return
				}
			}
		}
	}
}

// Chunk is one node of a list, for the RDB writer.
type Chunk struct{ c *chunk }

// Len is the number of elements.
func (c Chunk) Len() int { return c.c.n }

// ListpackSize is the number of bytes the elements take as a listpack.
func (c Chunk) ListpackSize() int { return c.c.lp }

// All gives the elements in order.
func (c Chunk) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for pos := c.c.head; pos < len(c.c.buf); {
			b, next := c.c.at(pos)
			if !yield(b) {
				return
			}
			pos = next
		}
	}
}

// Chunks gives the nodes from head to tail.
func (l *List) Chunks() iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		for _, c := range l.chunks() {
			if !yield(Chunk{c}) {
				return
			}
		}
	}
}
