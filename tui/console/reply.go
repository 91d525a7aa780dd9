package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Reply is one RESP2 or RESP3 reply as it came.
type Reply struct {
	Kind  byte // the RESP type byte: + - : $ * _ , # ( = % ~ >
	Str   string
	Null  bool // a null bulk or array, or RESP3's null
	Elems []Reply
}

// Limits of what a reply may announce, so that a broken peer cannot take all memory.
const (
	maxBulk  = 512 << 20
	maxElems = 16 << 20
	maxDepth = 64
)

var errMalformed = errors.New("the node sent something that is not RESP")

// ReadReply reads one whole reply. Attributes (type |) are read and dropped.
func ReadReply(r *bufio.Reader) (Reply, error) { return readReply(r, 0) }

func readReply(r *bufio.Reader, depth int) (Reply, error) {
	if depth > maxDepth {
		return Reply{}, fmt.Errorf("%w: nested deeper than %d", errMalformed, maxDepth)
	}
	line, err := readLine(r)
	if err != nil {
		return Reply{}, err
	}
	if line == "" {
		return Reply{}, fmt.Errorf("%w: an empty line", errMalformed)
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+', '-', ':', ',', '#', '(':
		return Reply{Kind: kind, Str: rest}, nil
	case '_':
		return Reply{Kind: kind, Null: true}, nil
	case '$', '=', '!':
		return readBulk(r, kind, rest)
	case '*', '~', '>', '%', '|':
		return readElems(r, kind, rest, depth)
	}
	return Reply{}, fmt.Errorf("%w: a line starting with %q", errMalformed, kind)
}

func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	if len(line) < 2 || line[len(line)-2] != '\r' {
		return "", fmt.Errorf("%w: a line without CR LF", errMalformed)
	}
	return line[:len(line)-2], nil
}

func readBulk(r *bufio.Reader, kind byte, length string) (Reply, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < -1 || n > maxBulk {
		return Reply{}, fmt.Errorf("%w: bulk length %q", errMalformed, length)
	}
	if n == -1 {
		return Reply{Kind: kind, Null: true}, nil
	}
	buf, err := readN(r, n+2)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Kind: kind, Str: string(buf[:n])}, nil
}

// readN grows with what really arrives, so an announced length costs nothing by itself.
func readN(r *bufio.Reader, n int) ([]byte, error) {
	const step = 1 << 20
	var buf []byte
	for len(buf) < n {
		from := len(buf)
		buf = append(buf, make([]byte, min(step, n-from))...)
		if _, err := io.ReadFull(r, buf[from:]); err != nil {
			return nil, err
		}
	}
	return buf, nil
}

func readElems(r *bufio.Reader, kind byte, length string, depth int) (Reply, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < -1 || n > maxElems {
		return Reply{}, fmt.Errorf("%w: length %q", errMalformed, length)
	}
	if n == -1 {
		return Reply{Kind: kind, Null: true}, nil
	}
	if kind == '%' || kind == '|' {
		n *= 2
	}
	out := Reply{Kind: kind}
	for range n {
		e, err := readReply(r, depth+1)
		if err != nil {
			return Reply{}, err
		}
		out.Elems = append(out.Elems, e)
	}
	if kind == '|' {
		return readReply(r, depth)
	}
	return out, nil
}
