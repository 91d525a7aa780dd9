package rdb

import "encoding/binary"

// A ziplist (before Redis 7.0): total bytes (4), offset of the last entry (4), number of entries (2,
// zlManyElems: too many to say), entries, zlEnd. An entry: length of the one before
// (one byte, or zlBigPrev and four), its encoding, its data.
const (
	zlHeader    = 10
	zlManyElems = 0xffff
	zlEnd       = 0xff
	zlBigPrev   = 0xfe

	zlStr6   = 0x00 // 00xxxxxx
	zlStr14  = 0x40 // 01xxxxxx xxxxxxxx
	zlStr32  = 0x80 // and four bytes of length, big-endian
	zlInt16  = 0xc0
	zlInt32  = 0xd0
	zlInt64  = 0xe0
	zlInt24  = 0xf0
	zlInt8   = 0xfe
	zlImmMin = 0xf1 // 0 … 12 in the lower four bits, plus one
	zlImmMax = 0xfd
)

// zlElems checks a ziplist and appends its elements to dst. They point into blob, or, as
// numbers, into mem.
func zlElems(dst [][]byte, mem *arena, blob []byte) ([][]byte, error) {
	if len(blob) < zlHeader+1 {
		return dst, corrupt("malformed ziplist: %d bytes are too few", len(blob))
	}
	if n := binary.LittleEndian.Uint32(blob); uint64(n) != uint64(len(blob)) {
		return dst, corrupt("malformed ziplist: it says %d bytes and has %d", n, len(blob))
	}
	if blob[len(blob)-1] != zlEnd {
		return dst, corrupt("malformed ziplist: no end mark")
	}
	tail, want := binary.LittleEndian.Uint32(blob[4:]), int(binary.LittleEndian.Uint16(blob[8:]))
	before, last, prev := len(dst), zlHeader, 0
	for at := zlHeader; at < len(blob)-1; {
		elem, size, err := zlElem(mem, blob[at:len(blob)-1], prev)
		if err != nil {
			return dst, err
		}
		dst = append(dst, elem)
		last, prev, at = at, size, at+size
	}
	if int64(tail) != int64(last) {
		return dst, corrupt("malformed ziplist: it says its last entry is at %d, which is at %d", tail, last)
	}
	if got := len(dst) - before; want != zlManyElems && want != got {
		return dst, corrupt("malformed ziplist: it says %d entries and has %d", want, got)
	}
	return dst, nil
}

// zlElem reads the entry at the start of p, which follows one of prev bytes.
func zlElem(mem *arena, p []byte, prev int) (elem []byte, size int, err error) {
	said, head := int(p[0]), 1
	if said == zlBigPrev && len(p) >= 5 {
		said, head = int(binary.LittleEndian.Uint32(p[1:])), 5
	}
	if said != prev {
		return nil, 0, corrupt("malformed ziplist: an entry says %d bytes are before it, it is %d", said, prev)
	}
	elem, size, err = zlData(mem, p[head:])
	return elem, size + head, err
}

func zlData(mem *arena, p []byte) (elem []byte, size int, err error) {
	if len(p) == 0 {
		return nil, 0, errZiplistEnd()
	}
	c := p[0]
	switch {
	case c < zlStr14:
		return zlString(p, 1, int(c))
	case c < zlStr32 && len(p) >= 2:
		return zlString(p, 2, int(c&0x3f)<<8|int(p[1]))
	case c == zlStr32 && len(p) >= 5:
		return zlString(p, 5, int(binary.BigEndian.Uint32(p[1:])))
	case c >= zlImmMin && c <= zlImmMax:
		return mem.decimal(int64(c&0x0f) - 1), 1, nil
	}
	width := map[byte]int{zlInt8: 1, zlInt16: 2, zlInt24: 3, zlInt32: 4, zlInt64: 8}[c]
	if width == 0 && c > zlStr32 {
		return nil, 0, corrupt("malformed ziplist: no encoding begins with %#02x", c)
	}
	if width == 0 || len(p) < 1+width {
		return nil, 0, errZiplistEnd()
	}
	return mem.decimal(signed(p[1 : 1+width])), 1 + width, nil
}

func zlString(p []byte, head, n int) ([]byte, int, error) {
	if n > len(p)-head {
		return nil, 0, errZiplistEnd()
	}
	return p[head : head+n : head+n], head + n, nil
}

func errZiplistEnd() error { return corrupt("malformed ziplist: an entry runs over the end") }
