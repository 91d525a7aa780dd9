package node

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestBacklogSizeDecides lets a replica miss less, exactly as much, and more than the backlog holds.
func TestBacklogSizeDecides(t *testing.T) {
	n := testNode(t, "--repl-backlog-size", "16384", "--repl-ping-replica-period", "3600")
	p := &play{t: t, kind: ours, ids: map[string]string{}}
	m := &actor{p: p, name: "m", addr: n.Addr().String(), node: n, c: testClient(t, n.Addr().String())}
	first := m.pretend()
	id := strings.Fields(first.ask("PSYNC ? -1"))[1]
	first.takeRDB()
	for range 40 {
		m.quietly("SET", "k", strings.Repeat("x", 1000))
	}
	fields := m.info("replication")
	end, _ := strconv.Atoi(fields["master_repl_offset"])
	if fields["repl_backlog_histlen"] != "16384" || fields["repl_backlog_first_byte_offset"] != strconv.Itoa(end-16384+1) {
		t.Errorf("histlen %s from %s at offset %d", fields["repl_backlog_histlen"], fields["repl_backlog_first_byte_offset"], end)
	}
	for _, c := range []struct {
		missed int // bytes after the replica's offset
		want   string
	}{
		{0, "+CONTINUE"}, {1, "+CONTINUE"}, {16383, "+CONTINUE"}, {16384, "+CONTINUE"}, {16385, "+FULLRESYNC"}, {-1, "+FULLRESYNC"},
	} {
		conn := m.pretend()
		if got := conn.ask(fmt.Sprintf("PSYNC %s %d", id, end-c.missed+1)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%d bytes missed: %q, want %s", c.missed, got, c.want)
		}
		conn.Close()
	}
}

func TestBacklogIsResizedInPlace(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		r.follows(m)
		m.synced(r)
		for i := range 50 {
			m.quietly("SET", "k", fmt.Sprintf("%01000d", i))
		}
		m.synced(r)
		m.do("CONFIG", "SET", "repl-backlog-size", "100kb")
		m.fields("replication", "repl_backlog_active", "repl_backlog_size", "repl_backlog_first_byte_offset", "repl_backlog_histlen")
		m.do("CONFIG", "SET", "repl-backlog-size", "0")
		m.do("CONFIG", "SET", "repl-backlog-size", "10mb")
		m.fields("replication", "repl_backlog_active", "repl_backlog_size", "repl_backlog_first_byte_offset", "repl_backlog_histlen")
		m.quietly("CLIENT", "KILL", "TYPE", "replica")
		m.until("stats", "sync_partial_ok", "1")
		m.synced(r)
		m.fields("stats", "sync_full", "sync_partial_ok")
	})
}

// TestBacklogIsGivenUp waits for repl-backlog-ttl: the ID goes with the backlog.
func TestBacklogIsGivenUp(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m", "--repl-backlog-ttl", "1"), p.start("r")
		r.follows(m)
		m.synced(r)
		m.do("SET", "k", "v")
		m.synced(r)
		m.show()
		r.shutdown("NOSAVE")
		m.until("replication", "repl_backlog_active", "0")
		m.show()
		m.do("SET", "k", "v2")
		r.restart()
		r.follows(m)
		m.synced(r)
		m.show()
		m.fields("stats", "sync_full", "sync_partial_ok")
	})
}

func TestPromotionAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r, r2 := p.start("m"), p.start("r"), p.start("r2")
		m.do("SET", "k", "v")
		r.follows(m)
		m.synced(r)
		r2.follows(r)
		r.synced(r2)
		r.show()
		r2.show()
		m.do("SET", "k", "v2")
		m.synced(r)
		r.synced(r2)
		// A stale one writes while the other is being promoted: its writes are lost with a full resync.
		r.do("REPLICAOF", "NO", "ONE")
		r.synced(r2)
		r.show()
		r2.show()
		m.do("SET", "lost", "v")
		r.do("SET", "kept", "v")
		r.synced(r2)
		m.follows(r)
		r.synced(r2, m)
		m.do("EXISTS", "lost")
		m.show()
		r.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
		// Further down the line, a change of the top is heard of.
		r.fields("replication", "master_replid", "master_replid2", "second_repl_offset")
	})
}

func TestWaitAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		m.do("WAIT", "0", "0")
		m.do("WAIT", "1", "20")
		r.follows(m)
		m.synced(r)
		m.do("SET", "k", "v")
		m.do("WAIT", "1", "0")
		m.do("WAIT", "2", "20")
		m.do("WAIT", "-1", "20")
		// In a transaction nothing is waited for: what counts is what was acknowledged before it began.
		m.synced(r)
		conn := m.pretend()
		conn.send("MULTI\r\nSET k v\r\nWAIT 1 1000\r\nEXEC\r\n")
		for range 6 {
			p.note("%s", conn.line())
		}
		conn.send("SET k v\r\nMULTI\r\nWAIT 1 1000\r\nEXEC\r\n")
		for range 5 {
			p.note("%s", conn.line())
		}
		// What counts is the offset after the client's own last command.
		m.synced(r)
		before := m.info("replication")["master_repl_offset"]
		m.do("GET", "k")
		m.do("WAIT", "1", "0")
		p.note("the stream did not grow: %v", before == m.info("replication")["master_repl_offset"])
		m.do("SET", "k", "v")
		m.do("WAIT", "1", "0")
		m.fields("replication", "master_repl_offset")
		r.do("WAIT", "1", "0")
		// Without replicas the request for acknowledgements goes into the stream all the same.
		r.do("REPLICAOF", "NO", "ONE")
		m.until("replication", "connected_slaves", "0")
		m.do("WAIT", "1", "20")
		m.fields("replication", "master_repl_offset")
	})
}

// TestPauseAsTheRealOne: a pause holds a master's commands too, and a write in a transaction is not even queued.
func TestPauseAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r", "--replicaof", "127.0.0.1", "1")
		r.fields("replication", "slave_repl_offset", "slave_read_repl_offset", "master_repl_offset") // no place in any history
		r.follows(m)
		m.synced(r)
		r.do("CLIENT", "PAUSE", "100000", "WRITE")
		m.do("SET", "k", "v")
		r.until("replication", "slave_read_repl_offset", m.info("replication")["master_repl_offset"])
		r.do("GET", "k")
		r.fields("replication", "slave_repl_offset", "master_repl_offset")
		r.do("CLIENT", "UNPAUSE")
		m.synced(r)
		r.do("GET", "k")
		p.note("%v", superuser.FindString(r.quietly("CLIENT", "LIST", "TYPE", "master").(string)))
		conn := m.pretend()
		conn.ask("MULTI")
		m.do("CLIENT", "PAUSE", "100000", "WRITE")
		conn.send("SET k v2\r\nEXEC\r\n")
		m.until("clients", "blocked_clients", "1")
		m.do("CLIENT", "UNPAUSE")
		for range 3 {
			p.note("%s", conn.line())
		}
	})
}

var superuser = regexp.MustCompile(`user=\S+`)

// TestWaitCountsOnlyWhoAcknowledged has one replica that does and one that does not.
func TestWaitCountsOnlyWhoAcknowledged(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, _ := stuck(p)
		m.do("WAIT", "1", "50")
		r := p.start("r")
		r.follows(m)
		r.until("replication", "master_link_status", "up")
		m.do("SET", "k", "v")
		m.do("WAIT", "1", "0")
		m.do("WAIT", "2", "50")
	})
}

func TestExpiryIsTheMastersBusiness(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		r.do("CONFIG", "SET", "notify-keyspace-events", "KEA")
		r.follows(m)
		m.synced(r)
		m.do("DEBUG", "SET-ACTIVE-EXPIRE", "0")
		for _, key := range []string{"lazy", "active", "other"} {
			m.do("SET", key, "v", "PX", "1")
		}
		m.do("SET", "stays", "v", "PX", "100000000")
		m.synced(r)
		eventually(p.t, "the time has come", func() error {
			if got := fmt.Sprint(r.quietly("EXISTS", "lazy", "active", "other")); got != "0" {
				return fmt.Errorf("%s keys are still there", got)
			}
			return nil
		})
		for _, words := range [][]any{{"GET", "lazy"}, {"EXISTS", "lazy"}, {"TTL", "lazy"}, {"TYPE", "lazy"}, {"STRLEN", "lazy"}, {"KEYS", "lazy"}, {"DBSIZE"}, {"DEBUG", "OBJECT", "nokey"}, {"OBJECT", "ENCODING", "lazy"}, {"DUMP", "lazy"}} {
			r.do(words...)
		}
		offset := func() { m.synced(r); m.fields("replication", "master_repl_offset"); r.do("DBSIZE") }
		offset()
		sub := r.c.PSubscribe(p.t.Context(), "__key*__:*")
		defer sub.Close()
		if _, err := sub.Receive(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
		m.do("GET", "lazy")
		offset()
		m.do("DEBUG", "SET-ACTIVE-EXPIRE", "1")
		eventually(p.t, "active expiry", func() error {
			if got := fmt.Sprint(m.quietly("DBSIZE")); got != "1" {
				return fmt.Errorf("%s keys", got)
			}
			return nil
		})
		offset()
		m.do("PEXPIRE", "stays", "-1")
		m.do("SET", "done", "v")
		m.synced(r)
		seen := map[string]int{}
		for {
			msg, err := sub.ReceiveMessage(p.t.Context())
			if err != nil {
				p.t.Fatal(err)
			}
			seen[msg.Channel+" "+msg.Payload]++
			if msg.Payload == "done" {
				break
			}
		}
		p.note("%v", seen)
		r.do("DBSIZE")
		m.fields("stats", "expired_keys")
		r.fields("stats", "expired_keys")
	})
}

