package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

func spop(c *command.Ctx) {
	if len(c.Argv) > 3 {
		c.Error(command.ErrSyntax)
		return
	}
	if len(c.Argv) == 3 {
		spopCount(c)
		return
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	s := setOf(o)
	var tmp [20]byte
	m := s.Pop(c.Keys.Rand, tmp[:])
	c.Bulk(m)
	c.Propagate([]byte("SREM"), c.Argv[1], m)
	shrunk(c, 's', "spop", c.Argv[1], s, 1)
}

func spopCount(c *command.Ctx) {
	count, ok := positive(c, 2, command.ErrNotPositive)
	if !ok {
		return
	}
	o, ok := lookupEdit(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	if o == nil || count == 0 {
		c.Set(0)
		return
	}
	s := setOf(o)
	n := int(min(count, int64(s.Len())))
	c.Set(n)
	if n == s.Len() {
		c.DB.Look(c.Argv[1]) // Redis answers with SUNION here, and that counts as a hit
		for m := range s.All() {
			c.Bulk(m)
		}
		c.Changed('s', "spop", c.Argv[1])
		c.Dirty += n - 1
		c.DB.Delete(c.Argv[1])
		c.Notify('g', "del", c.Argv[1])
		c.Propagate([]byte("DEL"), c.Argv[1])
		return
	}
	var tmp [20]byte
	for range n {
		m := s.Pop(c.Keys.Rand, tmp[:])
		c.Bulk(m)
		c.Propagate([]byte("SREM"), c.Argv[1], m)
	}
	c.Changed('s', "spop", c.Argv[1])
	c.Dirty += n - 1
}

func srandmember(c *command.Ctx) {
	if len(c.Argv) > 3 {
		c.Error(command.ErrSyntax)
		return
	}
	if len(c.Argv) == 3 {
		srandmemberCount(c)
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	var tmp [20]byte
	c.Bulk(setOf(o).Random(c.Keys.Rand, tmp[:]))
}

func srandmemberCount(c *command.Ctx) {
	count, ok := signedCount(c, 2)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	if o == nil || count == 0 {
		emptyArray(c)
		return
	}
	s := setOf(o)
	var tmp [20]byte
	if count < 0 {
		c.Array(int(-count))
		repeat(-count, func() { c.Bulk(s.Random(c.Keys.Rand, tmp[:])) })
		return
	}
	if count < int64(s.Len()/sparse) {
		c.Array(int(count))
		var m []byte
		distinct(int(count), func() []byte {
			m = s.Random(c.Keys.Rand, tmp[:])
			return m
		}, func() { c.Bulk(m) })
		return
	}
	picked := sample(c.Keys.Rand, s.Len(), count)
	c.Array(picked.count)
	for m := range s.All() {
		if picked.next() {
			c.Bulk(m)
		}
	}
}
