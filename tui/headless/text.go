package headless

import (
	"fmt"
	"io"
	"strings"
)

// lessonText is a lesson as people read it.
func lessonText(l Lesson) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", l.ID, l.Title)
	if l.Status == "skipped" {
		fmt.Fprintf(&b, "  skipped: %s\n", l.Error)
		return b.String()
	}
	for _, s := range l.Steps {
		if s.Reached {
			stepText(&b, s)
		}
	}
	if l.Error != "" {
		fmt.Fprintf(&b, "  error: %s\n", strings.ReplaceAll(l.Error, "\n", "\n    "))
	}
	fmt.Fprintf(&b, "  %s: %d of %d checks in %.1fs\n", l.Status, l.Passed, l.Checks, l.Seconds)
	return b.String()
}

func stepText(b *strings.Builder, s Step) {
	fmt.Fprintf(b, "  %s\n", s.Name)
	if s.Unsolved != "" {
		fmt.Fprintf(b, "    unsolved: %s checks hold, as it must be\n", s.Unsolved)
	}
	for _, line := range s.Typed {
		fmt.Fprintf(b, "    %s\n", line)
	}
	for _, c := range s.Checks {
		mark := "✓"
		if !c.OK {
			mark = "✗"
		}
		fmt.Fprintf(b, "    %s %s", mark, c.Name)
		if c.Seen != "" {
			fmt.Fprintf(b, " — saw: %s", strings.Join(strings.Fields(c.Seen), " "))
		}
		b.WriteByte('\n')
		if c.Awaited != "" && c.Awaited != c.Name {
			fmt.Fprintf(b, "      awaited: %s\n", c.Awaited)
		}
	}
	if s.Answer != "" {
		fmt.Fprintf(b, "    prediction: the run says %q\n", s.Answer)
	}
}

// PrintSummary is the last line of a run.
func PrintSummary(w io.Writer, s Summary) {
	word := "ok"
	if !s.OK {
		word = "FAILED"
	}
	fmt.Fprintf(w, "%s: mode %s on %s: %d lessons passed, %d failed, %d skipped; checks %d/%d; %.1fs\n",
		word, s.Mode, s.Backend, s.Passed, s.Failed, s.Skipped, s.Score.Passed, s.Score.Total, s.Seconds)
}

// PrintJSON prints the whole summary.
func PrintJSON(w io.Writer, s Summary) error { return printJSON(w, s) }
