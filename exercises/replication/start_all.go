package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// startAll: one master and two replicas, in one go and in the background.
func startAll() kit.Exercise {
	return kit.Exercise{
		ID: "replication/start-all", Chapter: chapter, Items: []int{2, 5, 8, 9},
		After:    []string{"single/first-node"},
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name:    "three",
				Predict: howManyMasters(),
				Look:    []kit.Cmd{at(master, "ROLE"), at(first, "ROLE"), at(second, "ROLE")},
				Checks: []kit.Check{
					listening(3).For(2, 9),
					ownPlaces().For(2),
					inBackground().For(5),
					expect.Role(master, "master"), expect.Follows(first, master), expect.Follows(second, master),
				},
			},
			{
				Name:     "missing",
				Commands: []kit.Cmd{toLab("kill " + second)},
				Checks:   []kit.Check{listening(2).For(9), notReady().For(8)},
			},
			{
				Name:     "again",
				Commands: []kit.Cmd{toLab("restart " + second)},
				Checks: []kit.Check{
					listening(3).For(9),
					allPong().For(8),
					expect.Replicas(master, 2),
				},
			},
		},
	}
}

// listening counts the nodes that accept connections, with process and address.
func listening(want int) kit.Check {
	return kit.Check{
		Name: kit.T(fmt.Sprintf("%d nodes are listening", want), fmt.Sprintf("有 %d 个节点在监听", want)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			seen := map[string]bool{}
			var rows []string
			for _, n := range r.Lab.Nodes() {
				if _, err := r.Ask(ctx, n.ID(), "PING"); err != nil {
					continue
				}
				role, err := n.Role(ctx)
				if err != nil {
					return "", err
				}
				seen[n.Addr()] = true
				rows = append(rows, fmt.Sprintf("%s pid %d %s", n.Addr(), n.PID(), role))
			}
			all := strings.Join(rows, ", ")
			if len(seen) != want {
				return all, fmt.Errorf("%d instead of %d", len(seen), want)
			}
			return all, nil
		},
	}
}

// ownPlaces expects every node to have a directory of its own.
func ownPlaces() kit.Check {
	return kit.Check{
		Name: kit.T("each node has its own directory", "每个节点都有自己的目录"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			owner := map[string]string{}
			for _, n := range r.Lab.Nodes() {
				dir, err := expect.ConfigValue(ctx, r, n.ID(), "dir")
				if err != nil {
					return "", err
				}
				if o := owner[dir]; o != "" {
					return dir, fmt.Errorf("shared by %s and %s", o, n.ID())
				}
				owner[dir] = n.ID()
			}
			return fmt.Sprintf("%d directories", len(owner)), nil
		},
	}
}

// inBackground holds when whoever started the nodes is free again while they
// serve: this very check runs after the start call has returned.
func inBackground() kit.Check {
	return kit.Check{
		Name: kit.T("the start has returned and every node still serves", "启动命令已经返回，节点仍在服务"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			var up []string
			for _, n := range r.Lab.Nodes() {
				s, err := expect.Field(ctx, r, n.ID(), "server", "uptime_in_seconds")
				if err != nil {
					return "", err
				}
				up = append(up, n.ID()+" up "+s+" s")
			}
			return strings.Join(up, ", "), nil
		},
	}
}

// notReady expects the lab's own readiness to name what is missing.
func notReady() kit.Check {
	return kit.Check{
		Name: kit.T("the lab says that it is not ready, and why", "实验环境报告尚未就绪，并说明原因"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, p := range r.Lab.Ready() {
				if !p.OK {
					return p.Name + ": " + p.Detail, nil
				}
			}
			return "all conditions hold", errors.New("nothing is missing")
		},
	}
}

func allPong() kit.Check {
	return kit.Check{
		Name:   kit.T("every node answers PONG and the lab is ready", "所有节点都回答 PONG，实验环境就绪"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			for _, n := range r.Lab.Nodes() {
				if v, err := expect.Ask(ctx, r, n.ID(), "PING"); err != nil || v != "PONG" {
					return n.ID() + ": " + v, errors.Join(errors.New("no PONG"), err)
				}
			}
			var names []string
			for _, p := range r.Lab.Ready() {
				if !p.OK {
					return p.Name, errors.New(p.Detail)
				}
				names = append(names, p.Name)
			}
			return strings.Join(names, ", "), nil
		},
	}
}

func howManyMasters() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Three nodes are up, two of them told to replicate from the first. How many call themselves master?",
			"三个节点已启动，其中两个被告知从第一个复制。有几个自称 master？"),
		Choices: []kit.Text{kit.T("none", "没有"), kit.T("one", "一个"), kit.T("three", "三个")},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			masters := 0
			for _, n := range r.Lab.Nodes() {
				role, err := n.Role(ctx)
				if err != nil {
					return 0, err
				}
				if role == lab.Master {
					masters++
				}
			}
			return min(masters, 2), nil
		},
		Explain: kit.T("The replicas know their master from their configuration; the master had no list of replicas and learned of them "+
			"when they connected.",
			"副本从自己的配置里知道主节点是谁；主节点没有副本名单，是在副本连上来时才知道它们的。"),
	}
}
