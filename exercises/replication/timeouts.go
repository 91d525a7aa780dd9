package replication

import (
	"context"
	"errors"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// timeouts: when a silent link is given up, and when wrongly.
func timeouts() kit.Exercise {
	return kit.Exercise{
		ID: "operations/timeouts", Chapter: operations, Items: []int{267, 272},
		After: []string{"operations/live-link"}, Needs: []lab.Capability{lab.CanPause},
		Topology: func() lab.Topology {
			return lab.OneToOne().WithNode(master, lab.Directive{Name: "repl-ping-replica-period", Value: "1"})
		},
		Steps: []kit.Step{
			{
				Name:     "frozen",
				Commands: []kit.Cmd{at(first, "CONFIG SET repl-timeout 3"), toLab("pause " + master)},
				Look:     []kit.Cmd{at(first, "INFO replication")},
				Checks: []kit.Check{
					expect.LinkDown(first).For(267),
					expect.Logged(first, "MASTER timeout: no data nor PING received").For(267),
					expect.Config(first, "repl-ping-replica-period", "10").For(267),
				},
			},
			{
				Name:     "thawed",
				Commands: []kit.Cmd{toLab("resume " + master)},
				Checks: []kit.Check{
					expect.Follows(first, master).For(267),
					expect.Config(master, "repl-timeout", "60").For(267),
				},
			},
			{
				Name:    "rule-of-thumb",
				Predict: twiceTheDelay(),
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(ask(ctx, r, master, "CONFIG SET repl-ping-replica-period 10"), noteSyncs(ctx, r, master))
				},
				Commands: []kit.Cmd{at(first, "CONFIG SET repl-timeout 1"), toLab("wait 3s")},
				Checks:   []kit.Check{resynced(master, 0, 1).For(272)},
			},
			{
				Name:     "right",
				Commands: []kit.Cmd{at(first, "CONFIG SET repl-timeout 60")},
				Checks: []kit.Check{
					expect.Config(first, "repl-timeout", "60").For(272),
					expect.Config(master, "repl-ping-replica-period", "10").For(272),
					expect.Follows(first, master).For(272),
				},
			},
		},
	}
}

func twiceTheDelay() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("\"repl-timeout must be at least twice the network delay.\" The delay here is far below a millisecond, and repl-timeout is 1 second. "+
			"Nobody writes, and the master pings every 10 seconds. What happens?",
			"“repl-timeout 至少是网络延迟的两倍。”这里的延迟远小于一毫秒，repl-timeout 设为 1 秒。没有人写入，主节点每 10 秒发一次 PING。会发生什么？"),
		Choices: []kit.Text{
			kit.T("nothing: the rule is kept a thousand times over", "没事：远远满足这条规则"),
			kit.T("the link breaks, with nothing wrong", "什么毛病都没有，连接却断了"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			s, err := syncsSince(ctx, r, master)
			if s.full+s.partial > 0 {
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("A master that has nothing to send is silent between two pings. What counts is the ping period, repl-ping-replica-period: "+
			"with 10 seconds, a repl-timeout below that sees deaths where there are none. The network delay hardly matters.",
			"主节点没有数据可发时，两次 PING 之间就是沉默的。关键是 PING 的周期 repl-ping-replica-period："+
				"周期为 10 秒时，比它小的 repl-timeout 会把活着的当成死的。网络延迟几乎无关紧要。"),
	}
}
