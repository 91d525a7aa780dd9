package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one line of the result.
type row struct {
	what       string
	unit       string
	ours, real float64
	ratio      float64 // ours to real, of the median pair; 0: ours/real
	aa         float64 // the same of two redis-servers; 0: not taken
	limit      limit
}

// limit is what a row has to keep; the zero limit is kept by all.
type limit struct {
	kind  limitKind
	value float64
}

type limitKind int

const (
	noLimit      limitKind = iota
	ratioAtLeast           // ours/real
	ratioAtMost
	oursAtMost // in the row's unit, whatever Redis does
	finishes   // no figure: to have come to the end is enough
)

func (r row) oursToReal() float64 {
	if r.ratio == 0 && r.real != 0 {
		return r.ours / r.real
	}
	return r.ratio
}

func (r row) kept() bool {
	switch r.limit.kind {
	case ratioAtLeast:
		return r.oursToReal() >= r.limit.value
	case ratioAtMost:
		return r.oursToReal() <= r.limit.value
	case oursAtMost:
		return r.ours <= r.limit.value
	}
	return true
}

func (r row) limitText() (limit, verdict string) {
	switch r.limit.kind {
	case noLimit:
		return "-", ""
	case finishes:
		return "finishes", "pass"
	case ratioAtLeast:
		limit = fmt.Sprintf("ratio >= %g", r.limit.value)
	case ratioAtMost:
		limit = fmt.Sprintf("ratio <= %g", r.limit.value)
	case oursAtMost:
		limit = fmt.Sprintf("<= %g %s", r.limit.value, r.unit)
	}
	if r.kept() {
		return limit, "pass"
	}
	return limit, "MISS"
}

func missedLimits(rows []row) int {
	missed := 0
	for _, r := range rows {
		if !r.kept() {
			missed++
		}
	}
	return missed
}

// table is the result as text.
func table(rows []row) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tours\tRedis\tunit\tours/Redis\tRedis/Redis\tlimit\t")
	for _, r := range rows {
		limit, verdict := r.limitText()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.what, figure(r.ours), figure(r.real), r.unit,
			ratioText(r.oursToReal()), ratioText(r.aa), limit, verdict)
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

func ratioText(r float64) string {
	if r == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", r)
}

// figure prints a number with three or four digits that say something.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case v == 0:
		return "-"
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// quantile is the value below which the share q of v lies; 0 of nothing.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	at := q * float64(len(s)-1)
	low := int(at)
	if low+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[low] + (at-float64(low))*(s[low+1]-s[low])
}

// medianRatio is the median of a[i]/b[i].
func medianRatio(a, b []float64) float64 {
	var r []float64
	for i := range min(len(a), len(b)) {
		if b[i] != 0 {
			r = append(r, a[i]/b[i])
		}
	}
	return median(r)
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
