package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// server is one end of a replication test: ours or the real one.
type server struct {
	name  string
	start func(t testing.TB, dir string, args ...string) (addr string)
}

var (
	ours = server{"ours", func(t testing.TB, dir string, args ...string) string {
		return testNodeIn(t, dir, args...).Addr().String()
	}}
	real7 = server{"real", func(t testing.TB, dir string, args ...string) string { return redisPeer(t, dir, args...) }}
)

// pairings are all combinations of masters and replicas.
var pairings = []struct{ master, replica server }{{ours, ours}, {ours, real7}, {real7, ours}}

func hostPort(t testing.TB, addr string) (string, string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

func replicaOf(t testing.TB, c *redis.Client, master string) {
	t.Helper()
	host, port := hostPort(t, master)
	if err := c.Do(context.Background(), "REPLICAOF", host, port).Err(); err != nil {
		t.Fatal(err)
	}
}

// TestFullAndPartialResync goes through both kinds of resync for every pairing, with and
// without a disk in between, and compares the data key by key.
func TestFullAndPartialResync(t *testing.T) {
	t.Parallel()
	for _, p := range pairings {
		for _, diskless := range []string{"yes", "no"} {
			t.Run(p.master.name+"-to-"+p.replica.name+"/diskless-"+diskless, func(t *testing.T) {
				ctx := context.Background()
				ma := p.master.start(t, t.TempDir(), "--repl-diskless-sync", diskless)
				ra := p.replica.start(t, t.TempDir())
				master, replica := testClient(t, ma), testClient(t, ra)
				allTypes(t, master)
				replica.Set(ctx, "stale", "x", 0)
				replicaOf(t, replica, ma)
				inSync(t, master, replica)
				sameData(t, ma, ra)

				// The stream: writes after the snapshot, in several databases, as a
				// transaction, with relative expiry.
				master.Incr(ctx, "str:int")
				master.TxPipelined(ctx, func(p redis.Pipeliner) error {
					p.LPush(ctx, "list:small", "in", "multi")
					p.Set(ctx, "tx", "1", 0)
					return nil
				})
				master.Do(ctx, "SPOP", "set:large", "5")
				master.Do(ctx, "SET", "ttl", "v", "EX", "1000")
				master.Do(ctx, "INCRBYFLOAT", "float", "1.5")
				inSync(t, master, replica)
				sameData(t, ma, ra)

				// A link that breaks goes on where it stopped.
				before := info(t, master, "stats")
				master.Do(ctx, "CLIENT", "KILL", "TYPE", "replica")
				master.Set(ctx, "while-away", "1", 0)
				eventually(t, "a partial resync", func() error {
					now := info(t, master, "stats")
					if now["sync_partial_ok"] == before["sync_partial_ok"] {
						return fmt.Errorf("sync_partial_ok is still %s", now["sync_partial_ok"])
					}
					if now["sync_full"] != before["sync_full"] {
						t.Fatal("a full resync happened instead")
					}
					return nil
				})
				inSync(t, master, replica)
				sameData(t, ma, ra)
			})
		}
	}
}

// TestPromotedReplicaServesPartialResync moves a second replica to the promoted first one: PSYNC2's second
// ID makes it partial.
func TestPromotedReplicaServesPartialResync(t *testing.T) {
	t.Parallel()
	for _, s := range []struct{ master, first, second server }{
		{ours, ours, ours}, {ours, real7, ours}, {real7, ours, real7}, {real7, ours, ours},
	} {
		t.Run(s.master.name+"-"+s.first.name+"-"+s.second.name, func(t *testing.T) {
			ctx := context.Background()
			ma := s.master.start(t, t.TempDir())
			fa, sa := s.first.start(t, t.TempDir()), s.second.start(t, t.TempDir())
			master, first, second := testClient(t, ma), testClient(t, fa), testClient(t, sa)
			allTypes(t, master)
			replicaOf(t, first, ma)
			replicaOf(t, second, ma)
			inSync(t, master, first)
			inSync(t, master, second)
			master.Set(ctx, "last", "1", 0)
			inSync(t, master, first)
			inSync(t, master, second)
			old := info(t, master, "replication")["master_replid"]
			first.Do(ctx, "REPLICAOF", "NO", "ONE")
			replicaOf(t, second, fa)
			first.Set(ctx, "by-the-new-master", "1", 0)
			inSync(t, first, second)
			sameData(t, fa, sa)
			got := info(t, first, "replication")
			if got["master_replid2"] != old || got["master_replid"] == old {
				t.Errorf("IDs after the promotion: %s and %s, the old one was %s", got["master_replid"], got["master_replid2"], old)
			}
			if st := info(t, first, "stats"); st["sync_partial_ok"] != "1" || st["sync_full"] != "0" {
				t.Errorf("the promoted node served %s partial and %s full resyncs, want 1 and 0", st["sync_partial_ok"], st["sync_full"])
			}
		})
	}
}

// TestChainedReplica hangs a replica on a replica.
func TestChainedReplica(t *testing.T) {
	t.Parallel()
	for _, s := range []struct{ a, b, c server }{{ours, ours, ours}, {real7, ours, real7}, {ours, real7, ours}} {
		t.Run(s.a.name+"-"+s.b.name+"-"+s.c.name, func(t *testing.T) {
			ctx := context.Background()
			aa, ba, ca := s.a.start(t, t.TempDir()), s.b.start(t, t.TempDir()), s.c.start(t, t.TempDir())
			a, b, c := testClient(t, aa), testClient(t, ba), testClient(t, ca)
			allTypes(t, a)
			replicaOf(t, b, aa)
			inSync(t, a, b)
			replicaOf(t, c, ba)
			inSync(t, a, c)
			a.Set(ctx, "k", "v", 0)
			a.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Incr(ctx, "n")
				p.Incr(ctx, "n")
				return nil
			})
			inSync(t, a, c)
			sameData(t, aa, ca)
		})
	}
}

// TestRDBFilesAreInterchangeable saves on one server and starts the other from the file.
func TestRDBFilesAreInterchangeable(t *testing.T) {
	t.Parallel()
	for _, s := range []struct{ from, to server }{{ours, ours}, {ours, real7}, {real7, ours}} {
		t.Run(s.from.name+"-to-"+s.to.name, func(t *testing.T) {
			dir := t.TempDir()
			a := s.from.start(t, dir)
			c := testClient(t, a)
			allTypes(t, c)
			if err := c.Save(context.Background()).Err(); err != nil {
				t.Fatal(err)
			}
			if tool, err := exec.LookPath("redis-check-rdb"); err == nil {
				out, err := exec.Command(tool, filepath.Join(dir, "dump.rdb")).CombinedOutput()
				if err != nil || !strings.Contains(string(out), "RDB looks OK") {
					t.Errorf("redis-check-rdb: %v\n%s", err, out)
				}
			}
			other := t.TempDir()
			file, err := os.ReadFile(filepath.Join(dir, "dump.rdb"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(other, "dump.rdb"), file, 0o644); err != nil {
				t.Fatal(err)
			}
			sameData(t, a, s.to.start(t, other))
		})
	}
}
