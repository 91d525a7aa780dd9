package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

// rangeBy is what the ends of a range mean.
type rangeBy int

const (
	byAny rangeBy = iota // the command takes BYSCORE and BYLEX, by rank without them
	byRank
	byScore
	byLex
)

// direction is the order in which a range is given.
type direction int

const (
	anyOrder direction = iota // the command takes REV, forward without it
	forward
	reverse
)

// members finds a run of members in a sorted set.
type members func(z *store.ZSet) store.Span

// rangeArgs reads the ends of a range from arguments i and j; ok is false when the error has
// been answered.
func rangeArgs(c *command.Ctx, by rangeBy, i, j int) (find members, ok bool) {
	switch by {
	case byScore:
		r, ok := parseScoreRange(c.Argv[i], c.Argv[j])
		if !ok {
			c.Error(command.ErrMinMaxFloat)
		}
		return func(z *store.ZSet) store.Span { return z.ByScore(&r) }, ok
	case byLex:
		r, ok := parseLexRange(c.Argv[i], c.Argv[j])
		if !ok {
			c.Error(command.ErrMinMaxLex)
		}
		return func(z *store.ZSet) store.Span { return z.ByLex(&r) }, ok
	}
	start, ok := intArg(c, i)
	if !ok {
		return nil, false
	}
	stop, ok := intArg(c, j)
	return func(z *store.ZSet) store.Span {
		from, to, _ := ranks(start, stop, z.Len())
		return store.Span{First: from, End: to}
	}, ok
}

func zcount(c *command.Ctx, by rangeBy) {
	find, ok := rangeArgs(c, by, 2, 3)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	n := 0
	if o != nil {
		n = find(zsetOf(o)).Len()
	}
	c.Int(int64(n))
}

func zremrange(c *command.Ctx, by rangeBy, event string) {
	find, ok := rangeArgs(c, by, 2, 3)
	if !ok {
		return
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	n := 0
	if o != nil {
		z := zsetOf(o)
		span := find(z)
		if n = span.Len(); n > 0 {
			z.DeleteSpan(span)
			shrunk(c, 'z', event, c.Argv[1], z, n)
		}
	}
	c.Int(int64(n))
}

// zrangeForm is what a command of the ZRANGE family has fixed by its name, and what its options say.
type zrangeForm struct {
	store         bool // ZRANGESTORE destination source …
	by            rangeBy
	order         direction
	scores        bool
	offset, limit int64
}

const (
	errLimitNeedsBy = "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
	errScoresByLex  = "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
)

// parse reads the options from argument i on.
func (f *zrangeForm) parse(c *command.Ctx, i int) (ok bool) {
	f.limit = -1
	anyBy := f.by == byAny
	anyOrdered := f.order == anyOrder
	for ; i < len(c.Argv); i++ {
		switch a := c.Argv[i]; {
		case !f.store && is(a, "withscores"):
			f.scores = true
		case is(a, "limit") && i+2 < len(c.Argv):
			if f.offset, ok = intArg(c, i+1); !ok {
				return false
			}
			if f.limit, ok = intArg(c, i+2); !ok {
				return false
			}
			i += 2
		case anyOrdered && f.order == anyOrder && is(a, "rev"):
			f.order = reverse
		case anyBy && f.by == byAny && is(a, "bylex"):
			f.by = byLex
		case anyBy && f.by == byAny && is(a, "byscore"):
			f.by = byScore
		default:
			c.Error(command.ErrSyntax)
			return false
		}
	}
	if f.by == byAny {
		f.by = byRank
	}
	switch {
	case f.limit != -1 && f.by == byRank:
		c.Error(errLimitNeedsBy)
	case f.scores && f.by == byLex:
		c.Error(errScoresByLex)
	default:
		return true
	}
	return false
}

func zrange(c *command.Ctx, f zrangeForm) {
	src := 1
	if f.store {
		src = 2
	}
	if !f.parse(c, src+3) {
		return
	}
	low, high := src+1, src+2
	if f.order == reverse && f.by != byRank {
		low, high = high, low
	}
	find, ok := rangeArgs(c, f.by, low, high)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[src], store.KindZSet)
	if !ok {
		return
	}
	var z *store.ZSet
	var start, n int
	if o != nil {
		z = zsetOf(o)
		start, n = f.cut(z, find)
	}
	if f.store {
		storeRange(c, f, z, start, n)
		return
	}
	pairsHeader(c, n, f.scores)
	f.walk(z, start, n, func(cur *store.Cursor) {
		pairHeader(c, f.scores)
		c.Bulk(cur.Member())
		if f.scores {
			c.Double(cur.Score())
		}
	})
}

// cut finds where the range begins (in its order) and how many members LIMIT leaves of it.
func (f *zrangeForm) cut(z *store.ZSet, find members) (start, n int) {
	var span store.Span
	if f.order == reverse && f.by == byRank {
		back := find(z)
		span = store.Span{First: z.Len() - back.End, End: z.Len() - back.First}
	} else {
		span = find(z)
	}
	n = span.Len()
	if f.offset < 0 || f.offset >= int64(n) {
		return 0, 0
	}
	skip := int(f.offset)
	if n -= skip; f.limit >= 0 {
		n = int(min(int64(n), f.limit))
	}
	if f.order == reverse {
		return span.End - 1 - skip, n
	}
	return span.First + skip, n
}

// walk visits n members from rank start on in the range's order.
func (f *zrangeForm) walk(z *store.ZSet, start, n int, fn func(cur *store.Cursor)) {
	if n == 0 {
		return
	}
	for cur := z.At(start); n > 0; n-- {
		fn(&cur)
		if f.order == reverse {
			cur.Prev()
		} else {
			cur.Next()
		}
	}
}

// storeRange is the end of ZRANGESTORE.
func storeRange(c *command.Ctx, f zrangeForm, z *store.ZSet, start, n int) {
	lim := &c.Keys.Limits
	longest := 0
	if f.by == byRank && n > lim.ZSetEntries {
		longest = lim.ZSetValue + 1 // Redis knows the length beforehand only here
	}
	result := store.NewZSet(lim, longest)
	f.walk(z, start, n, func(cur *store.Cursor) { result.Set(lim, cur.Member(), cur.Score()) })
	storeResult(c, c.Argv[1], result, 'z', "zrangestore")
}
