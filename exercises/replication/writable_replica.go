package replication

import (
	"context"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// writableReplica: why nobody wants a replica that takes writes.
func writableReplica() kit.Exercise {
	return kit.Exercise{
		ID: "replication/writable-replica", Chapter: chapter, Items: []int{18, 19},
		After:    []string{"replication/read-only"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name:     "open",
				Predict:  whoGetsIt(),
				Commands: []kit.Cmd{at(first, "CONFIG SET replica-read-only no"), at(first, "SET city Lyon")},
				Look:     []kit.Cmd{at(master, "GET city"), at(second, "GET city")},
				Checks: []kit.Check{
					expect.Get(first, "city", "Lyon").For(18),
					expect.NoKey(master, "city").For(18),
					expect.NoKey(second, "city").For(18),
				},
			},
			{
				Name:     "overwritten",
				Predict:  whoWins(),
				Commands: []kit.Cmd{at(master, "SET city Paris")},
				Checks: []kit.Check{
					expect.Get(first, "city", "Paris").For(19),
					expect.Get(second, "city", "Paris"),
				},
			},
			{
				Name:     "leftover",
				Commands: []kit.Cmd{at(first, "SET ghost boo")},
				Look:     []kit.Cmd{at(master, "DBSIZE"), at(first, "DBSIZE")},
				Checks: []kit.Check{
					expect.Get(first, "ghost", "boo").For(19),
					expect.NoKey(master, "ghost").For(18), expect.NoKey(second, "ghost").For(18),
					expect.LinkUp(first),
				},
			},
			{
				Name: "swept",
				Commands: []kit.Cmd{
					at(first, "CONFIG SET replica-read-only yes"),
					at(first, "REPLICAOF NO ONE"),
					follow(first, master),
				},
				Checks: []kit.Check{
					expect.Config(first, "replica-read-only", "yes"),
					expect.Follows(first, master),
					expect.NoKey(first, "ghost").In(expect.SyncWithin).For(19),
					expect.Get(first, "city", "Paris"),
				},
			},
		},
	}
}

func whoGetsIt() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 is made writable and takes a write. Who else will have the key?",
			"把 replica-1 改成可写，再写入一个键。还有谁会有这个键？"),
		Choices: []kit.Text{
			kit.T("the master and replica-2", "master 和 replica-2"),
			kit.T("the master only", "只有 master"),
			kit.T("nobody", "谁都没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			m, err := expect.Ask(ctx, r, master, "GET", "city")
			if err != nil {
				return 0, err
			}
			s, err := expect.Ask(ctx, r, second, "GET", "city")
			switch {
			case m != expect.Nil && s != expect.Nil:
				return 0, err
			case m != expect.Nil:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("The link carries data from the master to the replica and only acknowledgements back. "+
			"Two clients that read city from two nodes now get different answers.",
			"这条连接只把数据从主节点送到副本，反方向只有确认。现在两个客户端从两个节点读 city，会得到不同的结果。"),
	}
}

func whoWins() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master now gets SET city Paris. What does replica-1, where city is Lyon, show afterwards?",
			"现在在主节点上执行 SET city Paris。replica-1 上 city 原本是 Lyon，之后会显示什么？"),
		Choices: []kit.Text{
			kit.T("Lyon: its own write is older but local", "Lyon：自己写的优先"),
			kit.T("Paris: the master's command is simply executed", "Paris：主节点的命令照样执行"),
			kit.T("replication stops with a conflict", "出现冲突，复制停止"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := expect.Ask(ctx, r, first, "GET", "city")
			switch v {
			case "Lyon":
				return 0, err
			case "Paris":
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("A replica executes what comes down the link, whatever it holds. No comparison, no conflict, no message: the local write is gone.",
			"不管自己手里有什么，副本都会执行从连接上收到的命令。没有比较，没有冲突，没有提示：本地的写入就这样没了。"),
	}
}
