package node

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// rawConn speaks the protocol by hand.
type rawConn struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dialRaw(t testing.TB, n *Node) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", n.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &rawConn{t, conn, bufio.NewReader(conn)}
}

func (c *rawConn) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.Conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// expect reads exactly want.
func (c *rawConn) expect(want string) {
	c.t.Helper()
	got := make([]byte, len(want))
	size, err := io.ReadFull(c.r, got)
	if string(got[:size]) != want {
		c.t.Fatalf("got %q (%v), want %q", got[:size], err, want)
	}
}

// expectClosed wants the other side to close after nothing more.
func (c *rawConn) expectClosed() {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	var netErr net.Error
	if len(rest) > 0 || errors.As(err, &netErr) && netErr.Timeout() {
		c.t.Fatalf("got %q, %v; want the end of the connection", rest, err)
	}
}

func TestConversations(t *testing.T) {
	n := testNode(t)
	for _, c := range []struct{ name, send, want string }{
		{"inline", "PING\r\nping hello\r\n", "+PONG\r\n$5\r\nhello\r\n"},
		{"pipeline", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "+OK\r\n$1\r\nv\r\n"},
		{"unknown", "foo a b\r\n", "-ERR unknown command 'foo', with args beginning with: 'a' 'b' \r\n"},
		{"arity", "get\r\n", "-ERR wrong number of arguments for 'get' command\r\n"},
		{"transaction", "MULTI\r\nSET t 1\r\nINCR t\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:2\r\n"},
		{"spoilt transaction", "MULTI\r\nSET t\r\nEXEC\r\n", "+OK\r\n-ERR wrong number of arguments for 'set' command\r\n-EXECABORT Transaction discarded because of previous errors.\r\n"},
		{"error inside", "MULTI\r\nLPUSH t x\r\nSET u 1\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n+OK\r\n"},
		{"blocking inside", "MULTI\r\nBLPOP nolist 0\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n*1\r\n*-1\r\n"},
		{"nested multi", "MULTI\r\nMULTI\r\nDISCARD\r\n", "+OK\r\n-ERR MULTI calls can not be nested\r\n+OK\r\n"},
		{"exec alone", "EXEC\r\n", "-ERR EXEC without MULTI\r\n"},
		{"subscribed", "SUBSCRIBE a\r\nGET k\r\nPING\r\nUNSUBSCRIBE\r\nPING\r\n",
			"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n+PONG\r\n"},
		{"reply off", "CLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\nCLIENT REPLY SKIP\r\nPING\r\nPING\r\n", "+OK\r\n+PONG\r\n"},
		{"select", "SELECT 99\r\nSELECT x\r\nSELECT 3\r\n", "-ERR DB index is out of range\r\n-ERR value is not an integer or out of range\r\n+OK\r\n"},
		{"resp3", "HELLO 3 SETNAME me\r\nCLIENT GETNAME\r\nGET none\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := dialRaw(t, n)
			conn.send(c.send)
			if c.want != "" {
				conn.expect(c.want)
				conn.send("ECHO end\r\n")
				conn.expect("$3\r\nend\r\n")
				return
			}
			conn.expect("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n")
			line, _ := conn.r.ReadString('\n')
			conn.expect("$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n$2\r\nme\r\n_\r\n")
			if !strings.HasPrefix(line, ":") {
				t.Errorf("client id: %q", line)
			}
		})
	}
}

func TestProtocolErrorsCloseTheConnection(t *testing.T) {
	n := testNode(t)
	for send, want := range map[string]string{
		"*1\r\n+PING\r\n":          "-ERR Protocol error: expected '$', got '+'\r\n",
		"*x\r\n":                   "-ERR Protocol error: invalid multibulk length\r\n",
		"*1\r\n$-5\r\n":            "-ERR Protocol error: invalid bulk length\r\n",
		"*1\r\n$600000000\r\n":     "-ERR Protocol error: invalid bulk length\r\n",
		"set a \"b\r\n":            "-ERR Protocol error: unbalanced quotes in request\r\n",
		strings.Repeat("x", 70000): "-ERR Protocol error: too big inline request\r\n",
		"PING\r\n*1\r\n!\r\n":      "+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n",
	} {
		conn := dialRaw(t, n)
		conn.send(send)
		conn.expect(want)
		conn.expectClosed()
	}
}

