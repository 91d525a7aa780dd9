package replication

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
)

// fill writes n keys prefix:0 … prefix:n-1 to a node.
func fill(ctx context.Context, r *kit.Run, node, prefix string, n int, value string) error {
	h, err := r.Node(node)
	if err != nil {
		return err
	}
	const batch = 500
	for from := 0; from < n; from += batch {
		p := h.Client().Pipeline()
		for i := from; i < min(n, from+batch); i++ {
			p.Set(ctx, fmt.Sprintf("%s:%d", prefix, i), value, 0)
		}
		if _, err := p.Exec(ctx); err != nil {
			return fmt.Errorf("write to %s: %w", node, err)
		}
	}
	return nil
}

// kill ends a node without a goodbye.
func kill(r *kit.Run, id string) error {
	n, err := r.Node(id)
	if err != nil {
		return err
	}
	return n.Kill()
}

// wipe empties the disk of a node that does not run: all but its configuration
// and its log.
func wipe(r *kit.Run, id string) error {
	n, err := r.Node(id)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(n.Dir())
	if err != nil {
		return fmt.Errorf("wipe the disk of %s: %w", id, err)
	}
	var errs []error
	for _, e := range entries {
		path := filepath.Join(n.Dir(), e.Name())
		if path != n.ConfigFile() && path != n.LogFile() {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
}

// caughtUp waits until the nodes have applied all that their master has sent.
func caughtUp(ctx context.Context, r *kit.Run, of string, replicas ...string) error {
	for _, id := range replicas {
		err := r.Until(ctx, expect.SyncWithin, id+" catches up with "+of, func(ctx context.Context) error {
			a, err := expect.Number(ctx, r, of, "replication", "master_repl_offset")
			if err != nil {
				return err
			}
			link, err := expect.Field(ctx, r, id, "replication", "master_link_status")
			if err != nil {
				return err
			}
			b, err := expect.Number(ctx, r, id, "replication", "slave_repl_offset")
			if err == nil && (link != "up" || a != b) {
				err = fmt.Errorf("link %s, offset %d of %d", link, b, a)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// syncs is how a master's counters of resynchronisations stood.
type syncs struct{ full, partial int64 }

func readSyncs(ctx context.Context, r *kit.Run, node string) (syncs, error) {
	full, err := expect.Number(ctx, r, node, "stats", "sync_full")
	if err != nil {
		return syncs{}, err
	}
	partial, err := expect.Number(ctx, r, node, "stats", "sync_partial_ok")
	return syncs{full, partial}, err
}

// noteSyncs keeps the counters for a later comparison in the same step.
func noteSyncs(ctx context.Context, r *kit.Run, node string) error {
	s, err := readSyncs(ctx, r, node)
	syncsOf(node).Set(r, s)
	return err
}

func syncsOf(node string) kit.Key[syncs] { return kit.Key[syncs]("syncs:" + node) }

// syncsSince is what noteSyncs's counters have grown by.
func syncsSince(ctx context.Context, r *kit.Run, node string) (syncs, error) {
	before, err := syncsOf(node).Get(r)
	if err != nil {
		return syncs{}, err
	}
	now, err := readSyncs(ctx, r, node)
	return syncs{now.full - before.full, now.partial - before.partial}, err
}

// resynced expects so many full and partial resynchronisations since noteSyncs,
// or more of a kind that is expected at all: a learner may try twice.
func resynced(node string, full, partial int64) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s has served %d full and %d partial resynchronisations", node, full, partial),
			fmt.Sprintf("%s 完成了 %d 次全量同步和 %d 次部分同步", node, full, partial)),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			s, err := syncsSince(ctx, r, node)
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("%d full, %d partial", s.full, s.partial)
			if !enough(s.full, full) || !enough(s.partial, partial) {
				return seen, fmt.Errorf("not %d and %d", full, partial)
			}
			return seen, nil
		},
	}
}

func enough(got, want int64) bool { return got == want || want > 0 && got > want }

// fullOrPartial is the answer to "full or partial?" (0 full, 1 partial, 2 none)
// from the counters since noteSyncs.
func fullOrPartial(node string) func(context.Context, *kit.Run) (int, error) {
	return func(ctx context.Context, r *kit.Run) (int, error) {
		s, err := syncsSince(ctx, r, node)
		switch {
		case s.full > 0:
			return 0, err
		case s.partial > 0:
			return 1, err
		}
		return 2, err
	}
}

func fullPartialChoices() []kit.Text {
	return []kit.Text{
		kit.T("a full resynchronisation: the whole data set again", "全量同步：整个数据集重新来一遍"),
		kit.T("a partial one: only what it missed", "部分同步：只补缺的那部分"),
		kit.T("none at all", "根本不同步"),
	}
}

// traceEntry is one PSYNC that a node was sent, from its slow log.
type traceEntry struct {
	ID     int64
	Words  []string
	Client string
}

// psyncs lists the PSYNC commands in a node's slow log, the latest first.
func psyncs(ctx context.Context, r *kit.Run, node string) ([]traceEntry, error) {
	n, err := r.Node(node)
	if err != nil {
		return nil, err
	}
	logs, err := n.Client().SlowLogGet(ctx, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("%s: SLOWLOG GET: %w", node, err)
	}
	return onlyPSync(logs), nil
}

func onlyPSync(logs []redis.SlowLog) []traceEntry {
	var out []traceEntry
	for _, l := range logs {
		if len(l.Args) == 3 && (l.Args[0] == "PSYNC" || l.Args[0] == "psync") {
			out = append(out, traceEntry{l.ID, l.Args, l.ClientAddr})
		}
	}
	return out
}

// lastAsked reads the latest PSYNC that came after the one noted by noteTrace.
func lastAsked(ctx context.Context, r *kit.Run, node string) (traceEntry, error) {
	all, err := psyncs(ctx, r, node)
	if err != nil {
		return traceEntry{}, err
	}
	if len(all) == 0 || all[0].ID <= traceOf(node).Or(r, -1) {
		return traceEntry{}, errors.New("no PSYNC yet in this step")
	}
	return all[0], nil
}

func traceOf(node string) kit.Key[int64] { return kit.Key[int64]("trace:" + node) }

// noteTrace marks the latest PSYNC so far.
func noteTrace(ctx context.Context, r *kit.Run, node string) error {
	all, err := psyncs(ctx, r, node)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		traceOf(node).Set(r, all[0].ID)
	}
	return nil
}

// seconds rounds a duration for display.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
