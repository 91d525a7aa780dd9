package console

import (
	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/lipgloss"

	"redislab/tui/widget"
)

// maxTyped keeps a mistaken paste of a whole file from freezing the screen.
const maxTyped = 64 << 10

// newInput is the line that is typed. It has always the focus: the console hands it only what is its own.
func newInput() textinput.Model {
	in := textinput.New()
	in.Prompt, in.CharLimit = "", maxTyped
	in.Cursor.SetMode(cursor.CursorStatic)
	in.Focus()
	return in
}

// setInput replaces what is typed and puts the cursor at its end.
func (m *Model) setInput(line string) {
	m.input.SetValue(line)
	m.input.CursorEnd()
}

// inputView draws the line in width cells, with hint in its place while nothing is typed. What it sets on
// the input is for this one screen: the width goes with the prompt's, which changes from node to node.
func (m Model) inputView(t *widget.Theme, width int, hint string) string {
	in := m.input
	in.Placeholder, in.PlaceholderStyle = hint, t.Faint
	in.Cursor.Style = cursorStyle(t)
	if !m.focused {
		in.Blur()
	}
	if m.Empty() {
		in.Width = max(1, width)
		return widget.Cut(in.View(), width)
	}
	in.Width = max(1, width-3) // the cursor, and half of a Chinese character at either end
	at := in.Position()
	in.CursorEnd() // a new width counts from here on only
	in.CursorStart()
	in.SetCursor(at)
	return widget.Cut(in.View(), width)
}

// cursorStyle marks the cell of the cursor: reversed, or with a bar before it where there is no colour.
func cursorStyle(t *widget.Theme) lipgloss.Style {
	if !t.Plain {
		return t.Primary
	}
	return t.Primary.Transform(func(cell string) string {
		if cell == " " {
			return "▏"
		}
		return "▏" + cell
	})
}
