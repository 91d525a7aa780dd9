package sentinel

import (
	"bytes"
	"errors"
	"strconv"
)

// Value is a reply as it came from a server, in RESP2: links send no HELLO.
type Value struct {
	Kind  byte    // '+', '-', ':', '$' or '*' as on the wire, 0 for a null
	Text  string  // of '+', '-' and '$'
	Int   int64   // of ':'
	Items []Value // of '*'
}

// ErrValue is what ParseValue gives for bytes that are no reply. The connection is of no further use.
var ErrValue = errors.New("sentinel: the reply is not RESP2")

// The limits of a reply. INFO is by far the largest.
const (
	maxBulk  = 512 << 20
	maxItems = 1 << 20
	maxDepth = 8
)

// ParseValue takes one reply from the beginning of buf. used is 0 when it is not complete yet.
func ParseValue(buf []byte) (v Value, used int, err error) { return parseValue(buf, 0) }

func parseValue(buf []byte, depth int) (v Value, used int, err error) {
	end := bytes.Index(buf, []byte("\r\n"))
	if end < 0 {
		return v, 0, nil
	}
	if end == 0 || depth > maxDepth {
		return v, 0, ErrValue
	}
	v.Kind, v.Text, used = buf[0], string(buf[1:end]), end+2
	switch v.Kind {
	case '+', '-':
		return v, used, nil
	case ':':
		v.Int, err = strconv.ParseInt(v.Text, 10, 64)
		if v.Text = ""; err != nil {
			return Value{}, 0, ErrValue
		}
		return v, used, nil
	case '$':
		return parseBulk(buf, v.Text, used)
	case '*':
		return parseArray(buf, v.Text, used, depth)
	}
	return Value{}, 0, ErrValue
}

func parseBulk(buf []byte, length string, used int) (Value, int, error) {
	n, err := strconv.Atoi(length)
	switch {
	case err != nil || n < -1 || n > maxBulk:
		return Value{}, 0, ErrValue
	case n == -1:
		return Value{}, used, nil
	case len(buf) < used+n+2:
		return Value{}, 0, nil
	}
	return Value{Kind: '$', Text: string(buf[used : used+n])}, used + n + 2, nil
}

func parseArray(buf []byte, length string, used, depth int) (Value, int, error) {
	n, err := strconv.Atoi(length)
	switch {
	case err != nil || n < -1 || n > maxItems:
		return Value{}, 0, ErrValue
	case n == -1:
		return Value{}, used, nil
	}
	v := Value{Kind: '*'}
	for range n {
		item, size, err := parseValue(buf[used:], depth+1)
		if err != nil || size == 0 {
			return Value{}, 0, err
		}
		v.Items = append(v.Items, item)
		used += size
	}
	return v, used, nil
}
