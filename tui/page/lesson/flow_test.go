package lesson_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/page"
	"redislab/tui/page/lesson"
	"redislab/tui/topo"
)

func TestWatchToTheEnd(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start()
	d.press("2", "enter")          // predict
	d.press("enter")               // the lab acts
	d.press("enter", "enter")      // second step, run
	d.press("enter", "enter")      // third
	d.wantText("Lesson complete.") // and the score below it
	d.wantCalls("start", "guess 1", "do", "solve", "check", "next", "do", "solve", "check", "next", "do", "solve", "check")
	want := []string{"pass watch refused", "pass watch outage", "pass watch end", "finish watch"}
	if !slices.Equal(d.rec.notes, want) {
		t.Errorf("progress %v, want %v", d.rec.notes, want)
	}
	d.press("enter")
	if len(d.sent) != 1 || d.sent[0] != (page.OpenLesson{}) {
		t.Errorf("enter at the end sent %#v", d.sent)
	}
	if d.s.Closed() != 1 {
		t.Errorf("the lab was closed %d times", d.s.Closed())
	}
}

func TestDoToTheEnd(t *testing.T) {
	d := newDriver(t, kit.Do, kit.En, 80, 24).start()
	d.s.Fail(0, "no error yet")
	d.press("2", "enter")          // baselines are noted without a key, since the lab has no part of its own
	d.press("c", "right", "enter") // the suggested line
	d.press("enter")               // nothing typed: check
	d.wantText("seen: no error yet", "1 of 2 checks do not hold yet")
	d.s.Mend()
	d.press("enter")
	d.wantText("Press enter for the next step")
	d.press("enter") // the second step: the lab has a part
	d.wantText("the lab sets the scene")
	d.press("enter")
	d.wantText("Your turn. When you are done")
	d.press("s") // let the lab do it
	d.press("enter", "enter")
	d.wantText("Lesson complete.")
	d.wantCalls("start", "guess 1", "do", "check", "check", "next", "do", "solve", "check", "next", "do", "solve", "check")
	if got := d.rec.notes; len(got) != 4 || got[3] != "finish do" {
		t.Errorf("progress %v", got)
	}
}

func TestLabsOwnFailureIsToldAndTriedAgain(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start()
	d.s.DoErr = errors.New("node master: it does not answer")
	d.press("enter", "enter")
	d.wantText("Did not work: node master: it does not answer", "[enter] try again")
	d.s.DoErr = nil
	d.press("enter")
	d.wantText("All checks hold (2)")
}

func TestStartFailureAndRetry(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24)
	d.s.StartErr = errors.New("port 7001 is in use")
	d.start().wantText("The lab did not start.", "port 7001 is in use")
	if d.s.Closed() != 1 {
		t.Errorf("what was started is not closed: %d", d.s.Closed())
	}
	d.s.StartErr = nil
	d.press("enter").wantText("? You send `SET city Paris` to replica-1")
}

// What runs can be given up, and keys do not start a second one meanwhile.
func TestCancel(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start()
	d.s.Block = make(chan struct{})
	d.press("enter")
	cmd := d.m.Update(keyMsg("enter"))
	result := make(chan tea.Msg, 1)
	go func() { result <- cmd() }()
	d.wantText("The lab is at work", "[esc] cancel")
	if again := d.m.Update(keyMsg("enter")); again != nil {
		t.Error("enter starts a second operation")
	}
	d.m.Update(keyMsg("esc"))
	d.m.Update(<-result)
	d.wantText("Cancelled.")
	close(d.s.Block)
	d.press("enter").wantText("All checks hold (2)")
}

func TestFaultMenusTypeLines(t *testing.T) {
	for keys, want := range map[string]string{
		"k 1":   "line kill master",
		"p 2":   "line pause replica-1",
		"c 1":   "line cut master replica-1",
		"o 2":   "line cut-one-way replica-1 master",
		"i 3":   "line isolate replica-2",
		"d 2 3": "line delay master replica-2 1s",
		"x 4 1": "line drop client master 0.1",
		"h":     "line heal",
		"r 1":   "line restart master",
	} {
		d := newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter", "f")
		d.press(strings.Fields(keys)...)
		calls := d.s.Calls()
		if got := calls[len(calls)-1]; got != want {
			t.Errorf("%s: %q, want %q", keys, got, want)
		}
	}
}

// What a menu did is told in the console as the line one could have typed.
func TestFaultIsEchoed(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 140, 40).start().press("enter", "f", "k", "1")
	d.wantText("lab> kill master", "Done: kill master — OK")
}

func TestFaultsThatTheBackendLacks(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24)
	d.s.Caps = lab.Capabilities{Pause: true}
	d.start().press("enter", "f")
	d.wantText("cut a link    — not on this backend")
	d.press("c")
	for _, c := range d.s.Calls() {
		if strings.HasPrefix(c, "line") {
			t.Errorf("a fault that the backend lacks was tried: %s", c)
		}
	}
}

