package lanes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"redislab/lab"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// Draw draws failovers one below the other, in lines of at most width cells.
func Draw(fs []lab.Failover, v topo.View, t *widget.Theme, w Words, width int) []string {
	d := drawer{v, t, w, width}
	var lines []string
	for i, f := range fs {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, d.failover(newStory(f, v))...)
	}
	return lines
}

func (d drawer) failover(s story) []string {
	lines := []string{d.title(s)}
	lines = append(lines, d.table(s.lanes(d.words))...)
	notes := strings.Join(d.notes(s), " · ")
	if notes != "" {
		lines = append(lines, widget.WrapLines(notes, d.width)...)
	}
	return lines
}

func (d drawer) title(s story) string {
	mark, style := "…", d.theme.Warn
	switch {
	case s.Done:
		mark, style = "✓", d.theme.Good
	case ended(s):
		mark, style = "✗", d.theme.Bad
	}
	text := s.Master + ": " + s.from
	if s.to != "" {
		text += " → " + s.to
	}
	since := d.words.UnknownFault
	if fault, ok := s.First(lab.StageFault); ok {
		since = fault.Text
	}
	return widget.Cut(style.Render(mark)+" "+d.theme.Bold.Render(text)+"  "+d.theme.Faint.Render(fmt.Sprintf(d.words.SecondsSinceOf, since)), d.width)
}

// ended reports whether the last thing that happened was that it was given up, or was not needed.
func ended(s story) bool {
	for _, st := range slices.Backward(s.Stages) {
		switch st.Name {
		case lab.StageAbort, lab.StageBack:
			return true
		case lab.StageTry, lab.StageSDown:
			return false
		}
	}
	return false
}

// table draws the rows. Names are cut when the columns have no room else, and blanks between columns go first.
func (d drawer) table(rows []lane) []string {
	cols := columns()
	name := 0
	for _, r := range rows {
		name = max(name, widget.Width(r.id))
	}
	widths, all := make([]int, len(cols)), 0
	for i, c := range cols {
		widths[i] = widget.Width(c.head(d.words))
		for _, r := range rows {
			widths[i] = max(widths[i], widget.Width(r.cells[i]))
		}
		all += widths[i] + 1
	}
	gap := " "
	if name+all+len(cols) <= d.width {
		gap = "  "
	}
	name = max(4, min(name, d.width-all-len(cols)*(len(gap)-1)))
	head := strings.Repeat(" ", name)
	for i, c := range cols {
		head += gap + widget.Fit(c.head(d.words), widths[i])
	}
	lines := []string{d.theme.Faint.Render(widget.Cut(strings.TrimRight(head, " "), d.width))}
	for _, r := range rows {
		lines = append(lines, d.lane(r, name, widths, gap))
	}
	return lines
}

func (d drawer) lane(r lane, name int, widths []int, gap string) string {
	line := d.theme.Bold.Render(widget.Fit(middleCut(r.id, name), name))
	cells, free := "", 0 // how many cells are blank before the first time
	for i, c := range r.cells {
		if strings.TrimSpace(cells) == "" && c != "" {
			free = widget.Width(cells) + len(gap)
		}
		cells += gap + widget.Fit(c, widths[i])
	}
	cells = strings.TrimRight(cells, " ")
	text := ""
	switch {
	case r.text == "":
	case cells == "":
		text = gap + r.text
	case widget.Width(r.text)+len(gap)+1 <= free:
		text = gap + r.text
		cells = cells[widget.Width(text):] // blanks, a byte each
	default:
		cells += gap + r.text
	}
	return widget.Cut(line+d.theme.Warn.Render(text)+d.theme.Accent.Render(cells), d.width)
}

// middleCut leaves out the middle of a name that is too long: its number tells it from its like.
func middleCut(name string, width int) string {
	tail := name[strings.LastIndexByte(name, '-')+1:]
	if widget.Width(name) <= width || len(tail) == len(name) || widget.Width(tail)+2 > width {
		return name
	}
	return widget.Cut(name, width-widget.Width(tail)) + tail
}

