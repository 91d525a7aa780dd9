package sentinel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"redislab/node/resp"
)

// subcommand is a row of the table of SENTINEL's sub-commands.
type subcommand struct {
	name  string
	arity int // with SENTINEL and its own name, negative: at least
	run   func(m *Machine, a *answer, args []string)
}

// subcommands lists all of 7.0's.
func subcommands() []subcommand {
	return []subcommand{
		{"ckquorum", 3, (*Machine).cmdCkQuorum},
		{"config", -3, (*Machine).cmdConfig},
		{"debug", -2, (*Machine).cmdDebug},
		{"failover", 3, (*Machine).cmdFailover},
		{"flushconfig", 2, (*Machine).cmdFlushConfig},
		{"get-master-addr-by-name", 3, (*Machine).cmdGetMasterAddr},
		{"help", 2, (*Machine).cmdHelp},
		{"info-cache", -3, (*Machine).cmdInfoCache},
		{"is-master-down-by-addr", 6, (*Machine).cmdIsMasterDown},
		{"master", 3, (*Machine).cmdMaster},
		{"masters", 2, (*Machine).cmdMasters},
		{"monitor", 6, (*Machine).cmdMonitor},
		{"myid", 2, (*Machine).cmdMyID},
		{"pending-scripts", 2, (*Machine).cmdPendingScripts},
		{"remove", 3, (*Machine).cmdRemove},
		{"replicas", 3, (*Machine).cmdReplicas},
		{"reset", 3, (*Machine).cmdReset},
		{"sentinels", 3, (*Machine).cmdSentinels},
		{"set", -5, (*Machine).cmdSet},
		{"simulate-failure", -3, (*Machine).cmdSimulateFailure},
		{"slaves", 3, (*Machine).cmdReplicas},
	}
}

// answer collects the reply to a command.
type answer struct {
	resp.Writer
	saved bool
}

func (a *answer) err(format string, args ...any) { a.Error(fmt.Sprintf(format, args...)) }

// saveAndOK is the reply of commands that change the configuration.
func (m *Machine) saveAndOK(a *answer) {
	m.save()
	a.saved = true
	a.OK()
}

// command answers SENTINEL ….
func (m *Machine) command(in Command) {
	a := &answer{Writer: resp.Writer{Proto: in.Proto}}
	m.dispatch(a, in.Args)
	m.emit(Answer{ID: in.ID, Reply: a.Buf, Saved: a.saved})
}

func (m *Machine) dispatch(a *answer, args []string) {
	if len(args) == 0 {
		a.err("ERR wrong number of arguments for 'sentinel' command")
		return
	}
	name := strings.ToLower(args[0])
	rows := m.commands
	i := slices.IndexFunc(rows, func(r subcommand) bool { return r.name == name })
	if i < 0 {
		a.err("ERR unknown subcommand '%.128s'. Try SENTINEL HELP.", args[0])
		return
	}
	if n := len(args) + 1; n != rows[i].arity && (rows[i].arity > 0 || n < -rows[i].arity) {
		a.err("ERR wrong number of arguments for 'sentinel|%s' command", name)
		return
	}
	rows[i].run(m, a, args[1:])
}

// named finds a master, or answers that there is none.
func (m *Machine) named(a *answer, name string) *group {
	g := m.group(name)
	if g == nil {
		a.Error("ERR No such master with that name")
	}
	return g
}

// number reads an argument that must be a whole number.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && s == strconv.FormatInt(n, 10)
}

const notInteger = "ERR value is not an integer or out of range"

// cmdIsMasterDown tells a sentinel whether a master is down for us, and votes if asked to. In tilt mode we do not trust
// what we see, so nothing is down.
func (m *Machine) cmdIsMasterDown(a *answer, args []string) {
	port, ok := number(args[1])
	epoch, ok2 := number(args[2])
	if !ok || !ok2 {
		a.Error(notInteger)
		return
	}
	g := m.groupAt(args[0], int(port))
	var leader string
	var leaderEpoch uint64
	if g != nil && args[3] != "*" {
		leader, leaderEpoch = m.vote(g, uint64(epoch), args[3])
	}
	if leader == "" {
		leader = "*"
	}
	a.Array(3)
	if g != nil && g.sdown && !m.tilt {
		a.Int(1)
	} else {
		a.Int(0)
	}
	a.BulkString(leader)
	a.Int(int64(leaderEpoch))
}

