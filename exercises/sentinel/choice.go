package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// choice: which replica is promoted. What is varied is one thing at a time, the weakest first.
func choice() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/choice", Items: []int{224},
		After:    []string{"sentinel/failover"},
		Needs:    []lab.Capability{lab.CanFault},
		Topology: candidates,
		Begin:    steadyOffsets,
		Steps: []kit.Step{
			{
				Name: "none",
				Do:   noneIsAllowed,
				Look: []kit.Cmd{at(s1, "SENTINEL FAILOVER mymaster"), at(s1, "SENTINEL REPLICAS mymaster")},
				Checks: []kit.Check{
					expect.Fails(s1, "NOGOODSLAVE", "SENTINEL", "FAILOVER", lab.MyMaster).For(224),
				},
			},
			{
				Name: "run-id", Predict: whoOfEquals(),
				Do:       allEqual,
				Commands: []kit.Cmd{at(s1, "SENTINEL FAILOVER mymaster")},
				Checks:   []kit.Check{promotes(bySmallestRunID).For(224), told(s1, "+switch-master")},
			},
			{
				Name: "offset", Predict: whoHasMore(),
				Do:       oneLagsBehind,
				Commands: []kit.Cmd{at(s1, "SENTINEL FAILOVER mymaster")},
				Checks:   []kit.Check{promotes(byOffset).For(224), told(s1, "+switch-master")},
			},
			{
				Name: "priority", Predict: whoIsPreferred(),
				Do:     oneLagsBehind,
				Solve:  preferTheLaggard,
				Checks: []kit.Check{promotes(byPriority).For(224), lateIsLost().For(224)},
			},
		},
	})
}

// spareReplica has priority 0: it is for backups, say, and must never be a master.
const spareReplica = first

// candidates is one sentinel and five replicas, of which one is spare. Masters send no pings of their own to replicas here: each
// would count as data.
func candidates() lab.Topology {
	t := watched(1, 5)
	for i := range t.Nodes {
		for j := range t.Nodes[i].Watches {
			t.Nodes[i].Watches[j].Settings = append(t.Nodes[i].Watches[j].Settings[1:], lab.Directive{Name: "parallel-syncs", Value: "5"})
		}
	}
	return t.With(lab.Directive{Name: "repl-ping-replica-period", Value: "3600"}, lab.Directive{Name: "repl-timeout", Value: "7200"}).
		WithNode(spareReplica, lab.Directive{Name: "replica-priority", Value: "0"})
}

// steadyOffsets keeps the sentinel from publishing into the replication stream, as every message makes it longer, and has it ask
// for INFO once a second.
func steadyOffsets(ctx context.Context, r *kit.Run) error {
	_, err := ask(ctx, r, s1, "SENTINEL", "DEBUG", "PUBLISH-PERIOD", "86400000", "INFO-PERIOD", "1000")
	return err
}

// rank is what the sentinel knows of a replica that could be promoted.
type rank struct {
	id, runID string
	priority  int
	offset    int64
}

const (
	ranked  kit.Key[[]rank] = "ranked"
	laggard kit.Key[string] = "laggard"
	chosen  kit.Key[string] = "chosen"
)

// ranking is what the sentinel sees of the replicas that were replicas from the start, but the spare one and the master.
func ranking(ctx context.Context, r *kit.Run) ([]rank, error) {
	all, err := replicasOf(ctx, r, s1)
	if err != nil {
		return nil, err
	}
	var out []rank
	for id, f := range all {
		if id == master || id == spareReplica || wasMaster(r, id) {
			continue
		}
		p, err := strconv.Atoi(f["slave-priority"])
		o, err2 := strconv.ParseInt(f["slave-repl-offset"], 10, 64)
		if err = errors.Join(err, err2); err != nil || len(f["runid"]) != 40 {
			return nil, fmt.Errorf("%s: not known yet: %w", id, err)
		}
		out = append(out, rank{id: id, runID: f["runid"], priority: p, offset: o})
	}
	slices.SortFunc(out, func(a, b rank) int { return strings.Compare(a.runID, b.runID) })
	return out, nil
}

