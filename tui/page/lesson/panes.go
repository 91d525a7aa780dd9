package lesson

import (
	"fmt"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/tui/widget"
)

// pane is what is inside a pane's frame, and the note at its edge.
func (m *Model) pane(p pane, box widget.Box) (lines []string, note string) {
	w, h := box.Inner()
	switch p {
	case stepPane:
		lines, note = m.stepBody(w, h)
	case checksPane:
		lines, note = m.scrolled(p, m.checkLines(w), w, h)
	case consolePane:
		return m.console.View(m.common.Theme), ""
	case eventsPane:
		if m.lanes {
			lines, note = m.failoverBody(w, h)
		} else {
			lines, note = m.eventBody(w, h)
		}
	}
	switch {
	case note == "":
	case strings.Contains(note, "▼") && p == m.focus: // ↑ and ↓ may be for something else
		note += " " + m.common.S.MoreSpace
	default:
		note += " " + m.common.S.More
	}
	return lines, note
}

// stepBody is the prose, which scrolls, above what there is to do, which stays in sight when there is room.
func (m *Model) stepBody(w, h int) ([]string, string) {
	if m.phase == unstarted {
		return m.scrolled(stepPane, m.startError(w), w, h)
	}
	prose, task, look := m.prose(w), m.task(w), m.lookAt(w)
	if len(look) > 0 && len(prose)+len(task)+len(look)+1 <= h {
		task, look = append(task, look...), nil
	}
	if len(look) > 0 { // worth a look, but prose and what is to be done come first
		prose = append(prose, "")
		if len(prose) == roomAbove(task, h)-1 { // a heading alone at the end says nothing
			prose = append(prose, "")
		}
		prose = append(prose, look...)
	}
	if len(task) == 0 {
		return m.scrolled(stepPane, prose, w, h)
	}
	if room := roomAbove(task, h); len(prose) <= room || room >= 3 {
		if m.views[stepPane].YOffset == toEnd { // the task is in sight without that
			m.views[stepPane].YOffset = 0
		}
		top, note := m.scrolled(stepPane, prose, w, room)
		lines := append(widget.FitBlock(top, w, min(room, len(prose))), "")
		return append(lines, task...), note
	}
	return m.scrolled(stepPane, append(append(prose, ""), task...), w, h)
}

// roomAbove is how many lines there are for the prose above the task and a blank.
func roomAbove(task []string, h int) int {
	if len(task) == 0 {
		return h
	}
	return h - len(task) - 1
}

func (m *Model) prose(w int) []string {
	t, lang := m.common.Theme, m.common.Lang
	step := m.ex.Steps[m.reading]
	title := step.Title.In(lang)
	if title == "" {
		title = step.Name
	}
	lines := widget.WrapLines(fmt.Sprintf("%d. %s", m.reading+1, title), w)
	for i := range lines {
		lines[i] = t.Title.Render(lines[i])
	}
	text := m.ex.Summary.In(lang)
	switch {
	case m.reading != m.at:
		text = m.steps[m.reading].prose[lang]
	case m.session != nil:
		text = m.session.Prose(lang)
	}
	if m.reading == 0 && m.session != nil && m.ex.Summary.In(lang) != "" {
		text = m.ex.Summary.In(lang) + "\n\n" + text
	}
	lines = append(lines, "")
	return append(lines, m.common.Markdown.Lines(text, w)...)
}

// task is what there is to do in the step: the question, or the lines to type, and the answer in the end.
func (m *Model) task(w int) []string {
	if m.session == nil {
		return nil
	}
	if m.reading != m.at {
		return m.found(m.reading, w)
	}
	if m.phase == predicting {
		return m.question(w)
	}
	var lines []string
	if m.phase != passed && m.phase != finished {
		lines = m.todo(w)
	}
	lines = append(lines, m.found(m.at, w)...)
	if m.phase == finished {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, m.summary(w)...)
	}
	return lines
}

// found is what a step told: what was measured in it, and the answer to its question.
func (m *Model) found(step, w int) []string {
	lines := m.measures(m.ex.Steps[step], w)
	if o := m.steps[step].outcome; o != nil {
		lines = append(lines, m.outcome(*o, m.ex.Steps[step].Predict, w)...)
	}
	return lines
}

// todo is what is typed in the step, by the learner or by the lab.
func (m *Model) todo(w int) []string {
	s := m.common.S
	head := s.LabTypes
	if m.learnersTurn() {
		head = s.TypeThese
	}
	lines := m.commands(nil, head, m.session.Commands(), w)
	if (m.phase == acting || m.phase == failed) && m.learnersTurn() && len(m.session.Commands()) == 0 {
		lines = append(lines, widget.WrapLines(s.SolveHint, w)...)
	}
	return lines
}

// lookAt is what is worth typing but changes nothing; once the step is passed there are other things to read.
func (m *Model) lookAt(w int) []string {
	if m.session == nil || m.reading != m.at || m.phase == predicting || m.phase == passed || m.phase == finished {
		return nil
	}
	return m.commands(nil, m.common.S.LookAt, m.session.Look(), w)
}

