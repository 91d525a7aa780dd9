package sentinel

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setOption is an option of SENTINEL SET. set gives an error text of its own, or badArgument, or "".
type setOption struct {
	values int // how many words follow
	secret bool
	set    func(m *Machine, g *group, args []string) string
}

const (
	badArgument = "?"
	scriptsAre  = "ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig " +
		"configuration directive in your Sentinel configuration"
)

// setOptions lists them.
func setOptions() map[string]setOption {
	return map[string]setOption{
		"down-after-milliseconds": {values: 1, set: func(_ *Machine, g *group, args []string) string {
			d, ok := millis(args[0], 1)
			if ok {
				g.setDownAfter(d)
			}
			return bad(!ok)
		}},
		"failover-timeout":                {values: 1, set: setMillis(1, func(g *group) *time.Duration { return &g.FailoverTimeout })},
		"master-reboot-down-after-period": {values: 1, set: setMillis(0, func(g *group) *time.Duration { return &g.RebootDownAfter })},
		"parallel-syncs":                  {values: 1, set: setCount(func(g *group) *int { return &g.ParallelSyncs })},
		"quorum":                          {values: 1, set: setCount(func(g *group) *int { return &g.Quorum })},
		"notification-script": {values: 1, set: setScript("ERR Notification script seems non existing or non executable",
			func(g *group) *string { return &g.Notification })},
		"client-reconfig-script": {values: 1, set: setScript("ERR Client reconfiguration script seems non existing or non executable",
			func(g *group) *string { return &g.ClientReconfig })},
		"auth-pass":      {values: 1, secret: true, set: setAuth(func(g *group) *string { return &g.AuthPass })},
		"auth-user":      {values: 1, set: setAuth(func(g *group) *string { return &g.AuthUser })},
		"rename-command": {values: 2, set: setRename},
	}
}

func bad(yes bool) string {
	if yes {
		return badArgument
	}
	return ""
}

// millis reads a duration of at least so many milliseconds.
func millis(s string, least int64) (time.Duration, bool) {
	n, ok := number(s)
	return time.Duration(n) * time.Millisecond, ok && n >= least && n <= math.MaxInt64/int64(time.Millisecond)
}

func setMillis(least int64, field func(*group) *time.Duration) func(*Machine, *group, []string) string {
	return func(_ *Machine, g *group, args []string) string {
		d, ok := millis(args[0], least)
		if ok {
			*field(g) = d
		}
		return bad(!ok)
	}
}

func setCount(field func(*group) *int) func(*Machine, *group, []string) string {
	return func(_ *Machine, g *group, args []string) string {
		n, ok := number(args[0])
		if !ok || n <= 0 {
			return badArgument
		}
		*field(g) = int(n)
		return ""
	}
}

func setScript(complaint string, field func(*group) *string) func(*Machine, *group, []string) string {
	return func(m *Machine, g *group, args []string) string {
		switch {
		case !m.options.AllowScripts:
			return scriptsAre
		case args[0] != "" && !m.cfg.executable(args[0]):
			return complaint
		}
		*field(g) = args[0]
		return ""
	}
}

// setAuth drops the connections: they come back with the new credentials.
func setAuth(field func(*group) *string) func(*Machine, *group, []string) string {
	return func(m *Machine, g *group, args []string) string {
		*field(g) = args[0]
		m.dropConnections(g)
		return ""
	}
}

func setRename(_ *Machine, g *group, args []string) string {
	if args[0] == "" || args[1] == "" {
		return badArgument
	}
	g.Renames = slices.DeleteFunc(g.Renames, func(r Rename) bool { return strings.EqualFold(r.Old, args[0]) })
	if !strings.EqualFold(args[0], args[1]) {
		g.Renames = append(g.Renames, Rename{args[0], args[1]})
	}
	return ""
}

