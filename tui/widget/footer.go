package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
)

const sepCells = 3 // of " · "

// Hint is a binding that is only shown: a key and what it does now.
func Hint(keys, label string) key.Binding {
	return key.NewBinding(key.WithKeys(keys), key.WithHelp(keys, label))
}

// Footer draws hints on one line, the primary action first; those that do not fit are left out from before
// the last one, which stays: it tells where help is. (The library's own short help cuts the last ones off.)
func Footer(t *Theme, hints []key.Binding, width int) string {
	if len(hints) == 0 {
		return strings.Repeat(" ", max(0, width))
	}
	last := hints[len(hints)-1]
	line := " "
	for i, h := range hints {
		need := Width(line) + sepCells + Width(hintText(h))
		if i < len(hints)-1 {
			need += sepCells + Width(hintText(last))
		}
		if i > 0 && need > width {
			continue
		}
		if i > 0 {
			line += t.Faint.Render(" · ")
		}
		line += renderHint(t, h, i == 0)
	}
	return Fit(line, width)
}

func hintText(b key.Binding) string { return b.Help().Key + " " + b.Help().Desc }

func renderHint(t *Theme, b key.Binding, primary bool) string {
	if primary {
		return t.Primary.Render("[" + b.Help().Key + "] " + b.Help().Desc)
	}
	return t.Key.Render(b.Help().Key) + " " + b.Help().Desc
}
