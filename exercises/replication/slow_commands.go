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

// slowFor is how long the slow command of this lesson keeps a node busy.
const slowFor = 400 * time.Millisecond

// slowCommands: heavy reads on the master make everybody wait; on a replica
// nobody who writes.
func slowCommands() kit.Exercise {
	return kit.Exercise{
		ID: "operations/slow-commands", Chapter: operations, Items: []int{251},
		After:    []string{"replication/reads"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), debug()) },
		Steps: []kit.Step{
			{
				Name:    "where",
				Predict: whoWaits(),
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(writesWhileBusy(ctx, r, master, true), writesWhileBusy(ctx, r, first, false))
				},
				Checks: []kit.Check{waitedFor(master, true).For(251), waitedFor(first, false).For(251)},
			},
			{
				Name: "keys",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "user", 2000, "x"); err != nil {
						return err
					}
					if err := askAll(ctx, r, master, "RPUSH scores 3 1 2"); err != nil {
						return err
					}
					return caughtUp(ctx, r, master, first)
				},
				Commands: []kit.Cmd{at(first, "KEYS user:100?"), at(first, "SORT_RO scores")},
				Look:     []kit.Cmd{at(first, "SORT scores"), at(first, "INFO commandstats")},
				Checks: []kit.Check{
					expect.Called(first, "keys", 1).For(251), expect.Called(first, "sort_ro", 1).For(251),
					expect.Reply(master, "2002", "DBSIZE").For(251),
				},
			},
		},
	}
}

// busyTries is how often it is measured again where it is not as expected: on a machine with much else to do a client may
// wait for other reasons. What is always so is not changed by that.
const busyTries = 3

func writesWhileBusy(ctx context.Context, r *kit.Run, busy string, waits bool) error {
	for range busyTries {
		took, err := writeWhileBusy(ctx, r, busy)
		if err != nil {
			return err
		}
		lagOf("busy-"+busy).Set(r, took)
		if (took > slowFor/2) == waits {
			break
		}
	}
	took := lagOf("busy-"+busy).Or(r, 0)
	r.Measure(kit.T("a SET on the master, with a slow command on "+busy, "慢命令在 "+busy+" 上时，主节点的 SET 用时"), took)
	return nil
}

// writeWhileBusy keeps a node busy and measures a write on the master meanwhile.
func writeWhileBusy(ctx context.Context, r *kit.Run, busy string) (took time.Duration, err error) {
	c, err := r.Wire(ctx, busy)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	w, err := r.Wire(ctx, master)
	if err != nil {
		return 0, err
	}
	defer func() { _ = w.Close() }()
	if _, err := w.Do("PING"); err != nil {
		return 0, err
	}
	if err := c.Send("DEBUG", "SLEEP", fmt.Sprint(slowFor.Seconds())); err != nil {
		return 0, err
	}
	if err := r.Sleep(ctx, slowFor/8); err != nil { // it has begun
		return 0, err
	}
	from := r.Lab.Clock().Now()
	if _, err := w.Do("SET", "quick", "write"); err != nil {
		return 0, err
	}
	took = r.Lab.Clock().Now().Sub(from)
	_, err = c.Read()
	return took, err
}

func waitedFor(busy string, long bool) kit.Check {
	en, zh := "did not wait", "没有等待"
	if long {
		en, zh = "waited", "等待了"
	}
	return noted(kit.T("with a slow command on "+busy+", a write on the master "+en, "慢命令在 "+busy+" 上时，主节点的写入"+zh),
		func(r *kit.Run) (string, error) {
			d, err := lagOf("busy-" + busy).Get(r)
			if err == nil && (d > slowFor/2) != long {
				err = errors.New("not as awaited")
			}
			return d.Round(10 * time.Microsecond).String(), err
		})
}

func whoWaits() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A command takes 400 ms. When does a client that writes on the master have to wait for it?",
			"有一条命令要执行 400 毫秒。在主节点上写入的客户端，什么时候要等它？"),
		Choices: []kit.Text{
			kit.T("never: each client has its own connection", "从不：每个客户端有自己的连接"),
			kit.T("when it runs on the master", "当它在主节点上执行时"),
			kit.T("also when it runs on the replica", "它在副本上执行时也要等"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			m, err := lagOf("busy-" + master).Get(r)
			rep := lagOf("busy-"+first).Or(r, 0)
			switch {
			case m < slowFor/2:
				return 0, err
			case rep < slowFor/2:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("A node executes one command at a time, so a slow one stops everybody on that node, and nobody elsewhere. The replica itself falls behind while it is busy.",
			"一个节点一次只执行一条命令，慢命令会挡住该节点上的所有人，但不影响别处。副本忙的时候，自己会落后。"),
	}
}
