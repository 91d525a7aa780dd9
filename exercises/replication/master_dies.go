package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// masterDies: reads go on, writes stop, until the master is back.
func masterDies() kit.Exercise {
	return kit.Exercise{
		ID: "replication/master-dies", Chapter: chapter, Items: []int{22, 23, 24},
		After:    []string{"replication/replica-dies"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name: "reads-go-on",
				Do: func(ctx context.Context, r *kit.Run) error {
					for _, c := range [][]string{{"SET", "name", "king"}, {"SAVE"}} {
						if _, err := expect.Ask(ctx, r, master, c...); err != nil {
							return err
						}
					}
					return caughtUp(ctx, r, master, first, second)
				},
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					expect.Down(master),
					expect.LinkDown(first).For(22), expect.LinkDown(second).For(22),
					expect.Get(first, "name", "king").For(22), expect.Get(second, "name", "king").For(22),
				},
			},
			{
				Name:    "no-writes",
				Predict: whoTakesWrites(),
				Look:    []kit.Cmd{at(first, "SET name queen"), at(second, "SET name queen")},
				Checks: []kit.Check{
					expect.Down(master).For(23),
					expect.Fails(first, "READONLY", "SET", "name", "queen").For(23),
					expect.Fails(second, "READONLY", "SET", "name", "queen").For(23),
				},
			},
			{
				Name:     "back",
				Commands: []kit.Cmd{toLab("restart " + master), at(master, "SET name queen")},
				Checks: []kit.Check{
					expect.Follows(first, master).For(24), expect.Follows(second, master).For(24),
					expect.Get(master, "name", "queen").For(24),
					expect.Get(first, "name", "queen").For(24), expect.Get(second, "name", "queen").For(24),
				},
			},
		},
	}
}

// accepts reports whether a node takes a write.
func accepts(ctx context.Context, r *kit.Run, node string) bool {
	v, err := r.Ask(ctx, node, "SET", beat, node)
	return err == nil && v.Err() == nil
}

func whoTakesWrites() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master is dead. Which of the three nodes takes a write now?", "主节点死了。三个节点里，现在哪个还能写？"),
		Choices: []kit.Text{
			kit.T("replica-1, the first in the list", "replica-1，名单里的第一个"),
			kit.T("both replicas", "两个副本都可以"),
			kit.T("none", "都不行"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			var yes []string
			for _, id := range []string{master, first, second} {
				if accepts(ctx, r, id) {
					yes = append(yes, id)
				}
			}
			switch len(yes) {
			case 0:
				return 2, nil
			case 1:
				return 0, nil
			case 2:
				return 1, nil
			}
			return 0, errors.New(fmt.Sprint("they all take writes: ", strings.Join(yes, ", ")))
		},
		Explain: kit.T("The master refuses the connection and the replicas stay read-only, dead master or not. "+
			"They go on serving reads, of data that grow older by the minute.",
			"主节点连不上，而副本不管主节点死没死都保持只读。它们继续提供读服务，只是数据会越来越旧。"),
	}
}
