package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

// lcsOptions are what LCS takes behind its two keys.
type lcsOptions struct {
	idx, len, withMatchLen bool
	minMatchLen            int64
}

func lcs(c *command.Ctx) {
	x, y := c.DB.Get(c.Argv[1]), c.DB.Get(c.Argv[2])
	if x != nil && x.Kind() != store.KindString || y != nil && y.Kind() != store.KindString {
		c.Error("ERR The specified keys must contain string values")
		return
	}
	var a, b []byte
	if x != nil {
		a = x.Bytes()
	}
	if y != nil {
		b = y.Bytes()
	}
	opt, ok := parseLCS(c)
	if !ok {
		return
	}
	if opt.idx && opt.len {
		c.Error("ERR If you want both the length and indexes, please just use IDX.")
		return
	}
	if 4*int64(len(a)+1)*int64(len(b)+1) > c.Server.ConfigInt("proto-max-bulk-len") {
		c.Error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
		return
	}
	t := newLCSTable(a, b)
	switch {
	case opt.idx:
		c.Map(2)
		c.BulkString("matches")
		mark, n := c.Defer(), 0
		t.walk(func(m lcsMatch) {
			if m.length() >= opt.minMatchLen {
				m.reply(c, opt.withMatchLen)
				n++
			}
		})
		c.PutArray(mark, n)
		c.BulkString("len")
		c.Int(int64(t.at(len(a), len(b))))
	case opt.len:
		c.Int(int64(t.at(len(a), len(b))))
	default:
		c.Bulk(t.walk(func(lcsMatch) {}))
	}
}

func parseLCS(c *command.Ctx) (opt lcsOptions, ok bool) {
	for i := 3; i < len(c.Argv); i++ {
		switch a := c.Argv[i]; {
		case is(a, "idx"):
			opt.idx = true
		case is(a, "len"):
			opt.len = true
		case is(a, "withmatchlen"):
			opt.withMatchLen = true
		case is(a, "minmatchlen") && i+1 < len(c.Argv):
			i++
			if opt.minMatchLen, ok = intArg(c, i); !ok {
				return opt, false
			}
		default:
			c.Error(command.ErrSyntax)
			return opt, false
		}
	}
	return opt, true
}

// lcsTable holds at (i, j) the length of the longest common subsequence of the first i
// bytes of a and the first j bytes of b.
type lcsTable struct {
	a, b []byte
	rows []uint32
}

func newLCSTable(a, b []byte) *lcsTable {
	t := &lcsTable{a, b, make([]uint32, (len(a)+1)*(len(b)+1))}
	w := len(b) + 1
	for i := range a {
		above, row := t.rows[i*w:(i+1)*w], t.rows[(i+1)*w:(i+2)*w]
		for j := range b {
			if a[i] == b[j] {
				row[j+1] = above[j] + 1
			} else {
				row[j+1] = max(above[j+1], row[j])
			}
		}
	}
	return t
}

func (t *lcsTable) at(i, j int) uint32 { return t.rows[i*(len(t.b)+1)+j] }

// lcsMatch is a run that both strings have: inclusive positions.
type lcsMatch struct {
	aFrom, aTo, bFrom, bTo int
}

func (m lcsMatch) length() int64 { return int64(m.aTo - m.aFrom + 1) }

func (m lcsMatch) reply(c *command.Ctx, withLength bool) {
	n := 2
	if withLength {
		n = 3
	}
	c.Array(n)
	for _, r := range [][2]int{{m.aFrom, m.aTo}, {m.bFrom, m.bTo}} {
		c.Array(2)
		c.Int(int64(r[0]))
		c.Int(int64(r[1]))
	}
	if withLength {
		c.Int(m.length())
	}
}

// walk goes back through the table, gives the subsequence and emits the runs it consists of,
// last first, with exactly Redis's idea of where a run ends.
func (t *lcsTable) walk(emit func(lcsMatch)) []byte {
	i, j := len(t.a), len(t.b)
	at := t.at(i, j)
	result := make([]byte, at)
	var run lcsMatch
	open := false
	for i > 0 && j > 0 {
		end := false
		if t.a[i-1] == t.b[j-1] {
			at--
			result[at] = t.a[i-1]
			switch {
			case !open:
				run, open = lcsMatch{i - 1, i - 1, j - 1, j - 1}, true
			case run.aFrom == i && run.bFrom == j:
				run.aFrom--
				run.bFrom--
			default:
				end = true
			}
			end = end || run.aFrom == 0 || run.bFrom == 0
			i--
			j--
		} else {
			if t.at(i-1, j) > t.at(i, j-1) {
				i--
			} else {
				j--
			}
			end = open
		}
		if end {
			emit(run)
			open = false
		}
	}
	return result
}
