package sentinel

import (
	"context"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// mostSentinels is the last row of the table of how many sentinels may die.
const mostSentinels = 7

// oddCounts: with 3 as with 4 sentinels one may die; the even one is wasted.
func oddCounts() kit.Exercise {
	steps := []kit.Step{{Name: "none", Look: rows(1, 4, 7), Checks: table(0)}}
	for dead := 1; dead <= mostSentinels/2; dead++ {
		steps = append(steps, kit.Step{
			Name:     []string{"", "one", "two", "three"}[dead],
			Commands: []kit.Cmd{toLab(fmt.Sprintf("kill sentinel-%d", dead+1))},
			Look:     rows(2*dead-1, 2*dead, 2*dead+1),
			Checks:   table(dead),
		})
	}
	steps[2].Predict = whichStillElect()
	return lesson(kit.Exercise{
		ID: "sentinel/odd-counts", Items: []int{287},
		After:    []string{"sentinel/known-sentinels"},
		Topology: oneNameEach,
		Steps:    steps,
	})
}

// of is the name under which n sentinels watch the master.
func of(n int) string { return fmt.Sprintf("of-%d", n) }

// oneNameEach is one master under seven names: of-1 is watched by the first sentinel, of-2 by the first two, and so on.
// The quorum is 1, so that nothing but the majority counts.
func oneNameEach() lab.Topology {
	t := lab.Single()
	for i := 1; i <= mostSentinels; i++ {
		var names []lab.Watch
		for n := i; n <= mostSentinels; n++ {
			names = append(names, lab.Watch{
				Name: of(n), Master: master, Quorum: 1,
				// A sentinel's death is noticed as fast as a master's. This table is not about that.
				Settings: []lab.Directive{{Name: "down-after-milliseconds", Value: "1000"}},
			})
		}
		t = t.WithSentinels(1, names...)
	}
	return t.WithSplitPorts(dataPorts, sentinelPorts)
}

func rows(names ...int) []kit.Cmd {
	var out []kit.Cmd
	for _, n := range names {
		out = append(out, at(s1, "SENTINEL CKQUORUM "+of(n)))
	}
	return out
}

// table expects what the first sentinel answers for each name when so many of the others are dead: of-n has lost as many
// of its n sentinels, if it had them.
func table(dead int) []kit.Check {
	var out []kit.Check
	for n := dead + 1; n <= mostSentinels; n++ {
		alive, majority := n-dead, n/2+1
		if alive >= majority {
			out = append(out, enough(s1, of(n), alive).For(287))
		} else {
			out = append(out, tooFew(s1, of(n), alive, forMajority).For(287))
		}
	}
	return out
}

// canElect lists the names for which the first sentinel could lead a failover.
func canElect(ctx context.Context, r *kit.Run) []int {
	var out []int
	for n := 1; n <= mostSentinels; n++ {
		reply, err := expect.Ask(ctx, r, s1, "SENTINEL", "CKQUORUM", of(n))
		if err == nil && strings.HasPrefix(reply, "OK ") {
			out = append(out, n)
		}
	}
	return out
}

func whichStillElect() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Two sentinels that watch all names from of-3 upwards are dead. How many sentinels must a master have had to survive that?",
			"从 of-3 往上，每个名字都有两个哨兵死了。原来至少要有几个哨兵，才经得起这样的损失？"),
		Choices: []kit.Text{kit.T("3", "3 个"), kit.T("4", "4 个"), kit.T("5", "5 个"), kit.T("6", "6 个")},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			for _, n := range canElect(ctx, r) {
				if n >= 3 { // of-1 has lost none, of-2 one
					return n - 3, nil
				}
			}
			return 0, fmt.Errorf("none of %v", canElect(ctx, r))
		},
		Explain: kit.T("Five: 5 / 2 + 1 = 3 are left. Four survive one death only, just as three do, for their majority is 3. An even sentinel costs a machine, is one more that can fail, and saves nobody.",
			"5 个：多数是 5 / 2 + 1 = 3，正好剩 3 个。4 个和 3 个一样，只经得起死一个，因为 4 个的多数就是 3。凑成偶数的那个哨兵多占一台机器，多一处可能出故障的地方，却救不了谁。"),
	}
}
