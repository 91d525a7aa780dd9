package console

import (
	"fmt"
	"strconv"
	"strings"
)

// Format prints a reply as redis-cli does on a terminal. The text ends with a line break.
func Format(r Reply) string {
	var b strings.Builder
	format(&b, r, "")
	return b.String()
}

func format(b *strings.Builder, r Reply, prefix string) {
	if r.Null {
		b.WriteString("(nil)\n")
		return
	}
	switch r.Kind {
	case '-', '!':
		b.WriteString("(error) " + r.Str + "\n")
	case '+':
		b.WriteString(r.Str + "\n")
	case ':':
		b.WriteString("(integer) " + r.Str + "\n")
	case ',':
		b.WriteString("(double) " + r.Str + "\n")
	case '#':
		b.WriteString(map[bool]string{true: "(true)\n", false: "(false)\n"}[r.Str == "t"])
	case '$':
		b.WriteString(Quote(r.Str) + "\n")
	case '=':
		b.WriteString(verbatim(r.Str) + "\n")
	case '(':
		b.WriteString(r.Str + "\n")
	default:
		formatElems(b, r, prefix)
	}
}

// verbatim is a verbatim string without its three-letter format.
func verbatim(s string) string {
	if len(s) >= 4 && s[3] == ':' {
		return s[4:]
	}
	return s
}

// emptyNames is what redis-cli calls an aggregate without elements.
var emptyNames = map[byte]string{'*': "(empty array)", '%': "(empty hash)", '~': "(empty set)", '>': "(empty push)"}

// separators follow the index of an element.
var separators = map[byte]string{'*': ")", '%': "#", '~': "~", '>': ")"}

func formatElems(b *strings.Builder, r Reply, prefix string) {
	count, step := len(r.Elems), 1
	if r.Kind == '%' {
		count, step = count/2, 2
	}
	if count == 0 {
		b.WriteString(emptyNames[r.Kind] + "\n")
		return
	}
	digits := len(strconv.Itoa(count))
	inner := prefix + strings.Repeat(" ", digits+2)
	for i := 0; i < len(r.Elems); i += step {
		if i > 0 { // the first index follows what the caller has written on the line
			b.WriteString(prefix)
		}
		fmt.Fprintf(b, "%*d%s ", digits, i/step+1, separators[r.Kind])
		if step == 1 {
			format(b, r.Elems[i], inner)
			continue
		}
		var key, value strings.Builder
		format(&key, r.Elems[i], inner)
		format(&value, r.Elems[i+1], inner)
		b.WriteString(strings.TrimSuffix(key.String(), "\n") + " => ")
		if strings.Count(value.String(), "\n") > 1 { // what has several lines begins on one of its own
			b.WriteString("\n" + inner)
		}
		b.WriteString(value.String())
	}
}

// Quote writes a string in double quotes with everything that does not print escaped, byte by byte.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' || c == '"':
			b.WriteByte('\\')
			b.WriteByte(c)
		case strings.IndexByte("\n\r\t\a\b", c) >= 0:
			b.WriteByte('\\')
			b.WriteByte("nrtab"[strings.IndexByte("\n\r\t\a\b", c)])
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, "\\x%02x", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Raw prints a reply without quotes, as redis-cli does for INFO and its like.
func Raw(r Reply) string {
	switch {
	case r.Null:
		return "\n"
	case len(r.Elems) > 0:
		lines := make([]string, len(r.Elems))
		for i, e := range r.Elems {
			lines[i] = Raw(e)
		}
		return strings.Join(lines, "\n")
	case r.Kind == '-' || r.Kind == '!':
		return r.Str + "\n"
	case r.Kind == '=':
		return verbatim(r.Str)
	}
	return r.Str
}

// rawCommands are those whose reply is text for people: command, subcommand or "", and the least
// number of words.
var rawCommands = []struct {
	name, sub string
	words     int
}{
	{"info", "", 1}, {"lolwut", "", 1},
	{"debug", "htstats", 2}, {"debug", "htstats-key", 2},
	{"memory", "malloc-stats", 2}, {"memory", "doctor", 2},
	{"cluster", "nodes", 2}, {"cluster", "info", 2},
	{"client", "list", 2}, {"client", "info", 2},
	{"latency", "graph", 3}, {"latency", "doctor", 2},
}

// printsRaw reports whether redis-cli prints the reply to a command as it is.
func printsRaw(args []string) bool {
	for _, c := range rawCommands {
		if len(args) >= c.words && strings.EqualFold(args[0], c.name) && (c.sub == "" || strings.EqualFold(args[1], c.sub)) {
			return true
		}
	}
	return false
}

// FormatFor prints a reply as redis-cli does after the command args.
func FormatFor(args []string, r Reply) string {
	if !printsRaw(args) {
		return Format(r)
	}
	s := Raw(r)
	if !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

// printable makes text safe for the screen: line ends are LF, tabs are blanks and no escape sequence
// from a node's data reaches the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r':
			return -1
		case r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "·"))
}
