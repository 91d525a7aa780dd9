package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

func stringHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"get": get, "set": set, "setnx": setnx, "setex": setex, "psetex": psetex,
		"getset": getset, "getdel": getdel, "getex": getex,
		"mget": mget, "mset": mset, "msetnx": msetnx,
		"append": appendTo, "strlen": strlen, "setrange": setrange, "getrange": getrange, "substr": getrange,
		"incr": incr, "decr": decr, "incrby": incrby, "decrby": decrby, "incrbyfloat": incrbyfloat,
		"lcs": lcs,
	}
}

func get(c *command.Ctx) { replyString(c, c.Argv[1]) }

// replyString answers with the string at key; false when there was an error.
func replyString(c *command.Ctx, key []byte) bool {
	o, ok := lookup(c, key, store.KindString)
	switch {
	case !ok:
		return false
	case o == nil:
		c.Null()
	default:
		c.Bulk(o.Bytes())
	}
	return true
}

func mget(c *command.Ctx) {
	c.Array(len(c.Argv) - 1)
	for _, key := range c.Argv[1:] {
		if o := c.DB.Get(key); o != nil && o.Kind() == store.KindString {
			c.Bulk(o.Bytes())
		} else {
			c.Null()
		}
	}
}

func setnx(c *command.Ctx) {
	if c.DB.Exists(c.Argv[1]) {
		c.Int(0)
		return
	}
	put(c, c.Argv[1], c.Argv[2])
	c.Int(1)
}

// put stores a string and drops the key's expiry.
func put(c *command.Ctx, key, value []byte) {
	c.DB.Put(key, store.NewString(value))
	c.Changed('$', "set", key)
}

func getset(c *command.Ctx) {
	if !replyString(c, c.Argv[1]) {
		return
	}
	put(c, c.Argv[1], c.Argv[2])
	c.Propagate([]byte("SET"), c.Argv[1], c.Argv[2])
}

func getdel(c *command.Ctx) {
	if !replyString(c, c.Argv[1]) || !c.DB.Delete(c.Argv[1]) {
		return
	}
	c.Changed('g', "del", c.Argv[1])
	c.Propagate([]byte("DEL"), c.Argv[1])
}

func mset(c *command.Ctx) {
	if len(c.Argv)%2 == 0 {
		c.Error(command.WrongArity("mset"))
		return
	}
	putAll(c)
	c.OK()
}

func msetnx(c *command.Ctx) {
	if len(c.Argv)%2 == 0 {
		c.Error(command.WrongArity("msetnx"))
		return
	}
	for i := 1; i < len(c.Argv); i += 2 {
		if c.DB.Exists(c.Argv[i]) {
			c.Int(0)
			return
		}
	}
	putAll(c)
	c.Int(1)
}

func putAll(c *command.Ctx) {
	for i := 1; i < len(c.Argv); i += 2 {
		put(c, c.Argv[i], c.Argv[i+1])
	}
}

func strlen(c *command.Ctx) {
	o, ok := lookup(c, c.Argv[1], store.KindString)
	switch {
	case !ok:
	case o == nil:
		c.Int(0)
	default:
		c.Int(int64(len(o.Bytes())))
	}
}
