package console

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/freeport"
)

// realRedis starts a redis-server of its own, or skips.
func realRedis(t *testing.T) (addr string) {
	t.Helper()
	server, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("redis-server is not on PATH: the console is not compared with the real redis-cli")
	}
	if _, err := exec.LookPath("redis-cli"); err != nil {
		t.Skip("redis-cli is not on PATH: the console is not compared with it")
	}
	port := strconv.Itoa(freeport.For(t))
	addr = net.JoinHostPort("127.0.0.1", port)
	cmd := exec.Command(server, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir(), "--enable-debug-command", "yes")
	runServer(t, cmd, addr)
	return addr
}

// runServer runs a server until the test ends, and waits until it answers.
func runServer(t *testing.T, cmd *exec.Cmd, addr string) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	deadline := time.Now().Add(10 * time.Second)
	for {
		c := NewClient(addr, dialTCP)
		out := c.Do(context.Background(), []string{"PING"})
		c.Close()
		if out == "PONG\n" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer: %s", cmd.Path, out)
		}
	}
}

func dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

// oracleScripts are typed one after the other, each on a connection of its own.
var oracleScripts = []string{
	`SET k "hello \x01\n world"`, `GET k`, `GET missing`, `INCR n`, `INCR k`, `XYZZY a b`, `GET`, `RPUSH l a b c d e f g h i j k`,
	`LRANGE l 0 -1`, `LRANGE missing 0 -1`, `HSET h f v g w`, `HGETALL h`, `HGETALL missing`, `SADD s one`, `SMEMBERS s`, `SMEMBERS missing`,
	`ZADD z 1.5 m`, `ZRANGE z 0 -1 WITHSCORES`, `ZSCORE z m`, "MULTI\nSET a 1\nLRANGE l 0 1\nHGETALL h\nEXEC", `DISCARD`, `EXPIRE k 100`,
	`COMMAND GETKEYS MSET a 1 b 2`, `CONFIG GET maxmemory-policy`, `CLUSTER INFO`, `MEMORY DOCTOR`, `TYPE l`, `DEBUG PROTOCOL map`,
	`DEBUG PROTOCOL set`, `DEBUG PROTOCOL double`, `DEBUG PROTOCOL true`, `DEBUG PROTOCOL null`, `DEBUG PROTOCOL verbatim`,
	"SELECT 3\nSET k other\nGET k", `SELECT 99`, `OBJECT ENCODING l`, `ECHO 'single \' quoted'`, `ECHO "unbalanced`,
	"WATCH a\nMULTI\nGET\nEXEC", `COMMAND INFO get sentinel`, `COMMAND DOCS get`, `EVAL "redis.setresp(3); return {map={a={1}}}" 0`,
	`EVAL "redis.setresp(3); return {map={a={map={b={1,2}}}}}" 0`, `EVAL "redis.setresp(3); return {map={a={map={b={map={c={{},{1}}}}}}}}" 0`,
	`EVAL "return {1,{2,{3,'x'},{}},{{}},'y'}" 0`,
	`EVAL "local t={} for i=1,12 do t[i]={'n',{i,{}}} end return {t,t}" 0`,
}

// Every line typed at the console prints what redis-cli prints, in both protocols.
func TestSameOutputAsRedisCLI(t *testing.T) {
	for _, proto := range []string{"2", "3"} {
		t.Run("RESP"+proto, func(t *testing.T) {
			theirs, ours := realRedis(t), realRedis(t)
			for _, script := range oracleScripts {
				want := viaRedisCLI(t, theirs, proto, script)
				if got := viaConsole(ours, proto, script); got != want {
					t.Errorf("%s\n  console: %q\nredis-cli: %q", script, got, want)
				}
			}
		})
	}
}

