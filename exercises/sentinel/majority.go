package sentinel

import (
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// majority: of three sentinels one may die, not two.
func majority() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/majority", Items: []int{51},
		After:    []string{"sentinel/failover", "sentinel/one-sentinel"},
		Topology: func() lab.Topology { return voting(3, 2, 2) },
		Steps: []kit.Step{
			{
				Name:     "one-dead",
				Commands: []kit.Cmd{toLab("kill " + s3), toLab("kill " + master)},
				Look:     []kit.Cmd{ckquorum(s1)},
				Checks: []kit.Check{
					expect.Down(s3), expect.Down(master),
					takenOver(master).For(51),
					settled(master),
					enough(s1, lab.MyMaster, 2).For(51),
				},
			},
			{
				Name:     "two-dead",
				Predict:  doesTheLastOneAct(),
				Do:       noteBegin,
				Commands: []kit.Cmd{toLab("kill " + s2), toLab("kill {val:new-master}")},
				Look:     []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					expect.Down(s2),
					flagged(s1, "s_down").For(51),
					noFailover(patience{5 * time.Minute, 2500 * time.Millisecond}, saidOfMaster(s1, "+sdown")).For(51),
					notFlagged(s1, "o_down").For(51),
					blockedBy(s1, lab.RuleNotAgreed).For(51),
					tooFew(s1, lab.MyMaster, 1, forQuorum, forMajority).For(51),
				},
			},
		},
	})
}

func doesTheLastOneAct() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Two of three sentinels are dead, and now the new master dies too. A replica is still there. Does the last sentinel promote it?",
			"三个哨兵死了两个，现在新的主节点也死了，但还剩一个副本。最后那个哨兵会提升它吗？"),
		Choices: yesNo("yes: it is the only one left to decide", "会：只剩它能做主了",
			"no: it sees the failure and does nothing", "不会：它看到了故障，但什么也不做"),
		Answer: failedOver,
		Explain: kit.T("It holds the master for s_down and stops there: quorum 2 wants a second opinion. From where it stands, two dead sentinels and two unreachable ones look alike. "+
			"Were one enough, both sides of a broken network would make a master each. "+
			"In production, ask CKQUORUM from your monitoring. It tells you today that tomorrow's failover cannot happen; a dead sentinel alone makes no noise.",
			"它只判定 s_down（主观下线），然后就停住了：quorum 为 2，还要另一个哨兵同意。在它看来，两个死掉的哨兵和两个联系不上的哨兵没有区别。"+
				"如果一个就够，网络断开时两边就会各立一个主节点。"+
				"生产环境里，请让监控定期执行 CKQUORUM。它今天就能告诉你明天切换不了；光是死一个哨兵，是不会有任何动静的。"),
	}
}
