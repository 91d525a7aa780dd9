package replication

import (
	"context"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const third = "replica-3"

// reads: replicas take reads off the master, if the client asks them.
func reads() kit.Exercise {
	return kit.Exercise{
		ID: "replication/reads", Chapter: chapter, Items: []int{14, 15, 171},
		After:    []string{"replication/first-write"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name:    "myth",
				Predict: doesTheMasterDelegate(),
				Do: func(ctx context.Context, r *kit.Run) error {
					if _, err := expect.Ask(ctx, r, master, "SET", "page", "home"); err != nil {
						return err
					}
					if err := caughtUp(ctx, r, master, first, second); err != nil {
						return err
					}
					return readFrom(ctx, r, 120, master)
				},
				Checks: []kit.Check{readsServedBy(120, 0, 0).For(171)},
			},
			{
				Name:     "ask",
				Commands: []kit.Cmd{at(first, "GET page"), at(second, "GET page")},
				Checks: []kit.Check{
					expect.Called(first, "get", 1).For(14),
					expect.Called(second, "get", 1).For(14),
				},
			},
			{
				Name:   "spread",
				Do:     func(ctx context.Context, r *kit.Run) error { return readFrom(ctx, r, 120, master, first, second) },
				Checks: []kit.Check{readsServedBy(40, 40, 40).For(14)},
			},
			{
				Name: "third",
				Do: func(ctx context.Context, r *kit.Run) error {
					_, err := r.Lab.AddNode(ctx, lab.NodeSpec{ID: third})
					return err
				},
				Commands: []kit.Cmd{at(third, "REPLICAOF {host:master} {port:master}")},
				Checks: []kit.Check{
					expect.Replicas(master, 3).For(15),
					expect.Get(third, "page", "home").For(14, 15),
				},
			},
		},
	}
}

func readsOf(node string) kit.Key[int64] { return kit.Key[int64]("reads:" + node) }

// readFrom sends n GETs to the nodes in turn and notes how many each one served.
func readFrom(ctx context.Context, r *kit.Run, n int, nodes ...string) error {
	before := map[string]int64{}
	for _, id := range []string{master, first, second} {
		c, err := expect.Calls(ctx, r, id, "get")
		if err != nil {
			return err
		}
		before[id] = c
	}
	for i := range n {
		if _, err := expect.Ask(ctx, r, nodes[i%len(nodes)], "GET", "page"); err != nil {
			return err
		}
	}
	for id, was := range before {
		c, err := expect.Calls(ctx, r, id, "get")
		if err != nil {
			return err
		}
		readsOf(id).Set(r, c-was)
		r.Measure(kit.T("GETs served by "+id, id+" 执行的 GET 数"), c-was)
	}
	return nil
}

func readsServedBy(m, a, b int64) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("of 120 reads the master served %d, replica-1 %d, replica-2 %d", m, a, b),
			fmt.Sprintf("120 次读取中，master 执行 %d 次，replica-1 %d 次，replica-2 %d 次", m, a, b)),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			got := [3]int64{readsOf(master).Or(r, -1), readsOf(first).Or(r, -1), readsOf(second).Or(r, -1)}
			seen := fmt.Sprintf("%d, %d, %d", got[0], got[1], got[2])
			if got != [3]int64{m, a, b} {
				return seen, fmt.Errorf("not %d, %d, %d", m, a, b)
			}
			return seen, nil
		},
	}
}

func doesTheMasterDelegate() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You may read that the client talks to the master and the master hands reads to its replicas. "+
			"A client sends 120 GETs to the master. How many do the replicas serve?",
			"有资料说：客户端只连主节点，由主节点把读命令分配给副本。客户端向主节点发 120 次 GET，副本会执行多少次？"),
		Choices: []kit.Text{kit.T("none", "0 次"), kit.T("about 80", "约 80 次"), kit.T("all 120", "全部 120 次")},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n := readsOf(first).Or(r, 0) + readsOf(second).Or(r, 0)
			switch {
			case n == 0:
				return 0, nil
			case n < 120:
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("The master served {val:reads:master}, the replicas {val:reads:replica-1} and {val:reads:replica-2}. "+
			"No Redis server ever passes a command on. Who wants replicas to serve reads connects to them: "+
			"by hand, or with a client library that knows their addresses.",
			"主节点执行了 {val:reads:master} 次，副本执行了 {val:reads:replica-1} 次和 {val:reads:replica-2} 次。"+
				"Redis 服务器从不转发命令。想让副本分担读取，就要自己连到副本上：手工连接，或者用知道副本地址的客户端库。"),
	}
}
