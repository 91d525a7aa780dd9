package sentinel_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/sentinel"
	"redislab/node/sim"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts in testdata say now into them")

// TestScripts plays testdata/*.txt: commands, and below ---- what came of them. The commands:
//
//	new key=value …          a world: sentinels, replicas, quorum, down-after, failover-timeout (ms), parallel-syncs,
//	                         masters, seed, sync (ms), reboot-down-after, scripts; it runs for 8 s
//	run 5s                   time passes; the output is what the sentinels and servers say
//	until EVENT 30s          the same until an event is seen, "EVENT@s1" for one sentinel's
//	crash X, restart X, pause X, resume X, cut X Y, oneway X Y, isolate X, heal, delay X Y 100ms
//	trap EVENT               the next sentinel that says EVENT is killed at once
//	redis X key=value …      settings of a server: priority, offset, loading (ms of the next start), password
//	tell s1 FAILOVER m1      a SENTINEL command, with its reply
//	why s1                   why there is no failover
//	state                    who follows whom, and what the sentinels believe
//
// Servers are 9001, 9002 …, those of a second master 9101 …; sentinels s1, s2 … Quiet output is what is left when only
// the named events count: "run 5s only=+sdown,-sdown".
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { playFile(t, file) })
	}
}

// playFile plays a file and compares, or rewrites it.
func playFile(t *testing.T, file string) {
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	s := &script{}
	for _, block := range strings.Split(strings.TrimSpace(string(old)), "\n\n") {
		input, _, _ := strings.Cut(block, "\n----")
		out.WriteString(input)
		if result := s.play(input); result != "" {
			out.WriteString("\n----\n" + result)
		}
		out.WriteString("\n\n")
	}
	now := strings.TrimRight(out.String(), "\n") + "\n"
	if *rewrite {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if now != string(old) {
		t.Errorf("%s plays differently now (go test -run Scripts -rewrite writes it anew):\n%s", file, firstDifference(string(old), now))
	}
}

func firstDifference(old, now string) string {
	a, b := strings.Split(old, "\n"), strings.Split(now, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n was: %s\n now: %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines were %d", len(b), len(a))
}

// script is a script that is being played.
type script struct {
	*cluster
	traps []string
	wait  string
	seen  bool
}

// play runs the commands of a block. Comments are lines with a #.
func (s *script) play(block string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(block, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		from := 0
		if s.cluster != nil {
			from = len(s.w.Entries())
		}
		only, words := takeOnly(words)
		if text := s.do(words[0], words[1:]); text != "" {
			out.WriteString(text + "\n")
		}
		if words[0] == "new" {
			continue
		}
		for _, e := range s.w.Entries()[from:] {
			if only == nil || slices.ContainsFunc(only, func(o string) bool { return strings.HasPrefix(e.Text, o) }) {
				out.WriteString(s.names(e.String()) + "\n")
			}
		}
	}
	return strings.TrimRight(out.String(), "\n")
}

func takeOnly(words []string) (only, rest []string) {
	for i, w := range words {
		if list, ok := strings.CutPrefix(w, "only="); ok {
			return strings.Split(list, ","), slices.Delete(slices.Clone(words), i, i+1)
		}
	}
	return nil, words
}

// do runs one command.
func (s *script) do(name string, args []string) string {
	switch name {
	case "new":
		s.cluster = newCluster(parseTopology(args))
		s.onEvent = s.event
		s.w.Run(6 * time.Second)
	case "run":
		s.w.Run(duration(args[0]))
	case "until":
		s.wait, s.seen = args[0], false
		if !s.w.Until(func() bool { return s.seen }, duration(args[1])) {
			return "not seen: " + args[0]
		}
	case "trap":
		s.traps = append(s.traps, args[0])
	case "redis":
		s.settings(s.disk(args[0]), args[1:])
	case "tell":
		return indent(s.names(s.sentinel(args[0]).Command(args[1:]...)))
	case "why":
		return s.names(s.why(args[0]))
	case "state":
		return s.state()
	default:
		s.fault(name, args)
	}
	return ""
}

// event looks after traps and what is waited for.
func (s *script) event(h *sim.Host, e sentinel.Event) {
	if e.Name == s.wait || e.Name+"@"+h.Name == s.wait {
		s.seen = true
	}
	if i := slices.Index(s.traps, e.Name); i >= 0 {
		s.traps = slices.Delete(s.traps, i, i+1)
		h.Logf("is killed")
		h.Crash()
	}
}

func (s *script) fault(name string, args []string) {
	addr := func(i int) string { return s.w.Find(args[i]).Addr }
	switch name {
	case "crash":
		s.w.Find(args[0]).Crash()
	case "restart":
		s.w.Find(args[0]).Start()
	case "pause":
		s.w.Find(args[0]).Pause()
	case "resume":
		s.w.Find(args[0]).Resume()
	case "cut":
		s.w.Cut(addr(0), addr(1))
	case "oneway":
		s.w.CutOneWay(addr(0), addr(1))
	case "isolate":
		s.w.Isolate(addr(0))
	case "heal":
		s.w.Heal()
	case "delay":
		s.w.Delay(addr(0), addr(1), duration(args[2]))
	default:
		panic("no such command: " + name)
	}
}

func (s *script) settings(d *sim.RedisDisk, args []string) {
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "priority":
			d.Priority = n
		case "offset":
			d.Offset = uint64(n)
		case "loading":
			d.LoadTime = time.Duration(n) * time.Millisecond
		case "password":
			d.Password = value
		default:
			panic("no such setting: " + a)
		}
	}
}

func (s *script) why(name string) string {
	var b strings.Builder
	for _, mv := range s.sentinel(name).Machine().View().Masters {
		fmt.Fprintf(&b, "%s:", mv.Name)
		if len(mv.Why) == 0 {
			b.WriteString(" nothing\n")
			continue
		}
		b.WriteString("\n")
		for _, r := range mv.Why {
			fmt.Fprintf(&b, "  %s: %s\n", r.Rule, r.Text)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func indent(s string) string {
	return "  " + strings.TrimRight(strings.ReplaceAll(s, "\r\n", " "), " ")
}

func duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}
