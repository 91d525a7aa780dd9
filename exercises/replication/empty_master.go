package replication

import (
	"context"
	"errors"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// emptyMaster: a master without persistence that restarts, and takes its
// replicas' data with it.
func emptyMaster() kit.Exercise {
	return kit.Exercise{
		ID: "operations/empty-master", Chapter: operations, Items: []int{250},
		After: []string{"replication/backup", "operations/manual-failover"},
		Topology: func() lab.Topology {
			return lab.OneToMany(2).WithNode(master, lab.Directive{Name: "save", Value: `""`})
		},
		Steps: []kit.Step{
			{
				Name:     "wipe",
				Predict:  whoHasTheData(),
				Do:       hundredKeys,
				Commands: []kit.Cmd{toLab("kill " + master), toLab("restart " + master)},
				Checks: []kit.Check{
					expect.Follows(first, master), expect.Follows(second, master),
					expect.Reply(master, "0", "DBSIZE").For(250),
					expect.Reply(first, "0", "DBSIZE").In(expect.SyncWithin).For(250),
					expect.Reply(second, "0", "DBSIZE").In(expect.SyncWithin).For(250),
				},
			},
			{
				Name:     "file",
				Commands: []kit.Cmd{toLab("kill " + master), toLab("kill " + first), toLab("restart " + first)},
				Checks: []kit.Check{
					expect.Down(master),
					expect.LinkDown(first),
					expect.Reply(first, "0", "DBSIZE").For(250),
				},
			},
			{
				Name: "right-order",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := restart(ctx, r, master); err != nil {
						return err
					}
					return hundredKeys(ctx, r)
				},
				Commands: []kit.Cmd{
					toLab("kill " + master),
					at(first, "REPLICAOF NO ONE"),
					follow(second, first),
					toLab("restart " + master),
					follow(master, first),
				},
				Checks: []kit.Check{
					expect.Follows(second, first),
					expect.Follows(master, first).For(250),
					expect.Reply(first, "100", "DBSIZE").For(250),
					expect.Reply(master, "100", "DBSIZE").In(expect.SyncWithin).For(250),
				},
			},
		},
	}
}

// hundredKeys fills the master and saves on replica-1 only.
func hundredKeys(ctx context.Context, r *kit.Run) error {
	return errors.Join(
		fill(ctx, r, master, "page", 100, "text"),
		caughtUp(ctx, r, master, first, second),
		ask(ctx, r, first, "SAVE"),
	)
}

func whoHasTheData() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("\"Persist on a replica only, to spare the master.\" replica-1 has just saved 100 keys. The master, without any file, dies, "+
			"and a supervisor restarts it at once. Where are the keys?",
			"“只在副本上持久化，给主节点减负。”replica-1 刚保存了 100 个键。主节点没有任何文件，死掉后被守护进程立刻重启。这些键还在哪里？"),
		Choices: []kit.Text{
			kit.T("on both replicas", "两个副本上"),
			kit.T("on replica-1, which has a file", "replica-1 上，它有文件"),
			kit.T("nowhere", "哪里都没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			a, err := expect.Ask(ctx, r, first, "DBSIZE")
			if err != nil {
				return 0, err
			}
			b, err := expect.Ask(ctx, r, second, "DBSIZE")
			switch {
			case a == "0" && b == "0":
				return 2, err
			case b == "0":
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("The master came back empty, the replicas reconnected and copied the emptiness. Persistence on replicas only is safe when "+
			"a dead master never restarts by itself: promote first, restart afterwards.",
			"主节点空着回来，副本重新连接，并把“空”也复制了。只在副本上持久化是有前提的：死掉的主节点绝不能自动重启。先提升副本，再重启它。"),
	}
}
