package sentinel

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

func (m *Machine) cmdMyID(a *answer, _ []string) { a.BulkString(m.myID) }

func (m *Machine) cmdMasters(a *answer, _ []string) {
	a.Array(len(m.groups))
	for _, g := range m.groups {
		m.writeInstance(a, g.instance)
	}
}

func (m *Machine) cmdMaster(a *answer, args []string) {
	if g := m.named(a, args[0]); g != nil {
		m.writeInstance(a, g.instance)
	}
}

// cmdReplicas lists a master's replicas, but those that do not want to be announced.
func (m *Machine) cmdReplicas(a *answer, args []string) {
	g := m.named(a, args[0])
	if g == nil {
		return
	}
	m.writeInstances(a, slices.DeleteFunc(slices.Clone(g.replicas), func(r *instance) bool { return !r.announced }))
}

func (m *Machine) cmdSentinels(a *answer, args []string) {
	if g := m.named(a, args[0]); g != nil {
		m.writeInstances(a, g.peers)
	}
}

func (m *Machine) writeInstances(a *answer, list []*instance) {
	a.Array(len(list))
	for _, inst := range list {
		m.writeInstance(a, inst)
	}
}

func (m *Machine) writeInstance(a *answer, inst *instance) {
	v := m.instanceView(inst)
	fields := v.Fields(m.now)
	if inst.role == Master {
		fields = append(fields, masterFields(inst.group)...)
	}
	a.Map(len(fields))
	for _, f := range fields {
		a.BulkString(f.Name)
		a.BulkString(f.Value)
	}
}

func (m *Machine) cmdGetMasterAddr(a *answer, args []string) {
	g := m.group(args[0])
	if g == nil {
		a.NullArray()
		return
	}
	addr := g.current()
	a.Array(2)
	a.BulkString(m.host(addr))
	a.BulkInt(int64(addr.Port))
}

// usable counts the sentinels that are not down, us included.
func (g *group) usable() int {
	n := 1
	for _, p := range g.peers {
		if !p.sdown {
			n++
		}
	}
	return n
}

func (m *Machine) cmdCkQuorum(a *answer, args []string) {
	g := m.named(a, args[0])
	if g == nil {
		return
	}
	var lacks []string
	usable := g.usable()
	if usable < g.Quorum {
		lacks = append(lacks, "Not enough available Sentinels to reach the specified quorum for this master")
	}
	if usable < g.majority() {
		lacks = append(lacks, "Not enough available Sentinels to reach the majority and authorize a failover")
	}
	if len(lacks) == 0 {
		a.RawString("+OK ")
		a.RawString(strconv.Itoa(usable))
		a.RawString(" usable Sentinels. Quorum and failover authorization can be reached\r\n")
		return
	}
	a.err("NOQUORUM %d usable Sentinels. %s", usable, strings.Join(lacks, ". "))
}

// cmdInfoCache gives the last INFO of masters and their replicas, with its age.
func (m *Machine) cmdInfoCache(a *answer, args []string) {
	groups := slices.DeleteFunc(slices.Clone(m.groups), func(g *group) bool { return !slices.Contains(args, g.name) })
	a.Array(2 * len(groups))
	for _, g := range groups {
		a.BulkString(g.name)
		a.Array(1 + len(g.replicas))
		for _, inst := range slices.Concat([]*instance{g.instance}, g.replicas) {
			a.Array(2)
			a.Int(since(m.now, inst.infoTime))
			if inst.infoTime.IsZero() {
				a.Null()
			} else {
				a.BulkString(inst.info)
			}
		}
	}
}

// since is a time's age in milliseconds, 0 when it never was.
func since(now, t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return now.Sub(t).Milliseconds()
}

func (m *Machine) cmdPendingScripts(a *answer, _ []string) {
	a.Array(len(m.scripts.list))
	for _, s := range m.scripts.list {
		flags, clock, value := "scheduled", "run-delay", max(0, -since(m.now, s.at))
		if s.running {
			flags, clock, value = "running", "run-time", since(m.now, s.at)
		}
		a.Map(5)
		a.BulkString("argv")
		a.Array(len(s.argv))
		for _, arg := range s.argv {
			a.BulkString(arg)
		}
		a.BulkString("flags")
		a.BulkString(flags)
		a.BulkString("pid")
		a.BulkInt(int64(s.pid))
		a.BulkString(clock)
		a.BulkInt(value)
		a.BulkString("retry-num")
		a.BulkInt(int64(s.tries))
	}
}

// cmdHelp gives SENTINEL HELP.
func (m *Machine) cmdHelp(a *answer, _ []string) {
	lines := strings.Split(helpText, "\n")
	a.Array(len(lines))
	for _, l := range lines {
		a.Simple(l)
	}
}

const helpText = `SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
CKQUORUM <master-name>
    Check if the current Sentinel configuration is able to reach the quorum
    needed to failover a master and the majority needed to authorize the
    failover.
CONFIG SET <param> <value>
    Set a global Sentinel configuration parameter.
CONFIG GET <param>
    Get global Sentinel configuration parameter.
DEBUG [<param> <value> ...]
    Show a list of configurable time parameters and their values (milliseconds).
    Or update current configurable parameters values (one or more).
GET-MASTER-ADDR-BY-NAME <master-name>
    Return the ip and port number of the master with that name.
FAILOVER <master-name>
    Manually failover a master node without asking for agreement from other
    Sentinels
FLUSHCONFIG
    Force Sentinel to rewrite its configuration on disk, including the current
    Sentinel state.
INFO-CACHE <master-name>
    Return last cached INFO output from masters and all its replicas.
IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>
    Check if the master specified by ip:port is down from current Sentinel's
    point of view.
MASTER <master-name>
    Show the state and info of the specified master.
MASTERS
    Show a list of monitored masters and their state.
MONITOR <name> <ip> <port> <quorum>
    Start monitoring a new master with the specified name, ip, port and quorum.
MYID
    Return the ID of the Sentinel instance.
PENDING-SCRIPTS
    Get pending scripts information.
REMOVE <master-name>
    Remove master from Sentinel's monitor list.
REPLICAS <master-name>
    Show a list of replicas for this master and their state.
RESET <pattern>
    Reset masters for specific master name matching this pattern.
SENTINELS <master-name>
    Show a list of Sentinel instances for this master and their state.
SET <master-name> <option> <value> [<option> <value> ...]
    Set configuration parameters for certain masters.
SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]
    Simulate a Sentinel crash.
HELP
    Prints this help.`
