package config

import (
	"fmt"
	"math"
	"strings"
)

// splitArgs splits a line into words by redis.conf's rules: blanks separate, "…" knows \n \r \t \b \a and \xHH,
// '…' knows only \'. ok is false when quotes are unbalanced or something follows a closing quote.
func splitArgs(line string) (args []string, ok bool) {
	line = cString(line)
	for i := 0; ; {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i == len(line) {
			return args, true
		}
		word, next, ok := splitWord(line, i)
		if !ok {
			return nil, false
		}
		args = append(args, word)
		i = next
	}
}

// splitWord reads the word that starts at line[i]; quotes may open in its middle but must end it.
func splitWord(line string, i int) (word string, next int, ok bool) {
	start := i
	for i < len(line) && strings.IndexByte(" \n\r\t\"'", line[i]) < 0 { // not \v and \f, blanks elsewhere
		i++
	}
	word = line[start:i]
	if i == len(line) || line[i] != '"' && line[i] != '\'' {
		return word, i, true
	}
	quote := line[i]
	var quoted []byte
	for i++; i < len(line); i++ {
		c := line[i]
		switch {
		case c == quote:
			i++
			return word + string(quoted), i, i == len(line) || isSpace(line[i])
		case c == '\\' && quote == '\'' && i+1 < len(line) && line[i+1] == '\'':
			i++
			quoted = append(quoted, '\'')
		case c == '\\' && quote == '"' && i+1 < len(line):
			b, width := unescape(line[i+1:])
			i += width
			quoted = append(quoted, b)
		default:
			quoted = append(quoted, c)
		}
	}
	return "", i, false
}

// unescape reads what follows a backslash inside double quotes.
func unescape(s string) (b byte, width int) {
	if s[0] == 'x' && len(s) >= 3 && isHex(s[1]) && isHex(s[2]) {
		return unhex(s[1])<<4 | unhex(s[2]), 3
	}
	if at := strings.IndexByte("nrtba", s[0]); at >= 0 {
		return "\n\r\t\b\a"[at], 1
	}
	return s[0], 1
}

// quote is the inverse of splitArgs for one word: always double quoted, everything unprintable escaped.
func quote(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		if at := strings.IndexByte("\n\r\t\b\a\\\"", c); at >= 0 {
			b = append(b, '\\', `nrtba\"`[at])
		} else if c < ' ' || c > '~' {
			b = fmt.Appendf(b, `\x%02x`, c)
		} else {
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// bareWords joins words for splitArgs to take apart, with quotes only around those that need them.
func bareWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }
		if out[i] = w; w == "" || strings.ContainsFunc(w, odd) {
			out[i] = quote(w)
		}
	}
	return strings.Join(out, " ")
}

// match is Redis's glob: * ? [a-z] [^a] and backslash, letters compared without case. It retries from the last star
// only, so that no pattern costs more than its length times the length of s.
func match(pattern, s string) bool {
	star, retry := -1, 0
	p, i := 0, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			star, retry = p, i
			continue
		}
		if hit, width := matchOne(pattern[p:], lower(s[i])); hit {
			p += width
			i++
			continue
		}
		if star < 0 {
			return false
		}
		retry++
		p, i = star, retry
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches c with the one-character element that p starts with, and gives that element's width.
func matchOne(p string, c byte) (hit bool, width int) {
	switch {
	case p == "":
		return false, 0
	case p[0] == '?':
		return true, 1
	case p[0] == '[':
		hit, rest := matchClass(p[1:], c)
		return hit, len(p) - len(rest)
	case p[0] == '\\' && len(p) > 1:
		return lower(p[1]) == c, 2
	}
	return lower(p[0]) == c, 1
}

// matchClass reads a character class after its '[' and says whether c belongs to it; an unclosed class ends with the
// pattern, as in Redis.
func matchClass(p string, c byte) (hit bool, rest string) {
	not := p != "" && p[0] == '^'
	if not {
		p = p[1:]
	}
	for ; p != "" && p[0] != ']'; p = p[1:] {
		switch {
		case p[0] == '\\' && len(p) > 1:
			p = p[1:]
			hit = hit || p[0] == c
		case len(p) > 2 && p[1] == '-':
			from, to := lower(p[0]), lower(p[2])
			if from > to {
				from, to = to, from
			}
			hit = hit || from <= c && c <= to
			p = p[2:]
		default:
			hit = hit || lower(p[0]) == c
		}
	}
	if p != "" {
		p = p[1:]
	}
	return hit != not, p
}

// strictInt reads an integer the way Redis reads its own: no blanks, no plus, no leading zeros, no "-0".
func strictInt(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || digits[0] == '0' && s != "0" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	v, _, over := cInt(s, 10)
	return v, !over
}

// cInt is strtoll(3): leading blanks, a sign, digits; over tells that the value was cut to int64's range. Like the
// original it reads "" as 0 with nothing left over.
func cInt(s string, base uint64) (v int64, rest string, over bool) {
	s = cString(s)
	t := s
	for t != "" && isSpace(t[0]) {
		t = t[1:]
	}
	negative := t != "" && t[0] == '-'
	if t != "" && (t[0] == '-' || t[0] == '+') {
		t = t[1:]
	}
	u, tail, over := digits(t, base)
	if len(tail) == len(t) {
		return 0, s, false
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	if over || u > limit {
		u, over = limit, true
	}
	if negative {
		return -int64(u), tail, over
	}
	return int64(u), tail, over
}

// digits reads the number that s starts with; a value beyond uint64 stays at its maximum.
func digits(s string, base uint64) (u uint64, rest string, over bool) {
	for s != "" && s[0] >= '0' && uint64(s[0]-'0') < base {
		d := uint64(s[0] - '0')
		if u > (math.MaxUint64-d)/base {
			u, over = math.MaxUint64, true
		} else if !over {
			u = u*base + d
		}
		s = s[1:]
	}
	return u, s, over
}

// cString cuts at the first NUL, where Redis's C strings end.
func cString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
func isHex(c byte) bool   { return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return lower(c) - 'a' + 10
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lowerString folds ASCII only, like tolower(3) in the C locale.
func lowerString(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := range b {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return s
}
