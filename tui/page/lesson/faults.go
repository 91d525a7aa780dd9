package lesson

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/lab"
	"redislab/tui/i18n"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// fault is one line of the faults menu: what it is done to and the words it is typed with.
type fault struct {
	key         string
	label, note func(*i18n.Strings) string
	verb        string
	need        lab.Capability // "" for none
	target      target
	states      []topo.State // a node must be in one of them; nil for any
}

// target is what a fault is done to.
type target int

const (
	onNothing target = iota
	onNode
	onLink
	onDirection
)

// faults is the menu, in order of how often one needs them.
func faults() []fault {
	live := []topo.State{topo.Up, topo.Unknown}
	ended := []topo.State{topo.Killed, topo.Stopped}
	return []fault{
		{"k", func(s *i18n.Strings) string { return s.FaultKill }, func(s *i18n.Strings) string { return s.NoteKill }, "kill", "", onNode, []topo.State{topo.Up, topo.Unknown, topo.Paused}},
		{"s", func(s *i18n.Strings) string { return s.FaultStop }, func(s *i18n.Strings) string { return s.NoteStop }, "stop", "", onNode, live},
		{"r", func(s *i18n.Strings) string { return s.FaultRestart }, func(s *i18n.Strings) string { return s.NoteRestart }, "restart", "", onNode, append(ended, topo.Up, topo.Unknown)},
		{"p", func(s *i18n.Strings) string { return s.FaultPause }, func(s *i18n.Strings) string { return s.NotePause }, "pause", lab.CanPause, onNode, live},
		{"u", func(s *i18n.Strings) string { return s.FaultResume }, func(*i18n.Strings) string { return "" }, "resume", lab.CanPause, onNode, []topo.State{topo.Paused}},
		{"c", func(s *i18n.Strings) string { return s.FaultCut }, func(s *i18n.Strings) string { return s.NoteCut }, "cut", lab.CanFault, onLink, nil},
		{"o", func(s *i18n.Strings) string { return s.FaultOneWay }, func(s *i18n.Strings) string { return s.NoteOneWay }, "cut-one-way", lab.CanOneWay, onDirection, nil},
		{"i", func(s *i18n.Strings) string { return s.FaultIsolate }, func(s *i18n.Strings) string { return s.NoteIsolate }, "isolate", lab.CanFault, onNode, nil},
		{"d", func(s *i18n.Strings) string { return s.FaultDelay }, func(s *i18n.Strings) string { return s.NoteDelay }, "delay", lab.CanDelay, onLink, nil},
		{"x", func(s *i18n.Strings) string { return s.FaultDrop }, func(s *i18n.Strings) string { return s.NoteDrop }, "drop", lab.CanDelay, onLink, nil},
		{"h", func(s *i18n.Strings) string { return s.FaultHeal }, func(s *i18n.Strings) string { return s.NoteHeal }, "heal", lab.CanFault, onNothing, nil},
	}
}

func (m *Model) openFaults() {
	if m.session == nil || m.busy() {
		m.say(m.common.S.NotNow)
		return
	}
	s, caps, all := m.common.S, m.session.Capabilities(), faults()
	items := make([]widget.Item, len(all))
	for i, f := range all {
		items[i] = widget.Item{Key: f.key, Label: f.label(s), Note: f.note(s)}
		switch {
		case f.need != "" && !caps.Has(f.need):
			items[i].Disabled = s.NotHere
		case f.target == onNode && len(m.nodesFor(f)) == 0:
			items[i].Disabled = s.NotNow
		case (f.target == onLink || f.target == onDirection) && len(m.links(f)) == 0:
			items[i].Disabled = s.NotNow
		}
	}
	m.push(widget.NewMenu(s.FaultsTitle, items), func(i int) tea.Cmd { return m.aim(all[i]) })
}

func (m *Model) push(menu widget.Menu, pick func(i int) tea.Cmd) {
	m.menus = append(m.menus, openMenu{menu, pick})
}

// aim asks what the fault is done to.
func (m *Model) aim(f fault) tea.Cmd {
	s := m.common.S
	switch f.target {
	case onNode:
		ids := m.nodesFor(f)
		items := make([]widget.Item, len(ids))
		for i, id := range ids {
			items[i] = widget.Item{Key: fmt.Sprint(i + 1), Label: id}
		}
		m.push(widget.NewMenu(fmt.Sprintf(s.FaultWhich, f.label(s)), items), func(i int) tea.Cmd {
			return m.inflict(f.verb + " " + ids[i])
		})
	case onLink, onDirection:
		links := m.links(f)
		items := make([]widget.Item, len(links))
		for i, l := range links {
			items[i] = widget.Item{Key: fmt.Sprint(i + 1), Label: m.linkLabel(f, l)}
		}
		m.push(widget.NewMenu(fmt.Sprintf(s.FaultLink, f.label(s)), items), func(i int) tea.Cmd {
			return m.measure(f, links[i])
		})
	default:
		return m.inflict(f.verb)
	}
	return nil
}

// measure asks how much, for the faults that have a size.
func (m *Model) measure(f fault, l [2]string) tea.Cmd {
	s := m.common.S
	line := f.verb + " " + l[0] + " " + l[1]
	var title string
	var sizes, labels []string
	switch f.verb {
	case "delay":
		title, sizes = s.FaultHowLong, []string{"50ms", "200ms", "1s", "5s"}
		labels = sizes
	case "drop":
		title, sizes, labels = s.FaultHowOften, []string{"0.1", "0.3", "0.6", "1"}, []string{"10%", "30%", "60%", "100%"}
	default:
		return m.inflict(line)
	}
	items := make([]widget.Item, len(sizes))
	for i, label := range labels {
		items[i] = widget.Item{Key: fmt.Sprint(i + 1), Label: label}
	}
	m.push(widget.NewMenu(title, items), func(i int) tea.Cmd { return m.inflict(line + " " + sizes[i]) })
	return nil
}

func (m *Model) inflict(line string) tea.Cmd {
	m.menus = nil
	return m.line(line)
}

// nodesFor lists the nodes that are in a state for the fault.
func (m *Model) nodesFor(f fault) []string {
	var ids []string
	for _, n := range m.view.Nodes {
		if f.states == nil {
			ids = append(ids, n.ID)
			continue
		}
		for _, st := range f.states {
			if n.State == st {
				ids = append(ids, n.ID)
			}
		}
	}
	return ids
}

// links lists the pairs of ends: those that replicate first, then the others, then each node's clients.
func (m *Model) links(f fault) [][2]string {
	var used, others [][2]string
	nodes := m.view.Nodes
	for i, a := range nodes {
		for _, b := range nodes[i+1:] {
			pair := [2]string{a.ID, b.ID}
			if a.Parent == b.ID || b.Parent == a.ID {
				used = append(used, pair)
			} else {
				others = append(others, pair)
			}
		}
	}
	for _, n := range nodes {
		others = append(others, [2]string{lab.ClientEnd, n.ID})
	}
	all := append(used, others...)
	if f.target != onDirection {
		return all
	}
	both := make([][2]string, 0, 2*len(all))
	for _, l := range all {
		both = append(both, l, [2]string{l[1], l[0]})
	}
	return both
}

func (m *Model) linkLabel(f fault, l [2]string) string {
	arrow := " ⇄ "
	if f.target == onDirection {
		arrow = " → "
	}
	name := func(end string) string {
		if end == lab.ClientEnd {
			return m.common.S.ClientsWord
		}
		return end
	}
	return name(l[0]) + arrow + name(l[1])
}
