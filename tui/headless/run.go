package headless

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/ports"
)

// Options say what is run and how.
type Options struct {
	Lessons []kit.Exercise
	Mode    kit.Mode
	Lang    kit.Lang
	Timeout time.Duration // for each lesson; 0: none
	Backend string        // its name, for the report
	// Open makes a fresh backend; it belongs to the lesson from then on.
	Open func() (lab.Backend, error)
	// Inside runs a lesson where its backend has to run (a bubble of simulated time); nil: right here.
	Inside func(f func()) error
	Runner []kit.Option
	Watch  io.Writer // what happens is told here as it happens; nil: nowhere
}

// Check is what came of one check.
type Check struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Awaited string `json:"awaited,omitempty"` // when it does not hold
	Seen    string `json:"seen,omitempty"`
	Millis  int64  `json:"took_ms"` // of the lab's clock
}

// Step is what came of one step.
type Step struct {
	Name     string   `json:"name"`
	OK       bool     `json:"ok"`
	Reached  bool     `json:"reached"`
	Unsolved string   `json:"unsolved,omitempty"` // mode do: how many checks held before the solution, "1/2"
	Typed    []string `json:"typed,omitempty"`
	Checks   []Check  `json:"checks"`
	Answer   string   `json:"answer,omitempty"` // to the prediction, as the run says
}

// Lesson is what came of one lesson.
type Lesson struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Status   string            `json:"status"` // "passed", "failed", "skipped"
	Error    string            `json:"error,omitempty"`
	Passed   int               `json:"checks_passed"`
	Checks   int               `json:"checks_total"`
	Steps    []Step            `json:"steps"`
	Measures map[string]string `json:"measures,omitempty"`
	Seconds  float64           `json:"took_s"` // of the wall
}

// Summary is what came of a run.
type Summary struct {
	OK      bool     `json:"ok"`
	Mode    kit.Mode `json:"mode"`
	Backend string   `json:"backend"`
	Passed  int      `json:"lessons_passed"`
	Failed  int      `json:"lessons_failed"`
	Skipped int      `json:"lessons_skipped"`
	Score   Score    `json:"score"`
	Lessons []Lesson `json:"lessons"`
	Seconds float64  `json:"took_s"`
}

// Score counts checks; those of steps that were not reached count as not passed, those of skipped lessons not at all.
type Score struct {
	Passed  int     `json:"checks_passed"`
	Total   int     `json:"checks_total"`
	Percent float64 `json:"percent"`
}

// ExitCode is 0 when all lessons passed that the backend can carry, and at least one did.
func (s Summary) ExitCode() int {
	if s.OK {
		return 0
	}
	return 1
}

// Run takes the lessons one after the other.
func Run(ctx context.Context, o Options) Summary {
	began := time.Now()
	sum := Summary{Mode: o.Mode, Backend: o.Backend, Lessons: []Lesson{}}
	for _, ex := range o.Lessons {
		if ctx.Err() != nil {
			break
		}
		l := runLesson(ctx, o, ex)
		sum.add(l)
		tell(o.Watch, "%s", lessonText(l))
	}
	sum.Seconds = time.Since(began).Seconds()
	sum.OK = sum.Failed == 0 && sum.Passed > 0 && ctx.Err() == nil
	if sum.Score.Total > 0 {
		sum.Score.Percent = float64(sum.Score.Passed*1000/sum.Score.Total) / 10
	}
	return sum
}

func (s *Summary) add(l Lesson) {
	s.Lessons = append(s.Lessons, l)
	switch l.Status {
	case "passed":
		s.Passed++
	case "skipped":
		s.Skipped++
		return
	default:
		s.Failed++
	}
	s.Score.Passed += l.Passed
	s.Score.Total += l.Checks
}

func tell(w io.Writer, format string, args ...any) {
	if w != nil {
		fmt.Fprintf(w, format, args...)
	}
}

