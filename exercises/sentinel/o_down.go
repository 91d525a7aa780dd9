package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// oDown: one sentinel's opinion, and what enough of them agree on.
func oDown() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/o-down", Items: []int{213, 221, 289},
		After:    []string{"sentinel/failover"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: classic,
		Steps: []kit.Step{
			{
				Name:     "alone",
				Predict:  whatDoesOneSentinelDo(),
				Commands: []kit.Cmd{toLab("cut " + master + " " + s1), toLab("kill " + first)},
				Look: []kit.Cmd{
					at(s1, "SENTINEL MASTER mymaster"), at(s1, "SENTINEL REPLICAS mymaster"),
					at(s1, isDown), at(s2, isDown),
				},
				Checks: []kit.Check{
					flagged(s1, "s_down").For(221),
					replicaDownOnly().For(221),
					saysDown(s1, true).For(221), saysDown(s2, false).For(221), saysDown(s3, false).For(221),
					blockedBy(s1, lab.RuleNotAgreed).For(213, 289),
					noFailover(patience{2 * time.Minute, time.Second}, saidOfMaster(s1, "+sdown")).For(221, 289),
				},
			},
			{
				Name:     "agreed",
				Commands: []kit.Cmd{toLab("cut " + master + " " + s2)},
				Checks: []kit.Check{
					told("", "+odown").For(213, 221),
					agreedBy("2/2").For(221, 289),
					takenOver(master).For(213),
					neverDownFor(s3).For(289),
					hasVoted(s3).For(289),
				},
			},
		},
	})
}

// isDown asks a sentinel whether the master is down for it. With * for a candidate it asks for no vote.
const isDown = "SENTINEL IS-MASTER-DOWN-BY-ADDR {host:" + master + "} {port:" + master + "} 0 *"

// saysDown expects a sentinel's own opinion of the master, as other sentinels ask for it.
func saysDown(sentinel string, down bool) kit.Check {
	want, en, zh := "0", "is up", "在线"
	if down {
		want, en, zh = "1", "is down", "下线"
	}
	return kit.Check{
		Name: kit.T(sentinel+" answers other sentinels that the master "+en, sentinel+" 回答其他哨兵：主节点"+zh),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(master)
			if err != nil {
				return "", err
			}
			v, err := ask(ctx, r, sentinel, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", n.Host(), fmt.Sprint(n.Port()), "0", "*")
			if err == nil && (len(v.Elems) != 3 || v.Elems[0].Plain() != want) {
				err = errors.New("the first number is not " + want)
			}
			return v.Plain(), err
		},
	}
}

// replicaDownOnly expects all sentinels to hold the dead replica for s_down, and none for o_down.
func replicaDownOnly() kit.Check {
	return kit.Check{
		Name:   kit.T("the dead replica is s_down for all sentinels, and o_down for none", "死掉的副本在所有哨兵上都是 s_down，没有一个是 o_down"),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			var seen []string
			for _, s := range r.Lab.Sentinels() {
				all, err := replicasOf(ctx, r, s.ID())
				if err != nil {
					return "", err
				}
				f := all[first]
				seen = append(seen, s.ID()+": "+f["flags"])
				if !hasFlag(f, "s_down") || hasFlag(f, "o_down") {
					return strings.Join(seen, "; "), errors.New("it is not so")
				}
			}
			return strings.Join(seen, "; "), nil
		},
	}
}

// agreedBy expects an o_down that counted so many of so many.
func agreedBy(count string) kit.Check {
	return noted(kit.T("+odown says #quorum "+count, "+odown 写明 #quorum "+count), func(r *kit.Run) (string, error) {
		for _, e := range r.Lab.Events() {
			if p := e.Fields["payload"]; e.Fields["name"] == "+odown" && strings.HasSuffix(p, "#quorum "+count) {
				return e.Node + ": +odown " + p, nil
			}
		}
		return "", errors.New("none does")
	})
}

// neverDownFor expects a sentinel never to have missed the master.
func neverDownFor(sentinel string) kit.Check {
	return noted(kit.T("for "+sentinel+" the master was never down", "在 "+sentinel+" 看来，主节点从未下线"), func(r *kit.Run) (string, error) {
		for _, e := range r.Lab.Events() {
			if e.Node == sentinel && e.Fields["name"] == "+sdown" && e.Fields["role"] == "master" {
				return "+sdown " + e.Fields["payload"], errors.New("it was")
			}
		}
		return "no +sdown master from " + sentinel, nil
	})
}

// hasVoted expects a sentinel's vote in the failover.
func hasVoted(sentinel string) kit.Check {
	return kit.Check{
		Name:   kit.T(sentinel+" has voted all the same", sentinel+" 照样投了票"),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, e := range r.Lab.Events() {
				if e.Node == sentinel && e.Fields["name"] == "+vote-for-leader" {
					return "+vote-for-leader " + e.Fields["payload"], nil
				}
			}
			return "", errors.New("it has not")
		},
	}
}

func whatDoesOneSentinelDo() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("sentinel-1 will lose its link to the master, while the other two and all clients keep theirs; the quorum is 2. A replica will be killed, too. What will sentinel-1 find?",
			"sentinel-1 将与主节点失联，另外两个哨兵和所有客户端都正常；quorum 是 2。同时还有一个副本被杀掉。sentinel-1 会得出什么结论？"),
		Choices: []kit.Text{
			kit.T("the master is o_down, the replica s_down", "主节点 o_down，副本 s_down"),
			kit.T("both are s_down, neither is o_down", "两者都是 s_down，都不是 o_down"),
			kit.T("both are o_down", "两者都是 o_down"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			f, err := fields(ctx, r, s1)
			if err != nil {
				return 0, err
			}
			replicas, err := replicasOf(ctx, r, s1)
			switch {
			case hasFlag(replicas[first], "o_down"):
				return 2, err
			case hasFlag(f, "o_down"):
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("s_down is one sentinel's own opinion; o_down needs as many as the quorum, and there is one here. All sentinels miss the replica, yet it is never o_down: "+
			"they ask each other about masters only, since only a master has to be replaced.",
			"s_down 是单个哨兵自己的看法；o_down 需要达到 quorum 个哨兵同意，这里只有一个。所有哨兵都联系不上那个副本，但它永远不会是 o_down："+
				"哨兵之间只互相询问主节点的情况，因为只有主节点才需要被取代。"),
	}
}
