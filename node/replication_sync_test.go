package node

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// freeze stops a server as SIGSTOP does; thaw lets it go on. What arrives meanwhile is found in one go.
func (a *actor) freeze() {
	if a.node != nil {
		a.node.Pause()
		return
	}
	a.signal(syscall.SIGSTOP)
}

func (a *actor) thaw() {
	if a.node != nil {
		a.node.Resume()
		return
	}
	if err := syscall.Kill(a.pid, syscall.SIGCONT); err != nil {
		a.p.t.Error(err)
	}
}

func (a *actor) signal(s syscall.Signal) {
	a.p.t.Helper()
	pid, err := strconv.Atoi(a.info("server")["process_id"])
	if err != nil {
		a.p.t.Fatal(err)
	}
	a.pid = pid
	if err := syscall.Kill(pid, s); err != nil {
		a.p.t.Fatal(err)
	}
}

// inState waits until replica number i is in a state.
func (a *actor) inState(i int, state string) {
	a.p.t.Helper()
	eventually(a.p.t, fmt.Sprintf("%s: replica %d", a.name, i), func() error {
		if line := a.info("replication")["slave"+strconv.Itoa(i)]; !strings.Contains(line, "state="+state+",") {
			return fmt.Errorf("%q, want %s", line, state)
		}
		return nil
	})
}

// bulky fills a server with more than sockets can hold, which is some 10 MB.
func (a *actor) bulky() {
	a.quietly("CONFIG", "SET", "rdbcompression", "no")
	a.quietly("DEBUG", "POPULATE", "200", "key", "100000")
}

func TestTwoReplicasShareOneSnapshot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
	}{
		{"on disk", []string{"--repl-diskless-sync", "no"}},
		{"diskless, delayed", []string{"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "1"}},
		{"diskless, as soon as there are two", []string{"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "3600", "--repl-diskless-sync-max-replicas", "2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m := p.start("m", c.args...)
				m.do("SET", "k", "v")
				one, two := m.pretend(), m.pretend()
				one.ask("REPLCONF capa eof capa psync2")
				two.ask("REPLCONF capa eof capa psync2")
				m.freeze()
				one.send("PSYNC ? -1\r\n")
				two.send("PSYNC ? -1\r\n")
				m.thaw()
				p.note("%s", one.line())
				p.note("%s", two.line())
				// Only together do they get it all: the slowest sets the pace.
				size := len(one.takeRDB())
				p.note("both get the same file: %v", size == len(two.takeRDB()))
				m.quietly("SET", "k", "v2")
				p.note("%q", one.streamUntil("v2"))
				p.note("%q", two.streamUntil("v2"))
				m.fields("stats", "sync_full", "total_forks")
			})
		})
	}
}

func TestLateReplicaWaitsForTheNextSnapshot(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--repl-diskless-sync", "yes")
		m.bulky()
		one, two := m.pretend(), m.pretend()
		one.ask("REPLCONF capa eof capa psync2")
		two.ask("REPLCONF capa eof capa psync2")
		one.ask("PSYNC ? -1")
		two.send("PSYNC ? -1\r\n")
		m.until("replication", "connected_slaves", "2")
		m.inState(0, "wait_bgsave")
		m.inState(1, "wait_bgsave")
		m.do("BGSAVE")
		m.do("SAVE")
		m.fields("persistence", "rdb_bgsave_in_progress")
		// A word now and then keeps it from giving up.
		if b, err := two.r.ReadByte(); b != '\n' || err != nil {
			p.t.Errorf("got %q, %v where a newline belongs", b, err)
		}
		m.quietly("SET", "meanwhile", "1")
		first := len(one.takeRDB())
		p.note("%s", two.line())
		p.note("the second one is larger: %v", len(two.takeRDB()) > first)
		m.quietly("SET", "k", "v2")
		p.note("%q", one.streamUntil("v2"))
		p.note("%q", two.streamUntil("v2"))
		m.fields("stats", "sync_full", "total_forks")
	})
}