func runLesson(ctx context.Context, o Options, ex kit.Exercise) Lesson {
	l := Lesson{ID: ex.ID, Title: ex.Title.In(o.Lang), Status: "failed", Steps: []Step{}}
	var took taking
	began := time.Now()
	if o.Inside == nil {
		took = take(ctx, o, ex)
	} else if err := o.Inside(func() { took = take(context.Background(), o, ex) }); err != nil {
		took.err = errors.Join(took.err, err) // a context from outside would keep simulated time from passing
	}
	l.Seconds = time.Since(began).Seconds()
	l.fill(ex, took.report, took.typed, o.Lang)
	var skip *kit.SkipError
	switch {
	case took.err == nil:
		l.Status = "passed"
	case errors.As(took.err, &skip):
		l.Status, l.Error = "skipped", skip.Error()
	case errors.Is(took.ended, context.DeadlineExceeded):
		l.Error = fmt.Sprintf("not done within %s (--timeout): %v", o.Timeout, took.err)
	case took.ended != nil:
		l.Error = fmt.Sprintf("interrupted: %v", took.err)
	default:
		l.Error = took.err.Error()
	}
	return l
}

// taking is what came of taking one lesson.
type taking struct {
	report kit.Report
	typed  map[string][]string // lines, by step
	err    error
	ended  error // why its context ended before it did
}

// take opens a backend and takes the lesson there.
func take(ctx context.Context, o Options, ex kit.Exercise) taking {
	b, err := o.Open()
	if err != nil {
		return taking{err: err}
	}
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Timeout)
		defer cancel()
	}
	t := taking{typed: map[string][]string{}}
	t.report, t.err = runOn(ctx, o, ex, b, t.typed)
	t.ended = ctx.Err()
	return t
}

func runOn(ctx context.Context, o Options, ex kit.Exercise, b lab.Backend, typed map[string][]string) (kit.Report, error) {
	r := kit.New(ex, b, o.Mode, o.Lang, o.Runner...)
	r.Observe(func(p kit.Progress) {
		if p.Typed != nil {
			typed[p.Step] = append(typed[p.Step], p.Typed.Cmd.Node+"> "+p.Typed.Cmd.Line)
		}
	})
	rep, err := r.RunAll(ctx)
	err = ports.Hint(err)
	if r.Lab() == nil { // the backend never became a lab's
		err = errors.Join(err, b.Close())
	}
	return rep, err
}

// fill turns a report into what is printed; steps that were not reached are there too, with nothing passed.
func (l *Lesson) fill(ex kit.Exercise, rep kit.Report, typed map[string][]string, lang kit.Lang) {
	for i, st := range ex.Steps {
		s := Step{Name: st.Name, Checks: []Check{}, Typed: typed[st.Name]}
		l.Checks += len(st.Checks)
		if i < len(rep.Steps) {
			s.fill(rep.Steps[i])
			s.OK = len(rep.Steps[i].Results) == len(st.Checks) && kit.AllOK(rep.Steps[i].Results)
		}
		for _, c := range s.Checks {
			if c.OK {
				l.Passed++
			}
		}
		l.Steps = append(l.Steps, s)
	}
	for _, m := range rep.Measures {
		if l.Measures == nil {
			l.Measures = map[string]string{}
		}
		l.Measures[m.Name.In(lang)] = m.Value
	}
}

func (s *Step) fill(rep kit.StepReport) {
	s.Reached = true
	if rep.Unsolved != nil {
		held := 0
		for _, r := range rep.Unsolved {
			if r.OK {
				held++
			}
		}
		s.Unsolved = fmt.Sprintf("%d/%d", held, len(rep.Unsolved))
	}
	for _, r := range rep.Results {
		c := Check{Name: r.Check, OK: r.OK, Seen: r.Seen, Millis: r.Took.Milliseconds()}
		if !r.OK {
			c.Awaited = r.Awaited
		}
		s.Checks = append(s.Checks, c)
	}
	if rep.Outcome != nil {
		s.Answer = rep.Outcome.Choice
	}
}
