package sentinel

import (
	"strconv"
	"strings"
	"time"
)

// refresh takes an instance's INFO: what it is, whom it follows, and of a master who follows it.
func (m *Machine) refresh(inst *instance, info string) {
	inst.info = info
	role := m.readInfo(inst, info)
	inst.infoTime = m.now
	if role != inst.reported {
		m.roleChanged(inst, role)
	}
	if m.tilt || inst.role != Replica {
		return
	}
	switch role {
	case Master:
		m.replicaIsMaster(inst)
	case Replica:
		m.fixMaster(inst)
		m.reconfigured(inst)
	}
}

// readInfo reads the lines of INFO that matter and gives the reported role, 0 for none.
func (m *Machine) readInfo(inst *instance, info string) (role Role) {
	inst.masterLinkDown = 0
	for line := range strings.SplitSeq(info, "\r\n") {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		switch {
		case key == "run_id" && len(value) >= runIDLen:
			m.sawRunID(inst, value[:runIDLen])
		case key == "role" && value == "master":
			role = Master
		case key == "role" && value == "slave":
			role = Replica
		case key == "master_link_down_since_seconds":
			n, _ := strconv.ParseInt(value, 10, 64)
			inst.masterLinkDown = time.Duration(n) * time.Second
		case inst.role == Master && len(key) > 5 && key[:5] == "slave" && key[5] >= '0' && key[5] <= '9':
			m.sawReplica(inst.group, value)
		case role == Replica:
			m.readReplicaInfo(inst, key, value)
		}
	}
	return role
}

func (m *Machine) readReplicaInfo(inst *instance, key, value string) {
	switch key {
	case "master_host":
		if !strings.EqualFold(value, inst.masterHost) {
			inst.masterHost, inst.masterChange = value, m.now
		}
	case "master_port":
		if port := atoi(value); port != inst.masterPort {
			inst.masterPort, inst.masterChange = port, m.now
		}
	case "master_link_status":
		inst.masterLinkUp = strings.EqualFold(value, "up")
	case "slave_priority":
		inst.priority = atoi(value)
	case "slave_repl_offset":
		inst.offset = parseEpoch(value)
	case "replica_announced":
		inst.announced = atoi(value) != 0
	}
}

// sawRunID notices a restart.
func (m *Machine) sawRunID(inst *instance, runID string) {
	if inst.runID != "" && inst.runID != runID {
		m.event(Notice, "+reboot", inst, "")
		if inst.role == Master && inst.group.RebootDownAfter != 0 {
			inst.rebooted, inst.rebootSince = true, m.now
		}
	}
	inst.runID = runID
}

// sawReplica takes a master's "slave0:ip=127.0.0.1,port=9002,state=online,…", in old versions "slave0:127.0.0.1,9002,…".
func (m *Machine) sawReplica(g *group, value string) {
	var host, port string
	if strings.Contains(value, "ip=") {
		for field := range strings.SplitSeq(value, ",") {
			switch k, v, _ := strings.Cut(field, "="); k {
			case "ip":
				host = v
			case "port":
				port = v
			}
		}
	} else if words := strings.Split(value, ","); len(words) >= 3 {
		host, port = words[0], words[1]
	}
	if host == "" || port == "" {
		return
	}
	if r := m.addReplica(g, host, atoi(port)); r != nil {
		m.event(Notice, "+slave", r, "")
		m.save()
	}
}

// roleChanged notes what an instance says it is now: "+" when that is what we want it to be.
func (m *Machine) roleChanged(inst *instance, role Role) {
	inst.reported, inst.roleSince = role, m.now
	name, word := "-role-change", "slave"
	if role == inst.role {
		name = "+role-change"
	}
	if role == Master {
		word = "master"
	}
	if role == Replica {
		inst.masterChange = m.now
	}
	m.event(Verbose, name, inst, " new reported role is %s", word)
}

// replicaIsMaster acts on a replica that says it is a master. It may be the one being promoted. Otherwise it is made a
// replica again, but not at once: our own configuration may be the old one.
func (m *Machine) replicaIsMaster(inst *instance) {
	g := inst.group
	if inst.promoted && g.inProgress && g.state == WaitPromotion {
		m.promoted(g, inst)
		return
	}
	wait := 4 * m.timing.PublishPeriod
	if !inst.promoted && m.looksSane(g) && inst.noDownFor(m.now, wait) && m.now.Sub(inst.roleSince) > wait {
		if m.sendSlaveOf(inst, &g.addr) {
			m.event(Notice, "+convert-to-slave", inst, "")
		}
	}
}

// fixMaster makes a replica follow our master when it has been following another one for long.
func (m *Machine) fixMaster(inst *instance) {
	g := inst.group
	if inst.masterPort == g.addr.Port && m.sameHost(g.addr, inst.masterHost) {
		return
	}
	wait := g.FailoverTimeout
	if m.looksSane(g) && inst.noDownFor(m.now, wait) && m.now.Sub(inst.masterChange) > wait {
		if m.sendSlaveOf(inst, &g.addr) {
			m.event(Notice, "+fix-slave-config", inst, "")
		}
	}
}

// reconfigured follows a replica that was told its new master.
func (m *Machine) reconfigured(inst *instance) {
	target := inst.group.promotedTo
	if inst.reconfSent && target != nil && inst.masterPort == target.addr.Port && m.sameHost(target.addr, inst.masterHost) {
		inst.reconfSent, inst.reconfInProg = false, true
		m.event(Notice, "+slave-reconf-inprog", inst, "")
	}
	if inst.reconfInProg && inst.masterLinkUp {
		inst.reconfInProg, inst.reconfDone = false, true
		m.event(Notice, "+slave-reconf-done", inst, "")
	}
}

// looksSane tells whether the master is one, as far as we know: then others may be told to follow it.
func (m *Machine) looksSane(g *group) bool {
	return g.reported == Master && !g.sdown && !g.odown && m.now.Sub(g.infoTime) < 2*m.timing.InfoPeriod
}
