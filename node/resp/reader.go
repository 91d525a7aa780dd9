package resp

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits bound what a client may send; see proto-max-bulk-len and the fixed limits of
// the protocol. Authenticated is false for connections that must still log in: Redis
// holds them to smaller frames.
type Limits struct {
	MaxBulk       int64 // bytes in one argument
	MaxInline     int   // bytes in an inline command or a header line
	MaxArgs       int64 // arguments in one command
	Authenticated bool
}

// DefaultLimits are Redis's own.
func DefaultLimits() Limits {
	return Limits{MaxBulk: 512 << 20, MaxInline: 64 << 10, MaxArgs: 1<<31 - 1, Authenticated: true}
}

// ErrProtocol is wrapped by every error of the Reader: after it the connection must be
// closed. Its text is what Redis replies (without the leading "-ERR ").
var ErrProtocol = errors.New("Protocol error")

type protocolError string

func (e protocolError) Error() string { return "Protocol error: " + string(e) }
func (e protocolError) Unwrap() error { return ErrProtocol }

// Reader splits a byte stream into commands. It owns no buffer: give it the bytes at
// hand and it says how many it used, so one connection costs a few words between
// commands. The zero value with Limits set is ready.
type Reader struct {
	Limits Limits
	args   [][]byte
	part   *partial
}

// partial is how far a command that is not all there has been read, so that a large one that
// comes in many pieces is not read from its start each time.
type partial struct {
	left int64 // arguments to come
	pos  int   // where the next one begins
	ends []int // start and end of each argument so far
}

// Held is the memory the Reader keeps between calls, in bytes: that of a command with many arguments, above all.
func (r *Reader) Held() int {
	const sliceHeader, integer = 24, 8
	size := cap(r.args) * sliceHeader
	if r.part != nil {
		size += cap(r.part.ends) * integer
	}
	return size
}

// Next takes the first whole command of buf. The arguments point into buf and are
// good until buf changes; the slice itself is good until the next call. used is 0 and err nil when buf
// does not hold a whole command yet: call again with the same bytes and more behind them. An
// empty command (blank line, "*0", "*-1") has used > 0 and no arguments.
func (r *Reader) Next(buf []byte) (args [][]byte, used int, err error) {
	if len(buf) == 0 {
		return nil, 0, nil
	}
	if buf[0] == '*' {
		return r.multibulk(buf)
	}
	return r.inline(buf)
}

func (r *Reader) inline(buf []byte) ([][]byte, int, error) {
	end := bytes.IndexByte(buf, '\n')
	if end < 0 || bytes.IndexByte(buf[:end], 0) >= 0 { // for Redis the text ends at a zero byte: no line in sight
		if len(buf) > r.Limits.MaxInline {
			return nil, 0, protocolError("too big inline request")
		}
		return nil, 0, nil
	}
	line := buf[:end]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	args, ok := SplitArgs(line)
	if !ok {
		return nil, 0, protocolError("unbalanced quotes in request")
	}
	return args, end + 1, nil
}

func (r *Reader) multibulk(buf []byte) ([][]byte, int, error) {
	left, pos, err := r.start(buf)
	if err != nil || pos == 0 {
		return nil, 0, err
	}
	args := r.args
	for ; left > 0; left-- {
		start, end, err := r.bulk(buf, pos)
		if err != nil {
			return nil, 0, err
		}
		if end < 0 {
			r.args = args
			r.suspend(buf, left, pos)
			return nil, 0, nil
		}
		args = append(args, buf[start:end:end])
		pos = end + 2
	}
	r.args, r.part = args[:0], nil
	if cap(r.args) > 1024 {
		r.args = nil // one huge command must not pin its memory
	}
	return args, pos, nil
}

// start reads the number of arguments, or takes up where the last call stopped; pos is 0 when
// the number is not there yet.
func (r *Reader) start(buf []byte) (left int64, pos int, err error) {
	if p := r.part; p != nil {
		r.args = r.args[:0]
		for i := 0; i < len(p.ends); i += 2 {
			r.args = append(r.args, buf[p.ends[i]:p.ends[i+1]:p.ends[i+1]])
		}
		return p.left, p.pos, nil
	}
	r.args = r.args[:0]
	n, pos, state := parseLength(buf, 1)
	switch {
	case state == incomplete && len(buf) > r.Limits.MaxInline:
		return 0, 0, protocolError("too big mbulk count string")
	case state == incomplete:
		return 0, 0, nil
	case state == malformed || n > r.Limits.MaxArgs:
		return 0, 0, protocolError("invalid multibulk length")
	case n > 10 && !r.Limits.Authenticated:
		return 0, 0, protocolError("unauthenticated multibulk length")
	}
	return n, pos, nil
}

// bulk finds the argument at pos; end is -1 when it is not all there.
func (r *Reader) bulk(buf []byte, pos int) (start, end int, err error) {
	if pos >= len(buf) {
		return 0, -1, nil
	}
	if buf[pos] != '$' {
		return 0, 0, protocolError(fmt.Sprintf("expected '$', got '%c'", buf[pos]))
	}
	size, start, state := parseLength(buf, pos+1)
	switch {
	case state == incomplete && len(buf)-pos > r.Limits.MaxInline:
		return 0, 0, protocolError("too big bulk count string")
	case state == incomplete:
		return 0, -1, nil
	case state == malformed || size < 0 || size > r.Limits.MaxBulk:
		return 0, 0, protocolError("invalid bulk length")
	case size > 16384 && !r.Limits.Authenticated:
		return 0, 0, protocolError("unauthenticated bulk length")
	}
	if end = start + int(size); end+2 > len(buf) {
		return 0, -1, nil
	}
	return start, end, nil
}

// suspend remembers where the arguments before pos are. It walks over the ones that are new
// since the last time once more, which keeps the way of whole commands free of bookkeeping.
func (r *Reader) suspend(buf []byte, left int64, pos int) {
	p := r.part
	if p == nil {
		p = &partial{}
		_, p.pos, _ = parseLength(buf, 1)
		r.part = p
	}
	for p.pos < pos {
		start, end, _ := r.bulk(buf, p.pos)
		p.ends = append(p.ends, start, end)
		p.pos = end + 2
	}
	p.left = left
}

type lengthState int

const (
	parsed lengthState = iota
	incomplete
	malformed
)

// parseLength reads a decimal number that ends in CR LF and gives the place behind it.
func parseLength(buf []byte, pos int) (n int64, next int, state lengthState) {
	i, neg := pos, false
	if i < len(buf) && buf[i] == '-' {
		neg = true
		i++
	}
	digits := i
	for ; i < len(buf) && buf[i] >= '0' && buf[i] <= '9'; i++ {
		if n > 1<<53 {
			break // too large, see below
		}
		n = n*10 + int64(buf[i]-'0')
	}
	if i < len(buf) && buf[i] != '\r' {
		// Redis looks at the number only once the line is whole.
		if bytes.IndexByte(buf[i:], '\r') < 0 {
			return 0, 0, incomplete
		}
		return 0, 0, malformed
	}
	if i+1 >= len(buf) {
		return 0, 0, incomplete
	}
	if i == digits || buf[digits] == '0' && (i > digits+1 || neg) {
		return 0, 0, malformed // Redis takes numbers only as it would write them
	}
	if neg {
		n = -n
	}
	return n, i + 2, parsed
}
