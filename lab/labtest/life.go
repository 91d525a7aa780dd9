package labtest

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/lab"
)

func lifeCases() []testCase {
	return []testCase{
		{name: "start/all-accept", body: startAllAccept},
		{name: "start/fixed-ports", body: startFixedPorts},
		{name: "start/own-files", body: startOwnFiles},
		{name: "start/bad-directive", body: startBadDirective},
		{name: "start/bad-topology", body: startBadTopology},
		{name: "start/add-node", body: startAddNode},
		{name: "life/kill-loses-what-was-not-saved", body: killLoses},
		{name: "life/stop-saves", body: stopSaves},
		{name: "life/restart-same-identity", body: restartIdentity},
		{name: "life/replica-catches-up", body: replicaCatchesUp},
		{name: "life/ready-means-caught-up", needs: []lab.Capability{lab.CanDelay}, body: readyIsCaughtUp},
		{name: "life/shutdown-is-noticed", body: shutdownNoticed},
		{name: "life/dead-node-refuses", body: deadNodeRefuses},
		{name: "life/kept-folder", body: keptFolder},
		{name: "pause/silent-then-goes-on", needs: []lab.Capability{lab.CanPause}, body: pauseSilent},
	}
}

func startAllAccept(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Tree(2, 1), b)
	if n := len(l.Nodes()); n != 5 {
		t.Fatalf("%d nodes", n)
	}
	addrs := map[string]bool{}
	for _, n := range l.Nodes() {
		if pong, err := n.Do(within(t, patience), "PING").Text(); pong != "PONG" || err != nil {
			t.Errorf("%s: PING: %q, %v", n.ID(), pong, err)
		}
		role, err := n.Role(within(t, patience))
		if role != n.Spec().Role() || err != nil {
			t.Errorf("%s is %q, %v", n.ID(), role, err)
		}
		if n.Host() != "127.0.0.1" || addrs[n.Addr()] || n.PID() <= 0 || n.State() != lab.StateUp {
			t.Errorf("%s: %s, process %d, %s", n.ID(), n.Addr(), n.PID(), n.State())
		}
		addrs[n.Addr()] = true
	}
}

func startFixedPorts(t *testing.T, b lab.Backend) {
	base := freePorts(t)
	l := lab.Run(t, lab.OneToOne().WithPorts(base), b)
	for i, n := range l.Nodes() {
		if n.Port() != base+i {
			t.Errorf("%s is on port %d", n.ID(), n.Port())
		}
		got, err := n.Do(within(t, patience), "CONFIG", "GET", "port").Result()
		if err != nil || !strings.Contains(text(got), text(base+i)) {
			t.Errorf("%s: CONFIG GET port: %v, %v", n.ID(), got, err)
		}
	}
	again, err := lab.Start(within(t, patience), lab.Topology{Nodes: []lab.NodeSpec{{ID: "a", Port: base + 5}, {ID: "b", Port: base + 5}}}, nopBackend{b})
	if err == nil {
		_ = again.Close()
		t.Error("two nodes on one port: no error")
	}
}

// freePorts finds a port that is free with the one after it, where other test programs do not look at the same time.
func freePorts(t *testing.T) int {
	t.Helper()
	const first, many = 30_000, 2700 // between the lab's own choice and that of dialling sockets
	for i := range many / 2 {
		base := first + (2*os.Getpid()+2*i)%many
		free := true
		for port := base; port < base+2; port++ {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			free = free && err == nil && l.Close() == nil
		}
		if free {
			return base
		}
	}
	t.Fatal("no free ports")
	return 0
}

// nopBackend shares a backend with a lab that still needs it.
type nopBackend struct{ lab.Backend }

func (nopBackend) Close() error { return nil }

