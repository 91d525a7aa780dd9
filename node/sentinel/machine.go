package sentinel

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"time"
)

// Machine is one sentinel. It is not safe for concurrent use.
type Machine struct {
	cfg      Config
	commands []subcommand
	timing   Timing
	rand     *rand.Rand
	initial  *State // until the machine is started
	now      time.Time
	last     time.Time // the last tick

	myID      string
	epoch     uint64
	options   Options
	groups    []*group
	tilt      bool
	tiltSince time.Time
	simulate  simulation
	scripts   scriptQueue

	conns    map[ConnID]*conn
	lastConn ConnID
	out      []Output
	crashed  bool
}

// New makes a sentinel. The generator chooses the sentinel's ID if it has none: seed it well.
func New(cfg Config, state State, r *rand.Rand) *Machine {
	return &Machine{cfg: cfg, commands: subcommands(), timing: cfg.timing(), rand: r, initial: &state, conns: map[ConnID]*conn{}}
}

// start takes over the state at the first sign of time.
func (m *Machine) start() {
	s := m.initial
	m.initial, m.last = nil, m.now
	m.myID, m.epoch, m.options = s.MyID, s.CurrentEpoch, s.Options
	for _, ms := range s.Masters {
		m.restore(ms)
	}
	if m.myID == "" {
		m.myID = m.newID()
		m.save()
	}
	m.log(Warning, "Sentinel ID is %s", m.myID)
	for _, g := range m.groups {
		m.event(Warning, "+monitor", g.instance, " quorum %d", g.Quorum)
	}
}

func (m *Machine) restore(ms MasterState) {
	s := ms.Settings
	s.Renames = slices.Clone(s.Renames)
	if s.DownAfter == 0 {
		s.DownAfter = m.timing.DefaultDownAfter
	}
	if s.FailoverTimeout == 0 {
		s.FailoverTimeout = m.timing.DefaultFailoverTimeout
	}
	g, why := m.addGroup(ms.Name, ms.Host, ms.Port, s)
	if why != "" {
		m.log(Warning, "Master %s is not monitored: %s", ms.Name, why)
		return
	}
	g.configEpoch, g.leaderEpoch = ms.ConfigEpoch, ms.LeaderEpoch
	m.epoch = max(m.epoch, ms.ConfigEpoch)
	for _, r := range ms.Replicas {
		m.addReplica(g, r.Host, r.Port)
	}
	for _, k := range ms.Sentinels {
		m.addPeer(g, k.Host, k.Port, k.RunID)
	}
}

func (m *Machine) newID() string {
	var b [runIDLen / 2]byte
	for i := range b {
		b[i] = byte(m.rand.Uint32())
	}
	return hex.EncodeToString(b[:])
}

func (m *Machine) enter(now time.Time) {
	m.now = now
	if m.initial != nil {
		m.start()
	}
}

// Step takes an input.
func (m *Machine) Step(now time.Time, in Input) {
	m.enter(now)
	switch in := in.(type) {
	case LinkUp:
		m.linkUp(in)
	case LinkDown:
		m.linkDown(in)
	case Reply:
		m.reply(in)
	case Hello:
		m.hello(in.Payload)
	case Command:
		m.command(in)
	case ScriptStarted:
		m.scriptStarted(in)
	case ScriptDone:
		m.scriptDone(in)
	}
}

// Tick looks after everything that depends on time. The machine expects it every TickEvery: a gap of more than two
// seconds makes it distrust the clock (tilt).
func (m *Machine) Tick(now time.Time) {
	m.enter(now)
	m.checkTilt()
	for _, g := range m.groups {
		m.handle(g.instance)
		m.handleMaster(g)
		for _, r := range g.replicas {
			m.handle(r)
		}
		for _, p := range g.peers {
			m.handle(p)
		}
	}
	for _, g := range m.groups {
		if g.state == UpdateConfig {
			m.updateConfig(g)
		}
	}
	m.runScripts()
	m.killLateScripts()
}

