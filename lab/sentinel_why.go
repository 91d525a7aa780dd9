package lab

import (
	"slices"
	"time"
)

// reasons lists what stands against a failover, as far as a sentinel's replies tell; the rules are those of Redis's
// sentinel.c: sentinelStartFailoverIfNeeded, sentinelGetLeader, sentinelSelectSlave.
func (w *WatchView) reasons(tilt bool, now time.Time) []Reason {
	var list []Reason
	add := func(rule string, until time.Time, first Phrase, particulars ...Phrase) {
		list = append(list, newReason(rule, until, first, particulars...))
	}
	if tilt {
		add(RuleTilt, time.Time{}, say("tilt mode: time made a leap, nothing is decided"))
	}
	needed := max(w.Majority, w.Quorum)
	electing := w.Failover == "wait_start"
	switch {
	case electing:
		add(RuleElection, time.Time{}, say("waiting for votes: %s of %s are needed", needed, w.Voters))
	case w.Failover != "" && w.Failover != "none":
		add(RuleInProgress, time.Time{}, say("a failover is in progress here: %s", w.Failover))
	case !w.SDown:
		add(RuleNotDown, time.Time{}, say("the master is not s_down: it answers within %s", w.DownAfter))
	}
	switch {
	case w.Quorum > w.Voters:
		add(RuleNoQuorum, time.Time{}, say("the quorum is %s, but only %s sentinels are known", w.Quorum, w.Voters))
	case w.SDown && !w.ODown:
		add(RuleNotAgreed, time.Time{}, say("%s of %s sentinels needed agree that the master is down", w.Agree, w.Quorum))
	}
	if now.Before(w.Cooldown) && w.Failover == "" {
		add(RuleCooldown, w.Cooldown, say("the next failover starts in %s at the earliest (2 × failover-timeout)", w.Cooldown.Sub(now).Round(time.Second)),
			say("it voted in epoch %s", w.VotedEpoch))
	}
	if w.Usable < needed && (w.Failover == "" || electing) {
		add(RuleNoMajority, time.Time{}, say("%s of %s known sentinels can be reached, %s are needed to elect a leader", w.Usable, w.Voters, needed))
	}
	if w.Promoted == "" && !slices.ContainsFunc(w.Replicas, func(s SeenNode) bool { return s.WhyNot == "" }) {
		add(RuleNoReplica, time.Time{}, say("no replica can be promoted"), whyNone(w.Replicas)...)
	}
	return list
}

func whyNone(replicas []SeenNode) []Phrase {
	if len(replicas) == 0 {
		return []Phrase{say("none is known")}
	}
	var why []Phrase
	for _, r := range replicas {
		why = append(why, Phrase{Of: r.Name, Format: r.WhyNot})
	}
	return why
}

// whyNotPromoted is the rule by which a replica is passed over, as far as its flags tell.
func whyNotPromoted(s SeenNode) Phrase {
	switch {
	case s.SDown:
		return say("it is s_down")
	case slices.Contains(s.Flags, "o_down"):
		return say("it is o_down")
	case slices.Contains(s.Flags, "disconnected"):
		return say("it is disconnected")
	case s.Priority == 0:
		return say("its priority is 0")
	}
	return Phrase{}
}

// WhyNoFailover tells, by sentinel, what stands against a failover of the named master at this moment: the rule that blocks now
// first. A sentinel that does not know the master, or does not answer, is left out.
//
//	for id, why := range l.WhyNoFailover(lab.MyMaster) {
//		fmt.Println(id, why[0].Rule, why[0].Text)
//	}
func (l *Lab) WhyNoFailover(name string) map[string][]Reason {
	l.refresh(l.life, readyPatience, true)
	out := map[string][]Reason{}
	for _, n := range l.picture().Nodes {
		if w := n.Sentinel.Master(name); w != nil && n.State == StateUp && !n.Silent {
			out[n.ID] = w.Why
		}
	}
	return out
}
