package app

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/golden"
	"redislab/tui/i18n"
	"redislab/tui/page/curriculum"
	"redislab/tui/page/lesson"
	"redislab/tui/page/lesson/fake"
	"redislab/tui/topo"
)

// store is progress in memory.
type store struct {
	mu       sync.Mutex
	passed   map[string]int
	finished map[string]bool
	settings []string
	broken   error
}

func newStore() *store { return &store{passed: map[string]int{}, finished: map[string]bool{}} }

func (s *store) Finished(l, mode string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finished[l+mode]
}
func (s *store) Count(l, mode string) int           { s.mu.Lock(); defer s.mu.Unlock(); return s.passed[l+mode] }
func (s *store) Passed(string, string, string) bool { return false }
func (s *store) Reset() error                       { return s.broken }

func (s *store) Pass(l, mode, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed[l+mode]++
	return s.broken
}

func (s *store) Finish(l, mode string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished[l+mode] = true
	return s.broken
}

func (s *store) KeepSettings(l i18n.Lang, m kit.Mode) error {
	s.settings = append(s.settings, string(l)+" "+string(m))
	return s.broken
}

// world is a program with two lessons whose sessions are fakes.
type world struct {
	store    *store
	mu       sync.Mutex
	sessions []*fake.Session
	modes    []kit.Mode
}

func (w *world) config() Config {
	lessons := []kit.Exercise{simple("single/first", "One node"), simple("single/second", "Two keys")}
	return Config{
		Theme: golden.Theme(), Lang: kit.En, Mode: kit.Watch, Backend: "inproc", Store: w.store,
		Chapters: []curriculum.Chapter{{ID: "single", Title: kit.T("A single node", "单节点"), Lessons: lessons}},
		Missing:  func(kit.Exercise) []string { return nil },
		Open: func(ex kit.Exercise, mode kit.Mode, _ i18n.Lang) (lesson.Session, error) {
			s := fake.New(ex)
			s.Picture = topo.View{Nodes: []topo.Node{{ID: "master", Addr: "127.0.0.1:7001", Role: "master", State: topo.Up}}}
			s.Prosa = map[kit.Lang]string{kit.En: "Store a key.", kit.Zh: "写一个键。"}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.sessions, w.modes = append(w.sessions, s), append(w.modes, mode)
			return s, nil
		},
	}
}

func simple(id, title string) kit.Exercise {
	return kit.Exercise{ID: id, Title: kit.T(title, "中文"+title), Summary: kit.T("About "+title+".", "关于"+title+"。"), Topology: lab.Single,
		Steps: []kit.Step{{Name: "one", Title: kit.T("The only step", "唯一的一步"), Commands: []kit.Cmd{{Node: "master", Line: "SET k v"}},
			Checks: []kit.Check{{Name: kit.T("k is v", "k 是 v")}}}}}
}

func newWorld() (*world, *Model) {
	w := &world{store: newStore()}
	m := New(w.config())
	m.common.Later = func(tea.Cmd) tea.Cmd { return nil }
	return w, m
}

// feed gives the model a message and carries out what comes of it. It reports whether the program was ended.
func feed(m *Model, msg tea.Msg) (quit bool) {
	_, cmd := m.Update(msg)
	return carryOut(m, cmd)
}

func carryOut(m *Model, cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case nil:
		return false
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		quit := false
		for _, c := range msg {
			quit = carryOut(m, c) || quit
		}
		return quit
	default:
		return feed(m, msg)
	}
}

