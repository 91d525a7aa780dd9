package widget

import (
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

func plainTheme() *Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return NewTheme(r, true, true)
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     []string
	}{
		{"short stays", "hello", 10, []string{"hello"}},
		{"blanks", "the quick brown fox", 10, []string{"the quick", "brown fox"}},
		{"long word is cut", "abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"chinese breaks anywhere", "复制是单向的", 6, []string{"复制是", "单向的"}},
		{"no comma at line start", "复制是，单向", 6, []string{"复制", "是，单", "向"}},
		{"no bracket at line end", "副本（replica）只读", 11, []string{"副本", "（replica）", "只读"}},
		{"latin word in chinese stays whole", "用REPLICAOF命令", 10, []string{"用", "REPLICAOF", "命令"}},
		{"list hangs", "• one two three", 9, []string{"• one two", "  three"}},
		{"numbers hang", "12. one two three", 12, []string{"12. one two", "    three"}},
		{"lines kept", "a\n\nb", 5, []string{"a", "", "b"}},
		{"styles are taken up again", "\x1b[1mbold text\x1b[0m end", 5, []string{"\x1b[1mbold\x1b[0m", "\x1b[1mtext\x1b[0m", "end"}},
		{"escape sequences are free", "\x1b[1mbold\x1b[0m text", 9, []string{"\x1b[1mbold\x1b[0m text"}},
	} {
		if diff := cmp.Diff(c.want, WrapLines(c.in, c.width)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Wrapping loses nothing and overflows nowhere, whatever the width.
func TestWrapKeepsTextWithinWidth(t *testing.T) {
	in := "默认情况下，从节点（replica）是只读的：写入会得到 `READONLY` 错误。 By default a replica is read only, and averyveryverylongword too."
	squash := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
	for width := 2; width < 90; width++ {
		out := Wrap(in, width)
		for _, l := range strings.Split(out, "\n") {
			if Width(l) > width {
				t.Fatalf("width %d: line of %d cells: %q", width, Width(l), l)
			}
		}
		if squash(out) != squash(in) {
			t.Fatalf("width %d: text changed: %q", width, out)
		}
	}
}

func TestOverlayKeepsWidthOverWideCharacters(t *testing.T) {
	back := []string{"复制复制复制复制", "abcdefghijklmnop", ""}
	for width := 5; width < 8; width++ {
		got := Overlay(back, []string{strings.Repeat("x", width)}, 16)
		for _, l := range got[1:2] {
			if Width(l) != 16 {
				t.Errorf("width %d: %q has %d cells", width, l, Width(l))
			}
		}
		if l := Overlay(back[:1], []string{strings.Repeat("x", width)}, 16)[0]; Width(l) != 16 {
			t.Errorf("over chinese, %d: %q has %d cells", width, l, Width(l))
		}
	}
}

func TestBox(t *testing.T) {
	got := Box{Title: "Step", Note: "1/3", Width: 20, Height: 4, Focused: true}.Render(plainTheme(), []string{"hello", "a line that is too long"})
	want := []string{
		"┏━ Step ━━━━━━ 1/3 ━┓",
		"┃ hello            ┃",
		"┃ a line that is … ┃",
		"┗━━━━━━━━━━━━━━━━━━┛",
	}
	want[0] = "┏━ Step ━━━━━ 1/3 ━┓"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFooterDropsFromTheMiddle(t *testing.T) {
	hints := []key.Binding{Hint("enter", "run step"), Hint("c", "console"), Hint("f", "faults"), Hint("?", "help")}
	for _, c := range []struct {
		width int
		want  string
	}{
		{60, " [enter] run step · c console · f faults · ? help"},
		{38, " [enter] run step · c console · ? help"},
		{28, " [enter] run step · ? help"},
	} {
		if got := strings.TrimRight(Footer(plainTheme(), hints, c.width), " "); got != c.want {
			t.Errorf("width %d: got %q, want %q", c.width, got, c.want)
		}
	}
}

func TestMenuSkipsDisabled(t *testing.T) {
	m := NewMenu("Faults", []Item{{Key: "d", Label: "delay", Disabled: "not here"}, {Key: "k", Label: "kill"}, {Key: "r", Label: "restart"}})
	if m.Cursor != 1 {
		t.Fatalf("cursor starts at %d, want 1", m.Cursor)
	}
	m, got := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("d")})
	if got != None {
		t.Errorf("disabled item was picked: %d", got)
	}
	m, _ = m.Update(tea.KeyMsg{Type: tea.KeyDown})
	if _, got = m.Update(tea.KeyMsg{Type: tea.KeyEnter}); got != 2 {
		t.Errorf("enter picked %d, want 2", got)
	}
	if _, got = m.Update(tea.KeyMsg{Type: tea.KeyEsc}); got != Closed {
		t.Errorf("esc gave %d, want Closed", got)
	}
	for _, l := range m.View(plainTheme(), 24, 10) {
		if Width(l) > 24 {
			t.Errorf("line wider than allowed: %q", l)
		}
	}
}

func TestMarkdown(t *testing.T) {
	md := NewMarkdown(plainTheme())
	got := md.Lines("Type `SET k v`. **Bold** text.\n\n- first item that wraps here\n- 第二\n\n1. one\n\n```\nGET k\n```\n", 24)
	want := []string{"Type `SET k v`. Bold", "text.", "", "• first item that wraps", "  here", "• 第二", "", "1. one", "", "  GET k"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
