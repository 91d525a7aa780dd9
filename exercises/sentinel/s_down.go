package sentinel

import (
	"context"
	"errors"
	"strconv"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// sDown: what follows when a sentinel misses a replica, and when it alone misses the master.
func sDown() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/s-down", Items: []int{279, 290},
		After: []string{"sentinel/valid-replies"}, Needs: []lab.Capability{lab.CanPause},
		Topology: classic,
		Steps: []kit.Step{
			{
				Name:     "replica",
				Predict:  whoIsPromotedForAReplica(),
				Do:       noteBegin,
				Commands: []kit.Cmd{toLab("kill " + first)},
				Look:     []kit.Cmd{at(s1, "SENTINEL REPLICAS mymaster"), at(master, "INFO replication")},
				Checks: []kit.Check{
					expect.Down(first),
					replicaDownOnly().For(279),
					noFailover(onlooking(), said(s1, "+sdown")).For(279),
					allName(master).For(279),
					expect.Role(master, "master").For(279), expect.Follows(second, master).For(279),
				},
			},
			{
				Name:     "one-limit",
				Predict:  whatDoesTheLimitTrigger(),
				Do:       patientOthers,
				Commands: []kit.Cmd{toLab("pause " + master)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s2, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					flagged(s1, "s_down").For(290),
					notFlagged(s1, "o_down").For(290),
					notFlagged(s2, "s_down").For(290), notFlagged(s3, "s_down").For(290),
					noFailover(onlooking(), saidOfMaster(s1, "+sdown")).For(290),
				},
			},
			{
				Name:     "quorum",
				Commands: []kit.Cmd{at(s2, "SENTINEL SET mymaster down-after-milliseconds {val:down-after-ms}")},
				Look:     []kit.Cmd{at(s3, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					told("", "+odown").For(290),
					agreedBy("2/2").For(290),
					takenOver(master).For(290),
				},
			},
		},
	})
}

// onlooking is how long the lesson looks on to see that nothing more comes of it.
func onlooking() patience { return patience{2 * time.Minute, 1500 * time.Millisecond} }

// patientLimit is the down-after-milliseconds of those that shall not notice.
const patientLimit = "600000"

// patientOthers brings the replica back, and lets only sentinel-1 keep its limit.
func patientOthers(ctx context.Context, r *kit.Run) error {
	n, err := r.Node(first)
	if err != nil {
		return err
	}
	if err := n.Restart(ctx); err != nil {
		return err
	}
	for _, s := range []string{s2, s3} {
		if _, err := expect.Ask(ctx, r, s, "SENTINEL", "SET", lab.MyMaster, "down-after-milliseconds", patientLimit); err != nil {
			return err
		}
	}
	kit.Key[string]("down-after-ms").Set(r, strconv.FormatInt(downAfter.Or(r, 0).Milliseconds(), 10))
	if err := noteBegin(ctx, r); err != nil {
		return err
	}
	return r.Until(ctx, downWithin, s1+" sees "+first+" again", func(ctx context.Context) error {
		all, err := replicasOf(ctx, r, s1)
		if err == nil && hasFlag(all[first], "s_down") {
			err = errors.New("it is s_down")
		}
		return err
	})
}

func whoIsPromotedForAReplica() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 will be killed; the master and replica-2 are well. What will the sentinels do about it?",
			"要杀掉 replica-1，主节点和 replica-2 都正常。哨兵会怎么做？"),
		Choices: []kit.Text{
			kit.T("promote replica-2 in its place", "提升 replica-2 来顶替它"),
			kit.T("mark it s_down, and nothing else", "只把它标记为 s_down，别的什么也不做"),
			kit.T("remove it from the list of replicas", "把它从副本列表中删掉"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			all, err := replicasOf(ctx, r, s1)
			if err != nil {
				return 0, err
			}
			role, err := expect.Field(ctx, r, second, "replication", "role")
			switch {
			case role == "master":
				return 0, err
			case len(all) == 2 && hasFlag(all[first], "s_down"):
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("There is nothing to promote: a failover replaces a master. Each sentinel marks the replica s_down, which keeps it from being chosen in a failover, and "+
			"goes on trying to reach it. Clients that read from replicas must look at the flags in SENTINEL REPLICAS, or find out by an error; and you should be told: "+
			"subscribe to +sdown.",
			"没有什么可提升的：故障转移取代的是主节点。每个哨兵把副本标记为 s_down，这样故障转移时不会选它，同时继续尝试联系它。"+
				"从副本读数据的客户端要看 SENTINEL REPLICAS 里的 flags，否则只能等报错；运维也应该得到通知：订阅 +sdown。"),
	}
}

func whatDoesTheLimitTrigger() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("down-after-milliseconds is {val:down-after} on sentinel-1 and ten minutes on the other two. The master will freeze. What comes after {val:down-after}?",
			"sentinel-1 的 down-after-milliseconds 是 {val:down-after}，另外两个是十分钟。主节点将被冻结。过了 {val:down-after} 会发生什么？"),
		Choices: []kit.Text{
			kit.T("the failover: sentinel-1 starts it", "故障转移：由 sentinel-1 发起"),
			kit.T("a mark at sentinel-1, and nothing else", "只有 sentinel-1 打上标记，再无下文"),
			kit.T("the others are told, and mark the master, too", "另外两个得到通知，也打上标记"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			moved, err := failedOver(ctx, r)
			if err != nil {
				return 0, err
			}
			f, err := fields(ctx, r, s2)
			switch {
			case moved == 0:
				return 0, err
			case hasFlag(f, "s_down"):
				return 2, err
			}
			return 1, err
		},
		Explain: kit.T("The limit decides when one sentinel believes the master down: s_down. It asks the others, they say no, and with a quorum of 2 that is the end of it. "+
			"So one sentinel with a bad network or too short a limit breaks nothing. And as the master is frozen indeed, nobody can write: too long a limit on two of three is an outage.",
			"这个时限只决定单个哨兵何时认为主节点下线，即 s_down。它会去问别人，别人说没有，而 quorum 是 2，于是到此为止。"+
				"所以某个哨兵网络不好、或者时限太短，都坏不了事。反过来，主节点这回真的冻结了，谁也写不了：三个里有两个时限太长，就是一场中断。"),
	}
}
