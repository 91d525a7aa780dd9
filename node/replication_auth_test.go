package node

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestReplicationWithPasswordsAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m")
		m.do("CONFIG", "SET", "requirepass", "secret")
		m.c = redis.NewClient(&redis.Options{Addr: m.addr, Password: "secret", MaxRetries: -1, ReadTimeout: patience})
		defer m.c.Close()
		plain := m.pretend()
		plain.ask("PING")
		plain.ask("PSYNC ? -1")
		plain.ask("SYNC")
		plain.ask("REPLCONF listening-port 5")
		plain.ask("AUTH wrong")
		plain.ask("AUTH secret")
		m.do("SET", "k", "v")

		// No password, a wrong one, then the right one.
		r := p.start("r")
		r.follows(m)
		down := func(why string) {
			t.Helper()
			before := m.failures(why)
			eventually(p.t, "another refused attempt", func() error {
				if now := m.failures(why); now <= before {
					return fmt.Errorf("%d failures", now)
				}
				return nil
			})
			r.fields("replication", "master_link_status", "role")
		}
		down("NOAUTH")
		r.do("CONFIG", "SET", "masterauth", "wrong")
		down("WRONGPASS")
		r.do("CONFIG", "SET", "masterauth", "secret")
		m.synced(r)
		r.do("GET", "k")
		r.do("CONFIG", "SET", "masteruser", "nobody")
		m.quietly("CLIENT", "KILL", "TYPE", "replica")
		down("WRONGPASS")
		r.do("CONFIG", "SET", "masteruser", "default")
		m.synced(r)
		r.fields("replication", "master_link_status")
		m.fields("stats", "sync_full", "sync_partial_ok")
	})
}

// failures counts error replies of a kind.
func (a *actor) failures(kind string) (count int) {
	a.p.t.Helper()
	_, _ = fmt.Sscanf(a.info("errorstats")["errorstat_"+kind], "count=%d", &count)
	return count
}
