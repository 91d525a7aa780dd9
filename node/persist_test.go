package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// rdbFields are the fields of INFO persistence that do not depend on the moment.
var rdbFields = []string{
	"loading", "rdb_changes_since_last_save", "rdb_bgsave_in_progress", "rdb_last_bgsave_status", "rdb_saves",
	"rdb_current_bgsave_time_sec", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded", "current_save_keys_processed", "current_save_keys_total",
}

func (a *actor) rdbState() {
	a.fields("persistence", rdbFields...)
	a.fields("stats", "total_forks")
}

// saved waits for the end of a background save.
func (a *actor) saved() {
	a.p.t.Helper()
	a.until("persistence", "rdb_bgsave_in_progress", "0")
}

// files writes the names in the server's folder down.
func (a *actor) files() {
	a.p.t.Helper()
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		a.p.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	a.p.note("%s has files %v", a.name, names)
}

func TestSavingAsTheRealOne(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m")
		m.rdbState()
		m.fields("persistence", "rdb_last_bgsave_time_sec")
		m.do("SET", "k", "v")
		m.do("LPUSH", "l", "1", "2", "3")
		m.do("DEL", "none")
		m.rdbState()
		m.do("SAVE")
		m.files()
		m.rdbState()
		m.fields("persistence", "rdb_last_bgsave_time_sec")
		last := fmt.Sprint(m.quietly("LASTSAVE"))
		p.note("LASTSAVE is the field: %v", last == m.info("persistence")["rdb_last_save_time"])
		m.do("SET", "k2", "v", "PX", "1")
		m.do("BGSAVE")
		m.saved()
		m.fields("persistence", "rdb_last_bgsave_status", "rdb_last_bgsave_time_sec", "rdb_saves")
		m.do("BGSAVE", "x")
		m.do("BGSAVE", "SCHEDULE")
		m.saved()
		m.do("SAVE", "x")
		conn := m.pretend()
		conn.send("MULTI\r\nSAVE\r\nBGSAVE\r\nEXEC\r\n")
		for range 4 {
			p.note("%s", conn.line())
		}
		m.do("DEBUG", "RELOAD")
		m.do("DBSIZE")
		m.do("CONFIG", "GET", "save")
		m.files()
	})
}

func TestSavePointsAsTheRealOnes(t *testing.T) {
	comparePlays(t, func(p *play) {
		m := p.start("m", "--save", "1 3", "--save", "3600 1")
		m.do("CONFIG", "GET", "save")
		m.do("SET", "k", "v")
		m.do("SET", "k", "v")
		m.fields("persistence", "rdb_changes_since_last_save", "rdb_saves")
		m.do("SET", "k", "v")
		m.until("persistence", "rdb_saves", "1")
		m.saved()
		m.rdbState()
		m.files()
		m.do("CONFIG", "SET", "save", "")
		m.do("CONFIG", "GET", "save")
		m.do("CONFIG", "SET", "save", "x")
		m.do("CONFIG", "SET", "save", "0 1")
		m.do("CONFIG", "SET", "save", "1 1 5 5")
		m.do("CONFIG", "GET", "save")
		m.do("SET", "k", "v")
		m.until("persistence", "rdb_saves", "2")
		m.saved()
		m.rdbState()
	})
}

