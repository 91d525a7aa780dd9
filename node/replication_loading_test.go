package node

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// TestWhatWorksWhileLoading has the answers of a real server that was loading a file slowly.
func TestWhatWorksWhileLoading(t *testing.T) {
	n := testNode(t)
	loading := func(on bool) {
		if !n.enter() {
			t.Fatal("the node has ended")
		}
		n.loading.active = on
		n.leave()
	}
	loading(true)
	defer loading(false)
	c := testClient(t, n.Addr().String())
	const refused = "LOADING Redis is loading the dataset in memory"
	for _, row := range []struct{ lines, want string }{
		{"get k,set a b,ping,replicaof no one,replicaof 127.0.0.1 1,bgsave,save,wait 0 0,failover,dbsize,keys *,flushall,memory doctor,swapdb 0 1,type k,psync ? -1,sync,debug digest,object encoding k,incr a,subscribe", refused},
		{"echo a,select 1,role,lastsave,publish a b,client getname,slowlog len,unwatch,watch k,config set maxmemory 0,config get port,info nothing,latency latest,time,object help,multi,exec", ""},
		{"shutdown abort", "ERR No shutdown in progress."},
		{"replconf a b", "ERR Unrecognized REPLCONF option: a"},
	} {
		for _, line := range strings.Split(row.lines, ",") {
			if line == "subscribe" {
				continue
			}
			var words []any
			for _, w := range strings.Fields(line) {
				words = append(words, w)
			}
			got := ""
			if err := c.Do(t.Context(), words...).Err(); err != nil && err.Error() != "redis: nil" {
				got = err.Error()
			}
			if got != row.want && !(line == "debug digest" && got == "") {
				t.Errorf("%s: %q, want %q", line, got, row.want)
			}
		}
	}
	if got := info(t, c, "persistence"); got["loading"] != "1" || got["loading_start_time"] == "" {
		t.Errorf("INFO persistence: %v", got)
	}
}

// TestFlushedReplicaHasNoHistory promotes a replica whose full sync failed after its old data was gone: nobody may go
// on from what it was.
func TestFlushedReplicaHasNoHistory(t *testing.T) {
	n := testNode(t)
	p := &play{t: t, kind: ours, ids: map[string]string{}}
	r := &actor{p: p, name: "r", addr: n.Addr().String(), node: n, c: testClient(t, n.Addr().String())}
	sub := r.pretend()
	id := strings.Fields(sub.ask("PSYNC ? -1"))[1]
	sub.takeRDB()
	r.quietly("SET", "old", "v")
	offset := r.info("replication")["master_repl_offset"]
	var gone int
	if _, err := fmt.Sscan(offset, &gone); err != nil {
		t.Fatal(err)
	}
	m := p.pretendMaster(func(conn net.Conn, rd *bufio.Reader, request string) {
		_, _ = io.WriteString(conn, "+FULLRESYNC "+someID+" 1\r\n$20\r\nthis is not an RDB  ")
		_, _ = rd.ReadByte()
	})
	r.follows(m)
	eventually(t, "the old data is gone", func() error {
		if keys := r.c.Keys(t.Context(), "*").Val(); len(keys) != 0 || r.info("persistence")["loading"] != "0" {
			return fmt.Errorf("%v", keys)
		}
		return nil
	})
	r.quietly("REPLICAOF", "NO", "ONE")
	if got := r.pretend().ask(fmt.Sprintf("PSYNC %s %d", id, gone+1)); !strings.HasPrefix(got, "+FULLRESYNC") {
		t.Errorf("a replica with the old data is told %q", got)
	}
}
