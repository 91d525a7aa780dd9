package lesson

import (
	"slices"
	"strings"
	"time"

	"redislab/lab"
	"redislab/tui/lanes"
	"redislab/tui/widget"
)

// toggleLanes switches between the two forms of the events pane. Where the pane is not in sight it comes there first.
func (m *Model) toggleLanes() {
	if !m.watched() {
		m.say(m.common.S.NoSentinels)
		return
	}
	if m.focus == eventsPane || m.common.Wide() {
		m.lanes = !m.lanes
	} else {
		m.lanes = true
	}
	m.show(eventsPane)
	m.views[eventsPane].YOffset = toEnd
	m.SetSize()
}

func (m *Model) lanesLabel() string {
	if m.lanes {
		return m.common.S.ListView
	}
	return m.common.S.LanesView
}

// failovers are those that the events tell, of all watched masters, in order of time.
func (m *Model) failovers() []lab.Failover {
	var all []lab.Failover
	for _, k := range m.view.Watched() {
		all = append(all, lab.Failovers(m.timeline.events, k.Name)...)
	}
	slices.SortStableFunc(all, func(a, b lab.Failover) int { return began(a).Compare(began(b)) })
	return all
}

func began(f lab.Failover) time.Time {
	if len(f.Stages) == 0 {
		return time.Time{}
	}
	return f.Stages[0].At
}

func (m *Model) failoverCount() int { return len(m.failovers()) }

// failoverBody is the lanes of the failovers, and why there is none where one is wanted.
func (m *Model) failoverBody(w, h int) ([]string, string) {
	t, words := m.common.Theme, m.common.LaneWords()
	lines := lanes.Draw(m.failovers(), m.view, t, words, w)
	if why := lanes.Why(m.view, t, words, w); len(why) > 0 {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, why...)
	}
	if len(lines) == 0 {
		return []string{t.Faint.Render(widget.Cut(m.common.S.NoFailovers, w))}, ""
	}
	return m.newest(lines, m.views[eventsPane].AtBottom(), w, h)
}

// runIDLength is that of the names which Redis gives itself.
const runIDLength = 40

// withNames puts the IDs of sentinels in place of their run IDs, which nobody can tell apart; others are shortened.
func (m *Model) withNames(payload string) string {
	words := strings.Split(payload, " ")
	for i, w := range words {
		if len(w) != runIDLength || strings.Trim(w, "0123456789abcdef") != "" {
			continue
		}
		words[i] = w[:8] + "…"
		if id := m.view.Sentinel(w); id != "" {
			words[i] = id
		}
	}
	return strings.Join(words, " ")
}
