package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// moved is the replica that comes back under another address.
const moved = "replica-2-moved"

// newAddress: sentinels never forget by themselves.
func newAddress() kit.Exercise {
	reset := func(sentinel string) kit.Cmd { return at(sentinel, "SENTINEL RESET mymaster") }
	return lesson(kit.Exercise{
		ID: "sentinel/new-address", Items: []int{336},
		After:    []string{"sentinel/known-sentinels"},
		Topology: func() lab.Topology { return voting(4, 2, 2) },
		Begin:    askMoreOften,
		Steps: []kit.Step{
			{
				Name: "moved",
				Do:   move,
				Look: []kit.Cmd{at(master, "INFO replication"), at(s1, "SENTINEL REPLICAS mymaster"), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					expect.Replicas(master, 2),
					field(s1, "num-slaves", "3").For(336), field(s2, "num-slaves", "3").For(336),
					lists(s1, second, "s_down").For(336), lists(s1, moved, "slave").For(336),
				},
			},
			{
				Name:     "gone",
				Predict:  canTheTwoLeftElect(),
				Commands: []kit.Cmd{toLab("kill " + s3), toLab("kill " + s4)},
				Look:     []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL SENTINELS mymaster")},
				Checks: []kit.Check{
					expect.Down(s3), expect.Down(s4),
					tooFew(s1, lab.MyMaster, 2, forMajority).For(336),
					field(s1, "num-other-sentinels", "3").For(336), field(s2, "num-other-sentinels", "3").For(336),
				},
			},
			{
				Name:     "reset",
				Predict:  whoForgets(),
				Commands: []kit.Cmd{reset(s1), toLab("wait 2500ms"), reset(s2)},
				Look:     []kit.Cmd{ckquorum(s1), at(s1, "SENTINEL MASTER mymaster"), at(s2, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					field(s1, "num-slaves", "2").For(336), field(s2, "num-slaves", "2").For(336),
					lists(s1, moved, "slave").For(336), lists(s2, first, "slave"),
					field(s1, "num-other-sentinels", "1").For(336), field(s2, "num-other-sentinels", "1").For(336),
					enough(s1, lab.MyMaster, 2).For(336),
				},
			},
		},
	})
}

// move ends a replica and starts another in its place, under another address.
func move(ctx context.Context, r *kit.Run) error {
	n, err := r.Node(second)
	if err != nil {
		return err
	}
	if err := n.Kill(); err != nil {
		return err
	}
	_, err = r.Lab.AddNode(ctx, lab.NodeSpec{ID: moved, Follows: master})
	return err
}

// lists expects SENTINEL REPLICAS to list a node with a flag.
func lists(sentinel, node, flag string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("SENTINEL REPLICAS on %s lists %s as %s", sentinel, node, flag),
			fmt.Sprintf("%s 的 SENTINEL REPLICAS 列出了 %s，标记含 %s", sentinel, node, flag)),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			all, err := listed(ctx, r, sentinel)
			if err == nil && !strings.Contains(all[node], flag) {
				err = errors.New("not so")
			}
			return byNode(all), err
		},
	}
}

// listed is the flags of the replicas that a sentinel lists.
func listed(ctx context.Context, r *kit.Run, sentinel string) (map[string]string, error) {
	n, err := r.Node(sentinel)
	if err != nil {
		return nil, err
	}
	list, err := n.Do(ctx, "SENTINEL", "REPLICAS", lab.MyMaster).Slice()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, entry := range list {
		f := pairs(entry)
		out[idAt(r, f["ip"]+":"+f["port"])] = f["flags"]
	}
	return out, nil
}

func canTheTwoLeftElect() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Two of the four sentinels are scrapped for good. The quorum is 2, and two sentinels are left. Could they fail over?",
			"四个哨兵中有两个永久报废。quorum 是 2，还剩两个哨兵。它们做得了故障转移吗？"),
		Choices: yesNo("yes: two of two", "做得了：两个里的两个", "no", "做不了"),
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			reply, err := expect.Ask(ctx, r, s1, "SENTINEL", "CKQUORUM", lab.MyMaster)
			switch {
			case strings.HasPrefix(reply, "OK "):
				return 0, nil
			case err != nil && strings.Contains(err.Error(), "NOQUORUM"):
				return 1, nil
			}
			return 0, err
		},
		Explain: kit.T("The scrapped ones are still known, also after restarts: they stand in each sentinel's file. So the majority is that of four: three. Before you scrap a sentinel, think of making the others forget it.",
			"报废的仍是已知的哨兵，重启也一样：它们写在每个哨兵的配置文件里。所以多数仍按四个算，要三票。报废一个哨兵时，别忘了让其余的忘掉它。"),
	}
}

func whoForgets() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("SENTINEL RESET mymaster on sentinel-1, and then on sentinel-2: is the second one needed?",
			"先在 sentinel-1 上执行 SENTINEL RESET mymaster，再在 sentinel-2 上执行：第二次有必要吗？"),
		Choices: []kit.Text{
			kit.T("no: sentinel-1 tells the other", "没有：sentinel-1 会告诉另一个"),
			kit.T("yes: each forgets for itself", "有：各忘各的"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			// Each tells of its own reset. Had the first one's been passed on, the second would have told one before its own.
			n := 0
			for _, e := range r.Lab.Events() {
				if said(s2, "+reset-master")(e) {
					n++
				}
			}
			switch n {
			case 0:
				return 0, errors.New(s2 + " has not told of a reset")
			case 1:
				return 1, nil
			}
			return 0, nil
		},
		Explain: kit.T("RESET is a command to one sentinel. It forgets the replicas and the other sentinels and finds those that live again, within seconds: replicas by the master's INFO, sentinels by their hellos. "+
			"While it does it could not elect. So reset one, wait until CKQUORUM is content there, then the next; and never while the master is down, for a dead master lists no replicas.",
			"RESET 只对一个哨兵起作用。它会忘掉副本和其他哨兵，几秒内再找回活着的：副本靠主节点的 INFO，哨兵靠互相的 hello 消息。"+
				"找回之前它没法参加选举。所以要一个一个来，等 CKQUORUM 满意了再做下一个；主节点宕机时千万别做，死掉的主节点列不出副本。"),
	}
}
