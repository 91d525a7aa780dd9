// Package fake is a lesson session without nodes, for tests of pages: what it shows and how its checks come out is set
// by the test.
//
//	s := fake.New(exercise)
//	s.Fail("1", `GET k gave (nil)`)         // the next Check fails
//	m := lesson.New(common, exercise, s.Open, recorder)
package fake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/page/lesson"
	"redislab/tui/topo"
)

// Session is the fake. Its fields are set before it is used.
type Session struct {
	Ex       kit.Exercise
	Picture  topo.View
	StartErr error
	DoErr    error
	Answers  map[string]*kit.Outcome // by step
	Prosa    map[kit.Lang]string
	Caps     lab.Capabilities
	Ticker   *Clock               // nil: the backend's clock cannot be controlled
	Block    chan struct{}        // not nil: RunDo waits for it, or for its context
	Reply    func(string) string  // of nodes, to a whole command line; nil: +OK
	Prepared []lab.Event          // there from the start
	Taken    map[string][]Measure // by step

	mu       sync.Mutex
	at       int
	seen     map[int]string // checks that fail, by index
	calls    []string
	observer func(kit.Progress)
	subs     []chan lab.Event
	closed   int
}

// Measure is a measurement that a step shows.
type Measure = kit.Measure

// New makes a session whose checks all hold.
func New(ex kit.Exercise) *Session {
	return &Session{Ex: ex, seen: map[int]string{}, Caps: lab.Capabilities{Faults: true, OneWay: true, Delay: true, Pause: true, Events: true, ClockControl: true}}
}

var _ lesson.Session = (*Session)(nil)

// Open hands the session out, as a page asks for it.
func (s *Session) Open() (lesson.Session, error) { return s, nil }

// Fail lets a check of the current step fail, with what it saw.
func (s *Session) Fail(check int, seen string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[check] = seen
}

// Mend lets all checks hold again.
func (s *Session) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = map[int]string{}
}

// Calls lists what was called, in order.
func (s *Session) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Closed is how often the session was closed.
func (s *Session) Closed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Session) note(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *Session) step() kit.Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Ex.Steps[s.at]
}

// Prose implements lesson.Script.
func (s *Session) Prose(l kit.Lang) string { return s.Prosa[l] }

// Expand implements lesson.Script.
func (s *Session) Expand(text string) string { return text }

// Commands implements lesson.Script.
func (s *Session) Commands() []kit.Cmd { return s.step().Commands }

// Look implements lesson.Script.
func (s *Session) Look() []kit.Cmd { return s.step().Look }

// Measures implements lesson.Script.
func (s *Session) Measures() []kit.Measure { return s.Taken[s.step().Name] }

// Start implements lesson.Driver.
func (s *Session) Start(context.Context) error { s.note("start"); return s.StartErr }

// RunDo implements lesson.Driver.
func (s *Session) RunDo(ctx context.Context) error {
	s.note("do")
	if s.Block != nil {
		select {
		case <-s.Block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.DoErr
}

// Solve implements lesson.Driver: it types the step's commands.
func (s *Session) Solve(context.Context) error {
	s.note("solve")
	for _, c := range s.Commands() {
		s.tell(kit.Progress{Kind: kit.TypedLine, Step: s.step().Name, Typed: &kit.Typed{Cmd: c, Reply: "OK"}})
	}
	return nil
}

func (s *Session) tell(p kit.Progress) {
	if s.observer != nil {
		s.observer(p)
	}
}

// Check implements lesson.Driver.
func (s *Session) Check(context.Context) []kit.Result {
	s.note("check")
	step := s.step()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]kit.Result, 0, len(step.Checks))
	for i, c := range step.Checks {
		seen, bad := s.seen[i]
		if !bad {
			seen = "as wanted"
		}
		out = append(out, kit.Result{Step: step.Name, Check: c.Name.En, OK: !bad, Seen: seen, Took: time.Duration(i+1) * 3 * time.Millisecond})
	}
	return out
}

// Guess implements lesson.Driver.
func (s *Session) Guess(choice int) error { s.note(fmt.Sprintf("guess %d", choice)); return nil }

// Answer implements lesson.Driver.
func (s *Session) Answer(context.Context) (*kit.Outcome, error) { return s.Answers[s.step().Name], nil }

// Next implements lesson.Driver.
func (s *Session) Next() bool {
	s.note("next")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at+1 >= len(s.Ex.Steps) {
		return false
	}
	s.at++
	return true
}

// Close implements lesson.Driver.
func (s *Session) Close() error {
	s.note("close")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed++
	for _, ch := range s.subs {
		close(ch)
	}
	s.subs = nil
	return nil
}

// View implements lesson.Lab.
func (s *Session) View(context.Context) topo.View { return s.Picture }

// Line implements lesson.Lab.
func (s *Session) Line(_ context.Context, line string) (string, error) {
	s.note("line " + line)
	if line == "bad" {
		return "", errors.New(`unknown lab command "bad"`)
	}
	return "OK", nil
}

// Dial implements lesson.Lab: a node that answers every command.
func (s *Session) Dial(_ context.Context, addr string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go func() {
		defer func() { _ = theirs.Close() }()
		buf := make([]byte, 64<<10)
		for {
			n, err := theirs.Read(buf)
			if err != nil {
				return
			}
			reply := "+OK\r\n"
			if s.Reply != nil {
				reply = s.Reply(string(buf[:n]))
			}
			if _, err := io.WriteString(theirs, reply); err != nil {
				return
			}
		}
	}()
	return ours, nil
}

// Events implements lesson.Lab.
func (s *Session) Events() []lab.Event { return s.Prepared }

// Subscribe implements lesson.Lab.
func (s *Session) Subscribe() (<-chan lab.Event, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := make(chan lab.Event, 16)
	s.subs = append(s.subs, ch)
	return ch, func() {}
}

// Observe implements lesson.Lab.
func (s *Session) Observe(f func(kit.Progress)) { s.observer = f }

// Capabilities implements lesson.Lab.
func (s *Session) Capabilities() lab.Capabilities { return s.Caps }

// Clock implements lesson.Lab.
func (s *Session) Clock() (lab.ControlClock, bool) {
	if s.Ticker == nil {
		return nil, false
	}
	return s.Ticker, true
}

// Clock is a clock that only notes how it was operated.
type Clock struct {
	lab.ControlClock
	mu     sync.Mutex
	paused bool
	speed  float64
	passed time.Duration
}

// Pause implements lab.ControlClock.
func (c *Clock) Pause() { c.set(func() { c.paused = true }) }

// Resume implements lab.ControlClock.
func (c *Clock) Resume() { c.set(func() { c.paused = false }) }

// Step implements lab.ControlClock.
func (c *Clock) Step(d time.Duration) { c.set(func() { c.passed += d }) }

// SetSpeed implements lab.ControlClock.
func (c *Clock) SetSpeed(x float64) { c.set(func() { c.speed = x }) }

func (c *Clock) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// Paused implements lab.ControlClock.
func (c *Clock) Paused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused
}

// Speed implements lab.ControlClock.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.speed == 0 {
		return 1
	}
	return c.speed
}

// Passed is how far the clock was stepped.
func (c *Clock) Passed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed
}
