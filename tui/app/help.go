package app

import (
	"strings"

	"github.com/charmbracelet/bubbles/help"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/lipgloss"

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

// section is a key map under its title.
func (m *Model) section(title string, keys page.KeyMap) []string {
	t := m.common.Theme
	list := help.New()
	list.Styles.FullKey, list.Styles.FullDesc = t.Key.Padding(0, 1), lipgloss.NewStyle()
	view := list.FullHelpView([][]key.Binding{keys.Help(m.common.S)})
	return append([]string{t.Bold.Render(title)}, strings.Split(view, "\n")...)
}
