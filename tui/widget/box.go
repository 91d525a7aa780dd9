package widget

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// frame is the glyphs of a border; the focused one is heavy so that focus shows without colour.
type frame struct{ tl, tr, bl, br, h, v string }

var (
	thin  = frame{"┌", "┐", "└", "┘", "─", "│"}
	heavy = frame{"┏", "┓", "┗", "┛", "━", "┃"}
)

// Box is a framed pane: title in its top edge, note at the right of it.
type Box struct {
	Title, Note   string
	Width, Height int // with the frame
	Focused       bool
}

// Inner is the room inside the frame.
func (b Box) Inner() (width, height int) { return max(0, b.Width-4), max(0, b.Height-2) }

// Render draws the box around lines; what does not fit is cut.
func (b Box) Render(t *Theme, lines []string) []string {
	f, style, titleStyle := thin, t.Border, t.Bold
	if b.Focused {
		f, style, titleStyle = heavy, t.Focus, t.Selected
	}
	w, h := b.Inner()
	out := make([]string, 0, b.Height)
	out = append(out, b.top(f, style, titleStyle))
	for _, line := range FitBlock(lines, w, h) {
		out = append(out, style.Render(f.v)+" "+line+" "+style.Render(f.v))
	}
	return append(out, style.Render(f.bl+strings.Repeat(f.h, max(0, b.Width-2))+f.br))
}

func (b Box) top(f frame, style, titleStyle lipgloss.Style) string {
	room := b.Width - 2
	left, right := "", ""
	if b.Title != "" {
		left = " " + Cut(b.Title, max(0, room-3)) + " "
	}
	if b.Note != "" && Width(left)+Width(b.Note)+4 <= room {
		right = " " + b.Note + " "
	}
	fill := room - 1 - Width(left) - Width(right)
	tail := ""
	if right != "" {
		fill--
		tail = f.h
	}
	return style.Render(f.tl+f.h) + titleStyle.Render(left) + style.Render(strings.Repeat(f.h, max(0, fill))) +
		right + style.Render(tail+f.tr)
}
