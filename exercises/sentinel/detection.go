package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// Three masters, named after how many sentinels watch them.
const (
	byOne        = "by-one"
	byOneReplica = "by-one-replica"
	byThree      = "by-three"
	byFive       = "by-five"
)

// detection: more sentinels make the finding surer, not faster.
func detection() kit.Exercise {
	calm := patience{2 * time.Minute, 2500 * time.Millisecond}
	return lesson(kit.Exercise{
		ID: "sentinel/detection", Items: []int{282},
		After:    []string{"sentinel/majority"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: watchedByMoreAndMore,
		Steps: []kit.Step{
			{
				Name:    "false-alarm",
				Predict: whoIsReplaced(),
				Do:      noteBegin,
				Commands: []kit.Cmd{
					toLab("cut " + s1 + " " + byOne + " sentinel"),
					toLab("cut " + s1 + " " + byThree + " sentinel"),
					toLab("cut " + s1 + " " + byFive + " sentinel"),
				},
				Look: []kit.Cmd{at(s1, "SENTINEL MASTERS"), at(s2, "SENTINEL MASTERS")},
				Checks: []kit.Check{
					flaggedAs(s1, byThree, "s_down", "o_down").For(282),
					flaggedAs(s1, byFive, "s_down", "o_down").For(282),
					namedAs(s1, byOne, byOneReplica).For(282),
					expect.Role(byOne, "master").For(282), expect.Role(byOneReplica, "master").For(282),
					quiet(kit.T("the others do not agree: neither by-three nor by-five is o_down", "其他哨兵不同意：by-three 和 by-five 都没有成为 o_down"),
						calm, downFor(byThree, "+sdown"), func(e lab.Event) bool { return downFor(byThree, "+odown")(e) || downFor(byFive, "+odown")(e) }).For(282),
					flaggedAs(s2, byThree, "master", "s_down").For(282),
				},
			},
			{
				Name:     "speed",
				Predict:  isFiveFaster(),
				Do:       healAndForget,
				Commands: []kit.Cmd{toLab("kill " + byThree), toLab("kill " + byFive)},
				Checks: []kit.Check{
					foundDown(byThree).For(282), foundDown(byFive).For(282),
					aboutAsFast().For(282),
				},
			},
		},
	})
}

// watchedByMoreAndMore is three masters and five sentinels: the first watches all three, the next two leave by-one out, the last
// two watch by-five only. Nothing can be promoted but the replica of by-one.
func watchedByMoreAndMore() lab.Topology {
	t := lab.Topology{Name: "one, three, five", Nodes: []lab.NodeSpec{
		{ID: byOne}, {ID: byOneReplica, Follows: byOne}, {ID: byThree}, {ID: byFive},
	}}
	watch := func(name string, quorum int, more ...lab.Directive) lab.Watch {
		return lab.Watch{Name: name, Master: name, Quorum: quorum, Settings: settings(more...)}
	}
	one, three, five := watch(byOne, 1, lab.Directive{Name: "failover-timeout", Value: soonAgain}), watch(byThree, 2), watch(byFive, 3)
	return t.WithSentinels(1, one, three, five).WithSentinels(2, three, five).WithSentinels(2, five).
		WithSplitPorts(dataPorts, sentinelPorts)
}

// downFor picks +sdown or +odown of the master of that name.
func downFor(name, event string) match { return both(about(name), saidOfMaster("", event)) }

// healAndForget ends the faults and waits until the first sentinel holds neither master for down.
func healAndForget(ctx context.Context, r *kit.Run) error {
	if err := r.Lab.Heal(); err != nil {
		return err
	}
	for _, name := range []string{byThree, byFive} {
		err := r.Until(ctx, downWithin, name+" is well again", func(ctx context.Context) error {
			f, err := fieldsOf(ctx, r, s1, name)
			if err == nil && f["flags"] != "master" {
				err = errors.New(f["flags"])
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return noteBegin(ctx, r)
}

// untilFound is the time from a master's end to its first +odown.
func untilFound(r *kit.Run, name string) (time.Duration, error) {
	from := stepBegan.Or(r, 0)
	dead, ok := firstSince(r, from, killed(name))
	if !ok {
		return 0, errors.New(name + " lives")
	}
	down, ok := firstSince(r, from, downFor(name, "+odown"))
	if !ok {
		return 0, errors.New("not o_down yet")
	}
	return down.At.Sub(dead.At), nil
}

// foundDown expects +odown when the limit has passed, give or take a ping at the start and some seconds for a busy machine.
func foundDown(name string) kit.Check {
	return kit.Check{
		Name:   kit.T(name+" is o_down when down-after-milliseconds has passed", "过了 down-after-milliseconds，"+name+" 成为 o_down"),
		Within: downWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			took, err := untilFound(r, name)
			if err != nil {
				return "", err
			}
			r.Measure(kit.T("until "+name+" is o_down", name+" 成为 o_down 用时"), took)
			limit := downAfter.Or(r, 0)
			if took < limit-pingPeriod-100*time.Millisecond || took > limit+8*time.Second {
				err = fmt.Errorf("not near %s", limit)
			}
			return seconds(took), err
		},
	}
}

// difference is how much later by-five was found than by-three.
func difference(r *kit.Run) (time.Duration, error) {
	three, err := untilFound(r, byThree)
	if err != nil {
		return 0, err
	}
	five, err := untilFound(r, byFive)
	kit.Key[string]("found-three").Set(r, seconds(three))
	kit.Key[string]("found-five").Set(r, seconds(five))
	return five - three, err
}

func aboutAsFast() kit.Check {
	return noted(kit.T("five sentinels take as long as three", "五个哨兵和三个哨兵用时相当"), func(r *kit.Run) (string, error) {
		d, err := difference(r)
		if err == nil && d.Abs() > downAfter.Or(r, 0)/2 {
			err = errors.New("that is a difference")
		}
		return fmt.Sprintf("%.1f s between them", d.Abs().Seconds()), err
	})
}

func whoIsReplaced() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("All masters are well. Only sentinel-1 loses its links to them: to by-one, which it watches alone, to by-three, which three sentinels watch, and to by-five. Which of them does it hold for down objectively, so that they are to be replaced?",
			"所有主节点都好好的，只有 sentinel-1 断了与它们的连接：by-one 只由它监控，by-three 由三个哨兵监控，by-five 由五个。其中哪些会被判定为客观下线，进而要被替换？"),
		Choices: []kit.Text{
			kit.T("all three", "三个都会"),
			kit.T("by-one", "by-one"),
			kit.T("none", "都不会"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			var found []string
			for _, name := range []string{byOne, byThree, byFive} {
				if _, ok := firstSince(r, stepBegan.Or(r, 0), downFor(name, "+odown")); ok {
					found = append(found, name)
				}
			}
			switch {
			case len(found) == 0:
				return 2, nil
			case slices.Equal(found, []string{byOne}):
				return 1, nil
			case len(found) == 3:
				return 0, nil
			}
			return 0, errors.New("found down: " + strings.Join(found, ", "))
		},
		Explain: kit.T("sentinel-1 made a second master beside a healthy by-one: with quorum 1 its bad cable is proof enough. For the two others it asked around, and nobody agreed. This is what more sentinels are for.",
			"sentinel-1 在健康的 by-one 旁边又立了一个主节点：quorum 为 1，它自己网线坏了就算证据确凿。另外两个，它问了一圈，没有人同意。多几个哨兵，为的就是这个。"),
	}
}

func isFiveFaster() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Now by-three and by-five die for real, at the same moment. Which is found down (o_down) first?",
			"现在 by-three 和 by-five 真的死了，而且是同时。哪个先被判定为 o_down？"),
		Choices: []kit.Text{
			kit.T("by-five, clearly: more eyes see faster", "by-five，而且明显更早：人多看得快"),
			kit.T("about the same time", "差不多同时"),
			kit.T("by-three, clearly: fewer have to agree", "by-three，而且明显更早：要同意的人少"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			d, err := difference(r)
			limit := downAfter.Or(r, 0) / 2
			switch {
			case d < -limit:
				return 0, err
			case d > limit:
				return 2, err
			}
			return 1, err
		},
		Explain: kit.T("by-three was o_down after {val:found-three}, by-five after {val:found-five}. Each sentinel waits for its own {val:down-after} of silence, and the answers of the others come in a moment. "+
			"The only thing that makes it faster is a shorter down-after-milliseconds, at the price of more false alarms, for which in turn you want more sentinels.",
			"by-three 用了 {val:found-three}，by-five 用了 {val:found-five}。每个哨兵都要自己等满 {val:down-after} 的沉默，而互相询问只是一瞬间的事。"+
				"要想更快，只能缩短 down-after-milliseconds，代价是误报变多；而要压住误报，又得多几个哨兵。"),
	}
}
