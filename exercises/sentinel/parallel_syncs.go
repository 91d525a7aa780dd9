package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
)

// parallelSyncs: how many replicas are sent to the new master at once.
func parallelSyncs() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/parallel-syncs", Items: []int{291},
		After:    []string{"sentinel/failover"},
		Topology: func() lab.Topology { return watched(1, 4) },
		Steps: []kit.Step{
			{
				Name:     "one",
				Predict:  howManyAtOnce(),
				Do:       noteBegin,
				Commands: []kit.Cmd{at(s1, "SENTINEL FAILOVER mymaster")},
				Checks: []kit.Check{
					told(s1, "+switch-master").For(291),
					atOnce(1, 1).For(291),
				},
			},
			{
				Name: "four",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(sureOfReplicas(ctx, r, s1), noteBegin(ctx, r))
				},
				Commands: []kit.Cmd{at(s1, "SENTINEL SET mymaster parallel-syncs 4"), at(s1, "SENTINEL FAILOVER mymaster")},
				Checks: []kit.Check{
					field(s1, "parallel-syncs", "4").For(291),
					told(s1, "+switch-master").For(291),
					atOnce(2, 4).For(291),
				},
			},
		},
	})
}

// resyncs is how the other replicas were sent to the new master in this step.
type resyncs struct {
	all, most int           // replicas, and how many at the same time
	took      time.Duration // from the first order to the last that follows
}

// resyncsOf reads it from the events of sentinel-1: from +slave-reconf-sent to -done a replica is on its way.
func resyncsOf(r *kit.Run) resyncs {
	var out resyncs
	var first time.Time
	under := map[string]bool{}
	for _, e := range inStep(r, s1) {
		switch e.Fields["name"] {
		case "+slave-reconf-sent":
			if first.IsZero() {
				first = e.At
			}
			under[e.Fields["instance"]] = true
			out.all++
			out.most = max(out.most, len(under))
		case "+slave-reconf-done", "-slave-reconf-sent-timeout":
			delete(under, e.Fields["instance"])
			out.took = e.At.Sub(first)
		}
	}
	return out
}

// atOnce expects three replicas to have been sent to the new master, from least to most of them at the same time.
func atOnce(least, most int) kit.Check {
	name := kit.T(fmt.Sprintf("at most %d of the replicas resynced at once", most), fmt.Sprintf("同时重新同步的副本不超过 %d 个", most))
	if least > 1 {
		name = kit.T("several replicas resynced at once", "多个副本同时重新同步")
	}
	return noted(name, func(r *kit.Run) (string, error) {
		got := resyncsOf(r)
		onceText.Set(r, fmt.Sprint(got.most))
		r.Measure(kit.T("replicas on their way at once", "同时在途的副本数"), got.most)
		r.Measure(kit.T("from the first order to the last that follows", "从第一道命令到最后一个跟上"), got.took)
		seen := fmt.Sprintf("%d replicas, %d at once, in %s", got.all, got.most, seconds(got.took))
		if got.all < 3 || got.most < least || got.most > most {
			return seen, errors.New("it is not so")
		}
		return seen, nil
	})
}

const onceText kit.Key[string] = "at-once"

func howManyAtOnce() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Of four replicas one will be promoted, the other three have to follow it. parallel-syncs is 1, as in the documents. How does the sentinel do that?",
			"四个副本中一个被提升，另外三个要改跟它。parallel-syncs 是 1，与文档中一致。哨兵会怎么做？"),
		Choices: []kit.Text{
			kit.T("it tells all three at once; they share one connection", "同时通知三个，它们共用一个连接"),
			kit.T("one after the other; the next is told when the one before is in sync", "一个接一个：前一个同步好了才通知下一个"),
			kit.T("it tells one; the others stay with the old master", "只通知一个，其余仍跟随旧主节点"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			switch got := resyncsOf(r); {
			case got.all <= 1:
				return 2, nil
			case got.most > 1:
				return 0, nil
			}
			return 1, nil
		},
		Explain: kit.T("At most {val:at-once} at a time. A replica that resyncs cannot be read for a while: it loads the new master's data. With 1 the others go on answering, with data of the old master, and the failover takes longer. "+
			"If nobody reads from replicas, a higher number is better.",
			"同一时刻最多 {val:at-once} 个。正在重新同步的副本要加载新主节点的数据，一时不能读。设为 1 时，其余副本继续用旧主节点的数据应答，但整个故障转移耗时更长。如果没人从副本读，就可以设大些。"),
	}
}
