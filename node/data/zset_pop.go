package data

import (
	"strconv"

	"redislab/node/command"
	"redislab/node/store"
)

// zpop is ZPOPMIN and ZPOPMAX.
func zpop(c *command.Ctx, last bool) {
	count, counted := int64(1), len(c.Argv) > 2
	if len(c.Argv) > 3 {
		c.Error(command.ErrSyntax)
		return
	}
	if counted {
		var ok bool
		if count, ok = positive(c, 2, command.ErrNotPositive); !ok {
			return
		}
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	if o == nil || count == 0 {
		emptyArray(c)
		return
	}
	z := zsetOf(o)
	n := int(min(count, int64(z.Len())))
	nested := counted && c.Proto >= 3
	if nested {
		c.Array(n)
	} else {
		c.Array(2 * n)
	}
	popEnds(c, c.Argv[1], z, last, n, nested)
}

// popEnds pops n members from one end and replies each with its score.
func popEnds(c *command.Ctx, key []byte, z *store.ZSet, last bool, n int, nested bool) {
	span := store.Span{First: 0, End: n}
	event := "zpopmin"
	at := 0
	if last {
		span = store.Span{First: z.Len() - n, End: z.Len()}
		event = "zpopmax"
		at = z.Len() - 1
	}
	cur := z.At(at)
	for range n {
		if nested {
			c.Array(2)
		}
		c.Bulk(cur.Member())
		c.Double(cur.Score())
		if last {
			cur.Prev()
		} else {
			cur.Next()
		}
	}
	z.DeleteSpan(span)
	shrunk(c, 'z', event, key, z, n)
}

func zpopName(last bool) string {
	if last {
		return "ZPOPMAX"
	}
	return "ZPOPMIN"
}

// blockingZpop is BZPOPMIN and BZPOPMAX.
func blockingZpop(c *command.Ctx, last bool) {
	end := len(c.Argv) - 1
	timeout, ok := timeoutArg(c, end)
	if !ok {
		return
	}
	key, o, ok := firstOf(c, c.Argv[1:end], store.KindZSet)
	switch {
	case !ok:
	case o == nil:
		wait(c, c.Argv[1:end], store.KindZSet, timeout, nullArray)
	default:
		c.Array(3)
		c.Bulk(key)
		popEnds(c, key, zsetOf(o), last, 1, false)
		c.PropagateStrings(zpopName(last), string(key))
	}
}

func zmpop(c *command.Ctx) {
	m, ok := parseMpop(c, 1, "min", "max")
	if !ok {
		return
	}
	key, o, ok := firstOf(c, m.keys, store.KindZSet)
	switch {
	case !ok:
	case o == nil:
		c.NullArray()
	default:
		zpopNested(c, key, zsetOf(o), m)
	}
}

func bzmpop(c *command.Ctx) {
	m, ok := parseMpop(c, 2, "min", "max")
	if !ok {
		return
	}
	timeout, ok := timeoutArg(c, 1)
	if !ok {
		return
	}
	key, o, ok := firstOf(c, m.keys, store.KindZSet)
	switch {
	case !ok:
	case o == nil:
		wait(c, m.keys, store.KindZSet, timeout, nullArray)
	default:
		zpopNested(c, key, zsetOf(o), m)
	}
}

// zpopNested replies the key and what was popped, see popNested.
func zpopNested(c *command.Ctx, key []byte, z *store.ZSet, m mpop) {
	n := int(min(m.count, int64(z.Len())))
	c.Array(2)
	c.Bulk(key)
	c.Array(n)
	popEnds(c, key, z, m.last, n, true)
	c.PropagateStrings(zpopName(m.last), string(key), strconv.Itoa(n))
}
