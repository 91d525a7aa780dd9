package topo

import (
	"fmt"
	"strconv"

	"redislab/tui/widget"
)

// rows is the form for little room: one line a node, indented below its master.
func (d drawer) rows(roots []*placed, width, height int) []string {
	var lines []string
	name := 0
	for _, r := range roots {
		r.walk(func(p *placed) { name = max(name, 4*(p.column-r.column)+widget.Width(p.ID)) })
	}
	for _, r := range roots {
		lines = append(lines, d.row(r, "", "", name, width)...)
	}
	if len(lines) > height && height > 0 {
		more := len(lines) - height + 1
		lines = append(lines[:height-1], d.theme.Faint.Render(fmt.Sprintf("  … +%d", more)))
	}
	return lines
}

func (d drawer) row(p *placed, joint, below string, name, width int) []string {
	glyph, style, _ := d.state(p.Node)
	head := d.theme.Border.Render(joint) + d.arrow(p, joint) + style.Render(glyph) + " " + d.theme.Bold.Render(p.ID)
	head = widget.Fit(head, name+3)
	lines := []string{widget.Cut(head+d.rowFacts(p.Node, width-widget.Width(head)), width)}
	for i, c := range p.children {
		j, b := "├", "│   "
		if i == len(p.children)-1 {
			j, b = "└", "    "
		}
		lines = append(lines, d.row(c, below+j, below+b, name, width)...)
	}
	return lines
}

// arrow is the two cells between the tree and a node: the state of its link.
func (d drawer) arrow(p *placed, joint string) string {
	if joint == "" {
		return ""
	}
	_, mark, faulty := d.mark(p.Parent, p.ID)
	switch {
	case faulty && widget.Width(mark) > 2:
		return d.theme.Warn.Render("~▶")
	case faulty:
		return d.theme.Warn.Render(widget.Fit(mark, 2))
	case p.Link == LinkDown && !p.dead():
		return d.theme.Bad.Render("╌╳")
	}
	return d.line(p.Parent, p.Node, 2)
}

// rowFacts is what one line has room for, most telling first.
func (d drawer) rowFacts(n Node, width int) string {
	role, short := d.role(n), shortAddr(n.Addr)
	_, style, word := d.state(n)
	if n.State != Up && n.State != Planned || n.Isolated {
		role += "  " + style.Render(word)
	}
	if n.State == Planned {
		return " " + role
	}
	if n.dead() {
		return longest(width, " "+n.Addr+"  "+role, " "+short+" "+role)
	}
	offset := d.words.Offset + " " + strconv.FormatInt(n.Offset, 10)
	link := ""
	if n.Role == "replica" {
		link = "  " + d.words.Link + " " + d.linkWord(n.Link)
	}
	return longest(width,
		" "+n.Addr+"  "+role+"  "+offset+d.lag(n, "  ")+link,
		" "+short+"  "+role+"  "+offset+d.lag(n, "  ")+link,
		" "+short+" "+role+" "+offset+d.lag(n, " "),
		" "+short+" "+offset+d.lag(n, " "),
		" "+short+" "+offset)
}
