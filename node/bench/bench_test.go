package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		q    float64
		want float64
	}{
		{nil, 0.5, 0},
		{[]float64{7}, 0.999, 7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 1, 5},
		{[]float64{5, 1}, 0.25, 2},
	} {
		if got := quantile(c.v, c.q); got != c.want {
			t.Errorf("quantile(%v, %g) = %g, want %g", c.v, c.q, got, c.want)
		}
	}
}

func TestMedianRatioIsOfPairs(t *testing.T) {
	// A machine that became twice as slow in the middle: the pairs still agree.
	if got := medianRatio([]float64{80, 40, 80, 40}, []float64{100, 50, 100, 50}); got != 0.8 {
		t.Errorf("got %g, want 0.8", got)
	}
	if got := medianRatio([]float64{80}, []float64{0}); got != 0 {
		t.Errorf("a pair without a figure gave %g", got)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		row  row
		kept bool
		text string
	}{
		{row{ours: 70, real: 100, limit: limit{ratioAtLeast, 0.7}}, true, "pass"},
		{row{ours: 69, real: 100, limit: limit{ratioAtLeast, 0.7}}, false, "MISS"},
		{row{ours: 69, real: 100, ratio: 0.71, limit: limit{ratioAtLeast, 0.7}}, true, "pass"},
		{row{ours: 126, real: 100, limit: limit{ratioAtMost, 1.25}}, false, "MISS"},
		{row{ours: 125, real: 100, limit: limit{ratioAtMost, 1.25}}, true, "pass"},
		{row{ours: 16, unit: "ms", real: 100, limit: limit{oursAtMost, 15}}, false, "<= 15 ms"},
		{row{ours: 14, limit: limit{finishes, 0}}, true, "finishes"},
		{row{ours: 1e9, real: 1}, true, ""},
	} {
		if c.row.kept() != c.kept {
			t.Errorf("%+v: kept %v, want %v", c.row, c.row.kept(), c.kept)
		}
		if text := table([]row{c.row}); !strings.Contains(text, c.text) {
			t.Errorf("%+v: no %q in\n%s", c.row, c.text, text)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"--only", "speed"}, "there is no such item", 2},
		{[]string{"now"}, `unexpected argument "now"`, 2},
		{[]string{"--fast"}, "flag provided but not defined", 2},
		{[]string{"--help"}, "throughput", 0},
		{[]string{"--redis-server", "no-such-server"}, "a program is missing", 1},
	} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), c.args, &out, &errOut); code != c.code || !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%q: status %d, want %d with %q; got %s", c.args, code, c.code, c.want, errOut.String())
		}
	}
}

func TestProcFiles(t *testing.T) {
	dir := t.TempDir()
	stat, status := filepath.Join(dir, "stat"), filepath.Join(dir, "status")
	if err := os.WriteFile(stat, []byte("12 (a b) S 1 12 12 0 -1 4194560 100 0 0 0 250 75 0 0 20 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(status, []byte("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t  2048 kB\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := cpuSeconds(stat); got != 3.25 {
		t.Errorf("%g CPU seconds, want 3.25", got)
	}
	if got := procField(status, "VmRSS:"); got != 2048 {
		t.Errorf("VmRSS %g, want 2048", got)
	}
	if got := procField(filepath.Join(dir, "none"), "VmRSS:"); got != 0 {
		t.Errorf("a missing file gave %g", got)
	}
}
