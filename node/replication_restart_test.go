package node

import (
	"testing"
)

// TestRestartedReplicaGoesOn restarts a replica that was stopped cleanly, or killed: the place in history is in
// its file, the rest is in the master's backlog.
func TestRestartedReplicaGoesOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(r *actor)
	}{
		{"saved", func(r *actor) { r.shutdown("SAVE") }},
		{"not saved", func(r *actor) { r.shutdown("NOSAVE") }},
		{"killed", func(r *actor) { r.kill() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m := p.start("m")
				host, port := hostPort(t, m.addr)
				m.do("SET", "k", "1")
				r := p.start("r", "--replicaof", host, port)
				m.synced(r)
				m.do("SET", "k", "2")
				m.do("LPUSH", "l", "a", "b")
				m.synced(r)
				c.end(r)
				m.until("replication", "connected_slaves", "0")
				m.do("RPUSH", "l", "while away")
				r.restart()
				m.synced(r)
				r.do("GET", "k")
				r.do("LRANGE", "l", "0", "-1")
				m.show()
				r.show()
				m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
			})
		})
	}
}

// TestRestartedMasterTakesItsReplicasBack restarts a master: after a save its replicas go on by the second ID, after
// a crash they start anew.
func TestRestartedMasterTakesItsReplicasBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(m *actor)
	}{
		{"saved", func(m *actor) { m.shutdown("SAVE") }},
		{"not saved", func(m *actor) { m.shutdown("NOSAVE") }},
		{"killed", func(m *actor) { m.kill() }},
		{"saved, then written to, then killed", func(m *actor) {
			m.do("SAVE")
			m.do("SET", "late", "1")
			m.acked(1)
			m.kill()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				// The replication's own file would be loaded otherwise.
				m := p.start("m", "--repl-diskless-sync", "yes")
				r := p.start("r")
				m.do("SET", "k", "1")
				r.follows(m)
				m.synced(r)
				m.do("SET", "k", "2")
				m.synced(r)
				c.end(m)
				r.until("replication", "master_link_status", "down")
				m.restart()
				m.synced(r)
				m.do("SET", "k", "3")
				m.synced(r)
				r.do("GET", "k")
				m.do("DBSIZE")
				r.do("DBSIZE")
				m.do("EXISTS", "late")
				r.do("EXISTS", "late")
				m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
				r.fields("replication", "second_repl_offset", "master_replid2")
				m.fields("replication", "second_repl_offset")
			})
		})
	}
}

// TestKeysExpiredWhileTheMasterWasDown are unknown to the restarted master, but replicas that go on from where they
// were still have them: they hear of it.
func TestKeysExpiredWhileTheMasterWasDown(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m"), p.start("r")
		m.do("DEBUG", "SET-ACTIVE-EXPIRE", "0")
		m.do("SET", "stays", "1")
		m.do("SET", "gone", "x", "PX", "1")
		m.quietly("SELECT", "5")
		m.do("SET", "gone too", "x", "PX", "1")
		r.follows(m)
		m.synced(r)
		m.shutdown("SAVE")
		r.until("replication", "master_link_status", "down")
		r.until("keyspace", "db5", "keys=1,expires=1,avg_ttl=0")
		m.restart()
		m.synced(r)
		m.do("DBSIZE")
		r.do("DBSIZE")
		r.fields("keyspace", "db0", "db5")
		m.fields("keyspace", "db0", "db5")
		m.fields("stats", "sync_full", "sync_partial_ok", "sync_partial_err")
		m.fields("persistence", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded")
		m.fields("replication", "master_repl_offset", "second_repl_offset", "repl_backlog_first_byte_offset", "repl_backlog_histlen")
		r.fields("replication", "master_repl_offset", "second_repl_offset")
	})
}
