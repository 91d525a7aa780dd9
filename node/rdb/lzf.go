package rdb

import (
	"encoding/binary"
	"math/bits"
)

// LZF: a control byte below 32 is followed by that many literal bytes plus one; any other holds the
// length of a back reference in its upper three bits (7: one more byte follows, to be added) and the upper
// bits of its distance in the lower five, the next byte holding the rest.
const (
	lzfTableBits = 16
	lzfMaxRun    = 1 << 5          // literals in one run
	lzfMaxDist   = 1 << 13         // distance of a reference
	lzfMaxMatch  = 1<<8 + 1<<3     // bytes of a reference
	lzfMaxInput  = 1 << 30         // more is stored as it is
	lzfMaxRatio  = lzfMaxMatch / 3 // three bytes make at most that many times more
)

// lzf compresses. Its choices (table size, hash, which positions are remembered) are those
// of the library in Redis, so that the same string is written as the same bytes.
type lzf struct {
	// table holds base + position of the last place with that hash. What is below base is
	// from an earlier string, so nothing has to be cleared between strings.
	table *[1 << lzfTableBits]uint32
	base  uint32
	out   []byte
}

// prepare makes the table ready for an input of n bytes.
func (z *lzf) prepare(n int) {
	if z.table == nil {
		z.table = new([1 << lzfTableBits]uint32)
		z.base = 1
	}
	if uint64(z.base)+uint64(n) >= 1<<32 {
		clear(z.table[:])
		z.base = 1
	}
}

// compress gives in compressed, good until the next call; nil when that would save less
// than four bytes, the least for which Redis bothers.
func (z *lzf) compress(in []byte) []byte {
	limit := len(in) - 4
	if limit <= 0 || len(in) > lzfMaxInput {
		return nil
	}
	out := z.out
	if cap(out) < limit {
		out = make([]byte, limit+limit/4)
		if limit <= scratchMost {
			z.out = out
		}
	}
	z.prepare(len(in))
	n := z.run(out[:limit], in)
	z.base += uint32(len(in))
	if n == 0 {
		return nil
	}
	return out[:n]
}

// run fills out and gives the number of bytes used, 0 if they do not suffice. Literals are
// written only when a reference or the end comes after them: of what cannot be
// compressed nothing is copied.
func (z *lzf) run(out, in []byte) int {
	op, start, ip := 0, 0, 0 // end of what is written; of the literals to be written; of what is done
	last := len(in) - 2      // positions before it have three bytes
	for ip < last {
		var ref int
		if ip, ref = z.find(in, ip); ip == last {
			break
		}
		if op+runsLen(ip-start)+4 >= len(out) {
			return 0
		}
		op = putRuns(out, op, in[start:ip])
		length := matchLen(in, ref, ip)
		op = putRef(out, op, ip-ref-1, length)
		ip += length
		start = ip
		if ip >= last {
			break
		}
		z.remember(in, ip-2)
		z.remember(in, ip-1)
	}
	// Up to two bytes at the end were never looked at; for them the library keeps room before it goes on.
	seen := max(last-start, 0)
	if op+seen+seen/lzfMaxRun+4 > len(out) {
		return 0
	}
	return putRuns(out, op, in[start:])
}

// find goes on from ip to the first position whose three bytes are known from ref, or to the
// last position that has three.
func (z *lzf) find(in []byte, ip int) (at, ref int) {
	table, base := z.table, z.base
	pos := base + uint32(ip)
	h := uint32(in[ip])<<8 | uint32(in[ip+1])
	for _, c := range in[ip+2:] {
		h = h<<8 | uint32(c)
		slot := &table[lzfHash(h)]
		known := *slot
		*slot = pos
		if known > base && pos-known <= lzfMaxDist {
			r := int(known - base)
			if in[r+2] == c && in[r+1] == byte(h>>8) && in[r] == byte(h>>16) {
				return int(pos - base), r
			}
		}
		pos++
	}
	return int(pos - base), 0
}

func (z *lzf) remember(in []byte, ip int) {
	h := uint32(in[ip])<<16 | uint32(in[ip+1])<<8 | uint32(in[ip+2])
	z.table[lzfHash(h)] = z.base + uint32(ip)
}

// lzfHash is the place in the table for the three bytes in h's lower 24 bits.
func lzfHash(h uint32) uint16 { return uint16(h>>8 - h*5) }

// runsLen is the room that n literals take.
func runsLen(n int) int { return n + (n+lzfMaxRun-1)/lzfMaxRun }

