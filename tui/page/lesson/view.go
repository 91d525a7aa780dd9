package lesson

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"redislab/exercises/kit"
	"redislab/tui/page"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// View draws the page: Height lines of Width cells.
func (m *Model) View() string {
	c := m.common
	r := m.layout()
	lines := []string{m.header()}
	if r.wide {
		lines = append(lines, m.wide(r)...)
	} else {
		lines = append(lines, m.narrow(r)...)
	}
	if len(m.menus) > 0 {
		menu := m.menus[len(m.menus)-1].View(c.Theme, c.Width-4, c.Height-4)
		if r.wide {
			lines = widget.Overlay(lines, menu, c.Width)
		} else { // over the pane, so that the topology stays in sight
			lines = widget.OverlayAt(lines, menu, c.Width, len(lines)-len(menu))
		}
	}
	lines = append(lines, m.statusLine(), m.footer())
	return strings.Join(widget.FitBlock(lines, c.Width, c.Height), "\n")
}

func (m *Model) narrow(r layout) []string {
	var lines []string
	for _, l := range widget.FitBlock(m.topology(r.topo.w-2, r.topo.h), r.topo.w-1, r.topo.h) {
		lines = append(lines, " "+l)
	}
	box := widget.Box{Width: r.step.w, Height: r.step.h, Focused: true}
	body, note := m.pane(m.focus, box)
	drawn := box.Render(m.common.Theme, body)
	drawn[0] = m.tabs(r.step.w, note)
	return append(lines, drawn...)
}

func (m *Model) wide(r layout) []string {
	t := m.common.Theme
	framed := func(p pane, size rect) []string {
		box := widget.Box{Title: m.title(p), Width: size.w, Height: size.h, Focused: m.focus == p}
		body, note := m.pane(p, box)
		box.Note = note
		return box.Render(t, body)
	}
	topoBox := widget.Box{Title: m.common.S.Topology, Note: m.ex.Topology().Name, Width: r.topo.w, Height: r.topo.h}
	w, h := topoBox.Inner()
	left := append(framed(stepPane, r.step), framed(checksPane, r.checks)...)
	right := topoBox.Render(t, m.topology(w, h))
	right = append(right, framed(consolePane, r.console)...)
	right = append(right, framed(eventsPane, r.events)...)
	return widget.Beside(left, right)
}

// title is a pane's name, with its count where it has one.
func (m *Model) title(p pane) string {
	s := m.common.S
	switch {
	case p == stepPane:
		return s.Step
	case p == checksPane:
		return s.Checks + " " + m.tally()
	case p == consolePane:
		return s.Console
	case m.lanes:
		return fmt.Sprintf("%s %d", s.Failovers, m.failoverCount())
	}
	return fmt.Sprintf("%s %d", s.Events, len(m.timeline.events))
}

// tally is how many checks hold: "2/3".
func (m *Model) tally() string {
	ok := 0
	for _, r := range m.state().results {
		if r.OK {
			ok++
		}
	}
	mark := ""
	switch {
	case m.phase == failed && len(m.state().results) > 0:
		mark = " ✗"
	case m.phase == passed || m.phase == finished:
		mark = " ✓"
	}
	return fmt.Sprintf("%d/%d%s", ok, len(m.step().Checks), mark)
}

// tabs is the top edge of the one framed pane of a narrow screen: all panes' names, the shown one marked.
func (m *Model) tabs(width int, note string) string {
	t := m.common.Theme
	line, cells := t.Focus.Render("┏"), 1
	for p := range paneCount {
		name := " " + m.title(p) + " "
		if p == m.focus {
			line += t.Focus.Render("━") + t.Selected.Render("["+m.title(p)+"]")
			cells += widget.Width(name) + 1
			continue
		}
		line += t.Focus.Render("━") + t.Faint.Render(name)
		cells += widget.Width(name) + 1
	}
	if note != "" && cells+widget.Width(note)+5 <= width {
		fill := width - cells - widget.Width(note) - 4
		return line + t.Focus.Render(strings.Repeat("━", fill)) + " " + note + " " + t.Focus.Render("━┓")
	}
	return line + t.Focus.Render(strings.Repeat("━", max(0, width-cells-1))+"┓")
}

func (m *Model) topology(w, h int) []string {
	v := m.view
	if len(v.Nodes) == 0 {
		v = page.Planned(m.ex.Topology())
	}
	return topo.Draw(v, m.common.Theme, m.common.TopoWords(), w, h)
}

