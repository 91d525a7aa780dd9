package node

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// pretender is a replica played by hand.
type pretender struct {
	*rawConn
	p       *play
	a       *actor
	waiting bool // for the stream, which an acknowledgement begins
}

func (a *actor) pretend() *pretender {
	a.p.t.Helper()
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		a.p.t.Fatal(err)
	}
	a.p.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &pretender{rawConn: &rawConn{a.p.t, conn, bufio.NewReader(conn)}, p: a.p, a: a}
}

// line reads a line that says something.
func (c *pretender) line() string {
	c.t.Helper()
	for {
		text, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatalf("reading a line: %v", err)
		}
		if text = strings.TrimRight(text, "\r\n"); text != "" {
			return text
		}
	}
}

// ask sends an inline command and writes the reply's line down.
func (c *pretender) ask(text string) string {
	c.t.Helper()
	c.send(text + "\r\n")
	reply := c.line()
	c.p.note("%s → %s", text, reply)
	return reply
}

// takeRDB reads the payload of a full sync.
func (c *pretender) takeRDB() []byte {
	c.t.Helper()
	head := c.line()
	if mark, ok := strings.CutPrefix(head, "$EOF:"); ok {
		var all []byte
		buf := make([]byte, 64<<10)
		for !bytes.HasSuffix(all, []byte(mark)) { // nothing follows before the acknowledgement
			n, err := c.r.Read(buf)
			if err != nil {
				c.t.Fatalf("reading the RDB: %v", err)
			}
			all = append(all, buf[:n]...)
		}
		c.p.note("an RDB with a mark")
		c.waiting = true
		return all[:len(all)-len(mark)]
	}
	size, err := strconv.Atoi(strings.TrimPrefix(head, "$"))
	if err != nil {
		c.t.Fatalf("%q where the length of the RDB belongs", head)
	}
	all := make([]byte, size)
	if _, err := io.ReadFull(c.r, all); err != nil {
		c.t.Fatal(err)
	}
	c.p.note("an RDB with a length")
	return all
}

// awaitStream acknowledges until the stream begins, as replicas do once a second: an acknowledgement that comes before
// the master has seen its own child end counts for nothing.
func (c *pretender) awaitStream() {
	c.t.Helper()
	if !c.waiting {
		return
	}
	c.waiting = false
	defer func() { _ = c.SetReadDeadline(time.Now().Add(patience)) }()
	eventually(c.t, "the stream begins", func() error {
		c.send("REPLCONF ACK 0\r\n")
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err := c.r.Peek(1)
		return err
	})
}

// streamUntil gives the stream up to a word, as text.
func (c *pretender) streamUntil(word string) string {
	c.t.Helper()
	var all []byte
	c.awaitStream()
	for !bytes.Contains(all, []byte(word)) {
		b, err := c.r.ReadByte()
		if err != nil {
			c.t.Fatalf("after %q: %v", all, err)
		}
		all = append(all, b)
	}
	return string(all)
}

func TestSyncByHandAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--repl-diskless-sync", "yes")
		m.do("SET", "k", "v")
		for _, c := range []struct{ before, ask string }{
			{"", "SYNC"},
			{"", "PSYNC ? -1"},
			{"REPLCONF capa psync2", "PSYNC ? -1"},
			{"REPLCONF listening-port 7 capa eof capa psync2", "PSYNC ? -1"},
		} {
			c1 := m.pretend()
			if c.before != "" {
				c1.ask(c.before)
			}
			if c.ask == "SYNC" {
				c1.send("SYNC\r\n")
			} else {
				c1.ask(c.ask)
			}
			rdb := c1.takeRDB()
			p.note("starts with %s", rdb[:9])
			m.quietly("SET", "k", "v2")
			p.note("%q", c1.streamUntil("v2"))
			c1.Close()
			m.until("replication", "connected_slaves", "0")
		}
		m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
	})
}

func TestPartialSyncByHandAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--repl-backlog-size", "16384")
		first := m.pretend()
		id := strings.Fields(first.ask("PSYNC ? -1"))[1]
		first.takeRDB()
		m.quietly("SET", "k", "v")
		for _, c := range []struct{ capa, ask string }{
			{"", "PSYNC " + id + " 1"}, {"REPLCONF capa psync2", "PSYNC " + id + " 1"}, {"", "PSYNC " + strings.ToUpper(id) + " 24"},
			{"", "PSYNC " + id + " 51"}, {"", "PSYNC " + id + " 52"}, {"", "PSYNC " + id + " 999"}, {"", "PSYNC " + id + " 0"},
			{"", "PSYNC " + id + " -1"}, {"", "PSYNC " + strings.Repeat("a", 40) + " 1"}, {"", "PSYNC ? 1"}, {"", "PSYNC x 1"},
			{"", "PSYNC " + id + " abc"}, {"", "PSYNC " + id + " 1 FAILOVER"}, {"", "PSYNC " + id + " 1 other"}, {"", "PSYNC " + id + " +1"}, {"", "PSYNC " + id},
			{"", "REPLCONF listening-port"}, {"", "REPLCONF listening-port x"}, {"", "REPLCONF ip-address " + strings.Repeat("x", 46)},
			{"", "REPLCONF nothing 1"}, {"", "REPLCONF capa any"}, {"", "REPLCONF version 1"}, {"", "REPLCONF rdb-only 1"}, {"", "REPLCONF rdb-only x"},
		} {
			c1 := m.pretend()
			if c.capa != "" {
				c1.ask(c.capa)
			}
			reply := c1.ask(c.ask)
			if strings.HasPrefix(reply, "+FULLRESYNC") {
				c1.takeRDB()
			}
			if strings.HasPrefix(reply, "+CONTINUE") {
				value := fmt.Sprintf("v%d", len(p.out))
				m.quietly("SET", "k", value)
				p.note("%q", c1.streamUntil(value))
				m.quietly("SET", "k", "v") // an even number of bytes more for all
			}
			c1.Close()
			m.until("replication", "connected_slaves", "1")
		}
		m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
	})
}

func TestPingsOfTheMaster(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--repl-ping-replica-period", "1")
		c := m.pretend()
		c.ask("PSYNC ? -1")
		c.takeRDB()
		before, _ := strconv.Atoi(m.info("replication")["master_repl_offset"])
		p.note("%q", c.streamUntil("ping\r\n"))
		p.note("%q", c.streamUntil("ping\r\n"))
		after, _ := strconv.Atoi(m.info("replication")["master_repl_offset"])
		p.note("they count: %v", after >= before+2*14-14 && (after-before)%14 == 0)
	})
}

func TestSyncOnAReplicaWithoutLink(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m")
		m.do("REPLICAOF", "127.0.0.1", "1")
		c := m.pretend()
		c.ask("SYNC")
		c.ask("PSYNC ? -1")
		c.ask("PSYNC ? -1 FAILOVER")
		c.ask("PING")
	})
}

// TestReplicaThatTalks sends commands on the replication link: a replica has no business doing so.
func TestReplicaThatTalks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word    string
		dropped bool // it would have to be answered
	}{
		{"PING", true}, {"GET k", true}, {"SELECT 1", true}, {"INFO", true}, {"nonsense", true}, {"REPLCONF ACK 5", false}, {"REPLCONF GETACK *", false}, {"PSYNC ? -1", false}, {"", false},
	} {
		t.Run(c.word, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m := p.start("m")
				conn := m.pretend()
				conn.ask("PSYNC ? -1")
				conn.takeRDB()
				m.quietly("SET", "k", "1")
				conn.streamUntil("k\r\n$1\r\n1\r\n")
				conn.send(c.word + "\r\n")
				if c.dropped {
					rest, err := io.ReadAll(conn.r)
					p.note("%q %v", rest, err)
					return
				}
				m.quietly("SET", "k", "2")
				p.note("%q", conn.streamUntil("2\r\n"))
			})
		})
	}
}

