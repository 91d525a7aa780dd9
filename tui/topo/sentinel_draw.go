package topo

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"redislab/tui/widget"
)

// Levels say how much a sentinel's row tells: everything, and less and less.
const (
	allWords   = iota // whole addresses, whole words
	shortAddrs        // only ports
	fewWords          // one letter for an epoch, one blank between columns
	noAddrs
	noTarget // whom a leader promotes is left out
	noNames  // of masters that all name alike
	noCounts // how many hold a master for down, what a leader does
	noEpoch
	levels
)

// maxTouched is how many faults of one sentinel are named beside it.
const maxTouched = 2

// maxAbreast is how many sentinels may share a row.
const maxAbreast = 4

// sentinelForms are the ways to draw the sentinels, the richest first: a framed table, one under a heading, and with more of
// them in a row the less room there is.
func (d drawer) sentinelForms(nodes []Node, width int) [][]string {
	var forms, bare [][]string
	if rows, ok := d.sentinelRows(nodes, 1, width-4); ok {
		box := widget.Box{Title: d.words.Sentinels, Note: d.watchedText(width - widget.Width(d.words.Sentinels) - 10), Width: width, Height: len(rows) + 2}
		forms = append(forms, box.Render(d.theme, rows))
	}
	heading := d.heading(width)
	for abreast := 1; abreast <= min(maxAbreast, len(nodes)); abreast++ {
		rows, ok := d.sentinelRows(nodes, abreast, width)
		if !ok && abreast > 1 {
			break
		}
		forms = append(forms, append([]string{heading}, rows...))
		bare = append(bare, rows)
	}
	return append(forms, bare...)
}

// heading is the line above the table.
func (d drawer) heading(width int) string {
	title := d.words.Sentinels + "  "
	return d.theme.Bold.Render(title) + d.watchedText(width-widget.Width(title))
}

// watchedText tells of every watched master whom the sentinels name, and the quorum.
func (d drawer) watchedText(width int) string {
	list := d.view.Watched()
	text := func(quorum bool) string {
		parts := make([]string, len(list))
		for i, k := range list {
			parts[i] = d.namedText(k)
			if quorum && k.Quorum > 0 {
				parts[i] += "  " + fmt.Sprintf(d.words.QuorumOf, k.Quorum, k.Voters)
			}
		}
		return strings.Join(parts, " · ")
	}
	return widget.Cut(longest(width, text(true), text(false)), width)
}

// namedText is "mymaster = replica-1", or all that are named when the sentinels do not agree.
func (d drawer) namedText(k Watched) string {
	switch len(k.Names) {
	case 0:
		return k.Name
	case 1:
		return k.Name + " = " + k.Names[0].Node
	}
	parts := make([]string, len(k.Names))
	for i, n := range k.Names {
		parts[i] = fmt.Sprintf("%s (%d)", n.Node, n.Count)
	}
	return k.Name + " = " + d.theme.Warn.Render(strings.Join(parts, " ≠ "))
}

// sentinelRows is the table at the richest level that fits, with so many sentinels in a row.
func (d drawer) sentinelRows(nodes []Node, abreast, width int) (rows []string, ok bool) {
	cell := (width - 3*(abreast-1)) / abreast
	var table []string
	for level := range levels {
		var w int
		if table, w = d.table(nodes, level); w <= cell {
			ok = true
			break
		}
	}
	for i := 0; i < len(table); i += abreast {
		row := table[i:min(i+abreast, len(table))]
		for j := range row[:len(row)-1] {
			row[j] = widget.Fit(row[j], cell)
		}
		rows = append(rows, widget.Cut(strings.Join(row, " "+d.theme.Border.Render("│")+" "), width))
	}
	return rows, ok
}

// table is one line a sentinel, its columns below each other, and the width of the widest line.
func (d drawer) table(nodes []Node, level int) (lines []string, width int) {
	agreed := map[string]string{}
	list := d.view.Watched()
	for _, k := range list {
		agreed[k.Name] = k.Agreed()
	}
	var rows [][]string
	var widths []int
	for _, n := range nodes {
		row := d.columns(n, level, list, agreed)
		rows = append(rows, row)
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], widget.Width(c))
		}
	}
	gap := "  "
	if level >= fewWords {
		gap = " "
	}
	for _, row := range rows {
		line := row[0] + strings.Repeat(" ", widths[0]-widget.Width(row[0]))
		for i, c := range row[1:] {
			if widths[i+1] > 0 {
				line += gap + widget.Fit(c, widths[i+1])
			}
		}
		line = strings.TrimRight(line, " ")
		lines, width = append(lines, line), max(width, widget.Width(line))
	}
	return lines, width
}

