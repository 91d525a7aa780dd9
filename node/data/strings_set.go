package data

import (
	"fmt"
	"math"
	"strconv"

	"redislab/node/command"
	"redislab/node/store"
)

// setOptions are what SET and GETEX take behind their key and value.
type setOptions struct {
	nx, xx, get, keepTTL, persist bool
	expire                        int  // index of the argument with the time, 0 without
	unit                          byte // 'e' EX, 'p' PX, 'E' EXAT, 'P' PXAT
}

func set(c *command.Ctx) {
	if len(c.Argv) == 3 {
		put(c, c.Argv[1], c.Argv[2])
		c.OK()
		return
	}
	opt, ok := parseSetOptions(c, 3, false)
	if ok {
		setWith(c, opt, 2)
	}
}

func setex(c *command.Ctx)  { setWith(c, setOptions{expire: 2, unit: 'e'}, 3) }
func psetex(c *command.Ctx) { setWith(c, setOptions{expire: 2, unit: 'p'}, 3) }

// setWith is SET with options; value is the index of the value among the arguments.
func setWith(c *command.Ctx, opt setOptions, value int) {
	var at int64
	if opt.expire > 0 {
		var ok bool
		if at, ok = expireTime(c, opt); !ok {
			return
		}
	}
	key := c.Argv[1]
	if opt.get && !replyString(c, key) {
		return
	}
	if opt.nx && c.DB.Exists(key) || opt.xx && !c.DB.Exists(key) {
		if !opt.get {
			c.Null()
		}
		return
	}
	if opt.keepTTL {
		c.DB.PutKeepTTL(key, store.NewString(c.Argv[value]))
	} else {
		c.DB.Put(key, store.NewString(c.Argv[value]))
	}
	c.Changed('$', "set", key)
	switch {
	case opt.expire > 0:
		c.DB.SetExpire(key, at)
		c.Propagate([]byte("SET"), key, c.Argv[value], []byte("PXAT"), strconv.AppendInt(nil, at, 10))
		c.Notify('g', "expire", key)
	case opt.get:
		propagateWithoutGet(c)
	}
	if !opt.get {
		c.OK()
	}
}

// propagateWithoutGet drops the GET option: nobody reads a replica's reply.
func propagateWithoutGet(c *command.Ctx) {
	argv := make([][]byte, 0, len(c.Argv))
	for i, a := range c.Argv {
		if i < 3 || !is(a, "get") {
			argv = append(argv, a)
		}
	}
	c.Propagate(argv...)
}

func getex(c *command.Ctx) {
	opt, ok := parseSetOptions(c, 2, true)
	if !ok {
		return
	}
	key := c.Argv[1]
	o, ok := lookup(c, key, store.KindString)
	if !ok {
		return
	}
	if o == nil {
		c.Null()
		return
	}
	var at int64
	if opt.expire > 0 {
		if at, ok = expireTime(c, opt); !ok {
			return
		}
	}
	c.Bulk(o.Bytes())
	switch {
	case (opt.unit == 'E' || opt.unit == 'P') && alreadyExpired(c, at):
		c.DB.Delete(key)
		c.Changed('g', "del", key)
		propagateDeletion(c, key)
	case opt.expire > 0:
		c.DB.SetExpire(key, at)
		c.Changed('g', "expire", key)
		c.Propagate([]byte("PEXPIREAT"), key, strconv.AppendInt(nil, at, 10))
	case opt.persist && c.DB.Persist(key):
		c.Changed('g', "persist", key)
		c.Propagate([]byte("PERSIST"), key)
	}
}

// alreadyExpired tells whether a command that sets an expiry should delete the key at once; a
// replica or a server that is loading leaves that to the master's DEL.
func alreadyExpired(c *command.Ctx, at int64) bool {
	return at <= c.Now && c.Keys.Expiry == store.ExpiryDelete
}

// propagateDeletion sends the deletion of a key whose expiry was set to the past.
func propagateDeletion(c *command.Ctx, key []byte) {
	name := "DEL"
	if c.Server.ConfigBool("lazyfree-lazy-expire") {
		name = "UNLINK"
	}
	c.Propagate([]byte(name), key)
}

// parseSetOptions reads the options from argument i on.
func parseSetOptions(c *command.Ctx, i int, getex bool) (opt setOptions, ok bool) {
	for ; i < len(c.Argv); i++ {
		a := c.Argv[i]
		timed := opt.expire > 0
		switch {
		case !getex && is(a, "nx") && !opt.xx:
			opt.nx = true
		case !getex && is(a, "xx") && !opt.nx:
			opt.xx = true
		case !getex && is(a, "get"):
			opt.get = true
		case !getex && is(a, "keepttl") && !timed:
			opt.keepTTL = true
		case getex && is(a, "persist") && !timed:
			opt.persist = true
		default:
			unit := expireUnit(a)
			if unit == 0 || i+1 == len(c.Argv) || opt.keepTTL || opt.persist || timed && unit != opt.unit {
				c.Error(command.ErrSyntax)
				return opt, false
			}
			i++
			opt.expire, opt.unit = i, unit
		}
	}
	return opt, true
}

func expireUnit(a []byte) byte {
	switch {
	case is(a, "ex"):
		return 'e'
	case is(a, "px"):
		return 'p'
	case is(a, "exat"):
		return 'E'
	case is(a, "pxat"):
		return 'P'
	}
	return 0
}

// expireTime reads the time of an EX/PX/EXAT/PXAT option as milliseconds of Unix time; ok is
// false when the error has been answered.
func expireTime(c *command.Ctx, opt setOptions) (at int64, ok bool) {
	at, ok = intArg(c, opt.expire)
	if !ok {
		return 0, false
	}
	seconds := opt.unit == 'e' || opt.unit == 'E'
	if at <= 0 || seconds && at > math.MaxInt64/1000 {
		return 0, badExpireTime(c)
	}
	if seconds {
		at *= 1000
	}
	if opt.unit == 'e' || opt.unit == 'p' {
		at += c.Now
	}
	if at <= 0 { // the sum has overflowed
		return 0, badExpireTime(c)
	}
	return at, true
}

func badExpireTime(c *command.Ctx) bool {
	c.Error(fmt.Sprintf(command.ErrExpireF, c.Spec.FullName()))
	return false
}
