package console

import (
	"context"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"

	"redislab/node/resp"
)

// Target is something a line can be typed at: a node, or the lab when Line is set.
type Target struct {
	ID, Addr string
	Line     func(ctx context.Context, line string) (string, error)
}

// Suggestion is a line worth typing next.
type Suggestion struct{ Target, Line string }

// Words are the console's own few words.
type Words struct {
	Waiting, Streaming, Suggest, NoNode, GivenUp, Placeholder string
}

// Model is the console: a prompt at one of several targets, with what came so far above it.
type Model struct {
	words   Words
	dial    Dialer
	targets []Target
	at      int
	clients map[string]*Client
	input   textinput.Model
	history History

	lines  []string
	output viewport.Model // the lines, wrapped

	running     string // ID of the target that works on a line; "" when none
	streaming   bool
	cancel      context.CancelFunc
	suggestions []Suggestion // to be typed
	looks       []Suggestion // worth typing, when there is nothing else
	focused     bool
	width       int
	height      int
}

// DoneMsg says that a line was carried out.
type DoneMsg struct {
	Target, Line, Output string
	streaming            bool
}

type streamMsg struct {
	target, output string
	err            error
}

// New makes a console that connects with dial.
func New(dial Dialer, w Words) Model {
	return Model{words: w, dial: dial, clients: map[string]*Client{}, input: newInput(), output: viewport.New(0, 0)}
}

// SetSize gives the console its room.
func (m *Model) SetSize(width, height int) {
	m.width, m.height = width, height
	m.flow()
}

// SetWords changes the language.
func (m *Model) SetWords(w Words) { m.words = w }

// Focus lets the console take keys; Blur stops it.
func (m *Model) Focus() { m.focused = true }

// Blur stops taking keys.
func (m *Model) Blur() { m.focused = false }

// Focused reports whether the console takes keys.
func (m Model) Focused() bool { return m.focused }

// Empty reports whether nothing is typed.
func (m Model) Empty() bool { return m.input.Value() == "" }

// Busy reports whether a line is being carried out or a stream is read.
func (m Model) Busy() bool { return m.running != "" }

// SetTargets says who can be typed at. The current one is kept by its ID; a target whose
// address changed gets a new connection.
func (m *Model) SetTargets(ts []Target) {
	current := m.Target().ID
	for _, t := range ts {
		if c := m.clients[t.ID]; c != nil && c.addr != t.Addr {
			c.Close()
			delete(m.clients, t.ID)
		}
	}
	m.targets, m.at = ts, 0
	m.Select(current)
}

// Target is the one that lines go to.
func (m Model) Target() Target {
	if m.at < len(m.targets) {
		return m.targets[m.at]
	}
	return Target{}
}

// Select makes a target the current one; false when there is none of that ID.
func (m *Model) Select(id string) bool {
	for i, t := range m.targets {
		if t.ID == id {
			m.at = i
			return true
		}
	}
	return false
}

// Suggest sets the lines to be typed, next one first, and those that are worth it when these are done.
func (m *Model) Suggest(s, looks []Suggestion) { m.suggestions, m.looks = s, looks }

// Next is the line to be typed now.
func (m Model) Next() (Suggestion, bool) {
	if len(m.suggestions) == 0 {
		return Suggestion{}, false
	}
	return m.suggestions[0], true
}

// Suggested is the line that the prompt offers now: the next one to be typed, or one that is worth a look.
func (m Model) Suggested() (Suggestion, bool) {
	if s, ok := m.Next(); ok {
		return s, true
	}
	if len(m.looks) == 0 {
		return Suggestion{}, false
	}
	return m.looks[0], true
}

// Close drops all connections and ends what is being waited for.
func (m *Model) Close() {
	if m.cancel != nil {
		m.cancel()
	}
	for _, c := range m.clients {
		c.Close()
	}
}

// Update handles keys while focused, and the console's own messages always.
func (m Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	switch msg := msg.(type) {
	case DoneMsg:
		return m.done(msg)
	case streamMsg:
		return m.streamed(msg)
	case tea.KeyMsg:
		if m.focused {
			return m.key(msg)
		}
		return m, nil
	}
	return m.edit(msg) // the clipboard's text, asked for by ctrl+v, comes as a message of the input's own
}

// edit hands the input what the console has no use for.
func (m Model) edit(msg tea.Msg) (Model, tea.Cmd) {
	var cmd tea.Cmd
	m.input, cmd = m.input.Update(msg)
	return m, cmd
}

func (m Model) key(msg tea.KeyMsg) (Model, tea.Cmd) {
	switch msg.String() {
	case "enter":
		return m.submit()
	case "up":
		m.setInput(m.history.Back(m.input.Value()))
	case "down":
		m.setInput(m.history.Forward(m.input.Value()))
	case "pgup":
		m.output.HalfPageUp()
	case "pgdown":
		m.output.HalfPageDown()
	case "ctrl+t":
		m.at = (m.at + 1) % max(1, len(m.targets))
	case "ctrl+l":
		m.clear()
	case "right":
		if !m.Empty() {
			return m.edit(msg)
		}
		m.accept()
	default:
		return m.edit(msg)
	}
	return m, nil
}

