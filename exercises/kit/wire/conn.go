package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// DefaultTimeout bounds each read and write when the context has no deadline.
const DefaultTimeout = 10 * time.Second

// DialFunc opens a connection on the network the nodes live in.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Conn is one connection. It is for one goroutine at a time.
type Conn struct {
	nc    net.Conn
	br    *bufio.Reader
	ctx   context.Context
	stop  func() bool
	bytes int64 // consumed from the line
}

// Dial connects, within DefaultTimeout. The connection is cut when ctx ends.
func Dial(ctx context.Context, dial DialFunc, addr string) (*Conn, error) {
	soon, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	nc, err := dial(soon, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	c := &Conn{nc: nc, ctx: ctx}
	c.br = bufio.NewReader(countReader{c})
	c.stop = context.AfterFunc(ctx, func() { _ = nc.Close() })
	return c, nil
}

type countReader struct{ c *Conn }

func (r countReader) Read(p []byte) (int, error) {
	_ = r.c.nc.SetReadDeadline(r.c.deadline())
	n, err := r.c.nc.Read(p)
	r.c.bytes += int64(n)
	return n, err
}

func (c *Conn) deadline() time.Time {
	end := time.Now().Add(DefaultTimeout)
	if d, ok := c.ctx.Deadline(); ok && d.Before(end) {
		return d
	}
	return end
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.stop()
	return c.nc.Close()
}

// Consumed is the number of bytes read and used so far.
func (c *Conn) Consumed() int64 { return c.bytes - int64(c.br.Buffered()) }

// Send writes one command.
func (c *Conn) Send(args ...string) error {
	return c.write(Encode(args...))
}

func (c *Conn) write(b []byte) error {
	_ = c.nc.SetWriteDeadline(c.deadline())
	if _, err := c.nc.Write(b); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// Do sends a command and reads its reply. An error reply is a Value, not an error.
func (c *Conn) Do(args ...string) (Value, error) {
	if err := c.Send(args...); err != nil {
		return Value{}, err
	}
	return c.Read()
}

// Read reads one RESP2 reply.
func (c *Conn) Read() (Value, error) {
	line, err := c.line()
	if err != nil {
		return Value{}, err
	}
	if line == "" {
		return Value{}, errors.New("read reply: empty line")
	}
	v := Value{Kind: Kind(line[0]), Str: line[1:]}
	switch v.Kind {
	case Status, Error:
		return v, nil
	case Int:
		v.Int, err = strconv.ParseInt(v.Str, 10, 64)
		return v, err
	case Bulk:
		return c.bulk(v)
	case Array:
		return c.array(v)
	}
	return v, fmt.Errorf("read reply: unexpected line %q", line)
}

func (c *Conn) bulk(v Value) (Value, error) {
	n, err := strconv.Atoi(v.Str)
	if err != nil {
		return v, fmt.Errorf("read reply: bulk length %q", v.Str)
	}
	if n < 0 {
		return Value{Kind: Bulk, Null: true}, nil
	}
	buf := make([]byte, n+2)
	if _, err := io.ReadFull(c.br, buf); err != nil {
		return v, fmt.Errorf("read reply: %w", err)
	}
	v.Str = string(buf[:n])
	return v, nil
}

func (c *Conn) array(v Value) (Value, error) {
	n, err := strconv.Atoi(v.Str)
	if err != nil {
		return v, fmt.Errorf("read reply: array length %q", v.Str)
	}
	if n < 0 {
		return Value{Kind: Array, Null: true}, nil
	}
	v.Str = ""
	for range n {
		e, err := c.Read()
		if err != nil {
			return v, err
		}
		v.Elems = append(v.Elems, e)
	}
	return v, nil
}

func (c *Conn) line() (string, error) {
	s, err := c.br.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	return strings.TrimRight(s, "\r\n"), nil
}

// DoWithin is Do with a bound of its own.
func (c *Conn) DoWithin(d time.Duration, args ...string) (Value, error) {
	bounded, cancel := context.WithTimeout(c.ctx, d)
	defer cancel()
	whole := c.ctx
	c.ctx = bounded
	defer func() { c.ctx = whole }()
	return c.Do(args...)
}
