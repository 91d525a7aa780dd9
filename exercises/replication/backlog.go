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
	backlogDefault kit.Key[int64] = "backlog-default"
	backlogOne     kit.Key[int64] = "backlog-one"
	backlogTwo     kit.Key[int64] = "backlog-two"
	minBacklog                    = 16 * 1024
)

// backlog: the one buffer that all replicas resume from.
func backlog() kit.Exercise {
	return kit.Exercise{
		ID: "replication/backlog", Chapter: chapter, Items: []int{181, 182},
		After:    []string{"replication/resume"},
		Topology: func() lab.Topology { return with(lab.OneToMany(2), calm()) },
		Steps: []kit.Step{
			{
				Name:    "size",
				Predict: defaultSize(),
				Look:    []kit.Cmd{at(master, "CONFIG GET repl-backlog-size"), at(master, "INFO replication")},
				Checks: []kit.Check{
					expect.Config(master, "repl-backlog-size", "1048576").For(182),
					expect.Info(master, "replication", "repl_backlog_active", "1").For(182),
				},
			},
			{
				Name:    "shared",
				Predict: howManyBacklogs(),
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := compareBacklogs(ctx, r); err != nil {
						return err
					}
					return noteSyncs(ctx, r, master)
				},
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica")},
				Checks: []kit.Check{
					oneBacklog().For(181),
					resynced(master, 0, 2).For(181),
					expect.Replicas(master, 2),
				},
			},
			{
				Name:     "smallest",
				Commands: []kit.Cmd{at(master, "CONFIG SET repl-backlog-size 1024")},
				Checks:   []kit.Check{expect.Config(master, "repl-backlog-size", "16384").For(182)},
			},
			{
				Name:     "fifo",
				Commands: []kit.Cmd{toLab("write master 200000")},
				Look:     []kit.Cmd{at(master, "INFO replication")},
				Checks:   []kit.Check{oldestIsGone().For(182)},
			},
		},
	}
}

// backlogMemory is what the master's backlog takes.
func backlogMemory(ctx context.Context, r *kit.Run) (int64, error) {
	return expect.Number(ctx, r, master, "memory", "mem_replication_backlog")
}

// compareBacklogs measures the memory of the backlog with two replicas, and with
// one of them away.
func compareBacklogs(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, master, "page", 300, strings.Repeat("p", 100)); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second); err != nil {
		return err
	}
	two, err := backlogMemory(ctx, r)
	if err != nil {
		return err
	}
	if err := alone(ctx, r, second); err != nil {
		return err
	}
	gone := r.Until(ctx, expect.SyncWithin, "one replica left", func(ctx context.Context) error {
		n, err := expect.Number(ctx, r, master, "replication", "connected_slaves")
		if err == nil && n != 1 {
			err = fmt.Errorf("%d are connected", n)
		}
		return err
	})
	if gone != nil {
		return gone
	}
	one, err := backlogMemory(ctx, r)
	if err != nil {
		return err
	}
	backlogOne.Set(r, one)
	backlogTwo.Set(r, two)
	r.Measure(kit.T("backlog memory, two replicas", "两个副本时积压缓冲区的内存"), two)
	r.Measure(kit.T("backlog memory, one replica", "一个副本时积压缓冲区的内存"), one)
	if _, err := r.Type(ctx, follow(second, master)); err != nil {
		return err
	}
	return caughtUp(ctx, r, master, first, second)
}

func oneBacklog() kit.Check {
	return kit.Check{
		Name: kit.T("a second replica does not make a second backlog", "多一个副本并不会多一个缓冲区"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			one, err := backlogOne.Get(r)
			if err != nil {
				return "", err
			}
			two := backlogTwo.Or(r, 0)
			seen := fmt.Sprintf("%d bytes with two replicas, %d with one", two, one)
			if two > one+one/4 {
				return seen, errors.New("it takes more with two")
			}
			return seen, nil
		},
	}
}

// oldestIsGone expects the backlog to hold about its size and no longer its
// first byte.
func oldestIsGone() kit.Check {
	return kit.Check{
		Name: kit.T("the backlog holds the latest bytes; the oldest are gone", "缓冲区只留最新的字节，最旧的已经丢掉"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := expect.Number(ctx, r, master, "replication", "repl_backlog_first_byte_offset")
			if err != nil {
				return "", err
			}
			held, err := expect.Number(ctx, r, master, "replication", "repl_backlog_histlen")
			if err != nil {
				return "", err
			}
			_, end, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("bytes %d to %d: %d of them", from, end, held)
			// Blocks are let go whole, so a little more than the size is kept.
			if from+held-1 != end || held < minBacklog || held > 4*minBacklog || from < 100_000 {
				return seen, errors.New("not the last 16 KiB or a little more")
			}
			return seen, nil
		},
	}
}

func defaultSize() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("How big is the backlog by default?", "积压缓冲区默认有多大？"),
		Choices: []kit.Text{
			kit.T("64 KiB", "64 KiB"), kit.T("1 MiB", "1 MiB"), kit.T("as big as the data set", "和数据集一样大"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			n, err := expect.Number(ctx, r, master, "replication", "repl_backlog_size")
			backlogDefault.Set(r, n)
			switch {
			case n <= 64*1024:
				return 0, err
			case n <= 1024*1024:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:backlog-default} bytes. At 1 MB of writes a second that is one second of absence. "+
			"Size it by write rate times the outage you want to survive.",
			"{val:backlog-default} 字节。每秒写入 1 MB 的话，只够断开一秒。应按写入速率乘以希望承受的断线时间来设置。"),
	}
}

func howManyBacklogs() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Two replicas are attached. How many backlogs does the master keep?", "挂着两个副本，主节点有几个积压缓冲区？"),
		Choices:  []kit.Text{kit.T("one for each replica", "每个副本一个"), kit.T("one for all", "所有副本共用一个")},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			one, err := backlogOne.Get(r)
			if backlogTwo.Or(r, 0) > one+one/4 {
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("{val:backlog-two} bytes with two replicas, {val:backlog-one} with one. Both replicas follow the same stream, "+
			"so one copy of its end serves all that come back.",
			"两个副本时 {val:backlog-two} 字节，一个副本时 {val:backlog-one} 字节。大家跟的是同一条流，所以留一份末尾，谁回来都够用。"),
	}
}
