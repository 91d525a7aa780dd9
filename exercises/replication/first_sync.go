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

// firstSync: what a replica says first, and what it remembers for the next time.
func firstSync() kit.Exercise {
	return kit.Exercise{
		ID: "replication/first-sync", Chapter: chapter, Items: []int{174, 178},
		After:    []string{"replication/replica-dies"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), traced(), calm()) },
		Steps: []kit.Step{
			{
				Name:    "blank",
				Predict: firstWords(),
				Checks:  []kit.Check{asked(master, "?", "-1").For(174), expect.Follows(first, master)},
			},
			{
				Name:     "remembered",
				Predict:  whoseID(),
				Do:       func(ctx context.Context, r *kit.Run) error { return noteTrace(ctx, r, master) },
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica")},
				Checks: []kit.Check{
					expect.Follows(first, master),
					sameReplID(first, master).For(178),
					askedByID(master).For(178),
				},
			},
			{
				Name: "forgotten",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := noteTrace(ctx, r, master); err != nil {
						return err
					}
					return errors.Join(kill(r, first), wipe(r, first))
				},
				Commands: []kit.Cmd{toLab("restart " + first)},
				Checks: []kit.Check{
					expect.Follows(first, master),
					asked(master, "?", "-1").For(174),
					sameReplID(first, master).For(178),
				},
			},
		},
	}
}

// asked expects the latest PSYNC of this step, word by word.
func asked(node string, id, offset string) kit.Check {
	line := "PSYNC " + id + " " + offset
	return kit.Check{
		Name:   kit.T(node+" was asked "+line, node+" 收到 "+line),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			p, err := lastAsked(ctx, r, node)
			if err != nil {
				return "", err
			}
			got := strings.Join(p.Words, " ")
			if got != line {
				return got, errors.New("not " + line)
			}
			return got + " from " + p.Client, nil
		},
	}
}

// askedByID expects the latest PSYNC of this step to name the node's own id.
func askedByID(node string) kit.Check {
	return kit.Check{
		Name:   kit.T("this time it asked with the stored id", "这次它带着存下的标识来问"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			p, err := lastAsked(ctx, r, node)
			if err != nil {
				return "", err
			}
			id, _, err := position(ctx, r, node)
			got := strings.Join(p.Words, " ")
			if err == nil && p.Words[1] != id {
				err = fmt.Errorf("%s has the id %s", node, id)
			}
			return got, err
		},
	}
}

func sameReplID(a, b string) kit.Check {
	return kit.Check{
		Name:   kit.T(a+" has stored the replication id of "+b, a+" 存下了 "+b+" 的复制标识"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			ia, _, err := position(ctx, r, a)
			if err != nil {
				return "", err
			}
			ib, _, err := position(ctx, r, b)
			if err == nil && ia != ib {
				err = fmt.Errorf("%s has %s", b, ib)
			}
			return "master_replid:" + ia, err
		},
	}
}

func firstWords() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A replica that has never met its master connects. How does it ask for the data?",
			"副本第一次连上主节点，它用什么命令要数据？"),
		Choices: []kit.Text{
			kit.T("SYNC", "SYNC"),
			kit.T("PSYNC ? -1", "PSYNC ? -1"),
			kit.T("PSYNC, with its own id and offset 0", "PSYNC，带上自己的标识和偏移量 0"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			all, err := psyncs(ctx, r, master)
			switch {
			case err != nil:
				return 0, err
			case len(all) == 0:
				return 0, nil
			case all[len(all)-1].Words[1] == "?":
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("? stands for an id it does not have, -1 for an offset it does not have. The master has to send everything.",
			"? 表示没有标识，-1 表示没有偏移量。主节点只能把全部数据发过来。"),
	}
}

func whoseID() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The connection breaks and the replica reconnects. Which id does it send now?",
			"连接断开，副本重连。这次它发送的是哪个标识？"),
		Choices: []kit.Text{
			kit.T("the master's run_id, from INFO server", "主节点的 run_id（见 INFO server）"),
			kit.T("the master's replication id, master_replid", "主节点的复制标识 master_replid"),
			kit.T("none: ? again", "没有，还是 ?"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			p, err := lastAsked(ctx, r, master)
			if err != nil {
				return 0, err
			}
			run, err := expect.Field(ctx, r, master, "server", "run_id")
			switch {
			case err != nil:
				return 0, err
			case p.Words[1] == run:
				return 0, nil
			case p.Words[1] == "?":
				return 2, nil
			}
			return 1, nil
		},
		Explain: kit.T("Older texts call it the run id, and until 3.2 it was. Since 4.0 it is the id of the data's history, "+
			"master_replid: it can outlive a restart and pass from a master to its successor.",
			"旧资料称它为 run id，3.2 之前确实如此。从 4.0 起它是数据历史的标识 master_replid：它可以跨越重启，也可以由主节点传给继任者。"),
	}
}
