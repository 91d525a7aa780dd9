package rdb

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// believed is how much memory a length gets before its bytes have been seen.
const believed = 1 << 20

// reader reads primitives out of a window onto a bufio.Reader's buffer, so that small
// strings need no copy and nothing beyond what is used is taken from the source.
type reader struct {
	src      *bufio.Reader // nil when the window holds everything
	win      []byte
	pos      int
	base     int64 // offset of win[0]
	crc      uint64
	sum      bool
	mem      arena  // the parts of the present value
	raw, lzf []byte // for a string that is good until the next one
	digits   [20]byte
	progress func(int64) error
	every    int64
	next     int64 // offset at which progress is due
}

func (r *reader) offset() int64 { return r.base + int64(r.pos) }

// settle takes what was read out of the window, and into the checksum.
func (r *reader) settle() {
	if r.sum {
		r.crc = CRC64(r.crc, r.win[:r.pos])
	}
	if r.src != nil {
		r.src.Discard(r.pos) // cannot fail: that much is buffered
	}
	r.base += int64(r.pos)
	r.win, r.pos = r.win[r.pos:], 0
}

// fill makes at least n bytes available; n is small.
func (r *reader) fill(n int) error {
	if len(r.win)-r.pos >= n {
		return nil
	}
	if r.src == nil {
		return ErrTruncated
	}
	r.settle()
	if r.progress != nil && r.base >= r.next {
		r.next = r.base + r.every
		if err := r.progress(r.base); err != nil {
			return err
		}
	}
	_, err := r.src.Peek(n)
	r.win, _ = r.src.Peek(r.src.Buffered())
	if len(r.win) >= n {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

func (r *reader) byte() (byte, error) {
	if r.pos == len(r.win) {
		if err := r.fill(1); err != nil {
			return 0, err
		}
	}
	r.pos++
	return r.win[r.pos-1], nil
}

// fixed gives n bytes, n small, good until the next read.
func (r *reader) fixed(n int) ([]byte, error) {
	if err := r.fill(n); err != nil {
		return nil, err
	}
	r.pos += n
	return r.win[r.pos-n : r.pos], nil
}

func (r *reader) uint64() (uint64, error) {
	p, err := r.fixed(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(p), nil
}

// lenOrEnc reads a length, or the number of a special encoding.
func (r *reader) lenOrEnc() (n uint64, special bool, err error) {
	c, err := r.byte()
	if err != nil {
		return 0, false, err
	}
	switch c >> 6 {
	case len6:
		return uint64(c), false, nil
	case lenEnc:
		return uint64(c & 0x3f), true, nil
	case len14:
		low, err := r.byte()
		return uint64(c&0x3f)<<8 | uint64(low), false, err
	}
	switch c {
	case len32:
		p, err := r.fixed(4)
		if err != nil {
			return 0, false, err
		}
		return uint64(binary.BigEndian.Uint32(p)), false, nil
	case len64:
		p, err := r.fixed(8)
		if err != nil {
			return 0, false, err
		}
		return binary.BigEndian.Uint64(p), false, nil
	}
	return 0, false, corrupt("no length begins with %#02x", c)
}

// length reads a length.
func (r *reader) length() (uint64, error) {
	n, special, err := r.lenOrEnc()
	if err == nil && special {
		return 0, corrupt("a string's encoding stands in the place of a length")
	}
	return n, err
}

// string reads a string. With keep it stays good as long as the present value, else
// until the next read.
func (r *reader) string(keep bool) ([]byte, error) {
	n, special, err := r.lenOrEnc()
	if err != nil {
		return nil, err
	}
	if !special {
		return r.bytes(n, keep)
	}
	switch n {
	case encInt8, encInt16, encInt32:
		p, err := r.fixed(1 << n)
		if err != nil {
			return nil, err
		}
		return r.decimal(signed(p), keep), nil
	case encLZF:
		return r.lzfString(keep)
	}
	return nil, corrupt("unknown string encoding %d", n)
}

func (r *reader) decimal(n int64, keep bool) []byte {
	if keep {
		return r.mem.decimal(n)
	}
	return appendDecimal(r.digits[:0], n)
}

// bytes reads n bytes.
func (r *reader) bytes(n uint64, keep bool) ([]byte, error) {
	if n <= uint64(len(r.win)-r.pos) {
		p := r.win[r.pos : r.pos+int(n) : r.pos+int(n)]
		r.pos += int(n)
		if keep {
			p = append(r.mem.alloc(int(n))[:0], p...)
		}
		return p, nil
	}
	if n > math.MaxInt {
		return nil, corrupt("a string of %d bytes", n)
	}
	if keep {
		return r.long(r.mem.alloc(int(min(n, believed)))[:0], int(n))
	}
	if r.raw == nil || cap(r.raw) > scratchMost {
		r.raw = make([]byte, 0, min(n, believed))
	}
	p, err := r.long(r.raw[:0], int(n))
	r.raw = p
	return p, err
}

// long reads n bytes into dst, which grows as they come.
func (r *reader) long(dst []byte, n int) ([]byte, error) {
	for len(dst) < n {
		if err := r.fill(1); err != nil {
			return dst, err
		}
		p := r.win[r.pos:min(len(r.win), r.pos+n-len(dst))]
		if room := len(dst) + len(p); room > cap(dst) {
			grown := make([]byte, len(dst), min(n, max(room, 2*cap(dst))))
			copy(grown, dst)
			dst = grown
		}
		dst = append(dst, p...)
		r.pos += len(p)
	}
	return dst, nil
}

func (r *reader) lzfString(keep bool) ([]byte, error) {
	packed, err := r.length()
	if err != nil {
		return nil, err
	}
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	if n > math.MaxInt-believed || packed > math.MaxInt || n/lzfMaxRatio > packed {
		return nil, corrupt("malformed LZF: %d bytes cannot come out of %d", n, packed)
	}
	in, err := r.bytes(packed, false)
	if err != nil {
		return nil, err
	}
	var out []byte
	switch {
	case keep:
		out = r.mem.alloc(int(n) + lzfStep)[:n]
	case cap(r.lzf) >= int(n)+lzfStep && cap(r.lzf) <= scratchMost:
		out = r.lzf[:n]
	default:
		out = make([]byte, n, n+1<<10)
		r.lzf = out
	}
	return out, lzfDecompress(out, in)
}
