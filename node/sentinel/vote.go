package sentinel

import (
	"strings"
	"time"
)

// vote gives our vote in an epoch to the first who asks for it, and says whom we voted for last and when. The vote is
// saved before anybody is told.
func (m *Machine) vote(g *group, epoch uint64, candidate string) (leader string, leaderEpoch uint64) {
	if epoch > m.epoch {
		m.newEpoch(g, epoch)
	}
	if g.leaderEpoch < epoch && m.epoch <= epoch {
		g.leader, g.leaderEpoch = candidate, m.epoch
		m.save()
		m.eventText(Warning, "+vote-for-leader", g.instance, "%s %d", g.leader, g.leaderEpoch)
		if !strings.EqualFold(g.leader, m.myID) {
			g.start = m.now.Add(m.desync()) // another one is at it: do not try for a while
		}
	}
	return g.leader, g.leaderEpoch
}

// desync is a random delay that makes it unlikely that two sentinels go on trying at the same moment.
func (m *Machine) desync() time.Duration {
	return time.Duration(m.rand.IntN(maxDesync)) * time.Millisecond
}

// tally is an election as one sentinel sees it.
type tally struct {
	votes  map[string]int
	order  []string // candidates in the order they were first named
	winner string
	most   int
}

func (t *tally) add(candidate string) {
	if t.votes[candidate] == 0 {
		t.order = append(t.order, candidate)
	}
	t.votes[candidate]++
	if t.votes[candidate] > t.most {
		t.winner, t.most = candidate, t.votes[candidate]
	}
}

// count counts the other sentinels' votes of the current epoch.
func (m *Machine) count(g *group) *tally {
	t := &tally{votes: map[string]int{}}
	for _, p := range g.peers {
		if p.leader != "" && p.leaderEpoch == m.epoch {
			t.add(p.leader)
		}
	}
	return t
}

// elected gives the sentinel that leads the failover of an epoch, "" as long as there is none. It needs the votes of
// most of the sentinels ever seen, down or not, and of at least as many as the quorum. Our own vote goes to whom most
// others voted for, or to ourselves.
func (m *Machine) elected(g *group, epoch uint64) string {
	t := m.count(g)
	candidate := t.winner
	if candidate == "" {
		candidate = m.myID
	}
	if mine, at := m.vote(g, epoch, candidate); mine != "" && at == epoch {
		t.add(mine)
	}
	if t.most < g.needed() {
		return ""
	}
	return t.winner
}

// voters counts the sentinels known for a master, and us.
func (g *group) voters() int { return len(g.peers) + 1 }

func (g *group) majority() int { return g.voters()/2 + 1 }

// needed is how many votes make a leader.
func (g *group) needed() int { return max(g.majority(), g.Quorum) }
