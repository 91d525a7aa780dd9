package console

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/tui/widget"
)

// The editing is the library's; what the console promises of it is tested here.
func TestTyping(t *testing.T) {
	key := func(k tea.KeyType) tea.KeyMsg { return tea.KeyMsg{Type: k} }
	space := tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	wordBack := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'b'}, Alt: true}
	for _, c := range []struct {
		name string
		keys []tea.KeyMsg
		want string // with | at the cursor
	}{
		{"typing", []tea.KeyMsg{typed("SET"), space, typed("k")}, "SET k|"},
		{"insert in the middle", []tea.KeyMsg{typed("ac"), key(tea.KeyLeft), typed("b")}, "ab|c"},
		{"chinese", []tea.KeyMsg{typed("复制"), key(tea.KeyBackspace)}, "复|"},
		{"ends", []tea.KeyMsg{typed("abc"), key(tea.KeyHome), typed("x"), key(tea.KeyEnd), typed("y")}, "xabcy|"},
		{"kill a word", []tea.KeyMsg{typed("GET some key"), key(tea.KeyCtrlW)}, "GET some |"},
		{"by words", []tea.KeyMsg{typed("GET some key"), wordBack, wordBack}, "GET |some key"},
		{"a paste is one line", []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune("a\nb\tc\x1b"), Paste: true}}, "a b c|"},
		{"a huge paste is cut", []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune(strings.Repeat("x", maxTyped+10)), Paste: true}},
			strings.Repeat("x", maxTyped) + "|"},
		{"the end of the line after leafing", []tea.KeyMsg{typed("abc"), key(tea.KeyHome), key(tea.KeyUp), key(tea.KeyDown)}, "abc|"},
	} {
		m := testModel(fakeNode{})
		m, _ = keys(t, m, c.keys...)
		line, at := []rune(m.input.Value()), m.input.Position()
		if got := string(line[:at]) + "|" + string(line[at:]); got != c.want {
			t.Errorf("%s: %.80q, want %.80q", c.name, got, c.want)
		}
		m.Close()
	}
}

// Wherever the cursor is in a line that is longer than the screen, it is seen and nothing overflows.
func TestCursorIsSeen(t *testing.T) {
	m := testModel(fakeNode{})
	defer m.Close()
	m.setInput(strings.Repeat("长x", 40))
	for at := range 81 {
		m.input.SetCursor(at)
		for _, width := range []int{5, 20, 21} {
			got := m.inputView(plain(), width, "")
			if widget.Width(got) > width || !strings.Contains(got, "▏") {
				t.Errorf("at %d of %d cells: %q", at, width, got)
			}
		}
	}
	m.Blur()
	if got := m.inputView(plain(), 20, ""); strings.Contains(got, "▏") {
		t.Errorf("a cursor without the focus: %q", got)
	}
}
