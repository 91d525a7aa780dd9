package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// failover: the master dies, and the sentinels do what an operator would have to do at night.
func failover() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/failover", Items: []int{39, 40, 41, 45, 50, 194, 278},
		After:    []string{"replication/no-election"},
		Topology: classic,
		Steps: []kit.Step{
			{
				Name:    "kill",
				Predict: howLongUntilThereIsAMaster(),
				Do: func(ctx context.Context, r *kit.Run) error {
					f, err := fields(ctx, r, s1)
					if err != nil {
						return err
					}
					oldRunID.Set(r, f["runid"])
					return startWriter(ctx, r)
				},
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					expect.Down(master),
					takenOver(master).For(39, 45, 278),
					otherRunID().For(40),
					notBeforeDownAfter().For(41),
				},
			},
			{
				Name: "after",
				Look: []kit.Cmd{at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"), at(s1, "SENTINEL REPLICAS mymaster")},
				Checks: []kit.Check{
					allFollowTheNewMaster().For(45, 50),
					writesGoOn().For(194),
					outageIsBounded().For(194),
				},
			},
		},
	})
}

const oldRunID kit.Key[string] = "old-run-id"

// otherRunID expects the sentinels to know the new master by a run ID of its own.
func otherRunID() kit.Check {
	return kit.Check{
		Name:   kit.T("the watched master has another run id than before", "被监控主节点的 run id 与之前不同"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := oldRunID.Get(r)
			if err != nil {
				return "", err
			}
			f, err := fields(ctx, r, s1)
			if err == nil && (len(f["runid"]) != 40 || f["runid"] == before) {
				err = errors.New("it is not a new one")
			}
			return fmt.Sprintf("%.8s… before, %.8s… now", before, f["runid"]), err
		},
	}
}

// notBeforeDownAfter expects the failover to have waited for the silence that was asked for.
func notBeforeDownAfter() kit.Check {
	return kit.Check{
		Name:   kit.T("the switch came later than down-after-milliseconds", "切换发生在 down-after-milliseconds 之后"),
		Within: failoverWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			f, err := story(r)
			if err != nil {
				return "", err
			}
			took, ok := f.Between(lab.StageFault, lab.StageSwitch)
			if !ok {
				return fmt.Sprint(len(f.Stages), " stages"), errors.New("the switch is not announced yet")
			}
			switchText.Set(r, seconds(took))
			r.Measure(kit.T("from kill to the new address", "从杀掉到公布新地址"), took)
			// A sentinel counts from the last ping that was answered, up to a ping period before the kill.
			if least := downAfter.Or(r, 0) - pingPeriod - 100*time.Millisecond; took < least {
				return seconds(took), fmt.Errorf("sooner than %s", seconds(least))
			}
			return seconds(took), nil
		},
	}
}

const (
	pingPeriod                 = time.Second
	switchText kit.Key[string] = "switch-after"
)

// allFollowTheNewMaster expects the other replica to follow the one that was promoted.
func allFollowTheNewMaster() kit.Check {
	return kit.Check{
		Name:   kit.T("the replica that is left follows the new master", "剩下的副本跟随新的主节点"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			to, err := newMaster.Get(r)
			if err != nil {
				return "", err
			}
			other := first
			if to == first {
				other = second
			}
			return expect.Follows(other, to).Probe(ctx, r)
		},
	}
}

// writesGoOn expects the writer, which was told nothing but the sentinels, to have found the new master.
func writesGoOn() kit.Check {
	return kit.Check{
		Name:   kit.T("the client that knows only the sentinels writes again", "只知道哨兵地址的客户端又能写了"),
		Within: failoverWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			w, err := theWriter.Get(r)
			if err != nil {
				return "", err
			}
			outages := w.seen.Seen().Outages
			if len(outages) == 0 || outages[0].To.IsZero() {
				return fmt.Sprintf("%d outages", len(outages)), errors.New("no outage that has ended")
			}
			d := outages[0].To.Sub(outages[0].From)
			return "no writes for " + seconds(d), nil
		},
	}
}

// lostRounds is the time between the first and the last election: nothing, unless votes were split so that nobody won one.
func lostRounds(f lab.Failover) time.Duration {
	var first, last time.Time
	for _, s := range f.Stages {
		if s.Name != lab.StageTry {
			continue
		}
		if first.IsZero() {
			first = s.At
		}
		last = s.At
	}
	return last.Sub(first)
}

// outageIsBounded expects the outage to be the limit and the few seconds of the failover itself, and elections without a winner.
func outageIsBounded() kit.Check {
	return noted(kit.T("the outage is down-after and some seconds (and rounds that nobody won)", "中断时间为 down-after 加上几秒（以及无人当选的轮次）"), func(r *kit.Run) (string, error) {
		w, err := theWriter.Get(r)
		if err != nil {
			return "", err
		}
		d := w.seen.Unwritable()
		r.Measure(kit.T("no writes for", "无法写入的时间"), d)
		f, err := story(r)
		if err != nil {
			return "", err
		}
		limit := downAfter.Or(r, 0) + lostRounds(f)
		if d < limit/2 || d > limit+15*time.Second {
			return seconds(d), fmt.Errorf("not near %s", limit)
		}
		return seconds(d), nil
	})
}

func howLongUntilThereIsAMaster() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A client writes all the time; it was told the sentinels' addresses and nothing else. The master will be killed. When will the sentinels name a new one?",
			"有个客户端一直在写，它只知道哨兵的地址。现在要杀掉主节点。哨兵多久之后会公布新的主节点？"),
		Choices: []kit.Text{
			kit.T("at once: the connection to it breaks", "马上：到主节点的连接断了"),
			kit.T("after down-after-milliseconds ({val:down-after}) and a few seconds", "过了 down-after-milliseconds（{val:down-after}）再加几秒"),
			kit.T("after failover-timeout ({val:failover-timeout})", "过了 failover-timeout（{val:failover-timeout}）"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			f, err := story(r)
			if err != nil {
				return 0, err
			}
			took, ok := f.Between(lab.StageFault, lab.StageSwitch)
			took -= lostRounds(f)
			switch {
			case !ok:
				return 0, errors.New("the switch is not in the events")
			case took < downAfter.Or(r, 0)-pingPeriod-100*time.Millisecond:
				return 0, nil
			case took < failoverTimeout.Or(r, 0):
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("The new address came after {val:switch-after}. A broken connection proves nothing to a sentinel: it waits for {val:down-after} "+
			"without a valid answer, asks the others, is elected, and then needs a few seconds. The price of a shorter limit is a failover for nothing when the network stutters.",
			"{val:switch-after} 后公布了新地址。连接断开对哨兵来说不算证据：它要等 {val:down-after} 都收不到有效回答，再询问其他哨兵、当选，然后还需要几秒。"+
				"把这个时间设短的代价是：网络抖一下就会白白切换。"),
	}
}
