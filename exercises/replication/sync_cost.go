package replication

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	bytesFull kit.Key[int64]        = "bytes-full"
	stageSums kit.Key[[]stageTimes] = "stage-times"
	farAway                         = 150 * time.Millisecond
	logTime                         = "02 Jan 2006 15:04:05.000"
	startOut  kit.Key[int64]        = "start-out"
)

// stageTimes is where the time of one full resynchronisation went.
type stageTimes struct {
	what  string
	spent map[string]time.Duration
	total time.Duration
}

// syncCost: bytes and time of a resynchronisation, with and without a file.
func syncCost() kit.Exercise {
	return kit.Exercise{
		ID: "operations/sync-cost", Chapter: operations, Items: []int{268, 269, 274},
		After: []string{"replication/full-sync"}, Needs: []lab.Capability{lab.CanDelay},
		Topology: func() lab.Topology { return with(isolated(master, newcomer), calm()) },
		Steps: []kit.Step{
			{
				Name:    "full",
				Predict: isItDiskless(),
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(fill(ctx, r, master, "page", 5000, strings.Repeat("p", 100)),
						noteSyncs(ctx, r, master), noteOut(ctx, r))
				},
				Commands: []kit.Cmd{follow(newcomer, master)},
				Checks: []kit.Check{
					resynced(master, 1, 0).For(268),
					expect.Follows(newcomer, master),
					metered(true).For(268),
					expect.Config(master, "repl-diskless-sync", "yes").For(274),
					expect.Logged(master, "Starting BGSAVE for SYNC with target: replicas sockets").For(274),
					dumpFile(false).For(274),
				},
			},
			{
				Name: "partial",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(noteSyncs(ctx, r, master), noteOut(ctx, r))
				},
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica"), at(master, "SET page:1 new")},
				Checks: []kit.Check{
					resynced(master, 0, 1).For(268),
					expect.Get(newcomer, "page:1", "new").In(expect.SyncWithin).For(268),
					metered(false).For(268),
				},
			},
			{
				Name:     "disk",
				Commands: []kit.Cmd{at(master, "CONFIG SET repl-diskless-sync no"), at(newcomer, "REPLICAOF NO ONE"), follow(newcomer, master)},
				Checks: []kit.Check{
					expect.Follows(newcomer, master),
					expect.Logged(master, "Starting BGSAVE for SYNC with target: disk").For(274),
					dumpFile(true).For(274),
				},
			},
			{
				Name:   "stages",
				Do:     timeStages,
				Checks: []kit.Check{stagesAddUp().For(269)},
			},
		},
	}
}

func noteOut(ctx context.Context, r *kit.Run) error {
	n, err := replOut(ctx, r, master)
	startOut.Set(r, n)
	return err
}

// metered reads the byte meter: a full copy sends the data set, a partial one
// next to nothing.
func metered(full bool) kit.Check {
	name := kit.T("a partial one sent less than a tenth of that", "部分同步发送的不到它的十分之一")
	if full {
		name = kit.T("a full copy sent the data set", "全量同步发送了整个数据集")
	}
	return kit.Check{
		Name: name, Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			now, err := replOut(ctx, r, master)
			if err != nil {
				return "", err
			}
			n := now - startOut.Or(r, 0)
			seen := fmt.Sprintf("%d bytes", n)
			switch {
			case full && n < 50_000:
				return seen, errors.New("not the whole set yet")
			case full:
				bytesFull.Set(r, n)
			case n == 0 || n > bytesFull.Or(r, 0)/10:
				return seen, fmt.Errorf("a full copy was %d", bytesFull.Or(r, 0))
			}
			return seen, nil
		},
	}
}

// dumpFile expects the master to have written a snapshot file, or not.
func dumpFile(there bool) kit.Check {
	name := kit.T("there is no RDB file on the master", "主节点上没有 RDB 文件")
	if there {
		name = kit.T("there is an RDB file on the master", "主节点上有 RDB 文件")
	}
	return kit.Check{
		Name: name, Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			m, err := r.Node(master)
			if err != nil {
				return "", err
			}
			found, err := filepath.Glob(filepath.Join(m.Dir(), "*.rdb"))
			if err == nil && (len(found) > 0) != there {
				err = errors.New("not as awaited")
			}
			return fmt.Sprintf("%d RDB files in %s", len(found), m.Dir()), err
		},
	}
}