// accept puts the suggested line on the prompt of the node it is for.
func (m *Model) accept() {
	if s, ok := m.Suggested(); ok && m.Select(s.Target) {
		m.setInput(s.Line)
	}
}

// Interrupt gives up what is being waited for; false when nothing is.
func (m *Model) Interrupt() bool {
	if m.running == "" {
		return false
	}
	if m.cancel != nil {
		m.cancel()
	}
	return true
}

func (m Model) submit() (Model, tea.Cmd) {
	line := strings.TrimSpace(m.input.Value())
	if line == "" || m.running != "" || len(m.targets) == 0 {
		return m, nil
	}
	m.setInput("")
	m.history.Add(line)
	if rest, ok := strings.CutPrefix(line, "@"); ok {
		id, after, _ := strings.Cut(rest, " ")
		if !m.Select(id) {
			m.Print("(error) " + m.words.NoNode + ": " + id)
			return m, nil
		}
		if line = strings.TrimSpace(after); line == "" {
			return m, nil
		}
	}
	m.Print(m.Prompt() + line)
	return m.start(line)
}

// start carries a line out in the background.
func (m Model) start(line string) (Model, tea.Cmd) {
	t := m.Target()
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel, m.running = cancel, t.ID
	if t.Line != nil {
		return m, func() tea.Msg {
			defer cancel()
			out, err := t.Line(ctx, line)
			switch {
			case ctx.Err() != nil:
				out = "(given up)"
			case err != nil:
				out = "(error) " + err.Error()
			}
			return DoneMsg{Target: t.ID, Line: line, Output: out}
		}
	}
	args, ok := splitLine(line)
	switch {
	case !ok:
		cancel()
		m.running = ""
		m.Print("Invalid argument(s)")
		return m, nil
	case strings.EqualFold(args[0], "clear"):
		cancel()
		m.running = ""
		m.clear()
		return m, nil
	}
	c := m.client(t)
	return m, func() tea.Msg {
		defer cancel()
		out := c.Do(ctx, args)
		return DoneMsg{Target: t.ID, Line: line, Output: out, streaming: c.Streaming}
	}
}

func (m *Model) client(t Target) *Client {
	if m.clients[t.ID] == nil {
		m.clients[t.ID] = NewClient(t.Addr, m.dial)
	}
	return m.clients[t.ID]
}

// splitLine splits as redis-cli does; a line that starts with redis-cli itself loses that word,
// since prose copied from elsewhere often has it.
func splitLine(line string) ([]string, bool) {
	words, ok := resp.SplitArgs([]byte(line))
	if !ok || len(words) == 0 {
		return nil, false
	}
	args := make([]string, len(words))
	for i, w := range words {
		args[i] = string(w)
	}
	if args[0] == "redis-cli" && len(args) > 1 && !strings.HasPrefix(args[1], "-") {
		args = args[1:]
	}
	return args, true
}

func (m Model) done(msg DoneMsg) (Model, tea.Cmd) {
	m.running = ""
	if msg.Output != "" {
		m.Print(msg.Output)
	}
	switch {
	case len(m.suggestions) > 0 && sameLine(m.suggestions[0], msg):
		m.suggestions = m.suggestions[1:]
	case len(m.looks) > 0 && sameLine(m.looks[0], msg):
		m.looks = m.looks[1:]
	}
	if !msg.streaming {
		return m, nil
	}
	m.Print(m.words.Streaming)
	ctx, cancel := context.WithCancel(context.Background())
	m.running, m.cancel, m.streaming = msg.Target, cancel, true
	return m, m.next(ctx, msg.Target)
}

func sameLine(s Suggestion, msg DoneMsg) bool {
	return s.Target == msg.Target && strings.EqualFold(strings.Join(strings.Fields(s.Line), " "), strings.Join(strings.Fields(msg.Line), " "))
}

func (m Model) next(ctx context.Context, target string) tea.Cmd {
	c := m.clients[target]
	return func() tea.Msg {
		out, err := c.Next(ctx)
		return streamMsg{target, out, err}
	}
}

func (m Model) streamed(msg streamMsg) (Model, tea.Cmd) {
	if msg.output != "" {
		m.Print(msg.output)
	}
	if msg.err != nil || m.clients[msg.target] == nil {
		m.running, m.streaming = "", false
		m.Print(m.words.GivenUp)
		return m, nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	return m, m.next(ctx, msg.target)
}

// Prompt is the text before what is typed: the node's ID and redis-cli's own prompt.
func (m Model) Prompt() string {
	t := m.Target()
	if t.Line != nil || t.ID == "" {
		return t.ID + "> "
	}
	if c := m.clients[t.ID]; c != nil && m.running != t.ID {
		return t.ID + " " + c.Prompt()
	}
	return t.ID + " " + t.Addr + "> "
}