// propagated are commands with what they mean for replicas left to the server.
var propagated = []string{
	"SET s 1", "SET s 2 EX 100", "SET s 2 PX 100000", "SET s 3 KEEPTTL", "SET s 3 EXAT 33177117420", "SET s 3 PXAT 33177117420000", "SET s x NX", "SET nx x NX GET", "GETSET s 5",
	"SETEX s 100 v", "PSETEX s 100000 v", "SETNX s v", "SETNX other v", "GETEX s", "GETEX s EX 100", "GETEX s PERSIST", "GETEX s PXAT 33177117420000", "GETDEL s", "GETDEL s",
	"INCR n", "INCRBY n 5", "DECR n", "INCRBYFLOAT n 1.5", "APPEND a x", "SETRANGE a 3 y", "SETRANGE a 0 ", "SETBIT a 7 1", "BITFIELD a SET u8 0 5", "BITFIELD a GET u8 0", "BITOP NOT b a", "MSET x 1 y 2", "MSETNX x 1 z 2", "MSETNX z 1",
	"EXPIRE x 100", "PEXPIRE x 100000", "EXPIREAT x 33177117420", "PEXPIREAT x 33177117420000", "EXPIRE x 100 NX", "PERSIST x", "PERSIST x", "EXPIRE x -1", "EXPIRE nokey 5",
	"DEL nokey", "DEL y nokey", "UNLINK z", "RPUSH l a b c d e f", "LPUSHX nolist a", "LPUSH l z", "LPOP l", "RPOP l 2", "LPOP nolist", "LREM l 0 b", "LREM l 0 none", "LSET l 0 q", "LTRIM l 0 2", "LINSERT l BEFORE q p", "LINSERT l BEFORE none p",
	"LMOVE l l2 LEFT RIGHT", "RPOPLPUSH l l2", "BLMOVE l l2 LEFT RIGHT 0", "BRPOPLPUSH l l2 0", "LMPOP 1 l2 LEFT COUNT 1", "BLPOP l2 0", "BRPOP l2 0", "BLMPOP 0 1 l2 LEFT", "RPUSH l2 1 2 3", "BLMPOP 0 2 nolist l2 RIGHT COUNT 2", "LPUSH q 3 1 2", "SORT q STORE sorted", "SORT none STORE sorted",
	"HSET h f 1 g 2", "HSET h f 1", "HSETNX h f 2", "HINCRBY h f 3", "HINCRBYFLOAT h f 1.25", "HDEL h none", "HDEL h f g",
	"SADD set a", "SADD set a", "SPOP set", "SADD set a", "SPOP set 5", "SPOP set", "SADD set a b c", "SREM set a none", "SMOVE set set2 b", "SMOVE set set2 none", "SINTERSTORE d set set2", "SUNIONSTORE d set set2", "SDIFFSTORE d set nothing",
	"ZADD z 1 a 2 b 3 c", "ZADD z 1 a", "ZADD z INCR 2 a", "ZADD z GT 1 a", "ZINCRBY z 1 a", "ZPOPMIN z", "ZPOPMAX z 1", "BZPOPMIN z 0", "ZADD z 1 a 2 b 3 c 4 d", "ZMPOP 1 z MIN COUNT 1", "BZMPOP 0 1 z MAX", "ZREM z none", "ZREMRANGEBYSCORE z 0 100", "ZADD z 1 a 2 b 3 c 4 d", "ZREMRANGEBYRANK z 0 0", "ZREMRANGEBYLEX z - [b", "ZRANGESTORE zd z 0 -1", "ZUNIONSTORE zu 1 z", "ZINTERSTORE zi 2 z zu", "ZDIFFSTORE zdd 2 z zu",
	"RENAME x2 y2", "SET x2 1", "RENAME x2 y2", "RENAMENX y2 x2", "COPY x2 c2", "COPY x2 c2", "COPY x2 c2 REPLACE", "MOVE c2 4", "MOVE c2 4", "SELECT 4", "SET in4 1", "SELECT 0", "SWAPDB 0 4", "SWAPDB 0 4", "TOUCH x2", "OBJECT FREQ x2",
	"PUBLISH ch m", "SPUBLISH ch m", "FLUSHDB", "FLUSHDB", "FLUSHALL ASYNC", "FLUSHALL", "MULTI", "EXEC", "MULTI", "SET a 1", "EXEC", "MULTI", "GET a", "EXEC", "MULTI", "SET a 1", "SELECT 2", "SET a 2", "INCRBYFLOAT a 0.5", "LPUSH a x", "SELECT 0", "PUBLISH ch in-tx", "EXEC",
	"SET wrongtype 1", "LPUSH wrongtype x", "SET a b c", "DEBUG SLEEP 0", "CLIENT NO-EVICT ON",
}

// TestStreamIsWordForWordTheRealOne compares what replicas get for every kind of write.
func TestStreamIsWordForWordTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m")
		c := m.pretend()
		c.ask("PSYNC ? -1")
		c.takeRDB()
		client := redis.NewClient(&redis.Options{Addr: m.addr, PoolSize: 1, MaxRetries: -1, ReadTimeout: patience})
		defer client.Close()
		for i, text := range propagated {
			words := []any{}
			for _, w := range strings.Split(text, " ") {
				words = append(words, w)
			}
			reply, err := client.Do(context.Background(), words...).Result()
			mark := fmt.Sprintf("mark%d\r\n", i)
			m.quietly("PUBLISH", "marks", strings.TrimSpace(mark))
			got := c.streamUntil(mark)
			said := fmt.Sprint(reply, err)
			p.note("%s → %s: %q", text, said[:min(10, len(said))], withoutTimes(got))
		}
	})
}

// withoutTimes replaces absolute times, which are those of the moment.
func withoutTimes(stream string) string {
	lines := strings.Split(stream, "\r\n")
	for i, line := range lines {
		if len(line) == 13 && line[0] == '1' {
			lines[i] = "<time>"
		}
	}
	return strings.Join(lines, "\r\n")
}
