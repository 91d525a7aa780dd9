package sentinel

import (
	"context"
	"errors"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// lostWrites: a master that is cut off goes on acknowledging what nobody will keep.
func lostWrites() kit.Exercise {
	return lesson(kit.Exercise{
		ID:       "sentinel/lost-writes",
		After:    []string{"sentinel/failover", "sentinel/old-master"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: threeAgainSoon,
		Begin:    askMoreOften,
		Steps: []kit.Step{
			{
				Name:     "split",
				Do:       startBeside(false),
				Commands: []kit.Cmd{splitOff(threeAgainSoon(), master)},
				Look:     []kit.Cmd{at(master, "ROLE"), at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")},
				Checks: []kit.Check{
					takenOver(master),
					expect.Role(master, "master"),
					acknowledgedAfterSwitch(),
				},
			},
			{
				Name:     "heal",
				Predict:  whatBecomesOfThem(),
				Commands: []kit.Cmd{toLab("heal")},
				Look:     []kit.Cmd{at(master, "ROLE"), at(master, "LLEN "+writerKey), at(s1, "SENTINEL REPLICAS mymaster")},
				Checks: []kit.Check{
					told("", "+convert-to-slave").In(returnWithin),
					followsNewMaster(master),
					acknowledgedAndGone().For(338),
				},
			},
		},
	})
}

const (
	lostCount   kit.Key[int]    = "lost-count"
	lostText    kit.Key[string] = "lost"
	doomedCount kit.Key[int]    = "doomed"
)

// acknowledgedAfterSwitch expects the old master to have acknowledged writes when there was a new one already.
func acknowledgedAfterSwitch() kit.Check {
	return kit.Check{
		Name:   kit.T("the old master still acknowledges writes while the new one is announced", "新主节点已公布，旧主节点仍在确认写入"),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			b, err := theBeside.Get(r)
			if err != nil {
				return "", err
			}
			switched, ok := firstSince(r, stepBegan.Or(r, 0), said("", "+switch-master"))
			_, alone, last := b.acked()
			doomedCount.Set(r, len(alone))
			if !ok || !last.After(switched.At) {
				err = errors.New("not after the switch")
			}
			return fmt.Sprintf("%d acknowledged so far", len(alone)), err
		},
	}
}

// acknowledgedAndGone expects acknowledged writes to be nowhere, and the two nodes to have the same list.
func acknowledgedAndGone() kit.Check {
	return kit.Check{
		Name:   kit.T("acknowledged writes are gone on the new master and on the old one", "已确认的写入在新旧主节点上都没有了"),
		Within: expect.SyncWithin,
		Probe: losses("", func(ctx context.Context, r *kit.Run, _ *beside, lost []lab.Stamp) (string, error) {
			to, err := newMaster.Get(r)
			if err != nil {
				return "", err
			}
			lostCount.Set(r, len(lost))
			lostText.Set(r, fmt.Sprint(len(lost)))
			r.Measure(kit.T("acknowledged writes lost", "已确认却丢失的写入"), len(lost))
			here, err := expect.Ask(ctx, r, master, "LLEN", writerKey)
			if err != nil {
				return "", err
			}
			there, err := expect.Ask(ctx, r, to, "LLEN", writerKey)
			switch {
			case err == nil && here != there:
				err = fmt.Errorf("the lists differ: %s and %s", here, there)
			case err == nil && len(lost) < 20:
				err = errors.New("too few to be true")
			}
			return fmt.Sprintf("%d of %d acknowledged writes are lost", len(lost), r.Lab.Ledger().Report().Acknowledged), err
		}),
	}
}

func whatBecomesOfThem() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The network heals. So far the old master has acknowledged {val:doomed} writes. What becomes of those that came after the cut?",
			"网络恢复了。到目前为止旧主节点已确认了 {val:doomed} 次写入。断网之后的那些会怎样？"),
		Choices: []kit.Text{
			kit.T("they are merged into the new master's data", "会合并到新主节点的数据里"),
			kit.T("the side with more writes wins", "写入多的一边胜出"),
			kit.T("they are thrown away", "被丢掉"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			lost, err := lostCount.Get(r)
			if err != nil {
				return 0, err
			}
			if lost > 0 {
				return 2, nil
			}
			return 0, nil
		},
		Explain: kit.T("{val:lost} writes had been answered with success and are gone. The old master was told to follow, got the new master's data in full, and dropped its own. "+
			"Redis replicates after it has answered; a failover decides which history goes on, and nothing merges two of them. min-replicas-to-write makes such a master stop.",
			"有 {val:lost} 次写入明明答复了成功，却没了。旧主节点奉命成为副本，全量收下新主节点的数据，自己的那份就丢了。"+
				"Redis 是先答复、后复制；故障转移决定哪条历史延续下去，没有谁会把两条合起来。min-replicas-to-write 能让这样的主节点停下来。"),
	}
}
