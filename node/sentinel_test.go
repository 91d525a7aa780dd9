package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/node/freeport"
)

// await asks again and again, but leaves the processor to others in between: sentinels and servers share it.
func await(t testing.TB, what string, check func() error) {
	t.Helper()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	give := time.After(2 * patience)
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-give:
			t.Fatalf("%s: %v", what, err)
		case <-pause.C:
		}
	}
}

// tellsOf is the section replication of INFO. Sentinels throw clients out, so an error is no failure.
func tellsOf(c *redis.Client) (map[string]string, error) {
	text, err := c.Info(context.Background(), "replication").Result()
	fields := map[string]string{}
	for line := range strings.SplitSeq(text, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = value
	}
	return fields, err
}

// sentinelFile writes a sentinel.conf that watches a master as mymaster.
func sentinelFile(t testing.TB, port int, master string, quorum int, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	host, masterPort := hostPort(t, master)
	lines := append([]string{
		"port " + strconv.Itoa(port), "bind 127.0.0.1", "dir " + dir,
		fmt.Sprintf("sentinel monitor mymaster %s %s %d", host, masterPort, quorum),
		"sentinel down-after-milliseconds mymaster 2000", "sentinel failover-timeout mymaster 6000",
	}, more...)
	path := filepath.Join(dir, "sentinel.conf")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// ourSentinel starts a node in sentinel mode.
func ourSentinel(t testing.TB, file string) *Node {
	t.Helper()
	n, err := Start(context.Background(), Config{Args: []string{file, "--sentinel"}, AnyPort: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	return n
}

// realSentinel starts redis-sentinel, or skips the test.
func realSentinel(t testing.TB, file, addr string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("REDISLAB_REQUIRE_PEERS") != "" {
			t.Fatal("redis-server is not on PATH, and REDISLAB_REQUIRE_PEERS is set")
		}
		t.Skip("redis-server is not on PATH: install Debian's redis-server to test with real sentinels")
	}
	cmd := exec.Command(path, file, "--sentinel")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("redis-sentinel %s: %s", addr, out.String())
		}
	})
	c := testClient(t, addr)
	await(t, "redis-sentinel starts", func() error { return c.Ping(context.Background()).Err() })
}

// watcher is a sentinel under test.
type watcher struct {
	addr, file string
	c          *redis.SentinelClient
}

// startSentinels starts one sentinel per letter: o is ours, r the real one.
func startSentinels(t testing.TB, kinds, master string, quorum int) []watcher {
	t.Helper()
	var list []watcher
	for _, kind := range kinds {
		w := watcher{}
		if kind == 'o' {
			w.file = sentinelFile(t, 0, master, quorum)
			w.addr = ourSentinel(t, w.file).Addr().String()
		} else {
			port := freeport.For(t)
			w.file, w.addr = sentinelFile(t, port, master, quorum), net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			realSentinel(t, w.file, w.addr)
		}
		w.c = redis.NewSentinelClient(&redis.Options{Addr: w.addr, MaxRetries: -1, ReadTimeout: patience})
		t.Cleanup(func() { w.c.Close() })
		list = append(list, w)
	}
	for _, w := range list {
		await(t, "the sentinels find each other and the replicas", func() error { return w.ready(len(list), 2) })
	}
	return list
}

// ready wants the sentinel to know all others and to be able to promote any replica.
func (w watcher) ready(sentinels, replicas int) error {
	ctx := context.Background()
	m, err := w.c.Master(ctx, "mymaster").Result()
	if err != nil {
		return err
	}
	if m["num-other-sentinels"] != strconv.Itoa(sentinels-1) || m["num-slaves"] != strconv.Itoa(replicas) || m["flags"] != "master" {
		return fmt.Errorf("%s sees %s", w.addr, m)
	}
	rs, err := w.c.Replicas(ctx, "mymaster").Result()
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r["flags"] != "slave" || r["master-link-status"] != "ok" {
			return fmt.Errorf("%s sees %s", w.addr, r)
		}
	}
	peers, err := w.c.Sentinels(ctx, "mymaster").Result()
	if err != nil {
		return err
	}
	for _, p := range peers {
		if p["flags"] != "sentinel" {
			return fmt.Errorf("%s sees %s", w.addr, p)
		}
	}
	return w.c.CkQuorum(ctx, "mymaster").Err()
}