// wasMaster tells whether a node was promoted in an earlier step.
func wasMaster(r *kit.Run, id string) bool {
	for _, e := range r.Lab.Events() {
		if e.Fields["name"] == "+promoted-slave" && idAt(r, e.Fields["addr"]) == id {
			return true
		}
	}
	return false
}

// awaitRanking waits until the sentinel is sure of all replicas and sees them as wanted, and notes what it sees.
func awaitRanking(ctx context.Context, r *kit.Run, what string, ok func([]rank) error) error {
	if err := sureOfReplicas(ctx, r, s1); err != nil {
		return err
	}
	return r.Until(ctx, failoverWithin, what, func(ctx context.Context) error {
		list, err := ranking(ctx, r)
		if err == nil {
			err = ok(list)
		}
		if err == nil {
			ranked.Set(r, list)
		}
		return err
	})
}

// setPriority sets replica-priority on all candidates.
func setPriority(ctx context.Context, r *kit.Run, value string) error {
	for _, n := range r.Lab.Nodes() {
		if n.Spec().Follows != "" && n.ID() != spareReplica {
			if _, err := expect.Ask(ctx, r, n.ID(), "CONFIG", "SET", "replica-priority", value); err != nil {
				return err
			}
		}
	}
	return awaitRanking(ctx, r, "the sentinel sees priority "+value, func(list []rank) error {
		for _, k := range list {
			if strconv.Itoa(k.priority) != value {
				return fmt.Errorf("%s has %d", k.id, k.priority)
			}
		}
		return nil
	})
}

func noneIsAllowed(ctx context.Context, r *kit.Run) error { return setPriority(ctx, r, "0") }

// allEqual makes run IDs the only difference between the candidates.
func allEqual(ctx context.Context, r *kit.Run) error {
	if err := setPriority(ctx, r, "100"); err != nil {
		return err
	}
	if err := noteBegin(ctx, r); err != nil {
		return err
	}
	return awaitRanking(ctx, r, "all candidates have the same offset", func(list []rank) error {
		for _, k := range list {
			if k.offset != list[0].offset {
				return fmt.Errorf("%s has %d, %s has %d", k.id, k.offset, list[0].id, list[0].offset)
			}
		}
		return nil
	})
}

const lateBytes = 4000 // what the laggard misses

// oneLagsBehind cuts the candidate with the smallest run ID from the master and writes, until the sentinel sees that it has less.
func oneLagsBehind(ctx context.Context, r *kit.Run) error {
	m, err := masterNow(ctx, r)
	if err != nil {
		return err
	}
	if err := errors.Join(r.Lab.Heal(), awaitRanking(ctx, r, "all are known", func([]rank) error { return nil })); err != nil {
		return err
	}
	list, err := ranked.Get(r)
	if err != nil {
		return err
	}
	if err := inSyncWith(ctx, r, m); err != nil {
		return err
	}
	if err := errors.Join(r.Lab.Cut(m.ID(), list[0].id, lab.ReplicationLink), writeLate(ctx, r, m), noteBegin(ctx, r)); err != nil {
		return err
	}
	return awaitRanking(ctx, r, "the sentinel sees who lags", func(list []rank) error {
		for _, k := range list[1:] {
			if k.offset < list[0].offset+lateBytes/2 {
				return fmt.Errorf("%s has %d, the laggard %d", k.id, k.offset, list[0].offset)
			}
			if k.offset != list[1].offset {
				return fmt.Errorf("%s has %d, %s has %d", k.id, k.offset, list[1].id, list[1].offset)
			}
		}
		return nil
	})
}

// writeLate writes what the laggard misses. The promotion has closed the connections of clients, which is seen when one is used.
func writeLate(ctx context.Context, r *kit.Run, m *lab.Node) error {
	return r.Until(ctx, expect.SyncWithin, "write", func(ctx context.Context) error { return kit.WriteBytes(ctx, m, lateBytes) })
}

// masterNow is the node that the sentinel names.
func masterNow(ctx context.Context, r *kit.Run) (*lab.Node, error) {
	named, err := addrs(ctx, r)
	if err != nil {
		return nil, err
	}
	return r.Node(named[s1])
}

