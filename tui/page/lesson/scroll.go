package lesson

import (
	"strings"

	"github.com/charmbracelet/bubbles/viewport"
)

// toEnd as an offset scrolls to the last line, whichever that is.
const toEnd = 1 << 20

// newViews is a window on every pane, all at their first lines.
func newViews() (views [paneCount]viewport.Model) {
	for p := range views {
		views[p] = viewport.New(0, 0)
	}
	return views
}

// scrollBy moves what the focused pane shows.
func (m *Model) scrollBy(n int) {
	v := &m.views[m.focus]
	if n < 0 {
		v.ScrollUp(-n)
		return
	}
	v.ScrollDown(n)
}

// scrolled is the window of lines that fits, and a note when there is more.
func (m *Model) scrolled(p pane, lines []string, w, h int) ([]string, string) {
	v := &m.views[p]
	v.Width, v.Height = w, max(0, h)
	v.SetContent(strings.Join(lines, "\n"))
	v.SetYOffset(v.YOffset)
	return window(*v)
}

// window is what a view shows, and the note that says where there is more.
func window(v viewport.Model) ([]string, string) {
	if v.Height < 1 {
		return nil, ""
	}
	note := ""
	if !v.AtTop() {
		note += "▲"
	}
	if !v.AtBottom() {
		note += "▼"
	}
	return strings.Split(v.View(), "\n"), note
}
