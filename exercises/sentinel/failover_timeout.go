package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
)

// blockedPromotion: a replica that does not know the order, the time after which the sentinel gives up, and the next try.
func blockedPromotion() kit.Exercise {
	return withShort(lesson(kit.Exercise{
		ID: "sentinel/failover-timeout", Items: []int{292},
		After:    []string{"sentinel/votes"},
		Topology: guardedReplica,
		Steps: []kit.Step{
			{
				Name:     "blocked",
				Predict:  whatIfTheReplicaIgnoresIt(),
				Commands: []kit.Cmd{toLab("kill " + master)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(first, "SLAVEOF NO ONE")},
				Checks: []kit.Check{
					told(s1, "+failover-state-wait-promotion").For(292),
					told(s1, "-failover-abort-slave-timeout").In(retryWithin).For(292),
					gaveUpAfterTimeout().For(292),
					blockedBy(s1, lab.RuleCooldown).For(292),
				},
			},
			{
				Name:     "renamed",
				Commands: []kit.Cmd{at(s1, "SENTINEL SET mymaster rename-command SLAVEOF "+renamedTo)},
				Checks: []kit.Check{
					told(s1, "+promoted-slave").In(retryWithin).For(292),
					triedAgainLater().For(292),
					takenOver(master),
				},
			},
		},
	}), "failover-timeout", "3000")
}

// renamedTo is what the replica calls SLAVEOF, so that nobody uses it by mistake.
const renamedTo = "GUARDED"

// guardedReplica is the smallest system, with a replica that has renamed the command that sentinels send.
func guardedReplica() lab.Topology {
	return watched(1, 1).WithNode(first, lab.Directive{Name: "rename-command", Value: "SLAVEOF " + renamedTo})
}

// gaveUpAfterTimeout expects the wait for the promotion to have lasted as long as failover-timeout.
func gaveUpAfterTimeout() kit.Check {
	return noted(kit.T("it waited failover-timeout for the promotion", "它等待提升的时间是 failover-timeout"), func(r *kit.Run) (string, error) {
		waits, aborts := when(r, said(s1, "+failover-state-wait-promotion")), when(r, said(s1, "-failover-abort-slave-timeout"))
		if len(waits) == 0 || len(aborts) == 0 {
			return "", errors.New("not yet")
		}
		took, limit := aborts[0].Sub(waits[0]), failoverTimeout.Or(r, 0)
		r.Measure(kit.T("waited for the promotion", "等待提升的时间"), took)
		if took < limit-lag || took > limit+5*time.Second {
			return seconds(took), fmt.Errorf("not about %s", limit)
		}
		return seconds(took), nil
	})
}

func whatIfTheReplicaIgnoresIt() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The only replica has renamed SLAVEOF, the command by which a sentinel promotes it. The master will be killed. What will the sentinel do?",
			"唯一的副本把 SLAVEOF 改了名，而哨兵正是用这条命令提升副本的。现在杀掉主节点，哨兵会怎样？"),
		Choices: []kit.Text{
			kit.T("see the error and try another way at once", "看到报错，立刻换个办法"),
			kit.T("wait {val:failover-timeout} for the replica to become a master, give up, and not try again for as long", "等 {val:failover-timeout}，看副本是否变成主节点，然后放弃，再隔同样久才会重试"),
			kit.T("wait for ever", "一直等下去"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			waits, aborts := when(r, said(s1, "+failover-state-wait-promotion")), when(r, said(s1, "-failover-abort-slave-timeout"))
			switch {
			case len(waits) == 0:
				return 0, errors.New("no promotion was waited for")
			case len(aborts) == 0:
				return 2, nil
			case aborts[0].Sub(waits[0]) < failoverTimeout.Or(r, 0)-lag:
				return 0, nil
			}
			return 1, nil
		},
		Explain: kit.T("The sentinel does not read the answer to its order. It waits until INFO says role:master, at most failover-timeout; then -failover-abort-slave-timeout. "+
			"The next attempt comes 2 × failover-timeout after the first one began. The setting bounds each phase, the election (at most 10 s), the promotion and the following of the others, not the whole.",
			"哨兵不看这条命令的回答，只等 INFO 出现 role:master，最多等 failover-timeout，然后就是 -failover-abort-slave-timeout。"+
				"下一次尝试，在第一次开始之后 2 × failover-timeout。这个设置限制的是每个阶段：选举（最多 10 秒）、提升、其余副本改跟，而不是总时长。"),
	}
}
