package sentinel

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Directive is a "sentinel …" line of the configuration file.
type Directive struct {
	Args []string // without the word sentinel
	Line int      // its number in the file
	Text string   // the line as it stands there
}

// LoadError is a directive that Sentinel refuses. Reason is Redis's text.
type LoadError struct {
	Directive Directive
	Reason    string
}

// Error words the error in one line. What redis-sentinel prints before it exits is made of the parts.
func (e *LoadError) Error() string {
	return fmt.Sprintf("sentinel configuration, line %d: %q: %s", e.Directive.Line, e.Directive.Text, e.Reason)
}

// loader builds a State from directives.
type loader struct {
	cfg   *Config
	t     Timing
	state State
}

// Load reads the directives of a configuration file. They may stand in any order: the global ones come into force first,
// then the masters, then what is said of them.
func Load(directives []Directive, cfg Config) (State, error) {
	l := &loader{cfg: &cfg, t: cfg.timing()}
	for _, phase := range []func(string) bool{isGlobal, isMonitor, isRest} {
		for _, d := range directives {
			if len(d.Args) == 0 || !phase(strings.ToLower(d.Args[0])) {
				continue
			}
			if reason := l.directive(d.Args); reason != "" {
				return State{}, &LoadError{Directive: d, Reason: reason}
			}
		}
	}
	return l.state, nil
}

func isMonitor(name string) bool { return name == "monitor" }
func isRest(name string) bool    { return !isGlobal(name) && !isMonitor(name) }

func isGlobal(name string) bool {
	return slices.Contains([]string{"announce-ip", "announce-port", "deny-scripts-reconfig", "sentinel-user", "sentinel-pass",
		"current-epoch", "myid", "resolve-hostnames", "announce-hostnames"}, name)
}

const (
	noSuchMaster = "No such master with specified name."
	unrecognized = "Unrecognized sentinel configuration statement."
	badTime      = "negative or zero time parameter."
	runIDLen     = 40
)

// directive takes one line; the result is the reason why not, or "".
func (l *loader) directive(args []string) string {
	name := strings.ToLower(args[0])
	switch {
	case name == "monitor" && len(args) == 5:
		return l.monitor(args[1], args[2], atoi(args[3]), atoi(args[4]))
	case isGlobal(name) && len(args) == 2:
		return l.global(name, args[1])
	case isGlobal(name) || isMonitor(name):
		return unrecognized
	}
	row, known := l.masterDirectives()[name]
	if !known || len(args) < row.min || len(args) > row.max {
		return unrecognized
	}
	i := slices.IndexFunc(l.state.Masters, func(m MasterState) bool { return m.Name == args[1] })
	if i < 0 {
		return noSuchMaster
	}
	return row.take(&l.state.Masters[i], args[2:])
}

func (l *loader) monitor(name, host string, port, quorum int) string {
	if quorum <= 0 {
		return "Quorum must be 1 or greater."
	}
	if _, err := l.cfg.addr(l.state.Options.ResolveHostnames, host, port, true); err != nil {
		return err.Error()
	}
	if slices.ContainsFunc(l.state.Masters, func(m MasterState) bool { return m.Name == name }) {
		return duplicateMaster
	}
	l.state.Masters = append(l.state.Masters, MasterState{Name: name, Host: host, Port: port, Settings: defaultSettings(&l.t, quorum)})
	return ""
}

func defaultSettings(t *Timing, quorum int) Settings {
	return Settings{Quorum: quorum, DownAfter: t.DefaultDownAfter, FailoverTimeout: t.DefaultFailoverTimeout, ParallelSyncs: defaultParallelSyncs}
}

func (l *loader) global(name, value string) string {
	o := &l.state.Options
	flag := func(to *bool, invert bool, complaint string) string {
		yes, ok := parseYesNo(value)
		if !ok {
			return complaint
		}
		*to = yes != invert
		return ""
	}
	switch name {
	case "announce-ip":
		o.AnnounceIP = value
	case "announce-port":
		o.AnnouncePort = atoi(value)
	case "sentinel-user":
		o.User = value
	case "sentinel-pass":
		o.Pass = value
	case "current-epoch":
		l.state.CurrentEpoch = max(l.state.CurrentEpoch, parseEpoch(value))
	case "myid":
		if len(value) != runIDLen {
			return "Malformed Sentinel id in myid option."
		}
		l.state.MyID = value
	case "deny-scripts-reconfig":
		return flag(&o.AllowScripts, true, "Please specify yes or no for the deny-scripts-reconfig options.")
	case "resolve-hostnames":
		return flag(&o.ResolveHostnames, false, "Please specify yes or no for the resolve-hostnames option.")
	case "announce-hostnames":
		return flag(&o.AnnounceHostnames, false, "Please specify yes or no for the announce-hostnames option.")
	}
	return ""
}