func (m *Machine) groupAt(host string, port int) *group {
	addr, err := m.addr(host, port, true)
	if err != nil {
		return nil
	}
	for _, g := range m.groups {
		if g.addr.same(addr) {
			return g
		}
	}
	return nil
}

func (m *Machine) cmdFailover(a *answer, args []string) {
	g := m.named(a, args[0])
	switch {
	case g == nil:
	case g.inProgress:
		a.Error("INPROG Failover already in progress")
	case m.bestReplica(g) == nil:
		a.Error("NOGOODSLAVE No suitable replica to promote")
	default:
		m.log(Warning, "Executing user requested FAILOVER of '%s'", g.name)
		m.startFailover(g)
		g.force = true
		a.OK()
	}
}

func (m *Machine) cmdMonitor(a *answer, args []string) {
	quorum, ok := number(args[3])
	if !ok {
		a.Error("ERR Invalid quorum")
		return
	}
	port, ok := number(args[2])
	if !ok {
		a.Error("ERR Invalid port")
		return
	}
	if quorum <= 0 {
		a.Error("ERR Quorum must be 1 or greater.")
		return
	}
	if _, err := m.cfg.resolve(m.options.ResolveHostnames, args[1]); err != nil {
		a.Error("ERR Invalid IP address or hostname specified")
		return
	}
	if port < 0 || port > 65535 {
		a.Error("ERR " + errPort.Error())
		return
	}
	g, why := m.addGroup(args[0], args[1], int(port), defaultSettings(&m.timing, int(quorum)))
	if why != "" {
		a.Error("ERR " + why)
		return
	}
	m.saveAndOK(a)
	m.event(Warning, "+monitor", g.instance, " quorum %d", g.Quorum)
}

func (m *Machine) cmdRemove(a *answer, args []string) {
	g := m.named(a, args[0])
	if g == nil {
		return
	}
	m.event(Warning, "-monitor", g.instance, "")
	g.all(m.release)
	m.groups = slices.DeleteFunc(m.groups, func(o *group) bool { return o == g })
	m.saveAndOK(a)
}

func (m *Machine) cmdReset(a *answer, args []string) {
	n := 0
	for _, g := range m.groups {
		if m.cfg.match(args[0], g.name, false) {
			m.reset(g, true)
			m.event(Warning, "+reset-master", g.instance, "")
			n++
		}
	}
	a.Int(int64(n))
}

func (m *Machine) cmdFlushConfig(a *answer, _ []string) { m.saveAndOK(a) }

func (m *Machine) cmdSimulateFailure(a *answer, args []string) {
	m.simulate = simulation{}
	for _, arg := range args {
		switch strings.ToLower(arg) {
		case "crash-after-election":
			m.simulate.afterElection = true
			m.log(Warning, "Failure simulation: this Sentinel will crash after being successfully elected as failover leader")
		case "crash-after-promotion":
			m.simulate.afterPromotion = true
			m.log(Warning, "Failure simulation: this Sentinel will crash after promoting the selected replica to master")
		case "help":
			a.Array(2)
			a.BulkString("crash-after-election")
			a.BulkString("crash-after-promotion")
			return
		default:
			a.Error("ERR Unknown failure simulation specified")
			return
		}
	}
	a.OK()
}

// cmdDebug shows or changes the intervals.
func (m *Machine) cmdDebug(a *answer, args []string) {
	rows := timingRows()
	if len(args) == 0 {
		a.Map(len(rows))
		for _, r := range rows {
			a.BulkString(r.name)
			a.BulkInt(r.field(&m.timing).Milliseconds())
		}
		return
	}
	for i := 0; i < len(args); i += 2 {
		row := slices.IndexFunc(rows, func(r timingRow) bool { return strings.EqualFold(r.name, args[i]) })
		if row < 0 || i+1 == len(args) {
			a.err("ERR Unknown option or number of arguments for SENTINEL DEBUG '%s'", args[i])
			return
		}
		d, ok := millis(args[i+1], 1)
		if !ok {
			a.err("ERR Invalid argument '%s' for SENTINEL DEBUG '%s'", args[i+1], args[i])
			return
		}
		*rows[row].field(&m.timing) = d
	}
	a.OK()
}
