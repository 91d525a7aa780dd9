package data

import (
	"errors"
	"strconv"

	"redislab/node/command"
	"redislab/node/rdb"
	"redislab/node/store"
)

func dumpHandlers() map[string]command.Handler {
	// A serializer holds the compressor's tables: one for each answer to rdbcompression serves
	// the whole node.
	serializers := map[bool]*rdb.Serializer{}
	dump := func(c *command.Ctx) {
		compress := c.Server.ConfigBool("rdbcompression")
		if serializers[compress] == nil {
			serializers[compress] = rdb.NewSerializer(compress)
		}
		dump(c, serializers[compress])
	}
	return map[string]command.Handler{"dump": dump, "restore": restore, "restore-asking": restore}
}

func dump(c *command.Ctx, s *rdb.Serializer) {
	o := c.DB.Get(c.Argv[1])
	if o == nil {
		c.Null()
		return
	}
	c.Bulk(Payload(o, s))
}

// Payload is what DUMP answers and RESTORE takes.
func Payload(o *store.Object, s *rdb.Serializer) []byte {
	p := AppendValue([]byte{byte(rdbType(o))}, s, o)
	return rdb.AppendDumpFooter(p, 0)
}

// restoreOptions are what RESTORE takes behind its payload; -1 where nothing was given.
type restoreOptions struct {
	replace, absolute bool
	idle, freq        int64
}

func restore(c *command.Ctx) {
	opt, ok := parseRestore(c)
	if !ok {
		return
	}
	key := c.Argv[1]
	if !opt.replace && c.DB.Exists(key) {
		c.Error(command.ErrBusyKey)
		return
	}
	at, ok := intArg(c, 2)
	if !ok {
		return
	}
	if at < 0 {
		c.Error(command.ErrBadTTL)
		return
	}
	o, ok := decodePayload(c, c.Argv[3])
	if !ok {
		return
	}
	deleted := opt.replace && c.DB.Delete(key)
	if at != 0 && !opt.absolute {
		at += c.Now
	}
	c.OK()
	if at != 0 && alreadyExpired(c, at) {
		if deleted {
			c.Changed('g', "del", key)
			c.Propagate([]byte("DEL"), key)
		}
		return
	}
	put := c.DB.Put(key, o)
	if at != 0 {
		c.DB.SetExpire(key, at)
		if !opt.absolute {
			argv := append([][]byte(nil), c.Argv...)
			argv[2] = strconv.AppendInt(nil, at, 10)
			c.Propagate(append(argv, []byte("ABSTTL"))...)
		}
	}
	if opt.idle >= 0 {
		c.Keys.SetIdle(put, opt.idle)
	}
	if opt.freq >= 0 {
		c.Keys.SetFreq(put, uint8(opt.freq))
	}
	c.Changed('g', "restore", key)
}

func parseRestore(c *command.Ctx) (opt restoreOptions, ok bool) {
	opt.idle, opt.freq = -1, -1
	for i := 4; i < len(c.Argv); i++ {
		a, more := c.Argv[i], i+1 < len(c.Argv)
		switch {
		case is(a, "replace"):
			opt.replace = true
		case is(a, "absttl"):
			opt.absolute = true
		case is(a, "idletime") && more && opt.freq == -1:
			i++
			if opt.idle, ok = intArg(c, i); !ok {
				return opt, false
			}
			if opt.idle < 0 {
				c.Error(command.ErrBadIdleTime)
				return opt, false
			}
		case is(a, "freq") && more && opt.idle == -1:
			i++
			if opt.freq, ok = intArg(c, i); !ok {
				return opt, false
			}
			if opt.freq < 0 || opt.freq > 255 {
				c.Error(command.ErrBadFreq)
				return opt, false
			}
		default:
			c.Error(command.ErrSyntax)
			return opt, false
		}
	}
	return opt, true
}

func decodePayload(c *command.Ctx, p []byte) (o store.Object, ok bool) {
	v, err := rdb.DecodeDump(p)
	if errors.Is(err, rdb.ErrDump) {
		c.Error(command.ErrDumpPayload)
		return o, false
	}
	if err == nil {
		o, err = ObjectOf(v, &c.Keys.Limits)
	}
	if err != nil {
		c.Error("ERR Bad data format")
		return o, false
	}
	return o, true
}
