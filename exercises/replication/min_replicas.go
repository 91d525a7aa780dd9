package replication

import (
	"context"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// minReplicas: a master that refuses writes when too few replicas keep up.
func minReplicas() kit.Exercise {
	return kit.Exercise{
		ID: "operations/min-replicas", Chapter: operations, Items: []int{209, 275, 276},
		After: []string{"operations/handshake"}, Needs: []lab.Capability{lab.CanPause},
		Topology: func() lab.Topology { return lab.OneToOne() },
		Steps: []kit.Step{
			{
				Name:     "default",
				Commands: []kit.Cmd{toLab("kill " + first), at(master, "SET alone yes")},
				Checks: []kit.Check{
					expect.Config(master, "min-replicas-to-write", "0").For(275),
					expect.Config(master, "min-replicas-max-lag", "10").For(276),
					expect.Replicas(master, 0),
					expect.Get(master, "alone", "yes").For(275),
				},
			},
			{
				Name:     "one",
				Do:       backAgain,
				Commands: []kit.Cmd{at(master, "CONFIG SET min-replicas-to-write 1"), toLab("kill " + first)},
				Look:     []kit.Cmd{at(master, "SET name king"), at(master, "GET alone")},
				Checks: []kit.Check{
					expect.Fails(master, "NOREPLICAS", "SET", "name", "king").In(expect.SyncWithin).For(209, 275),
					expect.Get(master, "alone", "yes"),
				},
			},
			{
				Name:     "late",
				Do:       backAgain,
				Commands: []kit.Cmd{at(master, "CONFIG SET min-replicas-max-lag 2"), toLab("pause " + first)},
				Look:     []kit.Cmd{at(master, "INFO replication"), at(master, "SET name king")},
				Checks: []kit.Check{
					expect.Fails(master, "NOREPLICAS", "SET", "name", "king").In(expect.SyncWithin).For(209, 276),
					expect.Replicas(master, 1).For(276),
					expect.Info(master, "replication", "min_slaves_good_slaves", "0").For(209, 276),
				},
			},
			{
				Name:     "resume",
				Commands: []kit.Cmd{toLab("resume " + first), toLab("wait 1500ms"), at(master, "SET name queen")},
				Checks: []kit.Check{
					acceptsWrites(master).In(expect.SyncWithin).For(209, 276),
					expect.Follows(first, master),
				},
			},
		},
	}
}

// backAgain starts the replica and waits for it.
func backAgain(ctx context.Context, r *kit.Run) error {
	if err := restart(ctx, r, first); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	return r.Until(ctx, expect.SyncWithin, "the master takes writes again", func(ctx context.Context) error {
		_, err := acceptsWrites(master).Probe(ctx, r)
		return err
	})
}
