package node

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestFailoverArgumentsAsTheRealOnes(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		lines := []string{
			"FAILOVER ABORT", "FAILOVER TIMEOUT 0", "FAILOVER TIMEOUT -1", "FAILOVER TIMEOUT x", "FAILOVER TIMEOUT", "FAILOVER TO 127.0.0.1", "FAILOVER TO 127.0.0.1 x",
			"FAILOVER TO 127.0.0.1 1", "FAILOVER FORCE", "FAILOVER FORCE TIMEOUT 100", "FAILOVER TO 127.0.0.1 1 FORCE", "FAILOVER TO 127.0.0.1 1 FORCE TIMEOUT 100",
			"FAILOVER ABORT NOW", "FAILOVER FORCE FORCE", "FAILOVER TIMEOUT 5 TIMEOUT 5", "FAILOVER TIMEOUT 5 ABORT", "FAILOVER x", "FAILOVER TIMEOUT +5",
		}
		try := func(lines []string) {
			for _, line := range lines {
				words := []any{}
				for _, w := range strings.Split(line, " ") {
					words = append(words, w)
				}
				m.do(words...)
			}
		}
		try(lines)
		r.follows(m)
		m.synced(r)
		try(lines)
		m.do("INFO", "nothing")
		m.fields("replication", "master_failover_state", "connected_slaves")
		r.do("FAILOVER")
		r.do("FAILOVER", "ABORT")
	})
}

func TestFailoverAsTheRealOne(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"to any", "to one", "with a timeout"} {
		t.Run(how, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m, r, r2 := p.start("m"), p.start("r"), p.start("r2")
				m.do("SET", "k", "v")
				r.follows(m)
				m.synced(r)
				m.do("SET", "k", "v2")
				m.synced(r)
				if how == "to one" {
					r2.follows(m)
					m.synced(r, r2)
				}
				host, port := hostPort(p.t, r.addr)
				switch how {
				case "to any":
					m.do("FAILOVER")
				case "to one":
					m.do("FAILOVER", "TO", host, port)
				default:
					m.do("FAILOVER", "TIMEOUT", "60000")
				}
				m.until("replication", "role", "slave")
				r.synced(m)
				m.do("SET", "k", "x")
				r.do("SET", "k", "v3")
				r.synced(m)
				if how == "to one" {
					m.synced(r2) // now by way of m; it acknowledges once a second
				}
				m.do("GET", "k")
				m.show()
				m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
				r.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
				r.fields("replication", "role", "master_replid", "master_replid2", "master_repl_offset", "second_repl_offset", "master_failover_state")
			})
		})
	}
}

// stuck is a master with a replica that never catches up: it is played by hand and acknowledges nothing.
func stuck(p *play) (*actor, *pretender) {
	m := p.start("m", "--repl-diskless-sync", "no")
	c := m.pretend()
	c.ask("REPLCONF listening-port 1 ip-address 127.0.0.1 capa psync2")
	c.ask("PSYNC ? -1")
	c.takeRDB()
	eventually(p.t, "the hand-made replica is online", func() error {
		if line := m.info("replication")["slave0"]; !strings.Contains(line, "state=online") {
			return errors.New(line)
		}
		return nil
	})
	m.do("SET", "k", "v")
	return m, c
}

func TestFailoverThatDoesNotHappen(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"aborted", "timed out"} {
		t.Run(how, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m, _ := stuck(p)
				if how == "aborted" {
					m.do("FAILOVER")
				} else {
					m.do("FAILOVER", "TIMEOUT", "2000")
				}
				m.fields("replication", "master_failover_state", "role")
				m.do("FAILOVER")
				m.do("REPLICAOF", "127.0.0.1", "1")
				m.do("REPLICAOF", "NO", "ONE")
				m.do("GET", "k")
				// Writes wait meanwhile and go on afterwards.
				done := make(chan error, 1)
				go func() { done <- m.c.Set(context.Background(), "k", "waited", 0).Err() }()
				if how == "aborted" {
					m.until("clients", "blocked_clients", "1")
					m.do("FAILOVER", "ABORT")
				}
				p.note("%v", <-done)
				m.do("GET", "k")
				m.fields("replication", "master_failover_state", "role")
				m.fields("clients", "blocked_clients")
			})
		})
	}
}

func TestForcedFailover(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, _ := stuck(p)
		m.do("FAILOVER", "TO", "127.0.0.1", "1", "FORCE", "TIMEOUT", "100")
		m.until("replication", "role", "slave")
		// Nobody is there: it goes on trying until somebody ends it.
		m.fields("replication", "master_failover_state", "master_link_status", "master_port")
		m.do("REPLICAOF", "NO", "ONE")
		m.do("FAILOVER")
		m.do("FAILOVER", "ABORT")
		m.fields("replication", "master_failover_state", "role")
		m.do("SET", "k", "v2")
	})
}

// TestFailoverLosesNothing fails over, and back, between nodes of both kinds under a writing client.
// Every acknowledged write has to be there.
func TestFailoverLosesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []struct{ a, b server }{{ours, ours}, {ours, real7}, {real7, ours}} {
		t.Run(s.a.name+"-"+s.b.name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			addrs := []string{s.a.start(t, t.TempDir()), s.b.start(t, t.TempDir())}
			clients := []*redis.Client{testClient(t, addrs[0]), testClient(t, addrs[1])}
			replicaOf(t, clients[1], addrs[0])
			inSync(t, clients[0], clients[1])

			stop := make(chan struct{})
			var acknowledged [2]int64
			var writers sync.WaitGroup
			for w := range acknowledged {
				writers.Go(func() {
					at := 0
					for {
						select {
						case <-stop:
							return
						default:
						}
						// Whoever is the master takes it.
						if err := clients[at].Incr(ctx, "count"+strconv.Itoa(w)).Err(); err != nil {
							at = 1 - at
							continue
						}
						acknowledged[w]++
					}
				})
			}
			const times = 4
			for i := range times {
				from, to := clients[i%2], clients[(i+1)%2]
				eventually(t, "FAILOVER is accepted", func() error { return from.Do(ctx, "FAILOVER").Err() })
				eventually(t, "the roles are swapped", func() error {
					f, o := info(t, from, "replication"), info(t, to, "replication")
					if f["role"] != "slave" || f["master_link_status"] != "up" || o["role"] != "master" || f["master_failover_state"] != "no-failover" {
						return fmt.Errorf("%s %s and %s", f["role"], f["master_link_status"], o["role"])
					}
					return nil
				})
			}
			close(stop)
			writers.Wait()
			inSync(t, clients[times%2], clients[1-times%2])
			for w, want := range acknowledged {
				for i, c := range clients {
					if got, _ := c.Get(ctx, "count"+strconv.Itoa(w)).Int64(); got != want || want == 0 {
						t.Errorf("server %d has %d of writer %d's %d acknowledged writes", i, got, w, want)
					}
				}
			}
			for i, c := range clients {
				if st := info(t, c, "stats"); st["sync_full"] != strconv.Itoa(1-i) {
					t.Errorf("server %d served %s full resyncs: failing over must need none", i, st["sync_full"])
				}
			}
		})
	}
}
