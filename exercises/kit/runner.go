package kit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redislab/lab"
)

// Mode is how an exercise is taken.
type Mode string

// The modes.
const (
	Watch Mode = "watch" // the lab acts
	Do    Mode = "do"    // the learner acts, the lab checks
)

// SkipError says that a backend cannot carry an exercise.
type SkipError struct {
	Exercise string
	Backend  string
	Missing  []lab.Capability
}

func (e *SkipError) Error() string {
	return fmt.Sprintf("%s needs %v, which backend %s does not have", e.Exercise, e.Missing, e.Backend)
}

// unsolvedFor is how long the checks of an unsolved step are watched for holding
// too early.
const unsolvedFor = 100 * time.Millisecond

// Runner takes one exercise through its steps. Its methods are called one after
// the other; Lab, Measures and Close may be called at any time.
type Runner struct {
	ex      Exercise
	backend lab.Backend
	mode    Mode
	lang    Lang
	shape   func(lab.Topology) lab.Topology
	options []lab.Option

	mu      sync.Mutex
	run     *Run
	at      int
	guesses map[int]int
	observe []func(Progress)
	closed  bool
}

// Option changes how a Runner starts its lab.
type Option func(*Runner)

// WithTopology changes the exercise's topology before it starts, for instance
// to give it fixed ports.
func WithTopology(f func(lab.Topology) lab.Topology) Option {
	return func(r *Runner) { r.shape = f }
}

// WithPorts puts the nodes on fixed ports from base upwards.
func WithPorts(base int) Option {
	return WithTopology(func(t lab.Topology) lab.Topology { return t.WithPorts(base) })
}

// WithLab passes options to lab.Start.
func WithLab(opts ...lab.Option) Option {
	return func(r *Runner) { r.options = append(r.options, opts...) }
}

// New makes a runner. Start starts the lab on the backend, which then belongs to it.
func New(ex Exercise, b lab.Backend, mode Mode, l Lang, opts ...Option) *Runner {
	r := &Runner{ex: ex, backend: b, mode: mode, lang: l, guesses: map[int]int{}}
	for _, o := range opts {
		o(r)
	}
	return r
}

// Observe adds a listener. It is called from the goroutine that drives the
// runner and must not block.
func (r *Runner) Observe(f func(Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe = append(r.observe, f)
}

func (r *Runner) tell(p Progress) {
	r.mu.Lock()
	fs := r.observe
	r.mu.Unlock()
	for _, f := range fs {
		f(p)
	}
}

// Missing lists what the exercise needs and the backend lacks.
func Missing(ex Exercise, b lab.Backend) []lab.Capability {
	return b.Capabilities().Missing(ex.Needs...)
}

// Start brings the lab up and waits until it is ready. On error nothing is left
// running. The error is a *SkipError when the backend cannot carry the exercise.
func (r *Runner) Start(ctx context.Context) error {
	if miss := Missing(r.ex, r.backend); len(miss) > 0 {
		return &SkipError{Exercise: r.ex.ID, Backend: r.backend.Name(), Missing: miss}
	}
	topo := r.ex.Topology()
	if r.ex.Short != nil && !r.backend.Capabilities().SimulatedTime {
		topo = r.ex.Short(topo)
	}
	if r.shape != nil {
		topo = r.shape(topo)
	}
	l, err := lab.Start(ctx, topo, r.backend, r.options...)
	if err != nil {
		return fmt.Errorf("%s: start the lab: %w", r.ex.ID, err)
	}
	run := newRun(l, r)
	r.mu.Lock()
	dup := r.run != nil || r.closed
	if !dup {
		r.run = run
	}
	r.mu.Unlock()
	if dup {
		return errors.Join(fmt.Errorf("%s: the runner was started or closed before", r.ex.ID), l.Close())
	}
	if err := l.WaitReady(ctx); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", r.ex.ID, err), r.Close())
	}
	if r.ex.Begin != nil {
		if err := r.ex.Begin(ctx, run); err != nil {
			return errors.Join(fmt.Errorf("%s: beginning: %w", r.ex.ID, err), r.Close())
		}
	}
	r.tell(Progress{Kind: Started})
	return nil
}

// Close tears the lab down. It may be called more than once.
func (r *Runner) Close() error {
	r.mu.Lock()
	run, closed := r.run, r.closed
	r.closed = true
	r.mu.Unlock()
	if run == nil || closed {
		return nil
	}
	run.endBackground()
	run.closeConsoles()
	err := run.Lab.Close()
	r.tell(Progress{Kind: Closed, Err: err})
	return err
}

// Exercise is what this runner takes.
func (r *Runner) Exercise() Exercise { return r.ex }

// Mode is how it is taken.
func (r *Runner) Mode() Mode { return r.mode }

// Lab is the running lab, nil before Start.
func (r *Runner) Lab() *lab.Lab {
	if run := r.current(); run != nil {
		return run.Lab
	}
	return nil
}

// Measures lists what the lesson measured so far.
func (r *Runner) Measures() []Measure {
	if run := r.current(); run != nil {
		return run.Values.Measures()
	}
	return nil
}

func (r *Runner) current() *Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.run
}

// At is the index of the current step.
func (r *Runner) At() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

// Step is the current step.
func (r *Runner) Step() Step { return r.ex.Steps[r.At()] }

// Next goes to the next step; false when there is none.
func (r *Runner) Next() bool {
	r.mu.Lock()
	more := r.at+1 < len(r.ex.Steps)
	if more {
		r.at++
	}
	r.mu.Unlock()
	if !more {
		r.tell(Progress{Kind: Finished})
	}
	return more
}

// Prose is the current step's Markdown in a language, placeholders filled in.
func (r *Runner) Prose(l Lang) string {
	p, err := r.ex.Page(l)
	if err != nil {
		return err.Error()
	}
	return r.expand(p.Steps[r.Step().Name].Body)
}

func (r *Runner) expand(s string) string {
	if run := r.current(); run != nil {
		return run.Expand(s)
	}
	return s
}

// Commands are the lines that solve the current step, placeholders filled in.
func (r *Runner) Commands() []Cmd { return r.fill(r.Step().Commands) }

// Look are the lines that only show something, placeholders filled in.
func (r *Runner) Look() []Cmd { return r.fill(r.Step().Look) }

func (r *Runner) fill(cmds []Cmd) []Cmd {
	out := append([]Cmd(nil), cmds...)
	for i := range out {
		out[i].Line = r.expand(out[i].Line)
	}
	return out
}

// Guess notes the learner's prediction for the current step.
func (r *Runner) Guess(choice int) error {
	p := r.Step().Predict
	if p == nil {
		return fmt.Errorf("step %s asks for no prediction", r.Step().Name)
	}
	if choice < 0 || choice >= len(p.Choices) {
		return fmt.Errorf("choice %d: there are %d choices, from 0", choice, len(p.Choices))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.guesses[r.at] = choice
	return nil
}