// TestFailedSavesStopWrites puts a folder where the file belongs.
func TestFailedSavesStopWrites(t *testing.T) {
	comparePlays(t, func(p *play) {
		m, r := p.start("m", "--save", "3600 1000"), p.start("r")
		r.follows(m)
		m.synced(r)
		m.do("SET", "k", "v")
		file := filepath.Join(m.dir, "dump.rdb")
		os.Remove(file)
		if err := os.Mkdir(file, 0o755); err != nil {
			p.t.Fatal(err)
		}
		m.do("SAVE")
		m.do("BGSAVE")
		m.until("persistence", "rdb_last_bgsave_status", "err")
		m.saved()
		m.files()
		m.rdbState()
		for _, words := range [][]any{{"SET", "k", "v2"}, {"PING"}, {"DEL", "k"}, {"GET", "k"}, {"PUBLISH", "a", "b"}, {"FLUSHALL"}, {"EXPIRE", "k", "5"}, {"ECHO", "x"}, {"SELECT", "0"}} {
			m.do(words...)
		}
		m.do("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
		m.do("SET", "k", "v3")
		m.do("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes")
		m.do("SET", "k", "v4")
		m.do("CONFIG", "SET", "save", "")
		m.do("SET", "k", "v5")
		m.do("CONFIG", "SET", "save", "3600 1000")
		m.do("SET", "k", "v6")
		if err := os.Remove(file); err != nil {
			p.t.Fatal(err)
		}
		m.do("BGSAVE")
		m.until("persistence", "rdb_last_bgsave_status", "ok")
		m.do("SET", "k", "v7")
		m.files()
		m.synced(r)
		r.do("GET", "k")
		// A full sync that cannot be saved fails as well.
		m.do("CONFIG", "SET", "repl-diskless-sync", "no")
		if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o755)); err != nil {
			p.t.Fatal(err)
		}
		other := p.start("other")
		other.follows(m)
		m.until("persistence", "rdb_last_bgsave_status", "err")
		other.fields("replication", "master_link_status")
		if err := os.Remove(file); err != nil {
			p.t.Fatal(err)
		}
		m.do("BGSAVE") // until one works, the master refuses the PING of replicas too
		m.synced(r, other)
		m.fields("persistence", "rdb_last_bgsave_status")
		m.do("SET", "k", "v8")
		m.files()
	})
}

// TestWhatShutdownLeavesBehind goes through the words of SHUTDOWN, with and without save points.
func TestWhatShutdownLeavesBehind(t *testing.T) {
	t.Parallel()
	for _, save := range []string{"", "3600 1000"} {
		for _, word := range []string{"", "SAVE", "NOSAVE", "NOW", "FORCE", "SAVE NOW FORCE"} {
			t.Run(fmt.Sprintf("%q %q", save, word), func(t *testing.T) {
				comparePlays(t, func(p *play) {
					m := p.start("m", "--save", save)
					m.do("SET", "k", "v")
					m.do("SAVE")
					m.do("SET", "k", "v2")
					m.do("SHUTDOWN", "x")
					m.do("SHUTDOWN", "SAVE", "NOSAVE")
					m.do("SHUTDOWN", "ABORT")
					m.do("SHUTDOWN", "ABORT", "NOW")
					words := []any{}
					for _, w := range strings.Fields(word) {
						words = append(words, w)
					}
					m.shutdown(words...)
					m.files()
					m.restart()
					m.do("GET", "k")
				})
			})
		}
	}
}

// TestShutdownWaitsAsTheRealOne has a replica that does not catch up.
func TestShutdownWaitsAsTheRealOne(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"aborted", "timed out", "caught up", "now"} {
		t.Run(how, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				m, c := stuck(p)
				replies := make(chan string, 2)
				ask := func() {
					conn := redis.NewClient(&redis.Options{Addr: m.addr, MaxRetries: -1, ReadTimeout: -1})
					defer conn.Close()
					words := []any{"SHUTDOWN"}
					if how == "now" {
						words = append(words, "NOW")
					}
					err := conn.Do(context.Background(), words...).Err()
					if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "reset") {
						err = errors.New("closed")
					}
					replies <- fmt.Sprint(err)
				}
				if how == "timed out" {
					m.do("CONFIG", "SET", "shutdown-timeout", "1")
				}
				go ask()
				if how == "aborted" || how == "caught up" {
					m.until("clients", "blocked_clients", "1")
					go ask() // a second caller waits as well
					m.until("clients", "blocked_clients", "2")
					m.do("GET", "k")
				}
				switch how {
				case "aborted":
					m.do("SHUTDOWN", "ABORT")
					p.note("%s", <-replies)
					m.do("SET", "k", "on")
					m.do("SHUTDOWN", "ABORT")
				case "caught up":
					c.send("REPLCONF ACK " + m.info("replication")["master_repl_offset"] + "\r\n")
				}
				p.note("%s", <-replies)
				if how != "aborted" {
					m.ended()
				}
			})
		})
	}
}

