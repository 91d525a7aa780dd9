package node

import (
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"redislab/node/command"
)

// latencySamples is the number of spikes kept for each event.
const latencySamples = 160

// latencySample is the worst latency of one second.
type latencySample struct{ at, ms int64 }

// latencySeries is what is known of one kind of event, oldest sample first.
type latencySeries struct {
	samples []latencySample
	worst   int64 // of all time
}

// latencyLog keeps the spikes above latency-monitor-threshold by event.
type latencyLog struct{ events map[string]*latencySeries }

// add notes that an event took ms milliseconds. Of several in one second the worst is kept.
func (l *latencyLog) add(unixSeconds int64, event string, ms int64) {
	if l.events == nil {
		l.events = map[string]*latencySeries{}
	}
	s := l.events[event]
	if s == nil {
		s = &latencySeries{}
		l.events[event] = s
	}
	s.worst = max(s.worst, ms)
	if last := len(s.samples) - 1; last >= 0 && s.samples[last].at == unixSeconds {
		s.samples[last].ms = max(s.samples[last].ms, ms)
		return
	}
	if len(s.samples) == latencySamples {
		s.samples = slices.Delete(s.samples, 0, 1)
	}
	s.samples = append(s.samples, latencySample{unixSeconds, ms})
}

// noteLatency books an event of the node's own if it took as long as latency-monitor-threshold says.
func (n *Node) noteLatency(event string, took time.Duration) {
	if limit := n.settings.latencyLimit; limit > 0 && took.Milliseconds() >= limit {
		n.latency.add(n.nowMs/1000, event, took.Milliseconds())
	}
}

// names are the events seen, sorted.
func (l *latencyLog) names() []string { return slices.Sorted(maps.Keys(l.events)) }

func (n *Node) latencyHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"latency|latest": n.latencyLatest, "latency|history": n.latencyHistory, "latency|reset": n.latencyReset,
		"latency|doctor": n.latencyDoctor, "latency|graph": n.latencyGraph, "latency|histogram": n.latencyHistogram,
		"latency|help": command.ReplyHelp,
	}
}

func (n *Node) latencyLatest(ctx *command.Ctx) {
	ctx.Array(len(n.latency.events))
	for _, name := range n.latency.names() {
		s := n.latency.events[name]
		last := s.samples[len(s.samples)-1]
		ctx.Array(4)
		ctx.BulkString(name)
		ctx.Int(last.at)
		ctx.Int(last.ms)
		ctx.Int(s.worst)
	}
}

func (n *Node) latencyHistory(ctx *command.Ctx) {
	var samples []latencySample
	if s := n.latency.events[ctx.Arg(2)]; s != nil {
		samples = s.samples
	}
	ctx.Array(len(samples))
	for _, s := range samples {
		ctx.Array(2)
		ctx.Int(s.at)
		ctx.Int(s.ms)
	}
}

// latencyReset forgets the events named, or all, and answers how many there were.
func (n *Node) latencyReset(ctx *command.Ctx) {
	before := len(n.latency.events)
	if len(ctx.Argv) == 2 {
		clear(n.latency.events)
	}
	for _, name := range ctx.Argv[2:] {
		delete(n.latency.events, string(name))
	}
	ctx.Int(int64(before - len(n.latency.events)))
}

func (n *Node) latencyGraph(ctx *command.Ctx) {
	s := n.latency.events[ctx.Arg(2)]
	if s == nil {
		ctx.Error("ERR No samples available for event '" + ctx.Arg(2) + "'")
		return
	}
	ctx.Verbatim("txt", s.graph(ctx.Arg(2), n.nowMs/1000))
}

func (n *Node) latencyDoctor(ctx *command.Ctx) {
	ctx.Verbatim("txt", n.latencyReport())
}

// latencyHistogram answers how the calls of commands spread over powers of two of microseconds. A
// container stands for its sub-commands; commands that nobody called, or that there are none of, are left out.
func (n *Node) latencyHistogram(ctx *command.Ctx) {
	mark, count := ctx.Defer(), 0
	show := func(s *command.Spec) {
		if hist := n.cmdStats[s.ID].hist; hist != nil && hist.TotalCount() > 0 {
			ctx.BulkString(s.FullName())
			replyHistogram(ctx, hist)
			count++
		}
	}
	if len(ctx.Argv) == 2 {
		for id := range n.cmdStats {
			show(n.table.ByID(id))
		}
	}
	for _, name := range ctx.Argv[2:] {
		s := n.table.Find(string(name))
		if s == nil {
			continue
		}
		show(s)
		for _, sub := range s.Subs {
			show(sub)
		}
	}
	ctx.PutMap(mark, count)
}

func replyHistogram(ctx *command.Ctx, hist *hdrhistogram.Histogram) {
	ctx.Map(2)
	ctx.BulkString("calls")
	ctx.Int(hist.TotalCount())
	ctx.BulkString("histogram_usec")
	steps := cumulative(hist)
	ctx.Map(len(steps))
	for _, s := range steps {
		ctx.Int(s.usec)
		ctx.Int(s.calls)
	}
}

// histogramStep says that so many calls took at most usec microseconds.
type histogramStep struct{ usec, calls int64 }

// cumulative reads a histogram of nanoseconds at 1024, 2048, 4096 … ns and gives the steps at which the
// number of calls grows.
func cumulative(hist *hdrhistogram.Histogram) (steps []histogramStep) {
	bars := hist.Distribution()
	calls := int64(0)
	for level := int64(1024); calls < hist.TotalCount(); level *= 2 {
		// The histogram tells 128 values apart between one power of two and the next: those
		// in one cell with level count as level.
		top, before := level+level/128-1, calls
		for len(bars) > 0 && bars[0].To <= top {
			calls += bars[0].Count
			bars = bars[1:]
		}
		if calls > before {
			steps = append(steps, histogramStep{top / 1000, calls})
		}
	}
	return steps
}
