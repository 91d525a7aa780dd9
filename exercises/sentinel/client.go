package sentinel

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// client: a program that was told the sentinels and nothing else, across a kill and across a planned failover.
func client() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/client", Items: []int{46},
		After:    []string{"sentinel/failover"},
		Topology: func() lab.Topology { return watched(3, 3) },
		Steps: []kit.Step{
			{
				Name: "ask",
				Do:   startWriter,
				Look: []kit.Cmd{at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"), at(s1, "CLIENT LIST")},
				Checks: []kit.Check{
					asksSentinelsFirst().For(46),
					listensAtASentinel().For(46),
				},
			},
			{
				Name:     "kill",
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					takenOver(master),
					writesGoOn().For(46),
					connectsToNewMaster().For(46),
					lossAtTheKill().For(46),
				},
			},
			{
				Name:     "planned",
				Predict:  isAnythingLost(),
				Do:       beforeThePlan,
				Commands: []kit.Cmd{at(s1, "SENTINEL FAILOVER mymaster")},
				Checks: []kit.Check{
					movedOn().For(46),
					epochRisen().For(36),
					writesReachNewMaster().For(46),
					noStaleConnection().For(46),
					lossByPlan().For(46),
				},
			},
		},
	})
}

// asksSentinelsFirst expects the client's first connection to be to a sentinel, and a later one to the master.
func asksSentinelsFirst() kit.Check {
	return noted(kit.T("the client went to a sentinel first, then to the master", "客户端先连哨兵，再连主节点"), func(r *kit.Run) (string, error) {
		w, err := theWriter.Get(r)
		if err != nil {
			return "", err
		}
		var order []string
		for _, d := range w.seen.Seen().Dials {
			order = append(order, idAt(r, d.Addr))
		}
		seen := strings.Join(order, ", ")
		if len(order) == 0 || !strings.HasPrefix(order[0], "sentinel-") || !strings.Contains(seen, master) {
			return seen, errors.New("it is not so")
		}
		return seen, nil
	})
}

// subscribed is a connection in CLIENT LIST that listens to channels.
var subscribed = regexp.MustCompile(` sub=[1-9]`)

// listensAtASentinel expects a sentinel to have a subscriber: sentinels themselves subscribe at data nodes only.
func listensAtASentinel() kit.Check {
	return kit.Check{
		Name:   kit.T("the client listens at a sentinel for +switch-master", "客户端在某个哨兵上订阅了 +switch-master"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			for _, s := range r.Lab.Sentinels() {
				v, err := ask(ctx, r, s.ID(), "CLIENT", "LIST")
				if err != nil {
					return "", err
				}
				if sub := subscribed.FindString(v.Plain()); sub != "" {
					return s.ID() + ": CLIENT LIST has a client with" + sub, nil
				}
			}
			return "no subscriber at any sentinel", errors.New("it is not so")
		},
	}
}

// connectsToNewMaster expects the client to have tried the dead master in vain and then the new one.
func connectsToNewMaster() kit.Check {
	return noted(kit.T("it tried the dead master in vain, then reached the new one", "它尝试死掉的主节点未果，随后连上了新的"), func(r *kit.Run) (string, error) {
		w, err := theWriter.Get(r)
		if err != nil {
			return "", err
		}
		refused, reached := 0, ""
		for _, d := range w.seen.Seen().Dials {
			switch id := idAt(r, d.Addr); {
			case id == master && d.Error != "":
				refused++
			case d.Error == "" && !strings.HasPrefix(id, "sentinel-"):
				reached = id
			}
		}
		seen := fmt.Sprintf("%d times %s, then %s", refused, master, reached)
		if refused == 0 || reached != newMaster.Or(r, "") {
			return seen, errors.New("it is not so")
		}
		return seen, nil
	})
}

const (
	lostBefore kit.Key[int]    = "lost-before"
	lostByPlan kit.Key[int]    = "lost-by-plan"
	former     kit.Key[string] = "former-master"
)

// account reads everything back from the present master and compares it with what was acknowledged.
func account(ctx context.Context, r *kit.Run) (lab.Report, error) {
	n, err := r.Node(newMaster.Or(r, master))
	if err != nil {
		return lab.Report{}, err
	}
	if err := r.Lab.Ledger().Verify(ctx, n.Client()); err != nil {
		return lab.Report{}, err
	}
	return r.Lab.Ledger().Report(), nil
}

// fewLost is more than a kill can cost: what was acknowledged within the last moment and had no time to reach a replica.
const fewLost = 20

