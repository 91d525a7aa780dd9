package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// allDead: without sentinels there is no failover, and nothing else is missing.
func allDead() kit.Exercise {
	long := patience{4 * time.Minute, 4 * time.Second}
	return lesson(kit.Exercise{
		ID: "sentinel/all-dead", Items: []int{281},
		After:    []string{"sentinel/one-sentinel"},
		Topology: classic,
		Steps: []kit.Step{
			{
				Name: "no-sentinel",
				Do:   startWriter,
				Commands: []kit.Cmd{
					toLab("kill " + s1), toLab("kill " + s2), toLab("kill " + s3),
					at(master, "SET city Paris"),
				},
				Look: []kit.Cmd{at(first, "GET city"), at(second, "GET city")},
				Checks: []kit.Check{
					expect.Down(s1), expect.Down(s2), expect.Down(s3),
					expect.Get(first, "city", "Paris").In(expect.SyncWithin).For(281),
					expect.Get(second, "city", "Paris").In(expect.SyncWithin).For(281),
					expect.LinkUp(first).For(281), expect.LinkUp(second).For(281),
					writerUndisturbed(10).For(281),
					newClientIsLost(),
				},
			},
			{
				Name:     "master-dies",
				Predict:  whoTakesOver(),
				Commands: []kit.Cmd{toLab("kill " + master)},
				Look:     []kit.Cmd{at(first, "ROLE"), at(first, "GET city"), at(second, "SET city Rome")},
				Checks: []kit.Check{
					expect.Down(master),
					stays(first, "slave", master, long).For(281),
					stays(second, "slave", master, long).For(281),
					expect.Fails(first, "READONLY", "SET", "city", "Rome").For(281),
					expect.Get(first, "city", "Paris").For(281),
				},
			},
		},
	})
}

// writerUndisturbed expects so many more writes to have been acknowledged during the step, and none to have failed.
func writerUndisturbed(more int) kit.Check {
	const before kit.Key[int] = "acknowledged-before"
	return kit.Check{
		Name:   kit.T("the client that was connected before goes on writing", "早已连上的客户端照常写入"),
		Within: expect.SyncWithin,
		Begin: func(_ context.Context, r *kit.Run) error {
			before.Set(r, r.Lab.Ledger().Report().Acknowledged)
			return nil
		},
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			w, err := theWriter.Get(r)
			if err != nil {
				return "", err
			}
			got, outages := r.Lab.Ledger().Report().Acknowledged-before.Or(r, 0), len(w.seen.Seen().Outages)
			switch {
			case outages > 0:
				err = errors.New("it should have none")
			case got < more:
				err = fmt.Errorf("%d are awaited", more)
			}
			return fmt.Sprintf("%d writes more, %d outages", got, outages), err
		},
	}
}

// newClientIsLost expects a client that comes now, and knows only the sentinels, to find nobody to ask.
func newClientIsLost() kit.Check {
	return kit.Check{
		Name: kit.T("a client that connects only now finds no sentinel to ask", "现在才来连接的客户端找不到哨兵可问"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			c := r.Lab.Observe().FailoverClient(lab.MyMaster, func(o *redis.FailoverOptions) {
				o.SentinelAddrs = []string{r.Lab.MustNode(s1).Addr()}
			})
			defer func() { _ = c.Close() }() // closed once more with the lab
			err := c.Ping(ctx).Err()
			if err == nil {
				return "PONG", errors.New("it found the master")
			}
			return err.Error(), nil
		},
	}
}

func whoTakesOver() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("All sentinels are dead and everything works. Now the master dies as well. Who is master after a good while?",
			"哨兵全死了，一切照常。现在主节点也死了。过了好一阵子，谁是主节点？"),
		Choices: []kit.Text{
			kit.T("one of the replicas: the two can agree", "其中一个副本：它们俩可以商量"),
			kit.T("nobody", "没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			for _, id := range []string{first, second} {
				role, err := expect.Field(ctx, r, id, "replication", "role")
				if err != nil || role == "master" {
					return 0, err
				}
			}
			return 1, nil
		},
		Explain: kit.T("Sentinels are beside the data path, not in it. Their loss costs nothing on the day it happens. It costs the failover on the day you need it: so watch the watchers.",
			"哨兵在数据通路旁边，不在通路上。它们死掉当天没有任何损失，损失的是你需要切换那天的那次切换。所以，监控者也要有人监控。"),
	}
}
