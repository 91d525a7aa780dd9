package lesson_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/golden"
	"redislab/tui/page"
	"redislab/tui/page/lesson"
	"redislab/tui/page/lesson/fake"
	"redislab/tui/topo"
)

// exercise is a lesson with every kind of step: one that asks, one that the learner does, one the lab begins.
func exercise() kit.Exercise {
	check := func(en, zh string) kit.Check {
		return kit.Check{Name: kit.T(en, zh), Probe: func(context.Context, *kit.Run) (string, error) { return "", nil }}
	}
	nothing := func(context.Context, *kit.Run) error { return nil }
	return kit.Exercise{
		ID: "replication/read-only", Chapter: "replication", Title: kit.T("A replica is read-only", "副本是只读的"),
		Summary:  kit.T("Writes go to the master; what happens when you try one on a replica?", "写入发往 master；在副本上写会怎样？"),
		Topology: func() lab.Topology { return lab.OneToMany(2) },
		Steps: []kit.Step{
			{
				Name: "refused", Title: kit.T("A write that is refused", "被拒绝的写入"),
				Predict: &kit.Predict{
					Question: kit.T("You send `SET city Paris` to replica-1. What comes back?", "向 replica-1 发送 SET city Paris，会得到什么？"),
					Choices:  []kit.Text{kit.T("OK, and the master gets it too", "OK，master 也会得到它"), kit.T("an error", "一个错误"), kit.T("OK, but only the replica has it", "OK，但只有副本有它")},
					Explain:  kit.T("The link is one way. A replica answers READONLY to every write of a client.", "复制是单向的：客户端的写入一律得到 READONLY。"),
				},
				Commands: []kit.Cmd{{Node: "replica-1", Line: "SET city Paris"}},
				Look:     []kit.Cmd{{Node: "replica-1", Line: "GET city"}, {Node: "master", Line: "INFO replication"}},
				Checks:   []kit.Check{check("replica-1 refuses the write with READONLY", "replica-1 以 READONLY 拒绝写入"), check("the key exists nowhere", "任何节点上都没有这个键")},
			},
			{
				Name: "outage", Title: kit.T("The master is gone", "master 不在了"), Do: nothing,
				Solve:  nothing,
				Checks: []kit.Check{check("replica-1 still answers reads", "replica-1 仍可读")},
			},
			{
				Name: "end", Title: kit.T("Nothing left to do", "没有要做的了"),
				Checks: []kit.Check{check("all is well", "一切正常")},
			},
		},
	}
}

const proseEn = "A replica copies its master. By default it refuses every write of a client with the error `READONLY`, so that there is " +
	"**one** place where data changes.\n\n- the master takes writes\n- replicas take reads\n\nTry it."
const proseZh = "副本复制它的 master。默认情况下，它用错误 `READONLY` 拒绝客户端的所有写入，因此数据只在**一个**地方改变。\n\n- master 接受写入\n- 副本接受读取\n\n试一试。"

func picture() topo.View {
	return topo.View{Nodes: []topo.Node{
		{ID: "master", Addr: "127.0.0.1:7001", Role: "master", State: topo.Up, Offset: 14023, Replicas: 2, Keys: 3, PID: 4242, Lag: -1},
		{ID: "replica-1", Addr: "127.0.0.1:7002", Role: "replica", State: topo.Up, Parent: "master", Link: topo.LinkUp, Offset: 14023, Keys: 3, PID: 4243},
		{ID: "replica-2", Addr: "127.0.0.1:7003", Role: "replica", State: topo.Up, Parent: "master", Link: topo.LinkDown, Offset: 13990, Lag: -1, Keys: 3, PID: 4244},
	}, Faults: []topo.Fault{{From: "master", To: "replica-2", Kind: "cut"}}}
}

// events are in order but not named one by one: the page only shows them.
func events() []lab.Event {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return []lab.Event{
		{Seq: 1, At: at, Node: "master", Kind: lab.EventStarted, Text: "127.0.0.1:7001"},
		{Seq: 2, At: at.Add(31 * time.Millisecond), Node: "replica-1", Kind: "repl.link-up", Fields: map[string]string{"offset": "14", "master": "127.0.0.1:7001"}},
		{Seq: 3, At: at.Add(12 * time.Second), Kind: lab.EventFault, Text: "cut master replica-2"},
	}
}

type recorder struct{ notes []string }

func (r *recorder) Pass(lesson, mode, step string) error {
	r.notes = append(r.notes, "pass "+mode+" "+step)
	return nil
}

func (r *recorder) Finish(lesson, mode string) error {
	r.notes = append(r.notes, "finish "+mode)
	return nil
}

// driver runs a page without a program: commands are run at once and their messages fed back.
type driver struct {
	t      *testing.T
	common *page.Common
	m      *lesson.Model
	s      *fake.Session
	rec    *recorder
	sent   []tea.Msg // what went to the root
}

func newDriver(t *testing.T, mode kit.Mode, lang kit.Lang, w, h int) *driver {
	t.Helper()
	ex := exercise()
	return newDriverOf(t, ex, mode, lang, w, h, func(s *fake.Session) {
		s.Picture, s.Prepared = picture(), events()
		s.Answers = map[string]*kit.Outcome{"refused": {Guess: 0, Correct: 1, Choice: "an error", Explain: ex.Steps[0].Predict.Explain.In(lang)}}
	})
}