// background reads the digest and starts BGSAVE, with more commands right behind: all arrive in one piece, so they run
// before the walk over the keyspace has begun.
func background(t testing.TB, n *Node, more ...string) (digest string) {
	t.Helper()
	conn := dialRaw(t, n)
	conn.send("DEBUG DIGEST\r\nBGSAVE\r\n" + strings.Join(more, "\r\n") + "\r\nECHO done\r\n")
	digest, err := conn.r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn.expect("+Background saving started\r\n")
	for {
		line, err := conn.r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "-") {
			t.Errorf("a command failed: %s", line)
		}
		if line == "done\r\n" {
			break
		}
	}
	c := testClient(t, n.Addr().String())
	eventually(t, "the end of BGSAVE", func() error {
		if got := info(t, c, "persistence"); got["rdb_bgsave_in_progress"] != "0" {
			return errors.New("still saving")
		}
		return nil
	})
	return strings.TrimSpace(digest)[1:]
}

// checkFile has the file read by redis-check-rdb, by a node of ours and by the real server.
func checkFile(t *testing.T, dir, digest string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(dir, "dump.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	if tool, err := exec.LookPath("redis-check-rdb"); err == nil {
		out, err := exec.Command(tool, filepath.Join(dir, "dump.rdb")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "RDB looks OK") {
			t.Errorf("redis-check-rdb: %v\n%s", err, out)
		}
	}
	kinds := []server{ours}
	if _, err := exec.LookPath("redis-server"); err == nil {
		kinds = append(kinds, real7)
	}
	for _, s := range kinds {
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, "dump.rdb"), file, 0o644); err != nil {
			t.Fatal(err)
		}
		c := testClient(t, s.start(t, other))
		eventually(t, "the file is loaded", func() error { return c.Ping(context.Background()).Err() })
		if got := c.Do(context.Background(), "DEBUG", "DIGEST").Val(); got != digest {
			t.Errorf("%s loaded from the file: digest %v, want %s", s.name, got, digest)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "temp-*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

// TestSnapshotStandsForTheMomentItBegan changes, deletes and replaces everything while the file is written.
func TestSnapshotStandsForTheMomentItBegan(t *testing.T) {
	t.Parallel()
	var changes []string
	for i := range 3000 {
		key := "key:" + strconv.Itoa(i*7)
		changes = append(changes, []string{"SET " + key + " changed", "DEL " + key, "APPEND " + key + " more", "EXPIRE " + key + " 1000", "PEXPIRE " + key + " -1", "RENAME " + key + " moved" + key, "SETRANGE " + key + " 2 x"}[i%7])
	}
	for _, c := range []struct {
		name string
		more []string
	}{
		{"single keys", changes},
		{"collections", []string{"LPUSH list:large x", "RPOP list:small", "HSET hash:large f0 x new y", "HDEL hash:small f1", "SADD set:manyints 100000 x", "SREM set:large m1", "ZINCRBY zset:large 5 m3", "ZREM zset:small m1", "SPOP set:ints 3", "SORT list:small ALPHA STORE list:large", "LTRIM list:large 1 0", "PERSIST hash:small"}},
		{"FLUSHDB", []string{"FLUSHDB", "SET after 1", "SET key:7 x"}},
		{"FLUSHDB ASYNC, others", []string{"FLUSHDB ASYNC", "SELECT 9", "FLUSHDB", "SET a b"}},
		{"SWAPDB", []string{"SWAPDB 0 9", "SET after 1", "DEL key:7", "SELECT 9", "DEL key:7", "SET key:14 x", "SWAPDB 0 9"}},
		{"MOVE and COPY", []string{"MOVE key:7 9", "COPY key:14 key:21 REPLACE", "COPY list:large key:28 DB 9"}},
		{"a transaction", append(append([]string{"MULTI"}, changes[:50]...), "FLUSHDB", "EXEC")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			n := testNodeIn(t, dir)
			client := testClient(t, n.Addr().String())
			client.Do(context.Background(), "DEBUG", "POPULATE", "25000", "key", "20")
			allTypes(t, client)
			var fitting []string
			for _, line := range c.more {
				if strings.HasPrefix(line, "RENAME") || strings.HasPrefix(line, "MOVE") {
					line += "" // both exist: nothing has deleted these keys before
				}
				fitting = append(fitting, line)
			}
			before := client.Do(context.Background(), "DEBUG", "DIGEST").Val()
			digest := background(t, n, fitting...)
			if after := client.Do(context.Background(), "DEBUG", "DIGEST").Val(); before == after {
				t.Error("nothing has changed: the test would prove nothing")
			}
			checkFile(t, dir, digest)
		})
	}
}

