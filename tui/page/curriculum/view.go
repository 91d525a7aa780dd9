package curriculum

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/progress"
	"github.com/muesli/termenv"

	"redislab/exercises/kit"
	"redislab/tui/page"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// detailHeight is the room below the list on a narrow screen: a frame and five lines.
const detailHeight = 7

// View draws the page: Height lines of Width cells.
func (m Model) View() string {
	c := m.common
	lines := []string{m.header()}
	if c.Wide() {
		left := c.Width * 55 / 100
		lines = append(lines, widget.Beside(m.list(left, c.Height-3), m.detail(c.Width-left, c.Height-3))...)
	} else {
		lines = append(lines, m.list(c.Width, m.listHeight())...)
		lines = append(lines, m.detail(c.Width, detailHeight)...)
	}
	if m.confirm != nil {
		lines = widget.Overlay(lines, m.confirm.View(c.Theme, c.Width-8, c.Height-4), c.Width)
	}
	lines = append(lines, m.status(), m.footer())
	return strings.Join(widget.FitBlock(lines, c.Width, c.Height), "\n")
}

func (m Model) listHeight() int {
	if m.common.Wide() {
		return m.common.Height - 3
	}
	return m.common.Height - 3 - detailHeight
}

func (m Model) header() string {
	c := m.common
	done, all := 0, 0
	for _, r := range m.rows {
		if r.lesson == nil {
			continue
		}
		all++
		if m.finished(r.lesson.ID) {
			done++
		}
	}
	return c.Header([]string{c.S.Curriculum}, fmt.Sprintf(c.S.LessonsDone, done, all), c.S.Mode+": "+c.ModeName(), c.Backend, c.S.LangName)
}

func (m Model) status() string {
	c := m.common
	if m.notice != "" {
		return " " + c.Theme.Warn.Render(widget.Cut(m.notice, c.Width-2))
	}
	hint := c.S.WatchHint
	if c.Mode == kit.Do {
		hint = c.S.DoHint
	}
	return " " + c.Theme.Faint.Render(widget.Cut(hint, c.Width-2))
}

func (m Model) footer() string {
	c, s := m.common, m.common.S
	next := s.Do
	if c.Mode == kit.Do {
		next = s.Watch
	}
	return c.Footer(
		m.keys.Hint(s, page.Primary, ""),
		widget.Hint("↑↓", s.Select),
		m.keys.Hint(s, page.ToggleMode, s.Mode+": "+next),
		m.keys.Hint(s, page.ToggleLang, ""),
		m.keys.Hint(s, page.QuitProgram, ""),
		m.keys.Hint(s, page.ResetProgress, ""),
		m.keys.Hint(s, page.ShowHelp, ""),
	)
}

// list is the framed list of lessons, scrolled so that the cursor is seen with what is around it.
func (m Model) list(width, height int) []string {
	box := widget.Box{Title: m.common.S.Curriculum, Width: width, Height: height, Focused: true}
	w, h := box.Inner()
	from := max(0, min(m.cursor-h/2, len(m.rows)-h))
	var lines []string
	for i := from; i < len(m.rows) && len(lines) < h; i++ {
		lines = append(lines, m.row(i, w))
	}
	if len(m.rows) > h {
		box.Note = fmt.Sprintf("%d–%d/%d", from+1, min(from+h, len(m.rows)), len(m.rows))
	}
	return box.Render(m.common.Theme, lines)
}

func (m Model) row(i, width int) string {
	t, r := m.common.Theme, m.rows[i]
	if r.lesson == nil {
		done := 0
		for _, l := range r.chapter.Lessons {
			if m.finished(l.ID) {
				done++
			}
		}
		bar := m.bar.ViewAs(share(done, len(r.chapter.Lessons)))
		right := fmt.Sprintf("%s %d/%d", bar, done, len(r.chapter.Lessons))
		return t.Bold.Render(widget.Fit(r.chapter.Title.In(m.common.Lang), width-widget.Width(right)-1)) + " " + t.Faint.Render(right)
	}
	mark := m.mark(*r.lesson)
	right := m.stepsDone(*r.lesson)
	title := widget.Fit(r.lesson.Title.In(m.common.Lang), width-6-widget.Width(right))
	switch {
	case i == m.cursor:
		title = t.Selected.Render("▸ ") + mark + " " + t.Selected.Render(title)
	case m.missing(*r.lesson) != "":
		title = "  " + mark + " " + t.Faint.Render(title)
	default:
		title = "  " + mark + " " + title
	}
	return title + "  " + t.Faint.Render(right)
}

