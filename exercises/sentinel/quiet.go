package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
)

// patience is how long a lesson looks on to see that nothing happens: long where time is simulated, short where it is real.
type patience struct{ long, short time.Duration }

func (p patience) of(r *kit.Run) time.Duration {
	if r.Lab.Backend().Capabilities().SimulatedTime {
		return p.long
	}
	return p.short
}

// match picks events.
type match func(lab.Event) bool

// killed picks the end of a node.
func killed(node string) match {
	return func(e lab.Event) bool { return e.Kind == lab.EventKilled && e.Node == node }
}

// said picks a sentinel's event, of any of them when sentinel is "".
func said(sentinel, event string) match {
	return func(e lab.Event) bool {
		return e.Kind == lab.EventSentinel && e.Fields["name"] == event && (sentinel == "" || e.Node == sentinel)
	}
}

// saidOfMaster is said about the watched master itself, not about replicas or sentinels.
func saidOfMaster(sentinel, event string) match {
	return func(e lab.Event) bool { return said(sentinel, event)(e) && e.Fields["role"] == "master" }
}

// quiet expects that something never happens in a while after an event of this step.
func quiet(name kit.Text, p patience, from, never match) kit.Check {
	mark := kit.Key[uint64]("quiet:" + name.En)
	return kit.Check{
		Name: name,
		// The event itself takes its time: a limit, at most.
		Within: p.long + downWithin,
		Begin: func(_ context.Context, r *kit.Run) error {
			mark.Set(r, lastSeq(r))
			return nil
		},
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			var began time.Time
			for _, e := range r.Lab.Events() {
				switch {
				case e.Seq <= mark.Or(r, 0):
				case began.IsZero():
					if from(e) { // before it, late news of an earlier step may come in
						began = e.At
					}
				case never(e):
					return e.Node + ": " + e.Text, errors.New("it happened")
				}
			}
			if began.IsZero() {
				return "", errors.New("what it comes after has not happened")
			}
			saw, want := r.Lab.Clock().Now().Sub(began), p.of(r)
			if saw < want {
				return "quiet for " + seconds(saw), fmt.Errorf("looking on for %s", seconds(want))
			}
			return "quiet for " + seconds(saw), nil
		},
	}
}

// noFailover expects no sentinel to win an election, let alone to announce a master, for a while after an event of this step.
func noFailover(p patience, from match) kit.Check {
	elected, switched := said("", "+elected-leader"), said("", "+switch-master")
	return quiet(kit.T("no sentinel is elected, no other master announced", "没有哨兵当选，也没有公布新的主节点"), p, from,
		func(e lab.Event) bool { return elected(e) || switched(e) })
}

// texts are reasons one after the other.
func texts(why []lab.Reason) string {
	var parts []string
	for _, reason := range why {
		parts = append(parts, reason.Text)
	}
	return strings.Join(parts, "; ")
}

// blockedBy expects a rule to stand against a failover at one sentinel.
func blockedBy(sentinel, rule string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("what stands against a failover at %s: %s", sentinel, rule),
			fmt.Sprintf("%s 上阻止故障转移的规则：%s", sentinel, rule)),
		Within: downWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			why := r.Lab.WhyNoFailover(lab.MyMaster)[sentinel]
			for _, reason := range why {
				if reason.Rule == rule {
					return reason.Text, nil
				}
			}
			return texts(why), errors.New("not " + rule)
		},
	}
}

// ready expects a failover to need nothing but a reason: the master answers, and all else is in place.
func ready(sentinel string) kit.Check {
	return kit.Check{
		Name:   kit.T(sentinel+" could fail over if it had to", sentinel+" 随时可以做故障转移"),
		Within: downWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			why := r.Lab.WhyNoFailover(lab.MyMaster)[sentinel]
			if len(why) != 1 || why[0].Rule != lab.RuleNotDown {
				return texts(why), errors.New("something is in the way")
			}
			return why[0].Text, nil
		},
	}
}

// contains is an error when part is not in s.
func contains(s, part string) error {
	if !strings.Contains(s, part) {
		return errors.New("no " + part + " in it")
	}
	return nil
}
