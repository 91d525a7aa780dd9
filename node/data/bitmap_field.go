package data

import (
	"math"

	"redislab/node/command"
	"redislab/node/store"
)

// overflow says what BITFIELD does with a result that does not fit.
type overflow uint8

const (
	wrap overflow = iota
	saturate
	fail
)

// fieldOp is one operation of a BITFIELD.
type fieldOp struct {
	kind   byte // 'g' GET, 's' SET, 'i' INCRBY
	signed bool
	width  int
	at     int64
	arg    int64
	over   overflow
}

func bitfield(c *command.Ctx)   { bitfieldWith(c, false) }
func bitfieldRO(c *command.Ctx) { bitfieldWith(c, true) }

func bitfieldWith(c *command.Ctx, readOnly bool) {
	ops, last, ok := parseBitfield(c)
	if !ok {
		return
	}
	key := c.Argv[1]
	var b []byte
	var grown bool
	if last < 0 {
		o, ok := lookup(c, key, store.KindString)
		if !ok {
			return
		}
		if o != nil {
			b = o.Bytes()
		}
	} else {
		if readOnly {
			c.Error("ERR BITFIELD_RO only supports the GET subcommand")
			return
		}
		if b, grown, ok = editBits(c, key, last); !ok {
			return
		}
	}
	c.Array(len(ops))
	changes := 0
	for i := range ops {
		if ops[i].run(c, b, grown) {
			changes++
		}
	}
	if changes > 0 {
		c.Changed('$', "setbit", key)
		c.Dirty += changes - 1
	}
}

// parseBitfield reads the operations; last is the highest bit that is written, -1 without one.
func parseBitfield(c *command.Ctx) (ops []fieldOp, last int64, ok bool) {
	last = -1
	over := wrap
	for i := 2; i < len(c.Argv); {
		a, left := c.Argv[i], len(c.Argv)-i-1
		if is(a, "overflow") && left >= 1 {
			if over, ok = parseOverflow(c, i+1); !ok {
				return nil, 0, false
			}
			i += 2
			continue
		}
		op := fieldOp{over: over}
		words := 4
		switch {
		case is(a, "get") && left >= 2:
			op.kind, words = 'g', 3
		case is(a, "set") && left >= 3:
			op.kind = 's'
		case is(a, "incrby") && left >= 3:
			op.kind = 'i'
		default:
			c.Error(command.ErrSyntax)
			return nil, 0, false
		}
		if !op.parse(c, i) {
			return nil, 0, false
		}
		if op.kind != 'g' {
			last = max(last, op.at+int64(op.width)-1)
		}
		ops = append(ops, op)
		i += words
	}
	return ops, last, true
}

func parseOverflow(c *command.Ctx, i int) (overflow, bool) {
	switch a := c.Argv[i]; {
	case is(a, "wrap"):
		return wrap, true
	case is(a, "sat"):
		return saturate, true
	case is(a, "fail"):
		return fail, true
	}
	c.Error("ERR Invalid OVERFLOW type specified")
	return wrap, false
}

// parse reads type, offset and value of the operation whose name is argument i.
func (op *fieldOp) parse(c *command.Ctx, i int) (ok bool) {
	t := c.Argv[i+1]
	if len(t) > 1 && (t[0] == 'i' || t[0] == 'u') {
		op.signed = t[0] == 'i'
		if n, isInt := store.ParseInt(t[1:]); isInt && n >= 1 && (n <= 63 || n == 64 && op.signed) {
			op.width = int(n)
		}
	}
	if op.width == 0 {
		c.Error("ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.")
		return false
	}
	if op.at, ok = bitOffset(c, i+2, int64(op.width)); !ok || op.kind == 'g' {
		return ok
	}
	op.arg, ok = intArg(c, i+3)
	return ok
}

// read gives the field as a number; bits behind the end of b are zeros.
func (op *fieldOp) read(b []byte) int64 {
	var v uint64
	for i := range int64(op.width) {
		v = v<<1 | uint64(bitAt(b, op.at+i))
	}
	return op.extend(v)
}

// extend cuts a number to the field's width and, when signed, takes its top bit as the sign.
func (op *fieldOp) extend(v uint64) int64 {
	unused := 64 - op.width
	if op.signed {
		return int64(v<<unused) >> unused
	}
	return int64(v << unused >> unused)
}

func (op *fieldOp) write(b []byte, v int64) {
	for i := range int64(op.width) {
		at := op.at + i
		bit := byte(v>>(int64(op.width)-1-i)) & 1
		b[at>>3] = b[at>>3]&^(1<<(7-at&7)) | bit<<(7-at&7)
	}
}

// run carries out the operation, replies, and tells whether it counts as a change: the field
// was written, and either has another value now or is part of a string that was made longer for it.
func (op *fieldOp) run(c *command.Ctx, b []byte, grown bool) (changed bool) {
	old := op.read(b)
	if op.kind == 'g' {
		c.Int(old)
		return false
	}
	v, ok := op.next(old)
	if !ok {
		c.Null()
		return false
	}
	if op.kind == 's' {
		c.Int(old)
	} else {
		c.Int(v)
	}
	op.write(b, v)
	return grown || op.extend(uint64(v)) != old
}

// next is the field's value after the operation; ok is false when it does not fit and
// must then not be written.
func (op *fieldOp) next(old int64) (v int64, ok bool) {
	from, by := op.arg, int64(0)
	if op.kind == 'i' {
		from, by = old, op.arg
	}
	way := op.overflows(from, by)
	switch {
	case way == 0:
		return from + by, true
	case op.over == fail:
		return 0, false
	case op.over == wrap:
		return op.extend(uint64(from + by)), true
	}
	low, high := op.limits()
	if way < 0 {
		return low, true
	}
	return high, true
}

func (op *fieldOp) limits() (low, high int64) {
	switch {
	case op.signed && op.width == 64:
		return math.MinInt64, math.MaxInt64
	case op.signed:
		return -1 << (op.width - 1), 1<<(op.width-1) - 1
	}
	return 0, 1<<op.width - 1
}

// overflows tells on which side (-1, +1) from+by leaves the field's limits, 0 when it fits. A negative
// value given for an unsigned field counts as a huge one.
func (op *fieldOp) overflows(from, by int64) int {
	low, high := op.limits()
	switch {
	case !op.signed && from < 0, from > high, by > 0 && from > high-by:
		return 1
	case from < low, by < 0 && from >= 0 && from+by < low, by < 0 && from < 0 && from < low-by:
		return -1 // two forms, so that neither sum can overflow
	}
	return 0
}
