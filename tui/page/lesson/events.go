package lesson

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"redislab/lab"
	"redislab/tui/widget"
)

// maxEvents keeps a long session's memory flat.
const maxEvents = 1000

// timeline is the events so far and how they are drawn. Events come by the hundred, so each is drawn once.
type timeline struct {
	events []lab.Event
	lines  []string // of the first of the events
	key    lineKey
}

// lineKey is what the lines were drawn for: they are drawn anew when it changes.
type lineKey struct{ w, node, known int }

// add takes an event. One may come twice, as one of those so far and as a new one.
func (t *timeline) add(e lab.Event) bool {
	if n := len(t.events); n > 0 && e.Seq <= t.events[n-1].Seq {
		return false
	}
	t.events = append(t.events, e)
	return true
}

// trim forgets the oldest events and says how many.
func (t *timeline) trim() int {
	n := max(0, len(t.events)-maxEvents)
	t.events = slices.Delete(t.events, 0, n)
	t.lines = slices.Delete(t.lines, 0, min(n, len(t.lines)))
	return n
}

// happened adds to the timeline. What is being read stays where it is.
func (m *Model) happened(events []lab.Event) {
	for _, e := range events {
		if m.timeline.add(e) && m.zero.IsZero() {
			m.zero = e.At
		}
	}
	if n, v := m.timeline.trim(), &m.views[eventsPane]; n > 0 && !v.AtBottom() {
		v.ScrollUp(n)
	}
}

// eventBody is the newest events that fit, or older ones when scrolled.
func (m *Model) eventBody(w, h int) ([]string, string) {
	t, v := &m.timeline, &m.views[eventsPane]
	if len(t.events) == 0 {
		return []string{m.common.Theme.Faint.Render(m.common.S.NoEvents)}, ""
	}
	key := lineKey{w: w, node: 3}
	for _, n := range m.view.Nodes {
		key.node = max(key.node, widget.Width(n.ID))
		if n.Sentinel != nil && n.Sentinel.RunID != "" {
			key.known++
		}
	}
	if t.key != key {
		t.key, t.lines = key, nil
	}
	for _, e := range t.events[len(t.lines):] {
		t.lines = append(t.lines, m.eventLine(e, key.node, w))
	}
	return m.newest(t.lines, v.AtBottom(), w, h)
}

// newest is the last lines, as long as nobody reads older ones.
func (m *Model) newest(all []string, atEnd bool, w, h int) ([]string, string) {
	lines, note := m.scrolled(eventsPane, all, w, h)
	if atEnd {
		v := &m.views[eventsPane]
		v.GotoBottom()
		lines, note = window(*v)
	}
	return lines, note
}

func (m *Model) eventLine(e lab.Event, node, w int) string {
	t := m.common.Theme
	at := fmt.Sprintf("%+8.3fs", e.At.Sub(m.zero).Seconds())
	kind, text := e.Kind, e.Text
	if text == "" {
		text = fields(e.Fields)
	}
	for _, said := range []string{e.Node, e.Kind} { // both stand before it already
		if rest, ok := strings.CutPrefix(text+" ", said+" "); ok && said != "" {
			text = strings.TrimSpace(rest)
		}
	}
	if e.Kind == lab.EventSentinel { // its own name tells more than its kind
		kind, text = e.Fields["name"], m.withNames(e.Fields["payload"])
	}
	return widget.Cut(t.Faint.Render(at)+" "+widget.Fit(e.Node, min(node, 14))+" "+t.Accent.Render(kind)+" "+oneLine(text), w)
}

func fields(f map[string]string) string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = name + "=" + f[name]
	}
	return strings.Join(parts, " ")
}
