package lesson

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/bubbles/spinner"
	tea "github.com/charmbracelet/bubbletea"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/console"
	"redislab/tui/topo"
)

// generation is the identity of one session; every one is another pointer.
type generation *byte

// stamped is a message of one session.
type stamped struct {
	gen generation
	msg tea.Msg
}

// Orphan handles a message whose page is gone: a lab that came up too late is torn down.
func Orphan(msg tea.Msg) tea.Cmd {
	s, ok := msg.(stamped)
	if !ok {
		return nil
	}
	if late, ok := s.msg.(startedMsg); ok && late.session != nil {
		return func() tea.Msg { _ = late.session.Close(); return nil } // nobody waits for this lab any more
	}
	return nil
}

type (
	startedMsg struct {
		session Session
		err     error
	}
	doneMsg struct {
		op      operation
		opGen   int
		err     error
		results []kit.Result
		outcome *kit.Outcome
		text    string // of a lab line: the line and its answer
	}
	viewMsg struct {
		view topo.View
		poll bool // the next picture follows by itself
	}
	inboxMsg  struct{}
	pollMsg   struct{}
	closedMsg struct {
		err  error
		next tea.Msg
	}
)

const (
	lookEvery = 400 * time.Millisecond // between two pictures of the topology
	spinEvery = 120 * time.Millisecond
	lookLimit = 2 * time.Second
)

// start opens a session and brings its lab up.
func (m *Model) start() tea.Cmd {
	m.phase, m.op, m.err = starting, opStart, nil
	ctx, cancel := context.WithCancel(m.life)
	m.cancel = cancel
	gen, open := m.gen, m.open
	return tea.Batch(m.spinning(), func() tea.Msg {
		s, err := open()
		if err != nil {
			return stamped{gen, startedMsg{err: err}}
		}
		if err := s.Start(ctx); err != nil {
			return stamped{gen, startedMsg{err: errors.Join(err, s.Close())}}
		}
		return stamped{gen, startedMsg{session: s}}
	})
}

func (m *Model) started(msg startedMsg) tea.Cmd {
	m.op = idle
	if msg.err != nil {
		m.phase, m.err = unstarted, msg.err
		return nil
	}
	m.session = msg.session
	m.session.Observe(m.inbox.progress)
	events, unsub := m.session.Subscribe()
	m.unsub = unsub
	m.happened(m.session.Events())
	go m.inbox.follow(events)
	return tea.Batch(m.enter(), m.look(true), m.listen())
}

// run starts an operation in the background; esc cancels it.
func (m *Model) run(op operation, f func(ctx context.Context, s Session) doneMsg) tea.Cmd {
	m.op, m.err, m.notice = op, nil, ""
	m.opGen++
	ctx, cancel := context.WithCancel(m.life)
	m.cancel = cancel
	gen, opGen, s := m.gen, m.opGen, m.session
	return tea.Batch(m.spinning(), func() tea.Msg {
		defer cancel()
		done := f(ctx, s)
		done.op, done.opGen = op, opGen
		if ctx.Err() != nil {
			done.err = ctx.Err()
		}
		return stamped{gen, done}
	})
}

// checked awaits the checks and, when all hold, the answer to the prediction.
func checked(ctx context.Context, s Session) doneMsg {
	done := doneMsg{results: s.Check(ctx)}
	if kit.AllOK(done.results) {
		done.outcome, done.err = s.Answer(ctx)
	}
	return done
}

// look asks for a picture; with poll the next ones follow by themselves.
func (m *Model) look(poll bool) tea.Cmd {
	if m.session == nil || m.phase == closing {
		return nil
	}
	gen, s, life := m.gen, m.session, m.life
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, lookLimit)
		defer cancel()
		return stamped{gen, viewMsg{s.View(ctx), poll}}
	}
}

func (m *Model) viewed(msg viewMsg) tea.Cmd {
	m.view = remembering(msg.view, m.view)
	targets := make([]console.Target, 0, len(m.view.Nodes)+1)
	for _, n := range m.view.Nodes {
		targets = append(targets, console.Target{ID: n.ID, Addr: n.Addr})
	}
	m.console.SetTargets(append(targets, console.Target{ID: kit.LabNode, Line: m.session.Line}))
	if !msg.poll {
		return nil
	}
	gen := m.gen
	return m.common.Later(tea.Tick(lookEvery, func(time.Time) tea.Msg { return stamped{gen, pollMsg{}} }))
}

