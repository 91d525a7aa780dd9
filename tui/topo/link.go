package topo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"redislab/tui/widget"
)

// links draws the lines from a node to those that follow it, each with its state or fault.
func (d drawer) links(c *canvas, p *placed) {
	if len(p.children) == 0 {
		return
	}
	mid, x := (c.height-1)/2, 2*p.column+1
	last := p.children[len(p.children)-1]
	for y := p.slot*c.height + mid + 1; y < last.slot*c.height+mid; y++ {
		c.rows[y][x] = widget.Fit(" "+d.theme.Border.Render("│"), c.gap)
	}
	for i, child := range p.children {
		joint := " ├"
		switch {
		case len(p.children) == 1:
			joint = "──"
		case i == 0:
			joint = "─┬"
		case child == last:
			joint = " └"
		}
		c.rows[child.slot*c.height+mid][x] = d.theme.Border.Render(joint) + d.line(p.ID, child.Node, c.gap-2)
	}
}

// line is one link, width cells long, from master to replica.
func (d drawer) line(from string, to Node, width int) string {
	body, label, style := "─", "", d.theme.Good
	switch {
	case to.dead():
		body, style = "╌", d.theme.Faint
	case to.Link == LinkDown:
		body, label, style = "╌", d.words.Down, d.theme.Bad
	case to.Link == LinkSync:
		body, label, style = "═", d.words.Sync, d.theme.Warn
	}
	short := label
	if long, mark, ok := d.mark(from, to.ID); ok {
		label, short, style = long, mark, d.theme.Warn
	}
	if widget.Width(label)+4 > width {
		label = short
	}
	if label != "" && widget.Width(label)+4 <= width {
		label = " " + label + " "
	}
	fill := max(0, width-1-widget.Width(label))
	return renderLine(style, body, label, fill)
}

func renderLine(style lipgloss.Style, body, label string, fill int) string {
	left := fill / 2
	return style.Render(strings.Repeat(body, left) + label + strings.Repeat(body, fill-left) + "▶")
}

// mark is the fault on a link: a label for a long line and a glyph for a short one.
func (d drawer) mark(master, replica string) (long, short string, ok bool) {
	for _, f := range d.view.Faults {
		forward := f.From == master && f.To == replica
		backward := f.From == replica && f.To == master
		if f.Class == "replication" { // then the nodes themselves are not marked as isolated
			forward = forward || f.To == "" && f.From == master || f.From == "" && f.To == replica
			backward = backward || f.To == "" && f.From == replica || f.From == "" && f.To == master
		}
		if !forward && !backward || f.Class != "" && f.Class != "replication" {
			continue
		}
		if long, short, ok = d.markOf(f, forward); ok {
			return long, short, true
		}
	}
	return "", "", false
}

// markOf is how a fault is shown on the link it is on; forward says that the link is drawn in the fault's direction.
func (d drawer) markOf(f Fault, forward bool) (long, short string, ok bool) {
	switch {
	case f.Kind == "cut" && f.OneWay && forward:
		return d.words.Cut + " ╳→", "╳→", true
	case f.Kind == "cut" && f.OneWay:
		return "←╳ " + d.words.Cut, "←╳", true
	case f.Kind == "cut":
		return "╳ " + d.words.Cut, "╳", true
	case f.Kind == "delay":
		return d.words.Delay + " " + brief(f.Delay), brief(f.Delay), true
	case f.Kind == "drop":
		return d.words.Drop + " " + percent(f.Drop), percent(f.Drop), true
	}
	return "", "", false
}

func brief(d time.Duration) string { return strings.Replace(d.String(), "m0s", "m", 1) }

func percent(p float64) string { return strconv.FormatFloat(p*100, 'f', -1, 64) + "%" }

// faultLines lists every fault in words below the picture, since not all of them are on a drawn link.
func (d drawer) faultLines(width int) []string {
	if len(d.view.Faults) == 0 {
		return nil
	}
	var parts []string
	for _, b := range bundles(d.view.Faults) {
		parts = append(parts, d.describe(b))
	}
	text := "⚠ " + d.words.Faults + ": " + strings.Join(parts, " · ")
	lines := widget.WrapLines(text, width)
	for i := range lines {
		lines[i] = d.theme.Warn.Render(lines[i])
	}
	return lines
}

// bundle is faults of one kind between each of some ends and each of others: a partition is many.
type bundle struct {
	Fault
	from, to []string
}

// bundles puts faults together that are told in one: those from one end, then those with the same other ends.
func bundles(faults []Fault) []bundle {
	var byFrom, out []bundle
	for _, f := range faults {
		kind := f
		kind.From, kind.To = "", ""
		i := slices.IndexFunc(byFrom, func(b bundle) bool { return b.Fault == kind && b.from[0] == f.From })
		if i < 0 {
			i = len(byFrom)
			byFrom = append(byFrom, bundle{Fault: kind, from: []string{f.From}})
		}
		if !slices.Contains(byFrom[i].to, f.To) {
			byFrom[i].to = append(byFrom[i].to, f.To)
		}
	}
	for _, b := range byFrom {
		i := slices.IndexFunc(out, func(o bundle) bool { return o.Fault == b.Fault && slices.Equal(o.to, b.to) })
		if i < 0 {
			out = append(out, b)
			continue
		}
		out[i].from = append(out[i].from, b.from...)
	}
	return out
}

func (d drawer) describe(f bundle) string {
	arrow := "⇄"
	if f.OneWay {
		arrow = "→"
	}
	names := func(ends []string) string {
		for _, end := range ends {
			if end == "" {
				return d.words.All
			}
		}
		return strings.Join(ends, ", ")
	}
	var what string
	switch f.Kind {
	case "delay":
		what = d.words.Delay + " " + brief(f.Delay)
	case "drop":
		what = d.words.Drop + " " + percent(f.Drop)
	default:
		what = d.words.Cut
	}
	s := fmt.Sprintf("%s %s %s %s", what, names(f.from), arrow, names(f.to))
	if name := cmp.Or(d.words.Classes[f.Class], f.Class); name != "" {
		s += " (" + name + ")"
	}
	return s
}
