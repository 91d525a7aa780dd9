package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// Dialer opens a connection to a node's address.
type Dialer func(ctx context.Context, addr string) (net.Conn, error)

// Client is one connection to one node with the state redis-cli keeps: the selected database, whether a
// transaction is open, whether the connection streams. One call at a time; Close may come at any time.
type Client struct {
	addr string
	dial Dialer

	mu   sync.Mutex // guards conn and closed, for Close from outside
	conn net.Conn

	r         *bufio.Reader
	db        int
	inTx      bool
	silent    bool // CLIENT REPLY OFF
	Streaming bool // SUBSCRIBE or MONITOR: replies come without a command
}

// NewClient makes a client; it connects with the first command.
func NewClient(addr string, dial Dialer) *Client { return &Client{addr: addr, dial: dial} }

// Prompt is redis-cli's: address, database, open transaction.
func (c *Client) Prompt() string {
	p := c.addr
	if c.db != 0 {
		p += "[" + strconv.Itoa(c.db) + "]"
	}
	if c.inTx {
		p += "(TX)"
	}
	return p + "> "
}

// Close drops the connection; a call under way ends with an error.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		_ = c.conn.Close() // nothing is to be saved on a connection that is given up
		c.conn = nil
	}
}

func (c *Client) current() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn
}

// Do sends a command and returns what redis-cli would print. A connection that went stale since the last
// command is opened again once.
func (c *Client) Do(ctx context.Context, args []string) string {
	switch strings.ToLower(args[0]) {
	case "sync": // it has no reply, the data set comes at once
		return "(error) this console does not speak the replication stream; use: redis-cli --replica\n"
	case "psync":
		return NewClient(c.addr, c.dial).askPSync(ctx, args)
	}
	fresh := c.current() == nil
	out, err := c.exchange(ctx, args)
	if err != nil && !fresh && stale(err) && ctx.Err() == nil && !strings.EqualFold(args[0], "shutdown") {
		c.reset()
		out, err = c.exchange(ctx, args)
	}
	if err == nil {
		return out
	}
	c.reset()
	switch {
	case ctx.Err() != nil:
		return out + "(given up)\n"
	case errors.Is(err, errConnect):
		return fmt.Sprintf("Could not connect to Redis at %s: %s\n", c.addr, cause(err))
	case strings.EqualFold(args[0], "shutdown") && stale(err):
		return out
	case stale(err):
		return out + "Error: Server closed the connection\n"
	}
	return out + "Error: " + cause(err) + "\n"
}

// askPSync shows how a node answers PSYNC, on a connection of its own: what comes after the answer is the stream.
func (c *Client) askPSync(ctx context.Context, args []string) string {
	defer c.Close()
	if err := c.connect(ctx); err != nil {
		return fmt.Sprintf("Could not connect to Redis at %s: %s\n", c.addr, cause(err))
	}
	stop := context.AfterFunc(ctx, c.Close)
	defer stop()
	reply, err := c.psync(args)
	switch {
	case ctx.Err() != nil:
		return "(given up)\n"
	case err != nil:
		return "Error: " + cause(err) + "\n"
	case reply.Kind == '+':
		return Format(reply) + "(the replication stream that follows is not shown)\n"
	}
	return Format(reply)
}

func (c *Client) psync(args []string) (Reply, error) {
	conn := c.current()
	if conn == nil {
		return Reply{}, net.ErrClosed
	}
	if _, err := conn.Write(encode(args)); err != nil {
		return Reply{}, err
	}
	for { // empty lines are signs of life while the master makes its snapshot
		b, err := c.r.ReadByte()
		if err != nil {
			return Reply{}, err
		}
		if b != '\n' {
			break
		}
	}
	if err := c.r.UnreadByte(); err != nil {
		return Reply{}, err
	}
	return ReadReply(c.r)
}

var errConnect = errors.New("connect")

func stale(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "reset by peer") ||
		strings.Contains(err.Error(), "broken pipe")
}