// TestSnapshotUnderWritingClients has clients write at their own pace while one file after the other is written.
func TestSnapshotUnderWritingClients(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	client := testClient(t, n.Addr().String())
	client.Do(context.Background(), "DEBUG", "POPULATE", "20000", "key", "20")
	allTypes(t, client)
	stop, stopped := make(chan struct{}), make(chan struct{})
	writer := testClient(t, n.Addr().String())
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			p := writer.Pipeline()
			for j := range 50 {
				key := "key:" + strconv.Itoa((i*31+j*17)%20000)
				switch j % 5 {
				case 0:
					p.Set(context.Background(), key, i, 0)
				case 1:
					p.Del(context.Background(), key)
				case 2:
					p.Append(context.Background(), key, "x")
				case 3:
					p.LPush(context.Background(), "list:large", i)
				case 4:
					p.ZIncrBy(context.Background(), "zset:large", 1, "m"+strconv.Itoa(i%700))
				}
			}
			if _, err := p.Exec(context.Background()); err != nil {
				t.Errorf("writing: %v", err)
				return
			}
		}
	}()
	digest := ""
	for range 3 {
		digest = background(t, n)
	}
	close(stop)
	<-stopped
	checkFile(t, dir, digest)
}

// TestHugeCollectionsAreSavedWhole changes huge values before the walk reaches them.
func TestHugeCollectionsAreSavedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	client := testClient(t, n.Addr().String())
	const size = 60_000
	for i := 0; i < size; i += 1000 {
		p := client.Pipeline()
		for j := range 1000 {
			m := strconv.Itoa(i + j)
			p.SAdd(context.Background(), "set", "member"+m)
			p.ZAdd(context.Background(), "zset", redis.Z{Score: float64(i + j), Member: m})
			p.HSet(context.Background(), "hash", m, m)
			p.RPush(context.Background(), "list", m)
		}
		if _, err := p.Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	digest := background(t, n, "SREM set member1", "SADD set x", "ZADD zset 0 new", "ZREMRANGEBYRANK zset 100 50000", "HDEL hash 5", "LPOP list", "LTRIM list 5 10", "DEL set", "RENAME hash list")
	checkFile(t, dir, digest)
}

func TestCompressionAndChecksum(t *testing.T) {
	sizes := map[string]int64{}
	for _, c := range []struct{ compression, checksum string }{{"yes", "yes"}, {"no", "yes"}, {"yes", "no"}} {
		dir := t.TempDir()
		n := testNodeIn(t, dir, "--rdbcompression", c.compression, "--rdbchecksum", c.checksum)
		allTypes(t, testClient(t, n.Addr().String()))
		checkFile(t, dir, background(t, n))
		file, err := os.ReadFile(filepath.Join(dir, "dump.rdb"))
		if err != nil {
			t.Fatal(err)
		}
		sizes[c.compression+c.checksum] = int64(len(file))
		if bytes.HasSuffix(file, make([]byte, 8)) != (c.checksum == "no") {
			t.Errorf("rdbchecksum %s: the file ends with % x", c.checksum, file[len(file)-8:])
		}
	}
	if sizes["noyes"] < 2*sizes["yesyes"] || sizes["yesno"] != sizes["yesyes"] {
		t.Errorf("sizes by rdbcompression and rdbchecksum: %v", sizes)
	}
}

