package lab

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
	"time"
)

// admin is the lab's own connection to a node. It speaks just enough RESP for AUTH and INFO, so that looking at a node
// leaves no more in its statistics than it must.
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
	c := a.conn()
	if c == nil {
		var err error
		if c, err = a.connect(ctx); err != nil {
			return nil, err
		}
	}
	out, err := a.exchange(ctx, c, sections)
	var said replyError
	if err != nil && !errors.As(err, &said) {
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
	defer guard(ctx, c)()
	request, replies := command("CLIENT", "SETNAME", LabEnd), 1
	if len(a.auth) > 0 {
		request, replies = command(append([]string{"AUTH"}, a.auth...)...)+request, 2
	}
	if _, err := io.WriteString(c, request); err != nil {
		a.drop()
		return nil, err
	}
	for range replies {
		_, err := a.reply()
		var said replyError
		if err != nil && !errors.As(err, &said) {
			a.drop()
			return nil, err
		}
	}
	return c, nil
}

func (a *admin) exchange(ctx context.Context, c net.Conn, sections []string) (map[string]string, error) {
	defer guard(ctx, c)()
	var request strings.Builder
	for _, s := range sections {
		request.WriteString(command("INFO", s))
	}
	if _, err := io.WriteString(c, request.String()); err != nil {
		return nil, err
	}
	out := map[string]string{}
	var refused error
	for range sections {
		text, err := a.reply()
		var said replyError
		if errors.As(err, &said) {
			refused = err
		} else if err != nil {
			return nil, err
		}
		parseInfo(text, out)
	}
	return out, refused
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

func (a *admin) reply() (string, error) {
	line, err := a.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("empty line instead of a reply")
	}
	switch line[0] {
	case '+', ':':
		return line[1:], nil
	case '-':
		return "", replyError(line[1:])
	case '$':
		n, err := strconv.Atoi(line[1:])
		if err != nil || n < 0 || n > 1<<24 {
			return "", fmt.Errorf("reply of length %q", line[1:])
		}
		buf := make([]byte, n+2)
		if _, err := io.ReadFull(a.r, buf); err != nil {
			return "", err
		}
		return string(buf[:n]), nil
	}
	return "", fmt.Errorf("reply %q is not expected", line)
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
