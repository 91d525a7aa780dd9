package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

// end is one end of a list.
type end int

const (
	head end = iota
	tail
)

func listHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"lpush":      func(c *command.Ctx) { push(c, head, false) },
		"rpush":      func(c *command.Ctx) { push(c, tail, false) },
		"lpushx":     func(c *command.Ctx) { push(c, head, true) },
		"rpushx":     func(c *command.Ctx) { push(c, tail, true) },
		"lpop":       func(c *command.Ctx) { listPop(c, head) },
		"rpop":       func(c *command.Ctx) { listPop(c, tail) },
		"llen":       llen,
		"lindex":     lindex,
		"lset":       lset,
		"lrange":     lrange,
		"ltrim":      ltrim,
		"lrem":       lrem,
		"linsert":    linsert,
		"lpos":       lpos,
		"lmove":      lmove,
		"rpoplpush":  rpoplpush,
		"lmpop":      lmpop,
		"blpop":      func(c *command.Ctx) { blockingPop(c, head) },
		"brpop":      func(c *command.Ctx) { blockingPop(c, tail) },
		"blmove":     blmove,
		"brpoplpush": brpoplpush,
		"blmpop":     blmpop,
	}
}

// listOf is the list in an object that lookup has found.
func listOf(o *store.Object) *store.List { return o.Value().(*store.List) }

func (e end) pushEvent() string { return [...]string{"lpush", "rpush"}[e] }
func (e end) popEvent() string  { return [...]string{"lpop", "rpop"}[e] }

func pushTo(l *store.List, e end, b []byte) {
	if e == head {
		l.PushFront(b)
		return
	}
	l.PushBack(b)
}

func popFrom(l *store.List, e end, fn func(b []byte)) {
	if e == head {
		l.PopFront(fn)
		return
	}
	l.PopBack(fn)
}

func push(c *command.Ctx, e end, mustExist bool) {
	key := c.Argv[1]
	o, ok := lookupEdit(c, key, store.KindList)
	if !ok {
		return
	}
	if o == nil && mustExist {
		c.Int(0)
		return
	}
	var l *store.List
	if o != nil {
		l = listOf(o)
	} else {
		l = store.NewList(&c.Keys.Limits)
	}
	for _, b := range c.Argv[2:] {
		pushTo(l, e, b)
	}
	if o == nil {
		c.DB.Put(key, store.NewValue(l))
	}
	c.Int(int64(l.Len()))
	c.Changed('l', e.pushEvent(), key)
	c.Dirty += len(c.Argv) - 3
}

// listPop is LPOP and RPOP, with or without a count.
func listPop(c *command.Ctx, e end) {
	count, counted := int64(1), len(c.Argv) == 3
	if len(c.Argv) > 3 {
		arityError(c)
		return
	}
	if counted {
		var ok bool
		if count, ok = positive(c, 2, command.ErrNotPositive); !ok {
			return
		}
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindList)
	switch {
	case !ok:
	case o == nil && counted:
		c.NullArray()
	case o == nil:
		c.Null()
	case counted:
		popSome(c, c.Argv[1], listOf(o), e, count)
	default:
		l := listOf(o)
		popFrom(l, e, c.Bulk)
		shrunk(c, 'l', e.popEvent(), c.Argv[1], l, 1)
	}
}

// popSome pops up to count elements, replies them as an array and tells how many.
func popSome(c *command.Ctx, key []byte, l *store.List, e end, count int64) int {
	n := int(min(count, int64(l.Len())))
	c.Array(n)
	if n == 0 {
		return 0
	}
	for range n {
		popFrom(l, e, c.Bulk)
	}
	shrunk(c, 'l', e.popEvent(), key, l, n)
	return n
}

func llen(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindList)
	if ok {
		c.Int(int64(length(o)))
	}
}

// length is the number of elements of a collection, none if there is none.
func length(o *store.Object) int {
	if o == nil {
		return 0
	}
	return o.Value().Len()
}

func lindex(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	i, ok := intArg(c, 2)
	if !ok {
		return
	}
	l := listOf(o)
	if i, ok = listIndex(i, l); !ok {
		c.Null()
		return
	}
	c.Bulk(l.Index(int(i)))
}

// listIndex makes an index that may be negative count from the head; ok tells whether it is in range.
func listIndex(i int64, l *store.List) (int64, bool) {
	if i < 0 {
		i += int64(l.Len())
	}
	return i, i >= 0 && i < int64(l.Len())
}

func lset(c *command.Ctx) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	if o == nil {
		c.Error(command.ErrNoKey)
		return
	}
	i, ok := intArg(c, 2)
	if !ok {
		return
	}
	l := listOf(o)
	if i, ok = listIndex(i, l); !ok {
		c.Error(command.ErrIndexRange)
		return
	}
	l.Set(int(i), c.Argv[3])
	c.OK()
	c.Changed('l', "lset", c.Argv[1])
}

func lrange(c *command.Ctx) {
	start, ok1 := intArg(c, 2)
	if !ok1 {
		return
	}
	stop, ok2 := intArg(c, 3)
	if !ok2 {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	from, to, ok := ranks(start, stop, length(o))
	if !ok {
		emptyArray(c)
		return
	}
	c.Array(to - from)
	for b := range listOf(o).Range(from, to-from) {
		c.Bulk(b)
	}
}

func ltrim(c *command.Ctx) {
	start, ok1 := intArg(c, 2)
	if !ok1 {
		return
	}
	stop, ok2 := intArg(c, 3)
	if !ok2 {
		return
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	if o == nil {
		c.OK()
		return
	}
	l := listOf(o)
	before := l.Len()
	from, to, _ := ranks(start, stop, before)
	l.Trim(from, to)
	// The event comes even if nothing was cut off, but then the command is not propagated.
	shrunk(c, 'l', "ltrim", c.Argv[1], l, before-l.Len())
	c.OK()
}

func lrem(c *command.Ctx) {
	count, ok := intArg(c, 2)
	if !ok {
		return
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	if o == nil {
		c.Int(0)
		return
	}
	l := listOf(o)
	limit := min(max(count, -count), int64(l.Len()))
	n := l.DeleteEqual(c.Argv[3], int(limit), count < 0)
	if n > 0 {
		shrunk(c, 'l', "lrem", c.Argv[1], l, n)
	}
	c.Int(int64(n))
}
