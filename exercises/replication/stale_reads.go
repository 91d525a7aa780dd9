package replication

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// linkDelay is how far away the replica of this lesson is, and rounds how often
// something is tried.
const (
	linkDelay = 150 * time.Millisecond
	rounds    = 8
)

func currentOf(way string) kit.Key[int] { return kit.Key[int]("current:" + way) }

// staleReads: how old are reads from a replica, and what may read there.
func staleReads() kit.Exercise {
	return kit.Exercise{
		ID: "operations/stale-reads", Chapter: operations, Items: []int{210, 211},
		After: []string{"replication/reads"}, Needs: []lab.Capability{lab.CanDelay},
		Topology: func() lab.Topology { return lab.OneToOne() },
		Steps: []kit.Step{
			{
				Name:    "nagle",
				Predict: isItNagle(),
				Do:      measureStaleness,
				Checks: []kit.Check{
					current("tcp-nodelay", 0).For(210), current("nagle", 0).For(210), lagMeasured().For(210),
				},
			},
			{
				Name:    "wait",
				Predict: whichReadsWork(),
				Do:      tryPolicies,
				Checks: []kit.Check{
					current("replica", 0).For(211), current("master", rounds).For(211), current("after-WAIT", rounds).For(211),
				},
			},
			{
				Name:     "availability",
				Commands: []kit.Cmd{toLab("kill " + master), at(first, "REPLICAOF NO ONE")},
				Checks: []kit.Check{
					expect.Role(first, "master").For(211),
					expect.Get(first, "after-WAIT", fmt.Sprint(rounds-1)).For(211),
				},
			},
		},
	}
}

// measureStaleness writes on the master and reads on the replica at once, with
// and without Nagle's algorithm on the replication link.
func measureStaleness(ctx context.Context, r *kit.Run) error {
	if err := r.Lab.Delay(master, first, linkDelay, lab.ReplicationLink); err != nil {
		return err
	}
	for way, value := range map[string]string{"tcp-nodelay": "no", "nagle": "yes"} {
		if err := askAll(ctx, r, master, "CONFIG SET repl-disable-tcp-nodelay "+value, "CLIENT KILL TYPE replica"); err != nil {
			return err
		}
		if err := ask(ctx, r, master, "SET "+way+" -1"); err != nil {
			return err
		}
		if err := caughtUp(ctx, r, master, first); err != nil {
			return err
		}
		var wrote time.Time
		write := func(ctx context.Context, i int) error {
			wrote = r.Lab.Clock().Now()
			return ask(ctx, r, master, fmt.Sprintf("SET %s %d", way, i))
		}
		if err := compare(ctx, r, way, write, first); err != nil {
			return err
		}
		if err := r.Until(ctx, expect.SyncWithin, "the last write arrives", func(ctx context.Context) error {
			_, err := expect.Get(first, way, fmt.Sprint(rounds-1)).Probe(ctx, r)
			return err
		}); err != nil {
			return err
		}
		lag := r.Lab.Clock().Now().Sub(wrote)
		lagOf(way).Set(r, lag)
		r.Measure(kit.T("lag with "+way, "延迟（"+way+"）"), lag)
	}
	return nil
}

func lagOf(way string) kit.Key[time.Duration] { return kit.Key[time.Duration]("lag:" + way) }

// compare counts how many reads from a node saw the write just before them.
func compare(ctx context.Context, r *kit.Run, way string, write func(context.Context, int) error, from string) error {
	n := 0
	for i := range rounds {
		seen, err := seesItsWrite(ctx, r, way, i, write, from)
		if err != nil {
			return err
		}
		if seen {
			n++
		}
	}
	currentOf(way).Set(r, n)
	r.Measure(kit.T("reads that were current: "+way, "读到最新值的次数："+way), fmt.Sprintf("%d / %d", n, rounds))
	return nil
}

// lateReads is how often a round is tried again whose read came late.
const lateReads = 5

// seesItsWrite writes and reads at once. On a busy machine the read may come when the link has had the time it takes: such a
// round says nothing, and is tried again.
func seesItsWrite(ctx context.Context, r *kit.Run, way string, i int, write func(context.Context, int) error, from string) (bool, error) {
	clock := r.Lab.Clock()
	for try := 1; ; try++ {
		if err := write(ctx, i); err != nil {
			return false, err
		}
		at := clock.Now()
		got, err := expect.Ask(ctx, r, from, "GET", way)
		seen := got == fmt.Sprint(i)
		if err != nil || !seen || from == master || try == lateReads || clock.Now().Sub(at) < linkDelay/2 {
			return seen, err
		}
		if err := ask(ctx, r, master, "SET "+way+" -1"); err != nil {
			return false, err
		}
		if err := caughtUp(ctx, r, master, first); err != nil {
			return false, err
		}
	}
}