func TestReplicaThatGoesAwayDuringItsSync(t *testing.T) {
	t.Parallel()
	for _, diskless := range []string{"yes", "no"} {
		t.Run("diskless "+diskless, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m, r := p.start("m", "--repl-diskless-sync", diskless), p.start("r")
				m.bulky()
				c := m.pretend()
				c.ask("REPLCONF capa eof capa psync2")
				c.ask("PSYNC ? -1")
				c.line() // the snapshot has begun to flow
				c.Close()
				m.until("replication", "connected_slaves", "0")
				m.saved()
				m.fields("persistence", "rdb_last_bgsave_status")
				r.follows(m)
				m.synced(r)
				p.note("same data: %v", fmt.Sprint(m.quietly("DEBUG", "DIGEST")) == fmt.Sprint(r.quietly("DEBUG", "DIGEST")))
				m.fields("stats", "sync_full")
				m.fields("persistence", "rdb_saves", "rdb_changes_since_last_save")
				p.note("time known: %v", m.info("persistence")["rdb_last_bgsave_time_sec"] != "-1")
			})
		})
	}
}

// TestSlowReplicaOverItsLimit does not read while the master is written to.
func TestSlowReplicaOverItsLimit(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"during the sync", "online"} {
		t.Run(when, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m := p.start("m", "--repl-diskless-sync", "no", "--client-output-buffer-limit", "replica 2mb 0 0")
				c := m.pretend()
				if when == "during the sync" {
					m.bulky()
					c.ask("PSYNC ? -1")
					m.inState(0, "send_bulk")
				} else {
					c.ask("PSYNC ? -1")
					c.takeRDB()
					m.inState(0, "online")
				}
				eventually(p.t, "the replica is dropped", func() error {
					m.quietly("SET", "k", strings.Repeat("x", 500_000))
					if m.info("replication")["connected_slaves"] != "0" {
						return errors.New("it is still there")
					}
					return nil
				})
				m.do("PING")
			})
		})
	}
}

func TestSilentLinksAreGivenUp(t *testing.T) {
	t.Parallel()
	t.Run("by the replica", func(t *testing.T) {
		comparePlays(t, func(p *play) {
			m, r := p.start("m"), p.start("r", "--repl-timeout", "2")
			r.follows(m)
			m.synced(r)
			m.until("stats", "sync_partial_ok", "1") // the master never pings: it came back
			m.synced(r)
			m.fields("stats", "sync_full")
		})
	})
	t.Run("by the master", func(t *testing.T) {
		comparePlays(t, func(p *play) {
			m := p.start("m", "--repl-timeout", "2")
			c := m.pretend()
			c.ask("PSYNC ? -1")
			c.takeRDB()
			_, err := io.ReadAll(c.r)
			p.note("%v", err)
			m.until("replication", "connected_slaves", "0")
		})
	})
	t.Run("during a diskless sync", func(t *testing.T) {
		comparePlays(t, func(p *play) {
			m := p.start("m", "--repl-timeout", "2", "--repl-diskless-sync", "yes")
			m.bulky()
			c := m.pretend()
			c.ask("REPLCONF capa eof")
			c.ask("PSYNC ? -1")
			m.inState(0, "wait_bgsave")
			m.until("replication", "connected_slaves", "0")
			m.saved()
		})
	})
}

// pretendMaster answers the handshake of replicas; then serve has the connection.
func (p *play) pretendMaster(serve func(conn net.Conn, r *bufio.Reader, request string)) *actor {
	p.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	p.t.Cleanup(func() { ln.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			p.handshake(conn, serve)
			conn.Close()
		}
	}()
	a := &actor{p: p, name: "pretended", addr: ln.Addr().String()}
	p.actors = append(p.actors, a)
	return a
}

func (p *play) handshake(conn net.Conn, serve func(conn net.Conn, r *bufio.Reader, request string)) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(conn)
	for {
		words, err := readCommand(r)
		if err != nil {
			return
		}
		switch strings.ToUpper(words[0]) {
		case "PING":
			_, err = io.WriteString(conn, "+PONG\r\n")
		case "PSYNC", "SYNC":
			serve(conn, r, strings.Join(words, " "))
			return
		default:
			_, err = io.WriteString(conn, "+OK\r\n")
		}
		if err != nil {
			return
		}
	}
}