// TickEvery tells how long to wait for the next tick. It differs each time, lest sentinels that were started together go
// on asking for votes at the same moment.
func (m *Machine) TickEvery() time.Duration {
	return time.Second / time.Duration(baseHz+m.rand.IntN(baseHz))
}

// Drain hands over what is to be done.
func (m *Machine) Drain() []Output {
	out := m.out
	m.out = nil
	return out
}

// emit adds an output. A machine that was told to crash does nothing any more.
func (m *Machine) emit(out Output) {
	if !m.crashed {
		m.out = append(m.out, out)
	}
}

// save asks for the state to be written. Two saves in a row are one.
func (m *Machine) save() {
	s := m.State()
	out := Save{State: s, Lines: s.lines(&m.timing)}
	if n := len(m.out); n > 0 && !m.crashed {
		if _, ok := m.out[n-1].(Save); ok {
			m.out[n-1] = out
			return
		}
	}
	m.emit(out)
}

// checkTilt begins tilt mode when time made a leap.
func (m *Machine) checkTilt() {
	if d := m.now.Sub(m.last); d < 0 || d > m.timing.TiltTrigger {
		m.tilt, m.tiltSince = true, m.now
		m.event(Warning, "+tilt", nil, "#tilt mode entered")
	}
	m.last = m.now
}

// handle does what every kind of instance needs. In tilt mode that is to watch only.
func (m *Machine) handle(inst *instance) {
	m.reconnect(inst)
	m.periodic(inst)
	if m.tilted() {
		return
	}
	m.checkSubjectivelyDown(inst)
}

func (m *Machine) handleMaster(g *group) {
	if m.tilt {
		return
	}
	m.checkObjectivelyDown(g)
	if m.startFailoverIfNeeded(g) {
		m.askPeers(g, true)
	}
	m.runFailover(g)
	m.askPeers(g, false)
}

// tilted tells whether tilt mode is on, and ends it when it lasted long enough.
func (m *Machine) tilted() bool {
	if !m.tilt {
		return false
	}
	if m.now.Sub(m.tiltSince) < m.timing.TiltPeriod {
		return true
	}
	m.tilt = false
	m.event(Warning, "-tilt", nil, "#tilt mode exited")
	return false
}

func (m *Machine) addr(host string, port int, lenient bool) (Addr, error) {
	return m.cfg.addr(m.options.ResolveHostnames, host, port, lenient)
}

// sameHost tells whether a host, which may be a name, is that of an address.
func (m *Machine) sameHost(a Addr, host string) bool {
	if host == a.IP {
		return true
	}
	ip, err := m.cfg.resolve(m.options.ResolveHostnames, host)
	return err == nil && ip == a.IP
}

// host is how an address is told to others.
func (m *Machine) host(a Addr) string {
	if m.options.AnnounceHostnames {
		return a.Host
	}
	return a.IP
}

func (m *Machine) group(name string) *group {
	for _, g := range m.groups {
		if g.name == name {
			return g
		}
	}
	return nil
}

// State is what the machine would save now.
func (m *Machine) State() State {
	if m.initial != nil {
		return *m.initial
	}
	s := State{MyID: m.myID, CurrentEpoch: m.epoch, Options: m.options}
	for _, g := range m.groups {
		s.Masters = append(s.Masters, m.masterState(g))
	}
	return s
}

func (m *Machine) masterState(g *group) MasterState {
	current := g.current()
	ms := MasterState{Name: g.name, Host: m.host(current), Port: current.Port, Settings: g.Settings,
		ConfigEpoch: g.configEpoch, LeaderEpoch: g.leaderEpoch}
	ms.Settings.Renames = slices.Clone(g.Renames)
	for _, r := range g.replicas {
		a := r.addr
		if a.equal(current) { // promoted already: the old master takes its place
			a = g.addr
		}
		ms.Replicas = append(ms.Replicas, HostPort{m.host(a), a.Port})
	}
	for _, p := range g.peers {
		ms.Sentinels = append(ms.Sentinels, KnownSentinel{HostPort{m.host(p.addr), p.addr.Port}, p.runID})
	}
	return ms
}
