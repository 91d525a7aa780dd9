package data

import (
	"math"
	"strconv"
	"strings"

	"redislab/node/command"
)

func expireHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"expire": expire, "pexpire": pexpire, "expireat": expireat, "pexpireat": pexpireat,
		"ttl": ttl, "pttl": pttl, "expiretime": expiretime, "pexpiretime": pexpiretime,
		"persist": persist,
	}
}

func expire(c *command.Ctx)    { setExpiry(c, c.Now, 1000) }
func pexpire(c *command.Ctx)   { setExpiry(c, c.Now, 1) }
func expireat(c *command.Ctx)  { setExpiry(c, 0, 1000) }
func pexpireat(c *command.Ctx) { setExpiry(c, 0, 1) }

// setExpiry is the family of EXPIRE: the time given counts from base in units of so many
// milliseconds.
func setExpiry(c *command.Ctx, base, unit int64) {
	cond, ok := parseExpireConditions(c)
	if !ok {
		return
	}
	at, ok := intArg(c, 2)
	if !ok {
		return
	}
	if at > math.MaxInt64/unit || at < math.MinInt64/unit || at*unit > math.MaxInt64-base {
		badExpireTime(c)
		return
	}
	at = at*unit + base
	key := c.Argv[1]
	if !c.DB.Exists(key) || !cond.hold(c, key, at) {
		c.Int(0)
		return
	}
	c.Int(1)
	if alreadyExpired(c, at) {
		c.DB.Delete(key)
		c.Changed('g', "del", key)
		propagateDeletion(c, key)
		return
	}
	c.DB.SetExpire(key, at)
	c.Changed('g', "expire", key)
	if base == 0 && unit == 1 {
		return
	}
	argv := append([][]byte{[]byte("PEXPIREAT"), key, strconv.AppendInt(nil, at, 10)}, c.Argv[3:]...)
	c.Propagate(argv...)
}

// expireConditions say when an expiry is set.
type expireConditions struct{ nx, xx, gt, lt bool }

func parseExpireConditions(c *command.Ctx) (e expireConditions, ok bool) {
	for _, a := range c.Argv[3:] {
		switch {
		case is(a, "nx"):
			e.nx = true
		case is(a, "xx"):
			e.xx = true
		case is(a, "gt"):
			e.gt = true
		case is(a, "lt"):
			e.lt = true
		default:
			name, _, _ := strings.Cut(string(a), "\x00")
			c.Error("ERR Unsupported option " + name)
			return e, false
		}
	}
	switch {
	case e.nx && (e.xx || e.gt || e.lt):
		c.Error("ERR NX and XX, GT or LT options at the same time are not compatible")
	case e.gt && e.lt:
		c.Error("ERR GT and LT options at the same time are not compatible")
	default:
		return e, true
	}
	return e, false
}

// hold tells whether key may get the expiry at. No expiry counts as endlessly late.
func (e expireConditions) hold(c *command.Ctx, key []byte, at int64) bool {
	now, has := c.DB.ExpireAt(key)
	switch {
	case e.nx && has, e.xx && !has:
		return false
	case e.gt && (!has || at <= now):
		return false
	case e.lt && has && at >= now:
		return false
	}
	return true
}

func ttl(c *command.Ctx)         { replyExpiry(c, c.Now, 1000) }
func pttl(c *command.Ctx)        { replyExpiry(c, c.Now, 1) }
func expiretime(c *command.Ctx)  { replyExpiry(c, 0, 1000) }
func pexpiretime(c *command.Ctx) { replyExpiry(c, 0, 1) }

// replyExpiry is the family of TTL: -2 without the key, -1 without an expiry.
func replyExpiry(c *command.Ctx, base, unit int64) {
	if c.DB.Look(c.Argv[1]) == nil {
		c.Int(-2)
		return
	}
	at, ok := c.DB.ExpireAt(c.Argv[1])
	if !ok {
		c.Int(-1)
		return
	}
	left := max(at-base, 0)
	c.Int((left + unit/2) / unit)
}

func persist(c *command.Ctx) {
	if !c.DB.Exists(c.Argv[1]) || !c.DB.Persist(c.Argv[1]) {
		c.Int(0)
		return
	}
	c.Changed('g', "persist", c.Argv[1])
	c.Int(1)
}
