package data

import (
	"slices"

	"redislab/node/command"
	"redislab/node/store"
)

// readSets finds the sets at some keys, nil for those that are absent.
func readSets(c *command.Ctx, keys [][]byte) (sets []*store.Set, ok bool) {
	sets = make([]*store.Set, len(keys))
	for i, key := range keys {
		o, ok := lookup(c, key, store.KindSet)
		if !ok {
			return nil, false
		}
		if o != nil {
			sets[i] = setOf(o)
		}
	}
	return sets, true
}

// algebra computes a set from sets; lim decides on the encoding of the result.
type algebra func(lim *store.Limits, sets []*store.Set) *store.Set

func setReply(c *command.Ctx, compute algebra) {
	sets, ok := readSets(c, c.Argv[1:])
	if !ok {
		return
	}
	result := compute(&c.Keys.Limits, sets)
	c.Set(result.Len())
	for m := range result.All() {
		c.Bulk(m)
	}
}

func setStore(c *command.Ctx, event string, compute algebra) {
	if sets, ok := readSets(c, c.Argv[2:]); ok {
		storeResult(c, c.Argv[1], compute(&c.Keys.Limits, sets), 's', event)
	}
}

// eachCommon visits the members that all sets have until fn gives false.
func eachCommon(sets []*store.Set, fn func(m []byte) bool) {
	if slices.Contains(sets, nil) {
		return
	}
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b *store.Set) int { return a.Len() - b.Len() })
	// The same set may be named twice; looking into the set that is being walked is not allowed.
	others := slices.DeleteFunc(sets[1:], func(s *store.Set) bool { return s == sets[0] })
	for m := range sets[0].All() {
		common := !slices.ContainsFunc(others, func(s *store.Set) bool { return !s.Has(m) })
		if common && !fn(m) {
			return
		}
	}
}

func intersection(lim *store.Limits, sets []*store.Set) *store.Set {
	result := store.NewSet()
	eachCommon(sets, func(m []byte) bool {
		result.Add(lim, m)
		return true
	})
	return result
}

func sinter(c *command.Ctx) {
	sets, ok := readSets(c, c.Argv[1:])
	if !ok {
		return
	}
	mark, n := c.Defer(), 0
	eachCommon(sets, func(m []byte) bool {
		c.Bulk(m)
		n++
		return true
	})
	c.PutSet(mark, n)
}

func sintercard(c *command.Ctx) {
	keys, limit, ok := parseIntercard(c)
	if !ok {
		return
	}
	sets, ok := readSets(c, keys)
	if !ok {
		return
	}
	n := int64(0)
	eachCommon(sets, func([]byte) bool {
		n++
		return n != limit
	})
	c.Int(n)
}

// parseIntercard reads numkeys key … [LIMIT n]; limit 0 is none.
func parseIntercard(c *command.Ctx) (keys [][]byte, limit int64, ok bool) {
	n, ok := between(c, 1, 1, 1<<63-1, command.ErrNumkeys)
	if !ok {
		return nil, 0, false
	}
	if n > int64(len(c.Argv)-2) {
		c.Error(command.ErrTooManyKeys)
		return nil, 0, false
	}
	keys = c.Argv[2 : 2+n]
	for i := 2 + int(n); i < len(c.Argv); i += 2 {
		if !is(c.Argv[i], "limit") || i+1 == len(c.Argv) {
			c.Error(command.ErrSyntax)
			return nil, 0, false
		}
		if limit, ok = positive(c, i+1, command.ErrNegLimit); !ok {
			return nil, 0, false
		}
	}
	return keys, limit, true
}

func union(lim *store.Limits, sets []*store.Set) *store.Set {
	result := store.NewSet()
	for _, s := range sets {
		if s == nil {
			continue
		}
		for m := range s.All() {
			result.Add(lim, m)
		}
	}
	return result
}

func difference(lim *store.Limits, sets []*store.Set) *store.Set {
	result := store.NewSet()
	first := sets[0]
	if first == nil || slices.Contains(sets[1:], first) {
		return result
	}
	others := slices.DeleteFunc(slices.Clone(sets[1:]), func(s *store.Set) bool { return s == nil })
	slices.SortStableFunc(others, func(a, b *store.Set) int { return b.Len() - a.Len() })
	for m := range first.All() {
		if !slices.ContainsFunc(others, func(s *store.Set) bool { return s.Has(m) }) {
			result.Add(lim, m)
		}
	}
	return result
}
