package replication

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	lagMedian kit.Key[time.Duration] = "lag-median"
	lagMax    kit.Key[time.Duration] = "lag-max"
)

// firstWrite: what is written on the master appears on every replica.
func firstWrite() kit.Exercise {
	return kit.Exercise{
		ID: "replication/first-write", Chapter: chapter, Items: []int{11, 12, 172},
		After:    []string{"replication/start-all"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name: "before",
				Look: []kit.Cmd{at(master, "GET name"), at(first, "GET name"), at(second, "GET name")},
				Checks: []kit.Check{
					expect.NoKey(master, "name").For(11),
					expect.NoKey(first, "name").For(11),
					expect.NoKey(second, "name").For(11),
				},
			},
			{
				Name:     "write",
				Commands: []kit.Cmd{at(master, "SET name king")},
				Look:     []kit.Cmd{at(first, "GET name"), at(second, "GET name")},
				Checks: []kit.Check{
					expect.Get(master, "name", "king").For(172),
					expect.Get(first, "name", "king").For(12, 172),
					expect.Get(second, "name", "king").For(12, 172),
				},
			},
			{
				Name:    "lag",
				Predict: howLate(),
				Do:      measureLag,
				Checks:  []kit.Check{lagKnown().For(12)},
			},
			{
				Name:     "delete",
				Commands: []kit.Cmd{at(master, "DEL name")},
				Checks: []kit.Check{
					expect.NoKey(master, "name"),
					expect.NoKey(first, "name").For(172),
					expect.NoKey(second, "name").For(172),
				},
			},
		},
	}
}

// measureLag writes one key again and again, and waits each time until a replica
// shows the new value.
func measureLag(ctx context.Context, r *kit.Run) error {
	const rounds = 40
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	rep, err := r.Node(first)
	if err != nil {
		return err
	}
	lags := make([]time.Duration, 0, rounds)
	for i := range rounds {
		want := fmt.Sprint(i)
		if err := m.Do(ctx, "SET", "stamp", want).Err(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		from := time.Now()
		for {
			got, err := rep.Client().Get(ctx, "stamp").Result()
			if err == nil && got == want {
				break
			}
			if time.Since(from) > expect.SyncWithin {
				return fmt.Errorf("%s never showed %s: %q, %w", first, want, got, err)
			}
			// Let the nodes work, and simulated time pass.
			if err := r.Sleep(ctx, 50*time.Microsecond); err != nil {
				return err
			}
		}
		lags = append(lags, time.Since(from))
	}
	slices.Sort(lags)
	lagMedian.Set(r, lags[rounds/2].Round(time.Microsecond))
	lagMax.Set(r, lags[rounds-1].Round(time.Microsecond))
	r.Measure(kit.T("lag, median of 40 writes", "延迟，40 次写入的中位数"), lags[rounds/2])
	r.Measure(kit.T("lag, the worst", "延迟，最差的一次"), lags[rounds-1])
	return nil
}

func lagKnown() kit.Check {
	return kit.Check{
		Name: kit.T("40 writes were seen on the replica, each timed", "40 次写入都在副本上看到，并计了时"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			median, err := lagMedian.Get(r)
			if err != nil {
				return "", err
			}
			v, err := expect.Ask(ctx, r, first, "GET", "stamp")
			if err == nil && v != "39" {
				err = errors.New("the last write is not there")
			}
			return fmt.Sprintf("median %v, worst %v", median, lagMax.Or(r, 0)), err
		},
	}
}

func howLate() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("From the master's OK to the value on a replica: how long, typically, on one machine?",
			"从主节点返回 OK 到副本上能读到新值，在同一台机器上一般要多久？"),
		Choices: []kit.Text{
			kit.T("no time: OK means that the replicas have it", "零：返回 OK 就表示副本已经有了"),
			kit.T("under 20 ms", "不到 20 毫秒"),
			kit.T("about a second: replication runs once a second", "一秒左右：复制每秒进行一次"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			// A lag of nothing can only be measured where time is simulated, and
			// says nothing about the OK: the value still had to arrive.
			worst, err := lagMedian.Get(r)
			if worst < 20*time.Millisecond {
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("Median {val:lag-median}, worst {val:lag-max}. Replication is asynchronous: the master answers first and sends the command on "+
			"right after. Short is not zero: what was acknowledged in that moment is lost if the master dies in it. "+
			"(In simulated time nothing takes time, so the lag reads 0 there.)",
			"中位数 {val:lag-median}，最差 {val:lag-max}。复制是异步的：主节点先回答，随后才把命令发给副本。短不等于零："+
				"主节点若恰好在这一刻死掉，已经确认的写入就丢了。（在模拟时间里一切都不耗时，所以延迟显示为 0。）"),
	}
}