// cmdSet changes a master's settings, one after the other. What comes before a mistake stays changed.
func (m *Machine) cmdSet(a *answer, args []string) {
	g := m.named(a, args[0])
	if g == nil {
		return
	}
	options, changes := setOptions(), 0
	for i := 1; i < len(args); {
		name := args[i]
		o, known := options[strings.ToLower(name)]
		if !known || len(args)-i-1 < o.values {
			a.err("ERR Unknown option or number of arguments for SENTINEL SET '%s'", name)
			break
		}
		values := args[i+1 : i+1+o.values]
		if why := o.set(m, g, values); why != "" {
			if why == badArgument {
				why = "ERR Invalid argument '" + badValue(values) + "' for SENTINEL SET '" + name + "'"
			}
			a.Error(why)
			break
		}
		changes++
		i += 1 + o.values
		shown := strings.Join(values, " ")
		if o.secret {
			shown = "******"
		}
		m.event(Warning, "+set", g.instance, " %s %s", name, shown)
	}
	if len(a.Buf) == 0 {
		m.saveAndOK(a)
	} else if changes > 0 {
		m.save()
	}
}

// badValue is the word that an error complains of: the empty one of several.
func badValue(values []string) string {
	if len(values) == 2 && values[1] != "" {
		return values[0]
	}
	return values[len(values)-1]
}

// configOption is an option of SENTINEL CONFIG.
type configOption struct {
	name string
	get  func(o *Options) string
	set  func(o *Options, value string) bool
	drop bool // connections to other sentinels have to be made anew
}

// configOptions lists them in the order of CONFIG GET's reply.
func configOptions() []configOption {
	flag := func(name string, field func(*Options) *bool) configOption {
		return configOption{name: name, get: func(o *Options) string { return yesNo(*field(o)) },
			set: func(o *Options, value string) bool {
				yes, ok := parseYesNo(value)
				if ok {
					*field(o) = yes
				}
				return ok
			}}
	}
	text := func(name string, drop bool, field func(*Options) *string) configOption {
		return configOption{name: name, drop: drop, get: func(o *Options) string { return *field(o) },
			set: func(o *Options, value string) bool {
				*field(o) = value
				return true
			}}
	}
	return []configOption{
		flag("resolve-hostnames", func(o *Options) *bool { return &o.ResolveHostnames }),
		flag("announce-hostnames", func(o *Options) *bool { return &o.AnnounceHostnames }),
		text("announce-ip", false, func(o *Options) *string { return &o.AnnounceIP }),
		{name: "announce-port", get: func(o *Options) string { return strconv.Itoa(o.AnnouncePort) },
			set: func(o *Options, value string) bool {
				n, ok := number(value)
				if !ok || n < 0 || n > 65535 {
					return false
				}
				o.AnnouncePort = int(n)
				return true
			}},
		text("sentinel-user", true, func(o *Options) *string { return &o.User }),
		text("sentinel-pass", true, func(o *Options) *string { return &o.Pass }),
	}
}

// cmdConfig is SENTINEL CONFIG GET pattern and CONFIG SET option value.
func (m *Machine) cmdConfig(a *answer, args []string) {
	switch {
	case strings.EqualFold(args[0], "get") && len(args) == 2:
		m.configGet(a, args[1])
	case strings.EqualFold(args[0], "set") && len(args) == 3:
		m.configSet(a, args[1], args[2])
	default:
		a.Error("ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.")
	}
}

func (m *Machine) configGet(a *answer, pattern string) {
	options := slices.DeleteFunc(configOptions(), func(o configOption) bool { return !m.cfg.match(pattern, o.name, true) })
	a.Map(len(options))
	for _, o := range options {
		a.BulkString(o.name)
		a.BulkString(o.get(&m.options))
	}
}

func (m *Machine) configSet(a *answer, name, value string) {
	options := configOptions()
	i := slices.IndexFunc(options, func(o configOption) bool { return strings.EqualFold(o.name, name) })
	switch {
	case i < 0:
		a.err("ERR Invalid argument '%s' to SENTINEL CONFIG SET", name)
		return
	case !options[i].set(&m.options, value):
		a.err("ERR Invalid value '%s' to SENTINEL CONFIG SET '%s'", value, name)
		return
	}
	m.saveAndOK(a)
	if options[i].drop {
		m.dropPeerConnections()
	}
}
