// Package lanes draws failovers as lanes: a row for everyone who has a part in it, a column for every stage, and in it how
// many seconds after the fault the stage was reached. It tells too why none happens, while a master is down.
//
//	lines := lanes.Draw(lab.Failovers(events, "mymaster"), view, theme, words, 76)
//	lines = append(lines, lanes.Why(view, theme, words, 76)...)
package lanes

import (
	"redislab/lab"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// Words are the few words of the drawing, in the learner's language. Those that end in Of are formats.
type Words struct {
	Vote, Elected, Selected, Promoted, Switch, Writes string // heads of columns; s_down and o_down are Redis's own words

	SecondsSinceOf             string // what broke it
	Failing                    string // a client's writes
	DownAfterOf                string // s_down after this long, of the configured
	TookOf, RunsOf             string // the failover, of failover-timeout
	NoWritesOf                 string // how long
	AbortOf, BackOf, DemotedOf string
	WhyOf, LeftOf              string
	ReconfOf                   string            // a replica, its new master
	Rules                      map[string]string // what each rule is called
	UnknownFault, NoReason     string

	Phrases               map[string]string // formats of reasons, by the English one; one that is not there stays English
	ParticularOf, AndWord string            // what stands between a reason, its particulars, and those
}

// column is a stage in the table.
type column struct {
	stage string
	head  func(Words) string
	lane  func(f story, s lab.Stage) string // whose row it stands in
	last  bool                              // of several, the last one counts: attempts may be repeated
}

// columns are the stages that have a time in somebody's row, in the order in which they come.
func columns() []column {
	own := func(_ story, s lab.Stage) string { return s.Node }
	replica := func(f story, s lab.Stage) string { return f.instance(s.Text) }
	return []column{
		{lab.StageSDown, func(Words) string { return "s_down" }, own, false},
		{lab.StageODown, func(Words) string { return "o_down" }, own, false},
		{lab.StageVote, func(w Words) string { return w.Vote }, own, true},
		{lab.StageElected, func(w Words) string { return w.Elected }, own, true},
		{lab.StageSelected, func(w Words) string { return w.Selected }, replica, true},
		{lab.StagePromoted, func(w Words) string { return w.Promoted }, replica, true},
		{lab.StageSwitch, func(w Words) string { return w.Switch }, own, false},
		{lab.StageWrites, func(w Words) string { return w.Writes }, own, true},
	}
}

// drawer carries what every part of a drawing needs.
type drawer struct {
	view  topo.View
	theme *widget.Theme
	words Words
	width int
}
