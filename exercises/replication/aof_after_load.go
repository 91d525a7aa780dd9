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

const rewriteLine = "Background append only file rewriting started"

// aofAfterLoad: who rewrites an AOF after a full copy.
func aofAfterLoad() kit.Exercise {
	return kit.Exercise{
		ID: "operations/aof-after-load", Chapter: operations, Items: []int{270},
		After: []string{"operations/sync-cost"}, Needs: []lab.Capability{lab.CanRealRedis},
		Topology: func() lab.Topology {
			return isolated(master, newcomer).With(lab.Directive{Name: "appendonly", Value: "yes"})
		},
		Steps: []kit.Step{
			{
				Name:     "who",
				Predict:  whoRewrites(),
				Do:       func(ctx context.Context, r *kit.Run) error { return fill(ctx, r, master, "page", 100, "text") },
				Commands: []kit.Cmd{follow(newcomer, master)},
				Checks: []kit.Check{
					expect.Follows(newcomer, master),
					expect.Logged(newcomer, rewriteLine).For(270),
					notLogged(master, rewriteLine).For(270),
				},
			},
		},
	}
}

func notLogged(node, part string) kit.Check {
	return kit.Check{
		Name: kit.T(fmt.Sprintf("the log of %s has no %q", node, part), fmt.Sprintf("%s 的日志里没有 %q", node, part)),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			if strings.Contains(strings.Join(n.Logs(), "\n"), part) {
				return "it is there", errors.New("it should not be")
			}
			return fmt.Sprintf("%d lines without it", len(n.Logs())), nil
		},
	}
}

func whoRewrites() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Both nodes have an AOF. After a full copy, one of them rewrites its AOF. Which one?", "两个节点都开了 AOF。全量同步之后，其中一个要重写自己的 AOF。是哪一个？"),
		Choices:  []kit.Text{kit.T("the master", "主节点"), kit.T("the replica", "副本"), kit.T("both", "两个都是")},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			_, onMaster := notLogged(master, rewriteLine).Probe(ctx, r)
			_, onReplica := notLogged(newcomer, rewriteLine).Probe(ctx, r)
			switch {
			case onMaster != nil && onReplica != nil:
				return 2, nil
			case onMaster != nil:
				return 0, nil
			}
			return 1, nil
		},
		Explain: kit.T("The replica has dropped its old data and loaded others, so its old log is worth nothing: it writes a new one. "+
			"On the master nothing has changed. For its own AOF a master is never asked by a replica.",
			"副本清空了旧数据并载入了新数据，旧日志已毫无价值，于是要写一份新的。主节点上什么都没变，副本从不影响主节点自己的 AOF。"),
	}
}
