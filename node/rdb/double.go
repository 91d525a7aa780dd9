package rdb

import (
	"errors"
	"math"
	"strconv"
)

// Scores stand in three forms: eight bytes of IEEE 754 (TypeZSet2), text with its
// length in one byte, of which three values mean no length (TypeZSet), and as
// an element of a listpack or ziplist, which is a number or text.
const (
	doubleNaN    = 253
	doublePosInf = 254
	doubleNegInf = 255
)

// safeInt tells whether a score is stored as an integer in a listpack: it is one, and of a size that
// leaves doubles exact.
func safeInt(score float64) (int64, bool) {
	const lowest, highest = -4503599627370495, 4503599627370496
	if !(score >= lowest && score <= highest) {
		return 0, false
	}
	n := int64(score)
	return n, float64(n) == score
}

// appendScore appends a score that is no safeInt as text.
func appendScore(dst []byte, score float64) []byte {
	switch {
	case math.IsInf(score, 1):
		return append(dst, "inf"...)
	case math.IsInf(score, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, score, 'g', 17, 64)
}

// parseScore reads a score's text.
func parseScore(b []byte) (float64, error) {
	if n, ok := parseInt(b); ok {
		return float64(n), nil
	}
	f, err := strconv.ParseFloat(text(b), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, corrupt("a sorted set's score is %s", quote(b))
	}
	return checkScore(f)
}

func checkScore(f float64) (float64, error) {
	if math.IsNaN(f) {
		return 0, corrupt("a sorted set's score is not a number")
	}
	return f, nil
}
