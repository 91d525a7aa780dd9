package headless

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/lab/inproc"
)

func chapters() []Chapter {
	lesson := func(id string) kit.Exercise { return kit.Exercise{ID: id, Title: kit.T(id, id), Topology: lab.Single} }
	return []Chapter{
		{ID: "single", Title: kit.T("Single", "单"), Lessons: []kit.Exercise{lesson("single/first"), lesson("single/same")}},
		{ID: "replication", Title: kit.T("Replication", "复制"), Lessons: []kit.Exercise{lesson("replication/read-only"), lesson("replication/same")}},
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		words string
		want  string
		err   string
	}{
		{"all", "single/first single/same replication/read-only replication/same", ""},
		{"single", "single/first single/same", ""},
		{"read-only", "replication/read-only", ""},
		{"single/first single all", "single/first single/same replication/read-only replication/same", ""},
		{"same", "", `unknown lesson "same"; did you mean single/same or replication/same?`},
		{"replication/read-olny", "", "did you mean replication/read-only?"},
		{"singel", "", "did you mean single?"},
		{"quux", "", `unknown lesson "quux"; redislab list shows them all`},
	} {
		got, err := Match(chapters(), strings.Fields(c.words))
		var ids []string
		for _, ex := range got {
			ids = append(ids, ex.ID)
		}
		if strings.Join(ids, " ") != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, %v", c.words, ids, err)
		}
	}
}

func TestParseTopology(t *testing.T) {
	for in, want := range map[string]int{"single": 1, "one-to-one": 2, "one-to-many": 3, "one-to-many:5": 6, "tree": 5, "tree:2,2": 7, "sentinel": 6, "sentinel:5": 8, "sentinel:1,1": 3, "replication/read-only": 1} {
		if got, err := ParseTopology(chapters(), in); err != nil || len(got.Nodes) != want || got.Validate() != nil {
			t.Errorf("%q: %d nodes, %v", in, len(got.Nodes), err)
		}
	}
	for _, in := range []string{"", "single:2", "one-to-many:0", "one-to-many:2,2", "one-to-many:x", "tree:50,50", "sentinel:0", "sentinel:3,2,1", "sentinel:60,50", "tree:99999999999999999999", "all"} {
		if _, err := ParseTopology(chapters(), in); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
}

// exercise has a step that the learner solves; broken keeps its check from ever holding.
func exercise(id string, broken bool, needs ...lab.Capability) kit.Exercise {
	check := kit.Check{Name: kit.T("k is v", "k 是 v"), Within: 50 * time.Millisecond, Probe: func(ctx context.Context, r *kit.Run) (string, error) {
		got, err := r.Lab.Node("master").Client().Get(ctx, "k").Result()
		if err == nil && broken {
			err = errors.New("not today")
		}
		return got, err
	}}
	return kit.Exercise{ID: id, Title: kit.T("Title", "标题"), Topology: lab.Single, Needs: needs, Steps: []kit.Step{
		{Name: "set", Commands: []kit.Cmd{{Node: "master", Line: "SET k v"}}, Checks: []kit.Check{check}},
		{Name: "rest", Checks: []kit.Check{check, check}},
	}}
}

func run(t *testing.T, lessons ...kit.Exercise) (Summary, string) {
	t.Helper()
	var out bytes.Buffer
	sum := Run(context.Background(), Options{
		Lessons: lessons, Mode: kit.Do, Lang: kit.En, Timeout: time.Minute, Backend: "inproc", Watch: &out,
		Open: func() (lab.Backend, error) { return inproc.New(), nil },
	})
	return sum, out.String()
}

func TestRunPasses(t *testing.T) {
	sum, out := run(t, exercise("a/good", false), exercise("a/skipped", false, lab.CanRealRedis))
	if !sum.OK || sum.ExitCode() != 0 || sum.Passed != 1 || sum.Skipped != 1 || sum.Score != (Score{3, 3, 100}) {
		t.Errorf("%+v", sum)
	}
	for _, want := range []string{"unsolved: 0/1", "master> SET k v", "✓ k is v — saw: v", "passed: 3 of 3 checks", "skipped: a/skipped needs [real]"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

// Checks of steps that were not reached count as not passed.
func TestRunFails(t *testing.T) {
	sum, out := run(t, exercise("a/bad", true), exercise("a/good", false))
	if sum.OK || sum.ExitCode() != 1 || sum.Failed != 1 || sum.Passed != 1 || sum.Score != (Score{3, 6, 50}) {
		t.Errorf("%+v", sum)
	}
	if l := sum.Lessons[0]; l.Status != "failed" || l.Steps[0].OK || l.Steps[1].Reached || !strings.Contains(l.Error, "not today") {
		t.Errorf("%+v", l)
	}
	if !strings.Contains(out, "✗ k is v — saw: v (not today)") {
		t.Errorf("output\n%s", out)
	}
}

// A step whose checks hold before it is solved proves nothing, and fails.
func TestRunNoticesChecksThatProveNothing(t *testing.T) {
	ex := exercise("a/idle", false)
	ex.Steps[0].Checks[0].Probe = func(context.Context, *kit.Run) (string, error) { return "always", nil }
	sum, _ := run(t, ex)
	if sum.OK || !strings.Contains(sum.Lessons[0].Error, kit.ErrUnsolved.Error()) {
		t.Errorf("%+v", sum.Lessons[0])
	}
}

func TestNothingRunIsNoSuccess(t *testing.T) {
	if sum, _ := run(t, exercise("a/skipped", false, lab.CanRealRedis)); sum.OK {
		t.Error("only skipped lessons pass")
	}
	if sum, _ := run(t); sum.OK {
		t.Error("no lessons pass")
	}
}

func TestRunTimesOut(t *testing.T) {
	ex := exercise("a/slow", true)
	ex.Steps[0].Checks[0].Within = time.Hour
	sum := Run(context.Background(), Options{Lessons: []kit.Exercise{ex}, Mode: kit.Watch, Lang: kit.En, Timeout: 300 * time.Millisecond,
		Open: func() (lab.Backend, error) { return inproc.New(), nil }})
	if sum.OK || !strings.Contains(sum.Lessons[0].Error, "not done within 300ms (--timeout)") {
		t.Errorf("%+v", sum.Lessons[0])
	}
}

func TestBackendThatDoesNotOpen(t *testing.T) {
	sum := Run(context.Background(), Options{Lessons: []kit.Exercise{exercise("a/x", false)}, Mode: kit.Watch,
		Open: func() (lab.Backend, error) { return nil, fmt.Errorf("no server here") }})
	if sum.OK || sum.Lessons[0].Error != "no server here" {
		t.Errorf("%+v", sum.Lessons[0])
	}
}