// readCommand reads an array of bulk strings, or a line.
func readCommand(r *bufio.Reader) ([]string, error) {
	if first, err := r.Peek(1); err != nil || first[0] != '*' {
		line, lineErr := r.ReadString('\n')
		return strings.Fields(line + " ?"), errors.Join(err, lineErr)
	}
	var count int
	if _, err := fmt.Fscanf(r, "*%d\r\n", &count); err != nil {
		return nil, err
	}
	words := make([]string, count)
	for i := range words {
		var size int
		if _, err := fmt.Fscanf(r, "$%d\r\n", &size); err != nil {
			return nil, err
		}
		buf := make([]byte, size+2)
		if _, err := io.ReadFull(r, buf); err != nil {
			return nil, err
		}
		words[i] = string(buf[:size])
	}
	return words, nil
}

const someID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func TestReplicaInTheMiddleOfItsSync(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"", "\n\n$1000\r\nREDIS0010", "$EOF:" + someID + "\r\nREDIS0010"} {
		t.Run(head, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				r := p.start("r")
				r.do("SET", "old", "v")
				gate := make(chan struct{})
				m := p.pretendMaster(func(conn net.Conn, _ *bufio.Reader, request string) {
					fmt.Fprintf(conn, "+FULLRESYNC %s 77\r\n%s", someID, head)
					<-gate
				})
				defer close(gate)
				r.follows(m)
				r.until("replication", "master_sync_in_progress", "1")
				if head != "" {
					r.until("replication", "master_sync_read_bytes", "9")
				}
				r.show()
				r.do("GET", "old")
				r.do("CONFIG", "SET", "replica-serve-stale-data", "no")
				r.do("GET", "old")
				c := r.pretend()
				c.ask("PSYNC ? -1")
				r.do("FAILOVER")
				// Called off, it is the master it was, with its data and a new ID.
				r.do("REPLICAOF", "NO", "ONE")
				r.do("GET", "old")
				r.fields("replication", "role", "master_repl_offset", "second_repl_offset")
				r.files()
			})
		})
	}
}

// TestSubReplicasDuringASync tells how long those below stay connected while their master gets another data set.
func TestSubReplicasDuringASync(t *testing.T) {
	comparePlays(t, func(p *play) {
		r, sub := p.start("r"), p.start("sub")
		r.do("SET", "old", "v")
		sub.follows(r)
		r.synced(sub)
		gate := make(chan struct{})
		m := p.pretendMaster(func(conn net.Conn, _ *bufio.Reader, request string) {
			fmt.Fprintf(conn, "+FULLRESYNC %s 77\r\n$1000\r\nREDIS0010", someID)
			<-gate
		})
		defer close(gate)
		r.follows(m)
		r.until("replication", "master_sync_read_bytes", "9")
		r.fields("replication", "connected_slaves", "repl_backlog_active", "master_replid", "master_repl_offset")
		sub.do("GET", "old")
		sub.fields("replication", "master_link_status") // nothing has changed for it so far
		r.do("REPLICAOF", "NO", "ONE")
		r.synced(sub)
		r.fields("stats", "sync_full", "sync_partial_ok")
	})
}

