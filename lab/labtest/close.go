package labtest

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"redislab/lab"
)

func closeCases() []testCase {
	return []testCase{
		{name: "close/leaves-nothing", body: closeLeavesNothing},
		{name: "close/whatever-the-state", body: closeAnyState},
		{name: "close/then-errors", body: closeThenErrors},
	}
}

// descriptors counts the open files of this process; 0 where that cannot be known.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

func closeLeavesNothing(t *testing.T, b lab.Backend) {
	if c, err := net.Listen("tcp", "127.0.0.1:0"); err == nil { // the runtime opens what it keeps
		_ = c.Close()
	}
	before := descriptors()
	l := lab.Run(t, lab.OneToMany(2), b)
	set(t, l.MustNode("master"), "k", "v")
	l.View(t.Context())
	sub, _ := l.Subscribe()
	var pids []int
	for _, n := range l.Nodes() {
		pids = append(pids, n.PID())
	}
	must(t, l.Close())
	must(t, l.Close())
	for range sub { // ends
	}
	if after := descriptors(); after > before {
		t.Errorf("%d files were open before, %d are now", before, after)
	}
	if _, err := os.Stat(l.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder: %v", err)
	}
	for i, n := range l.Nodes() {
		if pids[i] != os.Getpid() && !errors.Is(syscall.Kill(pids[i], 0), syscall.ESRCH) {
			t.Errorf("process %d of %s lives", pids[i], n.ID())
		}
		if c, err := b.Dial(within(t, patience), lab.LabEnd, n.Addr()); err == nil {
			_ = c.Close()
			t.Errorf("%s still accepts on %s", n.ID(), n.Addr())
		}
	}
}

func closeAnyState(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(3), b)
	must(t, l.MustNode("replica-1").Kill())
	must(t, l.MustNode("replica-2").Stop(within(t, patience)))
	if b.Capabilities().Pause {
		must(t, l.MustNode("replica-3").Pause())
	}
	if b.Capabilities().Faults {
		must(t, l.Isolate("master"))
		must(t, l.Cut("master", lab.ClientEnd))
		_ = l.MustNode("master").Do(within(t, blink), "SET", "k", "v").Err() // is under way when the lab closes
	}
	must(t, l.Close())
}

func closeThenErrors(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n := l.MustNode("master")
	must(t, l.Close())
	if err := n.Do(within(t, patience), "PING").Err(); err == nil {
		t.Error("a command on a closed lab: no error")
	}
	if err := n.Restart(within(t, patience)); !errors.Is(err, lab.ErrClosed) {
		t.Errorf("restarting in a closed lab: %v", err)
	}
	if _, err := l.AddNode(within(t, patience), lab.NodeSpec{ID: "late"}); !errors.Is(err, lab.ErrClosed) {
		t.Errorf("adding to a closed lab: %v", err)
	}
	if err := l.WaitReady(within(t, patience)); !errors.Is(err, lab.ErrClosed) {
		t.Errorf("waiting for a closed lab: %v", err)
	}
	if _, err := os.Stat(l.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder: %v", err)
	}
	if v := l.View(t.Context()); len(v.Nodes) != 1 {
		t.Errorf("view of a closed lab: %+v", v)
	}
}
