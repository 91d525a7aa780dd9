package lesson

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/lab"
	"redislab/lab/netfault"
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
	onAlone // a node, and some or all of its links
	onLink
	onDirection
	onSides // nodes on two sides
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
		{"i", func(s *i18n.Strings) string { return s.FaultIsolate }, func(s *i18n.Strings) string { return s.NoteIsolate }, "isolate", lab.CanFault, onAlone, nil},
		{"g", func(s *i18n.Strings) string { return s.FaultPartition }, func(s *i18n.Strings) string { return s.NotePartition }, "partition", lab.CanFault, onSides, nil},
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
		case (f.target == onNode || f.target == onAlone) && len(m.nodesFor(f)) == 0:
			items[i].Disabled = s.NotNow
		case (f.target == onLink || f.target == onDirection) && len(m.links(f)) == 0:
			items[i].Disabled = s.NotNow
		case f.target == onSides && len(m.view.Nodes) < 2:
			items[i].Disabled = s.NotNow
		}
	}
	m.push(widget.NewMenu(s.FaultsTitle, items), func(i int) tea.Cmd { return m.aim(all[i]) })
}

func (m *Model) push(menu widget.Menu, pick func(i int) tea.Cmd) {
	m.menus = append(m.menus, openMenu{menu, pick})
}

// itemKeys pick the lines of a menu; q is not among them, it closes menus.
const itemKeys = "123456789abcdefghijklmnoprstuvwxyz"

// choose lays a menu over the page.
func (m *Model) choose(title string, labels []string, pick func(i int) tea.Cmd) {
	items := make([]widget.Item, len(labels))
	for i, label := range labels {
		items[i].Label = label
		if i < len(itemKeys) {
			items[i].Key = itemKeys[i : i+1]
		}
	}
	m.push(widget.NewMenu(title, items), pick)
}

// aim asks what the fault is done to.
func (m *Model) aim(f fault) tea.Cmd {
	s := m.common.S
	switch f.target {
	case onNode, onAlone:
		ids := m.nodesFor(f)
		m.choose(fmt.Sprintf(s.FaultWhich, f.label(s)), ids, func(i int) tea.Cmd {
			if f.target == onAlone {
				return m.classes(f, ids[i], f.verb+" "+ids[i], func(line string) tea.Cmd { return m.inflict(line) })
			}
			return m.inflict(f.verb + " " + ids[i])
		})
	case onLink, onDirection:
		links := m.links(f)
		labels := make([]string, len(links))
		for i, l := range links {
			labels[i] = m.linkLabel(f, l)
		}
		m.choose(fmt.Sprintf(s.FaultLink, f.label(s)), labels, func(i int) tea.Cmd { return m.measure(f, links[i]) })
	case onSides:
		m.sides(f, map[string]bool{}, 0)
	default:
		return m.inflict(f.verb)
	}
	return nil
}

// measure asks how much, for the faults that have a size.
func (m *Model) measure(f fault, l [2]string) tea.Cmd {
	s := m.common.S
	line := f.verb + " " + l[0] + " " + l[1]
	then := m.inflict
	if l[0] == netfault.AnyNode || l[1] == netfault.AnyNode {
		node := l[0]
		if node == netfault.AnyNode {
			node = l[1]
		}
		then = func(line string) tea.Cmd { return m.classes(f, node, line, m.inflict) }
	}
	var title string
	var sizes, labels []string
	switch f.verb {
	case "delay":
		title, sizes = s.FaultHowLong, []string{"50ms", "200ms", "1s", "5s"}
		labels = sizes
	case "drop":
		title, sizes, labels = s.FaultHowOften, []string{"0.1", "0.3", "0.6", "1"}, []string{"10%", "30%", "60%", "100%"}
	default:
		return then(line)
	}
	m.choose(title, labels, func(i int) tea.Cmd { return then(line + " " + sizes[i]) })
	return nil
}

// classes asks which traffic a fault on many links is on, where there is more than one kind: a node that keeps data has
// links to those that replicate and to sentinels.
func (m *Model) classes(f fault, node, line string, then func(line string) tea.Cmd) tea.Cmd {
	if !m.watched() || m.isSentinel(node) {
		return then(line)
	}
	s := m.common.S
	clients := strings.Replace(line, netfault.AnyNode, lab.ClientEnd, 1)
	if f.target == onAlone {
		clients = "cut " + lab.ClientEnd + " " + node
	}
	lines := []string{line, line + " " + string(lab.ReplicationLink), line + " " + string(lab.SentinelLink), clients}
	m.choose(fmt.Sprintf(s.FaultClass, f.label(s)), []string{s.ClassAll, s.ClassReplication, s.ClassSentinel, s.ClassClient}, func(i int) tea.Cmd {
		return then(lines[i])
	})
	return nil
}

func (m *Model) isSentinel(id string) bool {
	for _, n := range m.view.Nodes {
		if n.ID == id {
			return n.Role == string(lab.SentinelRole)
		}
	}
	return false
}

// sides lets one choose the nodes of one side of a partition, one after the other; the rest is the other side.
func (m *Model) sides(f fault, chosen map[string]bool, cursor int) {
	s := m.common.S
	var here, there []string
	items := []widget.Item{{}}
	for i, n := range m.view.Nodes {
		mark := "○ "
		if chosen[n.ID] {
			mark = "● "
			here = append(here, n.ID)
		} else {
			there = append(there, n.ID)
		}
		items = append(items, widget.Item{Key: itemKeys[i%len(itemKeys):][:1], Label: mark + n.ID})
	}
	items[0] = widget.Item{Key: "x", Label: s.PartitionGo}
	if len(here) == 0 || len(there) == 0 {
		items[0].Disabled = s.PartitionSides
	} else {
		items[0].Note = strings.Join(here, ",") + " | " + strings.Join(there, ",")
	}
	menu := widget.NewMenu(s.PartitionTitle, items)
	menu.Cursor = max(cursor, 1)
	m.push(menu, func(i int) tea.Cmd {
		if i == 0 {
			return m.inflict(f.verb + " " + strings.Join(here, ",") + " " + strings.Join(there, ","))
		}
		id := m.view.Nodes[i-1].ID
		chosen[id] = !chosen[id]
		m.menus = m.menus[:len(m.menus)-1]
		m.sides(f, chosen, i)
		return nil
	})
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

// links lists the pairs of ends: those that replicate first, then all links of each node where it has those of sentinels too,
// then the others, then each node's clients.
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
		if m.watched() {
			used = append(used, [2]string{netfault.AnyNode, n.ID})
		}
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
		switch end {
		case lab.ClientEnd:
			return m.common.S.ClientsWord
		case netfault.AnyNode:
			return m.common.S.EveryNode
		}
		return end
	}
	return name(l[0]) + arrow + name(l[1])
}
