package replication

import (
	"context"
	"errors"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// serveStale: what a replica answers that has lost its master.
func serveStale() kit.Exercise {
	return kit.Exercise{
		ID: "operations/serve-stale", Chapter: operations, Items: []int{277},
		After:    []string{"replication/master-dies"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name: "yes",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(askAll(ctx, r, master, "SET price 10", "SAVE"), caughtUp(ctx, r, master, first, second))
				},
				Commands: []kit.Cmd{toLab("kill " + master), at(first, "GET price")},
				Checks: []kit.Check{
					expect.LinkDown(first).For(277), expect.LinkDown(second),
					expect.Config(first, "replica-serve-stale-data", "yes").For(277),
					expect.Get(first, "price", "10").For(277),
				},
			},
			{
				Name:     "no",
				Commands: []kit.Cmd{at(second, "CONFIG SET replica-serve-stale-data no"), at(second, "GET price")},
				Look:     []kit.Cmd{at(second, "PING"), at(second, "INFO replication"), at(second, "SET price 11")},
				Checks: []kit.Check{
					expect.Refused(second, "MASTERDOWN").For(277),
					expect.Fails(second, "MASTERDOWN", "GET", "price").For(277),
					expect.LinkDown(second).For(277),
				},
			},
			{
				Name:     "back",
				Commands: []kit.Cmd{toLab("restart " + master)},
				Checks: []kit.Check{
					expect.Follows(second, master),
					expect.Get(second, "price", "10").In(expect.SyncWithin).For(277),
				},
			},
		},
	}
}
