package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of terminal cells of s, escape sequences not counted.
func Width(s string) int { return ansi.StringWidth(s) }

// noLineStart are closing marks that typography keeps off the start of a line.
const noLineStart = "，。、；：？！）》」』】”’…％,.;:?!)]}%"

// noLineEnd are opening marks, which it keeps off the end.
const noLineEnd = "（《「『【“‘(["

// Wrap breaks every line of s to width cells. Latin text breaks at blanks, Chinese between any
// two characters; a wrapped list item keeps its indent. Escape sequences
// pass through and are not counted.
func Wrap(s string, width int) string {
	if width < 1 {
		width = 1
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return strings.Join(out, "\n")
}

// WrapLines is Wrap as a slice of lines.
func WrapLines(s string, width int) []string { return strings.Split(Wrap(s, width), "\n") }

func wrapLine(line string, width int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	indent := strings.Repeat(" ", hangingIndent(ansi.Strip(line), width))
	w := wrapper{width: width, indent: indent}
	var state byte
	for len(line) > 0 {
		seq, cells, n, next := ansi.DecodeSequence(line, state, nil)
		w.add(seq, cells)
		line, state = line[n:], next
	}
	return carryStyle(w.finish())
}

const resetStyle = "\x1b[0m"

// carryStyle ends a style at the end of each line and takes it up again on the next: lines are drawn apart
// from each other, with frames between them.
func carryStyle(lines []string) []string {
	active := ""
	for i, line := range lines {
		begin := active
		var state byte
		for rest := line; len(rest) > 0; {
			seq, _, n, next := ansi.DecodeSequence(rest, state, nil)
			switch {
			case seq == resetStyle || seq == "\x1b[m":
				active = ""
			case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
				active += seq
			}
			rest, state = rest[n:], next
		}
		lines[i] = begin + line
		if active != "" {
			lines[i] += resetStyle
		}
	}
	return lines
}

// hangingIndent is where the text of a list item or quote starts, so that its wrapped lines can
// line up; it never takes more than half the width.
func hangingIndent(plain string, width int) int {
	rest := strings.TrimLeft(plain, " ")
	n := len(plain) - len(rest)
	for _, mark := range []string{"• ", "| ", "│ ", "- ", "$ ", "> "} {
		if strings.HasPrefix(rest, mark) {
			n += Width(mark)
			break
		}
	}
	if digits := len(rest) - len(strings.TrimLeft(rest, "0123456789")); digits > 0 && strings.HasPrefix(rest[digits:], ". ") {
		n += digits + 2
	}
	if n > width/2 {
		return 0
	}
	return n
}

// wrapper collects one line's wrapped lines; word is what has come since the last
// place where a break is allowed.
type wrapper struct {
	width, lineCells, wordCells int
	indent                      string
	line, word                  strings.Builder
	lastWide, opened            bool // what came last: a wide character, an opening mark
	lines                       []string
}

func (w *wrapper) add(seq string, cells int) {
	if cells == 0 { // escape sequences and combining marks stick to the word
		w.word.WriteString(seq)
		return
	}
	r, _ := utf8.DecodeRuneInString(seq)
	glued := w.opened || strings.ContainsRune(noLineStart, r)
	w.opened = strings.ContainsRune(noLineEnd, r)
	switch {
	case seq == " ":
		w.commit()
		w.put(seq, cells)
		w.lastWide = false
	case cells > 1 && !glued, w.lastWide && !glued:
		w.commit()
		w.push(seq, cells)
		w.lastWide = cells > 1
	default:
		w.push(seq, cells)
		w.lastWide = cells > 1
	}
}

func (w *wrapper) push(seq string, cells int) {
	if w.wordCells+cells > w.width-len(w.indent) { // a word longer than a line is cut
		w.commit()
	}
	w.word.WriteString(seq)
	w.wordCells += cells
}

// put adds a blank; one that would start or overflow a line is dropped.
func (w *wrapper) put(seq string, cells int) {
	if w.lineCells+cells > w.width || w.lineCells == len(w.indent) && len(w.lines) > 0 {
		return
	}
	w.line.WriteString(seq)
	w.lineCells += cells
}

func (w *wrapper) commit() {
	if w.wordCells > 0 && w.lineCells+w.wordCells > w.width {
		w.breakLine()
	}
	w.line.WriteString(w.word.String())
	w.lineCells += w.wordCells
	w.word.Reset()
	w.wordCells = 0
}

func (w *wrapper) breakLine() {
	w.lines = append(w.lines, strings.TrimRight(w.line.String(), " "))
	w.line.Reset()
	w.line.WriteString(w.indent)
	w.lineCells = len(w.indent)
}

func (w *wrapper) finish() []string {
	w.commit()
	return append(w.lines, w.line.String())
}

// Fit cuts s to width cells, marking the cut, or fills it with blanks.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if w := Width(s); w <= width {
		return s + strings.Repeat(" ", width-w)
	}
	s = ansi.Truncate(s, width, "…")
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// Cut cuts s to width cells, marking the cut; it does not fill.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(s, width, "…")
}

// FitBlock makes lines exactly width × height cells.
func FitBlock(lines []string, width, height int) []string {
	out := make([]string, height)
	for i := range out {
		if i < len(lines) {
			out[i] = Fit(lines[i], width)
		} else {
			out[i] = strings.Repeat(" ", max(0, width))
		}
	}
	return out
}