// TestAcknowledgementsByHand asks a replica how far it is.
func TestAcknowledgementsByHand(t *testing.T) {
	comparePlays(t, func(p *play) {
		source, r := p.start("source"), p.start("r")
		source.do("SET", "k", "v")
		conn := source.pretend()
		conn.ask("PSYNC ? -1")
		rdb := conn.takeRDB()
		conn.Close()
		acks := make(chan string)
		m := p.pretendMaster(func(conn net.Conn, rd *bufio.Reader, request string) {
			fmt.Fprintf(conn, "+FULLRESYNC %s 1000\r\n$%d\r\n%s", someID, len(rdb), rdb)
			next := func(want string) {
				for {
					words, err := readCommand(rd)
					if err != nil {
						acks <- err.Error()
						return
					}
					if line := strings.Join(words, " "); line == want {
						acks <- line
						return
					}
				}
			}
			next("REPLCONF ACK 1000") // once a second
			const getack = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n"
			_, _ = io.WriteString(conn, "*1\r\n$4\r\nPING\r\n"+getack)
			next("REPLCONF ACK 1014")
			_, _ = io.WriteString(conn, "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n")
			acks <- "half a transaction"
			_, _ = io.WriteString(conn, "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n*1\r\n$4\r\nEXEC\r\n"+getack)
			next(fmt.Sprintf("REPLCONF ACK %d", 1014+37+15+27+27+14))
			_, _ = rd.ReadByte()
		})
		r.follows(m)
		p.note("%s", <-acks)
		p.note("%s", <-acks)
		p.note("%s", <-acks)
		p.note("%s", <-acks)
		r.do("GET", "b")
		r.fields("replication", "master_replid", "master_repl_offset", "slave_repl_offset", "slave_read_repl_offset", "repl_backlog_first_byte_offset", "repl_backlog_histlen")
		r.do("REPLICAOF", "NO", "ONE")
	})
}

// TestUnusualAnswersToPsync plays masters that cannot, will not, or do not know how to.
func TestUnusualAnswersToPsync(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, answer string }{
		{"no link to its own master", "-NOMASTERLINK Can't SYNC while not connected with my master\r\n"},
		{"loading", "-LOADING Redis is loading the dataset in memory\r\n"},
		{"unknown command", "-ERR unknown command 'PSYNC'\r\n"},
		{"nonsense", "+HELLO\r\n"},
		{"an error instead of the RDB", "+FULLRESYNC " + someID + " 1\r\n-ERR no memory\r\n"},
		{"no RDB", "+FULLRESYNC " + someID + " 1\r\nhello\r\n"},
		{"not an RDB", "+FULLRESYNC " + someID + " 1\r\n$20\r\nthis is not an RDB  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				r := p.start("r")
				r.do("SET", "old", "v")
				requests := make(chan string, 100)
				var asked atomic.Int32
				note := func(request string) (last bool) {
					requests <- request
					return asked.Add(1) >= 3
				}
				m := p.pretendMaster(func(conn net.Conn, rd *bufio.Reader, request string) {
					if last := note(request); last { // no answer: what is looked at below is in rest
						_, _ = rd.ReadByte()
						return
					}
					if request == "SYNC" {
						return
					}
					_, _ = io.WriteString(conn, c.answer)
					if words, err := readCommand(rd); err == nil && words[0] != "?" { // a sign of life says nothing
						note(strings.Join(words, " "))
					}
				})
				r.follows(m)
				for range 3 { // as long as nothing was loaded, the next PSYNC offers what the first one did
					p.note("%s", <-requests)
				}
				r.fields("replication", "role", "master_link_status")
				r.do("REPLICAOF", "NO", "ONE")
				r.do("PING")
			})
		})
	}
}

// TestLogOfFailedSyncsAsTheRealOne wants the words in the log that people look for.
func TestLogOfFailedSyncsAsTheRealOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ answer, want string }{
		{"", "Master did not reply to PSYNC, will try later"},
		{"+FULLRESYNC " + someID + " 1\r\n$100\r\nREDIS", "I/O error trying to sync with MASTER: connection lost"},
		{"+FULLRESYNC " + someID + " 1\r\n-ERR no memory\r\n", "MASTER aborted replication with an error: ERR no memory"},
	} {
		t.Run(c.want, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				r := p.start("r", "--logfile", "log")
				r.follows(p.pretendMaster(func(conn net.Conn, _ *bufio.Reader, _ string) {
					_, _ = io.WriteString(conn, c.answer)
				}))
				eventually(p.t, "the log says why", func() error {
					text, err := os.ReadFile(filepath.Join(r.dir, "log"))
					if err == nil && !strings.Contains(string(text), " # "+c.want+"\n") {
						err = fmt.Errorf("not in %s", text)
					}
					return err
				})
				r.do("REPLICAOF", "NO", "ONE")
			})
		})
	}
}
