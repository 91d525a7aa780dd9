// Package session is a lesson page's view of a running lesson: a kit.Runner on a lab, its pictures and lines in
// the form the pages take.
//
//	reg := session.NewRegistry()
//	defer reg.CloseAll()                       // whatever happens, no lab outlives the program
//	s := reg.Open(ex, backend, kit.Watch, kit.En)
//	err := s.Start(ctx)
package session

import (
	"context"
	"errors"
	"net"
	"sync"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/ports"
	"redislab/tui/topo"
)

// Session is one taking of a lesson.
type Session struct {
	*kit.Runner
	backend lab.Backend
	reg     *Registry
	once    sync.Once
	err     error

	starting sync.Mutex // held while the lab comes up
	life     context.Context
	end      context.CancelFunc
}

// Registry knows the sessions that are open.
type Registry struct {
	mu   sync.Mutex
	open map[*Session]bool
}

// NewRegistry is one without sessions.
func NewRegistry() *Registry { return &Registry{open: map[*Session]bool{}} }

// Open makes a session on a backend, which belongs to it from here on.
func (r *Registry) Open(ex kit.Exercise, b lab.Backend, mode kit.Mode, l kit.Lang, opts ...kit.Option) *Session {
	s := &Session{Runner: kit.New(ex, b, mode, l, opts...), backend: b, reg: r}
	s.life, s.end = context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[s] = true
	return s
}

// CloseAll tears every lab down that is still there.
func (r *Registry) CloseAll() error {
	r.mu.Lock()
	var left []*Session
	for s := range r.open {
		left = append(left, s)
	}
	r.mu.Unlock()
	var errs []error
	for _, s := range left {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Start brings the lab up; its error says what helps when a port is taken. Close ends it.
func (s *Session) Start(ctx context.Context) error {
	s.starting.Lock()
	defer s.starting.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	if err := s.life.Err(); err != nil {
		return err
	}
	return ports.Hint(s.Runner.Start(ctx))
}

// Close tears the lab down, or the backend when no lab came of it. It may be called more than once, and while the lab
// comes up; all calls return when everything is gone.
func (s *Session) Close() error {
	s.end()
	s.once.Do(func() {
		s.starting.Lock()
		defer s.starting.Unlock()
		s.err = s.Runner.Close()
		if s.Lab() == nil {
			s.err = errors.Join(s.err, s.backend.Close())
		}
		s.reg.mu.Lock()
		delete(s.reg.open, s)
		s.reg.mu.Unlock()
	})
	return s.err
}

// Capabilities is what the backend can do.
func (s *Session) Capabilities() lab.Capabilities { return s.backend.Capabilities() }

// Dial connects to a node as any client would: faults on clients' links are felt.
func (s *Session) Dial(ctx context.Context, addr string) (net.Conn, error) {
	return s.backend.Dial(ctx, lab.ClientEnd, addr)
}

// Events are those so far.
func (s *Session) Events() []lab.Event { return s.Lab().Events() }

// Subscribe delivers events from now on.
func (s *Session) Subscribe() (<-chan lab.Event, func()) { return s.Lab().Subscribe() }

// Clock is the lab's clock when it can be controlled.
func (s *Session) Clock() (lab.ControlClock, bool) { return s.Lab().ControlClock() }

// Line carries out a line typed at the lab.
func (s *Session) Line(ctx context.Context, line string) (string, error) {
	return kit.LabLine(ctx, s.Lab(), line)
}

// View is the lab's picture as the pages draw it.
func (s *Session) View(ctx context.Context) topo.View {
	return Picture(s.Lab().View(ctx), s.Lab().Faults())
}