// notes are what has no column: how long it took, beside the limits that are set, and what else came of it.
func (d drawer) notes(s story) []string {
	var notes []string
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	downAfter, timeout := s.limits()
	if down, ok := s.First(lab.StageSDown); ok && downAfter > 0 {
		add(d.words.DownAfterOf, ago(down.After), downAfter)
	}
	try, tried := s.First(lab.StageTry)
	done, ok := s.First(lab.StageSwitch)
	switch {
	case tried && ok && timeout > 0:
		add(d.words.TookOf, brief(done.At.Sub(try.At)), timeout)
	case tried && !ended(s) && timeout > 0 && !d.view.At.IsZero():
		add(d.words.RunsOf, brief(max(0, d.view.At.Sub(lastTry(s).At))), timeout)
	}
	out, failed := s.First(lab.StageOutage)
	if back, ok := s.writes(); ok && failed {
		add(d.words.NoWritesOf, brief(back.At.Sub(out.At)))
	}
	for _, st := range s.Stages {
		switch st.Name {
		case lab.StageAbort:
			name, _, _ := strings.Cut(st.Text, " ")
			add(d.words.AbortOf, ago(st.After), name)
		case lab.StageBack:
			if !s.Done && s.to == "" {
				add(d.words.BackOf, ago(st.After))
			}
		case lab.StageReconf:
			add(d.words.ReconfOf, s.instance(st.Text), s.to, ago(st.After))
		case lab.StageDemoted:
			add(d.words.DemotedOf, s.instance(st.Text), ago(st.After))
		}
	}
	return slices.Compact(notes)
}

func lastTry(s story) lab.Stage {
	var last lab.Stage
	for _, st := range s.Stages {
		if st.Name == lab.StageTry {
			last = st
		}
	}
	return last
}

// Why tells, for every watched master that is down and is not being replaced, which rule keeps each sentinel from it.
func Why(v topo.View, t *widget.Theme, w Words, width int) []string {
	d := drawer{v, t, w, width}
	var lines []string
	for _, k := range v.Watched() {
		if v.Missed(k) && !v.Replacing(k.Name) {
			lines = append(lines, t.Warn.Render(widget.Cut(fmt.Sprintf(w.WhyOf, k.Name), width)))
			lines = append(lines, d.reasons(k.Name)...)
		}
	}
	return lines
}

func (d drawer) reasons(name string) []string {
	id := 0
	var nodes []topo.Node
	var why []topo.Reason
	for _, n := range d.view.Nodes {
		if r, ok := d.reason(n, name); ok {
			nodes, why = append(nodes, n), append(why, r)
			id = max(id, widget.Width(n.ID))
		}
	}
	var lines []string
	for i, r := range why {
		var parts []string
		if r.Rule != "" {
			parts = append(parts, d.theme.Accent.Render(d.words.Rules[r.Rule]))
		}
		// Of an election the words do not tell how long it may take.
		if left := r.Until.Sub(d.view.At); r.Rule == lab.RuleElection && left > 0 {
			parts = append(parts, d.theme.Warn.Render(fmt.Sprintf(d.words.LeftOf, left.Round(time.Second))))
		}
		if told := d.view.WithNames(d.tell(r)); told != "" {
			parts = append(parts, told)
		}
		text := strings.Join(parts, " · ")
		head := d.theme.Bold.Render(widget.Fit(nodes[i].ID, id)) + "  "
		for _, l := range widget.WrapLines(text, max(8, d.width-id-2)) {
			lines = append(lines, widget.Cut(head+l, d.width))
			head = strings.Repeat(" ", id+2)
		}
	}
	return lines
}

// tell is the text of a reason in the learner's language.
func (d drawer) tell(r topo.Reason) string {
	if len(r.Parts) == 0 {
		return r.Text
	}
	said := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		format, ok := d.words.Phrases[p.Format]
		if !ok {
			format = p.Format
		}
		said[i] = lab.Phrase(p).In(format)
		if p.Of != "" {
			said[i] = fmt.Sprintf(d.words.ParticularOf, d.view.NodeAt(p.Of), said[i])
		}
	}
	if len(said) == 1 {
		return said[0]
	}
	return fmt.Sprintf(d.words.ParticularOf, said[0], strings.Join(said[1:], d.words.AndWord))
}

// reason is what keeps a sentinel from a failover now. One that is not there is kept by that.
func (d drawer) reason(n topo.Node, name string) (topo.Reason, bool) {
	if n.Sentinel == nil {
		return topo.Reason{}, false
	}
	for _, w := range n.Sentinel.Watches {
		switch {
		case w.Name != name:
		case n.State != topo.Up:
			return topo.Reason{Rule: string(n.State)}, true
		case len(w.Why) > 0:
			return w.Why[0], true
		default:
			return topo.Reason{Text: d.words.NoReason}, true
		}
	}
	return topo.Reason{}, false
}

// ago is a time after the fault; five digits suffice.
func ago(d time.Duration) string { return "+" + brief(d) }

func brief(d time.Duration) string {
	s := d.Seconds()
	switch {
	case s < 100:
		return strconv.FormatFloat(s, 'f', 2, 64)
	case s < 1000:
		return strconv.FormatFloat(s, 'f', 1, 64)
	}
	return strconv.FormatFloat(s, 'f', 0, 64)
}
