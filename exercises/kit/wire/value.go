package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is the first byte of a RESP2 reply.
type Kind byte

// The kinds of RESP2 replies.
const (
	Status Kind = '+'
	Error  Kind = '-'
	Int    Kind = ':'
	Bulk   Kind = '$'
	Array  Kind = '*'
)

// Value is one RESP2 reply.
type Value struct {
	Kind  Kind
	Str   string
	Int   int64
	Elems []Value
	Null  bool
}

// Err returns the reply as an error when it is one.
func (v Value) Err() error {
	if v.Kind == Error {
		return ReplyError(v.Str)
	}
	return nil
}

// ReplyError is an error reply, without its leading minus.
type ReplyError string

func (e ReplyError) Error() string { return string(e) }

// Strings returns the elements of an array as strings.
func (v Value) Strings() []string {
	out := make([]string, len(v.Elems))
	for i, e := range v.Elems {
		out[i] = e.Plain()
	}
	return out
}

// Plain returns the reply's text without decoration.
func (v Value) Plain() string {
	switch v.Kind {
	case Int:
		return strconv.FormatInt(v.Int, 10)
	case Array:
		return strings.Join(v.Strings(), " ")
	}
	return v.Str
}

// String writes the reply as redis-cli does on a terminal.
func (v Value) String() string {
	var b strings.Builder
	v.write(&b, "")
	return b.String()
}

func (v Value) write(b *strings.Builder, indent string) {
	switch {
	case v.Null:
		b.WriteString("(nil)")
	case v.Kind == Status:
		b.WriteString(v.Str)
	case v.Kind == Error:
		b.WriteString("(error) " + v.Str)
	case v.Kind == Int:
		fmt.Fprintf(b, "(integer) %d", v.Int)
	case v.Kind == Bulk:
		b.WriteString(quote(v.Str))
	case len(v.Elems) == 0:
		b.WriteString("(empty array)")
	default:
		width := len(strconv.Itoa(len(v.Elems)))
		for i, e := range v.Elems {
			if i > 0 {
				b.WriteString("\n" + indent)
			}
			n := fmt.Sprintf("%*d) ", width, i+1)
			b.WriteString(n)
			e.write(b, indent+strings.Repeat(" ", len(n)))
		}
	}
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\', '"':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\a':
			b.WriteString(`\a`)
		case '\b':
			b.WriteString(`\b`)
		default:
			if c >= ' ' && c < 0x7f {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Encode is a command as clients and masters send it: an array of bulk strings.
func Encode(args ...string) []byte {
	b := append(strconv.AppendInt([]byte{'*'}, int64(len(args)), 10), "\r\n"...)
	for _, a := range args {
		b = append(strconv.AppendInt(append(b, '$'), int64(len(a)), 10), "\r\n"...)
		b = append(append(b, a...), "\r\n"...)
	}
	return b
}

// Size is the length of a command on the wire: what it adds to a replication offset.
func Size(args ...string) int64 { return int64(len(Encode(args...))) }