// lossAtTheKill expects hardly a write that was acknowledged to be lost: replicas were a moment behind.
func lossAtTheKill() kit.Check {
	return kit.Check{
		Name: kit.T("acknowledged writes: no more lost than those of the last moment", "已确认的写入：最多只丢最后一瞬间的"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			rep, err := account(ctx, r)
			if err != nil {
				return "", err
			}
			lostBefore.Set(r, rep.Lost)
			r.Measure(kit.T("acknowledged writes that the kill lost", "杀掉主节点丢失的已确认写入"), rep.Lost)
			seen := fmt.Sprintf("%d acknowledged, %d lost", rep.Acknowledged, rep.Lost)
			if rep.Lost > fewLost {
				return seen, errors.New("far more than that")
			}
			return seen, nil
		},
	}
}

// beforeThePlan notes who is master, and waits until the sentinels hold the killed one for down: a failover waits for replicas
// that are only disconnected.
func beforeThePlan(ctx context.Context, r *kit.Run) error {
	from, err := newMaster.Get(r)
	if err != nil {
		return err
	}
	former.Set(r, from)
	return sureOfReplicas(ctx, r, s1)
}

// movedOn expects another master than the one at the beginning of the step.
func movedOn() kit.Check {
	return kit.Check{
		Name:   kit.T("the sentinels agree on yet another master", "哨兵又一致认定了另一个主节点"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := former.Get(r)
			if err != nil {
				return "", err
			}
			return takenOver(from).Probe(ctx, r)
		},
	}
}

// writesReachNewMaster expects the list to grow on the node that has just become master.
func writesReachNewMaster() kit.Check {
	const length kit.Key[string] = "list-length"
	return kit.Check{
		Name:   kit.T("the client's writes arrive at the new master", "客户端的写入到达新主节点"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			to, err := newMaster.Get(r)
			if err != nil {
				return "", err
			}
			now, err := expect.Ask(ctx, r, to, "LLEN", writerKey)
			before := length.Or(r, now)
			length.Set(r, now)
			if err == nil && before == now {
				err = errors.New("none arrives")
			}
			return to + ": LLEN " + writerKey + " " + now, err
		},
	}
}

// noStaleConnection expects the client to have left the former master, which lives and would take its writes.
func noStaleConnection() kit.Check {
	return kit.Check{
		Name:   kit.T("none of the client's connections is left at the former master", "客户端在前一个主节点上没有残留连接"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := former.Get(r)
			if err != nil {
				return "", err
			}
			v, err := ask(ctx, r, from, "CLIENT", "LIST")
			left := strings.Count(v.Plain(), "cmd=rpush")
			if err == nil && left > 0 {
				err = errors.New("it still writes there")
			}
			return fmt.Sprintf("%s: %d connections that write", from, left), err
		},
	}
}

// lossByPlan takes the account of the planned failover. What a run loses depends on its moments; that it loses some does not.
func lossByPlan() kit.Check {
	return kit.Check{
		Name:   kit.T("writes acknowledged between promotion and announcement are gone", "提升之后、公布之前确认的写入都没了"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			rep, err := account(ctx, r)
			if err != nil {
				return "", err
			}
			lost := rep.Lost - lostBefore.Or(r, 0)
			lostByPlan.Set(r, lost)
			kit.Key[string]("lost-by-plan-text").Set(r, fmt.Sprint(lost))
			r.Measure(kit.T("acknowledged writes that the planned failover lost", "计划内切换丢失的已确认写入"), lost)
			seen := fmt.Sprintf("%d acknowledged, %d of them lost by this failover", rep.Acknowledged, lost)
			if lost == 0 {
				return seen, errors.New("none is lost")
			}
			return seen, nil
		},
	}
}

func isAnythingLost() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Now a planned failover: SENTINEL FAILOVER, while all nodes live and the client goes on writing. Are writes lost that were acknowledged?",
			"现在做一次计划内的切换：所有节点都活着、客户端持续写入时执行 SENTINEL FAILOVER。已确认的写入会丢吗？"),
		Choices: []kit.Text{
			kit.T("no: the old master hands over in order", "不会：旧主节点会有序交接"),
			kit.T("yes: the old master goes on taking writes for a while", "会：旧主节点还会继续接受一阵子写入"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			lost, err := lostByPlan.Get(r)
			if err != nil || lost == 0 {
				return 0, err
			}
			return 1, nil
		},
		Explain: kit.T("{val:lost-by-plan-text} acknowledged writes are lost. SENTINEL FAILOVER promotes a replica and tells clients when the others follow it; nobody stops the old master meanwhile. "+
			"For a move without loss, pause the writers first (CLIENT PAUSE … WRITE on the old master, or stop the program). The FAILOVER command of Redis itself does that, but sentinels know nothing of it.",
			"丢了 {val:lost-by-plan-text} 条已确认的写入。SENTINEL FAILOVER 先提升一个副本，等其余副本改跟之后才通知客户端；这期间没人阻止旧主节点接受写入。"+
				"要想不丢数据，先让写入停下（在旧主节点上执行 CLIENT PAUSE … WRITE，或停掉程序）。Redis 自带的 FAILOVER 命令会这样做，但哨兵对它一无所知。"),
	}
}
