package store

// Match tells whether text fits a glob-style pattern as KEYS, SCAN, PSUBSCRIBE and CONFIG GET
// take them: * any run, ? one byte, [a-c], [^a-c], \ the next byte as it is. It follows Redis's
// stringmatchlen, also for odd patterns such as an unclosed "[".
//
//	Match("user:[0-9]*", "user:17", false) // true
//
// fold makes letters match in either case (ASCII only).
func Match(pattern, text string, fold bool) bool {
	ok, _ := match(pattern, text, fold)
	return ok
}

// match also tells (hopeless) that no longer piece of the text could make the pattern
// fit, because a "*" further on has already tried every place. This keeps patterns with many stars from
// taking exponential time.
func match(p, s string, fold bool) (ok, hopeless bool) {
	if len(s) == 0 {
		return len(p) == 0, false // not even "*" fits the empty text
	}
	for len(p) > 0 && len(s) > 0 {
		switch p[0] {
		case '*':
			return matchStar(p, s, fold)
		case '?':
			p, s = p[1:], s[1:]
		case '[':
			rest, in := matchClass(p, s[0], fold)
			if !in {
				return false, false
			}
			p, s = rest, s[1:]
		default:
			if p[0] == '\\' && len(p) >= 2 {
				p = p[1:]
			}
			if lower(p[0], fold) != lower(s[0], fold) {
				return false, false
			}
			p, s = p[1:], s[1:]
		}
	}
	if len(s) == 0 {
		for len(p) > 0 && p[0] == '*' {
			p = p[1:]
		}
	}
	return len(p) == 0 && len(s) == 0, false
}

func matchStar(p, s string, fold bool) (ok, hopeless bool) {
	for len(p) > 1 && p[1] == '*' {
		p = p[1:]
	}
	if len(p) == 1 {
		return true, false
	}
	for ; len(s) > 0; s = s[1:] {
		ok, hopeless := match(p[1:], s, fold)
		if ok || hopeless {
			return ok, hopeless
		}
	}
	return false, true
}

// matchClass matches c against the class p begins with and gives the pattern behind it.
func matchClass(p string, c byte, fold bool) (rest string, in bool) {
	p = p[1:]
	not := len(p) > 0 && p[0] == '^'
	if not {
		p = p[1:]
	}
	for ; len(p) > 0 && p[0] != ']'; p = p[1:] {
		switch {
		case p[0] == '\\' && len(p) >= 2:
			p = p[1:]
			in = in || p[0] == c // in its own case only, as in Redis
		case len(p) >= 3 && p[1] == '-':
			from, to := lower(min(p[0], p[2]), fold), lower(max(p[0], p[2]), fold)
			in = in || lower(c, fold) >= from && lower(c, fold) <= to
			p = p[2:]
		default:
			in = in || lower(p[0], fold) == lower(c, fold)
		}
	}
	if len(p) > 0 {
		p = p[1:]
	}
	return p, in != not
}

func lower(c byte, fold bool) byte {
	if fold && c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
