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

// answerTo keeps whether an attempt was answered by FULLRESYNC.
func answerTo(attempt string) kit.Key[bool] { return kit.Key[bool]("full:" + attempt) }

// whenFull: the two reasons for a full resynchronisation.
func whenFull() kit.Exercise {
	return kit.Exercise{
		ID: "replication/when-full", Chapter: chapter, Items: []int{188},
		After: []string{"replication/backlog-size"},
		Topology: func() lab.Topology {
			return with(lab.OneToOne(), calm(), debug()).With(lab.Directive{Name: "repl-backlog-size", Value: "16kb"})
		},
		Steps: []kit.Step{
			{
				Name: "wrong-id",
				Do:   tryAnotherID,
				Predict: fullForAttempt("stranger",
					kit.T("The offset is right to the byte; the id is somebody else's. The answer?",
						"偏移量分毫不差，标识却是别人的。会得到什么回答？"),
					kit.T("Offsets only mean something within one history. With another id the same number stands for other data.",
						"偏移量只有在同一段历史里才有意义。换了标识，同一个数字代表的就是别的数据。")),
				Checks: []kit.Check{answered("stranger", true).For(188)},
			},
			{
				Name: "too-old",
				Do:   tryOldOffset,
				Predict: fullForAttempt("old",
					kit.T("Right id, but the byte asked for is 120 000 bytes back. The backlog holds 16 KiB. The answer?",
						"标识正确，但要的字节在 120 000 字节之前，而缓冲区只有 16 KiB。会得到什么回答？"),
					kit.T("The master cannot send what it no longer has. A request for the last 1000 bytes was answered with CONTINUE.",
						"主节点没法发送已经不在手里的东西。而请求最后 1000 字节的，得到的是 CONTINUE。")),
				Checks: []kit.Check{answered("old", true).For(188), answered("fresh", false).For(188)},
			},
			{
				Name: "from-the-future",
				Do:   tryFutureOffset,
				Predict: fullForAttempt("future",
					kit.T("Right id, and an offset that the master has not reached yet. The answer?",
						"标识正确，偏移量却是主节点还没到达的位置。会得到什么回答？"),
					kit.T("A replica that is ahead of its master has data the master never had. The very next byte is fine (CONTINUE, nothing to send); "+
						"anything beyond is not.",
						"比主节点还靠前的副本，手里有主节点从未有过的数据。恰好是下一个字节没问题（CONTINUE，无可发送），再往后就不行了。")),
				Checks: []kit.Check{answered("next", false).For(188), answered("future", true).For(188)},
			},
			{
				Name:     "new-history",
				Do:       func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: []kit.Cmd{at(master, "DEBUG CHANGE-REPL-ID"), at(master, "CLIENT KILL TYPE replica")},
				Checks:   []kit.Check{resynced(master, 1, 0).For(188), expect.Follows(first, master), sameReplID(first, master)},
			},
		},
	}
}

// try asks as a pretend replica and keeps the answer.
func try(ctx context.Context, r *kit.Run, attempt, id string, offset int64) error {
	full, err := needsAll(ctx, r, master, id, offset)
	if err != nil {
		return fmt.Errorf("PSYNC %s %d: %w", id, offset, err)
	}
	answerTo(attempt).Set(r, full)
	word := "CONTINUE"
	if full {
		word = "FULLRESYNC"
	}
	r.Measure(kit.T(fmt.Sprintf("PSYNC %.8s… %d →", id, offset), fmt.Sprintf("PSYNC %.8s… %d →", id, offset)), word)
	return nil
}

func answered(attempt string, full bool) kit.Check {
	word := "CONTINUE"
	if full {
		word = "FULLRESYNC"
	}
	names := map[string]string{
		"stranger": "陌生标识的请求", "old": "太旧的请求", "fresh": "最近的请求", "next": "下一个字节的请求", "future": "超前的请求",
	}
	return kit.Check{
		Name: kit.T("the "+attempt+" request was answered with "+word, names[attempt]+"得到 "+word),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			got, err := answerTo(attempt).Get(r)
			if err == nil && got != full {
				err = errors.New("not " + word)
			}
			if got {
				return "FULLRESYNC", err
			}
			return "CONTINUE", err
		},
	}
}

func fullForAttempt(attempt string, question, explain kit.Text) *kit.Predict {
	return &kit.Predict{
		Question: question,
		Choices: []kit.Text{
			kit.T("FULLRESYNC", "FULLRESYNC"),
			kit.T("CONTINUE", "CONTINUE"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			full, err := answerTo(attempt).Get(r)
			if full {
				return 0, err
			}
			return 1, err
		},
		Explain: explain,
	}
}

// tryAnotherID asks with the right offset and an id that nobody has.
func tryAnotherID(ctx context.Context, r *kit.Run) error {
	if _, err := expect.Ask(ctx, r, master, "SET", "some", "history"); err != nil {
		return err
	}
	_, end, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	return try(ctx, r, "stranger", strings.Repeat("c0ffee12", 5), end+1)
}

// tryOldOffset asks for a byte that the backlog has let go, and for a recent one.
func tryOldOffset(ctx context.Context, r *kit.Run) error {
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	if err := kit.WriteBytes(ctx, m, 120_000); err != nil {
		return err
	}
	if err := trimmed(ctx, r); err != nil {
		return err
	}
	id, end, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	return errors.Join(try(ctx, r, "old", id, 1), try(ctx, r, "fresh", id, end-1000+1))
}

// tryFutureOffset asks for the byte that comes next, and for a later one.
func tryFutureOffset(ctx context.Context, r *kit.Run) error {
	id, end, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	return errors.Join(try(ctx, r, "next", id, end+1), try(ctx, r, "future", id, end+100))
}