// tryPolicies reads its own writes in three ways.
func tryPolicies(ctx context.Context, r *kit.Run) error {
	c, err := r.Wire(ctx, master)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	set := func(key string) func(context.Context, int) error {
		return func(_ context.Context, i int) error {
			_, err := c.Do("SET", key, fmt.Sprint(i))
			return err
		}
	}
	wait := func(ctx context.Context, i int) error {
		if err := set("after-WAIT")(ctx, i); err != nil {
			return err
		}
		v, err := c.Do("WAIT", "1", "5000")
		if err == nil && v.Int < 1 {
			err = errors.New("WAIT: no replica confirmed")
		}
		return err
	}
	return errors.Join(
		compare(ctx, r, "replica", set("replica"), first),
		compare(ctx, r, "master", set("master"), master),
		compare(ctx, r, "after-WAIT", wait, first),
	)
}

func current(way string, want int) kit.Check {
	return noted(kit.T(
		fmt.Sprintf("%s: %d of %d reads were current", way, want, rounds),
		fmt.Sprintf("%s：%d 次读到最新值（共 %d 次）", way, want, rounds)),
		func(r *kit.Run) (string, error) {
			n, err := currentOf(way).Get(r)
			if err == nil && n != want {
				err = fmt.Errorf("not %d", want)
			}
			return fmt.Sprint(n), err
		})
}

func lagMeasured() kit.Check {
	return noted(kit.T("either way the last write took at least as long as the link", "两种设置下，最后一次写入到达的时间都不小于链路延迟"),
		func(r *kit.Run) (string, error) {
			a, b := lagOf("tcp-nodelay").Or(r, 0), lagOf("nagle").Or(r, 0)
			seen := fmt.Sprintf("%v and %v", a.Round(time.Millisecond), b.Round(time.Millisecond))
			if min(a, b) < linkDelay/2 {
				return seen, errors.New("that is too fast to be true")
			}
			return seen, nil
		})
}

func isItNagle() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("\"Without TCP_NODELAY reads on replicas are stale.\" The link takes 150 ms, and repl-disable-tcp-nodelay is no, its default: "+
			"packets leave at once. How many of 8 reads right after a write are current?",
			"“不开 TCP_NODELAY，副本上的读取就会过期。”链路延迟 150 毫秒，repl-disable-tcp-nodelay 是默认的 no，即数据立即发出。"+
				"写入后立刻读 8 次，有几次读到最新值？"),
		Choices: []kit.Text{
			kit.T("all: Nagle is off", "全部：Nagle 已经关闭"),
			kit.T("some", "一部分"),
			kit.T("none", "一次也没有"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := currentOf("tcp-nodelay").Get(r)
			switch n {
			case rounds:
				return 0, err
			case 0:
				return 2, err
			}
			return 1, err
		},
		Explain: kit.T("The master answers before the replica has the write, so any read may be stale, by the link's delay at least: {val:lag:tcp-nodelay} here. "+
			"With repl-disable-tcp-nodelay yes it was {val:lag:nagle}; Linux may then hold small packets back for up to 40 ms, while it waits for an acknowledgement.",
			"主节点不等副本收到就回答，所以读到的总可能是旧值，至少旧一个链路延迟：这里是 {val:lag:tcp-nodelay}。"+
				"repl-disable-tcp-nodelay 为 yes 时是 {val:lag:nagle}；这时 Linux 会等确认，小包最多会多压 40 毫秒。"),
	}
}

func whichReadsWork() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A shop writes its stock and reads it again at once. Which reads see the write, every time?",
			"商店写入库存后立刻再读。哪种读法每次都能看到刚写的值？"),
		Choices: []kit.Text{
			kit.T("any, also on the replica", "都可以，副本上也行"),
			kit.T("only those on the master; keep replicas for emergencies", "只有主节点上的；副本只留作应急"),
			kit.T("those on the master, and those on the replica after WAIT", "主节点上的，以及 WAIT 之后副本上的"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			w, err := currentOf("after-WAIT").Get(r)
			switch {
			case currentOf("replica").Or(r, 0) == rounds:
				return 0, err
			case w == rounds:
				return 2, err
			}
			return 1, err
		},
		Explain: kit.T("\"Never split reads\" is too strict, \"always\" too bold. Reads that may be old (pages, statistics) can go to replicas; who must read his own writes "+
			"asks the master, or pays for WAIT: one round trip. And a replica full of reads is a poor spare.",
			"“绝不读写分离”太严，“一律分离”太莽。允许稍旧的读取（页面、统计）可以放到副本；必须读到自己写入的，就读主节点，"+
				"或者用 WAIT 付出一个来回的代价。另外，被读请求占满的副本也当不好备用节点。"),
	}
}
