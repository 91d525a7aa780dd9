package sentinel

import (
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// knownSentinels: the majority is taken of all sentinels that are known, not of those that live.
func knownSentinels() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/known-sentinels", Items: []int{286},
		After:    []string{"sentinel/two-thresholds"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: func() lab.Topology { return voting(4, 2, 2) },
		Steps: []kit.Step{
			{
				Name:    "two-votes",
				Predict: areTwoVotesEnough(),
				Do:      noteBegin,
				Commands: []kit.Cmd{
					toLab("kill " + s4),
					toLab("partition " + s1 + "," + s2 + " " + s3),
					toLab("kill " + master),
				},
				Look: []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					expect.Down(s4), expect.Down(master),
					flagged(s3, "s_down"),
					told("", "+try-failover").For(286),
					noFailover(patience{2 * time.Minute, 2500 * time.Millisecond}, said("", "+try-failover")).For(286),
					tooFew(s1, lab.MyMaster, 2, forMajority).For(286),
					blockedBy(s1, lab.RuleNoMajority).For(286),
				},
			},
			{
				Name:     "three-votes",
				Commands: []kit.Cmd{toLab("heal")},
				Look:     []kit.Cmd{ckquorum(s1)},
				Checks: []kit.Check{
					takenOver(master).For(286),
					enough(s1, lab.MyMaster, 3).For(286),
					field(s1, "num-other-sentinels", "3").For(286),
				},
			},
		},
	})
}

func areTwoVotesEnough() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Four sentinels. One dies, so three live; of these, two can talk to each other. They agree that the master is down (quorum 2). "+
			"Some say: a leader needs half of the living plus one, 3 / 2 + 1 = 2. Do two votes do?",
			"四个哨兵，死了一个，还活着三个，其中只有两个能互通。它们一致认为主节点已下线（quorum 为 2）。"+
				"有人说：带头的需要「活着的一半加一」，即 3 / 2 + 1 = 2。两票够吗？"),
		Choices: yesNo("yes: two of the three that live", "够：三个活着的里有两个",
			"no: more than two are needed", "不够：需要的比两票多"),
		Answer: failedOver,
		Explain: kit.T("Sentinels cannot tell a dead one from one that they cannot reach, so they do not count the living. The base is all that are known, dead ones included: 4 / 2 + 1 = 3. "+
			"With three known it is 3 / 2 + 1 = 2, and the false rule gives the same there by luck.",
			"哨兵分不清别的哨兵是死了还是联系不上，所以不会去数活着的。基数是所有已知的哨兵，死的也算：4 / 2 + 1 = 3。"+
				"已知三个时是 3 / 2 + 1 = 2，那条错误的规则在这里碰巧算出了同样的数。"),
	}
}
