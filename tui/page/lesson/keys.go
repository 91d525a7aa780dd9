package lesson

import (
	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/tui/page"
	"redislab/tui/widget"
)

// key takes one key: a menu first, then the console, then the page.
func (m *Model) key(msg tea.KeyMsg) tea.Cmd {
	m.notice = ""
	switch {
	case m.phase == closing:
		return nil
	case len(m.menus) > 0:
		return m.menuKey(msg)
	case msg.String() == "esc" && m.escape():
		return nil
	case msg.String() == "esc" && (m.phase == starting || m.phase == unstarted):
		return m.leave()
	case m.focus == consolePane:
		return m.consoleKey(msg)
	case m.phase == predicting && !m.busy() && m.choiceKey(msg.String()):
		return nil
	}
	return m.act(m.keys.Match(msg))
}

// escape ends what is under way, then the console's focus. It never leaves a lesson that runs: pressed once too often
// that would cost the lab. False when there was nothing to end.
func (m *Model) escape() bool {
	switch {
	case m.focus == consolePane && m.console.Interrupt():
		return true
	case m.busy() && m.op != opStart && m.cancel != nil:
		m.cancel()
		return true
	case m.focus == consolePane:
		m.setFocus(stepPane)
		return true
	}
	return false
}

func (m *Model) consoleKey(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "tab":
		m.setFocus((m.focus + 1) % paneCount)
		return nil
	case "shift+tab":
		m.setFocus((m.focus + paneCount - 1) % paneCount)
		return nil
	case "f1":
		return page.Send(page.ToggleHelp{})
	case "enter":
		if m.console.Empty() && !m.console.Busy() {
			return m.primary()
		}
	}
	if m.session == nil {
		return nil
	}
	return m.updateConsole(msg)
}

// choiceKey moves in the choices of a prediction, or picks one by its number. What it does not take goes on to
// the page: enter answers there.
func (m *Model) choiceKey(key string) bool {
	if m.focus != stepPane || m.reading != m.at {
		return false
	}
	n := len(m.step().Predict.Choices)
	switch key {
	case "up", "k":
		m.cursor = (m.cursor + n - 1) % n
	case "down", "j":
		m.cursor = (m.cursor + 1) % n
	default:
		if len(key) != 1 || key[0] < '1' || int(key[0]-'1') >= n {
			return false
		}
		m.cursor = int(key[0] - '1')
	}
	return true
}

func (m *Model) act(a page.Action) tea.Cmd {
	switch a {
	case page.Primary:
		return m.primary()
	case page.NextPane:
		m.setFocus((m.focus + 1) % paneCount)
	case page.PrevPane:
		m.setFocus((m.focus + paneCount - 1) % paneCount)
	case page.OpenConsole:
		m.setFocus(consolePane)
	case page.Up:
		m.scrollBy(-1)
	case page.Down:
		m.scrollBy(1)
	case page.PageUp:
		m.scrollBy(-8)
	case page.PageDown:
		m.scrollBy(8)
	case page.Earlier:
		m.read(m.reading - 1)
	case page.Later:
		m.read(m.reading + 1)
	case page.SolveStep:
		return m.solve()
	case page.OpenFaults:
		m.openFaults()
	case page.OpenTime:
		m.openTime()
	case page.ToggleLanes:
		m.toggleLanes()
	case page.RestartLesson:
		m.ask(m.common.S.RestartAsk, func() tea.Cmd { return m.Close(restartMsg{}) })
	case page.ToggleMode:
		return m.toggleMode()
	case page.ToggleLang:
		return page.Send(page.SwitchLang{})
	case page.ShowHelp:
		return page.Send(page.ToggleHelp{})
	case page.GoBack:
		return m.leave()
	}
	return nil
}

func (m *Model) setFocus(p pane) {
	m.focus = p
	if p == consolePane {
		m.console.Focus()
	} else {
		m.console.Blur()
	}
}

// leave goes back at once when nothing would be lost by it.
func (m *Model) leave() tea.Cmd {
	if m.at == 0 && m.phase != passed || m.phase == finished || m.phase == starting || m.phase == unstarted {
		return m.Close(page.Leave{})
	}
	m.ask(m.common.S.LeaveAsk, func() tea.Cmd { return m.Close(page.Leave{}) })
	return nil
}

// toggleMode changes who acts from here on. A step that was begun stays as it is.
func (m *Model) toggleMode() tea.Cmd {
	if m.busy() || m.phase == acting || m.phase == failed {
		m.say(m.common.S.NotNow)
		return nil
	}
	m.mode = map[kit.Mode]kit.Mode{kit.Watch: kit.Do, kit.Do: kit.Watch}[m.mode]
	cmd := page.Send(page.SetMode{Mode: m.mode})
	switch m.phase {
	case predicting: // what is to be typed may be the answer
	case ready:
		return tea.Batch(cmd, m.afterPrediction())
	default:
		m.suggest()
	}
	return cmd
}

// openMenu is a menu and what its choice does.
type openMenu struct {
	widget.Menu
	pick func(i int) tea.Cmd
}

func (m *Model) ask(question string, yes func() tea.Cmd) {
	menu := m.common.Confirm(question)
	m.menus = append(m.menus, openMenu{menu, func(i int) tea.Cmd {
		m.menus = nil
		if i == 0 {
			return yes()
		}
		return nil
	}})
}

func (m *Model) menuKey(msg tea.KeyMsg) tea.Cmd {
	top := &m.menus[len(m.menus)-1]
	menu, picked := top.Update(msg)
	top.Menu = menu
	switch picked {
	case widget.None:
		return nil
	case widget.Closed:
		m.menus = m.menus[:len(m.menus)-1]
		return nil
	}
	return top.pick(picked)
}
