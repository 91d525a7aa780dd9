package expect_test

import (
	"context"
	"testing"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
	"redislab/lab/inproc"
)

// Each check must fail before the commands were typed and hold afterwards.
func TestChecksFailThenHold(t *testing.T) {
	at := func(node, line string) kit.Cmd { return kit.Cmd{Node: node, Line: line} }
	tests := []struct {
		name  string
		typed []kit.Cmd
		check kit.Check
	}{
		{"get", []kit.Cmd{at("master", "SET a 1")}, expect.Get("replica-1", "a", "1")},
		{"no key", []kit.Cmd{at("master", "DEL old")}, expect.NoKey("replica-1", "old")},
		{"reply", []kit.Cmd{at("master", "RPUSH l x y")}, expect.Reply("master", "2", "LLEN", "l")},
		{"fails", []kit.Cmd{at("master", "SET a text")}, expect.Fails("master", "ERR value is not an integer", "INCR", "a")},
		{"refused", []kit.Cmd{at("replica-1", "SET a 1")}, expect.Refused("replica-1", "READONLY")},
		{"called", []kit.Cmd{at("master", "STRLEN a"), at("master", "STRLEN a")}, expect.Called("master", "strlen", 2)},
		{"rises", []kit.Cmd{at("master", "SET a 1")}, expect.Rises("master", "replication", "master_repl_offset", 20)},
		{"config", []kit.Cmd{at("master", "CONFIG SET hz 20")}, expect.Config("master", "hz", "20")},
		{"role", []kit.Cmd{at("replica-1", "REPLICAOF NO ONE")}, expect.Role("replica-1", "master")},
		{"link down", []kit.Cmd{at(kit.LabNode, "kill master")}, expect.LinkDown("replica-1")},
		{"replicas", []kit.Cmd{at(kit.LabNode, "kill replica-1")}, expect.Replicas("master", 0)},
		{"down", []kit.Cmd{at(kit.LabNode, "kill replica-1")}, expect.Down("replica-1")},
		{"stranger", []kit.Cmd{at("master", "CONFIG SET requirepass x")}, expect.Stranger("master", "NOAUTH", "GET", "a")},
		{"logged", []kit.Cmd{at("replica-1", "REPLICAOF NO ONE")}, expect.Logged("replica-1", "MASTER MODE enabled")},
		{"follows", []kit.Cmd{at("master", "REPLICAOF {host:replica-1} {port:replica-1}"), at("replica-1", "REPLICAOF NO ONE")},
			expect.Follows("master", "replica-1")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proveFailsThenHolds(t, tt.typed, tt.check)
		})
	}
}

func TestSameDataNoticesADifference(t *testing.T) {
	differ := func(ctx context.Context, r *kit.Run) error {
		_, err := r.Type(ctx,
			kit.Cmd{Node: "replica-1", Line: "CONFIG SET replica-read-only no"}, kit.Cmd{Node: "replica-1", Line: "SET a 1"})
		return err
	}
	check := expect.SameData("master", "replica-1")
	step := kit.Step{Name: "s", Do: differ, Commands: []kit.Cmd{{Node: "replica-1", Line: "DEL a"}}, Checks: []kit.Check{check}}
	take(t, step)
}

func proveFailsThenHolds(t *testing.T, typed []kit.Cmd, check kit.Check) {
	t.Helper()
	old := func(ctx context.Context, r *kit.Run) error {
		if _, err := expect.Ask(ctx, r, "master", "SET", "old", "x"); err != nil {
			return err
		}
		return r.Until(ctx, expect.SyncWithin, "old arrives", func(ctx context.Context) error {
			_, err := expect.Get("replica-1", "old", "x").Probe(ctx, r)
			return err
		})
	}
	take(t, kit.Step{Name: "s", Do: old, Commands: typed, Checks: []kit.Check{check}})
}

// take runs one step in mode Do, which proves that its checks fail before the
// commands and hold after them.
func take(t *testing.T, step kit.Step) {
	t.Helper()
	inproc.Bubble(t, func(t *testing.T) {
		ex := kit.Exercise{ID: "t/x", Chapter: "t", Steps: []kit.Step{step}, Topology: func() lab.Topology {
			return lab.OneToOne().With(lab.Directive{Name: expect.DebugOn, Value: "yes"})
		}}
		if _, err := kit.New(ex, inproc.Sim(), kit.Do, kit.En).RunAll(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
