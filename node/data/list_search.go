package data

import (
	"bytes"

	"redislab/node/command"
	"redislab/node/store"
)

func linsert(c *command.Ctx) {
	after := is(c.Argv[2], "after")
	if !after && !is(c.Argv[2], "before") {
		c.Error(command.ErrSyntax)
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
	at := 0
	for b := range l.All() {
		if bytes.Equal(b, c.Argv[3]) {
			break
		}
		at++
	}
	if at == l.Len() {
		c.Int(-1)
		return
	}
	if after {
		at++
	}
	l.Insert(at, c.Argv[4])
	c.Changed('l', "linsert", c.Argv[1])
	c.Int(int64(l.Len()))
}

// lposOptions are the options of LPOS. Count is -1 when it was not given.
type lposOptions struct {
	rank, count, maxLen int64
	backward            bool
}

const errRankZero = "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
	"or use negative to start from the end of the list"

func parseLpos(c *command.Ctx) (opt lposOptions, ok bool) {
	opt = lposOptions{rank: 1, count: -1}
	for i := 3; i < len(c.Argv); i += 2 {
		switch more := i+1 < len(c.Argv); {
		case more && is(c.Argv[i], "rank"):
			opt.rank, ok = intArg(c, i+1)
			if ok && opt.rank == 0 {
				c.Error(errRankZero)
				ok = false
			}
		case more && is(c.Argv[i], "count"):
			opt.count, ok = positive(c, i+1, "ERR COUNT can't be negative")
		case more && is(c.Argv[i], "maxlen"):
			opt.maxLen, ok = positive(c, i+1, "ERR MAXLEN can't be negative")
		default:
			c.Error(command.ErrSyntax)
			ok = false
		}
		if !ok {
			return opt, false
		}
	}
	if opt.rank < 0 {
		opt.rank, opt.backward = -opt.rank, true
	}
	return opt, true
}

func lpos(c *command.Ctx) {
	opt, ok := parseLpos(c)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindList)
	if !ok {
		return
	}
	mark, found := c.Defer(), 0
	if o != nil {
		found = matches(listOf(o), c.Argv[2], opt, func(i int) { c.Int(int64(i)) })
	}
	switch {
	case opt.count >= 0:
		c.PutArray(mark, found)
	case found == 0:
		c.Null()
	}
}

// matches hands out the indexes LPOS replies and tells how many they are.
func matches(l *store.List, b []byte, opt lposOptions, emit func(i int)) (found int) {
	elements, i, step := l.All(), 0, 1
	if opt.backward {
		elements, i, step = l.Backward(), l.Len()-1, -1
	}
	limit, seen, compared := max(opt.count, 0), int64(0), int64(0)
	if opt.count < 0 {
		limit = 1
	}
	for e := range elements {
		if opt.maxLen > 0 && compared == opt.maxLen {
			break
		}
		compared++
		if bytes.Equal(e, b) {
			if seen++; seen >= opt.rank {
				emit(i)
				if found++; limit > 0 && int64(found) == limit {
					break
				}
			}
		}
		i += step
	}
	return found
}
