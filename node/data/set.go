package data

import (
	"bytes"

	"redislab/node/command"
	"redislab/node/store"
)

func setHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"sadd":        sadd,
		"srem":        srem,
		"smove":       smove,
		"scard":       scard,
		"sismember":   sismember,
		"smismember":  smismember,
		"smembers":    smembers,
		"spop":        spop,
		"srandmember": srandmember,
		"sinter":      sinter,
		"sintercard":  sintercard,
		"sinterstore": func(c *command.Ctx) { setStore(c, "sinterstore", intersection) },
		"sunion":      func(c *command.Ctx) { setReply(c, union) },
		"sunionstore": func(c *command.Ctx) { setStore(c, "sunionstore", union) },
		"sdiff":       func(c *command.Ctx) { setReply(c, difference) },
		"sdiffstore":  func(c *command.Ctx) { setStore(c, "sdiffstore", difference) },
		"sscan":       sscan,
	}
}

// setOf is the set in an object that lookup has found.
func setOf(o *store.Object) *store.Set { return o.Value().(*store.Set) }

func sadd(c *command.Ctx) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	var s *store.Set
	if o != nil {
		s = setOf(o)
	} else {
		s = store.NewSet()
	}
	added := 0
	for _, m := range c.Argv[2:] {
		if s.Add(&c.Keys.Limits, m) {
			added++
		}
	}
	if o == nil {
		c.DB.Put(c.Argv[1], store.NewValue(s))
	}
	if added > 0 {
		c.Changed('s', "sadd", c.Argv[1])
		c.Dirty += added - 1
	}
	c.Int(int64(added))
}

func srem(c *command.Ctx) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	removed := 0
	if o != nil {
		s := setOf(o)
		for _, m := range c.Argv[2:] {
			if s.Remove(m) {
				if removed++; s.Len() == 0 {
					break
				}
			}
		}
		if removed > 0 {
			shrunk(c, 's', "srem", c.Argv[1], s, removed)
		}
	}
	c.Int(int64(removed))
}

func smove(c *command.Ctx) {
	same := bytes.Equal(c.Argv[1], c.Argv[2])
	src := c.DB.Edit(c.Argv[1])
	dst := src
	if !same {
		dst = c.DB.Edit(c.Argv[2])
	}
	if src == nil {
		c.Int(0)
		return
	}
	if src.Kind() != store.KindSet || dst != nil && dst.Kind() != store.KindSet {
		c.Error(command.ErrWrongType)
		return
	}
	from, member := setOf(src), c.Argv[3]
	if same {
		truth(c, from.Has(member))
		return
	}
	if !from.Remove(member) {
		c.Int(0)
		return
	}
	shrunk(c, 's', "srem", c.Argv[1], from, 1)
	added := true
	if dst != nil {
		added = setOf(dst).Add(&c.Keys.Limits, member)
	} else {
		s := store.NewSet()
		s.Add(&c.Keys.Limits, member)
		c.DB.Put(c.Argv[2], store.NewValue(s))
	}
	if added {
		c.Changed('s', "sadd", c.Argv[2])
	}
	c.Int(1)
}

// truth replies 1 or 0, also in RESP3.
func truth(c *command.Ctx, is bool) {
	if is {
		c.Int(1)
		return
	}
	c.Int(0)
}

func scard(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindSet); ok {
		c.Int(int64(length(o)))
	}
}

func sismember(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindSet); ok {
		truth(c, o != nil && setOf(o).Has(c.Argv[2]))
	}
}

func smismember(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	c.Array(len(c.Argv) - 2)
	for _, m := range c.Argv[2:] {
		truth(c, o != nil && setOf(o).Has(m))
	}
}

func smembers(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindSet)
	if !ok {
		return
	}
	c.Set(length(o))
	if o != nil {
		for m := range setOf(o).All() {
			c.Bulk(m)
		}
	}
}