func (m *Model) commands(lines []string, head string, cmds []kit.Cmd, w int) []string {
	if len(cmds) == 0 {
		return lines
	}
	lines = append(lines, m.common.Theme.Bold.Render(head))
	node := 0
	for _, c := range cmds {
		node = max(node, widget.Width(c.Node))
	}
	for _, c := range cmds {
		text := widget.Fit("  @"+c.Node, node+3) + "  " + c.Line
		for i, l := range widget.WrapLines(text, w) {
			if i > 0 {
				l = strings.Repeat(" ", min(node+5, w/2)) + l
			}
			lines = append(lines, m.common.Theme.Accent.Render(widget.Cut(l, w)))
		}
	}
	return lines
}

func (m *Model) question(w int) []string {
	t, lang, p := m.common.Theme, m.common.Lang, m.step().Predict
	lines := widget.WrapLines("? "+m.session.Expand(p.Question.In(lang)), w)
	for i := range lines {
		lines[i] = t.Bold.Render(lines[i])
	}
	for i, choice := range p.Choices {
		mark, style := "  ", t.Accent
		if i == m.cursor {
			mark, style = "▸ ", t.Selected
		}
		for j, l := range widget.WrapLines(fmt.Sprintf("%d. %s", i+1, m.session.Expand(choice.In(lang))), w-2) {
			if j > 0 {
				mark = "  "
			}
			lines = append(lines, style.Render(mark+l))
		}
	}
	return lines
}

// outcome tells what was predicted and what the run said.
func (m *Model) outcome(o kit.Outcome, p *kit.Predict, w int) []string {
	t, s, lang := m.common.Theme, m.common.S, m.common.Lang
	verdict, style := s.NoGuess, t.Bold
	switch {
	case o.Right:
		verdict, style = fmt.Sprintf(s.Right, m.session.Expand(p.Choices[o.Guess].In(lang))), t.Good
	case o.Guess >= 0:
		verdict, style = fmt.Sprintf(s.Wrong, m.session.Expand(p.Choices[o.Guess].In(lang))), t.Warn
	}
	text := []string{}
	for _, l := range widget.WrapLines(verdict, w) {
		text = append(text, style.Render(l))
	}
	if !o.Right {
		text = append(text, widget.WrapLines(fmt.Sprintf(s.RightAnswer, m.session.Expand(p.Choices[o.Correct].In(lang))), w)...)
	}
	return append(text, widget.WrapLines(m.session.Expand(p.Explain.In(lang)), w)...)
}

func (m *Model) measures(step kit.Step, w int) []string {
	var lines []string
	for _, x := range m.session.Measures() {
		if x.Step == step.Name {
			lines = append(lines, widget.WrapLines("  "+fmt.Sprintf(m.common.S.MeasureOf, x.Name.In(m.common.Lang), x.Value), w)...)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{m.common.Theme.Bold.Render(m.common.S.Measured)}, lines...)
}

func (m *Model) summary(w int) []string {
	s := m.common.S
	lines := []string{m.common.Theme.Good.Render("✓ " + s.LessonDoneBody)}
	if right, all := m.score(); all > 0 {
		lines = append(lines, widget.WrapLines(fmt.Sprintf(s.Predictions, right, all), w)...)
	}
	return lines
}

func (m *Model) startError(w int) []string {
	lines := []string{m.common.Theme.Bad.Render(m.common.S.StartFailed), ""}
	lines = append(lines, widget.WrapLines(m.err.Error(), w)...)
	return append(append(lines, ""), widget.WrapLines(m.common.S.StartFailedHint, w)...)
}

// checkLines is every check of the step with its state and, once looked at, what was seen.
func (m *Model) checkLines(w int) []string {
	t, s, lang := m.common.Theme, m.common.S, m.common.Lang
	if m.phase == predicting { // what is going to be checked is often the answer
		return widget.WrapLines(t.Faint.Render(s.ChecksLater), w)
	}
	var lines []string
	results := m.state().results
	for i, c := range m.step().Checks {
		mark, took := t.Faint.Render("○"), ""
		if i == len(results) && m.busy() {
			mark = t.Warn.Render("…")
		}
		var seen []string
		if i < len(results) {
			r := results[i]
			mark = t.Good.Render("✓")
			if r.Took >= time.Millisecond {
				took = " " + t.Faint.Render("("+r.Took.Round(time.Millisecond).String()+")")
			}
			if !r.OK {
				mark = t.Bad.Render("✗")
				if await := c.Await.In(lang); await != "" {
					seen = append(seen, s.Awaited+m.expand(await))
				}
			}
			if r.Seen != "" {
				seen = append(seen, s.Seen+r.Seen)
			}
		}
		for j, l := range widget.WrapLines(m.expand(c.Name.In(lang)), w-2) {
			if j == 0 {
				lines = append(lines, mark+" "+l)
				continue
			}
			lines = append(lines, "  "+l)
		}
		if n := len(lines) - 1; widget.Width(lines[n])+widget.Width(took) <= w {
			lines[n] += took
		}
		for _, text := range seen {
			for _, l := range capped(widget.WrapLines(oneLine(text), w-4), maxSeen) {
				lines = append(lines, "    "+t.Faint.Render(l))
			}
		}
	}
	if len(lines) == 0 {
		return []string{t.Faint.Render(s.NoChecks)}
	}
	return lines
}

func (m *Model) expand(s string) string {
	if m.session == nil {
		return s
	}
	return m.session.Expand(s)
}

// maxSeen is how many lines of what a check saw are shown; it may be a whole value.
const maxSeen = 4

// capped keeps the first n lines and marks that there were more.
func capped(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	return append(lines[:n-1:n-1], lines[n-1]+" …")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
