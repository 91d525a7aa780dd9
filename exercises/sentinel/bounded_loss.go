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

// maxLag is the min-replicas-max-lag of the lessons that have one, in seconds.
const maxLag = "3"

// withGuards is the usual topology with a master that wants a replica to keep up.
func withGuards() lab.Topology {
	return threeAgainSoon().With(
		lab.Directive{Name: "min-replicas-to-write", Value: "1"}, lab.Directive{Name: "min-replicas-max-lag", Value: maxLag})
}

// boundedLoss: a master that is cut off stops in time, and the writer can tell which writes are in danger.
func boundedLoss() kit.Exercise {
	return lesson(kit.Exercise{
		ID:       "sentinel/bounded-loss",
		After:    []string{"sentinel/lost-writes", "operations/min-replicas"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: withGuards,
		Steps: []kit.Step{
			{
				Name:     "stops",
				Predict:  howLongDoesItAccept(),
				Do:       startBeside(true),
				Commands: []kit.Cmd{splitOff(withGuards(), master)},
				Look:     []kit.Cmd{at(master, "INFO replication"), at(master, "SET k v")},
				Checks: []kit.Check{
					expect.Fails(master, "NOREPLICAS", "SET", "k", "v").In(downWithin).For(338),
					stoppedInTime().For(338),
					takenOver(master),
				},
			},
			{
				Name:   "account",
				Look:   []kit.Cmd{at(master, "LLEN "+writerKey), at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")},
				Checks: []kit.Check{onlyUnconfirmedLost().For(338)},
			},
		},
	})
}

const ackText kit.Key[string] = "last-ack"

// stoppedInTime expects the last acknowledged write to be no later after the cut than the lag that is allowed, and what it takes
// a master to notice: replicas acknowledge once a second, and it counts them once a second.
func stoppedInTime() kit.Check {
	const notice = 4 * time.Second // with room for a busy machine
	return kit.Check{
		Name:   kit.T("the last write was acknowledged about min-replicas-max-lag after the cut", "最后一次确认的写入在断网后约 min-replicas-max-lag"),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			b, err := theBeside.Get(r)
			if err != nil {
				return "", err
			}
			d, err := sinceCut(r, b)
			if err != nil {
				return "", err
			}
			lag, err := time.ParseDuration(maxLag + "s")
			ackText.Set(r, seconds(d))
			r.Measure(kit.T("writes accepted after the cut for", "断网后仍接受写入的时间"), d)
			switch {
			case b.seen.Seen().Errors["NOREPLICAS"] == 0:
				err = errors.New("the writer was not refused yet")
			case d > lag+notice:
				err = fmt.Errorf("later than %s", lag+notice)
			}
			return seconds(d) + " after the cut", err
		},
	}
}

// onlyUnconfirmedLost expects what is lost to be among the writes that no replica had acknowledged.
func onlyUnconfirmedLost() kit.Check {
	return kit.Check{
		Name: kit.T("what is lost is among the writes for which WAIT gave 0", "丢失的写入都是 WAIT 返回 0 的"),
		Probe: losses("", func(_ context.Context, r *kit.Run, b *beside, lost []lab.Stamp) (string, error) {
			waited, alone, _ := b.acked()
			r.Measure(kit.T("lost, of those with WAIT 0", "丢失的写入（WAIT 返回 0 的）"), among(alone, lost))
			r.Measure(kit.T("lost, of those with WAIT 1 or more", "丢失的写入（WAIT 返回 1 以上的）"), among(waited, lost))
			var err error
			switch {
			case len(waited) == 0 || len(alone) == 0:
				err = errors.New("there should be some of both")
			case among(waited, lost) > 0:
				err = errors.New("a replica had acknowledged some of them")
			case among(alone, lost) == 0:
				err = errors.New("none is lost")
			}
			return fmt.Sprintf("%d with WAIT ≥ 1, %d of them lost; %d with WAIT 0, %d of them lost",
				len(waited), among(waited, lost), len(alone), among(alone, lost)), err
		}),
	}
}

func howLongDoesItAccept() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("min-replicas-to-write 1, min-replicas-max-lag "+maxLag+". The master is cut off together with its client. How long does it take writes?",
			"min-replicas-to-write 为 1，min-replicas-max-lag 为 "+maxLag+"。主节点和它的客户端一起被隔开。它还会接受写入多久？"),
		Choices: []kit.Text{
			kit.T("not at all: a write needs a replica's consent", "一刻也不会：写入要先得到副本同意"),
			kit.T("some "+maxLag+" seconds", maxLag+" 秒左右"),
			kit.T("until it is demoted", "直到被降级为止"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			b, err := theBeside.Get(r)
			if err != nil {
				return 0, err
			}
			d, err := sinceCut(r, b)
			switch {
			case b.seen.Seen().Errors["NOREPLICAS"] == 0:
				return 2, err
			case d < time.Second:
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("The last write was acknowledged {val:last-ack} after the cut. The master does not ask its replicas before it answers; it only looks when they were last heard of. "+
			"So the loss is bounded by max-lag and a second or two, and never zero. The price: when all replicas are gone, a healthy master refuses writes as well.",
			"断网 {val:last-ack} 之后才确认了最后一次写入。主节点答复之前并不问副本，只看多久没收到它们的消息。"+
				"所以损失以 max-lag 加一两秒为限，但不会是零。代价是：副本都没了的时候，健康的主节点也会拒绝写入。"),
	}
}
