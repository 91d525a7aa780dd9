package sentinel

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// View is what the machine knows, at the time of its last step.
type View struct {
	At           time.Time
	MyID         string
	CurrentEpoch uint64
	Options      Options
	Timing       Timing
	Tilt         bool
	TiltSince    time.Time
	Running      int // scripts
	Queued       int // scripts, those that run included
	Simulate     int // SIMULATE-FAILURE's bits: 1 after election, 2 after promotion
	Masters      []MasterView
}

// MasterView is a monitored master.
type MasterView struct {
	InstanceView
	Current     Addr // what clients are told: the promoted replica as soon as it is a master
	Settings    Settings
	ConfigEpoch uint64
	VotedFor    string // whom we voted for, "" since a restart
	VotedEpoch  uint64
	Replicas    []ReplicaView // in the order in which they would be promoted
	Sentinels   []PeerView
	Failover    FailoverView

	Agree    int // sentinels that hold it for down
	Usable   int // sentinels that are not down
	Voters   int // sentinels known
	Majority int
	Needed   int // votes for a leader
	Why      []Reason
}

// FailoverView is the failover that is in progress here, or the last one that was.
type FailoverView struct {
	State     FailoverState
	Epoch     uint64
	Forced    bool
	Since     time.Time // of the state
	Start     time.Time // last start, or vote for another sentinel
	Cooldown  time.Time // none begins before
	Promoted  string    // the chosen replica
	Votes     map[string]int
	LastAbort string // name of the event that ended the last attempt
	AbortedAt time.Time
}

// ReplicaView is a replica.
type ReplicaView struct {
	InstanceView
	MasterHost     string
	MasterPort     int
	MasterLinkUp   bool
	MasterLinkDown time.Duration
	Priority       int
	Offset         uint64
	Announced      bool
	WhyNot         string // why it cannot be promoted, "" if it can
}

// PeerView is another sentinel.
type PeerView struct {
	InstanceView
	LastHello  time.Time
	SaysDown   bool // in its last answer, which is not too old
	LastAnswer time.Time
	VotedFor   string
	VotedEpoch uint64
}

// InstanceView is what masters, replicas and sentinels have in common. A zero time stands for never.
type InstanceView struct {
	Role         Role
	Name         string
	Host         string // as announced
	Addr         Addr
	RunID        string
	Flags        []string
	Disconnected bool
	SDown, ODown bool
	SDownSince   time.Time
	ODownSince   time.Time
	DownAfter    time.Duration
	Reported     Role
	RoleSince    time.Time
	LastPing     time.Time // the oldest PING without a reply
	LastOK       time.Time // last valid reply to PING
	LastPong     time.Time // last reply to PING
	InfoTime     time.Time
	Info         string

	pending, refs int
	state         string
	more          []Field
}

// View tells what the machine knows. Before the first Step or Tick that is nothing.
func (m *Machine) View() View {
	v := View{At: m.now, MyID: m.myID, CurrentEpoch: m.epoch, Options: m.options, Timing: m.timing, Tilt: m.tilt,
		TiltSince: m.tiltSince, Running: m.scripts.running(), Queued: len(m.scripts.list), Simulate: m.simulate.bits()}
	for _, g := range m.groups {
		v.Masters = append(v.Masters, m.masterView(g))
	}
	return v
}

func (m *Machine) masterView(g *group) MasterView {
	v := MasterView{InstanceView: m.instanceView(g.instance), Current: g.current(), Settings: g.Settings,
		ConfigEpoch: g.configEpoch, VotedFor: g.leader, VotedEpoch: g.leaderEpoch,
		Agree: g.agreeing(), Usable: g.usable(), Voters: g.voters(), Majority: g.majority(), Needed: g.needed(),
		Why: m.whyNot(g)}
	v.more = append(v.more, masterFields(g)...)
	v.Failover = FailoverView{State: g.state, Epoch: g.failover.epoch, Forced: g.force, Since: g.stateSince, Start: g.start,
		Cooldown: g.cooldown(), LastAbort: g.lastAbort.Name, AbortedAt: g.abortedAt}
	if g.promotedTo != nil {
		v.Failover.Promoted = g.promotedTo.name
	}
	if g.inProgress {
		t := m.count(g)
		if g.leader != "" && g.leaderEpoch == m.epoch {
			t.add(g.leader)
		}
		v.Failover.Votes = t.votes
	}
	for _, r := range m.ranked(g) {
		v.Replicas = append(v.Replicas, ReplicaView{InstanceView: m.instanceView(r), MasterHost: r.masterHost,
			MasterPort: r.masterPort, MasterLinkUp: r.masterLinkUp, MasterLinkDown: r.masterLinkDown,
			Priority: r.priority, Offset: r.offset, Announced: r.announced, WhyNot: m.whyNotReplica(r)})
	}
	for _, p := range g.peers {
		v.Sentinels = append(v.Sentinels, PeerView{InstanceView: m.instanceView(p), LastHello: p.lastHello,
			SaysDown: p.saysDown, LastAnswer: p.lastDownReply, VotedFor: p.leader, VotedEpoch: p.leaderEpoch})
	}
	return v
}

