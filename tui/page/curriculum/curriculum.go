// Package curriculum is the page that lists the lessons by chapter, with the learner's progress.
//
//	m := curriculum.New(common, chapters, store)
//	m, cmd := m.Update(msg)       // enter gives page.OpenLesson
package curriculum

import (
	"github.com/charmbracelet/bubbles/progress"
	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/tui/page"
	"redislab/tui/widget"
)

// Progress is what the page needs to know of the learner.
type Progress interface {
	Finished(lesson, mode string) bool
	Count(lesson, mode string) int
	Passed(lesson, mode, step string) bool
	Reset() error
}

// Chapter is a heading and the lessons below it.
type Chapter struct {
	ID      string
	Title   kit.Text
	Lessons []kit.Exercise
}

// row is a line of the list: a chapter's heading or a lesson. The list is the page's own: that of bubbles turns
// pages where this scrolls, and its cursor would stop at headings.
type row struct {
	chapter *Chapter
	lesson  *kit.Exercise
}

// Model is the page.
type Model struct {
	common   *page.Common
	keys     page.KeyMap
	chapters []Chapter
	progress Progress
	bar      progress.Model
	rows     []row
	cursor   int // index into rows, always at a lesson
	confirm  *widget.Menu
	notice   string
	// Missing says what the backend lacks for a lesson; "" when it can be taken.
	missing func(kit.Exercise) string
}

// New lists chapters. missing tells why a lesson cannot be taken here, "" when it can.
func New(c *page.Common, chapters []Chapter, p Progress, missing func(kit.Exercise) string) Model {
	m := Model{common: c, keys: page.CurriculumKeys(), chapters: chapters, progress: p, bar: newBar(), missing: missing}
	for i := range chapters {
		ch := &chapters[i]
		m.rows = append(m.rows, row{chapter: ch})
		for j := range ch.Lessons {
			m.rows = append(m.rows, row{chapter: ch, lesson: &ch.Lessons[j]})
		}
	}
	m.cursor = -1
	m.move(1)
	return m
}

// Select puts the cursor on a lesson.
func (m *Model) Select(id string) {
	for i, r := range m.rows {
		if r.lesson != nil && r.lesson.ID == id {
			m.cursor = i
		}
	}
}

// SelectNew puts the cursor on the first lesson that is not finished in the current mode.
func (m *Model) SelectNew() {
	for i, r := range m.rows {
		if r.lesson != nil && !m.finished(r.lesson.ID) && m.missing(*r.lesson) == "" {
			m.cursor = i
			return
		}
	}
}

// After is the lesson that follows one, "" after the last.
func (m Model) After(id string) string {
	found := false
	for _, r := range m.rows {
		if r.lesson == nil {
			continue
		}
		if found && m.missing(*r.lesson) == "" {
			return r.lesson.ID
		}
		found = found || r.lesson.ID == id
	}
	return ""
}

// SetNotice shows a line until the next key.
func (m *Model) SetNotice(s string) { m.notice = s }

// Selected is the lesson under the cursor, nil when there are none.
func (m Model) Selected() *kit.Exercise {
	if m.cursor < 0 || m.cursor >= len(m.rows) {
		return nil
	}
	return m.rows[m.cursor].lesson
}

func (m Model) finished(id string) bool { return m.progress.Finished(id, string(m.common.Mode)) }

// Update takes keys.
func (m Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return m, nil
	}
	m.notice = ""
	if m.confirm != nil {
		return m.answer(key)
	}
	switch m.keys.Match(key) {
	case page.Primary:
		return m.open()
	case page.Up:
		m.move(-1)
	case page.Down:
		m.move(1)
	case page.PageUp:
		m.jump(-m.listHeight())
	case page.PageDown:
		m.jump(m.listHeight())
	case page.Home:
		m.cursor = -1
		m.move(1)
	case page.End:
		m.cursor = len(m.rows)
		m.move(-1)
	case page.Earlier:
		m.chapter(-1)
	case page.Later:
		m.chapter(1)
	case page.ToggleMode:
		return m, page.Send(page.SetMode{Mode: other(m.common.Mode)})
	case page.ToggleLang:
		return m, page.Send(page.SwitchLang{})
	case page.ShowHelp:
		return m, page.Send(page.ToggleHelp{})
	case page.ResetProgress:
		c := m.common.Confirm(m.common.S.ResetAsk)
		c.Cursor = 1 // forgetting everything is not what a stray enter should do
		m.confirm = &c
	case page.QuitProgram:
		return m, page.Send(page.Quit{})
	}
	return m, nil
}

func other(mode kit.Mode) kit.Mode {
	if mode == kit.Do {
		return kit.Watch
	}
	return kit.Do
}

func (m Model) open() (Model, tea.Cmd) {
	ex := m.Selected()
	if ex == nil {
		return m, nil
	}
	if why := m.missing(*ex); why != "" {
		m.notice = why
		return m, nil
	}
	return m, page.Send(page.OpenLesson{ID: ex.ID})
}

func (m Model) answer(key tea.KeyMsg) (Model, tea.Cmd) {
	menu, picked := m.confirm.Update(key)
	m.confirm = &menu
	switch picked {
	case widget.None:
		return m, nil
	case 0:
		m.notice = m.common.S.ResetDone
		if err := m.progress.Reset(); err != nil {
			m.notice = err.Error()
		}
	}
	m.confirm = nil
	return m, nil
}

// move goes to the next lesson in a direction; it stays when there is none.
func (m *Model) move(step int) {
	for i := m.cursor + step; i >= 0 && i < len(m.rows); i += step {
		if m.rows[i].lesson != nil {
			m.cursor = i
			return
		}
	}
	m.cursor = max(0, min(m.cursor, len(m.rows)-1))
}

// chapter goes to the first lesson of the next chapter in a direction, back first to that of this one; it stays when there is
// none.
func (m *Model) chapter(step int) {
	for i := m.cursor + step; i > 0 && i < len(m.rows); i += step {
		if m.rows[i].lesson != nil && m.rows[i-1].lesson == nil {
			m.cursor = i
			return
		}
	}
}

func (m *Model) jump(n int) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for range n {
		m.move(step)
	}
}
