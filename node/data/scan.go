package data

import (
	"math"
	"strconv"
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

// scanOptions are what SCAN, SSCAN, HSCAN and ZSCAN take behind their cursor.
type scanOptions struct {
	count   int
	pattern string // "" takes everything
	kind    string // of SCAN's TYPE
	typed   bool   // TYPE was given
	match   bool
}

// parseScan reads the options from argument i on; ok is false when the error has been answered.
// Only SCAN itself (keys) takes TYPE.
func parseScan(c *command.Ctx, i int, keys bool) (opt scanOptions, ok bool) {
	opt.count = 10
	for ; i < len(c.Argv); i += 2 {
		a, more := c.Argv[i], i+1 < len(c.Argv)
		switch {
		case more && is(a, "count"):
			n, ok := intArg(c, i+1)
			if !ok {
				return opt, false
			}
			if n < 1 {
				c.Error(command.ErrSyntax)
				return opt, false
			}
			opt.count = int(min(n, math.MaxInt32))
		case more && is(a, "match"):
			opt.pattern = string(c.Argv[i+1])
			opt.match = opt.pattern != "*"
		case more && keys && is(a, "type"):
			opt.typed = true
			opt.kind = strings.ToLower(string(c.Argv[i+1]))
		default:
			c.Error(command.ErrSyntax)
			return opt, false
		}
	}
	return opt, true
}

// takes tells whether an element passes MATCH.
func (o *scanOptions) takes(element string) bool {
	return !o.match || store.Match(o.pattern, element, false)
}

// cursorArg reads a cursor the way strtoul does: a sign is taken, "" is 0.
func cursorArg(c *command.Ctx, i int) (cursor uint64, ok bool) {
	s, _, _ := strings.Cut(string(c.Argv[i]), "\x00")
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(s, "+")
	}
	if s == "" {
		return 0, true
	}
	cursor, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || digits[0] == '+' {
		c.Error(command.ErrCursor)
		return 0, false
	}
	if negative {
		cursor = -cursor
	}
	return cursor, true
}

func scan(c *command.Ctx) {
	cursor, ok := cursorArg(c, 1)
	if !ok {
		return
	}
	opt, ok := parseScan(c, 2, true)
	if !ok {
		return
	}
	var found []string
	for steps := 10 * opt.count; ; steps-- {
		cursor = c.DB.ScanKeys(cursor, func(key string) { found = append(found, key) })
		if cursor == 0 || steps == 0 || len(found) >= opt.count {
			break
		}
	}
	kept := found[:0]
	for _, key := range found {
		if opt.takes(key) && scanTakesType(c, &opt, key) && c.DB.Exists([]byte(key)) {
			kept = append(kept, key)
		}
	}
	c.Array(2)
	c.BulkString(strconv.FormatUint(cursor, 10))
	c.Array(len(kept))
	for _, key := range kept {
		c.BulkString(key)
	}
}

func scanTakesType(c *command.Ctx, opt *scanOptions, key string) bool {
	if !opt.typed {
		return true
	}
	o := c.DB.Look([]byte(key)) // it counts as a hit
	return o != nil && o.Kind().String() == opt.kind
}
