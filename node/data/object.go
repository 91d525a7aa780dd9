package data

import (
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

func objectHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"object|encoding": objectEncoding, "object|refcount": objectRefcount,
		"object|idletime": objectIdletime, "object|freq": objectFreq, "object|help": command.ReplyHelp,
		"memory|usage": memoryUsage,
	}
}

// inspect finds the key of an OBJECT sub-command without marking it as used; nil when the null
// has been answered.
func inspect(c *command.Ctx) *store.Object {
	o := c.DB.Look(c.Argv[2])
	if o == nil {
		c.Null()
	}
	return o
}

func objectEncoding(c *command.Ctx) {
	if o := inspect(c); o != nil {
		c.BulkString(o.Encoding())
	}
}

// objectRefcount answers 1 as nothing here is counted, except for the small integers, which
// Redis shares unless the policy needs a clock of its own for each.
func objectRefcount(c *command.Ctx) {
	o := inspect(c)
	if o == nil {
		return
	}
	const shared = 1<<31 - 1
	if o.Kind() == store.KindString && o.Encoding() == "int" && sharesIntegers(c) {
		if n, _ := o.Int(); n >= 0 && n < 10000 {
			c.Int(shared)
			return
		}
	}
	c.Int(1)
}

func sharesIntegers(c *command.Ctx) bool {
	policy := c.Server.ConfigString("maxmemory-policy")
	return c.Server.ConfigInt("maxmemory") == 0 || !strings.HasSuffix(policy, "lru") && !strings.HasSuffix(policy, "lfu")
}

func objectIdletime(c *command.Ctx) {
	o := inspect(c)
	switch {
	case o == nil:
	case c.Keys.Policy.LFU:
		c.Error(command.ErrLFUPolicy)
	default:
		c.Int(c.Keys.Idle(o))
	}
}

func objectFreq(c *command.Ctx) {
	o := inspect(c)
	switch {
	case o == nil:
	case !c.Keys.Policy.LFU:
		c.Error(command.ErrNotLFUPolicy)
	default:
		c.Int(int64(c.Keys.Freq(o)))
	}
}

// memoryUsage answers what the key takes here. Sizes are kept up to date, so SAMPLES changes nothing;
// it is checked all the same.
func memoryUsage(c *command.Ctx) {
	for i := 3; i < len(c.Argv); i += 2 {
		if !is(c.Argv[i], "samples") || i+1 == len(c.Argv) {
			c.Error(command.ErrSyntax)
			return
		}
		n, ok := intArg(c, i+1)
		if !ok {
			return
		}
		if n < 0 {
			c.Error(command.ErrSyntax)
			return
		}
	}
	n, ok := c.DB.Footprint(c.Argv[2])
	if !ok {
		c.Null()
		return
	}
	c.Int(int64(n))
}
