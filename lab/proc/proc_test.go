package proc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"redislab/lab"
	"redislab/lab/labtest"
	"redislab/lab/proc"
)

func TestMain(m *testing.M) {
	if err := labtest.SideBySide(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// real is a backend of real redis-server processes; without that program the test is skipped.
func real(t testing.TB) lab.Backend {
	t.Helper()
	b, err := proc.Redis()
	if err != nil {
		t.Skip(err)
	}
	return b
}

func TestConformanceOfRealRedis(t *testing.T) {
	labtest.Run(t, labtest.Subject{New: real})
}

// ours builds the lab's own node program once, for TestConformanceOfOurNode.
func ours(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "redislab-node")
	cmd := exec.Command("go", "build", "-o", program, "redislab/node/cmd/redislab-node")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the node: %v\n%s", err, out)
	}
	return program
}

func TestConformanceOfOurNode(t *testing.T) {
	program := ours(t)
	labtest.Run(t, labtest.Subject{New: func(t testing.TB) lab.Backend {
		b, err := proc.NodeAt(program)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}})
}

func TestMissingProgram(t *testing.T) {
	if _, err := proc.RedisAt(filepath.Join(t.TempDir(), "no-such-program")); err == nil {
		t.Error("no error")
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := proc.Redis(); err == nil || !strings.Contains(err.Error(), "redis-server on PATH") {
		t.Errorf("error: %v", err)
	}
}

func TestProgramThatIsNoServer(t *testing.T) {
	program := filepath.Join(t.TempDir(), "liar")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho I am no server\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := proc.RedisAt(program)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lab.Start(t.Context(), lab.Single(), b)
	for _, want := range []string{"ended at once", "I am no server"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not tell %q: %v", want, err)
		}
	}
}

func TestBusyPort(t *testing.T) {
	l := lab.Run(t, lab.Single(), real(t))
	_, err := lab.Start(t.Context(), lab.Single().WithPorts(l.MustNode("master").Port()), real(t))
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("error: %v", err)
	}
}

// TestKillEndsTheSavingChild as well, which would go on writing into the folder.
func TestKillEndsTheSavingChild(t *testing.T) {
	l := lab.Run(t, lab.Single().WithNode("master", lab.Directive{Name: "rdb-key-save-delay", Value: "1000000"}), real(t))
	n := l.MustNode("master")
	for _, line := range [][]any{{"MSET", "a", "1", "b", "1", "c", "1"}, {"BGSAVE"}} {
		if err := n.Do(t.Context(), line...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	child := savingChild(t, n)
	if err := n.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(enough); running(child); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the child is still there")
		}
	}
}

// enough is for what comes at once, on however slow a machine.
const enough = 20 * time.Second

// savingChild is the PID of the process that saves, once the log tells it.
func savingChild(t *testing.T, n *lab.Node) string {
	t.Helper()
	for deadline := time.Now().Add(enough); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		for _, line := range n.Logs() {
			if _, pid, ok := strings.Cut(line, "Background saving started by pid "); ok {
				return pid
			}
		}
	}
	t.Fatalf("no child saves: %q", n.Logs())
	return ""
}

// running tells whether there is such a process, and not only what is left of one nobody has waited for.
func running(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	_, state, _ := strings.Cut(string(stat), ") ")
	return err == nil && !strings.HasPrefix(state, "Z")
}
