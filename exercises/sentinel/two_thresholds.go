package sentinel

import (
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// twoThresholds: the quorum is for "the master is down", the majority for "I may replace it".
func twoThresholds() kit.Exercise {
	setQuorum := func(sentinel, n string) kit.Cmd { return at(sentinel, "SENTINEL SET mymaster quorum "+n) }
	return lesson(kit.Exercise{
		ID: "sentinel/two-thresholds", Items: []int{223},
		After:    []string{"sentinel/majority"},
		Topology: func() lab.Topology { return voting(5, 2, 2) },
		Steps: []kit.Step{
			{
				Name:    "quorum-5",
				Predict: doFourOfFiveAct(),
				Do:      noteBegin,
				Commands: []kit.Cmd{
					setQuorum(s1, "5"), setQuorum(s2, "5"), setQuorum(s3, "5"), setQuorum(s4, "5"), setQuorum(s5, "5"),
					toLab("kill " + s5), toLab("kill " + master),
				},
				Look: []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					expect.Down(s5), expect.Down(master),
					flagged(s1, "s_down"), flagged(s2, "s_down"), flagged(s3, "s_down"), flagged(s4, "s_down"),
					tooFew(s1, lab.MyMaster, 4, forQuorum).For(223),
					noFailover(patience{3 * time.Minute, 2 * time.Second}, saidOfMaster(s4, "+sdown")).For(223),
					notFlagged(s1, "o_down").For(223),
					blockedBy(s1, lab.RuleNotAgreed).For(223),
				},
			},
			{
				Name:     "three",
				Commands: []kit.Cmd{toLab("kill " + s4), setQuorum(s1, "2")},
				Checks: []kit.Check{
					agreed(s1, "/2"),
					takenOver(master).For(223),
					settled(master),
				},
			},
			{
				Name:     "two",
				Predict:  doTwoOfFiveAct(),
				Do:       noteBegin,
				Commands: []kit.Cmd{setQuorum(s2, "2"), toLab("kill " + s3), toLab("kill {val:new-master}")},
				Look:     []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					agreed(s1, "#quorum 2/2").For(223),
					told("", "+try-failover").For(223),
					noFailover(patience{2 * time.Minute, 2500 * time.Millisecond}, said("", "+try-failover")).For(223),
					blockedBy(s1, lab.RuleNoMajority).For(223),
					tooFew(s1, lab.MyMaster, 2, forMajority).For(223),
				},
			},
		},
	})
}

func doFourOfFiveAct() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Five sentinels, and you set the quorum to 5 at each. One of them dies, then the master. Four living sentinels see it. Is the master replaced?",
			"五个哨兵，都把 quorum 设成 5。先死一个哨兵，再死主节点。四个活着的哨兵都看到了故障。主节点会被替换吗？"),
		Choices: yesNo("yes: four of five are a majority", "会：五个里有四个，已是多数",
			"no", "不会"),
		Answer: failedOver,
		Explain: kit.T("All four hold it for s_down, none for o_down: the quorum counts opinions, and the fifth is missing. A majority does not help before the quorum is reached. "+
			"A quorum above the majority makes you safer from false alarms and weaker against dead sentinels.",
			"四个都判定 s_down（主观下线），却没有一个判定 o_down（客观下线）：quorum 数的是意见，少了第五个。没到 quorum 之前，多数也没用。"+
				"quorum 高于多数，误报更少，但哨兵自己也更死不起。"),
	}
}

func doTwoOfFiveAct() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Quorum 2. Three of the five sentinels are dead; the two that live agree that the master is down. Is it replaced?",
			"quorum 是 2。五个哨兵死了三个，活着的两个一致认为主节点已下线。它会被替换吗？"),
		Choices: yesNo("yes: the quorum is reached", "会：达到 quorum 了",
			"no", "不会"),
		Answer: failedOver,
		Explain: kit.T("The quorum was reached, and o_down with it; the sentinel even tried. But to lead a failover it needs votes of the majority of all five, three, whatever the quorum is. "+
			"So a low quorum finds failures with few opinions, and never lets a minority act.",
			"quorum 达到了，o_down 也有了，哨兵甚至已经开始尝试。但要主持故障转移，必须拿到五个哨兵中多数即三票，与 quorum 设多少无关。"+
				"所以 quorum 设得低，只是让少数意见就能认定故障，绝不会让少数派动手。"),
	}
}
