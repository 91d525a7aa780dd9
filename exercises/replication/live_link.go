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
	sentAgain  kit.Key[int64]  = "sent-again"
	sawOffset  kit.Key[string] = "saw-offset"
	afterAgain kit.Key[int64]  = "after-reconnect"
)

// How long the lesson looks whether nothing happens: in simulated and in real time.
const (
	longLook  = 20 * time.Second
	shortLook = 1300 * time.Millisecond
)

// liveLink: a master never sends a byte twice on one connection.
func liveLink() kit.Exercise {
	return kit.Exercise{
		ID: "operations/live-link", Chapter: operations, Items: []int{208},
		After: []string{"operations/handshake", "replication/resume"}, Needs: []lab.Capability{lab.CanFault},
		Topology: func() lab.Topology { return with(lab.OneToOne(), calm()) },
		Steps: []kit.Step{
			{
				Name:    "short-count",
				Predict: doesItResend(),
				Do:      reportTooLittle,
				Checks:  []kit.Check{nothingSentAgain().For(208), resentAfterReconnect().For(208)},
			},
			{
				Name: "stall",
				Do:   func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: []kit.Cmd{
					toLab("cut master " + first), at(master, "SET during stall"), toLab("heal"),
				},
				Checks: []kit.Check{
					expect.Get(first, "during", "stall").In(expect.SyncWithin).For(208),
					resynced(master, 0, 0).For(208),
				},
			},
			{
				Name: "break",
				Do:   func(ctx context.Context, r *kit.Run) error { return noteSyncs(ctx, r, master) },
				Commands: []kit.Cmd{
					at(master, "CONFIG SET repl-timeout 1"),
					toLab("cut master " + first), at(master, "SET lost bytes"),
					toLab("wait 3s"), toLab("heal"),
				},
				Checks: []kit.Check{
					expect.Logged(master, "Disconnecting timedout replica").For(208),
					resynced(master, 0, 1).For(208),
					expect.Get(first, "lost", "bytes").In(expect.SyncWithin).For(208),
				},
			},
		},
	}
}

// reportTooLittle plays a replica that acknowledges less than it was sent, and
// counts what the master sends it then, and after a new PSYNC.
func reportTooLittle(ctx context.Context, r *kit.Run) error {
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	c, rep, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ReadSnapshot(); err != nil {
		return err
	}
	if err := ask(ctx, r, master, "SET missing bytes"); err != nil {
		return err
	}
	if err := c.AwaitStream(rep.Offset); err != nil {
		return err
	}
	if _, err := readUntilSet(c, "missing", rep.Offset); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first); err != nil {
		return err
	}
	before, err := replOut(ctx, r, master)
	if err != nil {
		return err
	}
	if err := c.Ack(rep.Offset); err != nil {
		return err
	}
	if _, err := r.Patience(ctx, longLook, shortLook); err != nil {
		return err
	}
	after, err := replOut(ctx, r, master)
	if err != nil {
		return err
	}
	sentAgain.Set(r, after-before)
	_, end, err := position(ctx, r, master)
	sawOffset.Set(r, fmt.Sprintf("the master is at %d, the replica says %d", end, rep.Offset))
	if err != nil {
		return err
	}
	return askAgain(ctx, r, rep.ID, rep.Offset)
}

// askAgain is the same replica on a new connection.
func askAgain(ctx context.Context, r *kit.Run, id string, offset int64) error {
	c, rep, err := asReplica(ctx, r, master, id, offset+1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if rep.Full {
		return errors.New("a full resynchronisation, where a partial one was possible")
	}
	end, err := readUntilSet(c, "missing", offset)
	if err != nil {
		return err
	}
	afterAgain.Set(r, end-offset)
	return nil
}

func nothingSentAgain() kit.Check {
	return noted(kit.T("on the live connection the master sent nothing again", "在原来的连接上，主节点没有重发任何东西"),
		func(r *kit.Run) (string, error) {
			n, err := sentAgain.Get(r)
			if err == nil && n != 0 {
				err = errors.New("it did send")
			}
			return fmt.Sprintf("%s; %d bytes more", sawOffset.Or(r, ""), n), err
		})
}

func resentAfterReconnect() kit.Check {
	return noted(kit.T("on a new connection PSYNC brought the missing bytes", "新连接上的 PSYNC 带来了缺少的字节"),
		func(r *kit.Run) (string, error) {
			n, err := afterAgain.Get(r)
			return fmt.Sprintf("%d bytes", n), err
		})
}

func doesItResend() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A connected replica reports an offset that lies behind what the master has sent it. What does the master do?",
			"一个连接正常的副本，上报的偏移量小于主节点已发给它的。主节点会怎么做？"),
		Choices: []kit.Text{
			kit.T("it sends the missing commands again", "把缺少的命令重发一遍"),
			kit.T("nothing", "什么都不做"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := sentAgain.Get(r)
			if n > 0 {
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("{val:saw-offset}, and {val:sent-again} bytes were sent. TCP delivers every byte or breaks, so Redis has no retransmission of its own: "+
			"the offset is for lag, min-replicas and WAIT. What is missing is asked for by PSYNC, on the next connection.",
			"{val:saw-offset}，而主节点补发了 {val:sent-again} 字节。TCP 要么送达每个字节，要么断开，所以 Redis 自己不重传："+
				"上报偏移量是为了计算延迟、min-replicas 和 WAIT。缺少的部分要等下一次连接时用 PSYNC 去要。"),
	}
}
