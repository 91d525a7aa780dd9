package data

import (
	"fmt"
	"maps"
	"math"
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

// collectionHandlers are the commands of lists, hashes, sets and sorted sets.
func collectionHandlers() map[string]command.Handler {
	all := map[string]command.Handler{}
	for _, table := range []map[string]command.Handler{
		listHandlers(), hashHandlers(), setHandlers(), zsetHandlers(),
	} {
		maps.Copy(all, table)
	}
	return all
}

// shrunk reports that n elements of the collection at key were removed, and deletes the key when
// none is left.
func shrunk(c *command.Ctx, class byte, event string, key []byte, v store.Value, n int) {
	c.Changed(class, event, key)
	c.Dirty += n - 1
	if v.Len() == 0 {
		c.DB.Delete(key)
		c.Notify('g', "del", key)
	}
}

// storeResult puts the result of a …STORE command at key, or deletes the key when the result is
// empty, and replies its length.
func storeResult(c *command.Ctx, key []byte, v store.Value, class byte, event string) {
	n := v.Len()
	if n > 0 {
		c.DB.Put(key, store.NewValue(v))
		c.Changed(class, event, key)
	} else if c.DB.Delete(key) {
		c.Changed('g', "del", key)
	}
	c.Int(int64(n))
}

// arityError is the error of commands whose number of arguments is wrong in a way the
// command table cannot say.
func arityError(c *command.Ctx) {
	c.Error(fmt.Sprintf(command.ErrArityF, strings.ToLower(c.Arg(0))))
}

// between reads argument i as an integer from lo to hi; text is the error of the command's own,
// if it has one.
func between(c *command.Ctx, i int, lo, hi int64, text string) (n int64, ok bool) {
	n, ok = store.ParseInt(c.Argv[i])
	switch {
	case ok && n >= lo && n <= hi:
		return n, true
	case text != "":
		c.Error(text)
	case !ok:
		c.Error(command.ErrNotInteger)
	default:
		c.Error(fmt.Sprintf(command.ErrNotBetweenF, lo, hi))
	}
	return 0, false
}

// positive reads argument i as an integer that is not negative.
func positive(c *command.Ctx, i int, text string) (n int64, ok bool) {
	return between(c, i, 0, math.MaxInt64, text)
}

// signedCount is the count of commands that give random elements: the smallest integer is
// refused because it has no positive counterpart.
func signedCount(c *command.Ctx, i int) (n int64, ok bool) {
	n, ok = between(c, i, -math.MaxInt64, math.MaxInt64, "")
	if ok && n < -maxRepeats {
		c.Error(command.ErrOutOfRange)
		return 0, false
	}
	return n, ok
}

// maxRepeats is the most elements that a negative count gives. Redis knows no limit: it fills the
// memory with the reply.
const maxRepeats = 1 << 27

// ranks turns start and stop as LRANGE takes them (negative from the end, stop included) into
// a range of indexes without its end; ok is false when it is empty.
func ranks(start, stop int64, length int) (from, to int, ok bool) {
	n := int64(length)
	if start < 0 {
		start = max(start+n, 0)
	}
	if stop < 0 {
		stop += n
	}
	if start > stop || start >= n {
		return 0, 0, false
	}
	return int(start), int(min(stop, n-1)) + 1, true
}

// emptyArray is the reply of a collection that is not there.
func emptyArray(c *command.Ctx) { c.Array(0) }
