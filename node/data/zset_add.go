package data

import (
	"math"

	"redislab/node/command"
	"redislab/node/store"
)

// zaddOptions are the options of ZADD; ZINCRBY is ZADD with INCR.
type zaddOptions struct {
	nx, xx, gt, lt, ch, incr bool
}

// parse reads options from argument i on and gives the place of the first score.
func (o *zaddOptions) parse(c *command.Ctx, i int) int {
	for ; i < len(c.Argv); i++ {
		switch a := c.Argv[i]; {
		case len(a) > 4 || len(a) < 2 || a[0] <= '9':
			return i
		case is(a, "nx"):
			o.nx = true
		case is(a, "xx"):
			o.xx = true
		case is(a, "gt"):
			o.gt = true
		case is(a, "lt"):
			o.lt = true
		case is(a, "ch"):
			o.ch = true
		case is(a, "incr"):
			o.incr = true
		default:
			return i
		}
	}
	return i
}

// conflict is the error of options that do not go together, "" if there is none.
func (o *zaddOptions) conflict(pairs int) string {
	switch {
	case o.nx && o.xx:
		return "ERR XX and NX options at the same time are not compatible"
	case o.gt && o.nx || o.lt && o.nx || o.gt && o.lt:
		return "ERR GT, LT, and/or NX options at the same time are not compatible"
	case o.incr && pairs > 1:
		return "ERR INCR option supports a single increment-element pair"
	}
	return ""
}

func zadd(c *command.Ctx, opt zaddOptions) {
	first := opt.parse(c, 2)
	words := len(c.Argv) - first
	if words == 0 || words%2 != 0 {
		c.Error(command.ErrSyntax)
		return
	}
	if text := opt.conflict(words / 2); text != "" {
		c.Error(text)
		return
	}
	var few [8]float64
	scores := few[:0]
	for i := first; i < len(c.Argv); i += 2 {
		s, ok := parseDouble(c.Argv[i])
		if !ok {
			c.Error(command.ErrNotFloat)
			return
		}
		scores = append(scores, s)
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindZSet)
	switch {
	case !ok:
	case o == nil && opt.xx:
		zaddReply(c, opt, zaddResult{})
	case o == nil:
		z := store.NewZSet(&c.Keys.Limits, len(c.Argv[first+1]))
		if r, ok := zaddPairs(c, z, opt, first, scores); ok {
			c.DB.Put(c.Argv[1], store.NewValue(z))
			zaddDone(c, opt, r)
			zaddReply(c, opt, r)
		}
	default:
		r, ok := zaddPairs(c, zsetOf(o), opt, first, scores)
		zaddDone(c, opt, r)
		if ok {
			zaddReply(c, opt, r)
		}
	}
}

// zaddResult counts what ZADD did; score is the last one that was set, done tells whether any was.
type zaddResult struct {
	added, updated int
	score          float64
	done           bool
}

// zaddPairs adds the pairs. It is false after a sum without a value, which it answers with an error; pairs
// before it stay.
func zaddPairs(c *command.Ctx, z *store.ZSet, opt zaddOptions, first int, scores []float64) (r zaddResult, ok bool) {
	for i, given := range scores {
		s, sum := given, true
		z.Change(&c.Keys.Limits, c.Argv[first+2*i+1], func(old float64, there bool) (float64, bool) {
			if !there {
				if !opt.xx {
					r.score, r.done = s, true
					r.added++
				}
				return s, !opt.xx
			}
			if opt.nx {
				return 0, false
			}
			if opt.incr {
				s += old
				sum = !math.IsNaN(s)
			}
			if !sum || opt.lt && s >= old || opt.gt && s <= old {
				return 0, false
			}
			if r.score, r.done = s, true; s != old {
				r.updated++
			}
			return s, s != old
		})
		if !sum {
			c.Error(command.ErrNaNScore)
			return r, false
		}
	}
	return r, true
}

func zaddDone(c *command.Ctx, opt zaddOptions, r zaddResult) {
	if r.added+r.updated == 0 {
		return
	}
	event := "zadd"
	if opt.incr {
		event = "zincr"
	}
	c.Changed('z', event, c.Argv[1])
	c.Dirty += r.added + r.updated - 1
}

func zaddReply(c *command.Ctx, opt zaddOptions, r zaddResult) {
	switch {
	case opt.incr && r.done:
		c.Double(r.score)
	case opt.incr:
		c.Null()
	case opt.ch:
		c.Int(int64(r.added + r.updated))
	default:
		c.Int(int64(r.added))
	}
}
