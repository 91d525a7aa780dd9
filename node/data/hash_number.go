package data

import (
	"strconv"

	"redislab/node/command"
	"redislab/node/store"
)

func hincrby(c *command.Ctx) {
	by, ok := intArg(c, 3)
	if !ok {
		return
	}
	h, made, ok := editHash(c, c.Argv[1])
	if !ok {
		return
	}
	var old int64
	if v, there := h.Get(c.Argv[2]); there {
		if old, ok = store.ParseInt(v); !ok {
			c.Error(command.ErrHashInt)
			return
		}
	}
	sum := old + by
	if (by > 0) != (sum > old) && by != 0 {
		c.Error(command.ErrOverflow)
		return
	}
	var tmp [20]byte
	h.Set(&c.Keys.Limits, c.Argv[2], strconv.AppendInt(tmp[:0], sum, 10))
	c.Int(sum)
	keepHash(c, "hincrby", h, made)
}

const errIncrementNotFinite = "ERR value is NaN or Infinity"

func hincrbyfloat(c *command.Ctx) {
	by, ok := parseLongDouble(c.Arg(3))
	if !ok {
		c.Error(command.ErrNotFloat)
		return
	}
	if by.IsInf() {
		c.Error(errIncrementNotFinite)
		return
	}
	h, made, ok := editHash(c, c.Argv[1])
	if !ok {
		return
	}
	old := newLongDouble()
	if v, there := h.Get(c.Argv[2]); there {
		if old, ok = parseLongDouble(string(v)); !ok {
			c.Error(command.ErrHashFloat)
			return
		}
	}
	sum, ok := addLongDouble(old, by)
	if !ok {
		c.Error(command.ErrNaNOrInf)
		return
	}
	h.Set(&c.Keys.Limits, c.Argv[2], []byte(sum))
	c.BulkString(sum)
	keepHash(c, "hincrbyfloat", h, made)
	// Replicas get the result: their arithmetic must not matter.
	c.PropagateStrings("HSET", c.Arg(1), c.Arg(2), sum)
}
