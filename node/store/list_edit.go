package store

import "bytes"

// What Redis allows in one chunk, see "list-max-listpack-size" in redis.conf: -1 to -5 are
// these sizes, a positive number counts elements and keeps to safeChunk bytes.
var chunkClasses = [...]int{4096, 8192, 16384, 32768, 65536}

const (
	safeChunk = 8192
	// sizeEstimate is what Redis adds for an element's header before it knows the encoding.
	sizeEstimate = 8
	// plainChunk is the size from which an element has a node of its own without a listpack.
	plainChunk = 1 << 30
)

// fits tells whether an element of n bytes may join the chunk.
func (l *List) fits(c *chunk, n int) bool {
	if n >= plainChunk {
		return false
	}
	size := c.lp + n + sizeEstimate
	if l.fill < 0 {
		return size <= chunkClasses[min(-l.fill, len(chunkClasses))-1]
	}
	return size <= safeChunk && c.n < l.fill
}

// listpackSize is the number of bytes an element takes in a Redis listpack.
func listpackSize(b []byte) int {
	n := 0
	if len(b) <= 20 {
		if v, ok := ParseInt(b); ok {
			n = listpackInt(v)
		}
	}
	switch {
	case n > 0:
	case len(b) < 1<<6:
		n = 1 + len(b)
	case len(b) < 1<<12:
		n = 2 + len(b)
	default:
		n = 5 + len(b)
	}
	switch {
	case n <= 127:
		return n + 1
	case n < 16383:
		return n + 2
	case n < 2097151:
		return n + 3
	case n < 268435455:
		return n + 4
	}
	return n + 5
}

func listpackInt(v int64) int {
	switch {
	case v >= 0 && v <= 127:
		return 1
	case v >= -4096 && v <= 4095:
		return 2
	case v >= -1<<15 && v < 1<<15:
		return 3
	case v >= -1<<23 && v < 1<<23:
		return 4
	case v >= -1<<31 && v < 1<<31:
		return 5
	}
	return 9
}

// Set replaces element i, which must exist. Like Redis it keeps the element in its chunk,
// however long it gets.
func (l *List) Set(i int, b []byte) {
	at, pos := l.locate(i)
	c := l.chunks()[at]
	old, _ := c.at(pos)
	c.lp += listpackSize(b) - listpackSize(old)
	before := cap(c.buf)
	c.replace(pos, b)
	l.bytes += cap(c.buf) - before
}

// Insert puts a copy of b before element i; i may be the length.
func (l *List) Insert(i int, b []byte) {
	switch i {
	case 0:
		l.PushFront(b)
		return
	case l.n:
		l.PushBack(b)
		return
	}
	at, pos := l.locate(i)
	c := l.chunks()[at]
	switch {
	case l.fits(c, len(b)):
	case pos == c.head && l.fits(l.chunks()[at-1], len(b)):
		c = l.chunks()[at-1]
		pos = c.end()
	case pos == c.head:
		c = l.newChunk()
		l.addSlot(at, c)
		pos = 0
	default:
		l.split(at, pos)
		c = l.chunks()[at]
		if !l.fits(c, len(b)) {
			c = l.newChunk()
			l.addSlot(at+1, c)
		}
		pos = c.end()
	}
	before := cap(c.buf)
	c.insert(pos, b)
	l.bytes += cap(c.buf) - before
	c.lp += listpackSize(b)
	l.n++
}

// split divides chunk i at a place inside it.
func (l *List) split(i, pos int) {
	c := l.chunks()[i]
	rest := l.newChunk()
	for at := pos; at < len(c.buf); {
		b, next := c.at(at)
		rest.pushBack(b)
		rest.lp += listpackSize(b)
		at = next
	}
	before := cap(c.buf)
	c.remove(pos, len(c.buf), rest.n)
	c.lp -= rest.lp - listpackFrame
	l.bytes += cap(c.buf) - before + cap(rest.buf)
	l.addSlot(i+1, rest)
}

// Delete removes count elements from index i on; both must be in range.
func (l *List) Delete(i, count int) {
	for count > 0 {
		at, from := l.locate(i)
		c := l.chunks()[at]
		if from == c.head && count >= c.n {
			count -= c.n
			l.dropSlots(at, at+1)
			continue
		}
		gone, lp, to := 0, 0, from
		for gone < count && to < len(c.buf) {
			b, next := c.at(to)
			lp += listpackSize(b)
			to = next
			gone++
		}
		l.cut(at, from, to, gone, lp)
		count -= gone
	}
}

// Trim keeps the elements from index start up to (without) stop.
func (l *List) Trim(start, stop int) {
	l.Delete(stop, l.n-stop)
	l.Delete(0, start)
}

// DeleteEqual removes up to limit elements equal to b (0: all), from the tail if backward,
// and tells how many.
func (l *List) DeleteEqual(b []byte, limit int, backward bool) int {
	if limit <= 0 {
		limit = l.n
	}
	gone := 0
	if backward {
		for at := len(l.chunks()) - 1; at >= 0 && gone < limit; at-- {
			gone += l.deleteInChunkBack(at, b, limit-gone)
		}
		return gone
	}
	for at := 0; at < len(l.chunks()) && gone < limit; {
		chunks := len(l.chunks())
		gone += l.deleteInChunk(at, b, limit-gone)
		if len(l.chunks()) == chunks {
			at++
		}
	}
	return gone
}

func (l *List) deleteInChunk(at int, b []byte, limit int) int {
	c, gone := l.chunks()[at], 0
	lp := listpackSize(b)
	for pos := c.head; pos < len(c.buf) && gone < limit; {
		e, next := c.at(pos)
		if !bytes.Equal(e, b) {
			pos = next
			continue
		}
		gone++
		last, behind := c.n == 1, len(c.buf)-next
		l.cut(at, pos, next, 1, lp)
		if last {
			break
		}
		pos = len(c.buf) - behind
	}
	return gone
}

func (l *List) deleteInChunkBack(at int, b []byte, limit int) int {
	c, gone := l.chunks()[at], 0
	lp := listpackSize(b)
	for pos := len(c.buf); pos > c.head && gone < limit; {
		from := c.before(pos)
		e, next := c.at(from)
		if !bytes.Equal(e, b) {
			pos = from
			continue
		}
		gone++
		last, ahead := c.n == 1, from-c.head
		l.cut(at, from, next, 1, lp)
		if last {
			break
		}
		pos = c.head + ahead
	}
	return gone
}
