package sentinel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// pingTolerance is how many ping periods ago a replica must have answered to be promoted.
const pingTolerance = 5

// bestReplica chooses the replica to promote, nil if none is good enough.
func (m *Machine) bestReplica(g *group) *instance {
	var best *instance
	for _, r := range g.replicas {
		if m.whyNotReplica(r) == "" && (best == nil || better(r, best) < 0) {
			best = r
		}
	}
	return best
}

// better orders replicas: the lower priority first, then the one that has read more of the master's stream, then the
// smaller run ID. A replica without one comes last.
func better(a, b *instance) int {
	if a.priority != b.priority {
		return cmp.Compare(a.priority, b.priority)
	}
	if a.offset != b.offset {
		return cmp.Compare(b.offset, a.offset)
	}
	if a.runID == "" || b.runID == "" {
		return cmp.Compare(len(b.runID), len(a.runID))
	}
	return strings.Compare(strings.ToLower(a.runID), strings.ToLower(b.runID))
}

// whyNotReplica says why a replica cannot be promoted, "" if it can.
func (m *Machine) whyNotReplica(r *instance) string { return m.passedOver(r).String() }

// passedOver is the rule by which a replica is not promoted; an empty one if it can be.
func (m *Machine) passedOver(r *instance) Phrase {
	g := r.group
	infoLimit := 3 * m.timing.InfoPeriod
	linkLimit := 10 * g.downAfter
	if g.sdown { // then INFO is asked for every second
		infoLimit = pingTolerance * m.timing.PingPeriod
		linkLimit += m.now.Sub(g.sdownSince)
	}
	avail, info := m.now.Sub(r.link.lastAvail), m.now.Sub(r.infoTime)
	switch {
	case r.sdown:
		return say("it is s_down since %s", seconds(m.now.Sub(r.sdownSince)))
	case r.link.disconnected:
		return say("it is disconnected")
	case avail > pingTolerance*m.timing.PingPeriod:
		return say("it answered a PING last %s ago (limit %s)", seconds(avail), seconds(pingTolerance*m.timing.PingPeriod))
	case r.priority == 0:
		return say("its priority is 0")
	case r.infoTime.IsZero():
		return say("it has not answered INFO yet")
	case info > infoLimit:
		return say("its last INFO is %s old (limit %s)", seconds(info), seconds(infoLimit))
	case r.masterLinkDown > linkLimit:
		return say("its link to the master has been down for %s (limit %s)", seconds(r.masterLinkDown), seconds(linkLimit))
	}
	return Phrase{}
}

// ranked gives the replicas in the order of promotion, those that cannot be promoted at the end.
func (m *Machine) ranked(g *group) []*instance {
	list := slices.Clone(g.replicas)
	slices.SortStableFunc(list, func(a, b *instance) int {
		okA, okB := m.whyNotReplica(a) == "", m.whyNotReplica(b) == ""
		if okA != okB {
			if okA {
				return -1
			}
			return 1
		}
		return better(a, b)
	})
	return list
}

// seconds words a duration for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