// replicated starts a master with two replicas.
func replicated(t testing.TB, kind server) (addrs []string) {
	t.Helper()
	for i := range 3 {
		addrs = append(addrs, kind.start(t, t.TempDir()))
		if i > 0 {
			replicaOf(t, testClient(t, addrs[i]), addrs[0])
		}
	}
	for _, a := range addrs[1:] {
		c := testClient(t, a)
		await(t, "the replica is online", func() error {
			if r, err := tellsOf(c); err != nil || r["master_link_status"] != "up" {
				return fmt.Errorf("link %s, %v", r["master_link_status"], err)
			}
			return nil
		})
	}
	return addrs
}

// stopServer ends a server at once, without leave from its replicas.
func stopServer(t testing.TB, addr string) {
	t.Helper()
	c := testClient(t, addr)
	c.Do(context.Background(), "SHUTDOWN", "NOSAVE", "NOW", "FORCE")
	await(t, "the server ends", func() error {
		if c.Ping(context.Background()).Err() == nil {
			return fmt.Errorf("%s answers", addr)
		}
		return nil
	})
}

// switches subscribes to +switch-master.
func (w watcher) switches(t testing.TB) *redis.PubSub {
	t.Helper()
	ps := w.c.Subscribe(context.Background(), "+switch-master")
	t.Cleanup(func() { ps.Close() })
	if _, err := ps.Receive(context.Background()); err != nil {
		t.Fatal(err)
	}
	return ps
}

// TestSentinelsFailOver kills the master under all mixtures of sentinels and servers.
func TestSentinelsFailOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sentinels string
		servers         server
	}{
		{"ours over ours", "ooo", ours},
		{"ours over real", "ooo", real7},
		{"real over ours", "rrr", ours},
		{"two ours and a real one", "oor", ours},
		{"one ours and two real ones", "orr", ours},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			failOver(t, c.sentinels, replicated(t, c.servers))
		})
	}
}

func failOver(t *testing.T, kinds string, servers []string) {
	ws := startSentinels(t, kinds, servers[0], 2)
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	var subs []*redis.PubSub
	var sentinels []string
	for _, w := range ws {
		subs = append(subs, w.switches(t))
		sentinels = append(sentinels, w.addr)
	}
	app := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "mymaster", SentinelAddrs: sentinels, MaxRetries: -1})
	defer app.Close()
	if err := app.Set(ctx, "k", "before", 0).Err(); err != nil {
		t.Fatal(err)
	}
	inSync(t, testClient(t, servers[0]), testClient(t, servers[1]))
	inSync(t, testClient(t, servers[0]), testClient(t, servers[2]))
	for _, w := range ws {
		askedByCLI(t, w.addr, servers[0])
	}
	stopServer(t, servers[0])

	for _, ps := range subs {
		m, err := ps.ReceiveMessage(ctx)
		if err != nil {
			t.Fatalf("no +switch-master: %v", err)
		}
		words := strings.Fields(m.Payload)
		if len(words) != 5 || words[0] != "mymaster" || !slices.Contains(servers[1:], net.JoinHostPort(words[3], words[4])) {
			t.Fatalf("+switch-master says %q", m.Payload)
		}
	}
	promoted := agree(t, ws)
	for _, w := range ws {
		askedByCLI(t, w.addr, promoted)
	}
	at := slices.Index(servers, promoted)
	if at < 1 {
		t.Fatalf("the sentinels' master is %s, servers are %s", promoted, servers)
	}
	await(t, "the client writes to the new master", func() error { return app.Set(ctx, "k", "after", 0).Err() })
	direct := testClient(t, promoted)
	await(t, "the new master has what was written", func() error {
		got, err := direct.Get(ctx, "k").Result()
		if err == nil && got != "after" {
			err = fmt.Errorf("it has %q", got)
		}
		return err
	})
	other := testClient(t, servers[3-at])
	await(t, "the other replica follows", func() error {
		r, err := tellsOf(other)
		if err != nil || net.JoinHostPort(r["master_host"], r["master_port"]) != promoted || r["master_link_status"] != "up" {
			return fmt.Errorf("it follows %s:%s, link %s, %v", r["master_host"], r["master_port"], r["master_link_status"], err)
		}
		return nil
	})
}

