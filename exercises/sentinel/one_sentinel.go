package sentinel

import (
	"context"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// oneSentinel: the least there can be. It does its work, and nobody does it when it is gone.
func oneSentinel() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/one-sentinel", Items: []int{47},
		After:    []string{"sentinel/failover"},
		Topology: func() lab.Topology { return voting(1, 1, 1) },
		Steps: []kit.Step{
			{
				Name:     "alone",
				Predict:  whoTakesOverUnwatched(),
				Commands: []kit.Cmd{toLab("kill " + s1), toLab("kill " + master)},
				Look:     []kit.Cmd{at(first, "ROLE"), at(first, "SET k v")},
				Checks: []kit.Check{
					expect.Down(s1), expect.Down(master),
					stays(first, "slave", master, patience{4 * time.Minute, 4 * time.Second}).For(47),
					expect.Fails(first, "READONLY", "SET", "k", "v").For(47),
				},
			},
			{
				Name:     "back",
				Commands: []kit.Cmd{toLab("restart " + master), toLab("restart " + s1)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), ckquorum(s1)},
				Checks: []kit.Check{
					expect.Follows(first, master),
					field(s1, "quorum", "1"), field(s1, "num-other-sentinels", "0"),
					enough(s1, lab.MyMaster, 1).For(47),
					ready(s1),
				},
			},
			{
				Name:     "works",
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					takenOver(master).For(47),
					agreed(s1, "#quorum 1/1").For(47),
					expect.Role(first, "master").For(47),
				},
			},
		},
	})
}

// stays expects a node to keep a role for a while after the end of another.
func stays(node, role, after string, p patience) kit.Check {
	wait := quiet(kit.T(node+" stays "+role+", long after "+after+" died", after+" 死后很久，"+node+" 仍是 "+role),
		p, killed(after), said("", "+switch-master"))
	quietly := wait.Probe
	wait.Probe = func(ctx context.Context, r *kit.Run) (string, error) {
		seen, err := quietly(ctx, r)
		if err != nil {
			return seen, err
		}
		is, err := expect.Role(node, role).Probe(ctx, r)
		return is + ", " + seen, err
	}
	return wait
}

// agreed expects a sentinel to have told how many agreed: "#quorum 2/2" at the end of +odown.
func agreed(sentinel, count string) kit.Check {
	c := told(sentinel, "+odown")
	probe := c.Probe
	c.Name = kit.T(sentinel+" tells +odown with "+count, sentinel+" 发出 +odown，内容含 "+count)
	c.Probe = func(ctx context.Context, r *kit.Run) (string, error) {
		seen, err := probe(ctx, r)
		if err == nil {
			err = contains(seen, count)
		}
		return seen, err
	}
	return c
}

func whoTakesOverUnwatched() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The only sentinel dies, and then the master. Who is the master after a good while?",
			"唯一的哨兵先死了，接着主节点也死了。过了好一阵子，谁是主节点？"),
		Choices: []kit.Text{
			kit.T("replica-1: it has been told beforehand what to do", "replica-1：事先已经告诉过它该怎么办"),
			kit.T("nobody", "没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			role, err := expect.Field(ctx, r, first, "replication", "role")
			if role == "master" {
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("Replicas know nothing of sentinels and decide nothing. Without a living sentinel you are back at plain replication, and clients that ask the sentinel "+
			"for an address are worse off than before: they find nobody to ask.",
			"副本根本不知道哨兵的存在，也不做任何决定。没有活着的哨兵，就退回到了单纯的主从复制；而且靠哨兵问地址的客户端比以前更糟：连问的对象都没有了。"),
	}
}
