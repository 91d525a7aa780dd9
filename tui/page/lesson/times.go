package lesson

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/lab"
	"redislab/tui/widget"
)

// openTime is the menu of the lab's clock.
func (m *Model) openTime() {
	s := m.common.S
	if m.session == nil {
		m.say(s.NotNow)
		return
	}
	clock, ok := m.session.Clock()
	if !ok {
		m.say(s.TimeNotHere)
		return
	}
	pause := s.TimePause
	if clock.Paused() {
		pause = s.TimeResume
	}
	items := []widget.Item{{Key: "p", Label: pause}}
	acts := []func(){func() { togglePause(clock) }}
	for i, d := range []time.Duration{100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute} {
		items = append(items, widget.Item{Key: fmt.Sprint(i + 1), Label: fmt.Sprintf(s.TimeStep, strings.Replace(d.String(), "m0s", "m", 1))})
		acts = append(acts, func() { clock.Step(d) })
	}
	for i, x := range []float64{0.1, 1, 5, 20} {
		item := widget.Item{Key: string(rune('a' + i)), Label: fmt.Sprintf(s.TimeSpeed, speedMark(x))}
		if x == 1 {
			item.Note = s.TimeNormal
		}
		items = append(items, item)
		acts = append(acts, func() { clock.SetSpeed(x) })
	}
	menu := widget.NewMenu(s.TimeTitle, items)
	menu.Hint = s.TimeMenuHint
	m.push(menu, func(i int) tea.Cmd {
		m.menus = nil
		label := items[i].Label
		// Stepping lets timers fire and may take a moment, so it does not happen here.
		gen, act := m.gen, acts[i]
		m.say(s.Applied + " " + label)
		return func() tea.Msg { act(); return stamped{gen, nil} }
	})
}

func togglePause(c lab.ControlClock) {
	if c.Paused() {
		c.Resume()
	} else {
		c.Pause()
	}
}

func speedMark(x float64) string { return "×" + strconv.FormatFloat(x, 'g', -1, 64) }

// clockMark is the clock's state for the header; "" where it runs as the one on the wall.
func (m *Model) clockMark() string {
	if m.session == nil {
		return ""
	}
	clock, ok := m.session.Clock()
	switch {
	case !ok:
		return ""
	case clock.Paused():
		return m.common.S.TimePausedMark
	case clock.Speed() == 1:
		return ""
	}
	return m.common.S.Time + " " + speedMark(clock.Speed())
}
