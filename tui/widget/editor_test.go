package widget

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestEditor(t *testing.T) {
	key := func(k tea.KeyType) tea.KeyMsg { return tea.KeyMsg{Type: k} }
	text := func(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }
	space := tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	for _, c := range []struct {
		name string
		keys []tea.KeyMsg
		want string // with | at the cursor
	}{
		{"typing", []tea.KeyMsg{text("SET"), space, text("k")}, "SET k|"},
		{"insert in the middle", []tea.KeyMsg{text("ac"), key(tea.KeyLeft), text("b")}, "ab|c"},
		{"chinese", []tea.KeyMsg{text("复制"), key(tea.KeyBackspace)}, "复|"},
		{"ends", []tea.KeyMsg{text("abc"), key(tea.KeyHome), text("x"), key(tea.KeyEnd), text("y")}, "xabcy|"},
		{"delete", []tea.KeyMsg{text("abc"), key(tea.KeyCtrlA), key(tea.KeyDelete)}, "|bc"},
		{"nothing to delete", []tea.KeyMsg{key(tea.KeyBackspace), key(tea.KeyDelete)}, "|"},
		{"kill to the end", []tea.KeyMsg{text("abc"), key(tea.KeyLeft), key(tea.KeyCtrlK)}, "ab|"},
		{"kill to the start", []tea.KeyMsg{text("abc"), key(tea.KeyLeft), key(tea.KeyCtrlU)}, "|c"},
		{"kill a word", []tea.KeyMsg{text("GET some key"), key(tea.KeyCtrlW)}, "GET some |"},
		{"by words", []tea.KeyMsg{text("GET some key"), {Type: tea.KeyRunes, Runes: []rune{'b'}, Alt: true}, {Type: tea.KeyRunes, Runes: []rune{'b'}, Alt: true}, text("|")}, "GET ||some key"},
		{"a paste is one line", []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune("a\nb\tc\x1b"), Paste: true}}, "a b c|"},
	} {
		var e Editor
		for _, k := range c.keys {
			e, _ = e.Update(k)
		}
		if got := string(e.text[:e.pos]) + "|" + string(e.text[e.pos:]); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEditorLeavesOtherKeysAlone(t *testing.T) {
	var e Editor
	if _, used := e.Update(tea.KeyMsg{Type: tea.KeyTab}); used {
		t.Error("tab is taken")
	}
}

func TestEditorShowsTheCursor(t *testing.T) {
	var e Editor
	e.SetValue(strings.Repeat("长", 40))
	for _, at := range []int{0, 20, 40} {
		e.pos = at
		got := e.View(plainTheme(), 20, true)
		if Width(got) > 20 || !strings.Contains(got, "▏") {
			t.Errorf("at %d: %q", at, got)
		}
	}
}

func TestEditorIsBounded(t *testing.T) {
	var e Editor
	e.SetValue(strings.Repeat("x", maxEdit+10))
	if len(e.Value()) != maxEdit {
		t.Errorf("%d letters", len(e.Value()))
	}
}
