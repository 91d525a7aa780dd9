package replication

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	runIDBefore kit.Key[string] = "run-id"
	replBefore  kit.Key[string] = "repl-id"
)

// restarts: what a restart does to identities and to resynchronisation.
func restarts() kit.Exercise {
	return kit.Exercise{
		ID: "replication/restarts", Chapter: chapter, Items: []int{184, 185},
		After:    []string{"replication/resume"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), calm(), debug()) },
		Steps: []kit.Step{
			{
				Name:    "run-id",
				Predict: replicaRestart(),
				Do:      beforeRestart,
				Commands: []kit.Cmd{
					toLab("stop " + first),
					at(master, "SET while away"),
					toLab("restart " + first),
				},
				Checks: []kit.Check{
					fortyHex(first).For(184),
					newRunID(first).For(184),
					resynced(master, 0, 1).For(185),
					expect.Get(first, "while", "away"),
				},
			},
			{
				Name: "killed",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(noteIDs(ctx, r, first), noteSyncs(ctx, r, master))
				},
				Commands: []kit.Cmd{
					toLab("kill " + first),
					toLab("restart " + first),
				},
				Predict: killedRestart(),
				Checks: []kit.Check{
					newRunID(first).For(184),
					expect.Follows(first, master),
					resyncedEither().For(185),
				},
			},
			{
				Name:    "master",
				Predict: masterRestart(),
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := caughtUp(ctx, r, master, first); err != nil {
						return err
					}
					return noteIDs(ctx, r, master)
				},
				Commands: []kit.Cmd{toLab("restart " + master)},
				Checks: []kit.Check{
					newRunID(master).For(184),
					expect.Follows(first, master),
					expect.Info(master, "stats", "sync_partial_ok", "1").For(185),
					expect.Info(master, "stats", "sync_full", "0").For(185),
					secondIDKept().For(185),
					expect.SameData(master, first),
				},
			},
		},
	}
}

func noteIDs(ctx context.Context, r *kit.Run, node string) error {
	run, err := expect.Field(ctx, r, node, "server", "run_id")
	if err != nil {
		return err
	}
	repl, _, err := position(ctx, r, node)
	runIDBefore.Set(r, run)
	replBefore.Set(r, repl)
	return err
}

var hex40 = regexp.MustCompile(`^[0-9a-f]{40}$`)

func fortyHex(node string) kit.Check {
	return kit.Check{
		Name: kit.T("run_id is 40 hexadecimal digits", "run_id 是 40 位十六进制数"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, err := expect.Field(ctx, r, node, "server", "run_id")
			if err == nil && !hex40.MatchString(id) {
				err = errors.New("not 40 hexadecimal digits")
			}
			return id, err
		},
	}
}

func newRunID(node string) kit.Check {
	return kit.Check{
		Name:   kit.T(node+" has a new run_id", node+" 的 run_id 变了"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, err := expect.Field(ctx, r, node, "server", "run_id")
			if err != nil {
				return "", err
			}
			before := runIDBefore.Or(r, "")
			if id == before {
				return id, errors.New("it is still the same")
			}
			return fmt.Sprintf("%.8s… before, %.8s… now", before, id), nil
		},
	}
}

// resyncedEither expects one resynchronisation of either kind: which one is what
// the step asks.
func resyncedEither() kit.Check {
	return kit.Check{
		Name:   kit.T("it has resynchronised once", "它同步了一次"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			s, err := syncsSince(ctx, r, master)
			if err == nil && s.full+s.partial != 1 {
				err = errors.New("not once")
			}
			return fmt.Sprintf("%d full, %d partial", s.full, s.partial), err
		},
	}
}

// secondIDKept expects the restarted master to remember its former id.
func secondIDKept() kit.Check {
	return kit.Check{
		Name: kit.T("the master has a new id and keeps the old one as its second", "主节点有了新标识，旧标识作为第二标识保留"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, _, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			old, err := expect.Field(ctx, r, master, "replication", "master_replid2")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("master_replid %.8s…, master_replid2 %.8s…", id, old)
			if before := replBefore.Or(r, ""); old != before || id == before {
				return seen, fmt.Errorf("before it was %.8s…", before)
			}
			return seen, nil
		},
	}
}

func replicaRestart() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Stopped in order, a replica saves its data and starts again with a new run_id. How does it catch up?",
			"正常停止的副本会保存数据，再次启动时 run_id 已经变了。它会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(master),
		Explain: kit.T("Before 4.0 a restart always meant a full copy. Since then the RDB file carries the replication id and the offset it stands for, "+
			"so a replica that could save goes on from there.",
			"4.0 之前，重启必然全量同步。此后 RDB 文件里会记录复制标识和对应的偏移量，来得及保存的副本就能从那里继续。"),
	}
}

func killedRestart() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Now it is killed. Its RDB file is still the one it saved when it was stopped a moment ago. How does it catch up?",
			"这次是被杀掉。它的 RDB 文件还是刚才停止时保存的那一份。它会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(master),
		Explain: kit.T("The file is older but not worthless: it says up to which byte it counts, and the master's backlog still reached back that far. "+
			"Not the way of dying decides, but whether a file with a known position is there. With none, or one too old, it would have been a full copy.",
			"文件旧了些，但并非没用：它写明自己对应到哪个字节，而主节点的积压缓冲区还够得着那里。起决定作用的不是怎么死的，"+
				"而是有没有一份位置明确的文件。没有，或者太旧，就得全量同步。"),
	}
}

func masterRestart() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master itself is stopped in order and started again. How does the replica catch up?",
			"主节点自己正常停止后又启动。副本会怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			s, err := readSyncs(ctx, r, master) // counted since the restart
			switch {
			case s.full > 0:
				return 0, err
			case s.partial > 0:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("Its RDB file, too, says which history it belongs to. The master takes a new id and accepts the old one, up to that byte, "+
			"as its second id. Had it been killed without a file, it would have come back empty, and the replica would have been emptied.",
			"主节点的 RDB 文件同样写明了所属的历史。它换上新标识，并把旧标识（到那个字节为止）当作第二标识接受。"+
				"如果是没有文件就被杀掉，它会空着回来，副本也会随之清空。"),
	}
}

// beforeRestart writes something that the replica has, and notes identities.
func beforeRestart(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, master, "page", 100, "text"); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	return errors.Join(noteIDs(ctx, r, first), noteSyncs(ctx, r, master))
}