func TestBlockedClients(t *testing.T) {
	n := testNode(t)
	ctx := context.Background()
	writer := testClient(t, n.Addr().String())
	awaitBlocked := func(want string) {
		t.Helper()
		eventually(t, "blocked clients", func() error {
			if got := info(t, writer, "clients")["blocked_clients"]; got != want {
				return fmt.Errorf("%s blocked, want %s", got, want)
			}
			return nil
		})
	}
	// The one who came first is served first; what follows in the pipeline waits.
	first, second := dialRaw(t, n), dialRaw(t, n)
	first.send("BLPOP q 0\r\nPING\r\n")
	awaitBlocked("1")
	second.send("BLPOP other q 0\r\n")
	awaitBlocked("2")
	writer.RPush(ctx, "q", "1", "2", "3")
	first.expect("*2\r\n$1\r\nq\r\n$1\r\n1\r\n+PONG\r\n")
	second.expect("*2\r\n$1\r\nq\r\n$1\r\n2\r\n")
	if got := writer.LRange(ctx, "q", 0, -1).Val(); len(got) != 1 || got[0] != "3" {
		t.Errorf("left in the list: %v", got)
	}
	// A move wakes the next one.
	first.send("BLMOVE src dst LEFT RIGHT 0\r\n")
	awaitBlocked("1")
	second.send("BLPOP dst 0\r\n")
	awaitBlocked("2")
	writer.LPush(ctx, "src", "x")
	first.expect("$1\r\nx\r\n")
	second.expect("*2\r\n$3\r\ndst\r\n$1\r\nx\r\n")
	// A key of another type does not wake; a transaction wakes at its end.
	first.send("BZPOPMIN z 0\r\n")
	awaitBlocked("1")
	writer.LPush(ctx, "z", "no")
	writer.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, "z")
		p.ZAdd(ctx, "z", redis.Z{Score: 2, Member: "b"})
		p.ZAdd(ctx, "z", redis.Z{Score: 1, Member: "a"})
		return nil
	})
	first.expect("*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n")
	// Time runs out; CLIENT UNBLOCK ends a wait.
	first.send("BLPOP none 0.01\r\n")
	first.expect("*-1\r\n")
	first.send("CLIENT ID\r\n")
	line, _ := first.r.ReadString('\n')
	first.send("BLPOP none 0\r\n")
	awaitBlocked("1")
	writer.Do(ctx, "CLIENT", "UNBLOCK", strings.TrimSpace(line[1:]), "ERROR")
	first.expect("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")
	awaitBlocked("0")
}

func TestWatch(t *testing.T) {
	n := testNode(t)
	other := testClient(t, n.Addr().String())
	for _, c := range []struct {
		name  string
		touch []any
		nil_  bool
	}{
		{"changed", []any{"SET", "w", "2"}, true},
		{"deleted", []any{"DEL", "w"}, true},
		{"expire set", []any{"EXPIRE", "w", "100"}, true},
		{"other key", []any{"SET", "x", "2"}, false},
		{"only read", []any{"GET", "w"}, false},
		{"flushed", []any{"FLUSHALL"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			other.Set(context.Background(), "w", "1", 0)
			conn := dialRaw(t, n)
			conn.send("WATCH w\r\n")
			conn.expect("+OK\r\n")
			other.Do(context.Background(), c.touch...)
			conn.send("MULTI\r\nPING\r\nEXEC\r\n")
			want := "+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n"
			if c.nil_ {
				want = "+OK\r\n+QUEUED\r\n*-1\r\n"
			}
			conn.expect(want)
		})
	}
}

func TestClientPause(t *testing.T) {
	n := testNode(t)
	a, b := dialRaw(t, n), dialRaw(t, n)
	a.send("CLIENT PAUSE 100000 WRITE\r\n")
	a.expect("+OK\r\n")
	b.send("SET p 1\r\nGET p\r\n")
	a.send("GET p\r\nCLIENT UNPAUSE\r\n")
	a.expect("$-1\r\n+OK\r\n")
	b.expect("+OK\r\n$1\r\n1\r\n")
	a.send("CLIENT PAUSE 20\r\n")
	a.expect("+OK\r\n")
	a.send("GET p\r\n")
	a.expect("$1\r\n1\r\n")
}

