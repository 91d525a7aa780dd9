package data

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"

	"redislab/node/store"
)

// parseDouble reads a number as Redis reads scores and weights: all of the text, no blanks in
// front, no NaN, nothing too big or too small for a double.
func parseDouble(b []byte) (f float64, ok bool) {
	if n, ok := store.ParseInt(b); ok && n > -1<<53 && n < 1<<53 {
		return float64(n), true
	}
	f, exact, ok := strtod(string(b))
	return f, ok && exact && !math.IsNaN(f)
}

// parseBound reads a number as the ends of score intervals are read: C's strtod takes blanks
// in front, nothing at all for 0, and stops at a NUL.
func parseBound(b []byte) (f float64, ok bool) {
	if at := bytes.IndexByte(b, 0); at >= 0 {
		b = b[:at]
	}
	if len(b) == 0 {
		return 0, true
	}
	f, _, ok = strtod(strings.TrimLeft(string(b), " \t\n\v\f\r"))
	return f, ok && !math.IsNaN(f)
}

// strtod is C's: exact is false when the number was too big (f is infinite) or too small (f is 0).
func strtod(s string) (f float64, exact, ok bool) {
	decimal := isDecimal(s)
	if !decimal {
		t := strings.ToLower(strings.TrimLeft(s[:min(len(s), 1)], "+-") + s[min(len(s), 1):])
		switch {
		case t == "inf" || t == "infinity":
			return math.Inf(1 - 2*strings.Count(s[:1], "-")), true, true
		case !strings.HasPrefix(t, "0x") || strings.Contains(t, "_"):
			return 0, false, false
		case !strings.Contains(t, "p"):
			s += "p0"
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return f, false, errors.Is(err, strconv.ErrRange)
	}
	return f, f != 0 || isZero(s, decimal), true
}

// isZero tells whether a number that was read as 0 has no other digits.
func isZero(s string, decimal bool) bool {
	exponent := "pP"
	if decimal {
		exponent = "eE"
	}
	if at := strings.IndexAny(s, exponent); at >= 0 {
		s = s[:at]
	}
	return strings.Trim(s, "+-0.xX") == ""
}

// parseScoreRange reads the ends of an interval of scores, "(" in front excludes one.
func parseScoreRange(low, high []byte) (r store.ScoreRange, ok bool) {
	low, r.MinEx = bytes.CutPrefix(low, []byte("("))
	high, r.MaxEx = bytes.CutPrefix(high, []byte("("))
	if r.Min, ok = parseBound(low); !ok {
		return r, false
	}
	r.Max, ok = parseBound(high)
	return r, ok
}

// parseLexRange reads the ends of an interval of members: "-", "+", "[text" or "(text".
func parseLexRange(low, high []byte) (r store.LexRange, ok bool) {
	if r.Min, ok = parseLexBound(low); !ok {
		return r, false
	}
	r.Max, ok = parseLexBound(high)
	return r, ok
}

func parseLexBound(b []byte) (bound store.LexBound, ok bool) {
	if len(b) == 0 {
		return bound, false
	}
	alone := len(b) == 1 || b[1] == 0
	switch b[0] {
	case '-':
		return store.LexBound{Inf: -1}, alone
	case '+':
		return store.LexBound{Inf: 1}, alone
	case '(':
		return store.LexBound{Text: string(b[1:]), Ex: true}, true
	case '[':
		return store.LexBound{Text: string(b[1:])}, true
	}
	return bound, false
}
