package replication

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	stallIdle kit.Key[time.Duration] = "set-idle"
	stallSync kit.Key[time.Duration] = "set-sync"
	syncBytes kit.Key[int64]         = "sync-bytes"
	loadShare kit.Key[string]        = "write-load"
)

// costs: the price of master and replicas, in three measurements.
func costs() kit.Exercise {
	return kit.Exercise{
		ID: "replication/costs", Chapter: chapter, Items: []int{173},
		After:    []string{"replication/no-election", "replication/reads"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name:    "one-writer",
				Predict: writeLoad(),
				Do:      countWrites,
				Checks:  []kit.Check{everyNodeWrites().For(173)},
			},
			{
				Name:     "sync",
				Do:       prepareSync,
				Commands: []kit.Cmd{follow(third, master)},
				Checks: []kit.Check{
					expect.Follows(third, master).For(173),
					expect.Reply(third, "1", "EXISTS", "big:19999").In(expect.SyncWithin).For(173),
					resynced(master, 1, 0).For(173),
				},
			},
			{
				Name:   "stall",
				Do:     measureStall,
				Checks: []kit.Check{stallMeasured().For(173)},
			},
			{
				Name:     "outage",
				Do:       func(_ context.Context, r *kit.Run) error { return kill(r, master) },
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE")},
				Checks:   []kit.Check{expect.Down(master), acceptsWrites(first).For(173)},
			},
		},
	}
}

const writesCounted = 300

// countWrites writes on the master and notes how many writes each node executed.
func countWrites(ctx context.Context, r *kit.Run) error {
	nodes := []string{master, first, second}
	before := map[string]int64{}
	for _, id := range nodes {
		c, err := expect.Calls(ctx, r, id, "set")
		if err != nil {
			return err
		}
		before[id] = c
	}
	if err := fill(ctx, r, master, "w", writesCounted, "v"); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second); err != nil {
		return err
	}
	var parts []string
	for _, id := range nodes {
		c, err := expect.Calls(ctx, r, id, "set")
		if err != nil {
			return err
		}
		writesOf(id).Set(r, c-before[id])
		parts = append(parts, fmt.Sprintf("%s %d", id, c-before[id]))
	}
	loadShare.Set(r, strings.Join(parts, ", "))
	r.Measure(kit.T("writes executed", "执行的写命令数"), strings.Join(parts, ", "))
	return nil
}

func writesOf(id string) kit.Key[int64] { return kit.Key[int64]("writes:" + id) }

func everyNodeWrites() kit.Check {
	return kit.Check{
		Name: kit.T("each of the three nodes executed all 300 writes", "三个节点各自执行了全部 300 次写入"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, id := range []string{master, first, second} {
				if n := writesOf(id).Or(r, -1); n != writesCounted {
					return fmt.Sprintf("%s: %d", id, n), errors.New("not 300")
				}
			}
			return loadShare.Or(r, ""), nil
		},
	}
}

// prepareSync grows the data set and starts an empty node to copy it to.
func prepareSync(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, master, "big", 20_000, strings.Repeat("d", 100)); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second); err != nil {
		return err
	}
	if _, err := r.Lab.AddNode(ctx, lab.NodeSpec{ID: third}); err != nil {
		return err
	}
	return noteSyncs(ctx, r, master)
}

// slowest sends n SETs and returns the median and the slowest answer.
func slowest(ctx context.Context, r *kit.Run, n int) (median, worst time.Duration, err error) {
	took := make([]time.Duration, 0, n)
	for i := range n {
		from := time.Now()
		if _, err := expect.Ask(ctx, r, master, "SET", "probe", fmt.Sprint(i)); err != nil {
			return 0, 0, err
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	return took[n/2], took[n-1], nil
}

// measureStall compares a writing client's waits in peace and during a full
// resynchronisation.
func measureStall(ctx context.Context, r *kit.Run) error {
	const n = 300
	_, idle, err := slowest(ctx, r, n)
	if err != nil {
		return err
	}
	out, err := expect.Number(ctx, r, master, "stats", "total_net_repl_output_bytes")
	if err != nil {
		return err
	}
	if err := noteSyncs(ctx, r, master); err != nil {
		return err
	}
	if err := alone(ctx, r, third); err != nil {
		return err
	}
	if _, err := r.Type(ctx, follow(third, master)); err != nil {
		return err
	}
	_, busy, err := slowest(ctx, r, n)
	if err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, third); err != nil {
		return err
	}
	after, err := expect.Number(ctx, r, master, "stats", "total_net_repl_output_bytes")
	if err != nil {
		return err
	}
	stallIdle.Set(r, idle)
	stallSync.Set(r, busy)
	syncBytes.Set(r, after-out)
	r.Measure(kit.T("slowest SET in peace", "平时最慢的 SET"), idle)
	r.Measure(kit.T("slowest SET during a full resynchronisation", "全量同步期间最慢的 SET"), busy)
	r.Measure(kit.T("bytes sent to replicas meanwhile", "期间发给副本的字节数"), after-out)
	return nil
}

func stallMeasured() kit.Check {
	return kit.Check{
		Name:   kit.T("a full copy went out while the client kept writing", "客户端持续写入的同时，送出了一份完整数据"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			s, err := syncsSince(ctx, r, master)
			if err != nil {
				return "", err
			}
			v, err := expect.Ask(ctx, r, third, "GET", "probe")
			if err != nil {
				return "", err
			}
			bytes := syncBytes.Or(r, 0)
			seen := fmt.Sprintf("slowest SET %v in peace, %v during the copy of %d bytes",
				stallIdle.Or(r, 0), stallSync.Or(r, 0), bytes)
			if s.full < 1 || v != "299" || bytes < 300_000 {
				return seen, fmt.Errorf("full syncs %d, last write seen %s, want the whole data set to be sent", s.full, v)
			}
			return seen, nil
		},
	}
}

func acceptsWrites(node string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" takes writes", node+" 接受写入"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := r.Ask(ctx, node, "SET", beat, node)
			if err == nil {
				err = v.Err()
			}
			return v.String(), err
		},
	}
}

func writeLoad() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("300 writes arrive. One master and two replicas stand ready. How many of them does each node have to execute?",
			"来了 300 次写入，一主两从都已就位。每个节点要执行多少次？"),
		Choices: []kit.Text{
			kit.T("100 each: the load is shared", "各 100 次：分摊负载"),
			kit.T("300 on the master, none on the replicas", "主节点 300 次，副本 0 次"),
			kit.T("300 on every node", "每个节点都是 300 次"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			m, err := writesOf(master).Get(r)
			rep := writesOf(first).Or(r, 0)
			switch {
			case m < writesCounted:
				return 0, err
			case rep == 0:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:write-load}. Every write passes the one master and is then done again by each replica. "+
			"Replicas add reading power and safety, never writing power; that takes several masters, as in Cluster.",
			"{val:write-load}。每次写入都要经过唯一的主节点，再由每个副本重做一遍。副本能增加读能力和安全性，"+
				"但从不增加写能力；要增加写能力，需要像集群那样有多个主节点。"),
	}
}
