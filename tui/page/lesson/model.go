package lesson

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/spinner"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/tui/console"
	"redislab/tui/page"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

// phase is where the learner stands in a step; it decides what enter does.
type phase int

const (
	starting   phase = iota // the lab comes up
	unstarted               // it did not
	predicting              // a prediction is asked for
	ready                   // the lab's part is next
	acting                  // the learner's turn (mode do)
	failed                  // checks did not hold, or the lab's part went wrong
	passed                  // all checks hold
	finished                // the last step is passed
	closing                 // the lab is torn down
)

// operation is what runs in the background now.
type operation int

const (
	idle operation = iota
	opStart
	opScene // the lab's part before the learner's turn
	opRun   // the whole step, by the lab
	opCheck
	opSolve
	opLab // a fault or a node action
	opClose
)

// pane is a part of the page that can have the focus.
type pane int

const (
	stepPane pane = iota
	checksPane
	consolePane
	eventsPane
	paneCount
)

// stepState is what is known of a step that was begun.
type stepState struct {
	guess   int // -1: none
	outcome *kit.Outcome
	results []kit.Result
	solved  bool                // by the lab, in mode do
	prose   map[kit.Lang]string // kept when the step is left, to be read again
}

// Model is the page.
type Model struct {
	common *page.Common
	keys   page.KeyMap
	ex     kit.Exercise
	open   func() (Session, error)
	record Recorder
	mode   kit.Mode

	session Session
	gen     generation // so that messages of an older session are known
	life    context.Context
	end     context.CancelFunc

	phase  phase
	op     operation
	opGen  int
	cancel context.CancelFunc
	spin   spinner.Model
	err    error
	notice string

	at      int
	reading int // the step whose prose is shown: at, or an earlier one
	steps   []stepState
	cursor  int // in the choices of a prediction

	view      topo.View
	timeline  timeline
	lanes     bool      // the events pane shows failovers
	zero      time.Time // of the timeline: the first event, on the lab's clock
	focus     pane
	views     [paneCount]viewport.Model // what is scrolled to; the console has its own
	console   console.Model
	menus     []openMenu
	inbox     *inbox
	unsub     func()
	leaveNext tea.Msg // what to send when the lab is torn down
}

// New makes the page; Init starts the lab.
func New(c *page.Common, ex kit.Exercise, open func() (Session, error), r Recorder) *Model {
	m := &Model{common: c, keys: page.LessonKeys(), ex: ex, open: open, record: r, mode: c.Mode}
	m.reset()
	return m
}

func (m *Model) reset() {
	m.gen = new(byte)
	m.life, m.end = context.WithCancel(context.Background())
	m.phase, m.op, m.err, m.notice = starting, idle, nil, ""
	m.at, m.reading, m.cursor = 0, 0, 0
	m.steps = make([]stepState, len(m.ex.Steps))
	for i := range m.steps {
		m.steps[i].guess = -1
	}
	m.view, m.zero, m.focus = topo.View{}, time.Time{}, stepPane
	m.views, m.timeline, m.spin = newViews(), timeline{}, newSpinner()
	m.inbox = newInbox()
	m.console = console.New(m.dial, m.consoleWords())
	m.SetSize()
}

// Init starts the lab in the background.
func (m *Model) Init() tea.Cmd { return m.start() }

// Lesson is the ID of the lesson that is taken.
func (m *Model) Lesson() string { return m.ex.ID }

// Typing reports whether letters go to the console, and so not to key bindings.
func (m *Model) Typing() bool { return m.focus == consolePane && len(m.menus) == 0 }

// SetSize lays the page out anew; the size is the common one.
func (m *Model) SetSize() {
	r := m.layout()
	m.console.SetSize(r.console.inner())
}

// SetLang takes the common language over.
func (m *Model) SetLang() {
	m.console.SetWords(m.consoleWords())
	m.menus = nil // their texts are of the old language
}

func (m *Model) consoleWords() console.Words {
	s := m.common.S
	return console.Words{
		Waiting: s.ConsoleWaiting, Streaming: s.ConsoleStreaming, Suggest: s.ConsoleTry, NoNode: s.ConsoleNoNode,
		GivenUp: s.ConsoleStopped, Placeholder: s.ConsolePlaceholder,
	}
}

func (m *Model) step() kit.Step { return m.ex.Steps[m.at] }

func (m *Model) state() *stepState { return &m.steps[m.at] }

// Close tears the lab down in the background and then sends next.
func (m *Model) Close(next tea.Msg) tea.Cmd {
	m.leaveNext = next
	if m.phase == closing {
		return nil
	}
	return m.stop(next)
}

// Update takes messages; those of an older session are dropped.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return m.key(msg)
	case console.DoneMsg:
		cmd := m.updateConsole(msg)
		return tea.Batch(cmd, m.look(false))
	case spinner.TickMsg:
		return m.turn(msg)
	case stamped:
		if msg.gen != m.gen {
			return Orphan(msg)
		}
		return m.handle(msg.msg)
	}
	return m.updateConsole(msg)
}

func (m *Model) updateConsole(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	m.console, cmd = m.console.Update(msg)
	return cmd
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case startedMsg:
		return m.started(msg)
	case doneMsg:
		return m.done(msg)
	case viewMsg:
		return m.viewed(msg)
	case inboxMsg:
		m.Receive()
		return m.listen()
	case pollMsg:
		return m.look(true)
	case closedMsg:
		return m.closed(msg)
	}
	return nil
}

// busy reports whether something runs in the background that enter must not start twice.
func (m *Model) busy() bool { return m.op != idle }

// say puts a line at the bottom until the next key.
func (m *Model) say(text string) { m.notice = widget.Cut(text, 400) }
