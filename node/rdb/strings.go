package rdb

import (
	"encoding/binary"
	"math"
	"strconv"
)

// The two upper bits of a length's first byte.
const (
	len6   = 0 // the other six bits are the length
	len14  = 1 // so many and the next byte
	lenBig = 2 // the whole byte tells: four or eight bytes follow
	lenEnc = 3 // no length: a string in a special encoding, told by the six bits

	len32 = 0x80
	len64 = 0x81
)

// The special encodings of strings: first the whole byte, below what is left without the two upper bits.
const (
	strInt8  = 0xc0
	strInt16 = 0xc1
	strInt32 = 0xc2
	strLZF   = 0xc3

	encInt8  = strInt8 & 0x3f
	encInt16 = strInt16 & 0x3f
	encInt32 = strInt32 & 0x3f
	encLZF   = strLZF & 0x3f
)

// lzfLeast is the length above which compression is tried.
const lzfLeast = 20

// scratchMost is the size above which a buffer for one value is not kept for the next.
const scratchMost = 1 << 20

// Text is what strings may be given as.
type Text interface{ ~string | ~[]byte }

// Serializer holds what the Append functions need from one call to the next: the
// compressor and a scratch buffer. It serves one goroutine at a time; nothing refers
// to it in what they append.
type Serializer struct {
	compress bool
	lzf      lzf
	pack     []byte // a listpack or intset under construction
	ints     []int64
}

// NewSerializer makes a Serializer. With compress, strings of more than 20 bytes are
// stored as LZF where that is shorter (rdbcompression).
func NewSerializer(compress bool) *Serializer { return &Serializer{compress: compress} }

// AppendLen appends a length.
func AppendLen(dst []byte, n uint64) []byte {
	switch {
	case n < 1<<6:
		return append(dst, byte(n))
	case n < 1<<14:
		return append(dst, byte(n>>8)|len14<<6, byte(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, len32), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, len64), n)
}

// AppendString appends a string the way Redis stores every one: as a number if it is
// one, compressed if that pays. It is the value of TypeString, too.
func AppendString[T Text](dst []byte, s *Serializer, text T) []byte {
	return s.appendString(dst, view(text))
}

// AppendInt appends a number as the string of its decimal digits.
func AppendInt(dst []byte, s *Serializer, n int64) []byte {
	if p, ok := appendIntEncoded(dst, n); ok {
		return p
	}
	var digits [20]byte
	return appendPlain(dst, strconv.AppendInt(digits[:0], n, 10))
}

func (s *Serializer) appendString(dst, b []byte) []byte {
	if len(b) <= 11 {
		if n, ok := parseInt(b); ok {
			if p, ok := appendIntEncoded(dst, n); ok {
				return p
			}
		}
	}
	if s.compress && len(b) > lzfLeast {
		if c := s.lzf.compress(b); c != nil {
			dst = append(dst, strLZF)
			dst = AppendLen(dst, uint64(len(c)))
			dst = AppendLen(dst, uint64(len(b)))
			return append(dst, c...)
		}
	}
	return appendPlain(dst, b)
}

// appendPack appends what was built in s.pack's memory and keeps that for the next time.
func (s *Serializer) appendPack(dst, pack []byte) []byte {
	s.pack = pack[:0]
	if cap(pack) > scratchMost {
		s.pack = nil
	}
	return s.appendString(dst, pack)
}

func appendPlain(dst, b []byte) []byte {
	return append(AppendLen(dst, uint64(len(b))), b...)
}

func appendIntEncoded(dst []byte, n int64) ([]byte, bool) {
	switch {
	case n == int64(int8(n)):
		return append(dst, strInt8, byte(n)), true
	case n == int64(int16(n)):
		return binary.LittleEndian.AppendUint16(append(dst, strInt16), uint16(n)), true
	case n == int64(int32(n)):
		return binary.LittleEndian.AppendUint32(append(dst, strInt32), uint32(n)), true
	}
	return dst, false
}

// parseInt reads a 64 bit integer in the one form that comes out of printing one.
func parseInt(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	if b[0] > '9' || b[0] < '-' {
		return 0, false
	}
	digits := b
	if b[0] == '-' {
		digits = b[1:]
	}
	if len(digits) == 0 || digits[0] == '0' && len(b) > 1 {
		return 0, false
	}
	var n uint64
	for _, c := range digits {
		c -= '0'
		if c > 9 || n > (math.MaxUint64-uint64(c))/10 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	if len(digits) < len(b) {
		return int64(-n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}
