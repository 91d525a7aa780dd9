package resp

// SplitArgs splits a line into arguments as redis-cli, inline commands and redis.conf do:
// blanks separate, "…" takes the escapes \n \r \t \b \a \xHH, '…' takes only \'. ok is
// false for unbalanced quotes or text glued to a closing quote. The arguments do not point into line when
// quotes had to be undone.
func SplitArgs(line []byte) (args [][]byte, ok bool) {
	i := 0
	for {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i >= len(line) || line[i] == 0 {
			return args, true
		}
		arg, next, ok := oneArg(line, i)
		if !ok {
			return nil, false
		}
		args = append(args, arg)
		i = next
	}
}

func oneArg(line []byte, i int) (arg []byte, next int, ok bool) {
	arg = []byte{}
	for i < len(line) && !isSpace(line[i]) && line[i] != 0 {
		switch line[i] {
		case '"':
			arg, i, ok = doubleQuoted(line, i+1, arg)
		case '\'':
			arg, i, ok = singleQuoted(line, i+1, arg)
		default:
			arg = append(arg, line[i])
			i++
			continue
		}
		if !ok || i < len(line) && !isSpace(line[i]) {
			return nil, 0, false
		}
	}
	return arg, i, true
}

func doubleQuoted(line []byte, i int, arg []byte) ([]byte, int, bool) {
	for ; i < len(line); i++ {
		switch {
		case line[i] == '"':
			return arg, i + 1, true
		case line[i] == '\\' && i+3 < len(line) && line[i+1] == 'x' && isHex(line[i+2]) && isHex(line[i+3]):
			arg = append(arg, hexVal(line[i+2])<<4|hexVal(line[i+3]))
			i += 3
		case line[i] == '\\' && i+1 < len(line):
			i++
			arg = append(arg, unescape(line[i]))
		default:
			arg = append(arg, line[i])
		}
	}
	return nil, 0, false
}

func singleQuoted(line []byte, i int, arg []byte) ([]byte, int, bool) {
	for ; i < len(line); i++ {
		switch {
		case line[i] == '\'':
			return arg, i + 1, true
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '\'':
			i++
			arg = append(arg, '\'')
		default:
			arg = append(arg, line[i])
		}
	}
	return nil, 0, false
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	}
	return c
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func hexVal(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
