package sentinel

import (
	"context"
	"errors"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// waitIsNoPromise: what WAIT counts is a replica, and it may be the wrong one.
func waitIsNoPromise() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/wait", Items: []int{338},
		After:    []string{"sentinel/bounded-loss"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: withGuards,
		Steps: []kit.Step{
			{
				Name:     "all-well",
				Commands: []kit.Cmd{at(master, "SET balance 100"), at(master, "WAIT 2 1000")},
				Checks: []kit.Check{
					expect.Called(master, "wait", 1).For(338),
					expect.Get(first, "balance", "100").In(expect.SyncWithin), expect.Get(second, "balance", "100").In(expect.SyncWithin),
				},
			},
			{
				Name:     "wrong-side",
				Predict:  areTheySafe(),
				Do:       startBeside(true),
				Commands: []kit.Cmd{splitOff(withGuards(), master, first)},
				Look:     []kit.Cmd{at(master, "SET balance 0"), at(master, "WAIT 1 1000"), at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")},
				Checks: []kit.Check{
					takenOver(master),
					expect.Follows(first, master),
					expect.Role(second, "master"),
					confirmedAndLost().For(338),
				},
			},
		},
	})
}

const confirmedLost kit.Key[int] = "confirmed-lost"

// confirmedAndLost expects writes to be lost though a replica had acknowledged them.
func confirmedAndLost() kit.Check {
	return kit.Check{
		Name:   kit.T("writes for which WAIT gave 1 are not on the new master", "WAIT 返回 1 的写入，新主节点上没有"),
		Within: expect.SyncWithin,
		Probe: losses(second, func(_ context.Context, r *kit.Run, b *beside, lost []lab.Stamp) (string, error) {
			waited, _, _ := b.acked()
			n := among(waited, lost)
			confirmedLost.Set(r, n)
			r.Measure(kit.T("lost, with WAIT 1", "丢失的写入（WAIT 返回 1）"), n)
			var err error
			if n < 20 {
				err = errors.New("too few")
			}
			return fmt.Sprintf("%d writes with WAIT ≥ 1, %d of them missing", len(waited), n), err
		}),
	}
}

func areTheySafe() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A program sends WAIT 1 after each write and takes 1 for safe. The network splits: the program, the master and replica-1 here; replica-2 and the sentinels there. "+
			"WAIT goes on answering 1. Are those writes safe?",
			"程序每次写入后都执行 WAIT 1，返回 1 就当作安全。网络断成两半：这边是程序、主节点和 replica-1，那边是 replica-2 和哨兵。WAIT 一直返回 1。这些写入安全吗？"),
		Choices: []kit.Text{
			kit.T("yes: two nodes have them", "安全：有两个节点存着"),
			kit.T("no: they will be lost", "不安全：会丢"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := confirmedLost.Get(r)
			if n > 0 {
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("{val:confirmed-lost} writes with WAIT 1 are missing on replica-2, which is the master now; when the network heals the other two will drop them. "+
			"min-replicas-to-write was content as well. Sentinels elect by their own majority, not by that of the data: WAIT makes a loss rarer, it does not make Redis strongly consistent. "+
			"WAIT for all replicas comes nearer, and stops you when one is away.",
			"有 {val:confirmed-lost} 次 WAIT 返回 1 的写入，在现在的主节点 replica-2 上找不到；等网络恢复，另外两个节点也会丢掉它们。min-replicas-to-write 同样没有意见。"+
				"哨兵凭自己的多数选举，不管数据在多数节点上与否：WAIT 让丢失变少，并不能让 Redis 变成强一致。让 WAIT 等齐所有副本会更接近，但少一个副本就写不下去了。"),
	}
}