// timeStages times full copies: of little data, of much, and over a long way.
func timeStages(ctx context.Context, r *kit.Run) error {
	var out []stageTimes
	for _, round := range []struct {
		what  string
		keys  int
		delay time.Duration
	}{{"5000 keys", 0, 0}, {"30000 keys", 30_000, 0}, {"30000 keys, 150 ms away", 0, farAway}} {
		if err := fill(ctx, r, master, "more", round.keys, strings.Repeat("m", 100)); err != nil {
			return err
		}
		if round.delay > 0 {
			if err := r.Lab.Delay(master, newcomer, round.delay, lab.ReplicationLink); err != nil {
				return err
			}
		}
		if err := alone(ctx, r, newcomer); err != nil {
			return err
		}
		if _, err := r.Type(ctx, follow(newcomer, master)); err != nil {
			return err
		}
		if err := caughtUp(ctx, r, master, newcomer); err != nil {
			return err
		}
		s, err := readStages(r, round.what)
		if err != nil {
			return err
		}
		out = append(out, s)
		for _, name := range stageNames() {
			r.Measure(kit.T(round.what+": "+name.En, round.what+"："+name.Zh), s.spent[name.En])
		}
	}
	stageSums.Set(r, out)
	return r.Lab.Heal()
}

func stageNames() []kit.Text {
	return []kit.Text{kit.T("save", "保存"), kit.T("transfer", "传输"), kit.T("flush", "清空"), kit.T("load", "载入")}
}

// readStages reads the replica's log of its last full copy. Each line begins
// with process, role and time.
func readStages(r *kit.Run, what string) (stageTimes, error) {
	n, err := r.Node(newcomer)
	if err != nil {
		return stageTimes{}, err
	}
	marks := []string{"Connecting to MASTER", "receiving", "Flushing old data", "Loading DB in memory", "Finished with success"}
	var times []time.Time
	for _, l := range n.Logs() {
		_, stamp, _ := strings.Cut(l, " ")
		if strings.Contains(l, marks[0]) {
			times = times[:0]
		}
		if len(times) == len(marks) || !strings.Contains(l, marks[len(times)]) || len(stamp) < len(logTime) {
			continue
		}
		at, err := time.Parse(logTime, stamp[:len(logTime)])
		if err != nil {
			return stageTimes{}, fmt.Errorf("log line %q: %w", l, err)
		}
		times = append(times, at)
	}
	if len(times) < len(marks) {
		return stageTimes{}, fmt.Errorf("the log of %s has %d of %d stages", newcomer, len(times), len(marks))
	}
	s := stageTimes{what: what, spent: map[string]time.Duration{}, total: times[len(times)-1].Sub(times[0])}
	for i, name := range stageNames() {
		s.spent[name.En] = times[i+1].Sub(times[i])
	}
	return s, nil
}

func stagesAddUp() kit.Check {
	return noted(kit.T("four stages make up the time, and distance adds to it", "四个阶段合起来就是总时间，距离会使它变长"),
		func(r *kit.Run) (string, error) {
			all, err := stageSums.Get(r)
			if err != nil {
				return "", err
			}
			var seen []string
			for _, s := range all {
				var sum time.Duration
				for _, d := range s.spent {
					if sum += d; d < 0 {
						err = fmt.Errorf("%s: the stages are out of order", s.what)
					}
				}
				if sum != s.total {
					err = fmt.Errorf("%s: the stages make %v of %v", s.what, sum, s.total)
				}
				seen = append(seen, fmt.Sprintf("%s: %v", s.what, s.total))
			}
			if far := all[len(all)-1].total; err == nil && far < 2*farAway {
				err = fmt.Errorf("%v is too fast for a link of %v", far, farAway)
			}
			return strings.Join(seen, "; "), err
		})
}

func isItDiskless() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A full copy with the settings a server comes with. Where does the master write the snapshot?", "用服务器的默认设置做一次全量同步。主节点把快照写到哪里？"),
		Choices: []kit.Text{
			kit.T("into a file, which is then sent", "先写进文件，再发送文件"),
			kit.T("straight into the replica's connection", "直接写进副本的连接"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			m, err := r.Node(master)
			if err != nil {
				return 0, err
			}
			_, err = os.Stat(filepath.Join(m.Dir(), "dump.rdb"))
			if errors.Is(err, os.ErrNotExist) {
				return 1, nil
			}
			return 0, err
		},
		Explain: kit.T("\"Diskless replication is off by default\" was true up to 6.2. Since 7.0 it is on: nothing is written on the master's disk.",
			"“无盘复制默认关闭”在 6.2 之前是对的。从 7.0 起默认开启：主节点的磁盘上什么都不写。"),
	}
}