// askedByCLI wants redis-cli, where there is one, to get a master's address from a sentinel.
func askedByCLI(t *testing.T, sentinel, master string) {
	t.Helper()
	path, err := exec.LookPath("redis-cli")
	if err != nil {
		return
	}
	host, port := hostPort(t, sentinel)
	want, number := hostPort(t, master)
	out, err := exec.Command(path, "-h", host, "-p", port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster").CombinedOutput()
	if err != nil || string(out) != want+"\n"+number+"\n" {
		t.Errorf("redis-cli at %s: %q, %v; the master is %s", sentinel, out, err, master)
	}
}

// agree waits until all sentinels have the same master and epoch, and have written it down. With a down-after as short as
// the period of PING, a new master may be held for down before it is reached at all, and be replaced at once: so it is
// in Redis too. Hence the master that counts is the last one.
func agree(t *testing.T, ws []watcher) (promoted string) {
	ctx := context.Background()
	await(t, "the sentinels agree", func() error {
		epochs, masters := map[string]bool{}, map[string]bool{}
		for _, w := range ws {
			m, err := w.c.Master(ctx, "mymaster").Result()
			if err != nil {
				return err
			}
			if m["flags"] != "master" || m["config-epoch"] == "0" || m["role-reported"] != "master" {
				return fmt.Errorf("%s sees %s", w.addr, m)
			}
			promoted = net.JoinHostPort(m["ip"], m["port"])
			epochs[m["config-epoch"]], masters[promoted] = true, true
		}
		if len(epochs) != 1 || len(masters) != 1 {
			return fmt.Errorf("config-epochs %v, masters %v", epochs, masters)
		}
		return nil
	})
	host, port := hostPort(t, promoted)
	for _, w := range ws {
		await(t, "the file names the new master", func() error {
			text, err := os.ReadFile(w.file)
			if err != nil {
				return err
			}
			if !strings.Contains(string(text), "sentinel monitor mymaster "+host+" "+port+" 2\n") {
				return fmt.Errorf("%s", text)
			}
			return nil
		})
	}
	return promoted
}

// TestOldMasterComesBackAsReplica restarts the killed master: the sentinels demote it.
func TestOldMasterComesBackAsReplica(t *testing.T) {
	t.Parallel()
	master := testNode(t)
	servers := []string{master.Addr().String()}
	for range 2 {
		servers = append(servers, testNode(t).Addr().String())
		replicaOf(t, testClient(t, servers[len(servers)-1]), servers[0])
	}
	ws := startSentinels(t, "ooo", servers[0], 2)
	ps := ws[0].switches(t)
	master.Kill()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := ps.ReceiveMessage(ctx); err != nil {
		t.Fatal(err)
	}
	// A server is made a replica only if it was there for four hellos and says at the next INFO that it is a master. Both
	// come more often here, and a server that is slow to answer, as the machine is busy, is not held for down.
	for _, w := range ws {
		c := testClient(t, w.addr)
		for _, words := range [][]any{
			{"SENTINEL", "DEBUG", "info-period", "1000", "publish-period", "500"}, {"SENTINEL", "SET", "mymaster", "down-after-milliseconds", "10000"},
		} {
			if err := c.Do(ctx, words...).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, port := hostPort(t, servers[0])
	back := testClient(t, testNode(t, "--port", port).Addr().String())
	await(t, "the old master follows the new one", func() error {
		r, err := tellsOf(back)
		of := net.JoinHostPort(r["master_host"], r["master_port"])
		if err != nil || r["role"] != "slave" || !slices.Contains(servers[1:], of) || r["master_link_status"] != "up" {
			return fmt.Errorf("role %s, master %s, %v", r["role"], of, err)
		}
		return nil
	})
}
