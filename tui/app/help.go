package app

import (
	"strings"

	"redislab/tui/page"
	"redislab/tui/widget"
)

// helpView is made from the key maps: what is listed is what works.
func (m *Model) helpView() []string {
	c, s := m.common, m.common.S
	var lines []string
	if m.lesson == nil {
		lines = m.section(s.HelpCurriculum, page.CurriculumKeys())
	} else {
		left := m.section(s.HelpLesson, page.LessonKeys())
		right := m.section(s.HelpConsole, page.ConsoleKeys())
		w := 0
		for _, l := range left {
			w = max(w, widget.Width(l))
		}
		for i := range left {
			left[i] = widget.Fit(left[i], w+4)
		}
		for len(left) < len(right) {
			left = append(left, strings.Repeat(" ", w+4))
		}
		lines = append(widget.Beside(left, right), "")
		lines = append(lines, widget.WrapLines(s.HelpAt, 68)...)
	}
	lines = append(lines, "", c.Theme.Faint.Render(s.HelpClose))
	w := 0
	for _, l := range lines {
		w = max(w, widget.Width(l))
	}
	box := widget.Box{Title: s.HelpTitle, Width: min(w+4, c.Width), Height: min(len(lines)+2, c.Height), Focused: true}
	return box.Render(c.Theme, lines)
}

// section lists a key map, keys that do the same on one line.
func (m *Model) section(title string, keys page.KeyMap) []string {
	c := m.common
	var lines []string
	var order []string
	shown := map[string][]string{}
	for _, b := range keys {
		label := b.Label(c.S)
		if shown[label] == nil {
			order = append(order, label)
		}
		shown[label] = append(shown[label], b.Keys...)
	}
	w := 0
	names := make([]string, len(order))
	for i, label := range order {
		names[i] = keyNames(shown[label])
		w = max(w, widget.Width(names[i]))
	}
	lines = append(lines, c.Theme.Bold.Render(title))
	for i, label := range order {
		lines = append(lines, " "+c.Theme.Key.Render(widget.Fit(names[i], w))+"  "+label)
	}
	return lines
}

// keyNames shortens bubbletea's names of keys; of many keys for one thing the first three are shown.
func keyNames(keys []string) string {
	short := map[string]string{"up": "↑", "down": "↓", "right": "→", "pgdown": "pgdn", " ": "space"}
	var out []string
	for _, k := range keys {
		if s, ok := short[k]; ok {
			k = s
		}
		if len(out) < 4 {
			out = append(out, k)
		}
	}
	return strings.Join(out, " ")
}
