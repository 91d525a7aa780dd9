package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// notation is how a number is written.
type notation int

const (
	plain    notation = iota
	memory            // 100, 1k (1000), 1kb (1024), … up to gb, any case
	relative          // memory, or a percentage, which is kept as a negative number
	octal             // file modes
)

// number is an integer within bounds. unsigned ones are compared and shown as uint64.
type number struct {
	min, max int64
	in       notation
	unsigned bool
}

// Bounds that occur often: Redis's C types.
const (
	anyInt32  = math.MaxInt32
	anyInt64  = math.MaxInt64
	anyUint64 = -1 // all bits set, for unsigned numbers
	anyPort   = 65535
)

// upTo is a plain number from 0 to limit.
func upTo(limit int64) number { return number{max: limit} }

// sizeOf is an amount of memory.
func sizeOf(least, limit int64) number {
	return number{min: least, max: limit, in: memory, unsigned: true}
}

func (k number) parse(_ value, args []string) (value, string) {
	n, reason := k.read(args[0])
	if reason == "" {
		reason = k.bound(n)
	}
	return value{n: n}, reason
}

func (k number) read(s string) (int64, string) {
	switch k.in {
	case memory:
		if n, ok := parseMemory(s); ok {
			return n, ""
		}
		return 0, "argument must be a memory value"
	case relative:
		if n, ok := parseMemory(s); ok {
			return n, ""
		}
		if p, isPercent := strings.CutSuffix(s, "%"); isPercent {
			if n, ok := strictInt(p); ok && n >= 0 {
				return -n, ""
			}
		}
		return 0, "argument must be a memory or percent value"
	case octal:
		if n, rest, over := cInt(s, 8); rest == "" && !over {
			return n, ""
		}
		return 0, "argument couldn't be parsed as an octal number"
	}
	if n, ok := strictInt(s); ok {
		return n, ""
	}
	return 0, "argument couldn't be parsed into an integer"
}

// bound says why n is out of bounds.
func (k number) bound(n int64) string {
	switch {
	case k.unsigned && (uint64(n) < uint64(k.min) || uint64(n) > uint64(k.max)):
		verb := "%d"
		if k.in == octal {
			verb = "%o"
		}
		return fmt.Sprintf("argument must be between "+verb+" and "+verb+" inclusive", uint64(k.min), uint64(k.max))
	case k.unsigned:
		return ""
	case k.in == relative && n < 0:
		if n < k.min {
			return fmt.Sprintf("percentage argument must be less or equal to %d", -k.min)
		}
	case n < k.min || n > k.max:
		return fmt.Sprintf("argument must be between %d and %d inclusive", k.min, k.max)
	}
	return ""
}

func (k number) show(v value) string {
	switch {
	case k.in == relative && v.n < 0:
		return strconv.FormatInt(-v.n, 10) + "%"
	case k.in == memory || k.in == relative:
		return strconv.FormatUint(uint64(v.n), 10)
	case k.in == octal:
		return strconv.FormatInt(v.n, 8)
	}
	return strconv.FormatInt(v.n, 10)
}

func (k number) rewrite(name string, v, def value) []outLine {
	shown := k.show(v)
	if k.in == memory || k.in == relative && v.n >= 0 {
		shown = shortMemory(uint64(v.n))
	}
	return []outLine{{name + " " + shown, v.n != def.n}}
}

func (k number) describe(i *Info) {
	i.Kind = [...]string{"integer", "memory", "memory or percent", "octal"}[k.in]
	i.Min, i.Max, i.Unsigned = k.min, k.max, k.unsigned
}

// parseMemory reads an amount with an optional unit. Like Redis it takes a lone unit for zero, holds numbers beyond
// uint64 at its maximum and lets the multiplication overflow; the bounds catch most of that.
func parseMemory(s string) (int64, bool) {
	s = cString(s)
	u, unit, _ := digits(s, 10)
	factor := uint64(1)
	switch lowerString(unit) {
	case "", "b":
	case "k":
		factor = 1000
	case "kb":
		factor = 1 << 10
	case "m":
		factor = 1000 * 1000
	case "mb":
		factor = 1 << 20
	case "g":
		factor = 1000 * 1000 * 1000
	case "gb":
		factor = 1 << 30
	default:
		return 0, false
	}
	if len(s)-len(unit) > 127 {
		return 0, false
	}
	return int64(u * factor), true
}

// shortMemory writes an amount with the largest binary unit that divides it. Redis writes amounts beyond int64 as
// negative ones, which it then refuses to read; here they stay as they are.
func shortMemory(n uint64) string {
	for _, u := range []struct {
		size uint64
		unit string
	}{{1 << 30, "gb"}, {1 << 20, "mb"}, {1 << 10, "kb"}} {
		if n != 0 && n%u.size == 0 {
			return strconv.FormatUint(n/u.size, 10) + u.unit
		}
	}
	return strconv.FormatUint(n, 10)
}
