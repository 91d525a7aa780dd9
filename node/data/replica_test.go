package data

import (
	"strings"
	"testing"

	"redislab/node/store"
)

// fixed gives a peer whose clock stands at a known time.
func fixed(t *testing.T) *peer {
	p := newPeer(t, 2)
	p.now = func() int64 { return 1_000_000 }
	return p
}

func (p *peer) expect(line, reply string) {
	p.t.Helper()
	if got := p.run(line); got != reply {
		p.t.Errorf("%s: got %q want %q", line, got, reply)
	}
}

// TestExpiryOnReplica: a replica never deletes by itself. Its clients do not see what has
// expired; commands from the master do, and set expiries in the past without deleting.
func TestExpiryOnReplica(t *testing.T) {
	p := fixed(t)
	p.run("SET gone v PXAT 999999")
	p.ks.Expiry = store.ExpiryHide
	p.expect("GET gone", "$-1\r\n")
	p.expect("EXISTS gone", ":0\r\n")
	p.expect("TTL gone", ":-2\r\n")
	p.expect("TYPE gone", "+none\r\n")
	p.expect("KEYS *", "*0\r\n")
	p.expect("DBSIZE", ":1\r\n")
	p.expect("RANDOMKEY", "$4\r\ngone\r\n")

	p.ks.Expiry, p.fromMaster = store.ExpiryIgnore, true
	p.expect("APPEND gone x", ":2\r\n")
	p.expect("SET k v", "+OK\r\n")
	p.expect("PEXPIREAT k 5", ":1\r\n")
	p.expect("GETEX k PXAT 6", "$1\r\nv\r\n")
	p.expect("PEXPIRETIME k", ":6\r\n")
	p.expect("DEL gone k", ":2\r\n")
	p.expect("DBSIZE", ":0\r\n")
}

// TestMasterIsObeyed: the limits for clients do not hold for what the master sends.
func TestMasterIsObeyed(t *testing.T) {
	p := fixed(t)
	p.set("proto-max-bulk-len", "100")
	p.expect("SETRANGE k 100 x", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n")
	p.expect("SETBIT k 800 1", "-ERR bit offset is not an integer or out of range\r\n")
	p.fromMaster = true
	p.expect("SETRANGE k 100 x", ":101\r\n")
	p.expect("SETBIT k 808 1", ":0\r\n")
}

func TestRefusedInCluster(t *testing.T) {
	p := fixed(t)
	p.set("cluster-enabled", "yes")
	p.run("SET k v")
	p.expect("MOVE k 1", "-ERR MOVE is not allowed in cluster mode\r\n")
	p.expect("COPY k j DB 1", "-ERR Copying to another database is not allowed in cluster mode\r\n")
	p.expect("COPY k j", ":1\r\n")
	p.expect("SORT none BY w*", "-ERR BY option of SORT denied in cluster mode.\r\n")
	p.expect("SORT none BY nosort", "*0\r\n")
	p.expect("SORT none GET #", "-ERR GET option of SORT denied in cluster mode.\r\n")
}

// TestExactTimes: the oracle compares times loosely, this does not.
func TestExactTimes(t *testing.T) {
	rows := []struct{ line, propagated string }{
		{"SET k v EX 10", "SET|k|v|PXAT|1010000"},
		{"SET k v PX 7", "SET|k|v|PXAT|1000007"},
		{"SETEX k 2 v", "SET|k|v|PXAT|1002000"},
		{"GETEX k EX 3", "PEXPIREAT|k|1003000"},
		{"EXPIRE k 4", "PEXPIREAT|k|1004000"},
		{"PEXPIRE k 5 XX", "PEXPIREAT|k|1000005|XX"},
		{"EXPIREAT k 1001", "PEXPIREAT|k|1001000"},
		{"PEXPIREAT k 1000001", "PEXPIREAT|k|1000001"},
	}
	p := fixed(t)
	for _, r := range rows {
		p.propagated = nil
		p.run(r.line)
		if got := strings.Join(p.propagated, ";"); got != "0|"+r.propagated {
			t.Errorf("%s: propagated %q want %q", r.line, got, r.propagated)
		}
	}
	p.expect("PTTL k", ":1\r\n")
	p.expect("TTL k", ":0\r\n")
	p.run("PEXPIRE k 1500")
	p.expect("TTL k", ":2\r\n")
	p.run("PEXPIRE k 1499")
	p.expect("TTL k", ":1\r\n")
	p.expect("PEXPIRETIME k", ":1001499\r\n")
	p.expect("EXPIRETIME k", ":1001\r\n")
}
