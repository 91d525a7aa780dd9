package node

import (
	"context"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestReplicationLifeAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r, other := p.start("m"), p.start("r"), p.start("other")
		m.show()
		for _, words := range [][]any{
			{"REPLICAOF", "127.0.0.1", "notaport"}, {"REPLICAOF", "127.0.0.1", "65536"}, {"REPLICAOF", "127.0.0.1", "-1"},
			{"REPLICAOF", "127.0.0.1", "+7"}, {"REPLICAOF", "NO", "ONE"}, {"SLAVEOF", "no", "one"}, {"REPLICAOF", "x"},
			{"CONFIG", "GET", "replicaof"}, {"WAIT", "0", "0"}, {"WAIT", "1", "1"}, {"WAIT", "x", "1"}, {"WAIT", "1", "x"}, {"WAIT", "1", "-1"}, {"WAIT", "+1", "1"},
		} {
			m.do(words...)
		}
		r.do("SET", "old", "data")
		other.do("SET", "others", "data")
		m.do("SET", "k", "v")
		m.show()
		other.do("REPLICAOF", "127.0.0.1", "1") // nobody is there
		other.do("REPLICAOF", "NO", "ONE")
		other.show()
		r.follows(m)
		m.synced(r)
		m.show()
		r.show()
		r.do("KEYS", "*")
		r.do("CONFIG", "GET", "replicaof")
		r.follows(m)
		r.do("WAIT", "0", "0")
		m.do("SET", "k", "v2", "EX", "100000")
		m.do("SELECT", "3")
		m.synced(r)
		m.show()
		r.show()
		m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err", "total_forks")
		r.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err", "total_forks")

		// Another master: other data, other history.
		r.follows(other)
		other.synced(r)
		m.until("replication", "connected_slaves", "0")
		m.show()
		r.show()
		r.do("KEYS", "*")

		r.do("REPLICAOF", "NO", "ONE")
		r.show()
		r.do("KEYS", "*")
		r.do("SET", "own", "1")
		r.show()
		other.until("replication", "connected_slaves", "0")
		other.show()
		// Back to a master whose history it left: its own goes on under a new ID.
		r.follows(other)
		other.synced(r)
		r.do("KEYS", "*")
		r.show()
		other.show()
		other.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
	})
}

func TestReplicaofByArgumentAndFile(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"replicaof", "slaveof"} {
		t.Run(word, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m := p.start("m")
				m.do("SET", "k", "v")
				host, port := hostPort(t, m.addr)
				r := p.start("r", "--"+word, host, port)
				m.synced(r)
				r.show()
				r.do("CONFIG", "GET", "slaveof", "replicaof")
				r.do("REPLICAOF", "NO", "ONE")
				r.do("CONFIG", "GET", "replicaof")
			})
		})
	}
}

func TestReplicaRefusesAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		m.do("SET", "k", "v")
		r.follows(m)
		m.synced(r)
		r.do("SET", "k", "mine")
		r.do("FLUSHALL")
		r.do("PUBLISH", "c", "m")
		r.do("WAIT", "0", "10")
		r.do("FAILOVER")
		r.do("CONFIG", "SET", "replica-read-only", "no")
		r.do("SET", "local", "1")
		r.do("SELECT", "0")
		r.show()
		m.do("SET", "k2", "v")
		m.synced(r)
		m.do("EXISTS", "local")
		r.do("EXISTS", "local")
		r.show()
		// A full resync takes the local write away.
		m.do("DEBUG", "CHANGE-REPL-ID")
		r.do("CLIENT", "KILL", "TYPE", "master")
		m.until("stats", "sync_full", "2")
		m.synced(r)
		r.do("EXISTS", "local")
		m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
	})
}

// roleBetweenAttempts writes down the role of a replica whose master is not there: once a second it is "connecting" for
// a moment, else "connect".
func (a *actor) roleBetweenAttempts() {
	a.p.t.Helper()
	eventually(a.p.t, a.name+": the attempt ends", func() error {
		role, err := a.c.Do(context.Background(), "ROLE").Slice()
		if err != nil || len(role) < 4 || role[3] != "connect" {
			return fmt.Errorf("%v, %v", role, err)
		}
		a.p.note("%s [ROLE] → %v", a.name, role)
		return nil
	})
}

func TestStaleReplicaAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		r := p.start("r", "--replica-serve-stale-data", "no", "--slowlog-log-slower-than", "-1")
		r.do("SET", "k", "v")
		r.do("REPLICAOF", "127.0.0.1", "1")
		r.roleBetweenAttempts()
		for _, words := range [][]any{
			{"GET", "k"}, {"SET", "k", "v"}, {"PING"}, {"INFO", "nosuchsection"}, {"CONFIG", "GET", "replica-priority"}, {"ECHO", "a"}, {"SELECT", "1"},
			{"MULTI"}, {"EXEC"}, {"KEYS", "*"}, {"DBSIZE"}, {"TYPE", "k"}, {"OBJECT", "HELP"}, {"CLIENT", "GETNAME"},
			{"PUBLISH", "c", "m"}, {"DEBUG", "JMAP"}, {"WAIT", "0", "0"}, {"SLOWLOG", "LEN"}, {"LATENCY", "LATEST"},
			{"MEMORY", "USAGE", "k"}, {"SWAPDB", "0", "1"}, {"FLUSHALL"}, {"SAVE"}, {"BGSAVE"}, {"SCAN", "0"}, {"RANDOMKEY"}, {"WATCH", "k"}, {"UNWATCH"}, {"DISCARD"},
			{"RESET"}, {"SYNC"}, {"PSYNC", "?", "-1"}, {"FAILOVER"}, {"REPLCONF", "x", "y"},
		} {
			r.do(words...)
		}
		r.do("CONFIG", "SET", "replica-serve-stale-data", "yes")
		r.do("REPLICAOF", "NO", "ONE")
	})
}

func TestMinReplicasAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m", "--min-replicas-to-write", "1", "--min-replicas-max-lag", "2"), p.start("r")
		m.do("SET", "k", "v")
		m.do("GET", "k")
		m.show()
		r.follows(m)
		m.synced(r)
		m.until("replication", "min_slaves_good_slaves", "1")
		m.do("SET", "k", "v")
		m.synced(r)
		m.show()
		m.do("CONFIG", "SET", "min-replicas-max-lag", "0")
		m.do("CONFIG", "SET", "min-replicas-to-write", "5")
		m.do("SET", "k", "v")
		m.synced(r)
		m.show()
	})
}

func TestBlockedClientsWhenTheRoleChanges(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		replies := make(chan error, 1)
		c := redis.NewClient(&redis.Options{Addr: r.addr, MaxRetries: -1, ReadTimeout: -1})
		defer c.Close()
		go func() { replies <- c.BLPop(context.Background(), 0, "q").Err() }()
		r.until("clients", "blocked_clients", "1")
		r.follows(m)
		p.note("%v", <-replies)
		m.synced(r)
		r.until("clients", "blocked_clients", "0")
	})
}
