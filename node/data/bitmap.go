package data

import (
	"encoding/binary"
	"math/bits"

	"redislab/node/command"
	"redislab/node/store"
)

func bitmapHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"setbit": setbit, "getbit": getbit, "bitcount": bitcount, "bitpos": bitpos, "bitop": bitop,
		"bitfield": bitfield, "bitfield_ro": bitfieldRO,
	}
}

// bitOffset reads argument i as a place in a bitmap. width, when not 0, allows "#n" for the n-th
// field of that many bits.
func bitOffset(c *command.Ctx, i int, width int64) (offset int64, ok bool) {
	a, scale := c.Argv[i], int64(1)
	if len(a) > 0 && a[0] == '#' && width > 0 {
		a, scale = a[1:], width
	}
	n, ok := store.ParseInt(a)
	offset = n * scale
	if !ok || offset < 0 || !c.Server.FromMaster(c) && offset>>3 >= c.Server.ConfigInt("proto-max-bulk-len") {
		c.Error(command.ErrBitOffset)
		return 0, false
	}
	return offset, true
}

// editBits gives the string at a key for changing, long enough to hold bit `last`. grown tells
// that it was made or made longer.
func editBits(c *command.Ctx, key []byte, last int64) (b []byte, grown, ok bool) {
	o, ok := lookupEdit(c, key, store.KindString)
	if !ok {
		return nil, false, false
	}
	size := int(last>>3) + 1
	if o == nil {
		o = c.DB.Put(key, store.NewBuf(make([]byte, size)))
		return o.Buf().B, true, true
	}
	buf := o.Buf()
	grown = size > len(buf.B)
	buf.B = grow(buf.B, size)
	return buf.B, grown, true
}

func bitAt(b []byte, i int64) int {
	if i>>3 >= int64(len(b)) {
		return 0
	}
	return int(b[i>>3]>>(7-i&7)) & 1
}

func setbit(c *command.Ctx) {
	at, ok := bitOffset(c, 2, 0)
	if !ok {
		return
	}
	on, ok := store.ParseInt(c.Argv[3])
	if !ok || on != 0 && on != 1 {
		c.Error(command.ErrBitValue)
		return
	}
	b, grown, ok := editBits(c, c.Argv[1], at)
	if !ok {
		return
	}
	old := bitAt(b, at)
	if grown || old != int(on) {
		mask := byte(1) << (7 - at&7)
		b[at>>3] = b[at>>3]&^mask | byte(on)<<(7-at&7)
		c.Changed('$', "setbit", c.Argv[1])
	}
	c.Int(int64(old))
}

func getbit(c *command.Ctx) {
	at, ok := bitOffset(c, 2, 0)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindString)
	switch {
	case !ok:
	case o == nil:
		c.Int(0)
	default:
		c.Int(int64(bitAt(o.Bytes(), at)))
	}
}

// bitRange is a half-open range of bits.
type bitRange struct{ from, to int64 }

// bitsOf turns an inclusive range of units, whose ends may count from the back, into bits of a
// string of n bytes.
func bitsOf(start, end, unit int64, n int) bitRange {
	total := int64(n) * 8 / unit
	from, to := clampRange(start, end, total)
	return bitRange{from * unit, to * unit}
}

// bitUnit reads BIT or BYTE, if argument i is there, as the number of bits in a unit.
func bitUnit(c *command.Ctx, i int) (unit int64, ok bool) {
	switch {
	case i >= len(c.Argv), is(c.Argv[i], "byte"):
		return 8, true
	case is(c.Argv[i], "bit"):
		return 1, true
	}
	c.Error(command.ErrSyntax)
	return 0, false
}

func bitcount(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindString)
	if !ok {
		return
	}
	if o == nil {
		c.Int(0)
		return
	}
	b := o.Bytes()
	r := bitRange{0, int64(len(b)) * 8}
	switch len(c.Argv) {
	case 2:
	case 4, 5:
		start, ok1 := intArg(c, 2)
		if !ok1 {
			return
		}
		end, ok2 := intArg(c, 3)
		if !ok2 {
			return
		}
		if start < 0 && end < 0 && start > end {
			c.Int(0) // before the unit is looked at
			return
		}
		unit, ok := bitUnit(c, 4)
		if !ok {
			return
		}
		r = bitsOf(start, end, unit, len(b))
	default:
		c.Error(command.ErrSyntax)
		return
	}
	c.Int(countBits(b, r))
}