func TestResumeIsOfferedForPausedNodesOnly(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24)
	d.s.Picture.Nodes[1].State = topo.Paused
	d.start().press("enter", "f", "u", "1")
	if calls := d.s.Calls(); calls[len(calls)-1] != "line resume replica-1" {
		t.Errorf("calls %v", calls)
	}
}

func TestTimeMenu(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter")
	d.press("t", "p").wantText("clock paused")
	d.press("t", "3", "t", "p", "t", "d").wantText("time ×20")
	if d.s.Ticker.Passed() != 10*time.Second || d.s.Ticker.Paused() || d.s.Ticker.Speed() != 20 {
		t.Errorf("clock: passed %v, paused %v, speed %v", d.s.Ticker.Passed(), d.s.Ticker.Paused(), d.s.Ticker.Speed())
	}
	d = newDriver(t, kit.Watch, kit.En, 80, 24)
	d.s.Ticker = nil
	d.start().press("t").wantText("time cannot be paused or stepped")
}

func TestLeaving(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start()
	d.press("esc") // nothing to end: it does not cost the lab
	if d.s.Closed() != 0 {
		t.Fatal("esc closed the lab")
	}
	d.press("q") // nothing is lost yet
	if d.s.Closed() != 1 || len(d.sent) != 1 || d.sent[0] != (page.Leave{}) {
		t.Errorf("closed %d times, sent %#v", d.s.Closed(), d.sent)
	}
	d = newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter", "enter", "q")
	d.wantText("Leave? The lab stops")
	d.press("n")
	if d.s.Closed() != 0 {
		t.Error("closed in spite of no")
	}
	d.press("q", "y")
	if d.s.Closed() != 1 {
		t.Error("not closed after yes")
	}
}

func TestStartOver(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter", "enter", "enter")
	d.press("r", "y")
	d.wantText("step 1/3", "? You send `SET city Paris`")
	if d.s.Closed() != 1 {
		t.Errorf("closed %d times", d.s.Closed())
	}
}

// A lab that comes up after its page is gone is torn down.
func TestLateLabIsTornDown(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24)
	late := d.m.Init()()
	d.m.Close(page.Leave{})
	other := newDriver(t, kit.Watch, kit.En, 80, 24).start()
	if c := other.m.Update(late); c != nil {
		c()
	}
	if d.s.Closed() != 1 {
		t.Errorf("the late lab was closed %d times", d.s.Closed())
	}

	if c := lesson.Orphan(late); c == nil {
		t.Error("an orphan is not handled without a page")
	}
}

func TestLanguageAtRuntime(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start().press("l")
	if len(d.sent) != 1 || d.sent[0] != (page.SwitchLang{}) {
		t.Fatalf("l sent %#v", d.sent)
	}
	d.common.SetLang(kit.Zh)
	d.m.SetLang()
	d.wantText("副本是只读的", "先预测", "一个错误")
}

func TestModeAtRuntime(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter", "m")
	if len(d.sent) != 1 || d.sent[0] != (page.SetMode{Mode: kit.Do}) {
		t.Fatalf("m sent %#v", d.sent)
	}
	d.wantText("Your turn: press c", "Type:")
}

func TestConsoleKeepsLettersToItself(t *testing.T) {
	d := newDriver(t, kit.Do, kit.En, 80, 24).start().press("enter", "c")
	d.press("q", "f", "?", "m", "l")
	d.wantText("qf?ml")
	if len(d.sent) != 0 || d.s.Closed() != 0 {
		t.Errorf("keys went to the page: %v", d.sent)
	}
	d.press("esc", "q")
	if d.s.Closed() != 1 {
		t.Error("after esc, q does not leave")
	}
}

// Events that come while older ones are read do not move what is read.
func TestEventsKeepTheirPlace(t *testing.T) {
	d := newDriver(t, kit.Watch, kit.En, 80, 24)
	d.s.Prepared = nil
	for i := range 60 {
		d.s.Prepared = append(d.s.Prepared, lab.Event{Seq: uint64(i + 1), Kind: "k", Text: fmt.Sprintf("event-%d.", i)})
	}
	d.start().press("tab", "tab", "tab").wantText("Events 60", "event-59.", "▲ more")
	d.press("pgup").wantText("▼ more")
	if strings.Contains(d.m.View(), "event-59.") {
		t.Error("the newest event is still shown after scrolling up")
	}
}

// Earlier steps can be read again, in either language; nothing is answered or run from there.
func TestEarlierStepsCanBeReadAgain(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		d := newDriver(t, kit.Watch, kit.En, size[0], size[1]).start()
		d.press("[").wantText("1. A write that is refused", "Predict first") // there is none before the first
		d.press("2", "enter", "enter", "enter").wantText("2. The master is gone")
		d.press("[").wantText("1. A write that is refused", "The run says: an error", "[enter] to step 2", "enter goes back to step 2")
		d.press("[").wantText("1. A write that is refused")
		d.press("enter").wantText("2. The master is gone", "[enter] run step")
		d.press("[", "]").wantText("2. The master is gone", "[enter] run step")
		d.press("]").wantText("2. The master is gone")
	}
}
