package node

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redislab/node/resp"
)

// A compatCase is a conversation that a real redis-server and our node must hold alike. The script has
// one command a line, its words as in an inline command ("quoted \x00" allowed):
//
//	set k v          send, and read one reply
//	b| get k         the same on another connection, opened at its first use
//	> blpop q 0      send without reading
//	! "*01\r\n"      send these bytes as they are, without reading
//	< 2              read two replies
//	blocked 1        wait until so many clients are blocked
//	# …              a remark
//
// Replies are compared with their types. What differs from run to run is made alike by hide: rules
// that are given each command and its reply from either side.
type compatCase struct {
	name   string
	args   []string // directives both start with
	script string
	hide   []hideRule
}

// hideRule changes r, the reply to argv, so that both sides' replies compare.
type hideRule func(argv []string, r *reply)

// reply is what came over the wire; kind is the type byte of RESP.
type reply struct {
	kind  byte
	text  string
	items []*reply
}

// String is the reply with one line an element, for differences that can be read.
func (r *reply) String() string {
	var b strings.Builder
	r.print(&b, "")
	return b.String()
}

func (r *reply) print(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%c %s\n", indent, r.kind, strings.ReplaceAll(r.text, "\n", "\n"+indent+"  "))
	for _, item := range r.items {
		item.print(b, indent+"  ")
	}
}

// each calls f for the reply and all in it.
func (r *reply) each(f func(*reply)) {
	f(r)
	for _, item := range r.items {
		item.each(f)
	}
}

// compare holds the conversations with both servers.
func compare(t *testing.T, cases []compatCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			real := redisPeer(t, t.TempDir(), c.args...)
			ours := testNode(t, c.args...).Addr().String()
			want, got := c.hold(t, real), c.hold(t, ours)
			for i := range want {
				if diff := cmp.Diff(want[i].text, got[i].text); diff != "" {
					t.Errorf("%s\n(- redis-server, + node)\n%s", want[i].command, diff)
				}
			}
		})
	}
}

// exchange is one line of the script and what came back.
type exchange struct{ command, text string }

// hold speaks the script to one server.
func (c *compatCase) hold(t *testing.T, addr string) (log []exchange) {
	conns := map[string]*compatConn{}
	for line := range strings.Lines(c.script) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if count, found := strings.CutPrefix(line, "blocked "); found {
			waitBlocked(t, addr, count)
			continue
		}
		name, rest := "a", line
		if before, after, found := strings.Cut(line, "| "); found && len(before) == 1 {
			name, rest = before, after
		}
		conn := conns[name]
		if conn == nil {
			conn = dialCompat(t, addr)
			conns[name] = conn
		}
		log = append(log, exchange{line, conn.step(t, rest, c.hide)})
	}
	return log
}

// waitBlocked asks until the server says that so many clients wait for something.
func waitBlocked(t *testing.T, addr, count string) {
	t.Helper()
	c := dialCompat(t, addr)
	defer c.Close()
	for {
		info := c.step(t, "info clients", nil)
		if strings.Contains(info, "blocked_clients:"+count+"\r") {
			return
		}
		if info == "closed\n" {
			t.Fatalf("%s is gone", addr)
		}
	}
}

type compatConn struct {
	net.Conn
	r    *bufio.Reader
	last []string // the command whose replies are read
}

func dialCompat(t *testing.T, addr string) *compatConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &compatConn{Conn: conn, r: bufio.NewReader(conn)}
}

