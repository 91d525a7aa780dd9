package kit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"redislab/exercises/kit/wire"
	"redislab/lab"
)

// Run is one taking of an exercise: the lab and what the steps found out.
type Run struct {
	Lab    *lab.Lab
	Lang   Lang
	Values Values

	backend lab.Backend
	observe func(Progress)
	life    context.Context // of what goes on in the background
	end     context.CancelFunc
	work    sync.WaitGroup

	mu       sync.Mutex
	step     string
	consoles map[string]*wire.Conn
}

func newRun(l *lab.Lab, r *Runner) *Run {
	run := &Run{Lab: l, Lang: r.lang, backend: r.backend, observe: r.tell}
	run.life, run.end = context.WithCancel(context.Background())
	return run
}

// Background runs f beside the steps, a load for instance, until it returns or the lesson is left, which ends its context.
func (r *Run) Background(f func(ctx context.Context)) { r.work.Go(func() { f(r.life) }) }

func (r *Run) endBackground() {
	r.end()
	r.work.Wait()
}

func splitAddr(addr string) (host, port string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr, ""
	}
	return host, port
}

// Node returns a node of the lab, or an error that names the ones there are.
func (r *Run) Node(id string) (*lab.Node, error) {
	if n := r.Lab.Node(id); n != nil {
		return n, nil
	}
	return nil, noNode(r.Lab, id)
}

func noNode(l *lab.Lab, id string) error {
	var ids []string
	for _, n := range l.Nodes() {
		ids = append(ids, n.ID())
	}
	return fmt.Errorf("no node %q in this lab, which has %v", id, ids)
}

// Sleep waits on the lab's clock: milliseconds in simulated time.
func (r *Run) Sleep(ctx context.Context, d time.Duration) error {
	return r.Lab.Clock().Sleep(ctx, d)
}

// Patience sleeps for long where time is simulated, and for short where it is real.
func (r *Run) Patience(ctx context.Context, long, short time.Duration) (time.Duration, error) {
	d := short
	if r.backend.Capabilities().SimulatedTime {
		d = long
	}
	return d, r.Sleep(ctx, d)
}

// Until looks every few milliseconds of lab time until probe holds, for at most d.
func (r *Run) Until(ctx context.Context, d time.Duration, what string, probe func(context.Context) error) error {
	check := Check{Probe: func(ctx context.Context, _ *Run) (string, error) { return "", probe(ctx) }}
	if _, err := r.await(ctx, check, d); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// The lab time between two looks of a check: a twentieth of what it has waited so far, within these bounds. What comes
// after half a minute need not be seen to the hundredth of a second, and looking costs the nodes time.
const (
	pollEvery = 10 * time.Millisecond
	pollMost  = 100 * time.Millisecond
)

// probeTimeout bounds one look, so that a frozen node cannot hold a check up.
const probeTimeout = 3 * time.Second

// await polls a check. It gives up when d has passed both on the lab's clock and
// on the wall: a sped-up lab clock does not make the nodes compute faster.
func (r *Run) await(ctx context.Context, c Check, d time.Duration) (string, error) {
	clock := r.Lab.Clock()
	from, wall := clock.Now(), time.Now()
	for {
		seen, err := r.probe(ctx, c)
		if err == nil || ctx.Err() != nil {
			return seen, errors.Join(err, ctx.Err())
		}
		if clock.Now().Sub(from) >= d && time.Since(wall) >= d {
			return seen, err
		}
		pause := min(max(clock.Now().Sub(from)/20, pollEvery), pollMost)
		if e := clock.Sleep(ctx, pause); e != nil {
			return seen, errors.Join(err, e)
		}
	}
}

func (r *Run) probe(ctx context.Context, c Check) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return c.Probe(ctx, r)
}

// Wire opens a raw connection to a node, as a client nobody has heard of.
func (r *Run) Wire(ctx context.Context, id string) (*wire.Conn, error) {
	n, err := r.Node(id)
	if err != nil {
		return nil, err
	}
	return r.WireAddr(ctx, n.Addr())
}

// WireAddr opens a raw connection to an address on the lab's network.
func (r *Run) WireAddr(ctx context.Context, addr string) (*wire.Conn, error) {
	return wire.Dial(ctx, r.dial, addr)
}

func (r *Run) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	return r.backend.Dial(ctx, lab.ClientEnd, addr)
}

// Ask sends one command on a fresh raw connection and returns the reply. An
// error reply is a value, not an error.
func (r *Run) Ask(ctx context.Context, id string, args ...string) (wire.Value, error) {
	c, err := r.Wire(ctx, id)
	if err != nil {
		return wire.Value{}, err
	}
	defer func() { _ = c.Close() }()
	return c.Do(args...)
}

// Measure records a number the lesson took, and shows it to the learner.
func (r *Run) Measure(name Text, value any) {
	m := Measure{Step: r.stepName(), Name: name, Value: fmt.Sprint(value)}
	if d, ok := value.(time.Duration); ok {
		m.Value = d.Round(readable(d)).String()
	}
	if !r.Values.measure(m) {
		return // a check that looks again: its events would push out those of the lab
	}
	r.Lab.Note("", "lesson.measure", name.In(r.Lang)+": "+m.Value, nil)
	r.tell(Progress{Kind: Measured, Step: m.Step, Measure: &m})
}

// readable is how exactly a duration is told: nobody reads the microseconds of a second.
func readable(d time.Duration) time.Duration {
	if d >= time.Second {
		return 10 * time.Millisecond
	}
	return 10 * time.Microsecond
}

func (r *Run) stepName() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.step
}

func (r *Run) enter(step string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step = step
}

func (r *Run) tell(p Progress) {
	if r.observe != nil {
		r.observe(p)
	}
}

func (r *Run) closeConsoles() {
	r.mu.Lock()
	cs := r.consoles
	r.consoles = nil
	r.mu.Unlock()
	for _, c := range cs {
		_ = c.Close()
	}
}
