package page

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

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
	ToggleLanes
)

// Binding is one line of a key map: keys, how they are shown, what they do. What they do is told in the
// learner's language, which may change at any time, so it is a function of the words.
type Binding struct {
	Action Action
	Label  func(*i18n.Strings) string
	key.Binding
}

// KeyMap is a page's keys; help and footers are made from it.
type KeyMap []Binding

func bind(a Action, show string, label func(*i18n.Strings) string, keys ...string) Binding {
	return Binding{a, label, key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, ""))}
}

// Match is the action of a key.
func (m KeyMap) Match(msg tea.KeyMsg) Action {
	for _, b := range m {
		if key.Matches(msg, b.Binding) {
			return b.Action
		}
	}
	return NoAction
}

// Hint is the footer's hint for an action; label "" takes the key map's own.
func (m KeyMap) Hint(s *i18n.Strings, a Action, label string) key.Binding {
	for _, b := range m {
		if b.Action == a {
			if label == "" {
				label = b.Label(s)
			}
			return widget.Hint(b.Help().Key, label)
		}
	}
	return key.Binding{}
}

// Help lists the bindings for the help, those that do the same as one.
func (m KeyMap) Help(s *i18n.Strings) []key.Binding {
	var labels []string
	keys := map[string][]string{}
	for _, b := range m {
		label := b.Label(s)
		if keys[label] == nil {
			labels = append(labels, label)
		}
		keys[label] = append(keys[label], b.Keys()...)
	}
	out := make([]key.Binding, len(labels))
	for i, label := range labels {
		out[i] = widget.Hint(keyNames(keys[label]), label)
	}
	return out
}

// maxNamed is how many keys for one thing the help shows.
const maxNamed = 4

// keyNames shortens the library's names of keys.
func keyNames(keys []string) string {
	short := map[string]string{"up": "↑", "down": "↓", "right": "→", "pgdown": "pgdn", " ": "space"}
	names := make([]string, 0, maxNamed)
	for _, k := range keys[:min(len(keys), maxNamed)] {
		if s, ok := short[k]; ok {
			k = s
		}
		names = append(names, k)
	}
	return strings.Join(names, " ")
}

func shared() KeyMap {
	return KeyMap{
		bind(ToggleMode, "m", func(s *i18n.Strings) string { return s.ModeHelp }, "m"),
		bind(ToggleLang, "l", func(s *i18n.Strings) string { return s.Language }, "l"),
		bind(ShowHelp, "?", func(s *i18n.Strings) string { return s.Help }, "?", "f1"),
	}
}

// CurriculumKeys are the keys of the list of lessons.
func CurriculumKeys() KeyMap {
	return append(KeyMap{
		bind(Primary, "enter", func(s *i18n.Strings) string { return s.Start }, "enter"),
		bind(Up, "↑", func(s *i18n.Strings) string { return s.Move }, "up", "k"),
		bind(Down, "↓", func(s *i18n.Strings) string { return s.Move }, "down", "j"),
		bind(PageUp, "pgup", func(s *i18n.Strings) string { return s.Move }, "pgup", "ctrl+u"),
		bind(PageDown, "pgdn", func(s *i18n.Strings) string { return s.Move }, "pgdown", "ctrl+d"),
		bind(Home, "home", func(s *i18n.Strings) string { return s.Move }, "home", "g"),
		bind(End, "end", func(s *i18n.Strings) string { return s.Move }, "end", "G"),
		bind(Earlier, "[", func(s *i18n.Strings) string { return s.OtherChapter }, "["),
		bind(Later, "]", func(s *i18n.Strings) string { return s.OtherChapter }, "]"),
		bind(ResetProgress, "R", func(s *i18n.Strings) string { return s.Reset }, "R"),
		bind(QuitProgram, "q", func(s *i18n.Strings) string { return s.Quit }, "q"),
	}, shared()...)
}

// LessonKeys are the keys of a lesson while no text is typed.
func LessonKeys() KeyMap {
	return append(KeyMap{
		bind(Primary, "enter", func(s *i18n.Strings) string { return s.PrimaryHelp }, "enter"),
		bind(NextPane, "tab", func(s *i18n.Strings) string { return s.NextPane }, "tab"),
		bind(PrevPane, "shift+tab", func(s *i18n.Strings) string { return s.SwitchTab }, "shift+tab"),
		bind(OpenConsole, "c", func(s *i18n.Strings) string { return s.OpenConsole }, "c", ":"),
		bind(OpenFaults, "f", func(s *i18n.Strings) string { return s.Faults }, "f"),
		bind(OpenTime, "t", func(s *i18n.Strings) string { return s.Time }, "t"),
		bind(ToggleLanes, "v", func(s *i18n.Strings) string { return s.LanesHelp }, "v"),
		bind(SolveStep, "s", func(s *i18n.Strings) string { return s.Solve }, "s"),
		bind(Up, "↑↓", func(s *i18n.Strings) string { return s.ScrollKeys }, "up", "k"),
		bind(Down, "↓", func(s *i18n.Strings) string { return s.ScrollKeys }, "down", "j"),
		bind(PageUp, "pgup", func(s *i18n.Strings) string { return s.ScrollKeys }, "pgup", "ctrl+u"),
		bind(PageDown, "pgdn", func(s *i18n.Strings) string { return s.ScrollKeys }, "pgdown", "ctrl+d", " "),
		bind(Earlier, "[", func(s *i18n.Strings) string { return s.EarlierSteps }, "["),
		bind(Later, "]", func(s *i18n.Strings) string { return s.EarlierSteps }, "]"),
		bind(RestartLesson, "r", func(s *i18n.Strings) string { return s.Restart }, "r"),
		bind(GoBack, "q", func(s *i18n.Strings) string { return s.Back }, "q"),
	}, shared()...)
}

// ConsoleKeys are the keys while a line is typed; they are shown, the console itself matches them.
func ConsoleKeys() KeyMap {
	return KeyMap{
		bind(Primary, "enter", func(s *i18n.Strings) string { return s.Send }, "enter"),
		bind(Later, "→", func(s *i18n.Strings) string { return s.Suggested }, "right"),
		bind(NextPane, "ctrl+t", func(s *i18n.Strings) string { return s.NextNode }, "ctrl+t"),
		bind(Up, "↑↓", func(s *i18n.Strings) string { return s.History }, "up", "down"),
		bind(PageUp, "pgup/pgdn", func(s *i18n.Strings) string { return s.ScrollKeys }, "pgup", "pgdown"),
		bind(Home, "ctrl+l", func(s *i18n.Strings) string { return s.ClearScreen }, "ctrl+l"),
		bind(GoBack, "esc", func(s *i18n.Strings) string { return s.LeaveConsole }, "esc"),
		bind(ShowHelp, "f1", func(s *i18n.Strings) string { return s.Help }, "f1"),
	}
}
