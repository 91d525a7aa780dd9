package data

import (
	"bytes"
	"math"

	"redislab/node/command"
	"redislab/node/store"
)

func keyHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"del": del, "unlink": del, "exists": exists, "type": typeOf, "touch": touch,
		"keys": keys, "randomkey": randomkey, "scan": scan,
		"rename": rename, "renamenx": renamenx, "move": moveKey, "copy": copyKey,
		"dbsize": dbsize,
	}
}

// del is DEL and UNLINK: the difference, who frees the memory, is the garbage collector's.
func del(c *command.Ctx) {
	n := 0
	for _, key := range c.Argv[1:] {
		if !c.DB.Exists(key) {
			continue
		}
		c.DB.Delete(key)
		c.Changed('g', "del", key)
		n++
	}
	c.Int(int64(n))
}

func exists(c *command.Ctx) { count(c, c.DB.Look) }
func touch(c *command.Ctx)  { count(c, c.DB.Get) }

func count(c *command.Ctx, find func([]byte) *store.Object) {
	n := 0
	for _, key := range c.Argv[1:] {
		if find(key) != nil {
			n++
		}
	}
	c.Int(int64(n))
}

func typeOf(c *command.Ctx) {
	if o := c.DB.Look(c.Argv[1]); o != nil {
		c.Simple(o.Kind().String())
		return
	}
	c.Simple("none")
}

func keys(c *command.Ctx) {
	pattern := c.Arg(1)
	mark, n := c.Defer(), 0
	c.DB.Each(func(key string, _ *store.Object) bool {
		if pattern == "*" || store.Match(pattern, key, false) {
			c.BulkString(key)
			n++
		}
		return true
	})
	c.PutArray(mark, n)
}

func randomkey(c *command.Ctx) {
	key, ok := c.DB.Random(c.Keys.Rand)
	if !ok {
		c.Null()
		return
	}
	c.BulkString(key)
}

func dbsize(c *command.Ctx) { c.Int(int64(c.DB.Len())) }

func rename(c *command.Ctx)   { renameTo(c, false) }
func renamenx(c *command.Ctx) { renameTo(c, true) }

func renameTo(c *command.Ctx, nx bool) {
	from, to := c.Argv[1], c.Argv[2]
	if c.DB.Edit(from) == nil {
		c.Error(command.ErrNoKey)
		return
	}
	same := bytes.Equal(from, to)
	if nx && (same || c.DB.Exists(to)) {
		c.Int(0)
		return
	}
	if !same {
		o, at, _ := c.DB.Take(from)
		if c.DB.Exists(to) {
			c.DB.Delete(to)
		}
		place(c.DB, to, o, at)
		c.DB.Modified(from)
		c.Notify('g', "rename_from", from)
		c.Changed('g', "rename_to", to)
	}
	if nx {
		c.Int(1)
	} else {
		c.OK()
	}
}

// place stores an object with its expiry, 0 being none.
func place(db *store.DB, key []byte, o store.Object, expireAt int64) {
	db.Put(key, o)
	if expireAt != 0 {
		db.SetExpire(key, expireAt)
	}
}

// dbArg reads argument i as the number of a database; ok is false when the error has been answered.
func dbArg(c *command.Ctx, i int) (db *store.DB, ok bool) {
	n, ok := between(c, i, math.MinInt32, math.MaxInt32, "")
	if !ok {
		return nil, false
	}
	if db = c.Keys.DB(int(n)); db == nil {
		c.Error(command.ErrDBIndex)
		return nil, false
	}
	return db, true
}

func moveKey(c *command.Ctx) {
	if c.Server.ConfigBool("cluster-enabled") {
		c.Error(command.ErrClusterMove)
		return
	}
	to, ok := dbArg(c, 2)
	if !ok {
		return
	}
	if to == c.DB {
		c.Error(command.ErrSameObject)
		return
	}
	key := c.Argv[1]
	if c.DB.Edit(key) == nil || to.Exists(key) {
		c.Int(0)
		return
	}
	o, at, _ := c.DB.Take(key)
	place(to, key, o, at)
	c.DB.Modified(key)
	to.Modified(key)
	c.Notify('g', "move_from", key)
	c.Server.Notify('g', "move_to", to.ID, string(key))
	c.Dirty++
	c.Int(1)
}

func copyKey(c *command.Ctx) {
	to, replace := c.DB, false
	for i := 3; i < len(c.Argv); i++ {
		switch {
		case is(c.Argv[i], "replace"):
			replace = true
		case is(c.Argv[i], "db") && i+1 < len(c.Argv):
			i++
			db, ok := dbArg(c, i)
			if !ok {
				return
			}
			to = db
		default:
			c.Error(command.ErrSyntax)
			return
		}
	}
	if c.Server.ConfigBool("cluster-enabled") && (c.DB.ID != 0 || to.ID != 0) {
		c.Error(command.ErrClusterCopy)
		return
	}
	from, key := c.Argv[1], c.Argv[2]
	if to == c.DB && bytes.Equal(from, key) {
		c.Error(command.ErrSameObject)
		return
	}
	o := c.DB.Get(from)
	if o == nil || to.Exists(key) && !replace {
		c.Int(0)
		return
	}
	clone := o.Clone()
	at, _ := c.DB.ExpireAt(from)
	to.Delete(key)
	place(to, key, clone, at)
	to.Modified(key)
	c.Server.Notify('g', "copy_to", to.ID, string(key))
	c.Dirty++
	c.Int(1)
}
