package labtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"redislab/lab"
)

func text(v any) string { return fmt.Sprint(v) }

func viewCases() []testCase {
	return []testCase{
		{name: "view/tells-all", body: viewTells},
		{name: "view/dead-nodes-do-not-hold-it-up", body: viewDead},
		{name: "view/password", body: viewPassword},
		{name: "ready/names-what-is-missing", body: readyMissing},
		{name: "events/in-order", body: eventsInOrder},
		{name: "events/of-nodes", needs: []lab.Capability{lab.CanEvents}, body: eventsOfNodes},
	}
}

func viewTells(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m := l.MustNode("master")
	for i := range 3 {
		set(t, m, fmt.Sprint("k", i), "v")
	}
	if acked(t, m, 1, patience) != 1 {
		t.Fatal("the replica does not acknowledge")
	}
	await(t, "a view of master and replica in step", func() (any, bool) {
		v := l.View(t.Context())
		a, r := v.Nodes[0], v.Nodes[1]
		ok := a.Role == lab.Master && a.Replicas == 1 && a.Keys == 4 && a.Offset > 0 && len(a.RunID) == 40 && a.Lag == -1 &&
			r.Role == lab.Replica && r.MasterID == "master" && r.MasterAddr == m.Addr() && r.LinkStatus == "up" && r.Lag == 0 &&
			r.ReplID == a.ReplID && r.Keys == 4 && r.LastIOSeconds >= 0 && !r.Silent && r.Error == "" &&
			len(v.Links) == 1 && v.Links[0].From == "replica-1" && v.Links[0].To == "master" && v.Links[0].State == "up"
		return v, ok
	})
}

func viewDead(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(3), b)
	must(t, l.MustNode("replica-1").Kill())
	must(t, l.MustNode("replica-2").Stop(within(t, patience)))
	if b.Capabilities().Pause {
		must(t, l.MustNode("replica-3").Pause())
	}
	began := time.Now()
	v := l.View(t.Context())
	if took := time.Since(began); took > patience/2 {
		t.Errorf("the view took %s", took)
	}
	if a, b := v.Nodes[1].State, v.Nodes[2].State; a != lab.StateKilled || b != lab.StateStopped {
		t.Errorf("killed: %s; stopped: %s", a, b)
	}
	if len(v.Links) != 3 || v.Links[0].State != "down" {
		t.Errorf("links: %+v", v.Links)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if v := l.View(ended); len(v.Nodes) != 4 {
		t.Errorf("with an ended context: %+v", v)
	}
}

func viewPassword(t *testing.T, b lab.Backend) {
	words := []lab.Directive{{Name: "requirepass", Value: `"my secret"`}, {Name: "masterauth", Value: `"my secret"`}}
	l := lab.Run(t, lab.OneToOne().With(words...), b) // WaitReady looks, too
	set(t, l.MustNode("master"), "k", "v")
	if v := l.View(t.Context()); v.Nodes[0].Error != "" || v.Nodes[0].RunID == "" {
		t.Errorf("view: %+v", v.Nodes[0])
	}
}

func readyMissing(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(2), b)
	for _, p := range l.Ready() {
		if !p.OK || p.Detail != "" {
			t.Errorf("ready, but %+v", p)
		}
	}
	must(t, l.MustNode("replica-2").Kill())
	err := l.WaitReady(within(t, 500*time.Millisecond))
	if err == nil || !strings.Contains(err.Error(), "nodes accept 2/3 (replica-2 is killed)") ||
		!strings.Contains(err.Error(), "replicas in sync 1/2") {
		t.Errorf("error: %v", err)
	}
	must(t, l.MustNode("replica-2").Restart(within(t, patience)))
	must(t, l.WaitReady(within(t, patience)))
}

func eventsInOrder(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	sub, cancel := l.Subscribe()
	n := l.MustNode("master")
	must(t, n.Kill())
	must(t, n.Restart(within(t, patience)))
	l.Note("master", "lesson.note", "words", map[string]string{"a": "b"})
	var kinds []string
	for _, e := range l.Events() {
		if strings.HasPrefix(e.Kind, "lab.") || strings.HasPrefix(e.Kind, "lesson.") {
			kinds = append(kinds, e.Kind)
		}
	}
	want := []string{lab.EventStarted, lab.EventKilled, lab.EventStarted, "lesson.note"}
	if text(kinds) != text(want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
	last := uint64(0)
	for _, e := range l.Events() {
		if e.Seq <= last || e.At.IsZero() {
			t.Errorf("event %+v after %d", e, last)
		}
		last = e.Seq
	}
	cancel()
	cancel()
	heard := 0
	for range sub { // what was buffered, then the end
		heard++
	}
	if heard < 3 {
		t.Errorf("the subscriber heard %d events", heard)
	}
}

func eventsOfNodes(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	at := map[string]int{}
	await(t, "the master to tell that its replica is online", func() (any, bool) {
		for i, e := range l.Events() {
			if _, seen := at[e.Node+" "+e.Kind]; !seen {
				at[e.Node+" "+e.Kind] = i
			}
		}
		_, told := at["master repl.replica-online"]
		return at, told
	})
	for _, pair := range [][2]string{
		{"master node.ready", "replica-1 node.ready"},
		{"master node.ready", "master repl.replica-online"},
		{"master repl.fullsync", "master repl.replica-online"},
	} {
		first, ok1 := at[pair[0]]
		then, ok2 := at[pair[1]]
		if !ok1 || !ok2 || first >= then {
			t.Errorf("%q comes not before %q in %v", pair[0], pair[1], at)
		}
	}
}