// newDriverOf is one that takes a lesson of its own.
func newDriverOf(t *testing.T, ex kit.Exercise, mode kit.Mode, lang kit.Lang, w, h int, prepare func(*fake.Session)) *driver {
	t.Helper()
	c := page.NewCommon(golden.Theme(), lang)
	c.SetSize(w, h)
	c.Mode, c.Backend = mode, "inproc"
	c.Later = func(tea.Cmd) tea.Cmd { return nil }
	s := fake.New(ex)
	s.Ticker = &fake.Clock{}
	s.Prosa = map[kit.Lang]string{kit.En: proseEn, kit.Zh: proseZh}
	prepare(s)
	d := &driver{t: t, common: c, s: s, rec: &recorder{}}
	d.m = lesson.New(c, ex, s.Open, d.rec)
	return d
}

func (d *driver) start() *driver {
	d.run(d.m.Init())
	return d
}

// run carries commands out until none is left; those that would wait are none (see newDriver).
func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	msg := cmd()
	d.m.Receive()
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case page.Leave, page.OpenLesson, page.SwitchLang, page.SetMode, page.ToggleHelp, page.Quit:
		d.sent = append(d.sent, msg)
	default:
		d.run(d.m.Update(msg))
	}
}

func (d *driver) press(keys ...string) *driver {
	d.t.Helper()
	for _, k := range keys {
		d.run(d.m.Update(keyMsg(k)))
	}
	return d
}

func keyMsg(k string) tea.KeyMsg {
	named := map[string]tea.KeyType{"enter": tea.KeyEnter, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "esc": tea.KeyEsc, "up": tea.KeyUp,
		"down": tea.KeyDown, "right": tea.KeyRight, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "ctrl+t": tea.KeyCtrlT}
	if t, ok := named[k]; ok {
		return tea.KeyMsg{Type: t}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}

func (d *driver) screen(name string) {
	d.t.Helper()
	golden.Screen(d.t, fmt.Sprintf("%s-%dx%d", name, d.common.Width, d.common.Height), d.m.View(), d.common.Width, d.common.Height)
}

func (d *driver) wantCalls(want ...string) {
	d.t.Helper()
	if got := d.s.Calls(); !slices.Equal(got, want) {
		d.t.Errorf("calls %v, want %v", got, want)
	}
}

func (d *driver) wantText(parts ...string) {
	d.t.Helper()
	view := d.m.View()
	for _, p := range parts {
		if !strings.Contains(view, p) {
			d.t.Errorf("the screen lacks %q:\n%s", p, view)
		}
	}
}

var sizes = [][2]int{{80, 24}, {140, 40}}

// Every state of the page, as a learner sees it, at both sizes.
func TestScreens(t *testing.T) {
	for _, size := range sizes {
		for _, c := range []struct {
			name string
			mode kit.Mode
			lang kit.Lang
			prep func(*driver)
			keys []string
		}{
			{"predict", kit.Watch, kit.En, nil, nil},
			{"ready", kit.Watch, kit.En, nil, []string{"enter"}},
			{"passed", kit.Watch, kit.En, nil, []string{"2", "enter", "enter"}},
			{"checks", kit.Watch, kit.En, nil, []string{"2", "enter", "enter", "tab"}},
			{"acting", kit.Do, kit.En, nil, []string{"2", "enter"}},
			{"console", kit.Do, kit.En, nil, []string{"2", "enter", "c", "right", "enter"}},
			{"failed", kit.Do, kit.En, func(d *driver) { d.s.Fail(1, "replica-1: city = \"Paris\"") }, []string{"2", "enter", "enter"}},
			{"events", kit.Watch, kit.En, nil, []string{"tab", "tab", "tab"}},
			{"faults", kit.Watch, kit.En, nil, []string{"enter", "f"}},
			{"faults-link", kit.Watch, kit.En, nil, []string{"enter", "f", "d"}},
			{"time", kit.Watch, kit.En, nil, []string{"enter", "t"}},
			{"leave", kit.Watch, kit.En, nil, []string{"enter", "enter", "q"}},
			{"finished", kit.Watch, kit.En, nil, []string{"2", "enter", "enter", "enter", "enter", "enter", "enter"}},
			{"start-failed", kit.Watch, kit.En, func(d *driver) {
				d.s.StartErr = errors.New("replication/read-only: start the lab: node master: port 7001 is in use: stop what listens there, or choose other ports with --ports")
			}, nil},
			{"zh-predict", kit.Watch, kit.Zh, nil, nil},
			{"zh-acting", kit.Do, kit.Zh, nil, []string{"2", "enter"}},
			{"zh-failed", kit.Do, kit.Zh, func(d *driver) { d.s.Fail(1, "replica-1: city = \"Paris\"") }, []string{"2", "enter", "enter"}},
			{"zh-faults", kit.Watch, kit.Zh, nil, []string{"enter", "f"}},
		} {
			t.Run(fmt.Sprintf("%s-%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				d := newDriver(t, c.mode, c.lang, size[0], size[1])
				if c.prep != nil {
					c.prep(d)
				}
				d.start().press(c.keys...).screen(c.name)
			})
		}
	}
}
