package sentinel

import (
	"fmt"
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
	Parts []Phrase  // of the text: what it says first, then the particulars
	Until time.Time // when the rule ends by itself, if that is known
}

// Phrase is a part of a text before its words are put together, for those who tell it in another language.
type Phrase struct {
	Of     string // the instance that it is about, "" where the words say so
	Format string // of package fmt, with a %s for each of the words
	Args   []string
}

// say makes a phrase. Its format is written out where it is called: those who translate look for it there.
func say(format string, args ...any) Phrase {
	p := Phrase{Format: format}
	for _, a := range args {
		p.Args = append(p.Args, fmt.Sprint(a))
	}
	return p
}

func (p Phrase) String() string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		args[i] = a
	}
	text := fmt.Sprintf(p.Format, args...)
	if p.Of != "" {
		text = p.Of + ": " + text
	}
	return text
}

func because(rule Rule, until time.Time, first Phrase, particulars ...Phrase) Reason {
	text := first.String()
	for i, p := range particulars {
		text += []string{": ", "; "}[min(i, 1)] + p.String()
	}
	return Reason{rule, text, append([]Phrase{first}, particulars...), until}
}

// whyNot lists the rules that stand against a failover, the one that blocks now first. It is empty when a failover is
// about to start.
func (m *Machine) whyNot(g *group) []Reason {
	var list []Reason
	add := func(rule Rule, until time.Time, first Phrase, particulars ...Phrase) {
		list = append(list, because(rule, until, first, particulars...))
	}
	if m.tilt {
		until := m.tiltSince.Add(m.timing.TiltPeriod)
		add(RuleTilt, until, say("tilt mode for another %s: time made a leap, nothing is decided", seconds(until.Sub(m.now))))
	}
	switch {
	case g.inProgress && g.state == WaitStart && !g.force:
		until := g.start.Add(m.electionTimeout(g))
		add(RuleElection, until, say("waiting for votes in epoch %s: %s of %s, %s needed (majority %s, quorum %s)",
			g.failover.epoch, m.myVotes(g), g.voters(), g.needed(), g.majority(), g.Quorum))
	case g.inProgress:
		add(RuleInProgress, time.Time{}, say("a failover is in progress here: %s", g.state))
	case !g.sdown:
		add(RuleNotDown, time.Time{}, say("the master is not s_down: it owes an answer for %s (down-after %s)",
			seconds(m.silence(g.instance)), seconds(g.downAfter)))
	}
	if g.Quorum > g.voters() {
		add(RuleNoQuorum, time.Time{}, say("the quorum is %s, but only %s sentinels are known", g.Quorum, g.voters()))
	} else if g.sdown && !g.odown {
		add(RuleNotAgreed, time.Time{}, say("%s of %s sentinels needed agree that the master is down", g.agreeing(), g.Quorum),
			m.whoDisagrees(g)...)
	}
	if until := g.cooldown(); !g.inProgress && m.now.Before(until) {
		add(RuleCooldown, until, say("the next failover starts in %s at the earliest (2 × failover-timeout)", seconds(until.Sub(m.now))),
			m.lastAttempt(g))
	}
	if n := g.usable(); n < g.needed() && (!g.inProgress || g.state == WaitStart && !g.force) {
		add(RuleNoMajority, time.Time{}, say("%s of %s known sentinels can be reached, %s are needed to elect a leader", n, g.voters(), g.needed()))
	}
	if g.state < SendReplicaOfNoOne && m.bestReplica(g) == nil {
		add(RuleNoReplica, time.Time{}, say("no replica can be promoted"), m.whyNoReplica(g)...)
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
func (m *Machine) lastAttempt(g *group) Phrase {
	if g.leader != "" && g.leader != m.myID {
		return say("it voted for sentinel %s in epoch %s", short(g.leader), g.leaderEpoch)
	}
	if g.lastAbort.Name != "" {
		return say("its attempt in epoch %s ended with %s", g.failover.epoch, g.lastAbort.Name)
	}
	return say("its last attempt was in epoch %s", g.failover.epoch)
}

func (m *Machine) whoDisagrees(g *group) []Phrase {
	var who []Phrase
	for _, p := range g.peers {
		switch {
		case p.saysDown:
			continue
		case p.sdown:
			who = append(who, say("%s is down itself", short(p.name)))
		case p.link.disconnected:
			who = append(who, say("%s is disconnected", short(p.name)))
		case m.now.Sub(p.lastDownReply) > validAnswers*m.timing.AskPeriod:
			who = append(who, say("%s has not answered", short(p.name)))
		default:
			who = append(who, say("%s says it is up", short(p.name)))
		}
	}
	return who
}

// short is as much of a run ID as texts give.
func short(runID string) string { return fmt.Sprintf("%.8s", runID) }

func (m *Machine) whyNoReplica(g *group) []Phrase {
	if len(g.replicas) == 0 {
		return []Phrase{say("none is known")}
	}
	var why []Phrase
	for _, r := range g.replicas {
		p := m.passedOver(r)
		p.Of = r.name
		why = append(why, p)
	}
	return why
}