func countBits(b []byte, r bitRange) (n int64) {
	if r.from >= r.to {
		return 0
	}
	first, last := r.from>>3, (r.to-1)>>3
	head := byte(0xff) >> (r.from & 7)
	tail := byte(0xff) << (7 - (r.to-1)&7)
	if first == last {
		return int64(bits.OnesCount8(b[first] & head & tail))
	}
	n = int64(bits.OnesCount8(b[first]&head) + bits.OnesCount8(b[last]&tail))
	middle := b[first+1 : last]
	for ; len(middle) >= 8; middle = middle[8:] {
		n += int64(bits.OnesCount64(binary.NativeEndian.Uint64(middle)))
	}
	for _, x := range middle {
		n += int64(bits.OnesCount8(x))
	}
	return n
}

func bitpos(c *command.Ctx) {
	bit, ok := intArg(c, 2)
	if !ok {
		return
	}
	if bit != 0 && bit != 1 {
		c.Error("ERR The bit argument must be 1 or 0.")
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindString)
	if !ok {
		return
	}
	if o == nil {
		c.Int(-bit) // endless zeros
		return
	}
	b := o.Bytes()
	r := bitRange{0, int64(len(b)) * 8}
	if len(c.Argv) > 6 {
		c.Error(command.ErrSyntax)
		return
	}
	if len(c.Argv) > 3 {
		if r, ok = bitposRange(c, len(b)); !ok {
			return
		}
	}
	at := findBit(b, r, int(bit))
	// Without an end the string goes on with zeros.
	if at < 0 && bit == 0 && len(c.Argv) < 5 && r.from < r.to {
		at = r.to
	}
	c.Int(at)
}

// bitposRange reads start [end [BIT|BYTE]] of BITPOS; without end the range goes to the end.
func bitposRange(c *command.Ctx, n int) (r bitRange, ok bool) {
	start, ok := intArg(c, 3)
	if !ok {
		return r, false
	}
	unit, ok := bitUnit(c, 5)
	if !ok {
		return r, false
	}
	end := int64(-1)
	if len(c.Argv) > 4 {
		if end, ok = intArg(c, 4); !ok {
			return r, false
		}
	}
	return bitsOf(start, end, unit, n), true
}

// findBit gives the first place in r with that bit, -1 without one.
func findBit(b []byte, r bitRange, bit int) int64 {
	skip := byte(0)
	if bit == 0 {
		skip = 0xff
	}
	for i := r.from; i < r.to; {
		if i&7 == 0 && i+8 <= r.to && b[i>>3] == skip {
			i += 8
			continue
		}
		if bitAt(b, i) == bit {
			return i
		}
		i++
	}
	return -1
}

func bitop(c *command.Ctx) {
	op := bitOperation(c.Argv[1])
	if op == nil {
		c.Error(command.ErrSyntax)
		return
	}
	not := is(c.Argv[1], "not")
	if not && len(c.Argv) != 4 {
		c.Error("ERR BITOP NOT must be called with a single source key.")
		return
	}
	sources := make([][]byte, 0, len(c.Argv)-3)
	size := 0
	for _, key := range c.Argv[3:] {
		o, ok := lookup(c, key, store.KindString)
		if !ok {
			return
		}
		var b []byte
		if o != nil {
			b = o.Bytes()
		}
		sources = append(sources, b)
		size = max(size, len(b))
	}
	key := c.Argv[2]
	if size > 0 {
		c.DB.Put(key, store.NewBuf(combine(sources, size, op, not)))
		c.Changed('$', "set", key)
	} else if c.DB.Delete(key) {
		c.Changed('g', "del", key)
	}
	c.Int(int64(size))
}

func bitOperation(name []byte) func(a, b byte) byte {
	switch {
	case is(name, "and"):
		return func(a, b byte) byte { return a & b }
	case is(name, "or"):
		return func(a, b byte) byte { return a | b }
	case is(name, "xor"), is(name, "not"):
		return func(a, b byte) byte { return a ^ b }
	}
	return nil
}

// combine works out a BITOP; sources that are too short go on with zeros.
func combine(sources [][]byte, size int, op func(a, b byte) byte, not bool) []byte {
	out := make([]byte, size)
	copy(out, sources[0])
	if not {
		for i := range out {
			out[i] = ^out[i]
		}
		return out
	}
	for _, s := range sources[1:] {
		for i := range s {
			out[i] = op(out[i], s[i])
		}
		for i := len(s); i < size; i++ {
			out[i] = op(out[i], 0)
		}
	}
	return out
}
