package sentinel

import (
	"fmt"
	"strings"
	"time"
)

// Rule names a rule that keeps a failover from happening.
type Rule string

// The rules, in the order in which they are looked at.
const (
	RuleTilt       Rule = "tilt"        // the clock is not trusted
	RuleInProgress Rule = "in-progress" // it is happening
	RuleElection   Rule = "election"    // votes are missing
	RuleNotDown    Rule = "not-down"    // the master answers
	RuleNoQuorum   Rule = "no-quorum"   // fewer sentinels exist than the quorum wants
	RuleNotAgreed  Rule = "not-agreed"  // down for us, not for enough others
	RuleCooldown   Rule = "cooldown"    // the last attempt, ours or another's, was not long ago
	RuleNoMajority Rule = "no-majority" // too few sentinels can be reached to elect a leader
	RuleNoReplica  Rule = "no-replica"  // none can be promoted
)

// Reason says why no failover of a master happens right now.
type Reason struct {
	Rule  Rule
	Text  string
	Until time.Time // when the rule ends by itself, if that is known
}

// whyNot lists the rules that stand against a failover, the one that blocks now first. It is empty when a failover is
// about to start.
func (m *Machine) whyNot(g *group) []Reason {
	var list []Reason
	add := func(rule Rule, until time.Time, format string, args ...any) {
		list = append(list, Reason{rule, fmt.Sprintf(format, args...), until})
	}
	if m.tilt {
		until := m.tiltSince.Add(m.timing.TiltPeriod)
		add(RuleTilt, until, "tilt mode for another %s: time made a leap, nothing is decided", seconds(until.Sub(m.now)))
	}
	switch {
	case g.inProgress && g.state == WaitStart && !g.force:
		until := g.start.Add(m.electionTimeout(g))
		votes := m.myVotes(g)
		add(RuleElection, until, "waiting for votes in epoch %d: %d of %d, %d needed (majority %d, quorum %d)",
			g.failover.epoch, votes, g.voters(), g.needed(), g.majority(), g.Quorum)
	case g.inProgress:
		add(RuleInProgress, time.Time{}, "a failover is in progress here: %s", g.state)
	case !g.sdown:
		add(RuleNotDown, time.Time{}, "the master is not s_down: it owes an answer for %s (down-after %s)",
			seconds(m.silence(g.instance)), seconds(g.downAfter))
	}
	if g.Quorum > g.voters() {
		add(RuleNoQuorum, time.Time{}, "the quorum is %d, but only %d sentinels are known", g.Quorum, g.voters())
	} else if g.sdown && !g.odown {
		add(RuleNotAgreed, time.Time{}, "%d of %d sentinels needed agree that the master is down%s", g.agreeing(), g.Quorum, m.whoDisagrees(g))
	}
	if until := g.cooldown(); !g.inProgress && m.now.Before(until) {
		add(RuleCooldown, until, "%s, the next failover starts in %s at the earliest (2 × failover-timeout)",
			m.lastAttempt(g), seconds(until.Sub(m.now)))
	}
	if n := g.usable(); n < g.needed() && (!g.inProgress || g.state == WaitStart && !g.force) {
		add(RuleNoMajority, time.Time{}, "%d of %d known sentinels can be reached, %d are needed to elect a leader", n, g.voters(), g.needed())
	}
	if g.state < SendReplicaOfNoOne && m.bestReplica(g) == nil {
		add(RuleNoReplica, time.Time{}, "no replica can be promoted%s", m.whyNoReplica(g))
	}
	return list
}

// myVotes counts the votes for us in the current epoch.
func (m *Machine) myVotes(g *group) int {
	n := m.count(g).votes[m.myID]
	if g.leader == m.myID && g.leaderEpoch == m.epoch {
		n++
	}
	return n
}

// lastAttempt says whose attempt the cooldown is about.
func (m *Machine) lastAttempt(g *group) string {
	if g.leader != "" && g.leader != m.myID {
		return fmt.Sprintf("we voted for sentinel %.8s in epoch %d", g.leader, g.leaderEpoch)
	}
	if g.lastAbort.Name != "" {
		return fmt.Sprintf("our attempt in epoch %d ended with %s", g.failover.epoch, g.lastAbort.Name)
	}
	return fmt.Sprintf("our last attempt was in epoch %d", g.failover.epoch)
}

func (m *Machine) whoDisagrees(g *group) string {
	var words []string
	for _, p := range g.peers {
		switch {
		case p.saysDown:
			continue
		case p.sdown:
			words = append(words, fmt.Sprintf("%.8s is down itself", p.name))
		case p.link.disconnected:
			words = append(words, fmt.Sprintf("%.8s is disconnected", p.name))
		case m.now.Sub(p.lastDownReply) > validAnswers*m.timing.AskPeriod:
			words = append(words, fmt.Sprintf("%.8s has not answered", p.name))
		default:
			words = append(words, fmt.Sprintf("%.8s says it is up", p.name))
		}
	}
	return tail(words)
}

func (m *Machine) whyNoReplica(g *group) string {
	if len(g.replicas) == 0 {
		return ": none is known"
	}
	var words []string
	for _, r := range g.replicas {
		words = append(words, r.name+": "+m.whyNotReplica(r))
	}
	return tail(words)
}

func tail(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, "; ")
}
