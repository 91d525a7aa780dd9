package config

import (
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// savePoints is "save": pairs of seconds and changes, several lines of a file add up.
type savePoints struct{}

func (savePoints) parse(old value, args []string) (value, string) {
	if len(args) == 1 && cString(args[0]) == "" {
		return value{}, "" // save "" forgets what earlier lines said
	}
	const bad = "Invalid save parameters"
	if len(args)%2 != 0 {
		return value{}, bad
	}
	list := slices.Clip(old.list)
	for i, arg := range args {
		n, rest, _ := cInt(arg, 10)
		if rest != "" || n < 0 || i%2 == 0 && n < 1 {
			return value{}, bad
		}
		if i%2 == 1 {
			n = int64(int32(n)) // Redis keeps changes in an int
		}
		list = append(list, strconv.FormatInt(n, 10))
	}
	return value{list: list}, ""
}

func (savePoints) show(v value) string { return strings.Join(v.list, " ") }

func (savePoints) rewrite(name string, v, _ value) []outLine {
	if len(v.list) == 0 {
		return []outLine{{name + ` ""`, true}}
	}
	var lines []outLine
	for i := 0; i < len(v.list); i += 2 {
		lines = append(lines, outLine{name + " " + v.list[i] + " " + v.list[i+1], true})
	}
	return lines
}

func (savePoints) describe(i *Info) { i.Kind = "save points" }

// bufferLimits is "client-output-buffer-limit": hard and soft bytes and soft seconds of three classes of clients; the
// classes that a line does not name keep theirs.
type bufferLimits struct{}

func limitClasses() [3][]string {
	return [3][]string{{"normal"}, {"slave", "replica"}, {"pubsub"}}
}

func (bufferLimits) parse(old value, args []string) (value, string) {
	if len(args)%4 != 0 {
		return value{}, "Wrong number of arguments in buffer limit configuration."
	}
	list := make([]string, 9)
	copy(list, old.list)
	for ; len(args) > 0; args = args[4:] {
		class := limitClass(args[0])
		if class < 0 {
			return value{}, "Invalid client class specified in buffer limit configuration."
		}
		hard, hardOK := parseMemory(args[1])
		soft, softOK := parseMemory(args[2])
		seconds, rest, _ := cInt(args[3], 10)
		seconds = int64(int32(seconds)) // an int in Redis
		if !hardOK || !softOK || rest != "" || seconds < 0 {
			return value{}, "Error in hard, soft or soft_seconds setting in buffer limit configuration."
		}
		list[class*3] = strconv.FormatUint(uint64(hard), 10)
		list[class*3+1] = strconv.FormatUint(uint64(soft), 10)
		list[class*3+2] = strconv.FormatInt(seconds, 10)
	}
	return value{list: list}, ""
}

func limitClass(name string) int {
	for class, names := range limitClasses() {
		for _, n := range names {
			if same(name, n) {
				return class
			}
		}
	}
	return -1
}

func (bufferLimits) show(v value) string {
	var words []string
	for class, names := range limitClasses() {
		words = append(words, names[0])
		words = append(words, v.list[class*3:class*3+3]...)
	}
	return strings.Join(words, " ")
}

func (bufferLimits) rewrite(name string, v, def value) []outLine {
	var lines []outLine
	for class, names := range limitClasses() {
		l, d := v.list[class*3:class*3+3], def.list[class*3:class*3+3]
		hard, _ := strconv.ParseUint(l[0], 10, 64) // both were formatted by parse
		soft, _ := strconv.ParseUint(l[1], 10, 64)
		words := []string{name, names[len(names)-1], shortMemory(hard), shortMemory(soft), l[2]}
		lines = append(lines, outLine{strings.Join(words, " "), !slices.Equal(l, d)})
	}
	return lines
}

func (bufferLimits) describe(i *Info) { i.Kind = "output buffer limits" }

// oomValues is "oom-score-adj-values": three small numbers.
type oomValues struct{}

func (oomValues) parse(_ value, args []string) (value, string) {
	if len(args) != 3 {
		return value{}, "wrong number of arguments"
	}
	list := make([]string, 3)
	for i, arg := range args {
		n, rest, _ := cInt(arg, 10)
		if rest != "" || n < -2000 || n > 2000 {
			return value{}, "Invalid oom-score-adj-values, elements must be between -2000 and 2000."
		}
		list[i] = strconv.FormatInt(n, 10)
	}
	return value{list: list}, ""
}

func (oomValues) show(v value) string { return strings.Join(v.list, " ") }

func (k oomValues) rewrite(name string, v, def value) []outLine {
	return []outLine{{name + " " + k.show(v), !v.equal(def)}}
}

func (oomValues) describe(i *Info) { i.Kind = "three integers" }

// percentiles is "latency-tracking-info-percentiles".
type percentiles struct{}

func (percentiles) parse(_ value, args []string) (value, string) {
	if len(args) == 1 && args[0] == "" {
		return value{}, ""
	}
	var list []string
	for _, arg := range args {
		f, ok := parseFloat(arg)
		if !ok {
			return value{}, "Invalid latency-tracking-info-percentiles parameters"
		}
		if f < 0 || f > 100 {
			return value{}, "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
		}
		shown := strings.TrimRight(strconv.FormatFloat(f, 'f', 6, 64), "0")
		list = append(list, strings.TrimSuffix(shown, "."))
	}
	return value{list: list}, ""
}

// parseFloat takes what strtod(3) takes, nothing around it, and no NaN.
func parseFloat(s string) (float64, bool) {
	t := strings.TrimLeft(lowerString(s), "+-")
	if strings.Contains(s, "_") || len(s)-len(t) > 1 {
		return 0, false
	}
	if strings.HasPrefix(t, "0x") && !strings.Contains(t, "p") {
		s += "p0" // Go wants the exponent that C lets one leave out
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f)
}

func (percentiles) show(v value) string { return strings.Join(v.list, " ") }

func (k percentiles) rewrite(name string, v, _ value) []outLine {
	if len(v.list) == 0 {
		return []outLine{{name + ` ""`, true}}
	}
	return []outLine{{name + " " + k.show(v), true}}
}

func (percentiles) describe(i *Info) { i.Kind = "percentiles" }

// addresses is "bind": up to 16 addresses; "-" before one makes it optional, "*" is every address.
type addresses struct{}

func (addresses) parse(_ value, args []string) (value, string) {
	if len(args) > 16 {
		return value{}, "Too many bind addresses specified."
	}
	if len(args) == 1 && args[0] == "" {
		return value{}, ""
	}
	var list []string
	for _, arg := range args {
		list = append(list, cString(arg))
	}
	return value{list: list}, ""
}

func (addresses) show(v value) string { return strings.Join(v.list, " ") }

func (addresses) rewrite(name string, v, def value) []outLine {
	switch {
	case v.equal(def):
		return nil
	case len(v.list) == 0:
		return []outLine{{name + ` ""`, true}}
	}
	return []outLine{{name + " " + bareWords(v.list), true}}
}

func (addresses) describe(i *Info) { i.Kind = "addresses" }

// upstream is "replicaof": host and port of the master, or nothing.
type upstream struct{}

func (upstream) parse(_ value, args []string) (value, string) {
	if len(args) != 2 {
		return value{}, "wrong number of arguments"
	}
	if same(args[0], "no") && same(args[1], "one") {
		return value{}, ""
	}
	port, rest, _ := cInt(args[1], 10)
	port = int64(int32(port)) // an int in Redis
	if rest != "" || port < 0 || port > anyPort {
		return value{}, "Invalid master port"
	}
	return value{list: []string{cString(args[0]), strconv.FormatInt(port, 10)}}, ""
}

func (upstream) show(v value) string { return strings.Join(v.list, " ") }

func (upstream) rewrite(name string, v, _ value) []outLine {
	if len(v.list) == 0 {
		return nil
	}
	return []outLine{{name + " " + bareWords(v.list), true}}
}

func (upstream) describe(i *Info) { i.Kind = "host and port" }

// directory is "dir". Redis changes into it, so that each relative one starts from the one before; several nodes may
// live in one process, so here the absolute path is kept instead. Whether it exists is the server's to find out.
type directory struct{}

func (directory) parse(old value, args []string) (value, string) {
	dir := cString(args[0])
	if dir == "" {
		return value{}, "No such file or directory"
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(old.s, dir)
	}
	return value{s: filepath.Clean(dir)}, ""
}

func (directory) show(v value) string { return v.s }

func (directory) rewrite(name string, v, _ value) []outLine {
	return []outLine{{name + " " + quote(v.s), true}}
}

func (directory) describe(i *Info) { i.Kind = "directory" }

// eventClasses is "notify-keyspace-events": a set of letters, "A" short for all of the first ten.
type eventClasses struct{}

const (
	eventLetters = "g$lshzxetdnKEm" // in the order in which CONFIG GET shows them; bit i of the value is letter i
	allEvents    = 1<<10 - 1        // what A stands for: everything but n, K, E and m
)

func (eventClasses) parse(_ value, args []string) (value, string) {
	var n int64
	for _, c := range []byte(cString(args[0])) {
		at := strings.IndexByte(eventLetters, c)
		switch {
		case c == 'A':
			n |= allEvents
		case at < 0:
			return value{}, "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
		default:
			n |= 1 << at
		}
	}
	return value{n: n}, ""
}

// show abbreviates as Redis does, which hides n behind A.
func (k eventClasses) show(v value) string {
	if v.n&allEvents == allEvents {
		return "A" + k.spell(v.n&^(allEvents|1<<strings.IndexByte(eventLetters, 'n')))
	}
	return k.spell(v.n)
}

// spell names every class in n by its own letter.
func (eventClasses) spell(n int64) string {
	var b strings.Builder
	for i := range len(eventLetters) {
		if n&(1<<i) != 0 {
			b.WriteByte(eventLetters[i])
		}
	}
	return b.String()
}

func (k eventClasses) rewrite(name string, v, _ value) []outLine {
	return []outLine{{name + " " + quote(k.show(v)), v.n != 0}}
}

func (eventClasses) describe(i *Info) { i.Kind = "event classes" }
