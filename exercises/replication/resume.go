package replication

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	askedOffset kit.Key[int64] = "asked-offset"
	hadOffset   kit.Key[int64] = "had-offset"
	missedBytes kit.Key[int64] = "missed-bytes"
	gotBytes    kit.Key[int64] = "got-bytes"
	fullBytes   kit.Key[int64] = "full-bytes"
)

// resume: how a replica picks up where it was cut off.
func resume() kit.Exercise {
	return kit.Exercise{
		ID: "replication/resume", Chapter: chapter, Items: []int{176, 190},
		After:    []string{"replication/offsets", "replication/psync-replies"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), traced(), calm()) },
		Steps: []kit.Step{
			{
				Name:    "next-byte",
				Predict: whichByte(),
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "page", 300, strings.Repeat("p", 100)); err != nil {
						return err
					}
					if err := caughtUp(ctx, r, master, first); err != nil {
						return err
					}
					_, offset, err := position(ctx, r, master)
					hadOffset.Set(r, offset)
					return errors.Join(err, noteTrace(ctx, r, master))
				},
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica")},
				Checks:   []kit.Check{askedNextByte().For(176), expect.Follows(first, master)},
			},
			{
				Name:    "only-the-rest",
				Predict: howMuchIsSent(),
				Do:      missAndResume,
				Checks:  []kit.Check{onlyTheRest().For(190)},
			},
			{
				Name: "while-away",
				Do: func(ctx context.Context, r *kit.Run) error {
					if _, err := r.Type(ctx, at(first, "REPLICAOF {host:master} 1")); err != nil {
						return err
					}
					if err := fill(ctx, r, master, "away", 50, "x"); err != nil {
						return err
					}
					return noteSyncs(ctx, r, master)
				},
				Commands: []kit.Cmd{follow(first, master)},
				Checks: []kit.Check{
					resynced(master, 0, 1).For(190),
					expect.Get(first, "away:49", "x").For(190),
				},
			},
		},
	}
}

// askedNextByte expects the offset on the wire to be one more than what the
// replica had.
func askedNextByte() kit.Check {
	return kit.Check{
		Name:   kit.T("it asked with the master's id and its own offset + 1", "它带着主节点的标识和自己的偏移量 +1 来问"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			p, err := lastAsked(ctx, r, master)
			if err != nil {
				return "", err
			}
			id, _, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			seen := strings.Join(p.Words, " ")
			n, err := strconv.ParseInt(p.Words[2], 10, 64)
			if err != nil {
				return seen, err
			}
			had, err := hadOffset.Get(r)
			if err != nil {
				return seen, err
			}
			askedOffset.Set(r, n)
			if p.Words[1] != id || n != had+1 {
				return seen, fmt.Errorf("not id %s and offset %d + 1", id, had)
			}
			return seen, nil
		},
	}
}

// missAndResume plays a replica: it takes everything, goes away, misses some
// writes, and comes back for the rest. It counts the bytes.
func missAndResume(ctx context.Context, r *kit.Run) error {
	c, rep, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	snap, err := c.ReadSnapshot()
	if err := errors.Join(err, c.Close()); err != nil {
		return err
	}
	fullBytes.Set(r, int64(len(snap.Data)))
	if err := fill(ctx, r, master, "missed", 10, "news"); err != nil {
		return err
	}
	_, now, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	missedBytes.Set(r, now-rep.Offset)
	c, again, err := asReplica(ctx, r, master, rep.ID, rep.Offset+1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if again.Full {
		return fmt.Errorf("PSYNC %s %d was answered with %s", rep.ID, rep.Offset+1, again.Line)
	}
	var got int64
	for got < now-rep.Offset {
		_, n, err := c.ReadCommand()
		if err != nil {
			return err
		}
		got += n
	}
	gotBytes.Set(r, got)
	r.Measure(kit.T("bytes of the full copy", "全量同步的字节数"), len(snap.Data))
	r.Measure(kit.T("bytes missed", "错过的字节数"), now-rep.Offset)
	r.Measure(kit.T("bytes after CONTINUE", "CONTINUE 之后收到的字节数"), got)
	return nil
}

func onlyTheRest() kit.Check {
	return kit.Check{
		Name: kit.T("after CONTINUE came exactly the bytes that were missed", "CONTINUE 之后收到的正好是错过的字节"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			got, err := gotBytes.Get(r)
			if err != nil {
				return "", err
			}
			missed, full := missedBytes.Or(r, 0), fullBytes.Or(r, 0)
			seen := fmt.Sprintf("missed %d, got %d; a full copy takes %d", missed, got, full)
			if got != missed || got >= full {
				return seen, errors.New("they should be equal, and less than a full copy")
			}
			return seen, nil
		},
	}
}

func whichByte() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A replica has applied the stream up to byte N and reconnects. Which offset does it send?",
			"副本已经应用到第 N 个字节，然后重连。它发送的偏移量是多少？"),
		Choices: []kit.Text{
			kit.T("N: what it has", "N：它已有的"),
			kit.T("N + 1: the first byte it lacks", "N + 1：它缺的第一个字节"),
			kit.T("0: the master knows where it was", "0：主节点知道它到哪了"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := askedOffset.Get(r)
			had := hadOffset.Or(r, -1)
			switch n {
			case had:
				return 0, err
			case had + 1:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("It had {val:had-offset} and asked for {val:asked-offset}. The master keeps no book about replicas that are gone: "+
			"each must say itself where to go on.",
			"它有 {val:had-offset}，请求的是 {val:asked-offset}。主节点不会替离开的副本记账：每个副本必须自己说明从哪里继续。"),
	}
}

func howMuchIsSent() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The pretend replica has the full copy, misses ten small writes and comes back. How much is it sent?",
			"假副本有完整数据，错过了 10 次小写入，然后回来。主节点会发给它多少？"),
		Choices: []kit.Text{
			kit.T("the whole backlog", "整个积压缓冲区"),
			kit.T("the missed bytes and nothing else", "只有错过的字节"),
			kit.T("the changed keys with their values", "变化过的键和值"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			got, err := gotBytes.Get(r)
			if got == missedBytes.Or(r, -1) {
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("Missed {val:missed-bytes} bytes, got {val:got-bytes}. The full copy had {val:full-bytes}. "+
			"With real amounts of data that is the difference between a millisecond and minutes.",
			"错过 {val:missed-bytes} 字节，收到 {val:got-bytes} 字节，而完整数据有 {val:full-bytes} 字节。数据量真正大起来，这就是一毫秒与几分钟的差别。"),
	}
}