func runes(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

var enter = tea.KeyMsg{Type: tea.KeyEnter}

func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		for _, c := range []struct {
			name string
			keys []tea.KeyMsg
		}{
			{"menu", nil},
			{"menu-help", []tea.KeyMsg{runes("?")}},
			{"menu-help-zh", []tea.KeyMsg{runes("l"), runes("?")}},
			{"lesson", []tea.KeyMsg{enter}},
			{"lesson-help", []tea.KeyMsg{enter, runes("?")}},
			{"lesson-zh", []tea.KeyMsg{enter, runes("l")}},
		} {
			_, m := newWorld()
			feed(m, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			for _, k := range c.keys {
				feed(m, k)
			}
			golden.Screen(t, fmt.Sprintf("%s-%dx%d", c.name, size[0], size[1]), m.View(), size[0], size[1])
		}
	}
}

func TestTooSmall(t *testing.T) {
	for _, size := range [][2]int{{79, 24}, {80, 23}, {20, 5}, {1, 1}} {
		_, m := newWorld()
		feed(m, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		lines := strings.Split(m.View(), "\n")
		if len(lines) > size[1] {
			t.Errorf("%v: %d lines", size, len(lines))
		}
		if size[0] >= 79 && !strings.Contains(m.View(), fmt.Sprintf("%d×%d", size[0], size[1])) {
			t.Errorf("%v: %q", size, m.View())
		}
		feed(m, enter)
		if m.lesson != nil {
			t.Errorf("%v: a lesson was opened unseen", size)
		}
		if !feed(m, runes("q")) {
			t.Errorf("%v: q does not quit", size)
		}
	}
}

// Every size between small and large draws exactly its lines and cells.
func TestAllSizes(t *testing.T) {
	_, m := newWorld()
	feed(m, enter)
	for w := 80; w < 150; w += 3 {
		for h := 24; h < 50; h += 5 {
			feed(m, tea.WindowSizeMsg{Width: w, Height: h})
			lines := strings.Split(m.View(), "\n")
			if len(lines) != h {
				t.Fatalf("%d×%d: %d lines", w, h, len(lines))
			}
		}
	}
}

// Letters that arrive in one read are keys one after the other.
func TestKeysInOneRead(t *testing.T) {
	w, m := newWorld()
	feed(m, runes("mjj"))
	if m.common.Mode != kit.Do || m.list.Selected().ID != "single/second" {
		t.Errorf("mode %s, at %s", m.common.Mode, m.list.Selected().ID)
	}
	feed(m, enter)
	if len(w.modes) != 1 || w.modes[0] != kit.Do {
		t.Errorf("opened with %v", w.modes)
	}
}

func TestPasteIsTextOnly(t *testing.T) {
	w, m := newWorld()
	feed(m, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("qqq"), Paste: true})
	feed(m, enter)
	feed(m, runes("c"))
	feed(m, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("SET k q"), Paste: true})
	if !strings.Contains(m.View(), "SET k q") || w.sessions[0].Closed() != 0 {
		t.Errorf("the paste is not on the prompt:\n%s", m.View())
	}
}

func TestQuittingTearsTheLabDown(t *testing.T) {
	for name, how := range map[string]func(m *Model) bool{
		"ctrl+c":                func(m *Model) bool { return feed(m, tea.KeyMsg{Type: tea.KeyCtrlC}) },
		"ctrl+c in the console": func(m *Model) bool { feed(m, runes("c")); return feed(m, tea.KeyMsg{Type: tea.KeyCtrlC}) },
		"ctrl+c over help":      func(m *Model) bool { feed(m, runes("?")); return feed(m, tea.KeyMsg{Type: tea.KeyCtrlC}) },
		"ctrl+c in a small one": func(m *Model) bool {
			feed(m, tea.WindowSizeMsg{Width: 9, Height: 9})
			return feed(m, tea.KeyMsg{Type: tea.KeyCtrlC})
		},
		"back, then q": func(m *Model) bool { feed(m, runes("q")); return feed(m, runes("q")) },
	} {
		w, m := newWorld()
		feed(m, enter)
		if !how(m) {
			t.Errorf("%s: the program goes on", name)
		}
		if w.sessions[0].Closed() == 0 {
			t.Errorf("%s: the lab is left running", name)
		}
	}
}

