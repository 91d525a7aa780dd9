package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// divergence: sentinels look at nodes, never at data.
func divergence() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/divergence", Items: []int{280},
		After: []string{"sentinel/failover", "replication/read-only"},
		Topology: func() lab.Topology {
			return classic().With(lab.Directive{Name: expect.DebugOn, Value: "yes"})
		},
		Begin: askMoreOften,
		Steps: []kit.Step{
			{
				Name: "diverge",
				Commands: []kit.Cmd{
					at(master, "SET color blue"),
					at(first, "CONFIG SET replica-read-only no"), at(first, "SET rogue yes"),
				},
				Look: []kit.Cmd{at(master, "DEBUG DIGEST"), at(first, "DEBUG DIGEST")},
				Checks: []kit.Check{
					expect.Get(first, "rogue", "yes").For(280), expect.NoKey(master, "rogue"),
					expect.Get(second, "color", "blue").In(expect.SyncWithin),
					differ(master, first).For(280),
				},
			},
			{
				Name:    "wait",
				Predict: whatDoTheyDoAboutIt(),
				Do:      lookOn,
				Look:    []kit.Cmd{at(s1, "SENTINEL REPLICAS mymaster"), at(first, "ROLE")},
				Checks: []kit.Check{
					differ(master, first).For(280),
					expect.Follows(first, master).For(280), expect.Role(master, "master").For(280),
					nothingDone().For(280),
				},
			},
			{
				Name: "repair",
				Commands: []kit.Cmd{
					at(first, "REPLICAOF NO ONE"), at(first, "REPLICAOF {host:master} {port:master}"),
					at(first, "CONFIG SET replica-read-only yes"),
				},
				Checks: []kit.Check{
					expect.NoKey(first, "rogue").In(expect.SyncWithin).For(280),
					expect.Follows(first, master),
					expect.SameData(master, first).In(expect.SyncWithin).For(280),
					expect.Config(first, "replica-read-only", "yes"),
				},
			},
		},
	})
}

const (
	lookedOn   kit.Key[string] = "looked-on"
	fullBefore kit.Key[int64]  = "full-before"
)

// lookOn gives the sentinels many periods of everything that they do: PING 1 s, hello 2 s, INFO 1 s here.
func lookOn(ctx context.Context, r *kit.Run) error {
	if err := noteBegin(ctx, r); err != nil {
		return err
	}
	full, err := expect.Number(ctx, r, master, "stats", "sync_full")
	if err != nil {
		return err
	}
	fullBefore.Set(r, full)
	d, err := r.Patience(ctx, 10*time.Minute, 6*time.Second)
	lookedOn.Set(r, d.String())
	r.Measure(kit.T("looked on for", "观察的时间"), d)
	return err
}

// differ expects two nodes to hold different data, by DEBUG DIGEST.
func differ(a, b string) kit.Check {
	c := expect.SameData(a, b)
	same := c.Probe
	return kit.Check{
		Name: kit.T(fmt.Sprintf("%s and %s hold different data", a, b), fmt.Sprintf("%s 与 %s 的数据不同", a, b)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			seen, err := same(ctx, r)
			switch {
			case err == nil:
				return seen, errors.New("they are the same")
			case seen != "": // both answered
				return seen, nil
			}
			return "", err
		},
	}
}

// interventions are what sentinels tell when they change something.
func interventions() []string {
	return []string{"+try-failover", "+switch-master", "+convert-to-slave", "+fix-slave-config", "+slave-reconf-sent", "+demote-old-slaves"}
}

// reaction is what the sentinels have done since the step began, and how many full copies the master has served since.
func reaction(ctx context.Context, r *kit.Run) (did string, copies int64, err error) {
	for _, event := range interventions() {
		if e, ok := firstSince(r, stepBegan.Or(r, 0), said("", event)); ok {
			did = e.Node + ": " + e.Text
		}
	}
	full, err := expect.Number(ctx, r, master, "stats", "sync_full")
	return did, full - fullBefore.Or(r, 0), err
}

func nothingDone() kit.Check {
	return kit.Check{
		Name: kit.T("no sentinel did anything, and nothing was copied again", "没有哨兵做过任何事，也没有重新复制"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			did, copies, err := reaction(ctx, r)
			if err == nil && (did != "" || copies != 0) {
				err = errors.New("something was done")
			}
			return fmt.Sprintf("%q, %d full copies, in %s", did, copies, lookedOn.Or(r, "")), err
		},
	}
}

func whatDoTheyDoAboutIt() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("replica-1 holds a key that the master does not have. Three sentinels watch both. What do they do about it in a good while?",
			"replica-1 上有个主节点没有的键，三个哨兵监控着这两个节点。过一阵子，它们会做什么？"),
		Choices: []kit.Text{
			kit.T("they have the replica copied again", "让这个副本重新同步"),
			kit.T("they tell it in an event, and leave the rest to you", "发出事件通知，其余的交给人"),
			kit.T("nothing: they do not know", "什么也不做：它们不知道"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			did, copies, err := reaction(ctx, r)
			switch {
			case err != nil:
				return 0, err
			case copies > 0:
				return 0, nil
			case did != "":
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("After {val:looked-on}: no event, no copy, all flags as before. A sentinel sends PING and INFO and learns: alive or not, which role, whose replica, which offset. "+
			"It has never seen a key. It would even promote this replica. Offsets count bytes of the stream, so a key written beside the stream does not show there either.",
			"过了 {val:looked-on}：没有事件，没有同步，所有标记照旧。哨兵只问 PING 和 INFO：活着没有、什么角色、跟随谁、偏移量多少。"+
				"它从没见过任何一个键，甚至可能提升这个副本。偏移量数的是复制流的字节，绕开复制流写入的键，在那里也看不出来。"),
	}
}
