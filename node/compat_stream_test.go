package node

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// compareStreams holds conversations with a real redis-server and with our node while a replica of the
// plainest kind (SYNC) listens, and compares what the replica is sent, word for word.
func compareStreams(t *testing.T, cases []compatCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := c.streamOf(t, redisPeer(t, t.TempDir(), c.args...))
			got := c.streamOf(t, testNode(t, c.args...).Addr().String())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the replication stream differs (- redis-server, + node)\n%s", diff)
			}
		})
	}
}

// streamEnd is written last, to know where the stream of a script ends.
const streamEnd = "stream-end"

// streamOf gives the commands that a replica gets for the script, one a line.
func (c *compatCase) streamOf(t *testing.T, addr string) (commands []string) {
	t.Helper()
	conn, r := syncFrom(t, addr)
	defer conn.Close()
	c.hold(t, addr)
	last := compatCase{script: "select 0\nset " + streamEnd + " 1"}
	last.hold(t, addr)
	for {
		reply, err := readReply(r)
		if err != nil {
			t.Fatalf("reading the stream from %s: %v; got so far: %q", addr, err, commands)
		}
		var words []string
		for _, item := range reply.items {
			words = append(words, strconv.Quote(item.text))
		}
		line := strings.Join(words, " ")
		switch {
		case strings.Contains(line, streamEnd):
			return commands
		case strings.EqualFold(line, `"ping"`) || strings.HasPrefix(strings.ToLower(line), `"replconf"`):
		default:
			commands = append(commands, line)
		}
	}
}

// syncFrom becomes a replica by SYNC and reads over the RDB.
func syncFrom(t *testing.T, addr string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(conn)
	if _, err := io.WriteString(conn, "SYNC\r\n"); err != nil {
		t.Fatal(err)
	}
	line := "\n"
	for line == "\n" {
		if line, err = r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	var size int64
	if _, err := fmt.Sscanf(line, "$%d\r\n", &size); err != nil {
		t.Fatalf("got %q instead of the length of an RDB: %v", line, err)
	}
	if _, err := io.CopyN(io.Discard, r, size); err != nil {
		t.Fatal(err)
	}
	return conn, r
}

func TestServerCommandsPropagateLikeRedis(t *testing.T) {
	compareStreams(t, []compatCase{
		{name: "flush and swap", script: `
			set a 1
			flushdb async
			flushdb
			select 3
			flushall sync
			flushall
			swapdb 0 1
			swapdb 2 2
			swapdb 0 99
			flushall foo
			multi
			set a 1
			flushall
			flushdb
			swapdb 0 1
			exec
			multi
			flushall
			exec
		`},
		{name: "flush with save points", args: []string{"--save", "1000 1000"}, script: `
			mset a 1 b 2 c 3
			flushall
			flushall
		`},
		{name: "debug", script: `
			debug replicate set x 1
			debug populate 3
			set key:0 v
			debug sleep 0.01
			debug reload
			set a 1
			debug digest
			config set hz 11
			save
		`},
	})
}
