package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

func zsetHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"zadd":             func(c *command.Ctx) { zadd(c, zaddOptions{}) },
		"zincrby":          func(c *command.Ctx) { zadd(c, zaddOptions{incr: true}) },
		"zrem":             zrem,
		"zcard":            zcard,
		"zscore":           zscore,
		"zmscore":          zmscore,
		"zrank":            func(c *command.Ctx) { zrank(c, false) },
		"zrevrank":         func(c *command.Ctx) { zrank(c, true) },
		"zcount":           func(c *command.Ctx) { zcount(c, byScore) },
		"zlexcount":        func(c *command.Ctx) { zcount(c, byLex) },
		"zremrangebyrank":  func(c *command.Ctx) { zremrange(c, byRank, "zremrangebyrank") },
		"zremrangebyscore": func(c *command.Ctx) { zremrange(c, byScore, "zremrangebyscore") },
		"zremrangebylex":   func(c *command.Ctx) { zremrange(c, byLex, "zremrangebylex") },
		"zrange":           func(c *command.Ctx) { zrange(c, zrangeForm{}) },
		"zrangestore":      func(c *command.Ctx) { zrange(c, zrangeForm{store: true}) },
		"zrevrange":        func(c *command.Ctx) { zrange(c, zrangeForm{by: byRank, order: reverse}) },
		"zrangebyscore":    func(c *command.Ctx) { zrange(c, zrangeForm{by: byScore, order: forward}) },
		"zrevrangebyscore": func(c *command.Ctx) { zrange(c, zrangeForm{by: byScore, order: reverse}) },
		"zrangebylex":      func(c *command.Ctx) { zrange(c, zrangeForm{by: byLex, order: forward}) },
		"zrevrangebylex":   func(c *command.Ctx) { zrange(c, zrangeForm{by: byLex, order: reverse}) },
		"zpopmin":          func(c *command.Ctx) { zpop(c, false) },
		"zpopmax":          func(c *command.Ctx) { zpop(c, true) },
		"bzpopmin":         func(c *command.Ctx) { blockingZpop(c, false) },
		"bzpopmax":         func(c *command.Ctx) { blockingZpop(c, true) },
		"zmpop":            zmpop,
		"bzmpop":           bzmpop,
		"zunion":           func(c *command.Ctx) { zcombine(c, zsetOp{kind: zUnion}) },
		"zinter":           func(c *command.Ctx) { zcombine(c, zsetOp{kind: zInter}) },
		"zdiff":            func(c *command.Ctx) { zcombine(c, zsetOp{kind: zDiff}) },
		"zunionstore":      func(c *command.Ctx) { zcombine(c, zsetOp{kind: zUnion, store: "zunionstore"}) },
		"zinterstore":      func(c *command.Ctx) { zcombine(c, zsetOp{kind: zInter, store: "zinterstore"}) },
		"zdiffstore":       func(c *command.Ctx) { zcombine(c, zsetOp{kind: zDiff, store: "zdiffstore"}) },
		"zintercard":       func(c *command.Ctx) { zcombine(c, zsetOp{kind: zInter, card: true}) },
		"zrandmember":      zrandmember,
		"zscan":            zscan,
	}
}

// zsetOf is the sorted set in an object that lookup has found.
func zsetOf(o *store.Object) *store.ZSet { return o.Value().(*store.ZSet) }

func zrem(c *command.Ctx) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	removed := 0
	if o != nil {
		z := zsetOf(o)
		for _, m := range c.Argv[2:] {
			if z.Remove(m) {
				if removed++; z.Len() == 0 {
					break
				}
			}
		}
		if removed > 0 {
			shrunk(c, 'z', "zrem", c.Argv[1], z, removed)
		}
	}
	c.Int(int64(removed))
}

func zcard(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindZSet); ok {
		c.Int(int64(length(o)))
	}
}

// score replies a member's score, null when set or member are absent.
func score(c *command.Ctx, o *store.Object, member []byte) {
	if o != nil {
		if s, ok := zsetOf(o).Score(member); ok {
			c.Double(s)
			return
		}
	}
	c.Null()
}

func zscore(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindZSet); ok {
		score(c, o, c.Argv[2])
	}
}

func zmscore(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	c.Array(len(c.Argv) - 2)
	for _, m := range c.Argv[2:] {
		score(c, o, m)
	}
}

func zrank(c *command.Ctx, backward bool) {
	o, ok := lookup(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	z := zsetOf(o)
	rank, ok := z.Rank(c.Argv[2])
	switch {
	case !ok:
		c.Null()
	case backward:
		c.Int(int64(z.Len() - 1 - rank))
	default:
		c.Int(int64(rank))
	}
}

func zrandmember(c *command.Ctx) {
	if len(c.Argv) > 2 {
		zrandmemberCount(c)
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	m, _ := zsetOf(o).Random(c.Keys.Rand)
	c.Bulk(m)
}

func zrandmemberCount(c *command.Ctx) {
	count, scores, ok := randomCount(c, "withscores")
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindZSet)
	if !ok {
		return
	}
	if o == nil || count == 0 {
		emptyArray(c)
		return
	}
	z := zsetOf(o)
	var m []byte
	var s float64
	write := func() {
		pairHeader(c, scores)
		if c.Bulk(m); scores {
			c.Double(s)
		}
	}
	pick := func() []byte {
		m, s = z.Random(c.Keys.Rand)
		return m
	}
	switch {
	case count < 0:
		pairsHeader(c, int(-count), scores)
		repeat(-count, func() { pick(); write() })
	case count < int64(z.Len()/sparse):
		pairsHeader(c, int(count), scores)
		distinct(int(count), pick, write)
	default:
		picked := sample(c.Keys.Rand, z.Len(), count)
		pairsHeader(c, picked.count, scores)
		for m, s = range z.All() {
			if picked.next() {
				write()
			}
		}
	}
}