// realSentinel starts a redis-sentinel that watches a redis-server, or skips.
func realSentinel(t *testing.T) (addr string) {
	t.Helper()
	program, err := exec.LookPath("redis-sentinel")
	if err != nil {
		t.Skip("redis-sentinel is not on PATH: the console at a sentinel is not compared with redis-cli")
	}
	_, master, _ := net.SplitHostPort(realRedis(t))
	port := strconv.Itoa(freeport.For(t))
	addr = net.JoinHostPort("127.0.0.1", port)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	if err := os.WriteFile(file, []byte("bind 127.0.0.1\nport "+port+"\nsentinel monitor mymaster 127.0.0.1 "+master+" 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runServer(t, exec.Command(program, file), addr)
	return addr
}

// A sentinel is spoken to like any other node, and its nested replies are printed as redis-cli prints them.
func TestSentinelAsRedisCLI(t *testing.T) {
	addr := realSentinel(t)
	changing := regexp.MustCompile(`"\d+"`) // times
	for _, script := range []string{
		"SENTINEL MASTERS", "SENTINEL MASTER mymaster", "SENTINEL REPLICAS mymaster", "SENTINEL SENTINELS mymaster", "SENTINEL CKQUORUM mymaster",
		"SENTINEL GET-MASTER-ADDR-BY-NAME mymaster", "SENTINEL GET-MASTER-ADDR-BY-NAME nobody", "SENTINEL MASTER nobody", "SENTINEL MYID",
		"SENTINEL PENDING-SCRIPTS", "GET k", "ROLE", "INFO sentinel",
	} {
		for _, proto := range []string{"2", "3"} {
			want := changing.ReplaceAllString(viaRedisCLI(t, addr, proto, script), `"N"`)
			if got := changing.ReplaceAllString(viaConsole(addr, proto, script), `"N"`); got != want {
				t.Errorf("RESP%s %s\n  console: %q\nredis-cli: %q", proto, script, got, want)
			}
		}
	}
}

func viaRedisCLI(t *testing.T, addr, proto, script string) string {
	t.Helper()
	host, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command("redis-cli", "-h", host, "-p", port, "--no-raw", "-"+proto)
	if proto == "2" {
		cmd.Args = cmd.Args[:len(cmd.Args)-1]
	}
	cmd.Stdin = strings.NewReader(script + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func viaConsole(addr, proto, script string) string {
	c := NewClient(addr, dialTCP)
	defer c.Close()
	if proto == "3" {
		c.Do(context.Background(), []string{"HELLO", "3"})
	}
	var out strings.Builder
	for _, line := range strings.Split(script, "\n") {
		args, ok := splitLine(line)
		if !ok {
			out.WriteString("Invalid argument(s)\n")
			continue
		}
		out.WriteString(c.Do(context.Background(), args))
	}
	return out.String()
}

func TestSubscriptionStreams(t *testing.T) {
	addr := realRedis(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	sub, pub := NewClient(addr, dialTCP), NewClient(addr, dialTCP)
	defer sub.Close()
	defer pub.Close()
	want := "1) \"subscribe\"\n2) \"news\"\n3) (integer) 1\n1) \"subscribe\"\n2) \"sport\"\n3) (integer) 2\n"
	if got := sub.Do(ctx, []string{"SUBSCRIBE", "news", "sport"}); got != want || !sub.Streaming {
		t.Fatalf("subscribe: %q, streaming %v", got, sub.Streaming)
	}
	pub.Do(ctx, []string{"PUBLISH", "news", "hello"})
	got, err := sub.Next(ctx)
	if want := "1) \"message\"\n2) \"news\"\n3) \"hello\"\n"; got != want || err != nil {
		t.Errorf("message: %q, %v", got, err)
	}
	stop, give := context.WithCancel(ctx)
	give()
	if _, err := sub.Next(stop); err == nil {
		t.Error("a cancelled stream goes on")
	}
	if got := sub.Do(ctx, []string{"PING"}); got != "PONG\n" {
		t.Errorf("after the stream: %q", got)
	}
}

func TestPSyncShowsTheAnswer(t *testing.T) {
	addr := realRedis(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := NewClient(addr, dialTCP)
	defer c.Close()
	if got := c.Do(ctx, []string{"PSYNC", strings.Repeat("0123456789", 4), "1"}); !strings.HasPrefix(got, "FULLRESYNC ") || !strings.Contains(got, "not shown") {
		t.Errorf("PSYNC: %q", got)
	}
	if got := c.Do(ctx, []string{"PSYNC", "x"}); got != "(error) ERR wrong number of arguments for 'psync' command\n" {
		t.Errorf("a wrong PSYNC: %q", got)
	}
	if got := c.Do(ctx, []string{"PING"}); got != "PONG\n" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestConnectionLifeAsRedisCLI(t *testing.T) {
	addr := realRedis(t)
	ctx := context.Background()
	c, killer := NewClient(addr, dialTCP), NewClient(addr, dialTCP)
	defer c.Close()
	defer killer.Close()
	c.Do(ctx, []string{"SELECT", "2"})
	if got, want := c.Prompt(), addr+"[2]> "; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
	killer.Do(ctx, []string{"CLIENT", "KILL", "TYPE", "normal"})
	if got := c.Do(ctx, []string{"PING"}); got != "PONG\n" {
		t.Errorf("a connection that went stale is not opened again: %q", got)
	}
	if got, want := c.Prompt(), addr+"[2]> "; got != want {
		t.Errorf("prompt after the connection came back %q, want %q", got, want)
	}
	c.Do(ctx, []string{"SELECT", "0"})
	c.Do(ctx, []string{"MULTI"})
	if got, want := c.Prompt(), addr+"(TX)> "; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
	c.Do(ctx, []string{"DISCARD"})
	if got := c.Do(ctx, []string{"CLIENT", "REPLY", "OFF"}); got != "" {
		t.Errorf("CLIENT REPLY OFF printed %q", got)
	}
	if got := c.Do(ctx, []string{"PING"}); got != "" {
		t.Errorf("a silent connection printed %q", got)
	}
	blocked, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if got := killer.Do(blocked, []string{"BLPOP", "nothing", "0"}); got != "(given up)\n" {
		t.Errorf("a blocked command that was given up printed %q", got)
	}
	killer.Do(ctx, []string{"SHUTDOWN", "NOSAVE"})
	if got := killer.Do(ctx, []string{"PING"}); got != "Could not connect to Redis at "+addr+": Connection refused\n" {
		t.Errorf("after SHUTDOWN: %q", got)
	}
}
