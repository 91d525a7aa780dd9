package data

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Redis adds floats as C's long double, which on x86-64 has a mantissa of 64 bits and exponents up to
// 16384, and prints them with "%.17Lf". That is why 10.5 + 0.1 is 10.6 and not
// 10.59999999999999964: big.Float with the same mantissa gives the same digits.

const (
	longDoubleBits   = 64
	longDoubleMaxExp = 16384
	longDoubleMinExp = -16445 // of the smallest number below the normal ones
)

func newLongDouble() *big.Float { return new(big.Float).SetPrec(longDoubleBits) }

// parseLongDouble reads a number as strtold does for Redis: all of the text, no blanks,
// no NaN, nothing that is too big or too small.
func parseLongDouble(s string) (f *big.Float, ok bool) {
	decimal, hex := longDoubleSyntax(s)
	switch {
	case decimal:
		f, ok = parseDecimal(s)
	case hex:
		if !strings.ContainsAny(s, "pP") {
			s += "p0"
		}
		var err error
		f, _, err = big.ParseFloat(s, 0, longDoubleBits, big.ToNearestEven)
		ok = err == nil
	default:
		return parseInfinity(s)
	}
	if !ok || f.Sign() != 0 && (f.MantExp(nil) > longDoubleMaxExp || f.MantExp(nil) < longDoubleMinExp) {
		return nil, false
	}
	return f, true
}

// longDoubleSyntax tells whether s is written as a decimal or as a hexadecimal number.
func longDoubleSyntax(s string) (decimal, hex bool) {
	const limit = 5 * 1024 // MAX_LONG_DOUBLE_CHARS
	if len(s) == 0 || len(s) >= limit {
		return false, false
	}
	if isDecimal(s) {
		return true, false
	}
	hex, _ = regexp.MatchString(`^[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)([pP][+-]?[0-9]{1,9})?$`, s)
	return false, hex
}

// isDecimal is ^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$ without the cost.
func isDecimal(s string) bool {
	i := 0
	digits := func() (n int) {
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			n++
		}
		return n
	}
	sign := func() {
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
	}
	sign()
	n := digits()
	if i < len(s) && s[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return false
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		sign()
		if digits() == 0 {
			return false
		}
	}
	return i == len(s)
}

// parseDecimal rounds once: through an exact fraction where its size is reasonable.
func parseDecimal(s string) (*big.Float, bool) {
	mantissa, exponent := s, 0
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		n, err := strconv.Atoi(s[at+1:])
		mantissa, exponent = s[:at], n
		if err != nil || n > 20000 || n < -20000 {
			zero := strings.Trim(mantissa, "+-0.") == ""
			return newLongDouble(), zero
		}
	}
	if exponent > 400 || exponent < -400 {
		f, _, err := big.ParseFloat(s, 10, longDoubleBits, big.ToNearestEven)
		return f, err == nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, false
	}
	f := newLongDouble().SetRat(r)
	if f.Sign() == 0 && mantissa[0] == '-' {
		f.Neg(f)
	}
	return f, true
}

func parseInfinity(s string) (*big.Float, bool) {
	t := strings.ToLower(s)
	negative := strings.HasPrefix(t, "-")
	t = strings.TrimLeft(t[:min(1, len(t))], "+-") + t[min(1, len(t)):]
	if t != "inf" && t != "infinity" {
		return nil, false
	}
	return newLongDouble().SetInf(negative), true
}

// addLongDouble adds two numbers and prints the sum the way Redis keeps it; ok is false when it
// is not a finite number.
func addLongDouble(a, b *big.Float) (text string, ok bool) {
	if a.IsInf() || b.IsInf() {
		return "", false
	}
	sum := newLongDouble().Add(a, b)
	if sum.MantExp(nil) > longDoubleMaxExp {
		return "", false
	}
	return formatLongDouble(sum), true
}

// formatLongDouble is "%.17Lf" without the zeros at the end.
func formatLongDouble(f *big.Float) string {
	s := strings.TrimRight(f.Text('f', 17), "0")
	s = strings.TrimSuffix(s, ".")
	if s == "-0" {
		return "0"
	}
	return s
}
