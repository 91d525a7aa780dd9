package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// admin is the lab's own connection to a node. It speaks just enough RESP for AUTH, INFO and SENTINEL, so that looking at a
// node leaves no more in its statistics than it must.
type admin struct {
	dial func(context.Context) (net.Conn, error)
	auth []string // AUTH's arguments; empty when the node has no password

	mu   sync.Mutex // held for a moment only, never across I/O
	c    net.Conn
	gone bool

	r *bufio.Reader // the look in flight's, of which there is one at a time
}

// info asks for sections of INFO, in one go.
func (a *admin) info(ctx context.Context, sections ...string) (map[string]string, error) {
	var commands [][]string
	for _, section := range sections {
		commands = append(commands, []string{"INFO", section})
	}
	replies, err := a.do(ctx, commands...)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	var refused error
	for _, r := range replies {
		switch r := r.(type) {
		case string:
			parseInfo(r, out)
		case replyError:
			refused = r
		}
	}
	return out, refused
}

// do sends commands in one go. A reply is a string, a []any or, when the node says no, a replyError.
func (a *admin) do(ctx context.Context, commands ...[]string) ([]any, error) {
	c := a.conn()
	if c == nil {
		var err error
		if c, err = a.connect(ctx); err != nil {
			return nil, err
		}
	}
	out, err := a.exchange(ctx, c, commands)
	if err != nil {
		a.drop() // what comes next on this connection is not known
	}
	return out, err
}

func (a *admin) connect(ctx context.Context) (net.Conn, error) {
	c, err := a.dial(ctx)
	if err != nil {
		return nil, err
	}
	a.r = bufio.NewReader(c)
	if !a.set(c) {
		return nil, net.ErrClosed
	}
	commands := [][]string{{"CLIENT", "SETNAME", LabEnd}}
	if len(a.auth) > 0 {
		commands = append([][]string{append([]string{"AUTH"}, a.auth...)}, commands...)
	}
	if _, err := a.exchange(ctx, c, commands); err != nil {
		a.drop()
		return nil, err
	}
	return c, nil
}

func (a *admin) exchange(ctx context.Context, c net.Conn, commands [][]string) ([]any, error) {
	defer guard(ctx, c)()
	var request strings.Builder
	for _, words := range commands {
		request.WriteString(command(words...))
	}
	if _, err := io.WriteString(c, request.String()); err != nil {
		return nil, err
	}
	out := make([]any, len(commands))
	for i := range out {
		var err error
		if out[i], err = a.reply(0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// guard makes the connection obey ctx until the returned function is called.
func guard(ctx context.Context, c net.Conn) func() {
	if t, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(t) // fails on a closed connection only, and then so does the exchange
	} else {
		_ = c.SetDeadline(time.Time{})
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

func (a *admin) conn() net.Conn {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || a.c == nil {
		return nil
	}
	return a.c
}

// set adopts a connection, unless the lab has done with this node meanwhile.
func (a *admin) set(c net.Conn) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone {
		_ = c.Close() // nothing was said on it
		return false
	}
	a.c = c
	return true
}

func (a *admin) drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.c != nil {
		_ = a.c.Close() // nothing is lost by it
		a.c = nil
	}
}

// abandon ends the connection for good; what is in flight on it fails.
func (a *admin) abandon() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gone = true
	if a.c != nil {
		_ = a.c.Close()
	}
}

type replyError string

func (e replyError) Error() string { return string(e) }

// deepest is how deep replies are nested, at most.
const deepest = 4

func (a *admin) reply(depth int) (any, error) {
	line, err := a.r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" || depth > deepest {
		return nil, fmt.Errorf("reply %q is not expected", line)
	}
	switch line[0] {
	case '+', ':':
		return line[1:], nil
	case '-':
		return replyError(line[1:]), nil
	}
	n, err := strconv.Atoi(line[1:])
	if err != nil || n > 1<<24 {
		return nil, fmt.Errorf("reply of length %q", line[1:])
	}
	switch {
	case n < 0 && (line[0] == '$' || line[0] == '*'):
		return nil, nil
	case line[0] == '$':
		buf := make([]byte, n+2)
		_, err := io.ReadFull(a.r, buf)
		return string(buf[:n]), err
	case line[0] == '*':
		var list []any
		for range n {
			v, err := a.reply(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return nil, fmt.Errorf("reply %q is not expected", line)
}

func command(args ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b.String()
}

func parseInfo(text string, into map[string]string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if name, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
			into[name] = value
		}
	}
}

// admin is the lab's connection to this node.
func (l *Lab) admin(n *Node) *admin {
	a := &admin{dial: func(ctx context.Context) (net.Conn, error) {
		return l.backend.Dial(ctx, LabEnd, n.place.Addr)
	}}
	if p := n.password(); p != "" {
		a.auth = []string{p}
	}
	return a
}

// password is the one the node was configured with.
func (n *Node) password() string {
	p := ""
	for _, d := range n.spec.Directives {
		if strings.EqualFold(d.Name, "requirepass") {
			p = unquote(d.Value)
		}
	}
	return p
}

// unquote undoes the quoting of a redis.conf value, as far as passwords need it.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return strings.ReplaceAll(s[1:len(s)-1], `\'`, `'`)
	}
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		if u, err := strconv.Unquote(s); err == nil {
			return u
		}
	}
	return s
}
