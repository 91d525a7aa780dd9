package lesson

import (
	"regexp"
	"slices"
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

// lanesMatter reports whether there is something to see in them: a failover, or a master that misses one.
func (m *Model) lanesMatter() bool {
	if !m.watched() {
		return false
	}
	for _, k := range m.view.Watched() {
		if m.view.Missed(k) {
			return true
		}
	}
	return m.focus == eventsPane || m.failoverCount() > 0
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

// runID is a name that Redis gives itself; there is no telling two of them apart.
var runID = regexp.MustCompile(`\b([0-9a-f]{8})[0-9a-f]{32}\b`)

// withNames puts the IDs of sentinels in place of their run IDs, and shortens those that are not known.
func (m *Model) withNames(payload string) string {
	return runID.ReplaceAllString(m.view.WithNames(payload), "$1…")
}
