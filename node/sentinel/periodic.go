package sentinel

import (
	"fmt"
	"strings"
	"time"
)

// maxPending is how many commands may wait for replies on a link before the periodic ones are left out.
const maxPending = 100

// periodic sends what is due: INFO to masters and replicas, PING and hello to all.
func (m *Machine) periodic(inst *instance) {
	l := inst.link
	if l.disconnected || l.pending() >= maxPending*l.refs {
		return
	}
	if inst.role != Peer && (inst.infoTime.IsZero() || m.now.Sub(inst.infoTime) > m.infoPeriod(inst)) {
		m.send(inst, Info, "INFO")
	}
	period := m.pingPeriod(inst)
	if m.now.Sub(l.lastPong) > period && m.now.Sub(l.lastPing) > period/2 {
		m.sendPing(inst)
	}
	if m.now.Sub(inst.lastPub) > m.timing.PublishPeriod {
		m.sendHello(inst)
	}
}

// infoPeriod is short for replicas while their master is down or replaced: any of them may turn into a master. It is
// short too while a replica has no master, to know for how long.
func (m *Machine) infoPeriod(inst *instance) time.Duration {
	if inst.role == Replica && (inst.group.odown || inst.group.inProgress || inst.masterLinkDown != 0) {
		return fastInfoPeriod
	}
	return m.timing.InfoPeriod
}

func (m *Machine) pingPeriod(inst *instance) time.Duration {
	return min(inst.downAfter, m.timing.PingPeriod)
}

func (m *Machine) sendPing(inst *instance) {
	if !m.send(inst, Ping, "PING") {
		return
	}
	l := inst.link
	l.lastPing = m.now
	if l.actPing.IsZero() { // otherwise an older one still has no answer
		l.actPing = m.now
	}
}

// pong takes the reply to PING. A server that loads its data, or a replica that has lost its master, is alive.
func (m *Machine) pong(l *link, inst *instance, v Value) {
	l.lastPong = m.now
	if v.Kind != '+' && v.Kind != '-' {
		return
	}
	switch {
	case strings.HasPrefix(v.Text, "PONG"):
		inst.rebooted = false
		l.lastAvail, l.actPing = m.now, time.Time{}
	case strings.HasPrefix(v.Text, "LOADING"), strings.HasPrefix(v.Text, "MASTERDOWN"):
		l.lastAvail, l.actPing = m.now, time.Time{}
	case strings.HasPrefix(v.Text, "BUSY") && inst.sdown && !inst.scriptKill && !inst.gone:
		inst.scriptKill = m.send(inst, KillScripts, "SCRIPT", "KILL")
	}
}

// helloChannel is where sentinels find each other.
const helloChannel = "__sentinel__:hello"

// sendHello tells an instance who we are and what we believe of the master.
func (m *Machine) sendHello(inst *instance) {
	l := inst.link
	if l.disconnected || l.cmd == nil {
		return
	}
	ip, port := m.options.AnnounceIP, m.options.AnnouncePort
	if ip == "" {
		ip = l.cmd.local
	}
	if ip == "" {
		return // the connection does not stand yet
	}
	if port == 0 {
		port = m.cfg.Port
	}
	g := inst.group
	master := g.current()
	m.send(inst, Publish, "PUBLISH", helloChannel, fmt.Sprintf("%s,%d,%s,%d,%s,%s,%d,%d",
		ip, port, m.myID, m.epoch, g.name, m.host(master), master.Port, g.configEpoch))
}

// forceHello makes hellos due to everybody around a master, because there is news.
func (m *Machine) forceHello(g *group) {
	g.all(func(inst *instance) { inst.lastPub = inst.lastPub.Add(-m.timing.PublishPeriod - time.Millisecond) })
}
