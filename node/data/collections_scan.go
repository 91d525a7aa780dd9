package data

import (
	"strconv"

	"redislab/node/command"
	"redislab/node/resp"
	"redislab/node/store"
)

// walker visits one cursor's elements of a collection and gives the next cursor. It writes to w those that
// take lets through.
type walker func(w *resp.Writer, o *store.Object, cursor uint64, take func(element []byte) bool) uint64

// scanPart answers HSCAN, SSCAN and ZSCAN; an element makes width replies.
func scanPart(c *command.Ctx, kind store.Kind, width int, walk walker) {
	cursor, ok := cursorArg(c, 2)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], kind)
	if !ok {
		return
	}
	if o == nil {
		c.Array(2)
		c.BulkInt(0)
		c.Array(0)
		return
	}
	opt, ok := parseScan(c, 3, false)
	if !ok {
		return
	}
	found := resp.Writer{Proto: c.Proto}
	met, taken := 0, 0
	take := func(e []byte) bool {
		met++
		if opt.match && !store.Match(opt.pattern, string(e), false) {
			return false
		}
		taken++
		return true
	}
	for steps := 10 * opt.count; ; steps-- {
		cursor = walk(&found, o, cursor, take)
		if cursor == 0 || steps == 0 || met >= opt.count {
			break
		}
	}
	c.Array(2)
	c.BulkString(strconv.FormatUint(cursor, 10))
	c.Array(taken * width)
	c.Raw(found.Buf)
}

func hscan(c *command.Ctx) {
	scanPart(c, store.KindHash, 2, func(w *resp.Writer, o *store.Object, cursor uint64, take func([]byte) bool) uint64 {
		return hashOf(o).Scan(cursor, func(field, value []byte) {
			if take(field) {
				w.Bulk(field)
				w.Bulk(value)
			}
		})
	})
}

func sscan(c *command.Ctx) {
	scanPart(c, store.KindSet, 1, func(w *resp.Writer, o *store.Object, cursor uint64, take func([]byte) bool) uint64 {
		return setOf(o).Scan(cursor, func(member []byte) {
			if take(member) {
				w.Bulk(member)
			}
		})
	})
}

func zscan(c *command.Ctx) {
	scanPart(c, store.KindZSet, 2, func(w *resp.Writer, o *store.Object, cursor uint64, take func([]byte) bool) uint64 {
		z := zsetOf(o)
		small := z.Encoding() == "listpack"
		return z.Scan(cursor, func(member []byte, score float64) {
			if take(member) {
				w.Bulk(member)
				scanScore(w, score, small)
			}
		})
	})
}

// scanScore replies a score as ZSCAN shows it: as text, the way it is kept. A listpack keeps whole
// numbers as integers, which therefore come without an exponent.
func scanScore(w *resp.Writer, score float64, small bool) {
	const most = 1<<62 - 1 // half of the largest integer
	if small && score >= -most && score <= most && score == float64(int64(score)) {
		w.BulkInt(int64(score))
		return
	}
	var tmp [40]byte
	w.Bulk(resp.AppendDouble(tmp[:0], score))
}
