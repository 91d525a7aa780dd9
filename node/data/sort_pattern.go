package data

import (
	"math"
	"strconv"
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

// lookupPattern finds the string that a BY or GET pattern names for an element: "#" is the element
// itself, otherwise the first * stands for it, and "key*->field" names a field of a hash. nil when
// there is none, also for a pattern without *.
func lookupPattern(c *command.Ctx, pattern string, elem []byte) *store.Object {
	if pattern == "#" {
		o := store.NewString(elem)
		return &o
	}
	prefix, rest, ok := strings.Cut(pattern, "*")
	if !ok {
		return nil
	}
	suffix, field, isHash := strings.Cut(rest, "->")
	if field == "" {
		suffix, isHash = rest, false
	}
	key := append(append([]byte(prefix), elem...), suffix...)
	o := c.DB.Get(key)
	if o == nil || !isHash {
		if o != nil && o.Kind() != store.KindString {
			return nil
		}
		return o
	}
	h, ok := o.Value().(*store.Hash)
	if !ok {
		return nil
	}
	value, ok := h.Get([]byte(field))
	if !ok {
		return nil
	}
	text := store.NewString(value)
	return &text
}

// smallestNormal is DBL_MIN; strtod reports a range error below it.
const smallestNormal = 0x1p-1022

// sortScore reads a number as C's strtod does: blanks may stand before it, "" is 0, the
// text ends at a zero byte, hexadecimal and infinite numbers are taken.
func sortScore(b []byte) (f float64, ok bool) {
	s, _, _ := strings.Cut(string(b), "\x00")
	if s == "" {
		return 0, true
	}
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	if strings.Contains(s, "_") {
		return 0, false
	}
	if t := strings.TrimLeft(s, "+-"); len(t) > 2 && t[0] == '0' && t[1]|0x20 == 'x' && !strings.ContainsAny(t, "pP") {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) {
		return 0, false
	}
	if math.Abs(f) < smallestNormal && (f != 0 || strings.Trim(mantissaOf(s), "+-0.") != "") {
		return 0, false
	}
	return f, true
}

func mantissaOf(s string) string {
	if at := strings.IndexAny(s, "eEpP"); at >= 0 {
		s = s[:at]
	}
	return strings.TrimPrefix(strings.TrimLeft(strings.ToLower(s), "+-"), "0x")
}