func startOwnFiles(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	for _, n := range l.Nodes() {
		for name, want := range map[string]string{"dir": n.Dir(), "logfile": filepath.Base(n.LogFile())} {
			got, err := n.Do(within(t, patience), "CONFIG", "GET", name).Result()
			if err != nil || !strings.Contains(text(got), want) {
				t.Errorf("%s: CONFIG GET %s: %v, %v; want %q", n.ID(), name, got, err, want)
			}
		}
		must(t, n.Do(within(t, patience), "SAVE").Err())
		if _, err := os.Stat(filepath.Join(n.Dir(), "dump.rdb")); err != nil {
			t.Errorf("%s has saved: %v", n.ID(), err)
		}
		if len(n.Logs()) == 0 {
			t.Errorf("%s has no log", n.ID())
		}
	}
}

func startBadDirective(t *testing.T, b lab.Backend) {
	l, err := lab.Start(within(t, patience), lab.OneToOne().WithNode("replica-1", lab.Directive{Name: "no-such-word", Value: "1"}), b)
	if err == nil {
		_ = l.Close()
		t.Fatal("no error")
	}
	for _, want := range []string{"replica-1", "no-such-word"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not tell %q: %v", want, err)
		}
	}
}

func startBadTopology(t *testing.T, b lab.Backend) {
	defer b.Close()
	for _, topology := range []lab.Topology{
		{},
		{Nodes: []lab.NodeSpec{{ID: "a"}, {ID: "a"}}},
		{Nodes: []lab.NodeSpec{{ID: "a", Follows: "b"}, {ID: "b", Follows: "a"}}},
		lab.Single().WithNode("nobody", lab.Directive{Name: "save", Value: `""`}),
	} {
		if l, err := lab.Start(within(t, patience), topology, nopBackend{b}); err == nil {
			_ = l.Close()
			t.Errorf("%+v starts", topology)
		}
	}
}

func startAddNode(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	n, err := l.AddNode(within(t, patience), lab.NodeSpec{ID: "late", Follows: "master"})
	must(t, err)
	must(t, l.WaitReady(within(t, patience)))
	set(t, l.MustNode("master"), "k", "v")
	await(t, "the new replica to have the key", func() (any, bool) { v := get(t, n, "k"); return v, v == "v" })
	if _, err := l.AddNode(within(t, patience), lab.NodeSpec{ID: "late"}); err == nil {
		t.Error("the same ID again: no error")
	}
	if len(l.Nodes()) != 3 || len(l.Topology().Nodes) != 3 {
		t.Errorf("%d nodes, %d in the topology", len(l.Nodes()), len(l.Topology().Nodes))
	}
}

func killLoses(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n := l.MustNode("master")
	set(t, n, "saved", "1")
	must(t, n.Do(within(t, patience), "SAVE").Err())
	set(t, n, "unsaved", "1")
	must(t, n.Kill())
	if n.State() != lab.StateKilled || n.PID() != 0 {
		t.Errorf("killed: %s, process %d", n.State(), n.PID())
	}
	if err := n.Kill(); err == nil {
		t.Error("killing it twice: no error")
	}
	must(t, n.Restart(within(t, patience)))
	if a, b := get(t, n, "saved"), get(t, n, "unsaved"); a != "1" || b != "(redis: nil)" {
		t.Errorf("saved %s, unsaved %s", a, b)
	}
}

func stopSaves(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single().With(lab.Directive{Name: "save", Value: "3600 1"}), b)
	n := l.MustNode("master")
	set(t, n, "k", "v")
	must(t, n.Stop(within(t, patience)))
	if n.State() != lab.StateStopped {
		t.Errorf("stopped: %s", n.State())
	}
	must(t, n.Restart(within(t, patience)))
	if v := get(t, n, "k"); v != "v" {
		t.Errorf("after the restart: %s", v)
	}
}

func restartIdentity(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n := l.MustNode("master")
	addr := n.Addr()
	before, err := n.Info(within(t, patience), "server")
	must(t, err)
	must(t, n.Restart(within(t, patience))) // stops it first
	after, err := n.Info(within(t, patience), "server")
	must(t, err)
	if n.Addr() != addr || before["tcp_port"] != after["tcp_port"] {
		t.Errorf("the address changes from %s to %s", addr, n.Addr())
	}
	if before["run_id"] == after["run_id"] || after["run_id"] == "" {
		t.Errorf("the run ID stays %q", after["run_id"])
	}
}

