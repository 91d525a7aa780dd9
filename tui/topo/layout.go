package topo

import "strings"

// placed is a node with its place: column is its depth, slot the box row it stands in.
type placed struct {
	Node
	column, slot int
	children     []*placed
}

// forest arranges nodes below the master each one follows, in display order. A node in a circle of
// masters is drawn as a root, so that none is ever lost.
func forest(nodes []Node) (roots []*placed, columns, slots int) {
	all := make(map[string]*placed, len(nodes))
	for _, n := range nodes {
		all[n.ID] = &placed{Node: n}
	}
	for _, n := range nodes {
		p, parent := all[n.ID], all[n.Parent]
		if parent == nil || inCircle(all, n.ID) {
			roots = append(roots, p)
			continue
		}
		parent.children = append(parent.children, p)
	}
	for _, r := range roots {
		slots = r.place(0, slots, &columns)
	}
	return roots, columns, slots
}

// abreast puts nodes that have nothing to do with each other side by side, as many as the width has room for.
func abreast(roots []*placed, width int) (columns, slots int) {
	columns = max(1, min(len(roots), (width+gapTwo)/(boxMin+10+gapTwo)))
	for i, r := range roots {
		r.column, r.slot = i%columns, i/columns
	}
	return columns, (len(roots) + columns - 1) / columns
}

func inCircle(all map[string]*placed, id string) bool {
	at := all[id]
	for range len(all) {
		if at = all[at.Parent]; at == nil {
			return false
		}
		if at.ID == id {
			return true
		}
	}
	return false
}

// place puts a node beside its first child and returns the next free slot.
func (p *placed) place(column, slot int, columns *int) int {
	p.column, p.slot = column, slot
	*columns = max(*columns, column+1)
	if len(p.children) == 0 {
		return slot + 1
	}
	for _, c := range p.children {
		slot = c.place(column+1, slot, columns)
	}
	return slot
}

func (p *placed) walk(visit func(*placed)) {
	visit(p)
	for _, c := range p.children {
		c.walk(visit)
	}
}

// geometry is the widths of boxes and of the gaps between columns, and a box's height.
type geometry struct{ box, gap, height, columns, slots int }

const (
	boxMin, boxMax = 19, 36
	gapMin, gapMax = 7, 20
	gapTwo         = 13 // between two columns there is room for a word on the link
)

// fitBoxes finds the richest boxes that fit; ok is false when none do.
func fitBoxes(columns, slots, width, height int, heights ...int) (g geometry, ok bool) {
	gap := gapMin
	if columns == 2 {
		gap = gapTwo
	}
	box := min(boxMax, (width-(columns-1)*gap)/columns)
	if box < boxMin {
		return g, false
	}
	g = geometry{box: box, columns: columns, slots: slots}
	if columns > 1 {
		g.gap = min(gapMax, (width-columns*box)/(columns-1))
	}
	for _, h := range heights {
		if slots*h <= height {
			g.height = h
			return g, true
		}
	}
	return g, false
}

// canvas is rows of column pieces: box, gap, box, gap …
type canvas struct {
	geometry
	rows [][]string
}

func newCanvas(g geometry) *canvas {
	c := &canvas{geometry: g, rows: make([][]string, g.slots*g.height)}
	for y := range c.rows {
		c.rows[y] = make([]string, 2*g.columns-1)
		for x := range c.rows[y] {
			c.rows[y][x] = strings.Repeat(" ", c.pieceWidth(x))
		}
	}
	return c
}

func (c *canvas) pieceWidth(x int) int {
	if x%2 == 0 {
		return c.box
	}
	return c.gap
}

func (c *canvas) lines() []string {
	out := make([]string, len(c.rows))
	for y, row := range c.rows {
		out[y] = strings.TrimRight(strings.Join(row, ""), " ")
	}
	return out
}
