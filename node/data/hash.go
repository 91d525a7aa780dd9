package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

func hashHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"hset":         func(c *command.Ctx) { hset(c, false) },
		"hmset":        func(c *command.Ctx) { hset(c, true) },
		"hsetnx":       hsetnx,
		"hget":         hget,
		"hmget":        hmget,
		"hgetall":      func(c *command.Ctx) { hashAll(c, true, true) },
		"hkeys":        func(c *command.Ctx) { hashAll(c, true, false) },
		"hvals":        func(c *command.Ctx) { hashAll(c, false, true) },
		"hdel":         hdel,
		"hlen":         hlen,
		"hstrlen":      hstrlen,
		"hexists":      hexists,
		"hincrby":      hincrby,
		"hincrbyfloat": hincrbyfloat,
		"hrandfield":   hrandfield,
		"hscan":        hscan,
	}
}

// hashOf is the hash in an object that lookup has found.
func hashOf(o *store.Object) *store.Hash { return o.Value().(*store.Hash) }

// editHash finds the hash at a key for changing it. made is true when there was none: then
// the hash is new, and keepHash must store it after it was filled.
func editHash(c *command.Ctx, key []byte) (h *store.Hash, made, ok bool) {
	o, ok := lookupEdit(c, key, store.KindHash)
	if !ok {
		return nil, false, false
	}
	if o == nil {
		return store.NewHash(), true, true
	}
	return hashOf(o), false, true
}

// keepHash stores a new hash and reports the change.
func keepHash(c *command.Ctx, event string, h *store.Hash, made bool) {
	if made {
		c.DB.Put(c.Argv[1], store.NewValue(h))
	}
	c.Changed('h', event, c.Argv[1])
}

func hset(c *command.Ctx, simple bool) {
	if len(c.Argv)%2 != 0 {
		arityError(c)
		return
	}
	h, made, ok := editHash(c, c.Argv[1])
	if !ok {
		return
	}
	added := int64(0)
	for i := 2; i < len(c.Argv); i += 2 {
		if h.Set(&c.Keys.Limits, c.Argv[i], c.Argv[i+1]) {
			added++
		}
	}
	keepHash(c, "hset", h, made)
	c.Dirty += len(c.Argv)/2 - 2
	if simple {
		c.OK()
		return
	}
	c.Int(added)
}

func hsetnx(c *command.Ctx) {
	h, made, ok := editHash(c, c.Argv[1])
	if !ok {
		return
	}
	if _, there := h.Get(c.Argv[2]); there {
		c.Int(0)
		return
	}
	h.Set(&c.Keys.Limits, c.Argv[2], c.Argv[3])
	keepHash(c, "hset", h, made)
	c.Int(1)
}

// field replies the value of a field, null when hash or field are absent.
func field(c *command.Ctx, o *store.Object, name []byte) {
	if o != nil {
		if v, ok := hashOf(o).Get(name); ok {
			c.Bulk(v)
			return
		}
	}
	c.Null()
}

func hget(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindHash); ok {
		field(c, o, c.Argv[2])
	}
}

func hmget(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	c.Array(len(c.Argv) - 2)
	for _, name := range c.Argv[2:] {
		field(c, o, name)
	}
}

func hashAll(c *command.Ctx, fields, values bool) {
	o, ok := lookup(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	n := length(o)
	if fields && values {
		c.Map(n)
	} else {
		c.Array(n)
	}
	if n == 0 {
		return
	}
	for f, v := range hashOf(o).All() {
		if fields {
			c.Bulk(f)
		}
		if values {
			c.Bulk(v)
		}
	}
}

func hdel(c *command.Ctx) {
	o, ok := lookupEdit(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	removed := 0
	if o != nil {
		h := hashOf(o)
		for _, name := range c.Argv[2:] {
			if h.Delete(name) {
				if removed++; h.Len() == 0 {
					break
				}
			}
		}
		if removed > 0 {
			shrunk(c, 'h', "hdel", c.Argv[1], h, removed)
		}
	}
	c.Int(int64(removed))
}

func hlen(c *command.Ctx) {
	if o, ok := lookup(c, c.Argv[1], store.KindHash); ok {
		c.Int(int64(length(o)))
	}
}

// fieldLength replies a number about a field's value, 0 when hash or field are absent.
func fieldLength(c *command.Ctx, number func(value []byte) int64) {
	o, ok := lookup(c, c.Argv[1], store.KindHash)
	if !ok {
		return
	}
	n := int64(0)
	if o != nil {
		if v, ok := hashOf(o).Get(c.Argv[2]); ok {
			n = number(v)
		}
	}
	c.Int(n)
}

func hstrlen(c *command.Ctx) {
	fieldLength(c, func(v []byte) int64 { return int64(len(v)) })
}

func hexists(c *command.Ctx) {
	fieldLength(c, func([]byte) int64 { return 1 })
}
