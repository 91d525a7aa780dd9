package sentinel

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// State is what a sentinel keeps over restarts: the "sentinel …" lines of its configuration file.
type State struct {
	MyID         string
	CurrentEpoch uint64
	Options      Options
	Masters      []MasterState
}

// Options are the settings that are not of one master.
type Options struct {
	AnnounceIP        string
	AnnouncePort      int
	ResolveHostnames  bool
	AnnounceHostnames bool
	AllowScripts      bool   // deny-scripts-reconfig no
	User              string // sentinel-user and sentinel-pass: for AUTH towards other sentinels
	Pass              string
}

// Settings are the settings of one master. In a State that was not loaded a DownAfter or FailoverTimeout of zero stands for
// Redis's default.
type Settings struct {
	Quorum          int
	DownAfter       time.Duration
	FailoverTimeout time.Duration
	ParallelSyncs   int
	RebootDownAfter time.Duration
	AuthUser        string
	AuthPass        string
	Notification    string // notification-script
	ClientReconfig  string // client-reconfig-script
	Renames         []Rename
}

// Rename is a command that has another name on a master and its replicas.
type Rename struct{ Old, New string }

// MasterState is a monitored master with what is known about it.
type MasterState struct {
	Name        string
	Host        string
	Port        int
	Settings    Settings
	ConfigEpoch uint64
	LeaderEpoch uint64
	Replicas    []HostPort
	Sentinels   []KnownSentinel
}

// HostPort is an address as it is written in the file.
type HostPort struct {
	Host string
	Port int
}

// KnownSentinel is another sentinel of the same master.
type KnownSentinel struct {
	HostPort
	RunID string
}

// Line is a line of sentinel.conf, "sentinel current-epoch 4". The first two words say which line it replaces. A line
// marked Default need not be written unless the file has one of its kind.
type Line struct {
	Text    string
	Default bool
}

// Owned lists the kinds of lines that Save.Lines are the whole of: such lines of the file that have no successor there
// are to be removed.
func Owned() []string {
	kinds := []string{"monitor", "down-after-milliseconds", "failover-timeout", "parallel-syncs", "notification-script",
		"client-reconfig-script", "auth-pass", "auth-user", "config-epoch", "leader-epoch", "known-replica",
		"known-sentinel", "rename-command", "master-reboot-down-after-period", "announce-ip", "announce-port",
		"sentinel-user", "sentinel-pass", "known-slave"}
	for i, k := range kinds {
		kinds[i] = "sentinel " + k
	}
	return kinds
}

// lineWriter collects lines.
type lineWriter []Line

func (w *lineWriter) add(format string, args ...any) {
	*w = append(*w, Line{Text: "sentinel " + fmt.Sprintf(format, args...)})
}

func (w *lineWriter) flag(name string, value, def bool) {
	*w = append(*w, Line{Text: "sentinel " + name + " " + yesNo(value), Default: value == def})
}

// lines puts the state into words, in Redis's order.
func (s *State) lines(t *Timing) []Line {
	var w lineWriter
	w.add("myid %s", s.MyID)
	w.flag("deny-scripts-reconfig", !s.Options.AllowScripts, true)
	w.flag("resolve-hostnames", s.Options.ResolveHostnames, false)
	w.flag("announce-hostnames", s.Options.AnnounceHostnames, false)
	for i := range s.Masters {
		s.Masters[i].lines(&w, t)
	}
	w.add("current-epoch %d", s.CurrentEpoch)
	if s.Options.AnnounceIP != "" {
		w.add("announce-ip %s", repr(s.Options.AnnounceIP))
	}
	if s.Options.AnnouncePort != 0 {
		w.add("announce-port %d", s.Options.AnnouncePort)
	}
	if s.Options.User != "" {
		w.add("sentinel-user %s", s.Options.User)
	}
	if s.Options.Pass != "" {
		w.add("sentinel-pass %s", s.Options.Pass)
	}
	return w
}

func (ms *MasterState) lines(w *lineWriter, t *Timing) {
	w.add("monitor %s %s %d %d", ms.Name, ms.Host, ms.Port, ms.Settings.Quorum)
	ms.Settings.lines(w, ms.Name, t)
	w.add("config-epoch %s %d", ms.Name, ms.ConfigEpoch)
	w.add("leader-epoch %s %d", ms.Name, ms.LeaderEpoch)
	for _, r := range ms.Replicas {
		w.add("known-replica %s %s %d", ms.Name, r.Host, r.Port)
	}
	for _, k := range ms.Sentinels {
		w.add("known-sentinel %s %s %d %s", ms.Name, k.Host, k.Port, k.RunID)
	}
	for _, r := range ms.Settings.Renames {
		w.add("rename-command %s %s %s", ms.Name, r.Old, r.New)
	}
}

func (s *Settings) lines(w *lineWriter, name string, t *Timing) {
	number := func(option string, value, def int64) {
		if value != def {
			w.add("%s %s %d", option, name, value)
		}
	}
	text := func(option, value string) {
		if value != "" {
			w.add("%s %s %s", option, name, value)
		}
	}
	number("down-after-milliseconds", s.DownAfter.Milliseconds(), t.DefaultDownAfter.Milliseconds())
	number("failover-timeout", s.FailoverTimeout.Milliseconds(), t.DefaultFailoverTimeout.Milliseconds())
	number("parallel-syncs", int64(s.ParallelSyncs), defaultParallelSyncs)
	text("notification-script", s.Notification)
	text("client-reconfig-script", s.ClientReconfig)
	text("auth-pass", s.AuthPass)
	text("auth-user", s.AuthUser)
	number("master-reboot-down-after-period", s.RebootDownAfter.Milliseconds(), 0)
}

const defaultParallelSyncs = 1

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// repr quotes a value the way Redis's configuration files have it.
func repr(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\', '"':
			b.WriteString("\\" + string(c))
		case '\n', '\r', '\t', '\a', '\b':
			b.WriteString(strings.Trim(strconv.QuoteRune(rune(c)), "'"))
		default:
			if c >= ' ' && c <= '~' {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "\\x%02x", c)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
