package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

func hrandfield(c *command.Ctx) {
	if len(c.Argv) > 2 {
		hrandfieldCount(c)
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	f, _ := hashOf(o).Random(c.Keys.Rand)
	c.Bulk(f)
}

func hrandfieldCount(c *command.Ctx) {
	count, values, ok := randomCount(c, "withvalues")
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	if o == nil || count == 0 {
		emptyArray(c)
		return
	}
	h := hashOf(o)
	var f, v []byte
	write := func() {
		pairHeader(c, values)
		if c.Bulk(f); values {
			c.Bulk(v)
		}
	}
	pick := func() []byte {
		f, v = h.Random(c.Keys.Rand)
		return f
	}
	switch {
	case count < 0:
		pairsHeader(c, int(-count), values)
		repeat(-count, func() { pick(); write() })
	case count < int64(h.Len()/sparse):
		pairsHeader(c, int(count), values)
		distinct(int(count), pick, write)
	default:
		picked := sample(c.Keys.Rand, h.Len(), count)
		pairsHeader(c, picked.count, values)
		for f, v = range h.All() {
			if picked.next() {
				write()
			}
		}
	}
}