func TestLimits(t *testing.T) {
	t.Run("maxclients", func(t *testing.T) {
		n := testNode(t, "--maxclients", "2")
		a, b := dialRaw(t, n), dialRaw(t, n)
		a.send("PING\r\n")
		a.expect("+PONG\r\n")
		b.send("PING\r\n")
		b.expect("+PONG\r\n")
		c := dialRaw(t, n)
		c.expect("-ERR max number of clients reached\r\n")
		c.expectClosed()
	})
	t.Run("query buffer", func(t *testing.T) {
		n := testNode(t, "--client-query-buffer-limit", "1mb")
		c := dialRaw(t, n)
		go io.WriteString(c.Conn, "*2\r\n$4\r\nECHO\r\n$100000000\r\n"+strings.Repeat("x", 3<<20))
		c.expectClosed()
		if got := info(t, testClient(t, n.Addr().String()), "clients")["connected_clients"]; got != "1" {
			t.Errorf("%s clients are left", got)
		}
	})
	t.Run("output buffer", func(t *testing.T) {
		n := testNode(t, "--client-output-buffer-limit", "pubsub 256kb 64kb 60")
		sub := dialRaw(t, n)
		sub.send("SUBSCRIBE c\r\n")
		sub.expect("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n")
		pub := testClient(t, n.Addr().String())
		message := strings.Repeat("x", 100_000)
		eventually(t, "the slow subscriber is dropped", func() error {
			if got := pub.Publish(context.Background(), "c", message).Val(); got != 0 {
				return errors.New("it still listens")
			}
			return nil
		})
	})
	t.Run("unread replies do not block the others", func(t *testing.T) {
		n := testNode(t)
		greedy := dialRaw(t, n)
		client := testClient(t, n.Addr().String())
		client.Set(context.Background(), "big", strings.Repeat("x", 1<<20), 0)
		const asks = 60
		greedy.send(strings.Repeat("GET big\r\n", asks))
		if err := client.Ping(context.Background()).Err(); err != nil {
			t.Fatal(err)
		}
		want, err := io.CopyN(io.Discard, greedy.r, asks*(1<<20+len64("$1048576\r\n\r\n")))
		if err != nil {
			t.Fatalf("after %d bytes: %v", want, err)
		}
	})
}

func len64(s string) int64 { return int64(len(s)) }

// TestPauseFreezesTheNode stops a node as SIGSTOP would and lets it go on.
func TestPauseFreezesTheNode(t *testing.T) {
	n := testNode(t)
	c := dialRaw(t, n)
	c.send("SET k v\r\n")
	c.expect("+OK\r\n")
	n.Pause()
	c.send("GET k\r\n")
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if b, err := c.r.ReadByte(); err == nil {
		t.Fatalf("a paused node answered %q", b)
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	n.Resume()
	c.expect("$1\r\nv\r\n")
}

func TestPasswords(t *testing.T) {
	n := testNode(t, "--requirepass", "secret")
	c := dialRaw(t, n)
	c.send("GET k\r\nAUTH wrong\r\nHELLO 3\r\nAUTH default secret\r\nGET k\r\n")
	c.expect("-NOAUTH Authentication required.\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n+OK\r\n$-1\r\n")
	strict := dialRaw(t, n)
	strict.send("*2\r\n$4\r\nAUTH\r\n$20000\r\n")
	strict.expect("-ERR Protocol error: unauthenticated bulk length\r\n")
}

// TestKilledByWhatItLetGoOn ends a pause by a command that came in two pieces; what had to wait kills its client.
func TestKilledByWhatItLetGoOn(t *testing.T) {
	n := testNode(t)
	killer, pauser := dialRaw(t, n), dialRaw(t, n)
	watch := testClient(t, n.Addr().String())
	seen := func(what string) func() error {
		return func() error {
			if list := watch.ClientList(context.Background()).Val(); !strings.Contains(list, what) {
				return errors.New(list)
			}
			return nil
		}
	}
	killer.send("MULTI\r\nSET x 1\r\nCLIENT KILL ADDR " + pauser.LocalAddr().String() + "\r\n")
	killer.expect("+OK\r\n+QUEUED\r\n+QUEUED\r\n")
	pauser.send("CLIENT PAUSE 100000 WRITE\r\n")
	pauser.expect("+OK\r\n")
	killer.send("EXEC\r\n")
	eventually(t, "EXEC waits", seen(" flags=xb "))
	pauser.send("CLIENT UNPA")
	eventually(t, "half of the command is there", seen("qbuf=11 "))
	pauser.send("USE\r\n")
	pauser.expectClosed()
	killer.expect("*2\r\n+OK\r\n:1\r\n")
}
