package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/node/freeport"
)

// TestMain lets the test binary be the server: started with the mark it runs main.
func TestMain(m *testing.M) {
	if os.Getenv("BE_REDISLAB_NODE") != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

const patience = 20 * time.Second

// command is the server with arguments, in a folder of its own.
func command(t *testing.T, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "BE_REDISLAB_NODE=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

func freePort(t *testing.T) string { return strconv.Itoa(freeport.For(t)) }

func awaitPong(t *testing.T, port string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, MaxRetries: -1})
	t.Cleanup(func() { c.Close() })
	deadline := time.Now().Add(patience)
	for c.Ping(context.Background()).Err() != nil {
		if time.Now().After(deadline) {
			t.Fatal("no PONG")
		}
	}
	return c
}

// TestRefusals starts with what must not start: each a clear message and exit status 1.
func TestRefusals(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	busy := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		name string
		file string // redis.conf
		rdb  string // dump.rdb
		args []string
		want []string
	}{
		{"unknown directive", "port 0\nfoo bar\n", "", nil, []string{"*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***", "at line 2", ">>> 'foo bar'", "Bad directive or wrong number of arguments"}},
		{"bad value", "port abc\n", "", nil, []string{"at line 1", "argument couldn't be parsed into an integer"}},
		{"append only file", "appendonly yes\n", "", nil, []string{"appendonly yes is not supported"}},
		{"missing file", "", "", []string{"nowhere.conf"}, []string{"nowhere.conf"}},
		{"busy port", "", "", []string{"--bind", "127.0.0.1", "--port", busy}, []string{"Failed listening on port " + busy, "address already in use"}},
		{"unreadable folder", "", "", []string{"--dir", "/nowhere/at/all"}, []string{"Can't chdir to '/nowhere/at/all': No such file or directory"}},
		{"corrupt rdb", "", "REDIS0010\xfe\x00\x00\x03abc\xc0\x01\xffgarbage!", []string{"--bind", "127.0.0.1", "--port", freePort(t)}, []string{"dump.rdb", "checksum", "left as it is"}},
		{"truncated rdb", "", "REDIS0010\xfe\x00\x00\x03ab", []string{"--bind", "127.0.0.1", "--port", freePort(t)}, []string{"dump.rdb", "left as it is"}},
		{"nowhere to listen", "", "", []string{"--port", "0"}, []string{"Configured to not listen anywhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			args := c.args
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(dir, "redis.conf"), []byte(c.file), 0o644); err != nil {
					t.Fatal(err)
				}
				args = append([]string{"redis.conf"}, args...)
			}
			if c.rdb != "" {
				if err := os.WriteFile(filepath.Join(dir, "dump.rdb"), []byte(c.rdb), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd, out := command(t, dir, args...)
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("output lacks %q:\n%s", want, out)
				}
			}
			if c.rdb != "" {
				if got, _ := os.ReadFile(filepath.Join(dir, "dump.rdb")); string(got) != c.rdb {
					t.Errorf("the file was changed to %q", got)
				}
			}
		})
	}
}

// TestLifeOfADropIn does what scripts that start redis-server do: read the log, PING inline, end it by
// SIGTERM, start it again on its data.
func TestLifeOfADropIn(t *testing.T) {
	dir, port := t.TempDir(), freePort(t)
	conf := fmt.Sprintf("bind 127.0.0.1\nport %s\nlogfile \"node.log\"\npidfile node.pid\ndbfilename \"dump-x.rdb\"\nrdbcompression yes\nsave 3600 1\n", port)
	if err := os.WriteFile(filepath.Join(dir, "redis.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		cmd, out := command(t, dir, "redis.conf")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		c := awaitPong(t, port)
		if round == 1 {
			if got := c.Get(context.Background(), "k").Val(); got != "v" {
				t.Errorf("after the restart k is %q", got)
			}
		}
		c.Set(context.Background(), "k", "v", 0)
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "PING\r\n")
		reply := make([]byte, 7)
		if _, err := conn.Read(reply); err != nil || string(reply) != "+PONG\r\n" {
			t.Errorf("inline PING: %q, %v", reply, err)
		}
		conn.Close()
		log, _ := os.ReadFile(filepath.Join(dir, "node.log"))
		for _, want := range []string{"pid=" + strconv.Itoa(cmd.Process.Pid), "Ready to accept connections"} {
			if !strings.Contains(string(log), want) {
				t.Errorf("the log lacks %q:\n%s", want, log)
			}
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("SIGTERM: %v", err)
		}
		if out.Len() != 0 {
			t.Errorf("with a logfile nothing is printed, but: %s", out)
		}
		if _, err := os.Stat(filepath.Join(dir, "dump-x.rdb")); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "node.pid")); err == nil {
			t.Error("the pid file is still there")
		}
	}
}

// TestRelativePaths starts with a file and a `dir` that are relative to where the process is started.
func TestRelativePaths(t *testing.T) {
	for name, args := range map[string][]string{
		"in the file":         {"conf/redis.conf"},
		"on the command line": {"--dir", "data", "--save", "", "--logfile", "node.log"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, port := t.TempDir(), freePort(t)
			for _, sub := range []string{"conf", "data"} {
				if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			conf := "dir ./data\nlogfile node.log\nsave \"\"\n"
			if err := os.WriteFile(filepath.Join(dir, "conf", "redis.conf"), []byte(conf), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd, out := command(t, dir, append(args, "--bind", "127.0.0.1", "--port", port)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			c := awaitPong(t, port)
			if err := c.Save(context.Background()).Err(); err != nil {
				t.Error(err)
			}
			if name == "in the file" {
				if err := c.ConfigRewrite(context.Background()).Err(); err != nil {
					t.Error(err)
				}
			}
			c.ShutdownNoSave(context.Background())
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ended with %v: %s", err, out)
			}
			for _, file := range []string{"dump.rdb", "node.log"} {
				if _, err := os.Stat(filepath.Join(dir, "data", file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestDaemonize wants the parent to return while the node lives.
func TestDaemonize(t *testing.T) {
	dir, port := t.TempDir(), freePort(t)
	cmd, out := command(t, dir, "--bind", "127.0.0.1", "--port", port, "--daemonize", "yes", "--logfile", "d.log", "--dir", dir, "--pidfile", filepath.Join(dir, "d.pid"), "--save", "")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := awaitPong(t, port)
	if text, err := os.ReadFile(filepath.Join(dir, "d.pid")); err != nil || strings.TrimSpace(string(text)) == strconv.Itoa(cmd.Process.Pid) {
		t.Errorf("pid file: %q, %v", text, err)
	}
	c.ShutdownNoSave(context.Background())
	deadline := time.Now().Add(patience)
	for c.Ping(context.Background()).Err() == nil {
		if time.Now().After(deadline) {
			t.Fatal("the daemon does not end")
		}
	}
}

func TestVersionHelpAndStdin(t *testing.T) {
	for arg, want := range map[string]string{"--version": "Redis server v=7.0.15", "-v": "v=7.0.15", "--help": "Usage:", "-h": "Examples:"} {
		cmd, out := command(t, t.TempDir(), arg)
		if err := cmd.Run(); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, %s", arg, err, out)
		}
	}
	port := freePort(t)
	cmd, _ := command(t, t.TempDir(), "-")
	cmd.Stdin = strings.NewReader("bind 127.0.0.1\nport " + port + "\nsave \"\"\n")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := awaitPong(t, port)
	if got := c.ConfigGet(context.Background(), "port").Val()["port"]; got != port {
		t.Errorf("port is %s", got)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
