package sentinel

import (
	"slices"
	"strings"
	"time"
)

// Role is what an instance is in our configuration.
type Role uint8

// The roles.
const (
	Master Role = iota + 1
	Replica
	Peer // another sentinel
)

// String gives Redis's word: "master", "slave" or "sentinel".
func (r Role) String() string {
	switch r {
	case Master:
		return "master"
	case Replica:
		return "slave"
	case Peer:
		return "sentinel"
	}
	return "unknown"
}

// flags are the marks of an instance.
type flags struct {
	sdown        bool
	odown        bool // masters
	saysDown     bool // peers: reported the master as down
	promoted     bool // replicas
	reconfSent   bool
	reconfInProg bool
	reconfDone   bool
	scriptKill   bool // SCRIPT KILL sent
	rebooted     bool // masters with master-reboot-down-after-period: no PONG since a restart
}

// instance is a master, a replica of it, or another sentinel that watches it.
type instance struct {
	role  Role
	name  string
	runID string
	addr  Addr
	group *group
	link  *link
	gone  bool // removed; late replies to it are of no interest

	flags
	sdownSince, odownSince time.Time
	rebootSince            time.Time
	downAfter              time.Duration
	lastPub                time.Time // last hello sent to it
	lastHello              time.Time // peers: last hello from it
	lastDownReply          time.Time // peers: last answer about the master
	leader                 string    // peers: whom it voted for
	leaderEpoch            uint64

	report
	infoTime     time.Time // zero: no INFO yet
	info         string
	roleSince    time.Time // since when it reports its role
	masterChange time.Time // when a replica's master changed last
	reconfTime   time.Time // when it was told its new master
}

// report is what an instance tells about itself in INFO.
type report struct {
	reported       Role
	masterHost     string
	masterPort     int
	masterLinkUp   bool
	masterLinkDown time.Duration
	priority       int
	offset         uint64
	announced      bool
}

const defaultPriority = 100

// group is a monitored master with everything around it.
type group struct {
	*instance
	Settings
	replicas []*instance
	peers    []*instance

	configEpoch uint64
	leader      string // whom we voted for
	leaderEpoch uint64 // and in which epoch
	failover
}

// newInstance makes an instance that is not connected yet.
func (m *Machine) newInstance(role Role, name string, addr Addr, g *group) *instance {
	inst := &instance{role: role, name: name, addr: addr, group: g, link: m.newLink(),
		lastPub: m.now, lastHello: m.now, lastDownReply: m.now, roleSince: m.now, masterChange: m.now,
		report: report{priority: defaultPriority, announced: true}}
	if role != Peer {
		inst.reported = role
	}
	if g != nil {
		inst.downAfter = g.DownAfter
	}
	return inst
}

const duplicateMaster = "Duplicate master name."

// addGroup begins to watch a master. The result is the reason why not, or "".
func (m *Machine) addGroup(name, host string, port int, s Settings) (*group, string) {
	addr, err := m.addr(host, port, true)
	if err != nil {
		return nil, err.Error()
	}
	if m.group(name) != nil {
		return nil, duplicateMaster
	}
	g := &group{Settings: s}
	g.instance = m.newInstance(Master, name, addr, nil)
	g.instance.group, g.instance.downAfter = g, s.DownAfter
	m.groups = append(m.groups, g)
	return g, ""
}

// addReplica adds a replica unless it is there already.
func (m *Machine) addReplica(g *group, host string, port int) *instance {
	addr, err := m.addr(host, port, true)
	if err != nil {
		return nil
	}
	name := joinHostPort(m.host(addr), port)
	if g.replica(name) != nil {
		return nil
	}
	r := m.newInstance(Replica, name, addr, g)
	g.replicas = append(g.replicas, r)
	return r
}

// addPeer adds a sentinel, and shares the connection that may be there for another master.
func (m *Machine) addPeer(g *group, host string, port int, runID string) *instance {
	addr, err := m.addr(host, port, true)
	if err != nil || g.peer(runID) != nil {
		return nil
	}
	p := m.newInstance(Peer, runID, addr, g)
	p.runID = runID
	g.peers = append(g.peers, p)
	m.shareLink(p)
	return p
}

func (g *group) replica(name string) *instance {
	for _, r := range g.replicas {
		if r.name == name {
			return r
		}
	}
	return nil
}

func (g *group) peer(runID string) *instance {
	for _, p := range g.peers {
		if p.runID == runID {
			return p
		}
	}
	return nil
}

// removePeer forgets a sentinel of this master and tells whether it was known.
func (m *Machine) removePeer(g *group, runID string) bool {
	i := slices.IndexFunc(g.peers, func(p *instance) bool { return p.runID == runID })
	if i < 0 {
		return false
	}
	m.release(g.peers[i])
	g.peers = slices.Delete(g.peers, i, i+1)
	return true
}

// all calls f for the master, its replicas and the other sentinels.
func (g *group) all(f func(*instance)) {
	f(g.instance)
	for _, r := range g.replicas {
		f(r)
	}
	for _, p := range g.peers {
		f(p)
	}
}

// setDownAfter gives everybody around the master its period.
func (g *group) setDownAfter(d time.Duration) {
	g.DownAfter = d
	g.all(func(inst *instance) { inst.downAfter = d })
}

// command gives the name that a command has on the servers of the group.
func (g *group) command(name string) string {
	for _, r := range g.Renames {
		if strings.EqualFold(r.Old, name) {
			return r.New
		}
	}
	return name
}

// current is the address to tell clients: the promoted replica's as soon as it is a master.
func (g *group) current() Addr {
	if g.inProgress && g.promotedTo != nil && g.state >= ReconfSlaves {
		return g.promotedTo.addr
	}
	return g.addr
}

// noDownFor tells whether nothing was wrong with an instance for some time.
func (inst *instance) noDownFor(now time.Time, d time.Duration) bool {
	last := inst.sdownSince
	if inst.odownSince.After(last) {
		last = inst.odownSince
	}
	return last.IsZero() || now.Sub(last) > d
}

// reset forgets what is known of a master: replicas, on request the other sentinels too, a failover in progress.
func (m *Machine) reset(g *group, peersToo bool) {
	for _, r := range g.replicas {
		m.release(r)
	}
	g.replicas = nil
	if peersToo {
		for _, p := range g.peers {
			m.release(p)
		}
		g.peers = nil
	}
	m.closeLink(g.link)
	g.flags = flags{}
	g.leader = ""
	g.failover = failover{epoch: g.failover.epoch}
	g.runID, g.masterHost = "", ""
	g.link.clear(m.now)
	g.roleSince, g.reported = m.now, Master
}

// switchTo makes another address the master's; the replicas are kept, and the old master is one of them from now on.
func (m *Machine) switchTo(g *group, host string, port int) bool {
	addr, err := m.addr(host, port, false)
	if err != nil {
		return false
	}
	var keep []Addr
	for _, r := range g.replicas {
		if !r.addr.equal(addr) {
			keep = append(keep, r.addr)
		}
	}
	if !addr.equal(g.addr) {
		keep = append(keep, g.addr)
	}
	m.reset(g, false)
	g.addr = addr
	g.sdownSince, g.odownSince = time.Time{}, time.Time{}
	for _, a := range keep {
		if r := m.addReplica(g, a.Host, a.Port); r != nil {
			m.event(Notice, "+slave", r, "")
		}
	}
	m.save()
	return true
}
