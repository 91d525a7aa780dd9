package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	oldHistory kit.Key[string] = "old-id"
	newHistory kit.Key[string] = "new-id"
	askedWith  kit.Key[string] = "asked-with"
	lastShared kit.Key[int64]  = "last-shared"
)

// promotion: how a history goes on under a new master (PSYNC2).
func promotion() kit.Exercise {
	return kit.Exercise{
		ID: "replication/promotion", Chapter: chapter, Items: []int{175, 189, 191},
		After:    []string{"replication/when-full", "replication/restarts"},
		Topology: func() lab.Topology { return with(lab.OneToMany(2), traced(), calm(), debug()) },
		Steps: []kit.Step{
			{
				Name:     "leave-and-return",
				Predict:  howDoesItAsk(),
				Do:       beforeLeaving,
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), follow(first, master)},
				Checks: []kit.Check{
					askedWithOwnID().For(175),
					resynced(master, 1, 0).For(175),
					expect.Follows(first, master),
				},
			},
			{
				Name:     "sibling",
				Predict:  howDoesTheSiblingSync(),
				Do:       killAtOneByte,
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), follow(second, first), at(first, "SET new era")},
				Checks: []kit.Check{
					expect.Follows(second, first),
					resynced(first, 0, 1).For(175, 189),
					sameReplID(second, first).For(189),
					expect.Get(second, "new", "era"),
					expect.SameData(first, second).In(expect.SyncWithin),
				},
			},
			{
				Name:    "two-ids",
				Predict: howFarDoesTheOldIDGo(),
				Do:      askWithOldID,
				Look:    []kit.Cmd{at(first, "INFO replication"), at(second, "INFO replication")},
				Checks: []kit.Check{
					secondIDFields().For(191),
					answered("old id, shared byte", false).For(191).Named(
						"the old id was good for the last shared byte", "旧标识对最后一个共有字节有效"),
					answered("old id, later byte", true).For(191).Named(
						"the old id was no good for the byte after", "旧标识对再往后的字节无效"),
				},
			},
			{
				Name: "old-master",
				Do:   func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, first) },
				Commands: []kit.Cmd{
					toLab("restart " + master),
					follow(master, first),
				},
				Checks: []kit.Check{
					expect.Follows(master, first),
					resynced(first, 1, 0).For(175),
					expect.Get(master, "new", "era"),
					expect.SameData(first, master).In(expect.SyncWithin),
				},
			},
		},
	}
}

// askedWithOwnID expects the returning replica to have named a history of its
// own, which is neither blank nor the master's.
func askedWithOwnID() kit.Check {
	return kit.Check{
		Name:   kit.T("it asked with an id of its own, not with ? -1", "它带着自己的标识来问，而不是 ? -1"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			p, err := lastAsked(ctx, r, master)
			if err != nil {
				return "", err
			}
			seen := strings.Join(p.Words, " ")
			askedWith.Set(r, seen)
			id, _, err := position(ctx, r, master)
			if err == nil && (!hex40.MatchString(p.Words[1]) || p.Words[1] == id) {
				err = errors.New("not an id of its own")
			}
			return seen, err
		},
	}
}

// askWithOldID asks the promoted node, by the dead master's id, for the first
// byte after the common history, and for one later.
func askWithOldID(ctx context.Context, r *kit.Run) error {
	old, err := oldHistory.Get(r)
	if err != nil {
		return err
	}
	id, _, err := position(ctx, r, first)
	if err != nil {
		return err
	}
	newHistory.Set(r, id)
	upto, err := expect.Number(ctx, r, first, "replication", "second_repl_offset")
	if err != nil {
		return err
	}
	for attempt, offset := range map[string]int64{"old id, shared byte": upto, "old id, later byte": upto + 1} {
		full, err := needsAll(ctx, r, first, old, offset)
		if err != nil {
			return err
		}
		answerTo(attempt).Set(r, full)
	}
	return nil
}

