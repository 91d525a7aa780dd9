package widget

import "github.com/charmbracelet/lipgloss"

// Theme is the set of styles. Every meaning it carries is also carried by a glyph or a word,
// so that nothing is lost without colour.
type Theme struct {
	Dark, Plain bool

	Title, Faint, Bold, Accent, Key, Primary lipgloss.Style
	Good, Bad, Warn, Selected, Border, Focus lipgloss.Style
}

// NewTheme builds the styles for a renderer. Only the sixteen base colours are used:
// they follow the terminal's own palette and read on dark and light alike.
func NewTheme(r *lipgloss.Renderer, dark, plain bool) *Theme {
	base := r.NewStyle()
	colour := func(c string) lipgloss.Style { return base.Foreground(lipgloss.Color(c)) }
	accent, faint := "6", "8"
	if dark {
		accent, faint = "14", "245"
	}
	return &Theme{
		Dark: dark, Plain: plain,
		Title:    colour("1").Bold(true),
		Faint:    colour(faint),
		Bold:     base.Bold(true),
		Accent:   colour(accent),
		Key:      colour(accent).Bold(true),
		Primary:  base.Reverse(true).Bold(true),
		Good:     colour("2"),
		Bad:      colour("1").Bold(true),
		Warn:     colour("3"),
		Selected: colour(accent).Bold(true),
		Border:   colour(faint),
		Focus:    colour(accent),
	}
}
