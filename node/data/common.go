package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

// lookup finds a key for reading. The object is nil when the key is absent; ok is false when
// the value is of another kind, which has then been answered with WRONGTYPE.
func lookup(c *command.Ctx, key []byte, kind store.Kind) (o *store.Object, ok bool) {
	o = c.DB.Get(key)
	if o != nil && o.Kind() != kind {
		c.Error(command.ErrWrongType)
		return nil, false
	}
	return o, true
}

// lookupEdit is lookup for changing the value in place.
func lookupEdit(c *command.Ctx, key []byte, kind store.Kind) (o *store.Object, ok bool) {
	o = c.DB.Edit(key)
	if o != nil && o.Kind() != kind {
		c.Error(command.ErrWrongType)
		return nil, false
	}
	return o, true
}

// intArg reads argument i as a 64 bit integer; ok is false when the error has been answered.
func intArg(c *command.Ctx, i int) (n int64, ok bool) { return intArgOr(c, i, command.ErrNotInteger) }

// intArgOr is intArg with an error text of the command's own.
func intArgOr(c *command.Ctx, i int, text string) (n int64, ok bool) {
	if n, ok = store.ParseInt(c.Argv[i]); !ok {
		c.Error(text)
	}
	return n, ok
}

// is tells whether an argument is a given word, which must be in lower case. As for Redis, which
// compares C strings, the argument ends at a zero byte.
func is(arg []byte, word string) bool {
	if len(arg) != len(word) && (len(arg) < len(word) || arg[len(word)] != 0) {
		return false
	}
	for i, b := range arg[:len(word)] {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		if b != word[i] {
			return false
		}
	}
	return true
}
