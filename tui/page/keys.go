package page

import (
	"slices"

	"redislab/tui/i18n"
	"redislab/tui/widget"
)

// Action names what a key does.
type Action int

// The actions of pages.
const (
	NoAction Action = iota
	Primary
	Up
	Down
	PageUp
	PageDown
	Home
	End
	ToggleMode
	ToggleLang
	ResetProgress
	ShowHelp
	GoBack
	QuitProgram
	NextPane
	PrevPane
	OpenConsole
	OpenFaults
	OpenTime
	SolveStep
	RestartLesson
	Earlier
	Later
)

// Binding is one line of a key map: keys, how they are shown, what they do.
type Binding struct {
	Action Action
	Keys   []string
	Show   string
	Label  func(*i18n.Strings) string
}

// KeyMap is a page's keys; help is made from it.
type KeyMap []Binding

// Match is the action of a key as bubbletea names it.
func (m KeyMap) Match(key string) Action {
	for _, b := range m {
		if slices.Contains(b.Keys, key) {
			return b.Action
		}
	}
	return NoAction
}

// Hint is the footer's hint for an action; label "" takes the key map's own.
func (m KeyMap) Hint(s *i18n.Strings, a Action, label string) widget.Hint {
	for _, b := range m {
		if b.Action == a {
			if label == "" {
				label = b.Label(s)
			}
			return widget.Hint{Key: b.Show, Label: label}
		}
	}
	return widget.Hint{}
}

func shared() KeyMap {
	return KeyMap{
		{ToggleMode, []string{"m"}, "m", func(s *i18n.Strings) string { return s.ModeHelp }},
		{ToggleLang, []string{"l"}, "l", func(s *i18n.Strings) string { return s.Language }},
		{ShowHelp, []string{"?", "f1"}, "?", func(s *i18n.Strings) string { return s.Help }},
	}
}

// CurriculumKeys are the keys of the list of lessons.
func CurriculumKeys() KeyMap {
	return append(KeyMap{
		{Primary, []string{"enter"}, "enter", func(s *i18n.Strings) string { return s.Start }},
		{Up, []string{"up", "k"}, "↑", func(s *i18n.Strings) string { return s.Move }},
		{Down, []string{"down", "j"}, "↓", func(s *i18n.Strings) string { return s.Move }},
		{PageUp, []string{"pgup", "ctrl+u"}, "pgup", func(s *i18n.Strings) string { return s.Move }},
		{PageDown, []string{"pgdown", "ctrl+d"}, "pgdn", func(s *i18n.Strings) string { return s.Move }},
		{Home, []string{"home", "g"}, "home", func(s *i18n.Strings) string { return s.Move }},
		{End, []string{"end", "G"}, "end", func(s *i18n.Strings) string { return s.Move }},
		{ResetProgress, []string{"R"}, "R", func(s *i18n.Strings) string { return s.Reset }},
		{QuitProgram, []string{"q"}, "q", func(s *i18n.Strings) string { return s.Quit }},
	}, shared()...)
}

// LessonKeys are the keys of a lesson while no text is typed.
func LessonKeys() KeyMap {
	return append(KeyMap{
		{Primary, []string{"enter"}, "enter", func(s *i18n.Strings) string { return s.PrimaryHelp }},
		{NextPane, []string{"tab"}, "tab", func(s *i18n.Strings) string { return s.NextPane }},
		{PrevPane, []string{"shift+tab"}, "shift+tab", func(s *i18n.Strings) string { return s.SwitchTab }},
		{OpenConsole, []string{"c", ":"}, "c", func(s *i18n.Strings) string { return s.OpenConsole }},
		{OpenFaults, []string{"f"}, "f", func(s *i18n.Strings) string { return s.Faults }},
		{OpenTime, []string{"t"}, "t", func(s *i18n.Strings) string { return s.Time }},
		{SolveStep, []string{"s"}, "s", func(s *i18n.Strings) string { return s.Solve }},
		{Up, []string{"up", "k"}, "↑↓", func(s *i18n.Strings) string { return s.ScrollKeys }},
		{Down, []string{"down", "j"}, "↓", func(s *i18n.Strings) string { return s.ScrollKeys }},
		{PageUp, []string{"pgup", "ctrl+u"}, "pgup", func(s *i18n.Strings) string { return s.ScrollKeys }},
		{PageDown, []string{"pgdown", "ctrl+d", " "}, "pgdn", func(s *i18n.Strings) string { return s.ScrollKeys }},
		{RestartLesson, []string{"r"}, "r", func(s *i18n.Strings) string { return s.Restart }},
		{GoBack, []string{"q"}, "q", func(s *i18n.Strings) string { return s.Back }},
	}, shared()...)
}

// ConsoleKeys are the keys while a line is typed; they are shown, the console itself matches them.
func ConsoleKeys() KeyMap {
	return KeyMap{
		{Primary, []string{"enter"}, "enter", func(s *i18n.Strings) string { return s.Send }},
		{Later, []string{"right"}, "→", func(s *i18n.Strings) string { return s.Suggested }},
		{NextPane, []string{"ctrl+t"}, "ctrl+t", func(s *i18n.Strings) string { return s.NextNode }},
		{Up, []string{"up", "down"}, "↑↓", func(s *i18n.Strings) string { return s.History }},
		{PageUp, []string{"pgup", "pgdown"}, "pgup/pgdn", func(s *i18n.Strings) string { return s.ScrollKeys }},
		{Home, []string{"ctrl+l"}, "ctrl+l", func(s *i18n.Strings) string { return s.ClearScreen }},
		{GoBack, []string{"esc"}, "esc", func(s *i18n.Strings) string { return s.LeaveConsole }},
		{ShowHelp, []string{"f1"}, "f1", func(s *i18n.Strings) string { return s.Help }},
	}
}
