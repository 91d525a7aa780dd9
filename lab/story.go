package lab

import (
	"strings"
	"time"
)

// Failover is one failover of a watched master as the events tell it, from what broke it to the clients' first write on
// the new master. It may have been given up, or be going on.
type Failover struct {
	Master string // the name the sentinels know it by
	Stages []Stage
	Done   bool // a new master was announced
}

// Stage is one thing that happened in a failover, in order.
type Stage struct {
	Name  string
	Node  string        // who told: a sentinel's ID, the broken node's, or a client's name
	At    time.Time     // on the lab's clock
	After time.Duration // since the first stage
	Text  string
}

// The stages, in the order in which they come when all goes well.
const (
	StageFault    = "fault"    // what the lab did to break it
	StageOutage   = "outage"   // a client's write failed
	StageSDown    = "s_down"   // a sentinel holds the master for down
	StageODown    = "o_down"   // and enough others agree
	StageTry      = "try"      // it wants to lead the failover
	StageVote     = "vote"     // a sentinel has voted
	StageElected  = "elected"  // a leader has its majority
	StageSelected = "selected" // it has chosen a replica
	StagePromoted = "promoted" // the replica says that it is a master
	StageReconf   = "reconf"   // another replica follows the new master
	StageSwitch   = "switch"   // a sentinel tells the new address to clients
	StageWrites   = "writes"   // a client writes again
	StageDemoted  = "demoted"  // the old master has come back and is told to follow
	StageAbort    = "abort"    // the attempt was given up
	StageBack     = "back"     // the master answers again: nothing had to be done
)

// stageNames says which of Sentinel's events is which stage; those that end in "*" are prefixes.
var stageNames = []struct{ event, stage string }{
	{"+odown", StageODown}, {"+try-failover", StageTry}, {"+vote-for-leader", StageVote}, {"+elected-leader", StageElected},
	{"+selected-slave", StageSelected}, {"+promoted-slave", StagePromoted}, {"+slave-reconf-done", StageReconf},
	{"+switch-master", StageSwitch}, {"+convert-to-slave", StageDemoted}, {"-failover-abort-*", StageAbort}, {"-odown", StageBack},
}

func stageOf(name string) string {
	for _, row := range stageNames {
		if prefix, some := strings.CutSuffix(row.event, "*"); row.event == name || some && strings.HasPrefix(name, prefix) {
			return row.stage
		}
	}
	return ""
}

// Failovers tells the failovers of a watched master that the events show, the oldest first.
func Failovers(events []Event, master string) []Failover {
	t := teller{master: master}
	for _, e := range events {
		t.hear(e)
	}
	return t.told
}

type teller struct {
	master string
	told   []Failover
	open   bool    // the last of them may still get stages
	before []Event // faults and outages since the last failover was done
}

func (t *teller) hear(e Event) {
	switch e.Kind {
	case EventKilled, EventStopped, EventPaused, EventExited, EventFault:
		t.before = []Event{e} // what was broken last is what it comes from
	case EventOutage:
		t.before = append(t.before, e)
		if t.open && !t.last().Done {
			t.add(StageOutage, e)
		}
	case EventWriting:
		if t.open {
			t.add(StageWrites, e)
		}
	case EventSentinel:
		t.hearSentinel(e)
	}
}

func (t *teller) hearSentinel(e Event) {
	name := e.Fields["name"]
	about := e.Fields["master"]
	if name == "+switch-master" {
		about, _, _ = strings.Cut(e.Fields["payload"], " ")
	}
	if about != t.master && !(about == "" && name == "+vote-for-leader") {
		return
	}
	if name == "+sdown" {
		if e.Fields["role"] == "master" {
			t.down(e)
		}
		return
	}
	if stage := stageOf(name); stage != "" && t.open {
		if _, promoted := t.last().First(StagePromoted); promoted && stage == StageBack {
			return // the old one is let go of, it has not come back
		}
		t.add(stage, e)
		if stage == StageSwitch {
			t.last().Done = true
			t.before = nil
		}
	}
}

// down begins a failover, unless one is going on.
func (t *teller) down(e Event) {
	if !t.open || t.last().Done {
		t.told = append(t.told, Failover{Master: t.master})
		t.open = true
		for _, b := range t.before {
			stage := StageFault
			if b.Kind == EventOutage {
				stage = StageOutage
			}
			t.add(stage, b)
		}
	}
	t.add(StageSDown, e)
}

func (t *teller) last() *Failover { return &t.told[len(t.told)-1] }

func (t *teller) add(stage string, e Event) {
	f := t.last()
	s := Stage{Name: stage, Node: e.Node, At: e.At, Text: e.Text}
	if len(f.Stages) > 0 {
		s.After = e.At.Sub(f.Stages[0].At)
	}
	f.Stages = append(f.Stages, s)
}

// First is the first stage of that name; false when there is none.
func (f Failover) First(name string) (Stage, bool) {
	for _, s := range f.Stages {
		if s.Name == name {
			return s, true
		}
	}
	return Stage{}, false
}

// Between is the time from the first stage of one name to the first of another; false when either is missing.
func (f Failover) Between(from, to string) (time.Duration, bool) {
	a, ok := f.First(from)
	b, ok2 := f.First(to)
	return b.At.Sub(a.At), ok && ok2
}
