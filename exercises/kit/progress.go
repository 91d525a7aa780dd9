package kit

import "time"

// ProgressKind says what a Progress tells.
type ProgressKind string

// The kinds of progress.
const (
	Started   ProgressKind = "started" // the lab is up
	Entered   ProgressKind = "entered" // a step began
	Did       ProgressKind = "did"     // the lab's part of the step is done
	TypedLine ProgressKind = "typed"   // a line was typed for the learner
	Solved    ProgressKind = "solved"  // the reference solution was applied
	Checked   ProgressKind = "checked" // a check held or gave up
	Answered  ProgressKind = "answered"
	Measured  ProgressKind = "measured"
	Finished  ProgressKind = "finished" // all steps are through
	Closed    ProgressKind = "closed"   // the lab is torn down
)

// Progress is one thing that happened while an exercise is taken.
type Progress struct {
	Kind    ProgressKind
	Step    string
	Result  *Result  // Checked
	Typed   *Typed   // TypedLine
	Outcome *Outcome // Answered
	Measure *Measure // Measured
	Err     error
}

// Result is what came of one check.
type Result struct {
	Step, Check   string
	Items         []int
	OK            bool
	Awaited, Seen string
	Took          time.Duration // of the lab's clock
}

// AllOK reports whether every check held.
func AllOK(rs []Result) bool {
	for _, r := range rs {
		if !r.OK {
			return false
		}
	}
	return true
}

// Outcome is a prediction and what the run said.
type Outcome struct {
	Guess   int // -1: none was made
	Correct int
	Right   bool
	Choice  string // the correct choice's text
	Explain string
}
