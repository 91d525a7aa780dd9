package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Set is the current value of every directive, plus what a configuration file says beside them.
type Set struct {
	rows     []directive
	defaults []value
	values   []value
	index    map[string]int // every name and alias → row

	file     string
	sentinel bool
	origins  map[int]Line // row → where the file or command line set it last
	lines    map[string][]Line
	sanitize bool // a "user default" line was given, which CONFIG REWRITE words differently
}

// Line is a directive as a configuration file or command line gave it.
type Line struct {
	Num  int      // counting as redis-server does
	Text string   // trimmed
	Args []string // the words after the directive's name, unquoted
}

// Fatal is the error that stops the start because of this line.
func (l Line) Fatal(reason string) *FatalError {
	return &FatalError{Line: l.Num, Text: l.Text, Reason: reason}
}

// SavePoint asks for a snapshot once that many changes are that many seconds old.
type SavePoint struct {
	Seconds, Changes int64
}

// OutputLimit bounds the replies waiting for one client: Hard bytes at once, or Soft bytes for SoftSeconds; 0 is no limit.
type OutputLimit struct {
	Hard, Soft  uint64
	SoftSeconds int64
}

// Default is the configuration of a server started without arguments.
func Default() *Set {
	s := &Set{index: make(map[string]int, 256), origins: map[int]Line{}, lines: map[string][]Line{}}
	for _, topic := range table() {
		s.rows = append(s.rows, topic...)
	}
	cwd, err := filepath.Abs(".")
	if err != nil {
		cwd = "" // as Redis shows a working directory that cannot be told
	}
	s.defaults = make([]value, len(s.rows))
	for i, d := range s.rows {
		s.index[d.name] = i
		if d.alias != "" {
			s.index[d.alias] = i
		}
		s.defaults[i] = d.initial(cwd)
	}
	s.values = append([]value(nil), s.defaults...)
	return s
}

// initial reads the table's own default.
func (d directive) initial(cwd string) value {
	if _, isUpstream := d.kind.(upstream); isUpstream {
		return value{}
	}
	args := []string{d.def}
	if d.traits&multi != 0 {
		args = strings.Split(d.def, " ")
	}
	v, reason := d.kind.parse(value{s: cwd}, args)
	if reason != "" {
		panic("config: default of " + d.name + ": " + reason)
	}
	return v
}

// row finds a directive that the program asks for by name.
func (s *Set) row(name string) int {
	i, known := s.index[name]
	if !known {
		panic("config: no directive " + strconv.Quote(name))
	}
	return i
}

// Int is the value of a number: a percentage is negative; sizes beyond int64 keep their bits.
func (s *Set) Int(name string) int64 { return s.values[s.row(name)].n }

// Bool is the value of a yes/no directive.
func (s *Set) Bool(name string) bool { return s.values[s.row(name)].n != 0 }

// String is the value as CONFIG GET shows it; enums are asked for this way.
func (s *Set) String(name string) string {
	i := s.row(name)
	return s.rows[i].kind.show(s.values[i])
}

// Strings is the value word by word.
func (s *Set) Strings(name string) []string {
	i := s.row(name)
	if s.values[i].list != nil {
		return append([]string(nil), s.values[i].list...)
	}
	return strings.Fields(s.rows[i].kind.show(s.values[i]))
}

// SavePoints is "save".
func (s *Set) SavePoints() []SavePoint {
	n := s.integers("save")
	points := make([]SavePoint, len(n)/2)
	for i := range points {
		points[i] = SavePoint{Seconds: n[2*i], Changes: n[2*i+1]}
	}
	return points
}

// OutputLimits is "client-output-buffer-limit" for normal clients, replicas and subscribers.
func (s *Set) OutputLimits() [3]OutputLimit {
	var limits [3]OutputLimit
	list := s.values[s.row("client-output-buffer-limit")].list
	for i := range limits {
		limits[i].Hard, _ = strconv.ParseUint(list[3*i], 10, 64) // all were formatted by parse
		limits[i].Soft, _ = strconv.ParseUint(list[3*i+1], 10, 64)
		limits[i].SoftSeconds, _ = strconv.ParseInt(list[3*i+2], 10, 64)
	}
	return limits
}

