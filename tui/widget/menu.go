package widget

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// Item is a line of a menu. Key picks it at once; a reason in Disabled keeps it from being picked
// and is shown instead of the note.
type Item struct{ Key, Label, Note, Disabled string }

// Outcome of a key in a menu: an index, or one of these.
const (
	None   = -1 // nothing yet
	Closed = -2 // left without a choice
)

// Menu is a small list that is laid over a page.
type Menu struct {
	Title, Hint string
	Items       []Item
	Cursor      int
}

// NewMenu puts the cursor on the first item that can be picked.
func NewMenu(title string, items []Item) Menu {
	m := Menu{Title: title, Items: items, Cursor: -1}
	return m.move(1)
}

// Update takes a key and says what came of it.
func (m Menu) Update(msg tea.KeyMsg) (Menu, int) {
	switch key := msg.String(); key {
	case "esc", "q":
		return m, Closed
	case "up", "shift+tab":
		return m.move(-1), None
	case "down", "tab":
		return m.move(1), None
	case "enter":
		if m.pickable(m.Cursor) {
			return m, m.Cursor
		}
	default:
		for i, it := range m.Items {
			if it.Key == key && m.pickable(i) {
				m.Cursor = i
				return m, i
			}
		}
	}
	return m, None
}

func (m Menu) pickable(i int) bool {
	return i >= 0 && i < len(m.Items) && m.Items[i].Disabled == ""
}

func (m Menu) move(step int) Menu {
	for n, i := 0, m.Cursor; n < len(m.Items); n++ {
		i = (i + step + len(m.Items)) % len(m.Items)
		if m.pickable(i) {
			m.Cursor = i
			return m
		}
	}
	return m
}

// View draws the menu as a box no wider than width and no higher than height; a longer list scrolls.
func (m Menu) View(t *Theme, width, height int) []string {
	label := 0
	for _, it := range m.Items {
		label = max(label, Width(it.Label))
	}
	inner := max(Width(m.Title)+4, Width(m.Hint))
	rows := make([]string, len(m.Items))
	for i, it := range m.Items {
		rows[i] = m.row(t, i, it, label)
		inner = max(inner, Width(rows[i]))
	}
	inner = min(inner, width-4)
	note := ""
	if room := max(1, height-3); len(rows) > room {
		note = fmt.Sprintf("%d/%d", m.Cursor+1, len(rows))
		rows = window(rows, m.Cursor, room)
		inner = min(max(inner, Width(m.Title)+Width(note)+7), width-4) // so that it is seen that there is more
	}
	if m.Hint != "" {
		rows = append(rows, t.Faint.Render(Cut(m.Hint, inner)))
	}
	return Box{Title: m.Title, Note: note, Width: inner + 4, Height: len(rows) + 2, Focused: true}.Render(t, rows)
}

func (m Menu) row(t *Theme, i int, it Item, label int) string {
	cursor, style := "  ", t.Bold
	if i == m.Cursor {
		cursor, style = "▸ ", t.Selected
	}
	note := it.Note
	if it.Disabled != "" {
		style, note = t.Faint, "— "+it.Disabled
	}
	row := cursor + t.Key.Render(Fit(it.Key, 2)) + style.Render(Fit(it.Label, label))
	if note != "" {
		row += "  " + t.Faint.Render(note)
	}
	return strings.TrimRight(row, " ")
}

// window is the part of rows around cursor that fits in height.
func window(rows []string, cursor, height int) []string {
	if len(rows) <= height {
		return rows
	}
	from := min(max(0, cursor-height/2), len(rows)-height)
	return rows[from : from+height]
}
