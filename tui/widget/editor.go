package widget

import (
	"slices"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
)

// Editor is one editable line with the usual keys: arrows, home, end, ctrl+a/e/k/u/w, alt+b/f,
// backspace, delete; a paste comes in as one line.
type Editor struct {
	text []rune
	pos  int
}

// maxEdit keeps a mistaken paste of a whole file from freezing the screen.
const maxEdit = 64 << 10

// Value is what was typed.
func (e Editor) Value() string { return string(e.text) }

// SetValue replaces the text and puts the cursor at its end.
func (e *Editor) SetValue(s string) {
	e.text = nil
	e.pos = 0
	e.insert([]rune(s))
}

func (e *Editor) insert(rs []rune) {
	clean := make([]rune, 0, len(rs))
	for _, r := range rs {
		switch {
		case r == '\n' || r == '\t':
			clean = append(clean, ' ')
		case unicode.IsPrint(r):
			clean = append(clean, r)
		}
	}
	if room := maxEdit - len(e.text); len(clean) > room {
		clean = clean[:max(0, room)]
	}
	e.text = slices.Insert(e.text, e.pos, clean...)
	e.pos += len(clean)
}

// Update takes a key; false when the key means nothing to an editor.
func (e Editor) Update(msg tea.KeyMsg) (Editor, bool) {
	e.text = slices.Clone(e.text)
	if msg.Type == tea.KeyRunes && !msg.Alt {
		e.insert(msg.Runes)
		return e, true
	}
	switch msg.String() {
	case " ":
		e.insert([]rune{' '})
	case "left", "ctrl+b":
		e.pos = max(0, e.pos-1)
	case "right", "ctrl+f":
		e.pos = min(len(e.text), e.pos+1)
	case "home", "ctrl+a":
		e.pos = 0
	case "end", "ctrl+e":
		e.pos = len(e.text)
	case "alt+b", "ctrl+left", "alt+left":
		e.pos = e.wordBack()
	case "alt+f", "ctrl+right", "alt+right":
		e.pos = e.wordForward()
	case "backspace", "ctrl+h":
		e.remove(e.pos-1, e.pos)
	case "delete", "ctrl+d":
		e.remove(e.pos, e.pos+1)
	case "ctrl+k":
		e.remove(e.pos, len(e.text))
	case "ctrl+u":
		e.remove(0, e.pos)
	case "ctrl+w", "alt+backspace":
		e.remove(e.wordBack(), e.pos)
	default:
		return e, false
	}
	return e, true
}

func (e *Editor) remove(from, to int) {
	if from < 0 || to > len(e.text) || from >= to {
		return
	}
	e.text = slices.Delete(e.text, from, to)
	e.pos = from
}

func (e Editor) wordBack() int {
	i := e.pos
	for i > 0 && e.text[i-1] == ' ' {
		i--
	}
	for i > 0 && e.text[i-1] != ' ' {
		i--
	}
	return i
}

func (e Editor) wordForward() int {
	i := e.pos
	for i < len(e.text) && e.text[i] == ' ' {
		i++
	}
	for i < len(e.text) && e.text[i] != ' ' {
		i++
	}
	return i
}

// View draws the text in width cells, the part around the cursor when it is longer.
func (e Editor) View(t *Theme, width int, focused bool) string {
	from := 0
	for Width(string(e.text[from:e.pos])) > max(0, width-3) {
		from++
	}
	before, at, after := string(e.text[from:e.pos]), "", ""
	if e.pos < len(e.text) {
		at, after = string(e.text[e.pos]), string(e.text[e.pos+1:])
	}
	if !focused {
		return Cut(before+at+after, width)
	}
	head := before + Cursor(t, at)
	return head + Cut(after, width-Width(head))
}

// Cursor marks the cell that holds at; without colour a bar before it does.
func Cursor(t *Theme, at string) string {
	switch {
	case t.Plain:
		return "▏" + at
	case at == "":
		return t.Primary.Render(" ")
	}
	return t.Primary.Render(at)
}