// integers reads back a list that a kind formatted itself.
func (s *Set) integers(name string) []int64 {
	var out []int64
	for _, word := range s.values[s.row(name)].list {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			panic(fmt.Sprintf("config: %s holds %q: %v", name, word, err))
		}
		out = append(out, n)
	}
	return out
}

// ReplicaOf is the master to follow; ok is false for a server that follows none.
func (s *Set) ReplicaOf() (host string, port int, ok bool) {
	list := s.values[s.row("replicaof")].list
	if len(list) == 0 {
		return "", 0, false
	}
	port, err := strconv.Atoi(list[1])
	return list[0], port, err == nil
}

// Bind is the addresses to listen on, as written: "-" marks one that may be missing, "*" stands for all.
func (s *Set) Bind() []string { return append([]string(nil), s.values[s.row("bind")].list...) }

// NotifyFlags spells every enabled class of keyspace events by its own letter. CONFIG GET, and so String, abbreviates
// to A and then hides n.
func (s *Set) NotifyFlags() string {
	return eventClasses{}.spell(s.Int("notify-keyspace-events"))
}

// Percentiles is "latency-tracking-info-percentiles".
func (s *Set) Percentiles() []float64 {
	var out []float64
	for _, word := range s.values[s.row("latency-tracking-info-percentiles")].list {
		f, _ := strconv.ParseFloat(word, 64) // formatted by parse
		out = append(out, f)
	}
	return out
}

// InDir resolves a file name against "dir", which Redis does by working in there.
func (s *Set) InDir(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.String("dir"), name)
}

// File is the absolute path of the configuration file given at the start, or "".
func (s *Set) File() string { return s.file }

// Sentinel tells whether the arguments asked for a sentinel.
func (s *Set) Sentinel() bool { return s.sentinel }

// SentinelLines are the "sentinel …" lines in the order given.
func (s *Set) SentinelLines() []Line { return s.lines["sentinel"] }

// RenamedCommands are the "rename-command" lines; each has two Args, the command and its new name ("" disables it).
// Whether the command exists is the server's to check; Redis's texts for Line.Fatal are NoSuchCommand and CommandExists.
func (s *Set) RenamedCommands() []Line { return s.lines["rename-command"] }

// The reasons why a rename-command line stops the start.
const (
	NoSuchCommand = "No such command in rename-command"
	CommandExists = "Target command name already exists"
)

// Fatal is the error that stops the start because of a directive's value, blaming the line that set it, if one did. The
// server uses it for what only it can find out, such as a dir that does not exist.
func (s *Set) Fatal(name, reason string) *FatalError {
	return s.origins[s.row(name)].Fatal(reason)
}

// SetInternal changes a directive on the server's own account, such as replicaof after REPLICAOF, so that CONFIG GET
// shows it and CONFIG REWRITE keeps it. It minds neither immutability nor what this server refuses.
func (s *Set) SetInternal(name, val string) error {
	i, known := s.index[lowerString(name)]
	if !known {
		return fmt.Errorf("config: no directive %q", name)
	}
	v, reason := s.read(i, val)
	if reason != "" {
		return &ArgError{Name: s.rows[i].name, Reason: reason}
	}
	s.values[i] = v
	return nil
}

// Pair is a name, as asked for, and a value.
type Pair struct {
	Name, Value string
}

// Get is CONFIG GET: a pattern without wildcards asks for one directive by any of its names, others for all that match.
// Redis's order is that of a hash table and differs from run to run; here it is the table's.
func (s *Set) Get(patterns ...string) []Pair {
	var out []Pair
	seen := map[string]bool{}
	add := func(i int, shown string) {
		if key := lowerString(shown); !seen[key] {
			seen[key] = true
			out = append(out, Pair{shown, s.rows[i].kind.show(s.values[i])})
		}
	}
	for _, p := range patterns {
		if !strings.ContainsAny(p, "[*?") {
			if i, known := s.index[lowerString(p)]; known {
				add(i, p)
			}
			continue
		}
		for i, d := range s.rows {
			if d.traits&hidden != 0 {
				continue
			}
			for _, name := range []string{d.name, d.alias} {
				if name != "" && match(p, name) {
					add(i, name)
				}
			}
		}
	}
	return out
}