// step carries one line out and gives the replies as text.
func (c *compatConn) step(t *testing.T, line string, hide []hideRule) string {
	t.Helper()
	count := 1
	switch {
	case strings.HasPrefix(line, "< "):
		n, err := strconv.Atoi(line[2:])
		if err != nil {
			t.Fatalf("bad line in the script: %q", line)
		}
		count = n
	case strings.HasPrefix(line, "! "):
		raw, ok := resp.SplitArgs([]byte(line[2:]))
		if !ok || len(raw) != 1 {
			t.Fatalf("bad line in the script: %q", line)
		}
		_, _ = c.Write(raw[0])
		count = 0
	case strings.HasPrefix(line, "> "):
		count, line = 0, line[2:]
		fallthrough
	default:
		argv, ok := resp.SplitArgs([]byte(line))
		if !ok {
			t.Fatalf("bad line in the script: %q", line)
		}
		c.last = nil
		for _, a := range argv {
			c.last = append(c.last, string(a))
		}
		if _, err := c.Write(appendCommand(nil, c.last...)); err != nil {
			return "closed\n"
		}
	}
	var b strings.Builder
	for range count {
		r, err := readReply(c.r)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("%s: after %q no reply from %s", line, b.String(), c.RemoteAddr())
		}
		if err != nil {
			b.WriteString("closed\n")
			break
		}
		for _, rule := range hide {
			rule(c.last, r)
		}
		b.WriteString(r.String())
	}
	return b.String()
}

func readReply(r *bufio.Reader) (*reply, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	if line == "" {
		return nil, fmt.Errorf("an empty line instead of a reply")
	}
	out := &reply{kind: line[0], text: line[1:]}
	size, perItem := 0, 0
	switch out.kind {
	case '$', '=', '!':
		return out, out.readBulk(r)
	case '*', '~', '>':
		perItem = 1
	case '%', '|':
		perItem = 2
	default:
		return out, nil
	}
	if size, err = strconv.Atoi(out.text); err != nil {
		return nil, fmt.Errorf("bad length in %q: %w", line, err)
	}
	for range size * perItem {
		item, err := readReply(r)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, item)
	}
	return out, nil
}

func (r *reply) readBulk(from io.Reader) error {
	size, err := strconv.Atoi(r.text)
	if err != nil || size < 0 {
		return err // the null stays "-1"
	}
	buf := make([]byte, size+2)
	if _, err := io.ReadFull(from, buf); err != nil {
		return err
	}
	r.text = string(buf[:size])
	return nil
}

// Rules for cases to use.

// on limits a rule to commands that begin with these words.
func on(words string, rule hideRule) hideRule {
	want := strings.Fields(words)
	return func(argv []string, r *reply) {
		if len(argv) < len(want) {
			return
		}
		for i, w := range want {
			if !strings.EqualFold(w, argv[i]) {
				return
			}
		}
		rule(argv, r)
	}
}

// hideMatch replaces what matches a pattern in all texts of the reply.
func hideMatch(pattern, with string) hideRule {
	re := regexp.MustCompile(pattern)
	return func(_ []string, r *reply) {
		r.each(func(r *reply) { r.text = re.ReplaceAllString(r.text, with) })
	}
}

// hideInts replaces all integers by 0.
func hideInts(_ []string, r *reply) {
	r.each(func(r *reply) {
		if r.kind == ':' {
			r.text = "0"
		}
	})
}

// hideItems hides the content of an array, not its length.
func hideItems(_ []string, r *reply) {
	for _, item := range r.items {
		item.text = "X"
	}
}

// sortItems puts the elements of the reply in order, those of maps pair by pair.
func sortItems(group int) hideRule {
	return func(_ []string, r *reply) {
		var groups [][]*reply
		for i := 0; i+group <= len(r.items); i += group {
			groups = append(groups, r.items[i:i+group])
		}
		slices.SortStableFunc(groups, func(a, b []*reply) int { return strings.Compare(a[0].String(), b[0].String()) })
		r.items = slices.Concat(groups...)
	}
}

// sortLines puts the lines of a text in order.
func sortLines(_ []string, r *reply) {
	lines := strings.Split(r.text, "\r\n")
	slices.Sort(lines)
	r.text = strings.Join(lines, "\r\n")
}

// keepLines gives those lines of an INFO text that begin with one of the names.
func keepLines(text string, names ...string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if name, _, _ := strings.Cut(line, ":"); slices.Contains(names, name) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
