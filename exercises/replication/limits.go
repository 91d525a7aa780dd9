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
	overruns                  = 3
	tenPercent kit.Key[int64] = "ten-percent"
	traffic    kit.Key[int64] = "traffic"
	rightSize  kit.Key[int64] = "right-size"
)

// limits: the output buffer of a slow replica, and the size of the backlog.
func limits() kit.Exercise {
	return kit.Exercise{
		ID: "operations/limits", Chapter: operations, Items: []int{271, 273},
		After: []string{"replication/full-sync", "replication/backlog-size"},
		Topology: func() lab.Topology {
			return with(isolated(master, newcomer), calm()).With(lab.Directive{Name: "repl-backlog-size", Value: "16kb"}).
				WithNode(master, lab.Directive{Name: "client-output-buffer-limit", Value: "replica 64kb 32kb 60"})
		},
		Steps: []kit.Step{
			{
				Name: "loop",
				Do:   overrun,
				Checks: []kit.Check{
					expect.Logged(master, "scheduled to be closed ASAP for overcoming of output buffer limits").For(273),
					resynced(master, overruns, 0).For(273),
					expect.Replicas(master, 0).For(273),
					expect.Config(newcomer, "client-output-buffer-limit",
						"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60").For(273),
				},
			},
			{
				Name: "room",
				Do: func(ctx context.Context, r *kit.Run) error {
					if _, err := expect.Ask(ctx, r, master, "CONFIG", "SET", "client-output-buffer-limit", "replica 256mb 64mb 60"); err != nil {
						return err
					}
					return floodSlowReplica(ctx, r)
				},
				Checks: []kit.Check{outputBufferCarried().For(273)},
			},
			{
				Name:    "sizing",
				Predict: isTenPercentEnough(),
				Do:      sizeByMemoryAndByTraffic,
				Checks:  []kit.Check{sized("memory", true).For(271), sized("traffic", false).For(271)},
			},
		},
	}
}

// overrun lets a slow pretend replica try again and again: each time the master
// cuts it off, so each time it needs everything anew.
func overrun(ctx context.Context, r *kit.Run) error {
	if err := noteSyncs(ctx, r, master); err != nil {
		return err
	}
	for range overruns {
		if err := overrunOnce(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func overrunOnce(ctx context.Context, r *kit.Run) error {
	c, _, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ReadSnapshot(); err != nil {
		return err
	}
	if err := fill(ctx, r, master, "flood", floodSet, strings.Repeat("f", 500)); err != nil {
		return err
	}
	return r.Until(ctx, expect.SyncWithin, "the master cuts the slow replica off", func(ctx context.Context) error {
		_, err := expect.Replicas(master, 0).Probe(ctx, r)
		return err
	})
}

// sizeByMemoryAndByTraffic tries two sizes of the backlog on the same outage.
func sizeByMemoryAndByTraffic(ctx context.Context, r *kit.Run) error {
	used, err := expect.Number(ctx, r, master, "memory", "used_memory")
	if err != nil {
		return err
	}
	tenth := max(used/10, minBacklog)
	outage := 3 * tenth // what is written while the replica is away
	for _, try := range []struct {
		way  string
		size int64
	}{{"memory", tenth}, {"traffic", outage * 3 / 2}} {
		if err := ask(ctx, r, master, fmt.Sprintf("CONFIG SET repl-backlog-size %d", try.size)); err != nil {
			return err
		}
		id, end, err := position(ctx, r, master)
		if err != nil {
			return err
		}
		m, err := r.Node(master)
		if err != nil {
			return err
		}
		if err := kit.WriteBytes(ctx, m, int(outage)); err != nil {
			return err
		}
		full, err := needsAll(ctx, r, master, id, end+1)
		if err != nil {
			return err
		}
		answerTo(try.way).Set(r, full)
	}
	tenPercent.Set(r, tenth)
	traffic.Set(r, outage)
	rightSize.Set(r, outage*3/2)
	r.Measure(kit.T("10 % of the memory in use", "已用内存的 10%"), tenth)
	r.Measure(kit.T("write rate × outage", "写入速率 × 断线时间"), outage)
	return nil
}

func sized(way string, full bool) kit.Check {
	en, zh := "by write rate × outage, half as much again: a partial resynchronisation", "按写入速率 × 断线时间再加一半：部分同步"
	if full {
		en, zh = "by 10 % of the memory: a full resynchronisation", "按内存的 10%：全量同步"
	}
	return noted(kit.T(en, zh), func(r *kit.Run) (string, error) {
		got, err := answerTo(way).Get(r)
		if err == nil && got != full {
			err = errors.New("not so")
		}
		return fmt.Sprintf("full: %v", got), err
	})
}

func isTenPercentEnough() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("\"Make the backlog 1 to 10 % of the memory.\" A small data set is overwritten all the time; during an outage of a replica, "+
			"30 % of its size is written. The backlog has 10 %. How does the replica catch up?",
			"“积压缓冲区设为内存的 1–10%。”一个不大的数据集被不停地覆盖写；副本断线期间写入了相当于内存 30% 的数据，而缓冲区是 10%。副本怎样追上来？"),
		Choices: fullPartialChoices(),
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			full, err := answerTo("memory").Get(r)
			if full {
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("How much memory is used says nothing about how much is written. {val:ten-percent} bytes were no match for {val:traffic} written; "+
			"{val:right-size} were. Multiply the bytes per second (master_repl_offset, read twice) by the outage you want to survive, and add some.",
			"用了多少内存，与写了多少数据无关。{val:ten-percent} 字节应付不了 {val:traffic} 字节的写入，{val:right-size} 字节就可以。"+
				"用每秒字节数（读两次 master_repl_offset）乘以想要撑过的断线时间，再留些余量。"),
	}
}
