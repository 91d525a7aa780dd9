package replication

import (
	"context"
	"errors"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// replicaDies: losing a replica disturbs nobody, and it catches up afterwards.
func replicaDies() kit.Exercise {
	return kit.Exercise{
		ID: "replication/replica-dies", Chapter: chapter, Items: []int{20, 21},
		After:    []string{"replication/first-write"},
		Topology: func() lab.Topology { return with(lab.OneToMany(2), debug()) },
		Steps: []kit.Step{
			{
				Name:     "killed",
				Commands: []kit.Cmd{toLab("kill " + first)},
				Checks: []kit.Check{
					expect.Down(first).For(20),
					writesAndReads(master, second).For(20),
					expect.Replicas(master, 1),
				},
			},
			{
				Name: "catches-up",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "missed", 200, "news"); err != nil {
						return err
					}
					return noteSyncs(ctx, r, master)
				},
				Predict:  afterTheKill(),
				Commands: []kit.Cmd{toLab("restart " + first)},
				Checks: []kit.Check{
					expect.Follows(first, master).For(21),
					expect.SameData(master, first).In(expect.SyncWithin).For(21),
					resynced(master, 0, 1).For(21),
				},
			},
			{
				Name: "new-disk",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := kill(r, first); err != nil {
						return err
					}
					return errors.Join(wipe(r, first), noteSyncs(ctx, r, master))
				},
				Predict:  onANewDisk(),
				Commands: []kit.Cmd{toLab("restart " + first)},
				Checks: []kit.Check{
					expect.Follows(first, master).For(21),
					expect.SameData(master, first).In(expect.SyncWithin).For(21),
					resynced(master, 1, 0).For(21),
				},
			},
			{
				Name:     "link-only",
				Do:       func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Predict:  afterACutLink(),
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica")},
				Checks: []kit.Check{
					resynced(master, 0, 2).For(21),
					expect.LinkUp(first), expect.LinkUp(second),
					expect.SameData(master, first).In(expect.SyncWithin).For(21),
				},
			},
		},
	}
}

const beat = "beat"

// writesAndReads expects a write on one node to be readable there and on another.
func writesAndReads(writer, reader string) kit.Check {
	return kit.Check{
		Name: kit.T(
			"a write on "+writer+" succeeds and can be read on "+reader,
			"在 "+writer+" 上写入成功，并能在 "+reader+" 上读到"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			ok, err := expect.Ask(ctx, r, writer, "SET", beat, writer)
			if err != nil {
				return "", err
			}
			v, err := expect.Ask(ctx, r, reader, "GET", beat)
			if err == nil && v != writer {
				err = errors.New("not there yet")
			}
			return ok + ", then " + v, err
		},
	}
}

func afterTheKill() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 was killed: no goodbye, nothing saved on the way out. It misses 200 writes. How will it catch up?",
			"replica-1 是被杀掉的：没有告别，退出时什么都没保存。它错过了 200 次写入，会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(master),
		Explain: kit.T("Surprised? The copy that it took at its first sync went to its disk as an RDB file, with the master's id and offset in it. "+
			"It starts from there, and the master still has the rest in memory.",
			"意外吗？它第一次同步时收到的数据已经作为 RDB 文件落盘，文件里带着主节点的标识和偏移量。"+
				"它从那里开始，而主节点的内存里还留着后面的部分。"),
	}
}

func onANewDisk() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Now the machine is replaced: replica-1 starts with an empty disk. How will it catch up?",
			"这次换了机器：replica-1 带着空磁盘启动。它会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(master),
		Explain: kit.T("It knows of no id and no offset, so it has to ask for everything.",
			"它既没有标识也没有偏移量，只能全部重新要一遍。"),
	}
}

func afterACutLink() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Now only the connections break; both replicas live on. How will they catch up?",
			"这次只是连接断开，两个副本都还活着。它们会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(master),
		Explain: kit.T("They still know which master they followed and how far they had come, and the master still has the rest in its backlog.",
			"它们还记得自己跟随的是谁、已经收到哪里，而主节点的积压缓冲区里还留着后面的部分。"),
	}
}