// columns are what a row tells of a sentinel: who it is, epochs, then for each watched master whom it names, how it holds it and
// what it does about it, and in the end what is the matter with the sentinel itself.
func (d drawer) columns(n Node, level int, list []Watched, agreed map[string]string) []string {
	glyph, style, word := d.state(n)
	addr, epoch := n.Addr, ""
	if level >= shortAddrs {
		addr = shortAddr(addr)
	}
	if level >= noAddrs {
		addr = ""
	}
	knows := n.Sentinel
	if knows == nil || n.dead() {
		knows = &Sentinel{}
	} else if knows.Epoch > 0 || n.State != Planned {
		epoch = d.epoch(knows, level)
	}
	row := []string{style.Render(glyph) + " " + d.theme.Bold.Render(n.ID), d.theme.Faint.Render(addr), epoch}
	for _, k := range list {
		var w Watch
		for _, x := range knows.Watches {
			if x.Name == k.Name {
				w = x
			}
		}
		name := ""
		if len(list) > 1 && w.Name != "" {
			name = d.theme.Faint.Render(w.Name + ":")
		}
		row = append(row, name, d.holds(n, w, level, agreed[k.Name]), d.does(w, level, knows.Epoch))
	}
	return append(row, d.matter(n, word, style, level))
}

func (d drawer) epoch(s *Sentinel, level int) string {
	switch {
	case level >= noEpoch:
		return ""
	case level >= fewWords:
		return fmt.Sprintf("e%d", s.Epoch)
	case level > allWords || len(s.Watches) != 1:
		return fmt.Sprintf("%s %d", d.words.Epoch, s.Epoch)
	}
	return fmt.Sprintf("%s %d  %s %d", d.words.Epoch, s.Epoch, d.words.Config, s.Watches[0].Config)
}

// holds is whom a sentinel names, and whether it holds it for down. One that names another than most do is marked.
func (d drawer) holds(n Node, w Watch, level int, agreed string) string {
	if w.Name == "" || n.State == Planned {
		return ""
	}
	who := ""
	switch apart := w.Names != agreed; {
	case apart && w.Names != "":
		who = d.theme.Warn.Render("≠ "+w.Names) + " "
	case level < noNames:
		who = w.Names + " "
	}
	style, text := d.theme.Good, "ok"
	switch {
	case w.Leads() && w.Names == w.Promoted: // how it holds the old one tells nothing of the new one
		return strings.TrimSpace(who)
	case w.Down != NotDown:
		style, text = d.theme.Bad, string(w.Down)
		if level < noCounts {
			text += fmt.Sprintf(" %d/%d", w.Agree, w.Quorum)
		}
	}
	if w.Down == SDown {
		style = d.theme.Warn
	}
	return who + style.Render(text)
}

// does is a sentinel's part in a failover.
func (d drawer) does(w Watch, level int, epoch uint64) string {
	words, style, text := d.words, d.theme.Accent, ""
	switch {
	case w.Leads():
		text = "★ "
		if level < fewWords {
			text += words.Leader + ": "
		}
		if level < noCounts {
			text += w.Failover
		}
		if level < noTarget && w.Promoted != "" {
			text += " → " + w.Promoted
		}
	case w.Candidate():
		text = "☆ "
		if level < fewWords {
			text += words.Candidate + ": "
		}
		if level < noTarget {
			text += words.Votes + " "
		}
		text += fmt.Sprintf("%d/%d", w.Votes, w.needed())
	case w.VotedFor != "" && level < noTarget:
		text = fmt.Sprintf("%s %s @%d", words.Voted, w.VotedFor, w.Epoch)
	case w.VotedFor != "" && level < noCounts:
		text = words.Voted + " " + w.VotedFor
	}
	if !w.Leads() && !w.Candidate() && w.Epoch < epoch { // an old vote
		style = d.theme.Faint
	}
	if text == "" {
		return ""
	}
	return style.Render(strings.TrimSpace(text))
}

// matter is what is the matter with the sentinel itself: its state, tilt, faults on its links.
func (d drawer) matter(n Node, word string, style lipgloss.Style, level int) string {
	var parts []string
	if n.State != Up && n.State != Planned || n.Isolated {
		parts = append(parts, style.Render(word))
	}
	if n.Sentinel != nil && n.Sentinel.Tilt && !n.dead() {
		parts = append(parts, d.theme.Warn.Render(d.words.Tilt))
	}
	if level < noCounts {
		parts = append(parts, d.touched(n)...)
	}
	return strings.Join(parts, " ")
}

// touched lists the links of a sentinel that have a fault: "╳ master". A node that is cut off from all has a word of its own;
// one that only sentinels cannot reach has not.
func (d drawer) touched(n Node) []string {
	var parts []string
	for _, f := range d.view.Faults {
		other, forward := f.To, true
		switch {
		case f.Class != "" && f.Class != "sentinel":
			continue
		case f.From == n.ID:
		case f.To == n.ID:
			other, forward = f.From, false
		case f.Class == "sentinel" && f.From == "":
		case f.Class == "sentinel" && f.To == "":
			other, forward = f.From, false
		default:
			continue
		}
		if other == "" {
			continue
		}
		_, short, _ := d.markOf(f, forward)
		parts = append(parts, d.theme.Warn.Render(short+" "+other))
	}
	if len(parts) > maxTouched { // the line of faults tells them
		return []string{d.theme.Warn.Render(fmt.Sprintf("⚠×%d", len(parts)))}
	}
	return parts
}