func (m *Model) header() string {
	c, s := m.common, m.common.S
	facts := []string{fmt.Sprintf(s.StepOf, m.at+1, len(m.ex.Steps)), m.modeName()}
	if mark := m.clockMark(); mark != "" {
		facts = append(facts, mark)
	}
	return c.Header([]string{m.ex.Title.In(c.Lang)}, append(facts, c.Backend)...)
}

func (m *Model) modeName() string {
	if m.mode == kit.Do {
		return m.common.S.Do
	}
	return m.common.S.Watch
}

func (m *Model) statusLine() string {
	t := m.common.Theme
	text, good, bad := m.status()
	text = widget.Cut(text, m.common.Width-2)
	switch {
	case good:
		text = t.Good.Render(text)
	case bad:
		text = t.Bad.Render(text)
	default:
		text = t.Bold.Render(text)
	}
	return " " + text
}

// footer shows the keys that matter now, the one to press first.
func (m *Model) footer() string {
	s, k := m.common.S, m.keys
	help := k.Hint(s, page.ShowHelp, "")
	if m.focus == consolePane && len(m.menus) == 0 {
		return m.common.Footer(m.consoleHints()...)
	}
	if len(m.menus) > 0 {
		return m.common.Footer(widget.Hint("enter", s.Select), widget.Hint("↑↓", s.Move), widget.Hint("esc", s.Cancel))
	}
	if m.busy() {
		hints := []key.Binding{widget.Hint("esc", s.Cancel), k.Hint(s, page.NextPane, "")}
		if m.lanesMatter() { // a failover is best seen while it passes
			hints = append(hints, k.Hint(s, page.ToggleLanes, m.lanesLabel()))
		}
		return m.common.Footer(append(hints, help)...)
	}
	if m.phase == unstarted {
		return m.common.Footer(k.Hint(s, page.Primary, s.Retry), k.Hint(s, page.GoBack, ""), help)
	}
	hints := []key.Binding{}
	if label := m.primaryLabel(); label != "" {
		hints = append(hints, k.Hint(s, page.Primary, label))
	}
	if m.phase == predicting && m.reading == m.at {
		hints = append(hints, widget.Hint("↑↓", s.Choose))
	}
	if m.lanesMatter() {
		hints = append(hints, k.Hint(s, page.ToggleLanes, m.lanesLabel()))
	}
	if _, more := m.console.Next(); more && m.phase == acting { // first there is something to type
		hints = append([]key.Binding{k.Hint(s, page.OpenConsole, "")}, hints...)
	} else {
		hints = append(hints, k.Hint(s, page.OpenConsole, ""))
	}
	if m.phase == acting || m.phase == failed && m.learnersTurn() {
		hints = append(hints, k.Hint(s, page.SolveStep, ""))
	}
	return m.common.Footer(append(hints, k.Hint(s, page.NextPane, ""), k.Hint(s, page.GoBack, ""), k.Hint(s, page.OpenFaults, ""),
		k.Hint(s, page.OpenTime, ""), help)...)
}

func (m *Model) consoleHints() []key.Binding {
	s, keys := m.common.S, page.ConsoleKeys()
	if m.console.Busy() {
		return []key.Binding{widget.Hint("esc", s.GiveUp), keys.Hint(s, page.ShowHelp, "")}
	}
	first := keys.Hint(s, page.Primary, "")
	if label := m.primaryLabel(); m.console.Empty() && label != "" {
		first = keys.Hint(s, page.Primary, label)
	}
	hints := []key.Binding{first}
	if _, ok := m.console.Next(); ok && m.console.Empty() {
		hints = []key.Binding{keys.Hint(s, page.Later, ""), first}
	} else if _, ok := m.console.Suggested(); ok && m.console.Empty() {
		hints = append(hints, keys.Hint(s, page.Later, ""))
	}
	return append(hints, keys.Hint(s, page.GoBack, ""), keys.Hint(s, page.NextPane, ""), widget.Hint("tab", s.NextPane),
		keys.Hint(s, page.Up, ""), keys.Hint(s, page.ShowHelp, ""))
}

// primaryLabel says what enter does now; "" for nothing.
func (m *Model) primaryLabel() string {
	s := m.common.S
	if m.reading != m.at {
		return fmt.Sprintf(s.ReadOn, m.at+1)
	}
	switch m.phase {
	case unstarted:
		return s.Retry
	case predicting:
		return s.Answer
	case ready:
		if m.learnersTurn() {
			return s.SetScene
		}
		return s.RunStep
	case acting:
		return s.Check
	case failed:
		if len(m.state().results) == 0 {
			return s.Retry
		}
		return s.CheckAgain
	case passed:
		return s.NextStep
	case finished:
		return s.NextLesson
	}
	return ""
}
