package main

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

// link is a connection to a server: a client of a few lines, so that nothing but the server is measured.
type link struct {
	conn net.Conn
	r    *bufio.Reader
	out  []byte
}

func newLink(c net.Conn) *link { return &link{conn: c, r: bufio.NewReaderSize(c, 64<<10)} }

func dial(ctx context.Context, s *server) (*link, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", s.addr())
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", s.kind, err)
	}
	return newLink(c), nil
}

func (l *link) close() { _ = l.conn.Close() }

// answerLimit bounds the wait for any one reply.
const answerLimit = 2 * time.Minute

func appendCommand(out []byte, words ...string) []byte {
	out = append(out, '*')
	out = strconv.AppendInt(out, int64(len(words)), 10)
	out = append(out, '\r', '\n')
	for _, w := range words {
		out = append(out, '$')
		out = strconv.AppendInt(out, int64(len(w)), 10)
		out = append(out, '\r', '\n')
		out = append(out, w...)
		out = append(out, '\r', '\n')
	}
	return out
}

func (l *link) send(words ...string) error {
	l.out = appendCommand(l.out[:0], words...)
	if err := l.conn.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	_, err := l.conn.Write(l.out)
	return err
}

// do sends a command and returns its reply, which is no array.
func (l *link) do(words ...string) (string, error) {
	if err := l.send(words...); err != nil {
		return "", fmt.Errorf("%s: %w", words[0], err)
	}
	reply, err := l.reply()
	if err != nil {
		return "", fmt.Errorf("%s: %w", words[0], err)
	}
	return reply, nil
}

func (l *link) reply() (string, error) {
	line, err := l.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("empty reply")
	}
	switch line[0] {
	case '-':
		return "", errors.New(line[1:])
	case '+', ':':
		return line[1:], nil
	case '$':
		size, err := strconv.Atoi(line[1:])
		if err != nil || size < 0 {
			return "", err
		}
		buf := make([]byte, size+2)
		if _, err := io.ReadFull(l.r, buf); err != nil {
			return "", err
		}
		return string(buf[:size]), nil
	}
	return "", fmt.Errorf("unexpected reply %q", line)
}

// list sends a command whose reply is a flat array.
func (l *link) list(words ...string) ([]string, error) {
	if err := l.send(words...); err != nil {
		return nil, fmt.Errorf("%s: %w", words[0], err)
	}
	head, err := l.r.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words[0], err)
	}
	head = strings.TrimRight(head, "\r\n")
	count, err := strconv.Atoi(strings.TrimPrefix(head, "*"))
	if err != nil || !strings.HasPrefix(head, "*") {
		return nil, fmt.Errorf("%s: unexpected reply %q", words[0], head)
	}
	var all []string
	for range count {
		item, err := l.reply()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", words[0], err)
		}
		all = append(all, item)
	}
	return all, nil
}

// info is one field of INFO.
func (l *link) info(section, field string) (string, error) {
	text, err := l.do("INFO", section)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name == field {
			return value, nil
		}
	}
	return "", fmt.Errorf("INFO %s has no %s", section, field)
}

// awaitInfo asks until a field has a value.
func (l *link) awaitInfo(ctx context.Context, section, field, want string) error {
	for {
		got, err := l.info(section, field)
		if err != nil || got == want {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s to become %q, it is %q: %w", field, want, got, ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}
