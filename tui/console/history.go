package console

// History is the lines typed so far, with a place in them while the learner leafs through.
type History struct {
	lines []string
	at    int    // == len(lines): not leafing
	draft string // what was being typed before leafing
}

const maxHistory = 500

// Add appends a line, unless it repeats the last one.
func (h *History) Add(line string) {
	if n := len(h.lines); n == 0 || h.lines[n-1] != line {
		h.lines = append(h.lines, line)
	}
	if len(h.lines) > maxHistory {
		h.lines = h.lines[len(h.lines)-maxHistory:]
	}
	h.at = len(h.lines)
}

// Back gives the line before; current is kept to come back to.
func (h *History) Back(current string) string {
	if h.at == len(h.lines) {
		h.draft = current
	}
	if h.at > 0 {
		h.at--
	}
	return h.line()
}

// Forward gives the line after, in the end what was being typed.
func (h *History) Forward(current string) string {
	if h.at == len(h.lines) {
		return current
	}
	h.at++
	return h.line()
}

func (h *History) line() string {
	if h.at == len(h.lines) {
		return h.draft
	}
	return h.lines[h.at]
}
