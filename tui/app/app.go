// Package app is the root of the terminal program: it owns the pages, the terminal's size, language and mode, and sees
// to it that the lab is torn down before the program ends.
//
//	m := app.New(app.Config{Theme: theme, Lang: kit.En, Chapters: chapters, Store: store, Open: open})
//	_, err := tea.NewProgram(m, tea.WithAltScreen()).Run()
package app

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/tui/i18n"
	"redislab/tui/page"
	"redislab/tui/page/curriculum"
	"redislab/tui/page/lesson"
	"redislab/tui/widget"
)

// Store keeps progress and settings.
type Store interface {
	curriculum.Progress
	lesson.Recorder
	KeepSettings(lang i18n.Lang, mode kit.Mode) error
}

// Config is what the program is made of.
type Config struct {
	Theme    *widget.Theme
	Lang     i18n.Lang
	Mode     kit.Mode
	Backend  string
	Chapters []curriculum.Chapter
	Store    Store
	Notice   string // shown at first
	Open     func(ex kit.Exercise, mode kit.Mode, l i18n.Lang) (lesson.Session, error)
	Missing  func(ex kit.Exercise) []string // what the backend lacks for a lesson
}

// Model is the root.
type Model struct {
	cfg      Config
	common   *page.Common
	list     curriculum.Model
	lesson   *lesson.Model
	help     bool
	quitting bool
}

// New makes the root model.
func New(cfg Config) *Model {
	c := page.NewCommon(cfg.Theme, cfg.Lang)
	c.Mode, c.Backend = cfg.Mode, cfg.Backend
	m := &Model{cfg: cfg, common: c}
	m.list = curriculum.New(c, cfg.Chapters, cfg.Store, m.missing)
	m.list.SelectNew()
	m.list.SetNotice(cfg.Notice)
	return m
}

func (m *Model) missing(ex kit.Exercise) string {
	if lacks := m.cfg.Missing(ex); len(lacks) > 0 {
		return fmt.Sprintf(m.common.S.NeedsMissing, strings.Join(lacks, ", "))
	}
	return ""
}

// Init does nothing: the menu is drawn from what is there.
func (m *Model) Init() tea.Cmd { return nil }

// Update routes messages: the root's own first, then the page that is shown.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.common.SetSize(msg.Width, msg.Height)
		if m.lesson != nil {
			m.lesson.SetSize()
		}
		return m, nil
	case tea.KeyMsg:
		return m, m.keys(msg)
	case page.OpenLesson:
		return m, m.openLesson(msg.ID)
	case page.Leave:
		m.lesson = nil
		return m, nil
	case page.Quit:
		return m, m.quit()
	case quitNow:
		return m, tea.Quit
	case page.SwitchLang:
		m.common.SetLang(i18n.Other(m.common.Lang))
		if m.lesson != nil {
			m.lesson.SetLang()
		}
		return m, m.keepSettings()
	case page.SetMode:
		m.common.Mode = msg.Mode
		return m, m.keepSettings()
	case page.Notice:
		m.list.SetNotice(msg.Text)
		return m, nil
	case page.ToggleHelp:
		m.help = !m.help
		return m, nil
	}
	return m, m.toPage(msg)
}

func (m *Model) toPage(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	if m.lesson != nil {
		return m.lesson.Update(msg)
	}
	if cmd = lesson.Orphan(msg); cmd != nil {
		return cmd
	}
	m.list, cmd = m.list.Update(msg)
	return cmd
}

// keys splits what came in one read: a terminal may deliver several letters as one message.
func (m *Model) keys(msg tea.KeyMsg) tea.Cmd {
	typing := m.lesson != nil && m.lesson.Typing()
	switch {
	case msg.Paste && !typing:
		return nil // a paste is text, never a row of commands to the program
	case msg.Paste || msg.Type != tea.KeyRunes || len(msg.Runes) < 2:
		return m.key(msg)
	}
	var cmds []tea.Cmd
	for _, r := range msg.Runes {
		cmds = append(cmds, m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(cmds...)
}

func (m *Model) key(msg tea.KeyMsg) tea.Cmd {
	switch {
	case msg.String() == "ctrl+c":
		return m.quit()
	case m.tooSmall():
		if msg.String() == "q" {
			return m.quit()
		}
		return nil
	case m.help:
		m.help = false
		return nil
	}
	return m.toPage(msg)
}

// quitNow is sent to oneself when nothing runs any more.
type quitNow struct{}

// quit tears the lab down first; asked a second time it does not wait for that (the program's end does it then).
func (m *Model) quit() tea.Cmd {
	if m.quitting || m.lesson == nil {
		return tea.Quit
	}
	m.quitting = true
	return m.lesson.Close(quitNow{})
}

func (m *Model) openLesson(id string) tea.Cmd {
	if id == "" && m.lesson != nil {
		id = m.list.After(m.lesson.Lesson())
	}
	m.lesson = nil
	ex, ok := m.find(id)
	if !ok {
		return nil
	}
	m.list.Select(id)
	open, mode, lang := m.cfg.Open, m.common.Mode, m.common.Lang
	m.lesson = lesson.New(m.common, ex, func() (lesson.Session, error) { return open(ex, mode, lang) }, m.cfg.Store)
	return m.lesson.Init()
}

func (m *Model) find(id string) (kit.Exercise, bool) {
	for _, ch := range m.cfg.Chapters {
		for _, ex := range ch.Lessons {
			if ex.ID == id {
				return ex, true
			}
		}
	}
	return kit.Exercise{}, false
}

func (m *Model) keepSettings() tea.Cmd {
	if err := m.cfg.Store.KeepSettings(m.common.Lang, m.common.Mode); err != nil {
		return page.Send(page.Notice{Text: fmt.Sprintf(m.common.S.NotKept, err)})
	}
	return nil
}

func (m *Model) tooSmall() bool {
	return m.common.Width < page.MinWidth || m.common.Height < page.MinHeight
}

// View draws the page that is shown, with help over it when that is open.
func (m *Model) View() string {
	c := m.common
	if m.tooSmall() {
		return m.smallView()
	}
	view := m.list.View()
	if m.lesson != nil {
		view = m.lesson.View()
	}
	if !m.help {
		return view
	}
	return strings.Join(widget.Overlay(strings.Split(view, "\n"), m.helpView(), c.Width), "\n")
}

func (m *Model) smallView() string {
	c, s := m.common, m.common.S
	var lines []string
	for _, text := range []string{fmt.Sprintf(s.TooSmall, c.Width, c.Height), fmt.Sprintf(s.TooSmallHint, page.MinWidth, page.MinHeight)} {
		lines = append(lines, widget.WrapLines(text, max(1, c.Width))...)
	}
	return strings.Join(widget.FitBlock(lines, c.Width, max(1, c.Height)), "\n")
}
