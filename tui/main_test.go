package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"redislab/tui/headless"
)

// TestMain lets the test binary be the program when a test starts it as that.
func TestMain(m *testing.M) {
	if os.Getenv("REDISLAB_AS_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "REDISLAB_AS_PROGRAM=1", "LC_ALL=C.UTF-8", "XDG_STATE_HOME="+t.TempDir())
	return cmd
}

func runProgram(t *testing.T, cmd *exec.Cmd) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

func TestCommandLines(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	_, busyPort, _ := net.SplitHostPort(busy.Addr().String())

	for _, c := range []struct {
		args     string
		code     int
		out, err string // parts of what is printed
	}{
		{"list", 0, "single/first-node", ""},
		{"list --lang zh", 0, "一个节点", ""},
		{"version", 0, "redislab", ""},
		{"--help", 0, "redislab [command]", ""},
		{"run --help", 0, "--timeout", ""},
		{"", 1, "", "this is not a terminal"},
		{"--state-dir " + file, 1, "", "name another with --state-dir"},
		{"lst", 2, "", `unknown command "lst"; did you mean list?`},
		{"list extra", 2, "", `list takes no arguments, not "extra"`},
		{"list --nope", 2, "", "unknown flag: --nope"},
		{"list --lang fr", 2, "", `unknown language "fr": use en or zh`},
		{"run", 2, "", "no lesson named"},
		{"run replication/read-onyl", 2, "", "did you mean replication/read-only"},
		{"run xyzzyplugh", 2, "", "redislab list shows them all"},
		{"run --mode sleep all", 2, "", `unknown mode "sleep"`},
		{"run --backend moon all", 2, "", `unknown backend "moon": use inproc, sim, proc, redis`},
		{"run --ports 99999 all", 2, "", `ports "99999"`},
		{"run --timeout soon all", 2, "", "invalid argument"},
		{"run --backend proc --node " + file + " single/first-node", 1, "error: backend proc-node", ""},
		{"grade", 2, "", "no lesson named"},
		{"grade --out " + file + "/x single/first-node", 1, "", "score file"},
		{"up", 2, "", "up takes one topology"},
		{"up ring", 2, "", `unknown topology "ring"`},
		{"up tree:0", 2, "", "at least 1"},
		{"up one-to-many:1000", 2, "", "more than 100 nodes"},
		{"up --backend sim single", 2, "", "use it with run or grade"},
		{"up --ports " + busyPort + " single", 1, "", "address already in use: another program has that port; stop it, or use --ports free"},
		{"run --ports " + busyPort + " single/first-node", 1, "use --ports free", ""},
		{"up --ports 65535 one-to-one", 2, "", "2 nodes have no room there"},
		{"up sentinel:0", 2, "", "at least 1"},
		{"up --ports free --dir " + file + " single", 1, "", "not a directory"},
	} {
		code, out, errOut := runProgram(t, program(t, strings.Fields(c.args)...))
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errOut, c.err) {
			t.Errorf("redislab %s: exit code %d, want %d; wanted %q and %q in\n%s\n%s", c.args, code, c.code, c.out, c.err, out, errOut)
		}
	}
}

func TestListJSON(t *testing.T) {
	_, out, _ := runProgram(t, program(t, "list", "--json"))
	var lessons []headless.Listed
	if err := json.Unmarshal([]byte(out), &lessons); err != nil {
		t.Fatal(err)
	}
	if len(lessons) < 2 || lessons[0].ID == "" || lessons[0].Title == "" || len(lessons[0].Steps) == 0 || len(lessons[0].Steps[0].Checks) == 0 {
		t.Errorf("%d lessons, the first is %+v", len(lessons), lessons)
	}
}

// A lesson is run and graded without a terminal on every backend that this machine has.
func TestRunAndGrade(t *testing.T) {
	for _, args := range []string{
		"run --json --mode do single/first-node", "run --json --mode do --backend sim single/first-node", "grade single/first-node",
	} {
		code, out, errOut := runProgram(t, program(t, strings.Fields(args)...))
		var sum headless.Summary
		if err := json.Unmarshal([]byte(out), &sum); err != nil {
			t.Fatalf("%s: %v in\n%s\n%s", args, err, out, errOut)
		}
		if code != 0 || !sum.OK || sum.Passed != 1 || sum.Score.Percent != 100 || sum.Lessons[0].Steps[0].Unsolved == "" {
			t.Errorf("%s: exit code %d, %+v\n%s", args, code, sum, errOut)
		}
	}
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	cmd := program(t, "run", "--backend", "redis", "single/first-node")
	cmd.Env = append(cmd.Env, "PATH="+t.TempDir())
	code, out, _ := runProgram(t, cmd)
	if code != 1 || !strings.Contains(out, "real Redis nodes need redis-server on PATH") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// up brings nodes up, says where they are, and leaves nothing when it is interrupted.
func TestUp(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd := program(t, "up", "--json", "--ports", "free", "one-to-many:2")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stuck := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		var up struct{ Nodes []headless.UpNode }
		if err := json.NewDecoder(out).Decode(&up); err != nil {
			t.Fatal(err)
		}
		if len(up.Nodes) != 3 || up.Nodes[1].Follows != "master" {
			t.Fatalf("up says %+v", up)
		}
		for _, n := range up.Nodes {
			if got := ping(t, n.Addr); got != "+PONG" {
				t.Errorf("%s answers %q", n.ID, got)
			}
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %v: %v", sig, err)
		}
		stuck.Stop()
		for _, n := range up.Nodes {
			if c, err := net.Dial("tcp", n.Addr); err == nil {
				_ = c.Close()
				t.Errorf("after %v: %s still listens on %s", sig, n.ID, n.Addr)
			}
		}
	}
}

func ping(t *testing.T, addr string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprint(c, "PING\r\n"); err != nil {
		t.Error(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(line)
}
