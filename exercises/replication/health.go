package replication

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// alarmAt is the difference of offsets that the lesson's alert rule tolerates.
const alarmAt = 10_000

// health: what to look at, and what a healthy node says.
func health() kit.Exercise {
	return kit.Exercise{
		ID: "operations/health", Chapter: operations, Items: []int{263, 264, 265, 266},
		After: []string{"replication/offsets", "replication/backlog"}, Needs: []lab.Capability{lab.CanFault},
		Topology: func() lab.Topology {
			t := lab.OneToOne()
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: solo})
			return t.With(debug()...)
		},
		Steps: []kit.Step{
			{
				Name:     "alert",
				Commands: []kit.Cmd{toLab("cut master " + first), toLab("write master 50000")},
				Look:     []kit.Cmd{at(master, "INFO replication")},
				Checks:   []kit.Check{behind(true).For(263)},
			},
			{
				Name:     "calm",
				Commands: []kit.Cmd{toLab("heal")},
				Checks:   []kit.Check{behind(false).For(263), expect.Follows(first, master)},
			},
			{
				Name: "identity",
				Look: []kit.Cmd{at(master, "INFO server"), at(master, "CONFIG GET repl-backlog*"), at(solo, "INFO replication")},
				Checks: []kit.Check{
					fortyHex(master).For(265),
					expect.Config(master, "repl-backlog-size", "1048576").For(264),
					expect.Info(master, "replication", "repl_backlog_active", "1").For(264),
					expect.Info(solo, "replication", "repl_backlog_active", "0").For(264),
					expect.Config(master, "repl-backlog-ttl", "3600").For(264),
				},
			},
			{
				Name: "reload",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(noteIDs(ctx, r, master), noteSyncs(ctx, r, master))
				},
				Commands: []kit.Cmd{at(master, "DEBUG RELOAD")},
				Checks: []kit.Check{
					expect.Called(master, "debug", 1).For(266),
					sameRunID(master).For(266),
					resynced(master, 0, 0).For(266),
					expect.Follows(first, master).For(266),
				},
			},
		},
	}
}

// behind is the alert rule: it expects the alarm to be on or off.
func behind(alarm bool) kit.Check {
	name := kit.T("the alarm is off: the replica has caught up", "警报解除：副本追上来了")
	if alarm {
		name = kit.T("the alarm is on: the replica is more than 10 000 bytes behind", "警报响了：副本落后超过 10 000 字节")
	}
	return kit.Check{
		Name: name, Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			line, err := expect.Field(ctx, r, master, "replication", "slave0")
			if err != nil {
				return "", err
			}
			_, end, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			offset, err := strconv.ParseInt(fieldsOf(line)["offset"], 10, 64)
			seen := fmt.Sprintf("offset %d of %d: %d behind", offset, end, end-offset)
			if err == nil && (end-offset > alarmAt) != alarm {
				err = errors.New("not yet")
			}
			return seen, err
		},
	}
}

func sameRunID(node string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" has kept its run_id", node+" 的 run_id 没有变"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, err := expect.Field(ctx, r, node, "server", "run_id")
			if before := runIDBefore.Or(r, ""); err == nil && id != before {
				err = fmt.Errorf("it was %s", before)
			}
			return id, err
		},
	}
}
