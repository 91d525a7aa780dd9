package lesson

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/tui/console"
	"redislab/tui/page"
)

// enter begins the current step.
func (m *Model) enter() tea.Cmd {
	m.views[stepPane].GotoTop()
	m.views[checksPane].GotoTop()
	m.cursor, m.reading = 0, m.at
	m.err = nil
	m.console.Suggest(nil, nil)
	if m.step().Predict != nil && m.state().guess < 0 {
		m.phase = predicting
		m.focus = stepPane
		return nil
	}
	return m.afterPrediction()
}

// afterPrediction waits for enter where the lab acts; where the lab has no part of its own and the learner
// is to act, only baselines are noted, so that needs no key.
func (m *Model) afterPrediction() tea.Cmd {
	m.phase = ready
	m.suggest()
	if m.mode == kit.Do && m.step().Solvable() && m.step().Do == nil {
		return m.scene()
	}
	return nil
}

// suggest hands the step's lines to the console: those that the learner is to type, and those that are worth a look.
func (m *Model) suggest() {
	if m.session == nil {
		return
	}
	lines := func(cmds []kit.Cmd) []console.Suggestion {
		var out []console.Suggestion
		for _, c := range cmds {
			out = append(out, console.Suggestion{Target: c.Node, Line: c.Line})
		}
		return out
	}
	var typed []console.Suggestion
	if m.mode == kit.Do {
		typed = lines(m.session.Commands())
	}
	m.console.Suggest(typed, lines(m.session.Look()))
}

// learnersTurn reports whether the step leaves something to the learner.
func (m *Model) learnersTurn() bool { return m.mode == kit.Do && m.step().Solvable() }

// primary does what enter means now.
func (m *Model) primary() tea.Cmd {
	if m.busy() {
		return nil
	}
	if m.reading != m.at { // nothing is done for a step that is not in sight
		m.read(m.at)
		return nil
	}
	switch m.phase {
	case unstarted:
		m.reset()
		return m.start()
	case predicting:
		return m.predict(m.cursor)
	case ready:
		if m.learnersTurn() {
			return m.scene()
		}
		return m.wholeStep()
	case acting:
		return m.check()
	case failed:
		return m.again()
	case passed:
		return m.next()
	case finished:
		return m.Close(page.OpenLesson{}) // no ID: the one after this
	}
	return nil
}

// again repeats what failed: the checks, or the lab's part when it did not get so far.
func (m *Model) again() tea.Cmd {
	switch {
	case len(m.state().results) == 0 && m.learnersTurn():
		return m.scene()
	case len(m.state().results) == 0:
		return m.wholeStep()
	}
	return m.check()
}

func (m *Model) predict(choice int) tea.Cmd {
	if err := m.session.Guess(choice); err != nil {
		m.err = err
		return nil
	}
	m.state().guess = choice
	return m.afterPrediction()
}

// scene is the lab's part before the learner's turn.
func (m *Model) scene() tea.Cmd {
	return m.run(opScene, func(ctx context.Context, s Session) doneMsg { return doneMsg{err: s.RunDo(ctx)} })
}

// wholeStep lets the lab do everything.
func (m *Model) wholeStep() tea.Cmd {
	m.state().results = nil
	m.show(checksPane)
	return m.run(opRun, func(ctx context.Context, s Session) doneMsg {
		if err := errors.Join(s.RunDo(ctx)); err != nil {
			return doneMsg{err: err}
		}
		if err := s.Solve(ctx); err != nil {
			return doneMsg{err: err}
		}
		return checked(ctx, s)
	})
}

func (m *Model) check() tea.Cmd {
	m.state().results = nil
	m.show(checksPane)
	return m.run(opCheck, checked)
}

// solve lets the lab do the learner's part.
func (m *Model) solve() tea.Cmd {
	if m.busy() || !m.learnersTurn() || m.phase != acting && m.phase != failed {
		return nil
	}
	m.state().solved = true
	m.state().results = nil
	m.show(checksPane)
	return m.run(opSolve, func(ctx context.Context, s Session) doneMsg {
		if err := s.Solve(ctx); err != nil {
			return doneMsg{err: err}
		}
		return checked(ctx, s)
	})
}

// line carries out a fault or a node action typed in a menu.
func (m *Model) line(text string) tea.Cmd {
	return m.run(opLab, func(ctx context.Context, s Session) doneMsg {
		out, err := s.Line(ctx, text)
		if err != nil {
			out = "(error) " + err.Error()
		}
		return doneMsg{text: kit.LabNode + "> " + text + "\n" + out, err: err}
	})
}