func parseYesNo(s string) (yes, ok bool) {
	return strings.EqualFold(s, "yes"), strings.EqualFold(s, "yes") || strings.EqualFold(s, "no")
}

// masterDirective is a line about one master: how many words it may have, and what it does.
type masterDirective struct {
	min, max int
	take     func(m *MasterState, args []string) string
}

func (l *loader) masterDirectives() map[string]masterDirective {
	millis := func(field func(*Settings) *time.Duration, least int, complaint string) masterDirective {
		return masterDirective{3, 3, func(m *MasterState, args []string) string {
			n := atoi(args[0])
			if n < least {
				return complaint
			}
			*field(&m.Settings) = time.Duration(n) * time.Millisecond
			return ""
		}}
	}
	text := func(set func(m *MasterState, value string)) masterDirective {
		return masterDirective{3, 3, func(m *MasterState, args []string) string {
			set(m, args[0])
			return ""
		}}
	}
	script := func(complaint string, field func(*Settings) *string) masterDirective {
		return masterDirective{3, 3, func(m *MasterState, args []string) string {
			if !l.cfg.executable(args[0]) {
				return complaint
			}
			*field(&m.Settings) = args[0]
			return ""
		}}
	}
	replica := masterDirective{4, 4, l.knownReplica}
	return map[string]masterDirective{
		"down-after-milliseconds":         millis(func(s *Settings) *time.Duration { return &s.DownAfter }, 1, badTime),
		"failover-timeout":                millis(func(s *Settings) *time.Duration { return &s.FailoverTimeout }, 1, badTime),
		"master-reboot-down-after-period": millis(func(s *Settings) *time.Duration { return &s.RebootDownAfter }, 0, "negative time parameter."),
		"parallel-syncs":                  text(func(m *MasterState, v string) { m.Settings.ParallelSyncs = atoi(v) }),
		"auth-pass":                       text(func(m *MasterState, v string) { m.Settings.AuthPass = v }),
		"auth-user":                       text(func(m *MasterState, v string) { m.Settings.AuthUser = v }),
		"leader-epoch":                    text(func(m *MasterState, v string) { m.LeaderEpoch = parseEpoch(v) }),
		"config-epoch": text(func(m *MasterState, v string) {
			m.ConfigEpoch = parseEpoch(v)
			l.state.CurrentEpoch = max(l.state.CurrentEpoch, m.ConfigEpoch)
		}),
		"notification-script": script("Notification script seems non existing or non executable.",
			func(s *Settings) *string { return &s.Notification }),
		"client-reconfig-script": script("Client reconfiguration script seems non existing or non executable.",
			func(s *Settings) *string { return &s.ClientReconfig }),
		"known-replica":  replica,
		"known-slave":    replica,
		"known-sentinel": {4, 5, l.knownSentinel},
		"rename-command": {4, 4, rename},
	}
}

func (l *loader) knownReplica(m *MasterState, args []string) string {
	r := HostPort{Host: args[0], Port: atoi(args[1])}
	if _, err := l.cfg.addr(l.state.Options.ResolveHostnames, r.Host, r.Port, true); err != nil {
		return err.Error()
	}
	if slices.Contains(m.Replicas, r) {
		return "Duplicate hostname and port for replica."
	}
	m.Replicas = append(m.Replicas, r)
	return ""
}

// knownSentinel takes another sentinel. Lines of old versions without an ID are passed over.
func (l *loader) knownSentinel(m *MasterState, args []string) string {
	if len(args) < 3 {
		return ""
	}
	k := KnownSentinel{HostPort: HostPort{Host: args[0], Port: atoi(args[1])}, RunID: args[2]}
	if _, err := l.cfg.addr(l.state.Options.ResolveHostnames, k.Host, k.Port, true); err != nil {
		return err.Error()
	}
	if slices.ContainsFunc(m.Sentinels, func(o KnownSentinel) bool { return o.RunID == k.RunID }) {
		return "Duplicate runid for sentinel."
	}
	m.Sentinels = append(m.Sentinels, k)
	return ""
}

func rename(m *MasterState, args []string) string {
	if slices.ContainsFunc(m.Settings.Renames, func(r Rename) bool { return strings.EqualFold(r.Old, args[0]) }) {
		return "Same command renamed multiple times with rename-command."
	}
	m.Settings.Renames = append(m.Settings.Renames, Rename{args[0], args[1]})
	return ""
}
