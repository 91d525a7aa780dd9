package widget

import (
	"strings"

	"github.com/charmbracelet/glamour"
	"github.com/charmbracelet/glamour/ansi"
	"github.com/charmbracelet/glamour/styles"
)

// Markdown renders prose with glamour. The renderer is built at first use (it is slow to build and the
// menu does not need it) and what was rendered is kept, since every frame asks again.
type Markdown struct {
	theme    *Theme
	renderer *glamour.TermRenderer
	cache    map[string][]string
}

// maxCached keeps a long session's memory flat: a lesson has a dozen texts, at a few widths.
const maxCached = 64

// NewMarkdown renders in the theme's colours.
func NewMarkdown(t *Theme) *Markdown { return &Markdown{theme: t, cache: map[string][]string{}} }

// Lines is text rendered and wrapped to width. Text that glamour cannot render is shown as it is.
func (m *Markdown) Lines(text string, width int) []string {
	key := string(rune(width)) + text
	if lines, ok := m.cache[key]; ok {
		return lines
	}
	if len(m.cache) >= maxCached {
		clear(m.cache)
	}
	lines := m.render(text, width)
	m.cache[key] = lines
	return lines
}

// render leaves the wrapping to Wrap: glamour's own breaks only at blanks, and Chinese has none.
func (m *Markdown) render(text string, width int) []string {
	if m.renderer == nil {
		r, err := glamour.NewTermRenderer(glamour.WithStyles(styleFor(m.theme)), glamour.WithWordWrap(0))
		if err != nil {
			return WrapLines(text, width)
		}
		m.renderer = r
	}
	out, err := m.renderer.Render(text)
	if err != nil {
		return WrapLines(text, width)
	}
	return squeeze(WrapLines(out, width))
}

// styleFor is glamour's style without its margins, which a pane has already. Without
// colour, code keeps its backquotes so that it can still be told from prose.
func styleFor(t *Theme) ansi.StyleConfig {
	var s ansi.StyleConfig
	switch {
	case t.Plain:
		s = styles.NoTTYStyleConfig
		s.Strong.BlockPrefix, s.Strong.BlockSuffix = "", ""
		s.Emph.BlockPrefix, s.Emph.BlockSuffix = "", ""
		s.Code.Prefix, s.Code.Suffix = "`", "`"
	case t.Dark:
		s = styles.DarkStyleConfig
	default:
		s = styles.LightStyleConfig
	}
	if !t.Plain {
		s.Code.Prefix, s.Code.Suffix = "", ""
		s.Code.BackgroundColor = nil
	}
	none := uint(0)
	two := uint(2)
	s.Document.Margin = &none
	s.Document.Color = nil // the terminal's own
	s.Document.BlockPrefix, s.Document.BlockSuffix = "", ""
	s.CodeBlock.Margin = &two
	s.Enumeration.BlockPrefix = ". "
	return s
}

// squeeze trims line ends and folds runs of blank lines, also at both ends.
func squeeze(lines []string) []string {
	var out []string
	blank := true
	for _, l := range lines {
		l = strings.TrimRight(l, " ")
		if Width(strings.TrimSpace(l)) == 0 {
			if !blank {
				out = append(out, "")
			}
			blank = true
			continue
		}
		out, blank = append(out, l), false
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}