// mark is a lesson's state in the current mode.
func (m Model) mark(ex kit.Exercise) string {
	t := m.common.Theme
	switch {
	case m.finished(ex.ID):
		return t.Good.Render("✓")
	case m.missing(ex) != "":
		return t.Faint.Render("-")
	case m.progress.Count(ex.ID, string(m.common.Mode)) > 0:
		return t.Warn.Render("◐")
	}
	return "○"
}

func (m Model) stepsDone(ex kit.Exercise) string {
	return fmt.Sprintf("%d/%d", min(m.progress.Count(ex.ID, string(m.common.Mode)), len(ex.Steps)), len(ex.Steps))
}

// newBar is how far a chapter is done; the theme gives it its colour.
func newBar() progress.Model {
	return progress.New(progress.WithWidth(10), progress.WithoutPercentage(), progress.WithColorProfile(termenv.Ascii))
}

// share is done of all in whole tenths, rounded down: a bar is full when nothing is left, not before.
func share(done, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(done*10/all) / 10
}

// detail tells about the lesson under the cursor; the more room, the more.
func (m Model) detail(width, height int) []string {
	ex := m.Selected()
	box := widget.Box{Width: width, Height: height}
	w, h := box.Inner()
	if ex == nil {
		return box.Render(m.common.Theme, nil)
	}
	box.Title = ex.Title.In(m.common.Lang)
	box.Note = ex.ID
	lines := m.common.Markdown.Lines(ex.Summary.In(m.common.Lang), w)
	facts := m.facts(*ex, w)
	if h < 12 {
		if room := h - len(facts); len(lines) > room {
			lines = append(lines[:max(0, room-1)], widget.Cut(lines[max(0, room-1)]+" …", w))
		}
		for len(lines)+len(facts) < h {
			lines = append(lines, "")
		}
		return box.Render(m.common.Theme, append(lines, facts...))
	}
	lines = append(lines, "")
	lines = append(lines, facts...)
	lines = append(lines, "", m.common.Theme.Bold.Render(m.common.S.Steps))
	lines = append(lines, m.steps(*ex)...)
	if room := h - len(lines) - 2; room >= 4 {
		lines = append(lines, "", m.common.Theme.Bold.Render(m.common.S.Topology))
		lines = append(lines, topo.Draw(page.Planned(ex.Topology()), m.common.Theme, m.common.TopoWords(), w, room)...)
	}
	return box.Render(m.common.Theme, lines)
}

// facts is one line, or two when the lesson cannot be taken here.
func (m Model) facts(ex kit.Exercise, width int) []string {
	s := m.common.S
	parts := []string{fmt.Sprintf(s.StepsCount, len(ex.Steps)), fmt.Sprintf(s.NodesCount, len(ex.Topology().Nodes))}
	for _, mode := range []struct {
		mode kit.Mode
		name string
	}{{kit.Watch, s.Watch}, {kit.Do, s.Do}} {
		if m.progress.Finished(ex.ID, string(mode.mode)) {
			parts = append(parts, "✓ "+mode.name)
		}
	}
	if after := m.titles(ex.After); len(after) > 0 {
		parts = append(parts, s.After+" "+strings.Join(after, ", "))
	}
	lines := []string{m.common.Theme.Faint.Render(widget.Cut(strings.Join(parts, " · "), width))}
	if why := m.missing(ex); why != "" {
		lines = append(lines, m.common.Theme.Warn.Render(widget.Cut(why, width)))
	}
	return lines
}

// titles is what lessons are called in the list: nobody has seen their IDs there.
func (m Model) titles(ids []string) []string {
	var out []string
	for _, r := range m.rows {
		if r.lesson != nil && slices.Contains(ids, r.lesson.ID) {
			out = append(out, "“"+r.lesson.Title.In(m.common.Lang)+"”")
		}
	}
	return out
}

func (m Model) steps(ex kit.Exercise) []string {
	var lines []string
	for i, st := range ex.Steps {
		mark := "○"
		if m.progress.Passed(ex.ID, string(m.common.Mode), st.Name) {
			mark = m.common.Theme.Good.Render("✓")
		}
		title := st.Title.In(m.common.Lang)
		if title == "" {
			title = st.Name
		}
		lines = append(lines, fmt.Sprintf("%s %2d. %s", mark, i+1, title))
	}
	return lines
}
