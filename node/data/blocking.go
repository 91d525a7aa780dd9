package data

import (
	"math"
	"math/big"
	"time"

	"redislab/node/command"
	"redislab/node/store"
)

// Blocking commands look for something to take, and wait when there is nothing. The node runs
// them again when a key becomes ready: then a key that holds another kind of value
// is passed over, where the first look answers WRONGTYPE.

// timeoutArg reads a timeout in seconds. Redis counts in whole milliseconds, rounded up.
func timeoutArg(c *command.Ctx, i int) (d time.Duration, ok bool) {
	if len(c.Argv[i]) == 1 && c.Argv[i][0] == '0' {
		return 0, true
	}
	f, ok := parseLongDouble(c.Arg(i))
	if !ok {
		c.Error(command.ErrTimeoutFloat)
		return 0, false
	}
	ms := int64(math.MinInt64) // what Redis makes of numbers beyond 64 bits
	if f.Mul(f, big.NewFloat(1000)); f.Cmp(big.NewFloat(1<<63)) < 0 {
		var accuracy big.Accuracy
		if ms, accuracy = f.Int64(); accuracy == big.Below {
			ms++
		}
	}
	if ms < 0 {
		c.Error(command.ErrTimeoutNegative)
		return 0, false
	}
	if ms > math.MaxInt64/int64(time.Millisecond) {
		return 0, true // longer than time.Duration can say: for ever
	}
	return time.Duration(ms) * time.Millisecond, true
}

// firstOf finds the first of the keys that is there, for changing its value. ok is false when an
// error has been answered.
func firstOf(c *command.Ctx, keys [][]byte, kind store.Kind) (key []byte, o *store.Object, ok bool) {
	for _, key := range keys {
		if c.Retry && c.Ready != "" && c.Ready != string(key) {
			continue
		}
		o := c.DB.Edit(key)
		if o == nil {
			continue
		}
		if o.Kind() == kind {
			return key, o, true
		}
		if !c.Retry {
			c.Error(command.ErrWrongType)
			return nil, nil, false
		}
	}
	return nil, nil, true
}

// wait makes the command wait for one of the keys. When it may not, refuse answers at once; otherwise
// a null array does when the time has run out.
func wait(c *command.Ctx, keys [][]byte, kind store.Kind, timeout time.Duration, refuse func(*command.Ctx)) {
	if !c.CanBlock {
		refuse(c)
		return
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = string(k)
	}
	c.Wait(command.Block{Keys: names, Kind: kind, Timeout: timeout, OnExpiry: nullArray})
}

func nullArray(c *command.Ctx) { c.NullArray() }
func null(c *command.Ctx)      { c.Null() }

// blockingPop is BLPOP and BRPOP.
func blockingPop(c *command.Ctx, e end) {
	last := len(c.Argv) - 1
	timeout, ok := timeoutArg(c, last)
	if !ok {
		return
	}
	key, o, ok := firstOf(c, c.Argv[1:last], store.KindList)
	switch {
	case !ok:
	case o == nil:
		wait(c, c.Argv[1:last], store.KindList, timeout, nullArray)
	default:
		l := listOf(o)
		c.Array(2)
		c.Bulk(key)
		popFrom(l, e, c.Bulk)
		shrunk(c, 'l', e.popEvent(), key, l, 1)
		c.PropagateStrings([...]string{"LPOP", "RPOP"}[e], string(key))
	}
}

func blmpop(c *command.Ctx) {
	m, ok := parseMpop(c, 2, "left", "right")
	if !ok {
		return
	}
	timeout, ok := timeoutArg(c, 1)
	if !ok {
		return
	}
	key, o, ok := firstOf(c, m.keys, store.KindList)
	switch {
	case !ok:
	case o == nil:
		wait(c, m.keys, store.KindList, timeout, nullArray)
	default:
		popNested(c, key, listOf(o), m)
	}
}

func blmove(c *command.Ctx) {
	from, to, ok := endsArg(c, 3)
	if !ok {
		return
	}
	timeout, ok := timeoutArg(c, 5)
	if !ok {
		return
	}
	switch {
	case !moveOrWait(c, from, to, timeout):
	case c.Retry:
		ends := [...]string{"left", "right"}
		c.PropagateStrings("LMOVE", c.Arg(1), c.Arg(2), ends[from], ends[to])
	default:
		c.PropagateStrings("LMOVE", c.Arg(1), c.Arg(2), c.Arg(3), c.Arg(4))
	}
}

func brpoplpush(c *command.Ctx) {
	timeout, ok := timeoutArg(c, 3)
	if !ok || !moveOrWait(c, tail, head, timeout) {
		return
	}
	c.PropagateStrings("RPOPLPUSH", c.Arg(1), c.Arg(2))
}

func moveOrWait(c *command.Ctx, from, to end, timeout time.Duration) (moved bool) {
	_, o, ok := firstOf(c, c.Argv[1:2], store.KindList)
	switch {
	case !ok:
		return false
	case o == nil:
		wait(c, c.Argv[1:2], store.KindList, timeout, null)
		return false
	}
	return move(c, listOf(o), from, to)
}
