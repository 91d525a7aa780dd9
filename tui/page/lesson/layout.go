package lesson

import (
	"slices"

	"redislab/lab"
	"redislab/tui/page"
	"redislab/tui/topo"
)

// rect is a framed pane's place: its size with the frame. A pane that is not shown has no height.
type rect struct{ w, h int }

func (r rect) inner() (w, h int) { return max(0, r.w-4), max(0, r.h-2) }

// layout is where everything goes. It depends on the terminal's size, the lesson and the focus alone, so that nothing
// jumps while the lesson runs.
type layout struct {
	wide                          bool
	topo                          rect // framed only when wide
	step, checks, console, events rect
}

const (
	chromeTop    = 1 // header
	chromeBottom = 2 // status, footer
)

func (m *Model) layout() layout {
	w, h := m.common.Width, m.common.Height-chromeTop-chromeBottom
	if !m.common.Wide() {
		top := m.topoHeight(8*h/21, 4, 3)
		if m.watched() {
			top = m.drawnHeight(w-2, 8*h/21)
		}
		r := rect{w, h - top}
		return layout{topo: rect{w, top}, step: r, checks: r, console: r, events: r}
	}
	left := w * 48 / 100
	right := w - left
	checks := max(8, min(2*m.mostChecks()+3, h*2/5))
	top := m.topoHeight(h*2/5-2, 5, 4, 3) + 2
	if m.watched() {
		top = m.drawnHeight(right-4, h/2-2) + 2
	}
	events := max(7, (h-top)*2/5)
	if m.lanes { // a table of everyone who has a part in a failover
		events = max(events, h-top-6)
	}
	return layout{
		wide: true,
		topo: rect{right, top},
		step: rect{left, h - checks}, checks: rect{left, checks},
		console: rect{right, h - top - events}, events: rect{right, events},
	}
}

// topoHeight is what the drawing may take of h rows: boxes of so many rows, the first that fit, and one line of faults; or
// else a row a node.
func (m *Model) topoHeight(h int, boxRows ...int) int {
	nodes := m.ex.Topology().Nodes
	followed := map[string]bool{}
	for _, n := range nodes {
		followed[n.Follows] = true
	}
	leaves, linked := 0, false
	for _, n := range nodes {
		if !followed[n.ID] {
			leaves++
		}
		linked = linked || n.Follows != ""
	}
	if !linked { // nodes without links stand side by side
		leaves = (leaves + 1) / 2
	}
	for _, rows := range boxRows {
		if want := max(5, rows*leaves+1); want <= h {
			return want
		}
	}
	return max(5, min(h, len(nodes)+1))
}

// watched reports whether the lesson has sentinels.
func (m *Model) watched() bool {
	return slices.ContainsFunc(m.ex.Topology().Nodes, func(n lab.NodeSpec) bool { return n.Sentinel })
}

// drawnHeight is what a drawing with sentinels takes of h rows, a line of faults included. How many rows depends on what
// stands beside what, so it is found out by drawing nodes that are up.
func (m *Model) drawnHeight(w, h int) int {
	v := page.Planned(m.ex.Topology())
	for i := range v.Nodes {
		v.Nodes[i].State = topo.Up
	}
	return min(h, len(topo.Draw(v, m.common.Theme, m.common.TopoWords(), w, h))+1)
}

func (m *Model) mostChecks() int {
	n := 0
	for _, s := range m.ex.Steps {
		n = max(n, len(s.Checks))
	}
	return n
}
