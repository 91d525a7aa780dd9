package sentinel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
)

// How many keys the two measurements have.
const (
	fewKeys  = 1_000
	manyKeys = 20_000
)

// noScaling: sentinels keep one copy of the data alive; they do not make it smaller.
func noScaling() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/no-scaling", Items: []int{52, 195},
		After:    []string{"sentinel/failover"},
		Topology: threeAgainSoon,
		Steps: []kit.Step{
			{
				Name: "everywhere",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(loadAndReload(ctx, r), fill(ctx, r, manyKeys))
				},
				Look: []kit.Cmd{at(master, "DBSIZE"), at(first, "DBSIZE"), at(second, "INFO memory")},
				Checks: []kit.Check{
					holds(master, manyKeys).For(52), holds(first, manyKeys).For(52), holds(second, manyKeys).For(52),
					sameMemory(first).For(52), sameMemory(second).For(52),
				},
			},
			{
				Name:     "one-writer",
				Commands: []kit.Cmd{at(first, "SET more 1"), at(second, "SET more 1")},
				Checks: []kit.Check{
					expect.Refused(first, "READONLY").For(195), expect.Refused(second, "READONLY").For(195),
				},
			},
			{
				Name:     "reload",
				Commands: []kit.Cmd{at(second, "SAVE"), toLab("kill " + second), toLab("restart " + second)},
				Look:     []kit.Cmd{at(second, "INFO persistence")},
				Checks:   []kit.Check{reloadedMore().For(195), expect.Follows(second, master)},
			},
			{
				Name:     "outage",
				Do:       startWriter,
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					takenOver(master).For(195),
					writesGoOn().For(195),
				},
			},
		},
	})
}

// fill writes keys to the master until it has n of them.
func fill(ctx context.Context, r *kit.Run, n int) error {
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	const batch = 500
	for from := 0; from < n; from += batch {
		p := m.Client().Pipeline()
		for i := from; i < min(n, from+batch); i++ {
			p.Set(ctx, fmt.Sprintf("page:%d", i), "a page of a hundred characters or so, all of which have to be kept by every node that there is here", 0)
		}
		if _, err := p.Exec(ctx); err != nil {
			return fmt.Errorf("fill %s: %w", master, err)
		}
	}
	return nil
}

// holds expects a node to have so many keys.
func holds(node string, keys int) kit.Check {
	return expect.Reply(node, fmt.Sprint(keys), "DBSIZE").In(expect.SyncWithin)
}

// sameMemory expects a replica's data to take about as much memory as the master's.
func sameMemory(node string) kit.Check {
	return kit.Check{
		Name:   kit.T("the data take as much memory on "+node+" as on the master", node+" 上的数据占用的内存与主节点相当"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			there, err := expect.Number(ctx, r, master, "memory", "used_memory_dataset")
			if err != nil {
				return "", err
			}
			here, err := expect.Number(ctx, r, node, "memory", "used_memory_dataset")
			if err == nil && (here < there*7/10 || here > there*13/10) {
				err = errors.New("that is not about the same")
			}
			return fmt.Sprintf("used_memory_dataset %d and %d", there, here), err
		},
	}
}

// reload is what a node had to read when it started.
type reload struct {
	keys, bytes int64
	took        time.Duration // until the first answer
}

const small kit.Key[reload] = "small-reload"

// loadAndReload measures the restart of a replica with few keys.
func loadAndReload(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, fewKeys); err != nil {
		return err
	}
	err := r.Until(ctx, expect.SyncWithin, "the keys arrive", func(ctx context.Context) error {
		_, err := holds(second, fewKeys).Probe(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := expect.Ask(ctx, r, second, "SAVE"); err != nil {
		return err
	}
	n, err := r.Node(second)
	if err != nil {
		return err
	}
	if err := n.Kill(); err != nil {
		return err
	}
	from := r.Lab.Clock().Now()
	if err := n.Restart(ctx); err != nil {
		return err
	}
	got, err := readReload(ctx, r)
	got.took = r.Lab.Clock().Now().Sub(from)
	small.Set(r, got)
	r.Measure(kit.T(fmt.Sprintf("restart with %d keys", fewKeys), fmt.Sprintf("%d 个键时的重启", fewKeys)), got.took)
	return err
}

// readReload waits until the node has loaded its file, and says what that was.
func readReload(ctx context.Context, r *kit.Run) (reload, error) {
	var got reload
	n, err := r.Node(second)
	if err != nil {
		return got, err
	}
	err = r.Until(ctx, expect.SyncWithin, second+" has loaded its data", func(ctx context.Context) error {
		var err error
		got.keys, err = expect.Number(ctx, r, second, "persistence", "rdb_last_load_keys_loaded")
		if err == nil && got.keys == 0 {
			err = errors.New("no key yet")
		}
		return err
	})
	if err != nil {
		return got, err
	}
	st, err := os.Stat(filepath.Join(n.Dir(), "dump.rdb"))
	if err != nil {
		return got, fmt.Errorf("the file of %s: %w", second, err)
	}
	got.bytes = st.Size()
	return got, nil
}

// reloadedMore expects the restart of this step to have read as many times more as there are more keys.
func reloadedMore() kit.Check {
	return kit.Check{
		Name:   kit.T("20 times the keys: a file and a load of 20 times the size", "键多 20 倍，文件和加载量也是 20 倍"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := small.Get(r)
			if err != nil {
				return "", err
			}
			now, err := readReload(ctx, r)
			seen := fmt.Sprintf("%d keys from %d bytes then, %d keys from %d bytes now", before.keys, before.bytes, now.keys, now.bytes)
			if err == nil && (now.keys < 20*before.keys || now.bytes < 10*before.bytes) {
				err = errors.New("not so yet")
			}
			if err == nil {
				r.Measure(kit.T("read at the start", "启动时读入"), seen)
			}
			return seen, err
		},
	}
}
