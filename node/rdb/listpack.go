package rdb

import (
	"encoding/binary"
	"math"
)

// A listpack: total bytes (4), number of elements (2, lpManyElems: too many to say), elements, lpEnd.
// An element: its encoding with its data, then the length of that, written so
// that it can be read from behind.
const (
	lpHeader    = 6
	lpManyElems = math.MaxUint16
	lpEnd       = 0xff

	lpInt7  = 0x00 // 0xxxxxxx
	lpStr6  = 0x80 // 10xxxxxx
	lpInt13 = 0xc0 // 110xxxxx xxxxxxxx
	lpStr12 = 0xe0 // 1110xxxx xxxxxxxx
	lpStr32 = 0xf0 // and four bytes of length
	lpInt16 = 0xf1
	lpInt24 = 0xf2
	lpInt32 = 0xf3
	lpInt64 = 0xf4
)

// lpBegin starts a listpack at the end of dst; lpFinish closes it.
func lpBegin(dst []byte) []byte { return append(dst, make([]byte, lpHeader)...) }

// lpFinish ends the listpack that began at start and has count elements.
func lpFinish(dst []byte, start, count int) []byte {
	dst = append(dst, lpEnd)
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	binary.LittleEndian.PutUint16(dst[start+4:], uint16(min(count, lpManyElems)))
	return dst
}

// lpAppend appends an element, as a number if it is one.
func lpAppend(dst, elem []byte) []byte {
	if n, ok := parseInt(elem); ok {
		return lpAppendInt(dst, n)
	}
	start := len(dst)
	switch n := len(elem); {
	case n < 1<<6:
		dst = append(dst, lpStr6|byte(n))
	case n < 1<<12:
		dst = append(dst, lpStr12|byte(n>>8), byte(n))
	default:
		dst = binary.LittleEndian.AppendUint32(append(dst, lpStr32), uint32(n))
	}
	dst = append(dst, elem...)
	return lpAppendBacklen(dst, len(dst)-start)
}

// lpAppendInt appends a number in the shortest form.
func lpAppendInt(dst []byte, n int64) []byte {
	u := uint64(n)
	switch {
	case n >= 0 && n < 1<<7:
		return append(dst, byte(n), 1)
	case n >= -1<<12 && n < 1<<12:
		return append(dst, lpInt13|byte(u>>8)&0x1f, byte(u), 2)
	case n == int64(int16(n)):
		return append(dst, lpInt16, byte(u), byte(u>>8), 3)
	case n >= -1<<23 && n < 1<<23:
		return append(dst, lpInt24, byte(u), byte(u>>8), byte(u>>16), 4)
	case n == int64(int32(n)):
		return append(binary.LittleEndian.AppendUint32(append(dst, lpInt32), uint32(n)), 5)
	}
	return append(binary.LittleEndian.AppendUint64(append(dst, lpInt64), u), 9)
}

// lpBacklenSize is the number of bytes for the length n of an element. The limits are Redis's, one less than they
// could be from the second on.
func lpBacklenSize(n int) int {
	switch {
	case n <= 127:
		return 1
	case n < 16383:
		return 2
	case n < 2097151:
		return 3
	case n < 268435455:
		return 4
	}
	return 5
}

// lpAppendBacklen appends n in groups of seven bits, the highest first; all but the
// first group are marked, so that a reader from behind knows where to stop.
func lpAppendBacklen(dst []byte, n int) []byte {
	size := lpBacklenSize(n)
	for i := size - 1; i >= 0; i-- {
		b := byte(n>>(7*i)) & 0x7f
		if i != size-1 {
			b |= 0x80
		}
		dst = append(dst, b)
	}
	return dst
}

// lpElems checks a listpack and appends its elements to dst. They point into blob, or,
// as numbers, into mem.
func lpElems(dst [][]byte, mem *arena, blob []byte) ([][]byte, error) {
	if len(blob) < lpHeader+1 {
		return dst, corrupt("malformed listpack: %d bytes are too few", len(blob))
	}
	if n := binary.LittleEndian.Uint32(blob); uint64(n) != uint64(len(blob)) {
		return dst, corrupt("malformed listpack: it says %d bytes and has %d", n, len(blob))
	}
	if blob[len(blob)-1] != lpEnd {
		return dst, corrupt("malformed listpack: no end mark")
	}
	want, before := int(binary.LittleEndian.Uint16(blob[4:])), len(dst)
	for p := blob[lpHeader : len(blob)-1]; len(p) > 0; {
		elem, size, err := lpElem(mem, p)
		if err != nil {
			return dst, err
		}
		if size, err = lpCheckBacklen(p, size); err != nil {
			return dst, err
		}
		dst, p = append(dst, elem), p[size:]
	}
	if got := len(dst) - before; want != lpManyElems && want != got {
		return dst, corrupt("malformed listpack: it says %d elements and has %d", want, got)
	}
	return dst, nil
}

// lpElem reads the element at the start of p and tells how long it is without its backlen.
func lpElem(mem *arena, p []byte) (elem []byte, size int, err error) {
	c := p[0]
	switch {
	case c&0x80 == lpInt7:
		return mem.decimal(int64(c)), 1, nil
	case c&0xc0 == lpStr6:
		return lpString(p, 1, int(c&0x3f))
	case c&0xe0 == lpInt13 && len(p) >= 2:
		return mem.decimal(int64(int16(uint16(c)<<11|uint16(p[1])<<3)) >> 3), 2, nil
	case c&0xf0 == lpStr12 && len(p) >= 2:
		return lpString(p, 2, int(c&0x0f)<<8|int(p[1]))
	case c == lpStr32 && len(p) >= 5:
		return lpString(p, 5, int(binary.LittleEndian.Uint32(p[1:])))
	case c >= lpInt16 && c <= lpInt64:
		size = [...]int{3, 4, 5, 9}[c-lpInt16]
		if len(p) >= size {
			return mem.decimal(signed(p[1:size])), size, nil
		}
	case c > lpInt64:
		return nil, 0, corrupt("malformed listpack: no encoding begins with %#02x", c)
	}
	return nil, 0, corrupt("malformed listpack: an element runs over the end")
}

func lpString(p []byte, head, n int) ([]byte, int, error) {
	if n > len(p)-head {
		return nil, 0, corrupt("malformed listpack: an element runs over the end")
	}
	return p[head : head+n : head+n], head + n, nil
}

// lpCheckBacklen adds the backlen to the size of the element before it.
func lpCheckBacklen(p []byte, size int) (int, error) {
	var room [5]byte
	want := lpAppendBacklen(room[:0], size)
	if len(p)-size < len(want) || string(p[size:size+len(want)]) != string(want) {
		return 0, corrupt("malformed listpack: an element's length from behind is not that from before")
	}
	return size + len(want), nil
}

// signed reads a little-endian integer of any length up to eight bytes.
func signed(p []byte) int64 {
	var u uint64
	for i, b := range p {
		u |= uint64(b) << (8 * i)
	}
	shift := 64 - 8*len(p)
	return int64(u<<shift) >> shift
}
