package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"redislab/tui/widget"
)

// fakeNode answers each command with a reply from its table, over a pipe.
type fakeNode map[string]string

func (f fakeNode) dial(_ context.Context, addr string) (net.Conn, error) {
	if f == nil {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connect: connection refused")}
	}
	ours, theirs := net.Pipe()
	go func() {
		defer func() { _ = theirs.Close() }()
		r := bufio.NewReader(theirs)
		for {
			cmd, err := ReadReply(r)
			if err != nil {
				return
			}
			words := make([]string, len(cmd.Elems))
			for i, e := range cmd.Elems {
				words[i] = e.Str
			}
			reply, ok := f[strings.Join(words, " ")]
			if !ok {
				reply = "-ERR unknown at " + addr + "\r\n"
			}
			if reply == "hang" {
				_, _ = io.Copy(io.Discard, r)
				return
			}
			if _, err := io.WriteString(theirs, reply); err != nil {
				return
			}
		}
	}()
	return ours, nil
}

func testModel(f fakeNode) Model {
	m := New(f.dial, Words{Waiting: "waiting", Streaming: "streaming", Suggest: "try", NoNode: "no such node", GivenUp: "stopped", Placeholder: "type"})
	m.SetTargets([]Target{{ID: "master", Addr: "127.0.0.1:7001"}, {ID: "replica-1", Addr: "127.0.0.1:7002"},
		{ID: "lab", Line: func(_ context.Context, line string) (string, error) {
			if line == "bad" {
				return "", errors.New("no such thing")
			}
			return "did " + line, nil
		}}})
	m.SetSize(60, 8)
	m.Focus()
	return m
}

func keys(t *testing.T, m Model, ks ...tea.KeyMsg) (Model, tea.Cmd) {
	t.Helper()
	var cmd tea.Cmd
	for _, k := range ks {
		m, cmd = m.Update(k)
	}
	return m, cmd
}

func typed(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

var enter = tea.KeyMsg{Type: tea.KeyEnter}

// say types a line, presses enter and waits for what comes of it.
func say(t *testing.T, m Model, line string) Model {
	t.Helper()
	m, cmd := keys(t, m, typed(line), enter)
	if cmd != nil {
		m, _ = m.Update(cmd())
	}
	return m
}

func plain() *widget.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return widget.NewTheme(r, true, true)
}

func screen(m Model) string { return strings.Join(m.View(plain()), "\n") }

func TestLinesGoToTheTarget(t *testing.T) {
	m := testModel(fakeNode{"SET k v": "+OK\r\n", "GET k": "$1\r\nv\r\n"})
	defer m.Close()
	m = say(t, m, "SET k v")
	m = say(t, m, "@replica-1 GET k")
	m = say(t, m, "NOPE")
	m = say(t, m, "@nobody PING")
	m = say(t, m, "@lab kill master")
	m = say(t, m, "bad")
	want := []string{
		"master 127.0.0.1:7001> SET k v", "OK",
		"replica-1 127.0.0.1:7002> GET k", `"v"`,
		"replica-1 127.0.0.1:7002> NOPE", "(error) ERR unknown at 127.0.0.1:7002",
		"(error) no such node: nobody",
		"lab> kill master", "did kill master",
		"lab> bad", "(error) no such thing",
	}
	if got := strings.Join(m.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if lines := strings.Split(screen(m), "\n"); len(lines) != 8 || strings.TrimRight(lines[7], " ") != "lab> ▏type" {
		t.Errorf("screen of %d lines ends with %q", len(lines), lines[len(lines)-1])
	}
}

func TestHistoryKeysAndTargetKey(t *testing.T) {
	m := testModel(fakeNode{"PING": "+PONG\r\n"})
	defer m.Close()
	m = say(t, m, "PING")
	m, _ = keys(t, m, typed("GE"), tea.KeyMsg{Type: tea.KeyUp})
	if m.input.Value() != "PING" {
		t.Errorf("up gives %q", m.input.Value())
	}
	m, _ = keys(t, m, tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyCtrlT})
	if m.input.Value() != "GE" || m.Target().ID != "replica-1" {
		t.Errorf("down gives %q, ctrl+t %q", m.input.Value(), m.Target().ID)
	}
}

func TestSuggestionIsTakenAndTickedOff(t *testing.T) {
	m := testModel(fakeNode{"GET k": "$-1\r\n", "PING": "+PONG\r\n"})
	defer m.Close()
	m.Suggest([]Suggestion{{"replica-1", "GET k"}, {"master", "PING"}}, []Suggestion{{"replica-1", "ROLE"}, {"master", "ROLE"}})
	if !strings.Contains(screen(m), "try @replica-1 GET k") {
		t.Errorf("the suggestion is not shown:\n%s", screen(m))
	}
	m, cmd := keys(t, m, tea.KeyMsg{Type: tea.KeyRight}, enter)
	m, _ = m.Update(cmd())
	if s, _ := m.Next(); s.Line != "PING" {
		t.Errorf("next suggestion %+v, want PING", s)
	}
	if m = say(t, m, "@master ping"); len(m.suggestions) != 0 {
		t.Errorf("left: %v", m.suggestions)
	}
	if !strings.Contains(screen(m), "try @replica-1 ROLE") {
		t.Errorf("what is worth a look is not shown when all is typed:\n%s", screen(m))
	}
	m = say(t, m, "@replica-1 ROLE")
	if s, _ := m.Suggested(); s.Target != "master" {
		t.Errorf("the next look is %+v", s)
	}
	if _, ok := m.Next(); ok {
		t.Error("a look is taken for something to be typed")
	}
}

func TestWaitingCanBeGivenUp(t *testing.T) {
	m := testModel(fakeNode{"BLPOP q 0": "hang"})
	defer m.Close()
	m, cmd := keys(t, m, typed("BLPOP q 0"), enter)
	if !strings.Contains(screen(m), "waiting") || !m.Busy() {
		t.Errorf("waiting is not shown:\n%s", screen(m))
	}
	got := make(chan tea.Msg, 1)
	go func() { got <- cmd() }()
	m.Interrupt()
	m, _ = m.Update(<-got)
	if m.Busy() || !strings.HasSuffix(strings.Join(m.lines, "\n"), "(given up)") {
		t.Errorf("after giving up: %q", m.lines)
	}
}

func TestUnreachableNode(t *testing.T) {
	m := say(t, testModel(nil), "PING")
	if want := "Could not connect to Redis at 127.0.0.1:7001: Connection refused"; m.lines[1] != want {
		t.Errorf("got %q, want %q", m.lines[1], want)
	}
}

func TestViewFitsItsRoom(t *testing.T) {
	m := testModel(fakeNode{})
	defer m.Close()
	for i := range 50 {
		m.Print(fmt.Sprintf("%d 复制是单向的：从节点不接受客户端写入 %s", i, strings.Repeat("x", i*3)))
	}
	m.input.SetValue(strings.Repeat("很长的一行", 30))
	for width := 20; width < 100; width += 7 {
		m.SetSize(width, 9)
		lines := strings.Split(screen(m), "\n")
		if len(lines) != 9 {
			t.Fatalf("width %d: %d lines", width, len(lines))
		}
		for _, l := range lines {
			if widget.Width(l) > width {
				t.Errorf("width %d: %q has %d cells", width, l, widget.Width(l))
			}
		}
	}
}
