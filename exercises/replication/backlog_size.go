package replication

import (
	"context"
	"errors"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	edgeKept kit.Key[int64] = "edge"      // the largest gap that was answered by CONTINUE
	edgeSize kit.Key[int64] = "edge-size" // the configured size
)

// away is a replica's absence: sent to a port where nobody listens, and back.
func away(bytes int) []kit.Cmd {
	return []kit.Cmd{
		at(first, "REPLICAOF {host:master} 1"),
		toLab(fmt.Sprintf("write master %d", bytes)),
		follow(first, master),
	}
}

// backlogSize: how long a replica may be away.
func backlogSize() kit.Exercise {
	return kit.Exercise{
		ID: "replication/backlog-size", Chapter: chapter, Items: []int{183},
		After: []string{"replication/backlog"},
		Topology: func() lab.Topology {
			return with(lab.OneToOne(), calm()).With(lab.Directive{Name: "repl-backlog-size", Value: "16kb"})
		},
		Steps: []kit.Step{
			{
				Name:     "short",
				Predict:  partialOrFull("8000 bytes pass while the replica is away. The backlog holds 16384.", "副本离开期间写入了 8000 字节，缓冲区有 16384 字节。"),
				Do:       func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: away(8_000),
				Checks:   []kit.Check{grownSince(8_000), expect.Follows(first, master), resynced(master, 0, 1).For(183)},
			},
			{
				Name:     "long",
				Predict:  partialOrFull("Now 100 000 bytes pass.", "这次写入了 100 000 字节。"),
				Do:       func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: away(100_000),
				Checks:   []kit.Check{grownSince(100_000), expect.Follows(first, master), resynced(master, 1, 0).For(183)},
			},
			{
				Name:    "edge",
				Predict: whereIsTheEdge(),
				Do:      searchEdge,
				Checks:  []kit.Check{edgeFound().For(183)},
			},
			{
				Name: "sized",
				Do:   func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: append([]kit.Cmd{at(master, "CONFIG SET repl-backlog-size 256kb")},
					away(100_000)...),
				Checks: []kit.Check{grownSince(100_000), expect.Follows(first, master), resynced(master, 0, 1).For(183)},
			},
		},
	}
}

// grownSince expects the master's stream to have grown during the step.
func grownSince(bytes int64) kit.Check {
	c := expect.Rises(master, "replication", "master_repl_offset", bytes*9/10)
	return c.Named(fmt.Sprintf("about %d bytes were written meanwhile", bytes), fmt.Sprintf("期间写入了约 %d 字节", bytes))
}

func partialOrFull(en, zh string) *kit.Predict {
	return &kit.Predict{
		Question: kit.T(en+" How does the replica catch up?", zh+"副本会怎样追上来？"),
		Choices:  fullPartialChoices(),
		Answer:   fullOrPartial(master),
		Explain: kit.T("What counts is only whether the byte it asks for is still in the backlog.",
			"只看一点：它要的那个字节是否还在缓冲区里。"),
	}
}

// searchEdge asks as a pretend replica for ever older bytes, halving the range
// each time, and finds the oldest that is still served.
func searchEdge(ctx context.Context, r *kit.Run) error {
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
	size, err := expect.Number(ctx, r, master, "replication", "repl_backlog_size")
	if err != nil {
		return err
	}
	id, end, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	kept, lost := int64(0), 4*size // gaps, in bytes
	for lost-kept > 1 {
		gap := (kept + lost) / 2
		full, err := needsAll(ctx, r, master, id, end-gap+1)
		if err != nil {
			return err
		}
		if full {
			lost = gap
		} else {
			kept = gap
		}
	}
	edgeKept.Set(r, kept)
	edgeSize.Set(r, size)
	r.Measure(kit.T("backlog size", "缓冲区大小"), size)
	r.Measure(kit.T("largest gap that was closed by CONTINUE", "能用 CONTINUE 补上的最大缺口"), kept)
	return nil
}

// trimmed waits until the master's backlog is down to its size and a block: what
// a replica has not been sent yet is kept longer.
func trimmed(ctx context.Context, r *kit.Run) error {
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	return r.Until(ctx, expect.SyncWithin, "the backlog shrinks to its size", func(ctx context.Context) error {
		held, err := expect.Number(ctx, r, master, "replication", "repl_backlog_histlen")
		if err == nil && held > 2*minBacklog+1024 {
			err = fmt.Errorf("it holds %d bytes", held)
		}
		return err
	})
}

func edgeFound() kit.Check {
	return kit.Check{
		Name: kit.T("the edge is at what the backlog really holds", "分界线就在缓冲区实际保留的长度处"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			kept, err := edgeKept.Get(r)
			if err != nil {
				return "", err
			}
			held, err := expect.Number(ctx, r, master, "replication", "repl_backlog_histlen")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("CONTINUE up to a gap of %d bytes; the backlog holds %d", kept, held)
			if kept != held {
				return seen, errors.New("they should be equal")
			}
			return seen, nil
		},
	}
}

func whereIsTheEdge() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("repl-backlog-size is 16384. What is the largest gap that a partial resynchronisation closes?",
			"repl-backlog-size 是 16384。部分同步最多能补上多大的缺口？"),
		Choices: []kit.Text{
			kit.T("less than 16384", "小于 16384"),
			kit.T("16384 or a little more", "16384 或略多"),
			kit.T("more than twice as much", "两倍以上"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			kept, err := edgeKept.Get(r)
			size := edgeSize.Or(r, 0)
			switch {
			case kept < size:
				return 0, err
			case kept <= 2*size:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:edge} bytes of {val:edge-size}. Since 7.0 the backlog is a chain of blocks, let go one whole block at a time, "+
			"and never below the size you set.",
			"设定 {val:edge-size} 字节，实际 {val:edge} 字节。从 7.0 起，缓冲区是一串内存块，每次整块释放，但不会少于设定的大小。"),
	}
}
