package node

import (
	"fmt"
	"strings"
)

// The picture of LATENCY GRAPH: one column a sample, its age written downwards below.
const (
	graphRows    = 4
	graphColumns = 80
	graphLevels  = "_o#" // within one row
)

// bounds are the least and the greatest latency.
func (s *latencySeries) bounds() (low, high int64) {
	low = s.samples[0].ms
	for _, one := range s.samples {
		low, high = min(low, one.ms), max(high, one.ms)
	}
	return low, high
}

// graph draws the series as LATENCY GRAPH does.
func (s *latencySeries) graph(event string, now int64) string {
	low, high := s.bounds()
	var b strings.Builder
	fmt.Fprintf(&b, "%s - high %d ms, low %d ms (all time high %d ms)\n", event, high, low, s.worst)
	b.WriteString(strings.Repeat("-", graphColumns) + "\n")
	for at := 0; at < len(s.samples); at += graphColumns {
		if at > 0 {
			b.WriteByte('\n')
		}
		drawColumns(&b, s.samples[at:min(at+graphColumns, len(s.samples))], low, high, now)
	}
	return b.String()
}

func drawColumns(b *strings.Builder, samples []latencySample, low, high, now int64) {
	labels, longest := make([]string, len(samples)), 0
	for i, s := range samples {
		labels[i] = ageLabel(now - s.at)
		longest = max(longest, len(labels[i]))
	}
	line := make([]byte, len(samples))
	for row := range graphRows + 1 + longest { // a blank one sets the labels off
		for i, s := range samples {
			line[i] = ' '
			switch letter := row - graphRows - 1; {
			case row < graphRows:
				line[i] = cell(s.ms-low, high-low, graphRows-1-row)
			case letter >= 0 && letter < len(labels[i]):
				line[i] = labels[i][letter]
			}
		}
		b.Write(line)
		b.WriteByte('\n')
	}
}

// cell is what a column shows at a height in rows from below.
func cell(value, span int64, height int) byte {
	levels := int64(graphRows * len(graphLevels))
	step := min(value*levels/max(span, 1), levels-1) - int64(height*len(graphLevels))
	switch {
	case step < 0:
		return ' '
	case step < int64(len(graphLevels)):
		return graphLevels[step]
	}
	return '|'
}

// ageLabel is a time span in its greatest unit.
func ageLabel(seconds int64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%ds", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%dm", seconds/60)
	case seconds < 24*3600:
		return fmt.Sprintf("%dh", seconds/3600)
	}
	return fmt.Sprintf("%dd", seconds/(24*3600))
}

// Answers of LATENCY DOCTOR when there is nothing to examine, as Redis words them.
const (
	doctorOff   = "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n"
	doctorWell  = "Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n"
	doctorHeard = "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?\n\n"
)

// latencyReport is LATENCY DOCTOR: each event in figures, then what to do about it.
func (n *Node) latencyReport() string {
	if len(n.latency.events) == 0 {
		if n.settings.latencyLimit == 0 {
			return doctorOff
		}
		return doctorWell
	}
	var b strings.Builder
	b.WriteString(doctorHeard)
	slow := false
	for i, name := range n.latency.names() {
		fmt.Fprintf(&b, "%d. %s: %s\n", i+1, name, n.latency.events[name].figures(n.nowMs/1000))
		slow = slow || name == "command" || name == "fast-command"
	}
	b.WriteString("\nAdvice:\n\n")
	for _, line := range n.latencyAdvice(slow) {
		b.WriteString("- " + line + "\n")
	}
	return b.String()
}

// figures sums a series up.
func (s *latencySeries) figures(now int64) string {
	count, sum, away := int64(len(s.samples)), int64(0), int64(0)
	for _, one := range s.samples {
		sum += one.ms
	}
	mean := sum / count
	for _, one := range s.samples {
		away += max(one.ms-mean, mean-one.ms)
	}
	period := float64(max(now-s.samples[0].at, 1)) / float64(count)
	return fmt.Sprintf("%d latency spikes (average %dms, mean deviation %dms, period %.2f sec). Worst all time event %dms.",
		count, mean, away/count, period, s.worst)
}

// latencyAdvice says where to look next; slow tells that commands themselves took long.
func (n *Node) latencyAdvice(slow bool) (lines []string) {
	limit := n.settings.latencyLimit * 1000
	if slow {
		switch slower := n.settings.slowlogSlower; {
		case slower < 0:
			lines = append(lines, fmt.Sprintf("The slow log is off. Turn it on with 'CONFIG SET slowlog-log-slower-than %d'.", limit))
		case slower > limit:
			lines = append(lines, fmt.Sprintf("The slow log leaves out commands that the latency monitor counts. Bring them in line with 'CONFIG SET slowlog-log-slower-than %d'.", limit))
		}
		lines = append(lines,
			"SLOWLOG GET shows the slow commands themselves, their arguments and their clients.",
			"One command holds up all others: replace KEYS by SCAN, and split values with very many elements.")
	}
	if limit == 0 {
		lines = append(lines, "Latency monitoring is off now: these are old samples.")
	}
	return append(lines, "LATENCY HISTORY and LATENCY GRAPH show when the spikes came; LATENCY RESET forgets them.")
}
