package curriculum

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/golden"
	"redislab/tui/page"
)

// learner is progress in memory.
type learner struct {
	finished, passed map[string]bool
	resets           int
}

func (l *learner) Finished(lesson, mode string) bool     { return l.finished[lesson+" "+mode] }
func (l *learner) Passed(lesson, mode, step string) bool { return l.passed[lesson+" "+mode+" "+step] }
func (l *learner) Reset() error {
	l.resets++
	*l = learner{resets: l.resets}
	return nil
}

func (l *learner) Count(lesson, mode string) int {
	n := 0
	for k := range l.passed {
		if strings.HasPrefix(k, lesson+" "+mode+" ") {
			n++
		}
	}
	return n
}

func chapters() []Chapter {
	lesson := func(id, en, zh string, topo func() lab.Topology, steps ...string) kit.Exercise {
		ex := kit.Exercise{ID: id, Title: kit.T(en, zh), Topology: topo,
			Summary: kit.T("What "+en+" is about, in a sentence or two that wrap over the line when the window is narrow.", "关于“"+zh+"”的一两句话，窗口窄的时候会换行，所以写得稍微长一点，好看出换行的效果。")}
		for _, s := range steps {
			ex.Steps = append(ex.Steps, kit.Step{Name: s, Title: kit.T("About "+s, "关于 "+s)})
		}
		return ex
	}
	single := Chapter{ID: "single", Title: kit.T("A single node", "单节点")}
	single.Lessons = append(single.Lessons, lesson("single/first", "One node is enough", "一个节点就够了", lab.Single, "write", "read"))
	password := lesson("single/password", "A password", "密码", lab.Single, "refuse", "auth", "change")
	password.Needs = []lab.Capability{lab.CanPause}
	single.Lessons = append(single.Lessons, password)
	repl := Chapter{ID: "replication", Title: kit.T("Master and replicas", "主从复制")}
	for i := range 20 {
		ex := lesson(fmt.Sprintf("replication/l%d", i+1), fmt.Sprintf("Lesson number %d", i+1), fmt.Sprintf("第 %d 课", i+1), func() lab.Topology { return lab.Tree(2, 1) }, "one", "two")
		ex.After = []string{"single/first"}
		repl.Lessons = append(repl.Lessons, ex)
	}
	return []Chapter{single, repl}
}

func newPage(w, h int, lang kit.Lang) (Model, *page.Common, *learner) {
	c := page.NewCommon(golden.Theme(), lang)
	c.SetSize(w, h)
	c.Backend = "inproc"
	l := &learner{finished: map[string]bool{"single/first watch": true}, passed: map[string]bool{"single/first watch write": true, "single/first watch read": true, "replication/l1 watch one": true}}
	m := New(c, chapters(), l, func(ex kit.Exercise) string {
		if len(ex.Needs) > 0 {
			return fmt.Sprintf(c.S.NeedsMissing, "pause")
		}
		return ""
	})
	return m, c, l
}

func press(m Model, keys ...string) (Model, tea.Msg) {
	var cmd tea.Cmd
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		switch k {
		case "enter":
			msg = tea.KeyMsg{Type: tea.KeyEnter}
		case "down":
			msg = tea.KeyMsg{Type: tea.KeyDown}
		case "up":
			msg = tea.KeyMsg{Type: tea.KeyUp}
		case "end":
			msg = tea.KeyMsg{Type: tea.KeyEnd}
		case "pgdown":
			msg = tea.KeyMsg{Type: tea.KeyPgDown}
		}
		m, cmd = m.Update(msg)
	}
	if cmd == nil {
		return m, nil
	}
	return m, cmd()
}

func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		for _, c := range []struct {
			name string
			lang kit.Lang
			mode kit.Mode
			keys []string
		}{
			{"first", kit.En, kit.Watch, nil},
			{"unavailable", kit.En, kit.Watch, []string{"down", "enter"}},
			{"end", kit.En, kit.Do, []string{"end"}},
			{"reset", kit.En, kit.Watch, []string{"R"}},
			{"zh", kit.Zh, kit.Do, []string{"down", "down"}},
		} {
			m, common, _ := newPage(size[0], size[1], c.lang)
			common.Mode = c.mode
			m, _ = press(m, c.keys...)
			golden.Screen(t, fmt.Sprintf("%s-%dx%d", c.name, size[0], size[1]), m.View(), size[0], size[1])
		}
	}
}

func TestKeys(t *testing.T) {
	m, _, l := newPage(80, 24, kit.En)
	if _, msg := press(m, "down", "down", "enter"); msg != (page.OpenLesson{ID: "replication/l1"}) {
		t.Errorf("enter sent %#v", msg)
	}
	if _, msg := press(m, "m"); msg != (page.SetMode{Mode: kit.Do}) {
		t.Errorf("m sent %#v", msg)
	}
	if _, msg := press(m, "q"); msg != (page.Quit{}) {
		t.Errorf("q sent %#v", msg)
	}
	if m2, _ := press(m, "up", "up"); m2.Selected().ID != "single/first" {
		t.Errorf("up from the first went to %s", m2.Selected().ID)
	}
	if m2, _ := press(m, "end", "down"); m2.Selected().ID != "replication/l20" {
		t.Errorf("down from the last went to %s", m2.Selected().ID)
	}
	for keys, want := range map[string]string{"]": "replication/l1", "] ]": "replication/l1", "] [": "single/first", "end [": "replication/l1", "[": "single/first"} {
		if m2, _ := press(m, strings.Fields(keys)...); m2.Selected().ID != want {
			t.Errorf("%s went to %s, want %s", keys, m2.Selected().ID, want)
		}
	}
	if m2, _ := press(m, "R", "enter"); m2.confirm != nil || l.resets != 0 {
		t.Errorf("enter on the question reset the progress at once (%d)", l.resets)
	}
	if _, _ = press(m, "R", "y"); l.resets != 1 {
		t.Errorf("y reset %d times", l.resets)
	}
}

func TestAfterSkipsWhatCannotBeTaken(t *testing.T) {
	m, _, _ := newPage(80, 24, kit.En)
	for id, want := range map[string]string{"single/first": "replication/l1", "replication/l19": "replication/l20", "replication/l20": ""} {
		if got := m.After(id); got != want {
			t.Errorf("after %s comes %q, want %q", id, got, want)
		}
	}
}

// The cursor is in sight wherever it stands.
func TestCursorIsSeen(t *testing.T) {
	m, _, _ := newPage(80, 24, kit.En)
	for range 25 {
		m, _ = press(m, "down")
		if !strings.Contains(m.View(), "▸") {
			t.Fatalf("the cursor at %s is not seen:\n%s", m.Selected().ID, m.View())
		}
	}
}
