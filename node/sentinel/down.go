package sentinel

import (
	"strconv"
	"time"
)

// checkSubjectivelyDown decides whether an instance is down as far as we can see.
func (m *Machine) checkSubjectivelyDown(inst *instance) {
	down := m.looksDown(inst) // before a link is closed for another reason
	m.checkLink(inst)
	switch {
	case down && !inst.sdown:
		m.event(Warning, "+sdown", inst, "")
		inst.sdown, inst.sdownSince = true, m.now
	case !down && inst.sdown:
		m.event(Warning, "-sdown", inst, "")
		inst.sdown, inst.scriptKill = false, false
	}
}

// looksDown has three rules: no answer for too long, a master that says it is a replica for too long, and a master that
// only loads its data for too long after a restart.
func (m *Machine) looksDown(inst *instance) bool {
	if m.silence(inst) > inst.downAfter {
		return true
	}
	if inst.role != Master {
		return false
	}
	if inst.reported == Replica && m.now.Sub(inst.roleSince) > inst.downAfter+2*m.timing.InfoPeriod {
		return true
	}
	return inst.rebooted && m.now.Sub(inst.rebootSince) > inst.group.RebootDownAfter
}

// silence is for how long an instance owes an answer.
func (m *Machine) silence(inst *instance) time.Duration {
	switch l := inst.link; {
	case !l.actPing.IsZero():
		return m.now.Sub(l.actPing)
	case l.disconnected:
		return m.now.Sub(l.lastAvail)
	}
	return 0
}

// checkLink closes connections that stand but seem to lead nowhere, to try with new ones: a ping without an answer for
// half the time after which the instance is down, or no message for three hello periods although our own come back.
func (m *Machine) checkLink(inst *instance) {
	l := inst.link
	half := inst.downAfter / 2
	if l.cmd != nil && m.now.Sub(l.cmd.opened) > m.timing.MinLinkReconnect &&
		!l.actPing.IsZero() && m.now.Sub(l.actPing) > half && m.now.Sub(l.lastPong) > half {
		m.closeConn(l.cmd)
	}
	if l.sub != nil && m.now.Sub(l.sub.opened) > m.timing.MinLinkReconnect &&
		m.now.Sub(l.subActivity) > 3*m.timing.PublishPeriod {
		m.closeConn(l.sub)
	}
}

// agreeing counts the sentinels that hold the master for down, us included.
func (g *group) agreeing() int {
	if !g.sdown {
		return 0
	}
	n := 1
	for _, p := range g.peers {
		if p.saysDown {
			n++
		}
	}
	return n
}

// checkObjectivelyDown decides whether enough sentinels agree that the master is down. It is a weak agreement: they
// said so within the last seconds, not at the same moment.
func (m *Machine) checkObjectivelyDown(g *group) {
	agree := g.agreeing()
	switch down := g.sdown && agree >= g.Quorum; {
	case down && !g.odown:
		m.event(Warning, "+odown", g.instance, " #quorum %d/%d", agree, g.Quorum)
		g.odown, g.odownSince = true, m.now
	case !down && g.odown:
		m.event(Warning, "-odown", g.instance, "")
		g.odown = false
	}
}

// validAnswers is for how many ask periods an answer about the master holds.
const validAnswers = 5

// askPeers asks the other sentinels about a master that is down for us, and for their vote while we try a failover.
// force asks at once, whenever the last answer came.
func (m *Machine) askPeers(g *group, force bool) {
	for _, p := range g.peers {
		age := m.now.Sub(p.lastDownReply)
		if age > validAnswers*m.timing.AskPeriod {
			p.saysDown, p.leader = false, ""
		}
		if !g.sdown || p.link.disconnected || !force && age < m.timing.AskPeriod {
			continue
		}
		candidate := "*"
		if g.state != NoFailover {
			candidate = m.myID
		}
		m.send(p, AskDown, "SENTINEL", "is-master-down-by-addr", m.host(g.addr), strconv.Itoa(g.addr.Port),
			strconv.FormatUint(m.epoch, 10), candidate)
	}
}

// downReply takes the answer: down or not, whom the sentinel voted for, and in which epoch.
func (m *Machine) downReply(p *instance, v Value) {
	if v.Kind != '*' || len(v.Items) != 3 || v.Items[0].Kind != ':' || v.Items[1].Kind != '$' || v.Items[2].Kind != ':' {
		return // an error: the last answer expires
	}
	p.lastDownReply = m.now
	p.saysDown = v.Items[0].Int == 1
	if leader := v.Items[1].Text; leader != "*" {
		epoch := uint64(v.Items[2].Int)
		if p.leaderEpoch != epoch {
			m.log(Warning, "%s voted for %s %d", p.name, leader, epoch)
		}
		p.leader, p.leaderEpoch = leader, epoch
	}
}
