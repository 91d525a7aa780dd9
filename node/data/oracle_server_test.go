package data

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/freeport"
)

// oracle is a real redis-server with four connections: one each for commands in RESP2 and
// RESP3, one that receives its replication stream, one that receives its keyspace events.
type oracle struct {
	conns  map[int]*link
	proto  int
	feed   *link
	events *link
	marks  int
	feedDB int
	base   int // changes before the script
}

// link is one connection; it is read reply by reply.
type link struct {
	conn net.Conn
	buf  []byte
}

func startOracle(t *testing.T) *oracle {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("no redis-server on PATH to compare with")
	}
	addr := launch(t, path)
	o := &oracle{conns: map[int]*link{2: dial(t, addr), 3: dial(t, addr)}, proto: 2}
	o.conns[3].send(t, "HELLO", "3")
	o.conns[3].reply(t)
	for _, argv := range [][]string{
		{"DEBUG", "SET-ACTIVE-EXPIRE", "0"},
		{"CONFIG", "SET", "notify-keyspace-events", "KEA"},
	} {
		o.must(t, argv...)
	}
	o.feed = dial(t, addr)
	o.feed.sync(t)
	o.events = dial(t, addr)
	o.events.send(t, "PSUBSCRIBE", "__keyevent@*__:*")
	o.events.reply(t)
	return o
}

// launch starts the server on a free loopback port and waits until it is ready.
func launch(t *testing.T, path string) string {
	t.Helper()
	port := strconv.Itoa(freeport.For(t))
	cmd := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "",
		"--enable-debug-command", "yes", "--repl-diskless-sync", "no", "--hz", "500",
		"--repl-ping-replica-period", "3600", "--repl-timeout", "7200")
	cmd.SysProcAttr = diesWithUs()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var log strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() {
				for lines.Scan() {
				}
			}()
			return "127.0.0.1:" + port
		}
	}
	t.Fatalf("redis-server did not start:\n%s", log.String())
	return ""
}

func dial(t *testing.T, addr string) *link {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &link{conn: c}
}

func (l *link) send(t *testing.T, argv ...string) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "*%d\r\n", len(argv))
	for _, a := range argv {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := l.conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
}

// reply reads exactly one reply.
func (l *link) reply(t *testing.T) []byte {
	t.Helper()
	for {
		if n := replyLen(l.buf); n > 0 {
			r := l.buf[:n:n]
			l.buf = l.buf[n:]
			return r
		}
		l.more(t)
	}
}

func (l *link) more(t *testing.T) {
	t.Helper()
	_ = l.conn.SetReadDeadline(time.Now().Add(patience))
	chunk := make([]byte, 64<<10)
	n, err := l.conn.Read(chunk)
	if err != nil {
		t.Fatalf("redis-server: %v", err)
	}
	l.buf = append(l.buf, chunk[:n]...)
}

// sync becomes a replica of the old kind and passes over the RDB file.
func (l *link) sync(t *testing.T) {
	t.Helper()
	l.send(t, "SYNC")
	for {
		l.buf = bytes.TrimLeft(l.buf, "\n")
		if end := bytes.Index(l.buf, []byte("\r\n")); end > 0 {
			n, _ := strconv.Atoi(string(l.buf[1:end]))
			if len(l.buf) >= end+2+n {
				l.buf = l.buf[end+2+n:]
				return
			}
		}
		l.more(t)
	}
}

// reset empties the server and chooses the protocol of the next script.
func (o *oracle) reset(t *testing.T, proto int) {
	t.Helper()
	o.proto = proto
	o.must(t, "SELECT", "0")
	o.must(t, "FLUSHALL")
	o.drain(t)
	o.base = 0
	o.base = o.dirty(t)
}

// dirty is the number of changes since reset.
func (o *oracle) dirty(t *testing.T) int {
	t.Helper()
	const field = "rdb_changes_since_last_save:"
	_, info, _ := strings.Cut(string(o.must(t, "INFO", "persistence")), field)
	info, _, _ = strings.Cut(info, "\r\n")
	n, err := strconv.Atoi(info)
	if err != nil {
		t.Fatal(err)
	}
	return n - o.base
}

func (o *oracle) must(t *testing.T, argv ...string) []byte {
	t.Helper()
	l := o.conns[o.proto]
	l.send(t, argv...)
	r := l.reply(t)
	if r[0] == '-' {
		t.Fatalf("redis-server: %q: %s", argv, r)
	}
	return r
}

func (o *oracle) config(t *testing.T, name string) string {
	t.Helper()
	_, elems := elements(o.must(t, "CONFIG", "GET", name))
	if len(elems) != 2 {
		t.Fatalf("no directive %q", name)
	}
	value := elems[1][strings.Index(elems[1], "\r\n")+2:]
	return strings.TrimSuffix(value, "\r\n")
}

// do sends a command and gives its reply; inside MULTI and EXEC when it must not block.
func (o *oracle) do(t *testing.T, argv [][]byte, transaction bool) []byte {
	t.Helper()
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = string(a)
	}
	l := o.conns[o.proto]
	if !transaction {
		l.send(t, words...)
		return l.reply(t)
	}
	o.must(t, "MULTI")
	o.must(t, words...)
	_, elems := elements(o.must(t, "EXEC"))
	return []byte(elems[0])
}

// drain gives what was propagated and published since the last drain, in the form peer keeps.
func (o *oracle) drain(t *testing.T) (commands, events []string) {
	t.Helper()
	o.marks++
	mark := fmt.Sprintf("oracle:mark:%d", o.marks)
	o.must(t, "SET", mark, "x")
	o.must(t, "DEL", mark)
	for {
		words := texts(o.feed.reply(t))
		switch name := strings.ToUpper(words[0]); {
		case name == "SELECT":
			o.feedDB, _ = strconv.Atoi(words[1])
		case name == "DEL" && words[1] == mark:
			return commands, o.drainEvents(t, mark)
		case name == "MULTI", name == "EXEC", name == "PING", name == "SET" && words[1] == mark:
		default:
			commands = append(commands, strconv.Itoa(o.feedDB)+"|"+strings.Join(words, "|"))
		}
	}
}

func (o *oracle) drainEvents(t *testing.T, mark string) (events []string) {
	t.Helper()
	for {
		words := texts(o.events.reply(t)) // pmessage, pattern, channel, key
		db, event, _ := strings.Cut(strings.TrimPrefix(words[2], "__keyevent@"), "__:")
		switch {
		case words[3] == mark && event == "del":
			return events
		case words[3] != mark:
			events = append(events, db+" "+event+" "+words[3])
		}
	}
}

// texts are the bulk strings of an array.
func texts(reply []byte) (words []string) {
	_, elems := elements(reply)
	for _, e := range elems {
		e = e[strings.Index(e, "\r\n")+2:]
		words = append(words, strings.TrimSuffix(e, "\r\n"))
	}
	return words
}
