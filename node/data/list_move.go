package data

import (
	"bytes"
	"math"
	"strconv"

	"redislab/node/command"
	"redislab/node/store"
)

// endArg reads LEFT or RIGHT.
func endArg(c *command.Ctx, i int) (e end, ok bool) {
	switch {
	case is(c.Argv[i], "left"):
		return head, true
	case is(c.Argv[i], "right"):
		return tail, true
	}
	c.Error(command.ErrSyntax)
	return head, false
}

// endsArg reads where to take from and where to put.
func endsArg(c *command.Ctx, i int) (from, to end, ok bool) {
	if from, ok = endArg(c, i); !ok {
		return from, to, false
	}
	to, ok = endArg(c, i+1)
	return from, to, ok
}

func lmove(c *command.Ctx) {
	if from, to, ok := endsArg(c, 3); ok {
		moveOrNull(c, from, to)
	}
}

func rpoplpush(c *command.Ctx) { moveOrNull(c, tail, head) }

func moveOrNull(c *command.Ctx, from, to end) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	move(c, listOf(o), from, to)
}

// move takes an element from the list at argument 1 to the list at argument 2 and replies it; it
// tells whether it did.
func move(c *command.Ctx, src *store.List, from, to end) bool {
	dst := src
	if !bytes.Equal(c.Argv[1], c.Argv[2]) {
		o, ok := lookupEdit(c, c.Argv[2], store.KindList)
		if !ok {
			return false
		}
		if dst = nil; o != nil {
			dst = listOf(o)
		}
	}
	var b []byte // a copy: pushing may overwrite what was popped
	popFrom(src, from, func(e []byte) {
		c.Bulk(e)
		b = append(b, e...)
	})
	if dst != nil {
		pushTo(dst, to, b)
	} else {
		dst = store.NewList(&c.Keys.Limits)
		pushTo(dst, to, b)
		c.DB.Put(c.Argv[2], store.NewValue(dst))
	}
	c.DB.Modified(c.Argv[2])
	c.Notify('l', to.pushEvent(), c.Argv[2])
	shrunk(c, 'l', from.popEvent(), c.Argv[1], src, 1)
	return true
}

// mpop is what LMPOP, ZMPOP and their blocking forms have in common: numkeys key … WHERE [COUNT n].
type mpop struct {
	keys  [][]byte
	last  bool // RIGHT or MAX
	count int64
}

// parseMpop reads the arguments from numkeys on; first and last are the words for the two ends.
func parseMpop(c *command.Ctx, i int, first, last string) (m mpop, ok bool) {
	n, ok := between(c, i, 1, math.MaxInt64, command.ErrNumkeys)
	if !ok {
		return m, false
	}
	if n >= int64(len(c.Argv)-i-1) {
		c.Error(command.ErrSyntax)
		return m, false
	}
	m.keys, m.count = c.Argv[i+1:i+1+int(n)], 1
	rest := c.Argv[i+1+int(n):]
	switch {
	case is(rest[0], first):
	case is(rest[0], last):
		m.last = true
	default:
		c.Error(command.ErrSyntax)
		return m, false
	}
	switch {
	case len(rest) == 1:
		return m, true
	case len(rest) >= 3 && is(rest[1], "count"):
		if m.count, ok = between(c, len(c.Argv)-len(rest)+2, 1, math.MaxInt64, command.ErrCount); !ok {
			return m, false
		}
		if len(rest) == 3 {
			return m, true
		}
	}
	c.Error(command.ErrSyntax)
	return m, false
}

func lmpop(c *command.Ctx) {
	m, ok := parseMpop(c, 1, "left", "right")
	if !ok {
		return
	}
	key, o, ok := firstOf(c, m.keys, store.KindList)
	switch {
	case !ok:
	case o == nil:
		c.NullArray()
	default:
		popNested(c, key, listOf(o), m)
	}
}

// popNested replies the key and what was popped, and propagates a plain pop with the count
// that was there.
func popNested(c *command.Ctx, key []byte, l *store.List, m mpop) {
	e, name := head, "LPOP"
	if m.last {
		e, name = tail, "RPOP"
	}
	c.Array(2)
	c.Bulk(key)
	n := popSome(c, key, l, e, m.count)
	c.PropagateStrings(name, string(key), strconv.Itoa(n))
}
