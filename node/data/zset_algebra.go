package data

import (
	"fmt"
	"math"
	"slices"

	"redislab/node/command"
	"redislab/node/store"
)

// zsetOpKind is one of ZUNION, ZINTER and ZDIFF.
type zsetOpKind int

const (
	zUnion zsetOpKind = iota
	zInter
	zDiff
)

// zsetOp is a command that combines sorted sets (and sets, whose members count as score 1).
type zsetOp struct {
	kind      zsetOpKind
	store     string // event of a …STORE command, "" for the others
	card      bool   // ZINTERCARD
	sources   []zsource
	aggregate func(a, b float64) float64
	scores    bool
	limit     int64
}

// zsource is one input with its weight; an absent key has neither zset nor set.
type zsource struct {
	value  store.Value // nil when the key is absent
	zset   *store.ZSet
	set    *store.Set
	weight float64
}

func (s *zsource) len() int {
	if s.value == nil {
		return 0
	}
	return s.value.Len()
}

// score gives a member's own score, without the weight.
func (s *zsource) score(member []byte) (float64, bool) {
	switch {
	case s.zset != nil:
		return s.zset.Score(member)
	case s.set != nil:
		return 1, s.set.Has(member)
	}
	return 0, false
}

// each visits all members until fn gives false.
func (s *zsource) each(fn func(member []byte, score float64) bool) {
	switch {
	case s.zset != nil:
		s.zset.All()(fn)
	case s.set != nil:
		for m := range s.set.All() {
			if !fn(m, 1) {
				return
			}
		}
	}
}

// sum adds scores; infinities of different sign make 0.
func sum(a, b float64) float64 { return zeroForNaN(a + b) }

func zeroForNaN(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return f
}

func smaller(a, b float64) float64 {
	if b < a {
		return b
	}
	return a
}

func larger(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}

// parse reads numkeys key … and the options; numkeys is argument i.
func (op *zsetOp) parse(c *command.Ctx, i int) (ok bool) {
	n, ok := intArg(c, i)
	if !ok {
		return false
	}
	if n < 1 {
		c.Error(fmt.Sprintf("ERR at least 1 input key is needed for '%s' command", c.Spec.FullName()))
		return false
	}
	if n > int64(len(c.Argv)-i-1) {
		c.Error(command.ErrSyntax)
		return false
	}
	options := i + 1 + int(n)
	for _, key := range c.Argv[i+1 : options] {
		s := zsource{weight: 1}
		if o := c.DB.Get(key); o != nil {
			switch v := o.Value().(type) {
			case *store.ZSet:
				s.value, s.zset = v, v
			case *store.Set:
				s.value, s.set = v, v
			default:
				c.Error(command.ErrWrongType)
				return false
			}
		}
		op.sources = append(op.sources, s)
	}
	op.aggregate = sum
	return op.parseOptions(c, options)
}

func (op *zsetOp) parseOptions(c *command.Ctx, i int) (ok bool) {
	weighted := op.kind != zDiff && !op.card
	for i < len(c.Argv) {
		a, left := c.Argv[i], len(c.Argv)-i
		switch {
		case weighted && left > len(op.sources) && is(a, "weights"):
			for j := range op.sources {
				if op.sources[j].weight, ok = parseDouble(c.Argv[i+1+j]); !ok {
					c.Error("ERR weight value is not a float")
					return false
				}
			}
			i += 1 + len(op.sources)
		case weighted && left >= 2 && is(a, "aggregate"):
			if op.aggregate = aggregateOf(c.Argv[i+1]); op.aggregate == nil {
				c.Error(command.ErrSyntax)
				return false
			}
			i += 2
		case op.store == "" && !op.card && is(a, "withscores"):
			op.scores = true
			i++
		case op.card && left >= 2 && is(a, "limit"):
			if op.limit, ok = positive(c, i+1, command.ErrNegLimit); !ok {
				return false
			}
			i += 2
		default:
			c.Error(command.ErrSyntax)
			return false
		}
	}
	return true
}

func aggregateOf(word []byte) func(a, b float64) float64 {
	switch {
	case is(word, "sum"):
		return sum
	case is(word, "min"):
		return smaller
	case is(word, "max"):
		return larger
	}
	return nil
}

func zcombine(c *command.Ctx, op zsetOp) {
	numkeys := 1
	if op.store != "" {
		numkeys = 2
	}
	if !op.parse(c, numkeys) {
		return
	}
	if op.card {
		n := int64(0)
		op.intersect(func([]byte, float64) bool {
			n++
			return n != op.limit
		})
		c.Int(n)
		return
	}
	result := op.result(&c.Keys.Limits)
	if op.store != "" {
		result.Compact(&c.Keys.Limits)
		storeResult(c, c.Argv[1], result, 'z', op.store)
		return
	}
	pairsHeader(c, result.Len(), op.scores)
	for m, score := range result.All() {
		pairHeader(c, op.scores)
		if c.Bulk(m); op.scores {
			c.Double(score)
		}
	}
}

// result computes the combination in the big encoding.
func (op *zsetOp) result(lim *store.Limits) *store.ZSet {
	out := store.NewZSet(lim, lim.ZSetValue+1)
	switch op.kind {
	case zInter:
		op.intersect(func(m []byte, score float64) bool {
			out.Set(lim, m, score)
			return true
		})
	case zUnion:
		op.smallestFirst()
		for _, s := range op.sources {
			s.each(func(m []byte, score float64) bool {
				score = zeroForNaN(score * s.weight)
				out.Change(lim, m, func(old float64, there bool) (float64, bool) {
					if there {
						score = op.aggregate(old, score)
					}
					return score, true
				})
				return true
			})
		}
	case zDiff:
		op.subtract(func(m []byte, score float64) { out.Set(lim, m, score) })
	}
	return out
}

// smallestFirst is the order in which Redis adds scores up; with floats it matters.
func (op *zsetOp) smallestFirst() {
	slices.SortStableFunc(op.sources, func(a, b zsource) int { return a.len() - b.len() })
}

// intersect visits the members that all sources have until fn gives false.
func (op *zsetOp) intersect(fn func(member []byte, score float64) bool) {
	op.smallestFirst()
	first := op.sources[0]
	first.each(func(m []byte, own float64) bool {
		score := zeroForNaN(own * first.weight)
		for _, s := range op.sources[1:] {
			other, there := own, true
			if s.value != first.value { // the one that is being walked must not be looked into
				other, there = s.score(m)
			}
			if !there {
				return true
			}
			score = op.aggregate(score, other*s.weight)
		}
		return fn(m, score)
	})
}

// subtract visits the members of the first source that no other has.
func (op *zsetOp) subtract(fn func(member []byte, score float64)) {
	first, others := op.sources[0], op.sources[1:]
	if first.value == nil || slices.ContainsFunc(others, func(s zsource) bool { return s.value == first.value }) {
		return
	}
	first.each(func(m []byte, score float64) bool {
		if !slices.ContainsFunc(others, func(s zsource) bool { _, there := s.score(m); return there }) {
			fn(m, score)
		}
		return true
	})
}
