package sentinel

import (
	"strings"
	"time"
)

// FailoverState is how far a failover is.
type FailoverState uint8

// The states, in their order.
const (
	NoFailover FailoverState = iota
	WaitStart                // for the votes
	SelectReplica
	SendReplicaOfNoOne
	WaitPromotion
	ReconfSlaves
	UpdateConfig
)

var failoverStates = [...]string{"none", "wait_start", "select_slave", "send_slaveof_noone", "wait_promotion",
	"reconf_slaves", "update_config"}

// String gives Redis's name of the state.
func (s FailoverState) String() string { return failoverStates[s] }

// failover is the failover of a master, as we lead it or try to.
type failover struct {
	inProgress  bool
	force       bool // SENTINEL FAILOVER: no votes needed
	state       FailoverState
	epoch       uint64 // the epoch it is tried in
	start       time.Time
	stateSince  time.Time
	promotedTo  *instance
	delayLogged time.Time
	lastAbort   Event // why the last attempt ended
	abortedAt   time.Time
}

// startFailoverIfNeeded begins a failover when the master is down for enough sentinels, none is in progress and the last
// attempt, ours or one we voted for, is long enough ago.
func (m *Machine) startFailoverIfNeeded(g *group) bool {
	if !g.odown || g.inProgress {
		return false
	}
	if until := g.cooldown(); m.now.Before(until) {
		if !g.delayLogged.Equal(g.start) {
			g.delayLogged = g.start
			m.log(Warning, "Next failover delay: I will not start a failover before %s", until.Format(time.ANSIC))
		}
		return false
	}
	m.startFailover(g)
	return true
}

// cooldown is until when no failover is started.
func (g *group) cooldown() time.Time {
	if g.start.IsZero() {
		return time.Time{}
	}
	return g.start.Add(2 * g.FailoverTimeout)
}

func (m *Machine) startFailover(g *group) {
	m.setState(g, WaitStart)
	g.inProgress = true
	m.epoch++
	g.failover.epoch = m.epoch
	m.eventText(Warning, "+new-epoch", g.instance, "%d", m.epoch)
	m.event(Warning, "+try-failover", g.instance, "")
	g.start = m.now.Add(m.desync())
}

func (m *Machine) setState(g *group, s FailoverState) { g.state, g.stateSince = s, m.now }

// runFailover takes the next step of a failover. UpdateConfig is left to the end of the tick.
func (m *Machine) runFailover(g *group) {
	if !g.inProgress {
		return
	}
	switch g.state {
	case WaitStart:
		m.waitStart(g)
	case SelectReplica:
		m.selectReplica(g)
	case SendReplicaOfNoOne:
		m.sendReplicaOfNoOne(g)
	case WaitPromotion:
		m.waitPromotion(g)
	case ReconfSlaves:
		m.reconfSlaves(g)
	}
}

// waitStart waits until we are elected, or it is clear that we are not.
func (m *Machine) waitStart(g *group) {
	leader := m.elected(g, g.failover.epoch)
	if !strings.EqualFold(leader, m.myID) && !g.force {
		if m.now.Sub(g.start) > m.electionTimeout(g) {
			m.abort(g, "-failover-abort-not-elected")
		}
		return
	}
	m.event(Warning, "+elected-leader", g.instance, "")
	if m.simulate.afterElection {
		m.crash()
	}
	m.setState(g, SelectReplica)
	m.event(Warning, "+failover-state-select-slave", g.instance, "")
}

func (m *Machine) electionTimeout(g *group) time.Duration {
	return min(m.timing.ElectionTimeout, g.FailoverTimeout)
}

func (m *Machine) selectReplica(g *group) {
	best := m.bestReplica(g)
	if best == nil {
		m.abort(g, "-failover-abort-no-good-slave")
		return
	}
	m.event(Warning, "+selected-slave", best, "")
	best.promoted = true
	g.promotedTo = best
	m.setState(g, SendReplicaOfNoOne)
	m.event(Notice, "+failover-state-send-slaveof-noone", best, "")
}

// sendReplicaOfNoOne waits for a connection to the chosen replica and makes it a master.
func (m *Machine) sendReplicaOfNoOne(g *group) {
	if g.promotedTo.link.disconnected {
		if m.now.Sub(g.stateSince) > g.FailoverTimeout {
			m.abort(g, "-failover-abort-slave-timeout")
		}
		return
	}
	if !m.sendSlaveOf(g.promotedTo, nil) {
		return
	}
	m.event(Notice, "+failover-state-wait-promotion", g.promotedTo, "")
	m.setState(g, WaitPromotion)
}

