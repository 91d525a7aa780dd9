package data

import (
	"math"

	"redislab/node/command"
	"redislab/node/store"
)

func incr(c *command.Ctx) { incrBy(c, 1) }
func decr(c *command.Ctx) { incrBy(c, -1) }

func incrby(c *command.Ctx) {
	if n, ok := intArg(c, 2); ok {
		incrBy(c, n)
	}
}

func decrby(c *command.Ctx) {
	n, ok := intArg(c, 2)
	if !ok {
		return
	}
	if n == math.MinInt64 {
		c.Error(command.ErrDecrOverflow)
		return
	}
	incrBy(c, -n)
}

func incrBy(c *command.Ctx, by int64) {
	key := c.Argv[1]
	o, ok := lookupEdit(c, key, store.KindString)
	if !ok {
		return
	}
	var n int64
	if o != nil {
		if n, ok = o.Int(); !ok {
			c.Error(command.ErrNotInteger)
			return
		}
	}
	if by < 0 && n < math.MinInt64-by || by > 0 && n > math.MaxInt64-by {
		c.Error(command.ErrOverflow)
		return
	}
	n += by
	if o != nil {
		o.SetInt(n)
	} else {
		c.DB.Put(key, store.NewInt(n))
	}
	c.Changed('$', "incrby", key)
	c.Int(n)
}

func incrbyfloat(c *command.Ctx) {
	key := c.Argv[1]
	o, ok := lookupEdit(c, key, store.KindString)
	if !ok {
		return
	}
	value := newLongDouble()
	if o != nil {
		value, ok = parseLongDouble(o.Text())
	}
	by, ok2 := parseLongDouble(string(c.Argv[2]))
	if !ok || !ok2 {
		c.Error(command.ErrNotFloat)
		return
	}
	text, ok := addLongDouble(value, by)
	if !ok {
		c.Error(command.ErrNaNOrInf)
		return
	}
	c.DB.PutKeepTTL(key, store.NewPlain(text))
	c.Changed('$', "incrbyfloat", key)
	c.PropagateStrings("SET", string(key), text, "KEEPTTL")
	c.BulkString(text)
}
