package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/lab/netfault"
	"redislab/lab/proc"
	"redislab/tui/page/lesson"
	"redislab/tui/topo"
)

var _ lesson.Session = (*Session)(nil)

func TestPicture(t *testing.T) {
	v := lab.View{Nodes: []lab.NodeView{
		{ID: "master", Addr: "127.0.0.1:1", State: lab.StateUp, Role: lab.Master, Offset: 9, Replicas: 2, Lag: -1},
		{ID: "r1", State: lab.StateUp, Silent: true, Role: lab.Replica, MasterID: "master", LinkStatus: "up"},
		{ID: "r2", State: lab.StatePaused, Role: lab.Replica, MasterID: "master", SyncInProgress: true, LinkStatus: "down"},
		{ID: "r3", State: lab.StateKilled, Role: lab.Replica, MasterAddr: "10.0.0.1:6379", LinkStatus: "down"},
	}}
	rules := []lab.Fault{
		{Kind: netfault.Cut, From: "r1", To: netfault.AnyNode},
		{Kind: netfault.Delay, From: "master", To: "r2", Delay: time.Second, Class: lab.ReplicationLink},
	}
	want := topo.View{
		Nodes: []topo.Node{
			{ID: "master", Addr: "127.0.0.1:1", Role: "master", State: topo.Up, Offset: 9, Replicas: 2, Lag: -1},
			{ID: "r1", Role: "replica", State: topo.Unknown, Parent: "master", Link: topo.LinkUp, Isolated: true},
			{ID: "r2", Role: "replica", State: topo.Paused, Parent: "master", Link: topo.LinkSync},
			{ID: "r3", Role: "replica", State: topo.Killed, Upstream: "10.0.0.1:6379", Link: topo.LinkDown},
		},
		Faults: []topo.Fault{{From: "r1", Kind: "cut"}, {From: "master", To: "r2", Kind: "delay", Class: "replication", Delay: time.Second}},
	}
	if diff := cmp.Diff(want, Picture(v, rules)); diff != "" {
		t.Error(diff)
	}
}

func lessonOn(topology lab.Topology, needs ...lab.Capability) kit.Exercise {
	return kit.Exercise{ID: "test/lesson", Topology: func() lab.Topology { return topology }, Needs: needs, Steps: []kit.Step{{Name: "one"}}}
}

func open(t *testing.T, reg *Registry, ex kit.Exercise) *Session {
	t.Helper()
	b, err := proc.Redis()
	if err != nil {
		t.Skip(err)
	}
	return reg.Open(ex, b, kit.Watch, kit.En)
}

// A whole session on real nodes: picture, lines, console, and nothing left after CloseAll.
func TestSessionOnRealNodes(t *testing.T) {
	reg := NewRegistry()
	s := open(t, reg, lessonOn(lab.OneToOne()))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	v := s.View(ctx)
	if len(v.Nodes) != 2 || v.Nodes[1].Parent != "master" || v.Nodes[1].Link != topo.LinkUp {
		t.Errorf("picture %+v", v)
	}
	addr := v.Nodes[0].Addr
	conn, err := s.Dial(ctx, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(conn).ReadString('\n'); got != "+PONG\r\n" {
		t.Errorf("PING gave %q, %v", got, err)
	}
	for _, line := range []string{"delay master replica-1 10ms", "cut-one-way replica-1 master", "heal replica-1 master", "heal", "pause master", "resume master"} {
		if out, err := s.Line(ctx, line); out != "OK" || err != nil {
			t.Errorf("%s: %q, %v", line, out, err)
		}
	}
	for _, line := range []string{"delay master replica-1 soon", "cut master nobody", "explode master"} {
		if _, err := s.Line(ctx, line); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
	if err := reg.CloseAll(); err != nil {
		t.Error(err)
	}
	if _, err := s.Dial(ctx, addr); err == nil {
		t.Error("the node can still be reached after CloseAll")
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second close: %v", err)
	}
}

// A lab that is still coming up when everything is closed is gone too when that returns.
func TestCloseWhileStarting(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	reg := NewRegistry()
	s := open(t, reg, lessonOn(lab.OneToMany(3)))
	ended := make(chan error, 1)
	go func() { ended <- s.Start(t.Context()) }()
	for files := 0; files == 0; { // the lab's folder is the first that there is of it
		left, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		files = len(left)
	}
	if err := reg.CloseAll(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("start: %v", err)
	}
	if err := s.Start(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("a start after the end: %v", err)
	}
}

func TestSkippedLessonLeavesNothing(t *testing.T) {
	reg := NewRegistry()
	s := open(t, reg, lessonOn(lab.Single(), lab.CanSim))
	err := s.Start(context.Background())
	if err == nil || !strings.Contains(err.Error(), "needs [sim]") {
		t.Errorf("start: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if len(reg.open) != 0 {
		t.Errorf("%d sessions are still open", len(reg.open))
	}
}