func TestNextLessonFollows(t *testing.T) {
	w, m := newWorld()
	for range 3 { // open, run, next
		feed(m, enter)
	}
	if len(w.sessions) != 2 || w.sessions[1].Ex.ID != "single/second" || w.sessions[0].Closed() != 1 {
		t.Fatalf("%d sessions", len(w.sessions))
	}
	if !w.store.Finished("single/first", "watch") {
		t.Error("the finished lesson is not kept")
	}
	feed(m, enter)
	feed(m, enter) // the last lesson: back to the list
	if m.lesson != nil || !strings.Contains(m.View(), "2/2 lessons done") {
		t.Errorf("after the last lesson:\n%s", m.View())
	}
}

func TestSettingsAreKept(t *testing.T) {
	w, m := newWorld()
	feed(m, runes("l"))
	feed(m, runes("m"))
	if got := strings.Join(w.store.settings, ","); got != "zh watch,zh do" {
		t.Errorf("kept %q", got)
	}
	w.store.broken = errors.New("disk full")
	feed(m, runes("m"))
	if !strings.Contains(m.View(), "进度没有保存：disk full") {
		t.Errorf("the failure is not told:\n%s", m.View())
	}
}

// program runs a whole program, on a terminal of a size.
func program(t *testing.T, cfg Config, width, height int) *teatest.TestModel {
	t.Helper()
	tm := teatest.NewTestModel(t, New(cfg), teatest.WithInitialTermSize(width, height))
	t.Cleanup(func() { _ = tm.Quit() })
	return tm
}

// patience is for what comes at once, on however slow a machine.
const patience = 10 * time.Second

// sees waits until the terminal was sent a text.
func sees(t *testing.T, tm *teatest.TestModel, text string) {
	t.Helper()
	teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return strings.Contains(string(out), text) },
		teatest.WithDuration(patience), teatest.WithCheckInterval(5*time.Millisecond))
}

// A whole program: the lesson is taken to its end, the language switched, and it ends in order.
func TestProgram(t *testing.T) {
	w := &world{store: newStore()}
	tm := program(t, w.config(), 80, 24)
	sees(t, tm, "One node")
	tm.Send(enter)
	sees(t, tm, "run step")
	tm.Send(enter)
	sees(t, tm, "Lesson complete")
	tm.Send(runes("l"))
	sees(t, tm, "本课完成")
	tm.Send(tea.KeyMsg{Type: tea.KeyCtrlC})
	tm.WaitFinished(t, teatest.WithFinalTimeout(patience))
	if w.sessions[0].Closed() != 1 || !w.store.Finished("single/first", "watch") {
		t.Errorf("closed %d times", w.sessions[0].Closed())
	}
}

// A whole program in the other mode: a fault is given in the menu, a line typed and sent in the console.
func TestProgramDo(t *testing.T) {
	w := &world{store: newStore()}
	tm := program(t, w.config(), 140, 40)
	sees(t, tm, "One node")
	tm.Send(runes("m"))
	sees(t, tm, "mode: do")
	tm.Send(enter)
	sees(t, tm, "Your turn")
	tm.Send(runes("f"))
	sees(t, tm, "[enter] select")
	tm.Send(tea.KeyMsg{Type: tea.KeyEsc})
	tm.Send(runes("c"))
	tm.Type("@lab heal")
	tm.Send(enter)
	sees(t, tm, "lab> heal")
	tm.Send(enter) // on an empty line: check
	sees(t, tm, "Lesson complete")
	tm.Send(runes("q")) // the lesson gave the focus back
	sees(t, tm, "1/2 lessons done")
	tm.Send(runes("q"))
	tm.WaitFinished(t, teatest.WithFinalTimeout(patience))
	if w.sessions[0].Closed() != 1 || !w.store.Finished("single/first", "do") {
		t.Errorf("closed %d times", w.sessions[0].Closed())
	}
}
