package replication

import (
	"context"
	"errors"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// backup: the data survive the loss of the master's machine.
func backup() kit.Exercise {
	return kit.Exercise{
		ID: "replication/backup", Chapter: chapter, Items: []int{13},
		After:    []string{"replication/first-write"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), debug()) },
		Steps: []kit.Step{
			{
				Name:     "copy",
				Do:       func(ctx context.Context, r *kit.Run) error { return fill(ctx, r, master, "order", 300, "paid") },
				Commands: []kit.Cmd{at(master, "SET order:last 300")},
				Checks: []kit.Check{
					expect.Get(first, "order:last", "300").For(13),
					expect.Get(first, "order:299", "paid").For(13),
					expect.SameData(master, first).In(expect.SyncWithin).For(13),
				},
			},
			{
				Name:     "destroyed",
				Do:       destroyMaster,
				Predict:  whatIsLeft(),
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), at(first, "SET order:next 301")},
				Checks: []kit.Check{
					expect.Down(master),
					expect.Role(first, "master").For(13),
					expect.Get(first, "order:299", "paid").For(13),
					expect.Get(first, "order:next", "301").For(13),
				},
			},
			{
				Name: "rebuilt",
				Commands: []kit.Cmd{
					toLab("restart " + master),
					follow(master, first),
				},
				Checks: []kit.Check{
					expect.Follows(master, first).For(13),
					expect.Get(master, "order:next", "301").In(expect.SyncWithin).For(13),
					expect.SameData(master, first).In(expect.SyncWithin).For(13),
				},
			},
		},
	}
}

// destroyMaster ends the master and wipes its disk, all but the configuration.
func destroyMaster(ctx context.Context, r *kit.Run) error {
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	return errors.Join(kill(r, master), wipe(r, master))
}

func whatIsLeft() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master's machine is gone, disk included. How many of its 301 keys are left in the group?",
			"主节点的机器连同磁盘都没了。它的 301 个键还剩多少？"),
		Choices: []kit.Text{
			kit.T("none: a replica without a master forgets", "没有了：失去主节点的副本会清空自己"),
			kit.T("those written before the replica's last snapshot", "只剩副本上次快照之前写入的"),
			kit.T("all 301", "全部 301 个"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			left := 0
			for i := range 300 {
				v, err := expect.Ask(ctx, r, first, "EXISTS", fmt.Sprintf("order:%d", i))
				if err != nil {
					return 0, err
				}
				if v == "1" {
					left++
				}
			}
			switch left {
			case 0:
				return 0, nil
			case 300:
				return 2, nil
			}
			return 1, nil
		},
		Explain: kit.T("A replica is a hot copy of everything that reached it. It guards against the loss of a machine, "+
			"not against a mistake: FLUSHALL on the master is copied just as faithfully.",
			"副本是一份热备，凡是到达过它的数据都在。它能防机器损坏，但防不了误操作：主节点上的 FLUSHALL 也会被原样复制过去。"),
	}
}