// TestFlushallEndsTheSave must not leave a file with what was just flushed.
func TestFlushallEndsTheSave(t *testing.T) {
	t.Parallel()
	for _, save := range []string{"", "3600 1000000"} {
		t.Run("save "+save, func(t *testing.T) {
			comparePlays(t, func(p *play) {
				// The delay keeps the real server's child from being done before its parent has flushed.
				m := p.start("m", "--save", save, "--rdb-key-save-delay", "100")
				m.quietly("DEBUG", "POPULATE", "100000", "key", "100")
				conn := m.pretend()
				conn.send("BGSAVE\r\nFLUSHALL\r\n")
				p.note("%s", conn.line())
				p.note("%s", conn.line())
				m.saved()
				m.do("DBSIZE")
				m.fields("persistence", "rdb_changes_since_last_save", "rdb_last_bgsave_status", "rdb_saves")
				eventually(p.t, "the temporary file goes", func() error {
					if left, _ := filepath.Glob(filepath.Join(m.dir, "temp-*")); len(left) > 0 {
						return errors.New(left[0])
					}
					return nil
				})
				m.files()
				m.do("SET", "k", "v")
				m.do("BGSAVE")
				m.saved()
				m.fields("persistence", "rdb_changes_since_last_save", "rdb_last_bgsave_status")
				m.restartAfterKill()
				m.do("DBSIZE")
			})
		})
	}
}

func (a *actor) restartAfterKill() {
	a.kill()
	a.restart()
}

// TestFlushallDuringASyncByDisk must not leave the old data in the file either, and the replica gets there in the end.
func TestFlushallDuringASyncByDisk(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir, "--save", "3600 1000000", "--repl-diskless-sync", "no")
	m, r := testClient(t, n.Addr().String()), testNode(t)
	m.Do(t.Context(), "DEBUG", "POPULATE", "100000", "key", "100")
	n.Pause() // so that FLUSHALL comes right behind the replica's PSYNC
	conn := dialRaw(t, n)
	conn.send("PSYNC ? -1\r\n")
	other := dialRaw(t, n)
	other.send("FLUSHALL\r\n")
	n.Resume()
	other.expect("+OK\r\n")
	eventually(t, "the end of the save", func() error {
		if info(t, m, "persistence")["rdb_bgsave_in_progress"] != "0" {
			return errors.New("still saving")
		}
		return nil
	})
	replica := testClient(t, r.Addr().String())
	replicaOf(t, replica, n.Addr().String())
	inSync(t, m, replica)
	if got := replica.DBSize(t.Context()).Val(); got != 0 {
		t.Errorf("the replica has %d keys", got)
	}
	if got := info(t, m, "persistence"); strings.HasPrefix(got["rdb_changes_since_last_save"], "-") {
		t.Errorf("%s changes since the last save", got["rdb_changes_since_last_save"])
	}
	n.Kill()
	again := testClient(t, testNodeIn(t, dir).Addr().String())
	if got := again.DBSize(t.Context()).Val(); got != 0 {
		t.Errorf("%d keys are back after a restart", got)
	}
}

// TestBrokenFilesAreRefused and left as they are.
func TestBrokenFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	n := testNodeIn(t, dir)
	allTypes(t, testClient(t, n.Addr().String()))
	background(t, n)
	good, err := os.ReadFile(filepath.Join(dir, "dump.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0x40
	for name, file := range map[string][]byte{
		"cut off": good[:len(good)-100], "no end": good[:len(good)-9], "one bit": flipped, "empty": {}, "another format": []byte("SQLite format 3\x00 and more"), "newer": append([]byte("REDIS9999"), good[9:]...),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "dump.rdb")
			if err := os.WriteFile(path, file, 0o644); err != nil {
				t.Fatal(err)
			}
			n, err := Start(t.Context(), Config{Args: []string{"--bind", "127.0.0.1", "--port", "0", "--dir", dir}, WorkDir: dir, AnyPort: true, Logger: slog.New(slog.DiscardHandler)})
			if err == nil {
				n.Kill()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), "redis-check-rdb") {
				t.Errorf("the error does not say what to do: %v", err)
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, file) {
				t.Error("the file was changed")
			}
		})
	}
}