// waitPromotion has only the timeout to look after: the replica's next INFO shows that it is a master now.
func (m *Machine) waitPromotion(g *group) {
	if m.now.Sub(g.stateSince) > g.FailoverTimeout {
		m.abort(g, "-failover-abort-slave-timeout")
	}
}

// promoted goes on when the chosen replica is a master. From here the failover cannot be aborted: the new configuration
// has its epoch, and everybody is told.
func (m *Machine) promoted(g *group, inst *instance) {
	g.configEpoch = g.failover.epoch
	m.setState(g, ReconfSlaves)
	m.save()
	m.event(Warning, "+promoted-slave", inst, "")
	if m.simulate.afterPromotion {
		m.crash()
	}
	m.event(Warning, "+failover-state-reconf-slaves", g.instance, "")
	m.clientReconfig(g, "leader", g.addr, inst.addr)
	m.forceHello(g)
}

// reconfSlaves tells the other replicas their new master, parallel-syncs of them at a time.
func (m *Machine) reconfSlaves(g *group) {
	busy := 0
	for _, r := range g.replicas {
		if r.reconfSent || r.reconfInProg {
			busy++
		}
	}
	for _, r := range g.replicas {
		if busy >= g.ParallelSyncs {
			break
		}
		if r.promoted || r.reconfDone {
			continue
		}
		if r.reconfSent && m.now.Sub(r.reconfTime) > m.timing.ReconfTimeout {
			m.event(Notice, "-slave-reconf-sent-timeout", r, "")
			r.reconfSent, r.reconfDone = false, true // it is found to be misconfigured, and fixed, later
		}
		if r.reconfSent || r.reconfInProg || r.link.disconnected {
			continue
		}
		if g.promotedTo != nil && m.sendSlaveOf(r, &g.promotedTo.addr) {
			r.reconfSent, r.reconfTime = true, m.now
			m.event(Notice, "+slave-reconf-sent", r, "")
			busy++
		}
	}
	m.detectEnd(g)
}

// detectEnd ends the failover when all replicas that can be reached follow the new master, or after failover-timeout.
func (m *Machine) detectEnd(g *group) {
	if g.promotedTo == nil || g.promotedTo.sdown {
		return
	}
	left := 0
	for _, r := range g.replicas {
		if !r.promoted && !r.reconfDone && !r.sdown {
			left++
		}
	}
	timeout := m.now.Sub(g.stateSince) > g.FailoverTimeout
	if timeout {
		m.event(Warning, "+failover-end-for-timeout", g.instance, "")
	}
	if left > 0 && !timeout {
		return
	}
	m.event(Warning, "+failover-end", g.instance, "")
	m.setState(g, UpdateConfig)
	if !timeout {
		return
	}
	for _, r := range g.replicas { // best effort
		if r.promoted || r.reconfDone || r.reconfSent || r.link.disconnected {
			continue
		}
		if m.sendSlaveOf(r, &g.promotedTo.addr) {
			m.event(Notice, "+slave-reconf-sent-be", r, "")
			r.reconfSent = true
		}
	}
}

// updateConfig makes the promoted replica the master that is watched.
func (m *Machine) updateConfig(g *group) {
	to := g.addr
	if g.promotedTo != nil {
		to = g.promotedTo.addr
	}
	m.switchEvent(g, m.host(to), to.Port)
	m.switchTo(g, to.Host, to.Port)
}

// abort gives a failover up. That is possible until the chosen replica is a master.
func (m *Machine) abort(g *group, event string) {
	m.event(Warning, event, g.instance, "")
	g.lastAbort, g.abortedAt = Event{Level: Warning, Name: event, Payload: m.describe(g.instance), Master: g.name}, m.now
	g.inProgress, g.force = false, false
	m.setState(g, NoFailover)
	if g.promotedTo != nil {
		g.promotedTo.promoted = false
		g.promotedTo = nil
	}
}

// simulation is what SENTINEL SIMULATE-FAILURE asked for.
type simulation struct{ afterElection, afterPromotion bool }

func (s simulation) bits() int {
	n := 0
	if s.afterElection {
		n |= 1
	}
	if s.afterPromotion {
		n |= 2
	}
	return n
}

func (m *Machine) crash() {
	m.log(Warning, "Sentinel CRASH because of SENTINEL simulate-failure")
	m.emit(Crash{})
	m.crashed = true
}
