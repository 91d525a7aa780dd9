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

const (
	waited     kit.Key[string]        = "waited"
	outage     kit.Key[time.Duration] = "outage"
	slowness   kit.Key[time.Duration] = "operator-delay"
	outageText kit.Key[string]        = "outage-text"
	delayText  kit.Key[string]        = "operator-text"
)

// noElection: nobody takes the dead master's place unless an operator says so.
func noElection() kit.Exercise {
	return kit.Exercise{
		ID: "replication/no-election", Chapter: chapter, Items: []int{25, 29},
		After: []string{"replication/master-dies"},
		Topology: func() lab.Topology {
			return lab.OneToMany(2).With(
				lab.Directive{Name: "repl-timeout", Value: "2"}, lab.Directive{Name: "repl-ping-replica-period", Value: "1"})
		},
		Steps: []kit.Step{
			{
				Name:    "waiting",
				Predict: whoIsElected(),
				Do:      killAndWait,
				Look:    []kit.Cmd{at(first, "ROLE"), at(second, "ROLE")},
				Checks: []kit.Check{
					expect.Down(master).For(25),
					expect.Role(first, "slave").For(25), expect.Role(second, "slave").For(25),
					expect.LinkDown(first).For(25), expect.LinkDown(second).For(25),
					expect.Fails(first, "READONLY", "SET", "k", "v").For(25, 29),
					expect.Fails(second, "READONLY", "SET", "k", "v").For(25, 29),
				},
			},
			{
				Name:     "operator",
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), follow(second, first)},
				Checks: []kit.Check{
					expect.Role(first, "master").For(29),
					expect.Follows(second, first),
					writesAndReads(first, second).For(29),
				},
			},
			{
				Name:    "measured",
				Predict: howLongIsTheOutage(),
				Do:      measureOutage,
				Checks:  []kit.Check{outageIsDelay().For(29)},
			},
		},
	}
}

// killAndWait ends the master and gives an election every chance.
func killAndWait(ctx context.Context, r *kit.Run) error {
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	if err := m.Kill(); err != nil {
		return err
	}
	d, err := r.Patience(ctx, 10*time.Minute, 3*time.Second)
	waited.Set(r, seconds(d))
	r.Measure(kit.T("waited for an election", "等待选举的时间"), d)
	return err
}

// measureOutage kills the master of the moment, lets an operator be slow, and
// takes the time during which no node took a write.
func measureOutage(ctx context.Context, r *kit.Run) error {
	clock := r.Lab.Clock()
	n, err := r.Node(first)
	if err != nil {
		return err
	}
	if err := n.Kill(); err != nil {
		return err
	}
	dead := clock.Now()
	if _, err := r.Patience(ctx, 7*time.Minute, 1500*time.Millisecond); err != nil {
		return err
	}
	if accepts(ctx, r, second) {
		return errors.New("a replica took a write before anybody promoted it")
	}
	delay := clock.Now().Sub(dead)
	if _, err := expect.Ask(ctx, r, second, "REPLICAOF", "NO", "ONE"); err != nil {
		return err
	}
	err = r.Until(ctx, expect.SyncWithin, "a write on "+second, func(ctx context.Context) error {
		if !accepts(ctx, r, second) {
			return errors.New("refused")
		}
		return nil
	})
	if err != nil {
		return err
	}
	total := clock.Now().Sub(dead)
	slowness.Set(r, delay)
	outage.Set(r, total)
	delayText.Set(r, seconds(delay))
	outageText.Set(r, seconds(total))
	r.Measure(kit.T("the operator's delay", "人工介入前的时间"), delay)
	r.Measure(kit.T("no node took a write for", "无法写入的时间"), total)
	return nil
}

// outageIsDelay expects the outage to end when the operator acts and no sooner.
func outageIsDelay() kit.Check {
	return kit.Check{
		Name: kit.T("the write outage is as long as the operator takes", "写中断的时间等于人工介入的时间"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			total, err := outage.Get(r)
			if err != nil {
				return "", err
			}
			delay, err := slowness.Get(r)
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("operator after %v, writes after %v", delay.Round(time.Millisecond), total.Round(time.Millisecond))
			if total < delay || total > delay+time.Second {
				return seen, errors.New("they differ by a second or more")
			}
			return seen, nil
		},
	}
}

func whoIsElected() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master is killed and stays dead for many times the replication timeout (2 s here). Who is master then?",
			"主节点被杀掉，而且停机时间远超复制超时（这里是 2 秒）。之后谁是主节点？"),
		Choices: []kit.Text{
			kit.T("the replica with the most data", "数据最多的副本"),
			kit.T("replica-1", "replica-1"),
			kit.T("nobody", "没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			a, err := expect.Field(ctx, r, first, "replication", "role")
			if err != nil {
				return 0, err
			}
			b, err := expect.Field(ctx, r, second, "replication", "role")
			switch {
			case a == "master":
				return 1, err
			case b == "master":
				return 0, err
			}
			return 2, err
		},
		Explain: kit.T("{val:waited} later both are still replicas that look for their master. Plain replication copies data; "+
			"it has no idea of an election. Sentinel and Cluster were built for that.",
			"过了 {val:waited}，两个节点仍是副本，还在寻找主节点。单纯的主从复制只负责复制数据，没有选举这回事。哨兵和集群就是为此而生的。"),
	}
}

func howLongIsTheOutage() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The new master dies as well. An operator notices after a while and promotes the last replica. How long can nobody write?",
			"新的主节点也死了。过了一阵子，运维人员发现并提升了最后一个副本。有多久不能写？"),
		Choices: []kit.Text{
			kit.T("about two seconds: repl-timeout", "两秒左右：即 repl-timeout"),
			kit.T("exactly until the operator acts", "直到人工介入为止，分毫不差"),
			kit.T("a minute more, for the replica to become sure", "还要再等一分钟，让副本确认"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			total, err := outage.Get(r)
			delay := slowness.Or(r, 0)
			switch {
			case err != nil:
				return 0, err
			case total < delay:
				return 0, nil
			case total < delay+time.Second:
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("Operator after {val:operator-text}, writes again after {val:outage-text}. At night that is hours. "+
			"This is the weakness that Sentinel removes.",
			"人工介入用了 {val:operator-text}，{val:outage-text} 后恢复写入。换成半夜就是几个小时。哨兵要解决的就是这个弱点。"),
	}
}