func TestKeysOfAWritableReplicaExpire(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r", "--replica-read-only", "no")
		m.do("DEBUG", "SET-ACTIVE-EXPIRE", "0")
		m.do("SET", "masters", "v", "PX", "1")
		r.follows(m)
		m.synced(r)
		r.do("SET", "forever", "v")
		r.do("SET", "long", "v", "EX", "1000")
		r.do("SET", "persisted", "v", "EX", "1000")
		r.do("LPUSH", "list", "a")
		r.do("EXPIRE", "list", "1000")
		r.fields("stats", "slave_expires_tracked_keys")
		r.do("PERSIST", "persisted")
		r.do("PEXPIRE", "long", "1")
		r.do("PEXPIRE", "list", "1")
		eventually(p.t, "its own keys go", func() error {
			if got := fmt.Sprint(r.quietly("DBSIZE")); got != "3" {
				return fmt.Errorf("%s keys", got)
			}
			return nil
		})
		r.until("stats", "slave_expires_tracked_keys", "0")
		r.fields("stats", "expired_keys")
		r.do("EXISTS", "masters", "forever", "persisted")
		m.do("DBSIZE")
		m.do("GET", "masters")
		m.synced(r)
		r.do("DBSIZE")
	})
}

func TestLazyExpiryPropagatesUnlink(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--lazyfree-lazy-expire", "yes")
		c := m.pretend()
		c.ask("PSYNC ? -1")
		c.takeRDB()
		m.do("SET", "k", "v", "PXAT", "33177117420000")
		m.do("PEXPIRE", "k", "1")
		c.streamUntil("PEXPIREAT\r\n$1\r\nk\r\n$13\r\n")
		p.note("%q", withoutTimes(c.streamUntil("UNLINK\r\n$1\r\nk\r\n")))
	})
}

func TestEvictionIsPropagated(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"allkeys-lru", "allkeys-random", "volatile-ttl", "volatile-lfu", "noeviction"} {
		t.Run(policy, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m, r := p.start("m", "--maxmemory-policy", policy), p.start("r")
				r.follows(m)
				m.synced(r)
				m.do("SET", "forever", "v")
				for i := range 200 {
					m.quietly("SET", "big"+strconv.Itoa(i), strings.Repeat("x", 20_000), "EX", "10000")
				}
				m.synced(r) // what replicas still have to get is not counted
				used, _ := strconv.Atoi(m.info("memory")["used_memory"])
				m.quietly("CONFIG", "SET", "maxmemory", strconv.Itoa(used-1_000_000))
				_, err := m.c.Do(p.t.Context(), "SET", "new", "v", "EX", "9").Result()
				p.note("%v", err)
				// The real server evicts for half a millisecond at a time.
				evicted := 0
				eventually(p.t, "the replica loses what is evicted", func() error {
					evicted, _ = strconv.Atoi(m.info("stats")["evicted_keys"])
					have, left := fmt.Sprint(r.quietly("DBSIZE")), fmt.Sprint(m.quietly("DBSIZE"))
					if policy != "noeviction" && evicted <= 10 || have != left {
						return fmt.Errorf("%d are evicted; the replica has %s keys, its master %s", evicted, have, left)
					}
					return nil
				})
				p.note("some were evicted, not all: %v", evicted > 10 && evicted < 190)
				if strings.HasPrefix(policy, "volatile") || policy == "noeviction" {
					m.do("EXISTS", "forever")
				}
				m.do("GET", "nokey")
				m.quietly("CONFIG", "SET", "maxmemory", "1")
				eventually(p.t, "all that may go is evicted", func() error {
					if err = m.c.Set(p.t.Context(), "new", "v", 9*time.Second).Err(); err == nil {
						return errors.New("SET is carried out")
					}
					return nil
				})
				p.note("%v", err)
				m.do("MULTI")
				m.do("SET", "a", "b")
				m.do("GET", "a")
				m.do("EXEC")
				m.do("DEL", "forever")
			})
		})
	}
}
