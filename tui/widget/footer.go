package widget

import "strings"

const sepCells = 3 // of " · "

// Hint is a key and what it does now; the first one of a footer is the primary action.
type Hint struct{ Key, Label string }

// Footer draws hints on one line, the most important first; those that do not fit are left out
// from before the last one, which stays (it tells where help is).
func Footer(t *Theme, hints []Hint, width int) string {
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

func hintText(h Hint) string { return h.Key + " " + h.Label }

func renderHint(t *Theme, h Hint, primary bool) string {
	if primary {
		return t.Primary.Render("[" + h.Key + "] " + h.Label)
	}
	return t.Key.Render(h.Key) + " " + h.Label
}
