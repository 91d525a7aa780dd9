package kit

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"redislab/lab"
)

// testBudget bounds one lesson in one mode, so that a hang is a failure that says where. It is far above what the longest
// lesson takes with two votes that nobody won, on a machine with much else to do.
const testBudget = 4 * time.Minute

// testsAtOnce is how many lessons Test takes side by side: most of their time
// they wait for a cron of the servers.
const testsAtOnce = 6

// simSettle is how long goroutines get to end before a bubble is left: clients
// and servers keep timers of a few minutes.
const simSettle = 5 * time.Minute

// Answers are the right answers to the predictions of a run, by exercise and
// step. They should be the same wherever a lesson runs.
type Answers map[string]string

// Test takes every exercise in both modes on a backend, one subtest each. A
// lesson whose needs the backend does not meet is skipped with the reason.
func Test(t *testing.T, backend func(t testing.TB) lab.Backend, exs []Exercise) Answers {
	all := Answers{}
	var mu sync.Mutex
	atOnce := make(chan struct{}, testsAtOnce)
	var group sync.WaitGroup
	each(exs, func(ex Exercise, m Mode) {
		atOnce <- struct{}{}
		group.Go(func() {
			defer func() { <-atOnce }()
			t.Run(ex.ID+"/"+string(m), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), testBudget)
				defer cancel()
				answers := take(ctx, t, ex, func() *Runner {
					return New(ex, backend(t), m, En, WithPorts(ownPorts(t)))
				})
				mu.Lock()
				defer mu.Unlock()
				maps.Copy(all, answers)
			})
		})
	})
	group.Wait()
	return all
}

// TestSim is Test inside a testing/synctest bubble: time-bound lessons take
// milliseconds. The backend must keep to the bubble (no real sockets).
func TestSim(t *testing.T, backend func(t testing.TB) lab.Backend, exs []Exercise) Answers {
	all := Answers{}
	each(exs, func(ex Exercise, m Mode) {
		t.Run(ex.ID+"/"+string(m), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				maps.Copy(all, take(ctx, t, ex, func() *Runner { return New(ex, backend(t), m, En) }))
				time.Sleep(simSettle)
			})
		})
	})
	return all
}

// A test's own ports are above those that labs choose for themselves.
const (
	lowestPort = 20_000
	portRange  = 10_000
	portsEach  = 20
	stretches  = portRange / portsEach
)

// ownPorts is the base of a stretch of ports for one test: a node that is down
// must find its port again, though other lessons look for free ones at the same
// time. Whoever listens on the port below the base has the stretch.
func ownPorts(t *testing.T) int {
	t.Helper()
	h := fnv.New32a()
	_, _ = io.WriteString(h, strconv.Itoa(os.Getpid())+t.Name())
	for i := range stretches {
		first := lowestPort + (int(h.Sum32()%stretches)+i)%stretches*portsEach
		lock, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first)))
		if err != nil {
			continue
		}
		if portsFree(first+1, first+portsEach) {
			t.Cleanup(func() { _ = lock.Close() }) // nobody has connected to it
			return first + 1
		}
		_ = lock.Close() // the stretch is of no use
	}
	t.Fatal("no free stretch of ports")
	return 0
}

func portsFree(from, to int) bool {
	for p := from; p < to; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p)))
		if err != nil || l.Close() != nil {
			return false
		}
	}
	return true
}

func each(exs []Exercise, f func(Exercise, Mode)) {
	for _, ex := range exs {
		for _, m := range []Mode{Watch, Do} {
			f(ex, m)
		}
	}
}

// take runs a lesson and reports what came of it. A port that another program
// took in the meantime is no failure of the lesson: it starts again on others.
func take(ctx context.Context, t *testing.T, ex Exercise, fresh func() *Runner) Answers {
	t.Helper()
	rep, typed, err := runOnce(ctx, t, fresh())
	for range 2 {
		if len(rep.Steps) > 0 || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
		rep, typed, err = runOnce(ctx, t, fresh())
	}
	return reportOn(t, ex, rep, typed, err)
}

func runOnce(ctx context.Context, t *testing.T, r *Runner) (rep Report, typed []string, err error) {
	t.Helper()
	r.Observe(func(p Progress) {
		if p.Kind == TypedLine {
			typed = append(typed, p.Step+": "+p.Typed.Cmd.Node+"> "+p.Typed.Cmd.Line+"\n"+p.Typed.Reply)
		}
		if p.Kind == Entered {
			proseIsFilled(t, r)
		}
	})
	rep, err = r.RunAll(ctx)
	return rep, typed, err
}

func reportOn(t *testing.T, ex Exercise, rep Report, typed []string, err error) Answers {
	t.Helper()
	answers := Answers{}
	var skip *SkipError
	if errors.As(err, &skip) {
		t.Skip(skip.Error())
	}
	for _, s := range rep.Steps {
		for _, res := range s.Results {
			if !res.OK || testing.Verbose() {
				t.Logf("%s: ok=%v in %v: %s: saw %s", s.Step, res.OK, res.Took, res.Awaited, res.Seen)
			}
		}
		if s.Outcome != nil {
			t.Logf("%s: answer %q", s.Step, s.Outcome.Choice)
			answers[ex.ID+"/"+s.Step] = choiceOf(ex, s)
			if u := Unfilled(s.Outcome.Explain); u != "" {
				t.Errorf("%s: the explanation has an unfilled %s", s.Step, u)
			}
		}
	}
	for _, m := range rep.Measures {
		t.Logf("%s: %s = %s", m.Step, m.Name.En, m.Value)
	}
	if err != nil {
		t.Errorf("%v\ntyped:\n%s", err, strings.Join(typed, "\n"))
	}
	return answers
}

// choiceOf is the right answer without what the run fills in, which differs where limits are shorter.
func choiceOf(ex Exercise, s StepReport) string {
	for _, step := range ex.Steps {
		if step.Name == s.Step {
			return step.Predict.Choices[s.Outcome.Correct].En
		}
	}
	return s.Outcome.Choice
}

// proseIsFilled fails when the learner would read a raw placeholder.
func proseIsFilled(t *testing.T, r *Runner) {
	t.Helper()
	for _, l := range Langs() {
		if u := Unfilled(r.Prose(l)); u != "" {
			t.Errorf("%s: step %s: %s prose has an unfilled %s", r.Exercise().ID, r.Step().Name, l, u)
		}
	}
	for _, c := range append(r.Commands(), r.Look()...) {
		if u := Unfilled(c.Line); u != "" {
			t.Errorf("%s: step %s: command %q has an unfilled %s", r.Exercise().ID, r.Step().Name, c.Line, u)
		}
	}
}