func (m *Machine) instanceView(inst *instance) InstanceView {
	l := inst.link
	v := InstanceView{Role: inst.role, Name: inst.name, Host: m.host(inst.addr), Addr: inst.addr, RunID: inst.runID,
		Flags: inst.words(), Disconnected: l.disconnected, SDown: inst.sdown, ODown: inst.odown,
		SDownSince: inst.sdownSince, ODownSince: inst.odownSince, DownAfter: inst.downAfter,
		Reported: inst.reported, RoleSince: inst.roleSince, LastPing: l.actPing, LastOK: l.lastAvail, LastPong: l.lastPong,
		InfoTime: inst.infoTime, Info: inst.info, pending: l.pending(), refs: l.refs}
	if inst.role == Master && inst.group.inProgress {
		v.state = inst.group.state.String()
	}
	switch inst.role {
	case Replica:
		v.more = replicaFields(inst)
	case Peer:
		v.more = peerFields(m.now, inst)
	}
	return v
}

// words names an instance's flags, in Redis's order.
func (inst *instance) words() []string {
	var words []string
	add := func(set bool, word string) {
		if set {
			words = append(words, word)
		}
	}
	g := inst.group
	add(inst.sdown, "s_down")
	add(inst.odown, "o_down")
	add(true, inst.role.String())
	add(inst.link.disconnected, "disconnected")
	add(inst.saysDown, "master_down")
	add(inst.role == Master && g.inProgress, "failover_in_progress")
	add(inst.promoted, "promoted")
	add(inst.reconfSent, "reconf_sent")
	add(inst.reconfInProg, "reconf_inprog")
	add(inst.reconfDone, "reconf_done")
	add(inst.role == Master && g.force, "force_failover")
	add(inst.scriptKill, "script_kill_sent")
	return words
}

// Field is a line of the reply to SENTINEL MASTER and its like.
type Field struct{ Name, Value string }

func textField(name, value string) Field { return Field{name, value} }
func numberField[T int | int64](n string, v T) Field {
	return Field{n, strconv.FormatInt(int64(v), 10)}
}

// Fields lists an instance as SENTINEL MASTER, REPLICAS and SENTINELS do.
func (v *InstanceView) Fields(now time.Time) []Field {
	f := []Field{textField("name", v.Name), textField("ip", v.Host), numberField("port", v.Addr.Port),
		textField("runid", v.RunID), textField("flags", strings.Join(v.Flags, ",")),
		numberField("link-pending-commands", v.pending), numberField("link-refcount", v.refs)}
	if v.state != "" {
		f = append(f, textField("failover-state", v.state))
	}
	f = append(f, numberField("last-ping-sent", since(now, v.LastPing)), numberField("last-ok-ping-reply", since(now, v.LastOK)),
		numberField("last-ping-reply", since(now, v.LastPong)))
	if v.SDown {
		f = append(f, numberField("s-down-time", since(now, v.SDownSince)))
	}
	if v.ODown {
		f = append(f, numberField("o-down-time", since(now, v.ODownSince)))
	}
	f = append(f, numberField("down-after-milliseconds", v.DownAfter.Milliseconds()))
	if v.Role != Peer {
		role := Replica
		if v.Reported == Master {
			role = Master
		}
		f = append(f, numberField("info-refresh", since(now, v.InfoTime)), textField("role-reported", role.String()),
			numberField("role-reported-time", since(now, v.RoleSince)))
	}
	return append(f, v.more...)
}

func masterFields(g *group) []Field {
	f := []Field{textField("config-epoch", strconv.FormatUint(g.configEpoch, 10)), numberField("num-slaves", len(g.replicas)),
		numberField("num-other-sentinels", len(g.peers)), numberField("quorum", g.Quorum),
		numberField("failover-timeout", g.FailoverTimeout.Milliseconds()), numberField("parallel-syncs", g.ParallelSyncs)}
	if g.Notification != "" {
		f = append(f, textField("notification-script", g.Notification))
	}
	if g.ClientReconfig != "" {
		f = append(f, textField("client-reconfig-script", g.ClientReconfig))
	}
	return f
}

func replicaFields(r *instance) []Field {
	status, host, announced := "err", r.masterHost, 0
	if r.masterLinkUp {
		status = "ok"
	}
	if host == "" {
		host = "?"
	}
	if r.announced {
		announced = 1
	}
	return []Field{numberField("master-link-down-time", r.masterLinkDown.Milliseconds()), textField("master-link-status", status),
		textField("master-host", host), numberField("master-port", r.masterPort), numberField("slave-priority", r.priority),
		textField("slave-repl-offset", strconv.FormatUint(r.offset, 10)), numberField("replica-announced", announced)}
}

func peerFields(now time.Time, p *instance) []Field {
	voted := p.leader
	if voted == "" {
		voted = "?"
	}
	return []Field{numberField("last-hello-message", since(now, p.lastHello)), textField("voted-leader", voted),
		textField("voted-leader-epoch", strconv.FormatUint(p.leaderEpoch, 10))}
}

// InfoSection gives the "# Sentinel" section of INFO.
func (v *View) InfoSection(now time.Time) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	tilt, tiltFor := 0, int64(-1)
	if v.Tilt {
		tilt, tiltFor = 1, since(now, v.TiltSince)/1000
	}
	line("# Sentinel")
	line("sentinel_masters:%d", len(v.Masters))
	line("sentinel_tilt:%d", tilt)
	line("sentinel_tilt_since_seconds:%d", tiltFor)
	line("sentinel_running_scripts:%d", v.Running)
	line("sentinel_scripts_queue_length:%d", v.Queued)
	line("sentinel_simulate_failure_flags:%d", v.Simulate)
	for i := range v.Masters {
		master := &v.Masters[i]
		status := "ok"
		if master.ODown {
			status = "odown"
		} else if master.SDown {
			status = "sdown"
		}
		line("master%d:name=%s,status=%s,address=%s:%d,slaves=%d,sentinels=%d", i, master.Name, status,
			master.Host, master.Addr.Port, len(master.Replicas), master.Voters)
	}
	return b.String()
}