// remembering is a picture in which the dead are still what they were when they died: a promoted replica is a master then, and
// sentinels are known by what events and the others call them. A dead node tells nothing, so the lab would say what was planned.
func remembering(v, before topo.View) topo.View {
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if n.State != topo.Killed && n.State != topo.Stopped {
			continue
		}
		for _, old := range before.Nodes {
			if old.ID != n.ID {
				continue
			}
			n.Role, n.Parent, n.Upstream = old.Role, old.Parent, old.Upstream
			if n.Sentinel == nil {
				n.Sentinel = old.Sentinel
			}
		}
	}
	return v
}

func (m *Model) dial(ctx context.Context, addr string) (net.Conn, error) {
	return m.session.Dial(ctx, addr)
}

// newSpinner is one that turns at a pace that does not distract.
func newSpinner() spinner.Model {
	dots := spinner.MiniDot
	dots.FPS = spinEvery
	return spinner.New(spinner.WithSpinner(dots))
}

// spinning sets the spinner going; it stops by itself when nothing runs any more.
func (m *Model) spinning() tea.Cmd { return m.common.Later(m.spin.Tick) }

func (m *Model) turn(msg spinner.TickMsg) tea.Cmd {
	if !m.busy() {
		return nil
	}
	var cmd tea.Cmd
	m.spin, cmd = m.spin.Update(msg)
	return m.common.Later(cmd)
}

// batch is what came in since the page last looked.
type batch struct {
	progress []kit.Progress
	events   []lab.Event
}

// inbox collects events and progress without ever making their senders wait.
type inbox struct {
	mu    sync.Mutex
	batch batch
	ring  chan struct{}
}

func newInbox() *inbox { return &inbox{ring: make(chan struct{}, 1)} }

func (b *inbox) progress(p kit.Progress) {
	b.mu.Lock()
	b.batch.progress = append(b.batch.progress, p)
	b.mu.Unlock()
	b.wake()
}

func (b *inbox) follow(events <-chan lab.Event) {
	for e := range events {
		b.mu.Lock()
		b.batch.events = append(b.batch.events, e)
		b.mu.Unlock()
		b.wake()
	}
}

func (b *inbox) wake() {
	select {
	case b.ring <- struct{}{}:
	default:
	}
}

func (b *inbox) take() batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.batch
	b.batch = batch{}
	return out
}

// listen waits for the next batch.
func (m *Model) listen() tea.Cmd {
	gen, in, life := m.gen, m.inbox, m.life
	return m.common.Later(func() tea.Msg {
		select {
		case <-in.ring:
			return stamped{gen, inboxMsg{}}
		case <-life.Done():
			return nil
		}
	})
}

// Receive takes over what has come in; Update does so when there is news.
func (m *Model) Receive() {
	news := m.inbox.take()
	m.happened(news.events)
	for _, p := range news.progress {
		m.progressed(p)
	}
}

func (m *Model) progressed(p kit.Progress) {
	switch {
	case p.Typed != nil:
		m.console.Print(p.Typed.Cmd.Node + "> " + p.Typed.Cmd.Line + "\n" + p.Typed.Reply)
	case p.Result != nil && p.Step == m.step().Name && m.busy():
		m.state().results = append(m.state().results, *p.Result)
	}
}

// stop tears the lab down in the background.
func (m *Model) stop(next tea.Msg) tea.Cmd {
	m.phase, m.op = closing, opClose
	if m.cancel != nil {
		m.cancel()
	}
	m.end()
	m.console.Close()
	gen, s, unsub := m.gen, m.session, m.unsub
	if s == nil { // it is still coming up: Start sees its context end and cleans up by itself
		return func() tea.Msg { return stamped{gen, closedMsg{next: next}} }
	}
	return tea.Batch(m.spinning(), func() tea.Msg {
		if unsub != nil {
			unsub()
		}
		return stamped{gen, closedMsg{err: s.Close(), next: next}}
	})
}

// restartMsg is sent to oneself when the old lab is gone.
type restartMsg struct{}

func (m *Model) closed(msg closedMsg) tea.Cmd {
	m.session, m.unsub, m.op = nil, nil, idle
	next := m.leaveNext
	m.leaveNext = nil
	if next == nil {
		next = msg.next
	}
	if _, again := next.(restartMsg); again {
		m.reset()
		return m.start()
	}
	return func() tea.Msg { return next }
}

// shorten keeps an error to what a line can show.
func shorten(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