func replicaCatchesUp(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(2), b)
	m, r := l.MustNode("master"), l.MustNode("replica-2")
	must(t, r.Kill())
	set(t, m, "k", "v")
	must(t, r.Restart(within(t, patience)))
	must(t, l.WaitReady(within(t, patience)))
	if v := get(t, r, "k"); v != "v" {
		t.Errorf("the replica has %s", v)
	}
}

// readyIsCaughtUp: what was written before WaitReady can be read after it, however late the replication link is.
func readyIsCaughtUp(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Tree(1, 1), b)
	must(t, l.Delay("master", "replica-1", 300*time.Millisecond, lab.ReplicationLink))
	set(t, l.MustNode("master"), "k", "v")
	must(t, l.WaitReady(within(t, patience)))
	for _, id := range []string{"replica-1", "replica-1-1"} {
		if v := get(t, l.MustNode(id), "k"); v != "v" {
			t.Errorf("%s has %s", id, v)
		}
	}
	must(t, l.Cut("master", "replica-1", lab.ReplicationLink))
	set(t, l.MustNode("master"), "k", "w")
	if err := l.WaitReady(within(t, time.Second)); err == nil || !strings.Contains(err.Error(), "bytes behind master") {
		t.Errorf("with the link cut: %v", err)
	}
}

func shutdownNoticed(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n := l.MustNode("master")
	events, cancel := l.Subscribe()
	defer cancel()
	_ = n.Do(within(t, patience), "SHUTDOWN", "NOSAVE").Err() // the connection ends
	await(t, "the node's end", func() (any, bool) { return n.State(), n.State() == lab.StateStopped })
	ctx := within(t, patience)
	for {
		select {
		case e := <-events:
			if e.Kind == lab.EventExited && e.Node == "master" {
				must(t, n.Restart(within(t, patience)))
				return
			}
		case <-ctx.Done():
			t.Fatal("no event")
		}
	}
}

func deadNodeRefuses(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n := l.MustNode("master")
	must(t, n.Kill())
	err := n.Do(within(t, patience), "PING").Err()
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "dial" || lab.ErrorKind(err) != "refused" {
		t.Errorf("PING to a dead node: %v", err)
	}
}

func keptFolder(t *testing.T, b lab.Backend) {
	dir := t.TempDir()
	l, err := lab.Start(within(t, patience), lab.Single(), nopBackend{b}, lab.Dir(dir))
	must(t, err)
	set(t, l.MustNode("master"), "k", "v")
	must(t, l.MustNode("master").Do(within(t, patience), "SAVE").Err())
	must(t, l.Close())
	again, err := lab.Start(within(t, patience), lab.Single(), b, lab.Dir(dir))
	must(t, err)
	if v := get(t, again.MustNode("master"), "k"); v != "v" {
		t.Errorf("in the kept folder there is %s", v)
	}
	must(t, again.Close())
	if _, err := os.Stat(filepath.Join(dir, "master", "dump.rdb")); err != nil {
		t.Errorf("after closing: %v", err)
	}
}

func pauseSilent(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	n := l.MustNode("replica-1")
	must(t, n.Pause())
	must(t, n.Pause()) // it is
	if n.State() != lab.StatePaused {
		t.Errorf("paused: %s", n.State())
	}
	if err := n.Do(within(t, patience/100), "PING").Err(); err == nil || lab.ErrorKind(err) != "timeout" {
		t.Errorf("PING to a paused node: %v", err)
	}
	set(t, l.MustNode("master"), "k", "v")
	v := l.View(t.Context())
	if v.Nodes[1].State != lab.StatePaused {
		t.Errorf("in the view: %+v", v.Nodes[1])
	}
	must(t, n.Resume())
	await(t, "the replica to go on", func() (any, bool) { v := get(t, n, "k"); return v, v == "v" })
	must(t, n.Pause())
	must(t, n.Stop(within(t, patience))) // resumes it first
}