// cause is the last, telling part of a network error: "connection refused".
func cause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	s := err.Error()
	s = s[strings.LastIndex(s, ": ")+1:]
	s = strings.TrimSpace(s)
	if s == "" {
		return err.Error()
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// reset forgets the connection; the database stays selected, as in redis-cli.
func (c *Client) reset() {
	c.Close()
	c.inTx, c.silent, c.Streaming = false, false, false
}

func (c *Client) exchange(ctx context.Context, args []string) (string, error) {
	if err := c.connect(ctx); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, c.Close)
	defer stop()
	conn := c.current()
	if conn == nil {
		return "", net.ErrClosed
	}
	if _, err := conn.Write(encode(args)); err != nil {
		return "", err
	}
	if c.noReply(args) {
		return "", nil
	}
	return c.readFor(args)
}

func (c *Client) connect(ctx context.Context) error {
	if c.current() != nil {
		return nil
	}
	conn, err := c.dial(ctx, c.addr)
	if err != nil {
		return fmt.Errorf("%w: %w", errConnect, err)
	}
	c.mu.Lock()
	c.conn = conn
	c.mu.Unlock()
	c.r = bufio.NewReader(conn)
	if c.db == 0 {
		return nil
	}
	if _, err := conn.Write(encode([]string{"SELECT", strconv.Itoa(c.db)})); err != nil {
		return err
	}
	_, err = ReadReply(c.r)
	return err
}

// readFor reads the replies to one command; pushes that come in between are printed on the way.
func (c *Client) readFor(args []string) (string, error) {
	var out strings.Builder
	for left := repliesTo(args); left > 0; {
		r, err := ReadReply(c.r)
		if err != nil {
			return out.String(), err
		}
		out.WriteString(FormatFor(args, r))
		if r.Kind == '>' && !subscribes(args[0]) {
			continue
		}
		left--
		c.note(args, r)
		if r.Kind == '-' {
			break
		}
	}
	return out.String(), nil
}

// Next reads what a streaming connection sends next: at least one reply, and with it what has already arrived.
func (c *Client) Next(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, c.Close)
	defer stop()
	var out strings.Builder
	for n := 0; n == 0 || n < 100 && c.r.Buffered() > 0; n++ {
		r, err := ReadReply(c.r)
		if err != nil {
			c.reset()
			return out.String(), err
		}
		out.WriteString(Format(r))
	}
	return out.String(), nil
}

// note keeps what the prompt shows, as redis-cli does.
func (c *Client) note(args []string, r Reply) {
	ok := r.Kind != '-'
	switch name := strings.ToLower(args[0]); {
	case name == "select" && ok && len(args) == 2:
		if n, err := strconv.Atoi(args[1]); err == nil && !c.inTx {
			c.db = n
		}
	case name == "multi" && ok:
		c.inTx = true
	case name == "exec", name == "discard" && ok:
		c.inTx = false
	case name == "reset" && ok:
		c.inTx, c.db = false, 0
	case (name == "monitor" || subscribes(name)) && ok:
		c.Streaming = true
	}
}

// noReply follows CLIENT REPLY, after which a command may have no answer.
func (c *Client) noReply(args []string) bool {
	if len(args) != 3 || !strings.EqualFold(args[0], "client") || !strings.EqualFold(args[1], "reply") {
		return c.silent
	}
	switch strings.ToLower(args[2]) {
	case "on":
		c.silent = false
	case "off":
		c.silent = true
		return true
	case "skip":
		return true
	}
	return c.silent
}

func subscribes(command string) bool {
	switch strings.ToLower(command) {
	case "subscribe", "psubscribe", "ssubscribe":
		return true
	}
	return false
}

// repliesTo is how many replies a command has: one a channel when it subscribes.
func repliesTo(args []string) int {
	if subscribes(args[0]) {
		return max(1, len(args)-1)
	}
	return 1
}

func encode(args []string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(args))
	for _, a := range args {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b
}
