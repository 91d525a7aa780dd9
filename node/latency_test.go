package node

import (
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
)

func TestLatencySeries(t *testing.T) {
	var l latencyLog
	l.add(100, "command", 5)
	l.add(100, "command", 9)
	l.add(100, "command", 7)
	l.add(101, "command", 3)
	want := latencySeries{samples: []latencySample{{100, 9}, {101, 3}}, worst: 9}
	if diff := cmp.Diff(want, *l.events["command"], cmp.AllowUnexported(latencySeries{}, latencySample{})); diff != "" {
		t.Error(diff)
	}
	for i := range int64(500) {
		l.add(1000+i, "command", 1)
	}
	s := l.events["command"]
	if len(s.samples) != 160 || s.samples[0].at != 1000+500-160 || s.worst != 9 {
		t.Errorf("%d samples from %d on, worst %d", len(s.samples), s.samples[0].at, s.worst)
	}
}

// The pictures of one and of two samples are those a real server draws.
func TestLatencyGraph(t *testing.T) {
	dashes := strings.Repeat("-", 80)
	for _, test := range []struct {
		name    string
		samples []latencySample
		want    string
	}{
		{"one", []latencySample{{1000, 30}}, "command - high 30 ms, low 30 ms (all time high 50 ms)\n" + dashes + "\n" +
			" \n \n \n_\n \n0\ns\n"},
		{"two", []latencySample{{990, 30}, {990, 50}}, "command - high 50 ms, low 30 ms (all time high 50 ms)\n" + dashes + "\n" +
			" #\n |\n |\n_|\n  \n11\n00\nss\n"},
		{"levels", []latencySample{{1000, 0}, {900, 10}, {1000 - 7200, 20}, {1000 - 3*86400, 30}}, "command - high 30 ms, low 0 ms (all time high 50 ms)\n" + dashes + "\n" +
			"   #\n  #|\n o||\n_|||\n    \n0123\nsmhd\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := latencySeries{samples: test.samples, worst: 50}
			if diff := cmp.Diff(test.want, s.graph("command", 1000)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLatencyGraphFoldsLongSeries(t *testing.T) {
	s := latencySeries{worst: 1}
	for i := range int64(latencySamples) {
		s.samples = append(s.samples, latencySample{i, 1})
	}
	lines := strings.Split(s.graph("command", latencySamples), "\n")
	longest := 0
	for _, l := range lines {
		longest = max(longest, len(l))
	}
	if longest != graphColumns {
		t.Errorf("the longest line has %d columns, want %d", longest, graphColumns)
	}
}

func TestCumulativeHistogram(t *testing.T) {
	hist := hdrhistogram.New(histMin, histMax, 2)
	for _, took := range []time.Duration{500, 1020, 1024, 1500, 2 * time.Microsecond, 30 * time.Microsecond, 33 * time.Microsecond, 70 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, time.Second} {
		if err := hist.RecordValue(int64(took)); err != nil {
			t.Fatal(err)
		}
	}
	want := []histogramStep{{1, 3}, {2, 5}, {33, 7}, {132, 8}, {1056, 9}, {4227, 10}, {1082130, 11}}
	if diff := cmp.Diff(want, cumulative(hist), cmp.AllowUnexported(histogramStep{})); diff != "" {
		t.Error(diff)
	}
}

func TestLatencyFigures(t *testing.T) {
	s := latencySeries{samples: []latencySample{{999, 30}, {1000, 50}}, worst: 50}
	const want = "2 latency spikes (average 40ms, mean deviation 10ms, period 0.50 sec). Worst all time event 50ms."
	if got := s.figures(1000); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