// putRuns writes literals, for which there is room.
func putRuns(out []byte, op int, lit []byte) int {
	if n := len(lit); n <= lzfStep-1 && cap(lit) >= lzfStep && len(out)-op > lzfStep {
		if n == 0 {
			return op
		}
		out[op] = byte(n - 1)
		*(*[lzfStep]byte)(out[op+1:]) = *(*[lzfStep]byte)(lit[:lzfStep])
		return op + 1 + n
	}
	for len(lit) > 0 {
		n := min(len(lit), lzfMaxRun)
		out[op] = byte(n - 1)
		op += 1 + copy(out[op+1:], lit[:n])
		lit = lit[n:]
	}
	return op
}

func putRef(out []byte, op, dist, length int) int {
	length -= 2
	if length < 7 {
		out[op] = byte(dist>>8 + length<<5)
		out[op+1] = byte(dist)
		return op + 2
	}
	out[op] = byte(dist>>8 + 7<<5)
	out[op+1] = byte(length - 7)
	out[op+2] = byte(dist)
	return op + 3
}

// matchLen tells how many bytes at ref and ip to take for equal; three are. The library looks at the
// first 16 that follow without regard to its limit if that is above 16.
func matchLen(in []byte, ref, ip int) int {
	limit := min(len(in)-ip-2, lzfMaxMatch)
	n := 0
	if limit >= 11-2 { // most matches are short
		x := binary.LittleEndian.Uint64(in[ref+3:]) ^ binary.LittleEndian.Uint64(in[ip+3:])
		if x != 0 {
			return min(3+bits.TrailingZeros64(x)/8, max(limit, 3))
		}
	}
	n = commonPrefix(in[ref:], in[ip:])
	switch {
	case limit <= 16:
		return max(3, min(n, limit))
	case n <= 18:
		return n
	}
	return max(19, min(n, limit))
}

// commonPrefix counts equal bytes, up to a few more than a reference can span.
func commonPrefix(a, b []byte) int {
	end := min(len(b), lzfMaxMatch+8)
	a, b = a[:end], b[:end]
	n := 0
	for ; n+8 <= len(b) && n+8 <= len(a); n += 8 {
		x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:])
		if x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// lzfDecompress fills out exactly from in. What is between out's length and its capacity may be
// overwritten; lzfStep bytes there let short copies be fast up to the end.
func lzfDecompress(out, in []byte) error {
	op, ip := 0, 0
	room := out[:cap(out)]
	for ip < len(in) {
		ctrl := int(in[ip])
		ip++
		if ctrl < lzfMaxRun {
			n := ctrl + 1
			if n > len(in)-ip || n > len(out)-op {
				return corrupt("malformed LZF: a run of %d literals has no room", n)
			}
			if from, to := in[ip:], room[op:]; n <= lzfStep && len(from) >= lzfStep && len(to) >= lzfStep {
				*(*[lzfStep]byte)(to) = *(*[lzfStep]byte)(from)
			} else {
				copy(to, from[:n])
			}
			ip, op = ip+n, op+n
			continue
		}
		n, need := ctrl>>5, 1
		if n == 7 {
			need = 2
		}
		if need > len(in)-ip {
			return corrupt("malformed LZF: the last reference is cut off")
		}
		if n == 7 {
			n += int(in[ip])
			ip++
		}
		ref := op - (ctrl&0x1f<<8 | int(in[ip])) - 1
		ip++
		n += 2
		if ref < 0 || n > len(out)-op {
			return corrupt("malformed LZF: a reference points outside of the string")
		}
		copyBack(room, ref, op, n)
		op += n
	}
	if op != len(out) {
		return corrupt("malformed LZF: %d bytes come out where %d were announced", op, len(out))
	}
	return nil
}

// lzfStep is how many bytes are copied for a short run or reference where there is room:
// a fixed number is one instruction, and what is too much is overwritten next.
const lzfStep = 16

// copyBack copies n bytes from ref to op the way a loop over bytes does: what was just
// written may be read again.
func copyBack(out []byte, ref, op, n int) {
	if n <= lzfStep && op-ref >= lzfStep && len(out)-op >= lzfStep {
		*(*[lzfStep]byte)(out[op:]) = *(*[lzfStep]byte)(out[ref:])
		return
	}
	for n > 0 {
		c := copy(out[op:op+min(n, op-ref)], out[ref:op])
		op, n = op+c, n-c
	}
}