// done takes the result of what ran.
func (m *Model) done(msg doneMsg) tea.Cmd {
	if msg.opGen != m.opGen {
		return nil
	}
	m.op, m.cancel = idle, nil
	if errors.Is(msg.err, context.Canceled) {
		m.say(m.common.S.GivenUp)
		if msg.op == opCheck || msg.op == opSolve {
			m.phase = acting
		}
		return m.look(false)
	}
	m.err = msg.err
	switch msg.op {
	case opLab:
		m.console.Print(msg.text)
		if msg.err == nil {
			m.say(m.common.S.Applied + " " + strings.ReplaceAll(strings.TrimPrefix(msg.text, kit.LabNode+"> "), "\n", " — "))
		}
	case opScene:
		m.phase = acting
		if msg.err != nil {
			m.phase = failed
		}
	default:
		m.judge(msg)
	}
	return m.look(false)
}

// judge tells whether the step is passed.
func (m *Model) judge(msg doneMsg) {
	st := m.state()
	if msg.results != nil || msg.err == nil {
		st.results = msg.results
	}
	if msg.err != nil || !kit.AllOK(msg.results) {
		m.phase = failed
		return
	}
	st.outcome = msg.outcome
	m.phase = passed
	m.reading = m.at
	if m.at == len(m.ex.Steps)-1 {
		m.phase = finished
		m.setFocus(stepPane) // out of the console, so that q is a key again
	}
	if st.outcome != nil || m.phase == finished {
		m.show(stepPane)
		m.views[stepPane].YOffset = toEnd // the answer stands at the end
	}
	err := m.record.Pass(m.ex.ID, string(m.mode), m.step().Name)
	if m.phase == finished {
		err = errors.Join(err, m.record.Finish(m.ex.ID, string(m.mode)))
	}
	if err != nil {
		m.say(shorten(err))
	}
}

// next goes to the next step.
func (m *Model) next() tea.Cmd {
	prose := map[kit.Lang]string{kit.En: m.session.Prose(kit.En), kit.Zh: m.session.Prose(kit.Zh)}
	if !m.session.Next() {
		return nil
	}
	m.state().prose = prose
	m.at++
	m.show(stepPane)
	return m.enter()
}

// read shows the prose of a step, this one's or an earlier one's.
func (m *Model) read(step int) {
	m.show(stepPane)
	if step >= 0 && step <= m.at && step != m.reading {
		m.reading = step
		m.views[stepPane].GotoTop()
	}
}

// show brings a pane to the front on a narrow screen; side by side all are seen anyway.
func (m *Model) show(p pane) {
	if !m.common.Wide() {
		m.setFocus(p)
		return
	}
	if m.focus != consolePane {
		m.setFocus(p)
	}
}

// score is how many predictions were right, of how many.
func (m *Model) score() (right, all int) {
	for _, st := range m.steps {
		if st.outcome != nil && st.guess >= 0 {
			all++
			if st.outcome.Right {
				right++
			}
		}
	}
	return right, all
}

// status is the line that says what is going on and what to do now.
func (m *Model) status() (text string, good, bad bool) {
	s := m.common.S
	switch {
	case m.notice != "":
		return m.notice, false, false
	case m.busy():
		return m.busyText(), false, false
	case m.phase == unstarted:
		return s.StartFailed, false, true
	case m.reading != m.at:
		return fmt.Sprintf(s.Rereading, m.at+1), false, false
	case m.err != nil:
		return fmt.Sprintf(s.Failed, shorten(m.err)), false, true
	}
	n := len(m.state().results)
	switch m.phase {
	case predicting:
		return fmt.Sprintf(s.PredictStatus, len(m.step().Predict.Choices)), false, false
	case ready:
		if m.learnersTurn() {
			return s.ReadyDo, false, false
		}
		return s.ReadyWatch, false, false
	case acting:
		if _, more := m.console.Next(); more {
			return s.YourTurn, false, false
		}
		return s.YourTurnNothing, false, false
	case failed:
		bad := 0
		for _, r := range m.state().results {
			if !r.OK {
				bad++
			}
		}
		return fmt.Sprintf(s.NotYet, bad, n), false, true
	case passed:
		return fmt.Sprintf(s.Passed, n), true, false
	case finished:
		return s.LessonDone, true, false
	}
	return "", false, false
}

func (m *Model) busyText() string {
	s := m.common.S
	text := map[operation]string{
		opStart: fmt.Sprintf(s.Starting, len(m.ex.Topology().Nodes)), opScene: s.Acting, opRun: s.Acting,
		opCheck: s.Checking, opSolve: s.Solving, opLab: s.LabBusy, opClose: s.Stopping,
	}[m.op]
	text = m.spin.View() + " " + text
	if m.session != nil && m.op != opClose {
		if clock, ok := m.session.Clock(); ok && clock.Paused() { // nothing that waits comes to its end then
			text += " — " + s.TimePausedMark + " (t)"
		}
	}
	return text
}
