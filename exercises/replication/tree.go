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

// flatOut and treeOut are what the master sent, as a star and as a chain.
const (
	treeLoad                 = 100_000 // bytes written for a measurement
	flatOut   kit.Key[int64] = "flat-out"
	chainOut  kit.Key[int64] = "chain-out"
	treeDelay                = 100 * time.Millisecond
)

// tree: what each replica costs its master, and replicas of replicas.
func tree() kit.Exercise {
	return kit.Exercise{
		ID: "operations/tree", Chapter: operations, Items: []int{252, 253, 254},
		After: []string{"replication/costs"}, Needs: []lab.Capability{lab.CanDelay},
		Topology: func() lab.Topology { return with(lab.OneToMany(3), calm()) },
		Steps: []kit.Step{
			{
				Name:    "star",
				Predict: howManyBytesOut(),
				Do:      func(ctx context.Context, r *kit.Run) error { return meterOut(ctx, r, flatOut) },
				Checks:  []kit.Check{sentTimes(flatOut, 3).For(252)},
			},
			{
				Name:     "chain",
				Commands: []kit.Cmd{follow(third, second), follow(second, first), at(master, "SET for everybody")},
				Checks: []kit.Check{
					expect.Replicas(master, 1).For(253),
					expect.Follows(second, first).For(253), expect.Follows(third, second).For(253),
					expect.Get(third, "for", "everybody").In(expect.SyncWithin).For(253),
				},
			},
			{
				Name:   "relief",
				Do:     func(ctx context.Context, r *kit.Run) error { return meterOut(ctx, r, chainOut) },
				Checks: []kit.Check{sentTimes(chainOut, 1).For(252, 253)},
			},
			{
				Name:   "lag",
				Do:     lagByDepth,
				Checks: []kit.Check{laterPerLevel().For(254)},
			},
			{
				Name:     "starve",
				Commands: []kit.Cmd{toLab("kill " + first), at(master, "SET news today")},
				Checks: []kit.Check{
					expect.LinkDown(second).For(254),
					expect.Get(master, "news", "today").For(254),
					expect.NoKey(second, "news").For(254), expect.NoKey(third, "news").For(254),
					expect.LinkUp(third).For(254),
				},
			},
		},
	}
}

// meterOut writes and notes what the master sent to its replicas for it.
func meterOut(ctx context.Context, r *kit.Run, into kit.Key[int64]) error {
	m, err := r.Node(master)
	if err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second, third); err != nil {
		return err
	}
	before, err := replOut(ctx, r, master)
	if err != nil {
		return err
	}
	if err := kit.WriteBytes(ctx, m, treeLoad); err != nil {
		return err
	}
	if err := caughtUp(ctx, r, master, first, second, third); err != nil {
		return err
	}
	after, err := replOut(ctx, r, master)
	into.Set(r, after-before)
	r.Measure(kit.T("bytes sent to replicas for 100 000 written", "写入 100 000 字节，发给副本的字节数"), after-before)
	return err
}

func sentTimes(key kit.Key[int64], times int64) kit.Check {
	return noted(kit.T(
		fmt.Sprintf("the master sent the 100 000 bytes %d times", times),
		fmt.Sprintf("主节点把这 100 000 字节发送了 %d 次", times)),
		func(r *kit.Run) (string, error) {
			n, err := key.Get(r)
			if want := times * treeLoad; err == nil && (n < want*9/10 || n > want*12/10) {
				err = fmt.Errorf("about %d awaited", want)
			}
			return fmt.Sprintf("%d bytes", n), err
		})
}

// lagByDepth makes each hop slow and notes when a write reaches each level.
func lagByDepth(ctx context.Context, r *kit.Run) error {
	chain := []string{master, first, second, third}
	for i, id := range chain[1:] {
		if err := r.Lab.Delay(chain[i], id, treeDelay, lab.ReplicationLink); err != nil {
			return err
		}
	}
	from := r.Lab.Clock().Now()
	if err := ask(ctx, r, master, "SET deep water"); err != nil {
		return err
	}
	for _, id := range chain[1:] {
		if err := r.Until(ctx, expect.SyncWithin, "the write reaches "+id, func(ctx context.Context) error {
			_, err := expect.Get(id, "deep", "water").Probe(ctx, r)
			return err
		}); err != nil {
			return err
		}
		lag := r.Lab.Clock().Now().Sub(from)
		lagOf(id).Set(r, lag)
		r.Measure(kit.T("a write reaches "+id+" after", "写入到达 "+id+" 用时"), lag)
	}
	return r.Lab.Heal()
}

func laterPerLevel() kit.Check {
	return noted(kit.T("each level is later than the one above", "每一层都比上一层晚"),
		func(r *kit.Run) (string, error) {
			a, b, c := lagOf(first).Or(r, 0), lagOf(second).Or(r, 0), lagOf(third).Or(r, 0)
			seen := fmt.Sprintf("%v, %v, %v", a.Round(time.Millisecond), b.Round(time.Millisecond), c.Round(time.Millisecond))
			if a < treeDelay/2 || b <= a || c <= b || c < 2*treeDelay {
				return seen, errors.New("each hop should add its delay")
			}
			return seen, nil
		})
}

func howManyBytesOut() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A client writes 100 000 bytes on a master with three replicas. How much does the master send to them?",
			"客户端在带三个副本的主节点上写入 100 000 字节。主节点一共要向副本发送多少？"),
		Choices: []kit.Text{
			kit.T("100 000: the replicas pass it on", "100 000：副本之间互相转发"),
			kit.T("300 000: each replica gets its own copy", "300 000：每个副本各一份"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := flatOut.Get(r)
			if n > 2*treeLoad {
				return 1, err
			}
			return 0, err
		},
		Explain: kit.T("{val:flat-out} bytes: what is written, times the number of replicas. Ten replicas on a busy master fill a network card.",
			"{val:flat-out} 字节：写入量乘以副本数。繁忙的主节点带上十个副本，就能占满一块网卡。"),
	}
}
