package single

import (
	"context"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// firstNode: one node is enough to begin with.
func firstNode() kit.Exercise {
	return kit.Exercise{
		ID: "single/first-node", Chapter: chapter, Items: []int{1},
		Topology: lab.Single,
		Steps: []kit.Step{
			{
				Name:     "write",
				Commands: []kit.Cmd{{Node: "master", Line: "SET greeting hello"}},
				Look:     []kit.Cmd{{Node: "master", Line: "PING"}, {Node: "master", Line: "GET greeting"}},
				Checks: []kit.Check{
					expect.Reply("master", "PONG", "PING").For(1),
					expect.Get("master", "greeting", "hello").For(1),
				},
			},
			{
				Name: "count",
				Commands: []kit.Cmd{
					{Node: "master", Line: "INCR visits"},
					{Node: "master", Line: "INCR visits"},
					{Node: "master", Line: "INCR visits"},
				},
				Look:   []kit.Cmd{{Node: "master", Line: "TYPE visits"}},
				Checks: []kit.Check{expect.Get("master", "visits", "3")},
			},
			{
				Name:    "role",
				Predict: loneRole(),
				Look:    []kit.Cmd{{Node: "master", Line: "INFO replication"}, {Node: "master", Line: "ROLE"}},
				Checks: []kit.Check{
					expect.Role("master", "master").For(1),
					expect.Replicas("master", 0).For(1),
				},
			},
		},
	}
}

func loneRole() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Nobody replicates from this node. What does it call itself?",
			"没有任何节点从它复制数据。它如何称呼自己？"),
		Choices: []kit.Text{
			kit.T("standalone", "standalone（独立节点）"),
			kit.T("master", "master（主节点）"),
			kit.T("it has no role yet", "还没有角色"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			role, err := expect.Field(ctx, r, "master", "replication", "role")
			switch role {
			case "standalone":
				return 0, err
			case "master":
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("Every node starts as a master; having replicas is not part of being one. "+
			"(redis_mode:standalone in INFO server means something else: no cluster, no sentinel.)",
			"每个节点启动时都是 master，有没有副本并不影响这一点。"+
				"（INFO server 里的 redis_mode:standalone 是另一回事：既不是集群也不是哨兵。）"),
	}
}