func secondIDFields() kit.Check {
	return kit.Check{
		Name: kit.T("replica-1 has a new id, and the dead master's as its second, up to the byte they shared",
			"replica-1 有了新标识，并把死去主节点的标识作为第二标识，直到共有的那个字节"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(first)
			if err != nil {
				return "", err
			}
			info, err := n.Info(ctx, "replication")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("master_replid %.8s…, master_replid2 %.8s…, second_repl_offset %s",
				info["master_replid"], info["master_replid2"], info["second_repl_offset"])
			want := fmt.Sprint(lastShared.Or(r, 0) + 1)
			old := oldHistory.Or(r, "")
			if info["master_replid2"] != old || info["master_replid"] == old || info["second_repl_offset"] != want {
				return seen, fmt.Errorf("old id %.8s…, offset %s awaited", old, want)
			}
			return seen, nil
		},
	}
}

func howDoesItAsk() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A replica is made a master by REPLICAOF NO ONE, and sent back to its old master at once. How does it ask for data?",
			"副本用 REPLICAOF NO ONE 变成主节点，随即又被送回原来的主节点。它会怎样请求数据？"),
		Choices: []kit.Text{
			kit.T("PSYNC ? -1, as on the first day", "PSYNC ? -1，和第一次一样"),
			kit.T("with the master's id: it is the same data", "带主节点的标识：数据是一样的"),
			kit.T("with a new id of its own", "带自己的新标识"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			p, err := lastAsked(ctx, r, master)
			if err != nil {
				return 0, err
			}
			id, _, err := position(ctx, r, master)
			switch p.Words[1] {
			case "?":
				return 0, err
			case id:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:asked-with}. It became a master, so a history of its own began, and it offers that one. Blank requests after NO ONE "+
			"belong to Redis before 4.0. The old master does not know the new id: a full copy all the same.",
			"{val:asked-with}。它成了主节点，于是开始了自己的历史，并拿这个标识去问。NO ONE 之后发空请求是 4.0 以前的做法。"+
				"原来的主节点不认识这个新标识，所以结果还是全量同步。"),
	}
}

func howDoesTheSiblingSync() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master dies, replica-1 is promoted, replica-2 is pointed at it. Its id is not the new master's. How does replica-2 catch up?",
			"主节点死了，replica-1 被提升，replica-2 改为跟随它。replica-2 手里的标识不是新主节点的。它会怎样同步？"),
		Choices: fullPartialChoices(),
		Answer:  fullOrPartial(first),
		Explain: kit.T("\"Another id means another master, so a full copy\" was true before 4.0. The promoted node remembers the id it followed as its second one, "+
			"and its own backlog of that stream.",
			"“标识不同说明换过主节点，所以要全量同步”在 4.0 之前是对的。被提升的节点会把自己跟随过的标识记作第二标识，也保留着那条流的积压缓冲区。"),
	}
}

func howFarDoesTheOldIDGo() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 accepts the dead master's id as its second. For which bytes?", "replica-1 接受死去主节点的标识作为第二标识。对哪些字节有效？"),
		Choices: []kit.Text{
			kit.T("for all: it is the same node", "全部：反正是同一个节点"),
			kit.T("up to the byte where the two histories part", "到两段历史分开的那个字节为止"),
			kit.T("for none: it was a one-time exception", "都无效：那只是一次例外"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			shared, err := answerTo("old id, shared byte").Get(r)
			if err != nil {
				return 0, err
			}
			later, err := answerTo("old id, later byte").Get(r)
			switch {
			case shared:
				return 2, err
			case later:
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("second_repl_offset draws the line. A node that followed the dead master further than that has writes that the new master never saw: "+
			"it must take a full copy.",
			"分界线就是 second_repl_offset。如果某个节点跟随死去的主节点走得比这更远，它手里就有新主节点从未见过的写入，必须做全量同步。"),
	}
}

// beforeLeaving writes something that both replicas have.
func beforeLeaving(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, master, "page", 100, "text"); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second); err != nil {
		return err
	}
	return errors.Join(noteTrace(ctx, r, master), noteSyncs(ctx, r, master))
}

// killAtOneByte ends the master when both replicas stand at the same byte.
func killAtOneByte(ctx context.Context, r *kit.Run) error {
	if err := caughtUp(ctx, r, master, first, second); err != nil {
		return err
	}
	id, offset, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	oldHistory.Set(r, id)
	lastShared.Set(r, offset)
	return errors.Join(kill(r, master), noteSyncs(ctx, r, first))
}
