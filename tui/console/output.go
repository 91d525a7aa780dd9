package console

import (
	"strings"

	"redislab/tui/widget"
)

// maxLines keeps a long session's memory flat, and the screen quick.
const maxLines = 1000

// Print adds text to what came so far, as if it had been typed and answered here.
func (m *Model) Print(text string) {
	text = strings.TrimSuffix(printable(text), "\n")
	m.lines = append(m.lines, strings.Split(text, "\n")...)
	if len(m.lines) > maxLines {
		m.lines = append([]string(nil), m.lines[len(m.lines)-maxLines:]...)
	}
	m.flow()
}

// clear forgets what came so far.
func (m *Model) clear() {
	m.lines = nil
	m.flow()
}

// flow wraps what came so far to the console's width and shows its end. The prompt follows the text at once:
// what came takes no more lines than it has.
func (m *Model) flow() {
	wrapped := make([]string, 0, len(m.lines))
	for _, l := range m.lines {
		wrapped = append(wrapped, widget.WrapLines(l, max(1, m.width))...)
	}
	m.output.Width, m.output.Height = m.width, max(0, min(m.height-1, len(wrapped)))
	m.output.SetContent(strings.Join(wrapped, "\n"))
	m.output.GotoBottom()
}

// View draws the console in its room: what came, and the prompt as the last line.
func (m Model) View(t *widget.Theme) []string {
	if m.height < 1 {
		return nil
	}
	var lines []string
	if m.output.Height > 0 {
		lines = strings.Split(m.output.View(), "\n")
	}
	return append(lines, m.promptLine(t))
}

func (m Model) promptLine(t *widget.Theme) string {
	switch {
	case m.streaming && m.running != "":
		return t.Faint.Render(widget.Cut(m.words.Streaming, m.width))
	case m.running != "":
		return t.Faint.Render(widget.Cut(m.words.Waiting, m.width))
	}
	p := m.Prompt()
	room := m.width - widget.Width(p)
	if room < 12 && widget.Width(p) > 12 { // a narrow pane keeps room to type in
		p = widget.Cut(m.Target().ID, max(4, m.width/3)) + "> "
		room = m.width - widget.Width(p)
	}
	hint := m.words.Placeholder
	if s, ok := m.Suggested(); ok {
		hint = m.words.Suggest + " @" + s.Target + " " + s.Line
	}
	return t.Accent.Render(p) + m.inputView(t, room, hint)
}
