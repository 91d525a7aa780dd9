package replication

import (
	"context"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// manualFailover: a new master by hand, and the file that undoes it.
func manualFailover() kit.Exercise {
	return kit.Exercise{
		ID: "operations/manual-failover", Chapter: operations, Items: []int{212},
		After:    []string{"replication/no-election", "replication/promotion"},
		Topology: func() lab.Topology { return with(lab.OneToMany(2), debug()) },
		Steps: []kit.Step{
			{
				Name: "promote",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "page", 100, "text"); err != nil {
						return err
					}
					if err := caughtUp(ctx, r, master, first, second); err != nil {
						return err
					}
					return kill(r, master)
				},
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), follow(second, first), at(first, "SET era new")},
				Checks: []kit.Check{
					expect.Role(first, "master").For(212),
					expect.Follows(second, first).For(212),
					expect.Reply(first, "101", "DBSIZE").For(212),
					expect.Get(second, "era", "new").In(expect.SyncWithin).For(212),
					expect.SameData(first, second).In(expect.SyncWithin).For(212),
				},
			},
			{
				Name:     "restart",
				Predict:  whomDoTheyFollow(),
				Commands: []kit.Cmd{toLab("restart " + first)},
				Checks: []kit.Check{
					expect.Role(first, "slave").For(212),
					pointsAt(first, master).For(212),
					fileSays(first, "replicaof").For(212),
				},
			},
			{
				Name: "edit",
				Commands: []kit.Cmd{
					at(first, "REPLICAOF NO ONE"), at(first, "CONFIG REWRITE"),
					follow(second, first), at(second, "CONFIG REWRITE"),
					toLab("restart " + first), toLab("restart " + second),
				},
				Checks: []kit.Check{
					expect.Role(first, "master").For(212),
					expect.Follows(second, first).For(212),
					expect.Get(second, "era", "new").For(212),
				},
			},
			{
				Name:     "old-master",
				Commands: []kit.Cmd{toLab("restart " + master), follow(master, first), at(master, "CONFIG REWRITE")},
				Checks: []kit.Check{
					expect.Follows(master, first).For(212),
					expect.Get(master, "era", "new").In(expect.SyncWithin).For(212),
					fileSays(master, "replicaof").For(212),
				},
			},
		},
	}
}

// pointsAt expects a node to look for a master, attached or not.
func pointsAt(replica, of string) kit.Check {
	return kit.Check{
		Name:   kit.T(replica+" looks for "+of, replica+" 在寻找 "+of),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			m, err := r.Node(of)
			if err != nil {
				return "", err
			}
			port, err := expect.Field(ctx, r, replica, "replication", "master_port")
			if err == nil && port != fmt.Sprint(m.Port()) {
				err = fmt.Errorf("%s has port %d", of, m.Port())
			}
			return "master_port:" + port, err
		},
	}
}

func whomDoTheyFollow() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 is the new master now. It is restarted. What does it come back as?", "replica-1 现在是新的主节点。把它重启之后，它是什么？"),
		Choices: []kit.Text{
			kit.T("as the master it was", "还是主节点"),
			kit.T("as a replica of the dead master", "死去的主节点的副本"),
			kit.T("as a replica of replica-2", "replica-2 的副本"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			role, err := expect.Field(ctx, r, first, "replication", "role")
			if err != nil || role == "master" {
				return 0, err
			}
			if _, err := pointsAt(first, master).Probe(ctx, r); err != nil {
				return 2, nil
			}
			return 1, nil
		},
		Explain: kit.T("REPLICAOF changes the running node, not its file, and the file still says replicaof and the old address. "+
			"Now nobody takes writes. That is why the last step of a failover by hand is CONFIG REWRITE, or an editor.",
			"REPLICAOF 只改变正在运行的节点，不改文件，文件里仍写着 replicaof 和旧地址。现在没有节点能写了。"+
				"所以手动故障转移的最后一步是 CONFIG REWRITE，或者用编辑器修改文件。"),
	}
}
