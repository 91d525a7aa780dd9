package store

import "bytes"

// pack is a sequence of byte strings in one block of memory: what the small encodings
// of lists, hashes and sorted sets are made of. It serves the purpose of Redis's listpack (no
// pointers, little overhead, walks both ways) without its byte format, which only the RDB
// codec needs.
//
// An entry is its length as a base 128 number (low digits first), its bytes, and the length again,
// mirrored, so that it can be read from behind. Places in the pack are offsets into buf
// and good until the next change. Slices given out point into the block and are good
// until the next change, too.
type pack struct {
	buf  []byte // entries stand in buf[head:]
	head int    // unused bytes in front, so that pushing and popping there moves nothing
	n    int    // entries
}

// packSlack is the room the garbage collector's size classes round a block up to anyway.
const packSlack = 16

// digits is the number of bytes a length takes.
func digits(n int) int {
	d := 1
	for ; n >= 0x80; n >>= 7 {
		d++
	}
	return d
}

func entrySize(n int) int { return n + 2*digits(n) }

// size is the memory of the block.
func (p *pack) size() int { return cap(p.buf) }

// first is the place of the first entry; it equals end when the pack is empty.
func (p *pack) first() int { return p.head }

// end is the place behind the last entry.
func (p *pack) end() int { return len(p.buf) }

// at gives the entry at a place and the place of the next one.
func (p *pack) at(pos int) (b []byte, next int) {
	n := int(p.buf[pos])
	if n < 0x80 {
		pos++
		return p.buf[pos : pos+n : pos+n], pos + n + 1
	}
	return p.atLong(pos)
}

func (p *pack) atLong(pos int) (b []byte, next int) {
	n, d := 0, 0
	for {
		c := p.buf[pos+d]
		n |= int(c&0x7f) << (7 * d)
		d++
		if c < 0x80 {
			break
		}
	}
	pos += d
	return p.buf[pos : pos+n : pos+n], pos + n + d
}

// before gives the place of the entry that ends at pos.
func (p *pack) before(pos int) int {
	n, d := 0, 0
	for {
		c := p.buf[pos-1-d]
		n |= int(c&0x7f) << (7 * d)
		d++
		if c < 0x80 {
			break
		}
	}
	return pos - n - 2*d
}

// seek gives the place of entry i, counted from the nearer end.
func (p *pack) seek(i int) int {
	if i <= p.n/2 {
		pos := p.head
		for ; i > 0; i-- {
			_, pos = p.at(pos)
		}
		return pos
	}
	pos := len(p.buf)
	for i = p.n - i; i > 0; i-- {
		pos = p.before(pos)
	}
	return pos
}

// put writes an entry at pos, where room for it must be.
func (p *pack) put(pos int, parts ...[]byte) {
	n := 0
	for _, b := range parts {
		n += len(b)
	}
	end := pos + entrySize(n)
	for rest := n; ; rest >>= 7 {
		c := byte(rest & 0x7f)
		if rest >= 0x80 {
			c |= 0x80
		}
		p.buf[pos] = c
		end--
		p.buf[end] = c
		pos++
		if rest < 0x80 {
			break
		}
	}
	for _, b := range parts {
		pos += copy(p.buf[pos:], b)
	}
}

// extend makes room for size bytes behind the last entry.
func (p *pack) extend(size int) {
	used := len(p.buf) - p.head
	switch {
	case len(p.buf)+size <= cap(p.buf):
	case p.head > used/4 && used+size <= cap(p.buf):
		copy(p.buf, p.buf[p.head:])
		p.buf, p.head = p.buf[:used], 0
	default:
		p.move(0, 0, used+size)
	}
	p.buf = p.buf[:len(p.buf)+size]
}

// move brings the entries into a new block with head unused bytes in front and tail behind, at
// least want bytes long (it grows by halves).
func (p *pack) move(head, tail, want int) {
	used := len(p.buf) - p.head
	total := max(head+used+tail, want)
	if want > 0 {
		total = max(total, used+used/2)
	}
	total = (total + packSlack - 1) &^ (packSlack - 1)
	buf := make([]byte, head+used, total)
	copy(buf[head:], p.buf[p.head:])
	p.buf, p.head = buf, head
}

// reserve gives an empty pack a block for so many bytes of entries, see entrySize.
func (p *pack) reserve(size int) { p.move(0, size, 0) }

// packedSize is what entries take, each with so many more bytes.
func packedSize(entries [][]byte, more int) (size int) {
	for _, b := range entries {
		size += entrySize(len(b) + more)
	}
	return size
}

// pushBack adds an entry (the parts joined) at the end.
func (p *pack) pushBack(parts ...[]byte) {
	n := 0
	for _, b := range parts {
		n += len(b)
	}
	pos := len(p.buf)
	if pos == p.head && p.head > 0 {
		p.buf, p.head, pos = p.buf[:0], 0, 0
	}
	old := p.head
	p.extend(entrySize(n))
	p.put(pos-old+p.head, parts...)
	p.n++
}

// pushFront adds an entry at the front.
func (p *pack) pushFront(b []byte) {
	size := entrySize(len(b))
	if p.head < size {
		used := len(p.buf) - p.head
		p.move(size+used/2, 0, 0)
	}
	p.head -= size
	p.put(p.head, b)
	p.n++
}

// insert puts an entry before the one at pos.
func (p *pack) insert(pos int, parts ...[]byte) {
	n := 0
	for _, b := range parts {
		n += len(b)
	}
	old, end, size := p.head, len(p.buf), entrySize(n)
	p.extend(size)
	pos, end = pos-old+p.head, end-old+p.head
	copy(p.buf[pos+size:], p.buf[pos:end])
	p.put(pos, parts...)
	p.n++
}

// remove takes out the entries from one place up to another, count of them.
func (p *pack) remove(from, to, count int) {
	switch {
	case from == p.head:
		p.head = to
	default:
		p.buf = append(p.buf[:from], p.buf[to:]...)
	}
	p.n -= count
	p.shrink()
}

// shrink gives memory back when three quarters of the block are unused.
func (p *pack) shrink() {
	used := len(p.buf) - p.head
	if cap(p.buf) > 256 && used < cap(p.buf)/4 {
		p.move(0, used/2, 0)
	}
}

// replace changes the entry at pos.
func (p *pack) replace(pos int, b []byte) {
	old, next := p.at(pos)
	if len(old) == len(b) {
		copy(old, b)
		return
	}
	was, now := next-pos, entrySize(len(b))
	if grow := now - was; grow > 0 {
		end, head := len(p.buf), p.head
		p.extend(grow)
		shift := p.head - head
		pos, next, end = pos+shift, next+shift, end+shift
		copy(p.buf[next+grow:], p.buf[next:end])
	} else {
		p.buf = append(p.buf[:pos+now], p.buf[next:]...)
	}
	p.put(pos, b)
	p.shrink()
}

// find gives the place of the first entry equal to b among every step-th entry.
func (p *pack) find(b []byte, step int) (pos int, ok bool) {
	for pos = p.head; pos < len(p.buf); {
		e, next := p.at(pos)
		if len(e) == len(b) && bytes.Equal(e, b) {
			return pos, true
		}
		for i := 1; i < step; i++ {
			_, next = p.at(next)
		}
		pos = next
	}
	return 0, false
}

// clone is a copy in a block of the right size.
func (p *pack) clone() pack {
	return pack{buf: append([]byte(nil), p.buf[p.head:]...), n: p.n}
}