// inSyncWith waits until all candidates follow the master.
func inSyncWith(ctx context.Context, r *kit.Run, m *lab.Node) error {
	list, err := ranked.Get(r)
	if err != nil {
		return err
	}
	for _, k := range list {
		follows := expect.Follows(k.id, m.ID())
		if err := r.Until(ctx, expect.SyncWithin, k.id+" follows", func(ctx context.Context) error {
			_, err := follows.Probe(ctx, r)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// preferTheLaggard gives the replica that has less the better priority, waits until the sentinel has heard of it, and moves the master.
func preferTheLaggard(ctx context.Context, r *kit.Run) error {
	id, err := laggard.Get(r)
	if err != nil {
		return err
	}
	if _, err := r.Type(ctx, at(id, "CONFIG SET replica-priority 10")); err != nil {
		return err
	}
	if err := r.Until(ctx, failoverWithin, "the sentinel sees the priority", func(ctx context.Context) error {
		all, err := replicasOf(ctx, r, s1)
		if err == nil && all[id]["slave-priority"] != "10" {
			err = errors.New("it is " + all[id]["slave-priority"])
		}
		return err
	}); err != nil {
		return err
	}
	_, err = r.Type(ctx, at(s1, "SENTINEL FAILOVER mymaster"))
	return err
}

// rule tells who should be promoted, of candidates in the order of their run IDs.
type rule struct {
	name kit.Text
	pick func(r *kit.Run, list []rank) string
	last bool // no step comes after it
}

func bySmallestRunID() rule {
	return rule{name: kit.T("the one with the smallest run id is promoted", "提升 run id 最小的副本"),
		pick: func(_ *kit.Run, list []rank) string { return list[0].id }}
}

func byOffset() rule {
	return rule{name: kit.T("of those with the most data, the one with the smaller run id is promoted", "在数据最多的副本中，提升 run id 较小的"),
		pick: func(_ *kit.Run, list []rank) string { return list[1].id }}
}

func byPriority() rule {
	return rule{last: true, name: kit.T("the one with the lowest priority number is promoted, though it has less data", "提升优先级数值最小的副本，尽管它的数据较少"),
		pick: func(r *kit.Run, _ []rank) string { return laggard.Or(r, "") }}
}

// promotes expects the sentinel's choice of this step to be what a rule says.
func promotes(which func() rule) kit.Check {
	rule := which()
	return kit.Check{
		Name:   rule.name,
		Within: failoverWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			list, err := ranked.Get(r)
			if err != nil {
				return "", err
			}
			want, got := rule.pick(r, list), ""
			for _, e := range inStep(r, s1) {
				if e.Fields["name"] == "+selected-slave" {
					got = idAt(r, e.Fields["addr"])
				}
			}
			var seen []string
			for _, k := range list {
				seen = append(seen, fmt.Sprintf("%s (run id %.6s…, offset %d)", k.id, k.runID, k.offset))
			}
			chosen.Set(r, got)
			if left := slices.DeleteFunc(slices.Clone(list), func(k rank) bool { return k.id == got }); !rule.last && len(left) > 0 {
				laggard.Set(r, left[0].id) // the lab will cut it off in the next step
			}
			if got != want {
				err = fmt.Errorf("%s is awaited", want)
			}
			return fmt.Sprintf("%q of %s", got, strings.Join(seen, ", ")), err
		},
	}
}

// lateIsLost expects what the laggard missed to be gone.
func lateIsLost() kit.Check {
	return kit.Check{
		Name:   kit.T("the new master lacks what it had not received", "新主节点缺少它没收到的数据"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, err := laggard.Get(r)
			if err != nil {
				return "", err
			}
			role, err := expect.Field(ctx, r, id, "replication", "role")
			if err != nil {
				return "", err
			}
			have, err := expect.Number(ctx, r, id, "replication", "master_repl_offset")
			list := ranked.Or(r, nil)
			seen := fmt.Sprintf("%s: role:%s, offset %d", id, role, have)
			if err == nil && (role != "master" || len(list) < 2 || have >= list[1].offset) {
				err = errors.New("it is not so")
			}
			return seen, err
		},
	}
}
