package topo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"redislab/tui/widget"
)

// drawer carries what every part of a drawing needs.
type drawer struct {
	view  View
	theme *widget.Theme
	words Words
}

// Draw draws the view within width × height; it returns at most height lines.
func Draw(v View, t *widget.Theme, w Words, width, height int) []string {
	if len(v.Nodes) == 0 || height < 1 || width < 1 {
		return nil
	}
	d := drawer{v, t, w}
	faults := d.faultLines(width)
	data, sentinels := v.apart()
	most := max(1, height/4)
	if len(sentinels) > 0 && len(v.Nodes)+most >= height { // nodes come before the last of the faults
		most = 1
	}
	if len(faults) > most {
		faults = append(faults[:most-1], widget.Cut(strings.Join(faults[most-1:], " "), width))
	}
	room := height - len(faults)
	if height >= 5 { // a line is kept for faults, so that the boxes stay as they are when one comes
		room = height - max(1, len(faults))
	}
	lines, whole := d.both(data, sentinels, width, room)
	if !whole && room+len(faults) < height { // a node comes before a line that is only kept
		lines, _ = d.both(data, sentinels, width, height-len(faults))
	}
	return append(lines, faults...)
}

// both draws the nodes that keep data, and the sentinels below them. How much the sentinels tell comes first: where
// there are any, they are what one looks at. whole is false when there was no room for all of them and all nodes.
func (d drawer) both(data, sentinels []Node, width, room int) (lines []string, whole bool) {
	if len(sentinels) == 0 {
		return d.data(data, width, room, true)
	}
	var last []string
	for _, form := range d.sentinelForms(sentinels, width) {
		last = form
		if lines, ok := d.data(data, width, room-len(form), false); ok {
			return append(lines, form...), true
		}
	}
	left := max(0, room-len(last))
	lines, _ = d.data(data, width, left, true)
	return append(lines, last[:min(len(last), room-len(lines))]...), false
}

// data draws the nodes that keep data. When they do not fit, what is too much is left out and counted if cut is set.
func (d drawer) data(nodes []Node, width, room int, cut bool) (lines []string, ok bool) {
	if len(nodes) == 0 {
		return nil, room >= 0
	}
	if !cut && room < len(nodes) || room < 1 {
		return nil, false
	}
	roots, columns, slots := forest(nodes)
	if columns == 1 && len(roots) > 1 {
		columns, slots = abreast(roots, width)
	}
	heights := []int{5, 4, 3}
	if nodes[0].State == Planned { // nothing is known yet that would fill more
		heights = heights[2:]
	}
	if g, ok := fitBoxes(columns, slots, width, room, heights...); ok {
		return d.boxes(roots, g), true
	}
	return d.rows(roots, width, room), true
}

func (d drawer) boxes(roots []*placed, g geometry) []string {
	c := newCanvas(g)
	for _, r := range roots {
		r.walk(func(p *placed) {
			d.box(c, p)
			d.links(c, p)
		})
	}
	return c.lines()
}

func (d drawer) box(c *canvas, p *placed) {
	glyph, style, word := d.state(p.Node)
	b := widget.Box{Title: p.ID, Note: style.Render(strings.TrimSpace(glyph + " " + word)), Width: c.box, Height: c.height}
	inner, _ := b.Inner()
	if widget.Width(p.ID)+widget.Width(word)+10 > c.box { // a long name keeps its place, the state shrinks to its glyph
		b.Note = style.Render(glyph)
	}
	for i, line := range b.Render(d.theme, d.facts(p.Node, inner, c.height-2)) {
		c.rows[p.slot*c.height+i][2*p.column] = line
	}
}

// state is how a node's state is shown: never by colour alone.
func (d drawer) state(n Node) (glyph string, style lipgloss.Style, word string) {
	t, w := d.theme, d.words
	switch n.State {
	case Up:
		if n.Isolated {
			return "⊘", t.Warn, w.Isolated
		}
		return "●", t.Good, w.Up
	case Killed:
		return "✗", t.Bad, w.Killed
	case Stopped:
		return "■", t.Bad, w.Stopped
	case Paused:
		return "‖", t.Warn, w.Paused
	case Planned:
		return "○", t.Faint, ""
	}
	return "?", t.Warn, w.Unknown
}

// facts are the lines inside a box, as much as fits in rows of width cells.
func (d drawer) facts(n Node, width, rows int) []string {
	role := d.role(n)
	offset := d.words.Offset + " " + strconv.FormatInt(n.Offset, 10)
	switch {
	case n.State == Planned:
		return []string{role}
	case n.dead() && rows == 1:
		return []string{longest(width, n.Addr+"  "+role, shortAddr(n.Addr)+" "+role)}
	case n.dead():
		return []string{n.Addr, role}
	case rows == 1:
		return []string{longest(width,
			shortAddr(n.Addr)+" "+role+" "+offset+d.lag(n, " "),
			shortAddr(n.Addr)+" "+offset+d.lag(n, " "), // the arrow says that it is a replica
			shortAddr(n.Addr)+" "+role+" "+offset,
			shortAddr(n.Addr)+" "+offset,
			shortAddr(n.Addr)+" @"+strconv.FormatInt(n.Offset, 10))}
	}
	lines := []string{
		longest(width, n.Addr+"  "+role, shortAddr(n.Addr)+" "+role),
		longest(width, offset+d.lag(n, "  ")+d.keys(n), offset+d.lag(n, "  "), offset),
	}
	if rows > 2 {
		lines = append(lines, longest(width, d.relation(n)+d.pid(n), d.relation(n)))
	}
	return lines
}

func (d drawer) role(n Node) string {
	switch n.Role {
	case "master":
		return d.words.Master
	case "replica":
		return d.words.Replica
	}
	return "?" // it has not said yet
}

func (d drawer) lag(n Node, sep string) string {
	if n.Role != "replica" || n.Lag < 0 {
		return ""
	}
	return sep + d.words.Lag + " " + strconv.FormatInt(n.Lag, 10)
}

func (d drawer) keys(n Node) string {
	return "  " + d.words.Keys + " " + strconv.FormatInt(n.Keys, 10)
}

func (d drawer) pid(n Node) string {
	if n.PID == 0 {
		return ""
	}
	return "  pid " + strconv.Itoa(n.PID)
}

// relation is the line that tells whom a node follows or how many follow it.
func (d drawer) relation(n Node) string {
	if n.Role != "replica" {
		return fmt.Sprintf("%s %d", d.words.Replicas, n.Replicas)
	}
	s := d.words.Link + " " + d.linkWord(n.Link)
	if n.Parent == "" && n.Upstream != "" {
		s += " ← " + n.Upstream
	}
	return s
}

func (d drawer) linkWord(l LinkState) string {
	switch l {
	case LinkUp:
		return d.words.Up
	case LinkSync:
		return d.words.Sync
	case LinkDown:
		return d.words.Down
	}
	return "-"
}

func shortAddr(addr string) string {
	if i := strings.LastIndexByte(addr, ':'); i >= 0 {
		return addr[i:]
	}
	return addr
}

// longest is the first text that fits, or the last one.
func longest(width int, texts ...string) string {
	for _, s := range texts {
		if widget.Width(s) <= width {
			return s
		}
	}
	return texts[len(texts)-1]
}
