package kit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// RunDo enters the current step: it carries out the lab's part, and notes the
// baselines that the checks compare with.
func (r *Runner) RunDo(ctx context.Context) error {
	run, step, err := r.live()
	if err != nil {
		return err
	}
	run.enter(step.Name)
	r.tell(Progress{Kind: Entered, Step: step.Name})
	if step.Do != nil {
		if err := step.Do(ctx, run); err != nil {
			return fmt.Errorf("%s: step %s: %w", r.ex.ID, step.Name, err)
		}
	}
	for _, c := range step.Checks {
		if c.Begin == nil {
			continue
		}
		if err := c.Begin(ctx, run); err != nil {
			return fmt.Errorf("%s: step %s: before check %q: %w", r.ex.ID, step.Name, c.Name.In(En), err)
		}
	}
	r.tell(Progress{Kind: Did, Step: step.Name})
	return nil
}

func (r *Runner) live() (*Run, Step, error) {
	run := r.current()
	if run == nil {
		return nil, Step{}, fmt.Errorf("%s: the lab is not started", r.ex.ID)
	}
	return run, r.Step(), nil
}

// Solve applies the reference solution of the current step.
func (r *Runner) Solve(ctx context.Context) error {
	run, step, err := r.live()
	if err != nil || !step.Solvable() {
		return err
	}
	if step.Solve != nil {
		err = step.Solve(ctx, run)
	} else {
		_, err = run.Type(ctx, step.Commands...)
	}
	if err != nil {
		return fmt.Errorf("%s: step %s: solve: %w", r.ex.ID, step.Name, err)
	}
	r.tell(Progress{Kind: Solved, Step: step.Name})
	return nil
}

// Check awaits every check of the current step, each for its own time. After
// one has given up the others are only looked at once.
func (r *Runner) Check(ctx context.Context) []Result {
	failed := false
	return r.check(ctx, func(c Check) time.Duration {
		if failed {
			return 0
		}
		return c.within()
	}, func(res Result) { failed = failed || !res.OK })
}

// Glance looks at every check of the current step once.
func (r *Runner) Glance(ctx context.Context) []Result {
	return r.check(ctx, func(Check) time.Duration { return 0 }, func(Result) {})
}

func (r *Runner) check(ctx context.Context, within func(Check) time.Duration, after func(Result)) []Result {
	run, step, err := r.live()
	if err != nil {
		return []Result{{Check: "lab", Seen: err.Error()}}
	}
	out := make([]Result, 0, len(step.Checks))
	for _, c := range step.Checks {
		from := run.Lab.Clock().Now()
		seen, err := run.await(ctx, c, within(c))
		res := Result{
			Step: step.Name, Check: c.Name.In(r.lang), Items: c.Items, OK: err == nil,
			Awaited: c.awaited(r.lang), Seen: seen, Took: run.Lab.Clock().Now().Sub(from),
		}
		if err != nil {
			res.Seen = joinSeen(seen, err)
		}
		after(res)
		r.tell(Progress{Kind: Checked, Step: step.Name, Result: &res})
		out = append(out, res)
	}
	return out
}

func joinSeen(seen string, err error) string {
	if seen == "" {
		return err.Error()
	}
	return seen + " (" + err.Error() + ")"
}

// Answer computes the answer to the current step's prediction from the run; nil
// when the step asks none.
func (r *Runner) Answer(ctx context.Context) (*Outcome, error) {
	run, step, err := r.live()
	if err != nil || step.Predict == nil {
		return nil, err
	}
	p := step.Predict
	n, err := p.Answer(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("%s: step %s: answer: %w", r.ex.ID, step.Name, err)
	}
	if n < 0 || n >= len(p.Choices) {
		return nil, fmt.Errorf("%s: step %s: answer %d of %d choices", r.ex.ID, step.Name, n, len(p.Choices))
	}
	r.mu.Lock()
	guess, made := r.guesses[r.at]
	r.mu.Unlock()
	if !made {
		guess = -1
	}
	o := &Outcome{
		Guess: guess, Correct: n, Right: guess == n,
		Choice: run.Expand(p.Choices[n].In(r.lang)), Explain: run.Expand(p.Explain.In(r.lang)),
	}
	r.tell(Progress{Kind: Answered, Step: step.Name, Outcome: o})
	return o, nil
}

// StepReport is what came of one step in RunAll.
type StepReport struct {
	Step     string
	Unsolved []Result // mode Do: the checks before the solution, of which one must fail
	Results  []Result
	Outcome  *Outcome
}

// Report is what came of a whole exercise in RunAll.
type Report struct {
	Exercise string
	Mode     Mode
	Steps    []StepReport
	Measures []Measure
	Took     time.Duration // of the wall
}

// ErrUnsolved is wrapped when the checks of a step hold before it is solved:
// they prove nothing.
var ErrUnsolved = errors.New("the checks hold before the step is solved")

// ErrChecks is wrapped when a check of a solved step does not hold.
var ErrChecks = errors.New("a check does not hold")

// RunAll takes the whole exercise without a learner, from Start to Close. In
// mode Do it first proves that each step which leaves something to do fails
// unsolved.
func (r *Runner) RunAll(ctx context.Context) (rep Report, err error) {
	rep = Report{Exercise: r.ex.ID, Mode: r.mode}
	began := time.Now()
	defer func() {
		rep.Measures = r.Measures()
		err = errors.Join(err, r.Close())
		rep.Took = time.Since(began)
	}()
	if err := r.Start(ctx); err != nil {
		return rep, err
	}
	for {
		sr, err := r.runStep(ctx)
		rep.Steps = append(rep.Steps, sr)
		if err != nil {
			return rep, err
		}
		if !r.Next() {
			return rep, nil
		}
	}
}

func (r *Runner) runStep(ctx context.Context) (StepReport, error) {
	step := r.Step()
	sr := StepReport{Step: step.Name}
	if err := r.RunDo(ctx); err != nil {
		return sr, err
	}
	if r.mode == Do && step.Solvable() {
		var err error
		if sr.Unsolved, err = r.mustFail(ctx); err != nil {
			return sr, err
		}
	}
	if err := r.Solve(ctx); err != nil {
		return sr, err
	}
	sr.Results = r.Check(ctx)
	for _, res := range sr.Results {
		if !res.OK {
			return sr, fmt.Errorf("%s: step %s: %w: awaited %q, saw %q", r.ex.ID, step.Name, ErrChecks, res.Awaited, res.Seen)
		}
	}
	var err error
	sr.Outcome, err = r.Answer(ctx)
	return sr, errors.Join(err, ctx.Err())
}

// mustFail watches the unsolved step for a short time of the lab's clock.
func (r *Runner) mustFail(ctx context.Context) ([]Result, error) {
	run, step, err := r.live()
	if err != nil {
		return nil, err
	}
	end := run.Lab.Clock().Now().Add(unsolvedFor)
	for {
		res := r.Glance(ctx)
		if AllOK(res) {
			return res, fmt.Errorf("%s: step %s: %w", r.ex.ID, step.Name, ErrUnsolved)
		}
		if !run.Lab.Clock().Now().Before(end) {
			return res, ctx.Err()
		}
		if err := run.Sleep(ctx, unsolvedFor/4); err != nil {
			return res, err
		}
	}
}
