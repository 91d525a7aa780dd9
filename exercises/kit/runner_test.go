package kit

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"redislab/exercises/kit/wire"
	"redislab/lab"
	"redislab/lab/inproc"
)

func holds(context.Context, *Run) (string, error) { return "fine", nil }

// value expects a key's value.
func value(key, want string) Check {
	return Check{
		Name: T(key+" is "+want, key+" 是 "+want), Within: time.Second,
		Probe: func(ctx context.Context, r *Run) (string, error) {
			got, err := r.Lab.Node("master").Client().Get(ctx, key).Result()
			if err == nil && got != want {
				err = errors.New("not " + want)
			}
			return got, err
		},
	}
}

func lesson(steps ...Step) Exercise {
	var en strings.Builder
	en.WriteString("# T\n\nS.\n")
	for _, s := range steps {
		en.WriteString("\n## " + s.Name + ": N\n\nAt {addr:master}.\n")
	}
	prose := fstest.MapFS{
		"x.en.md": {Data: []byte(en.String())}, "x.zh.md": {Data: []byte(en.String())},
	}
	return Bind(prose, Exercise{ID: "t/x", Chapter: "t", Topology: lab.Single, Steps: steps})[0]
}

func write(key, v string) Step {
	return Step{Name: key, Commands: []Cmd{{"master", "SET " + key + " " + v}}, Checks: []Check{value(key, v)}}
}

// inBubble runs a lesson in simulated time and returns what came of it.
func inBubble(t *testing.T, ex Exercise, m Mode, then func(r *Runner, rep Report, err error)) {
	t.Helper()
	inproc.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := New(ex, inproc.Sim(), m, En)
		rep, err := r.RunAll(ctx)
		then(r, rep, err)
	})
}

func TestRunAllSolvesByTyping(t *testing.T) {
	for _, m := range []Mode{Watch, Do} {
		var kinds []ProgressKind
		inproc.Bubble(t, func(t *testing.T) {
			r := New(lesson(write("a", "1"), write("b", "2")), inproc.Sim(), m, En)
			r.Observe(func(p Progress) { kinds = append(kinds, p.Kind) })
			rep, err := r.RunAll(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Steps) != 2 || !AllOK(rep.Steps[1].Results) || rep.Steps[1].Results[0].Seen != "2" {
				t.Errorf("mode %s: report %+v", m, rep)
			}
			if unsolved := rep.Steps[0].Unsolved; (m == Do) != (len(unsolved) == 1 && !AllOK(unsolved)) {
				t.Errorf("mode %s: unsolved %+v", m, unsolved)
			}
		})
		if kinds[0] != Started || kinds[len(kinds)-1] != Closed || kinds[len(kinds)-2] != Finished {
			t.Errorf("mode %s: progress %v", m, kinds)
		}
	}
}

func TestACheckThatHoldsUnsolvedIsAnError(t *testing.T) {
	step := write("a", "1")
	step.Checks = []Check{{Name: T("always", "总是"), Probe: holds}}
	inBubble(t, lesson(step), Do, func(_ *Runner, _ Report, err error) {
		if !errors.Is(err, ErrUnsolved) {
			t.Errorf("error %v, want ErrUnsolved", err)
		}
	})
	inBubble(t, lesson(step), Watch, func(_ *Runner, _ Report, err error) {
		if err != nil {
			t.Errorf("mode watch: %v", err)
		}
	})
}

func TestAFailingCheckSaysWhatItSaw(t *testing.T) {
	step := write("a", "1")
	step.Checks = []Check{value("a", "2")}
	inBubble(t, lesson(step), Watch, func(_ *Runner, rep Report, err error) {
		if !errors.Is(err, ErrChecks) || !strings.Contains(err.Error(), `awaited "a is 2", saw "1 (not 2)"`) {
			t.Errorf("error %v", err)
		}
		if took := rep.Steps[0].Results[0].Took; took < time.Second || took > 2*time.Second {
			t.Errorf("it was awaited for %v, want a second", took)
		}
	})
}

// A check that is polled measures the same again and again; once is news.
func TestTheSameMeasureIsNotedOnce(t *testing.T) {
	look := 0
	step := Step{Name: "s", Checks: []Check{{Name: T("m", "m"), Within: time.Second, Probe: func(_ context.Context, r *Run) (string, error) {
		look++
		r.Measure(T("round", "轮"), min(look, 2))
		if look < 20 {
			return "", errors.New("again")
		}
		notes := 0
		for _, e := range r.Lab.Events() {
			if e.Kind == "lesson.measure" {
				notes++
			}
		}
		if notes != 2 {
			t.Errorf("%d events of two values", notes)
		}
		return "", nil
	}}}}
	inBubble(t, lesson(step), Watch, func(_ *Runner, rep Report, err error) {
		if err != nil || len(rep.Measures) != 1 || rep.Measures[0].Value != "2" {
			t.Errorf("measures %v, error %v", rep.Measures, err)
		}
	})
}

func TestPredictionsAreAnsweredFromTheRun(t *testing.T) {
	step := write("a", "1")
	step.Predict = &Predict{
		Question: T("q", "问"), Choices: []Text{T("zero", "零"), T("one", "一")}, Explain: T("It is {val:seen}.", "是 {val:seen}。"),
		Answer: func(ctx context.Context, r *Run) (int, error) {
			n, err := r.Lab.Node("master").Client().Get(ctx, "a").Int()
			Key[int]("seen").Set(r, n)
			return n, err
		},
	}
	inproc.Bubble(t, func(t *testing.T) {
		r := New(lesson(step), inproc.Sim(), Watch, En)
		if err := r.Guess(2); err == nil {
			t.Error("a choice that is not there was taken")
		}
		if err := r.Guess(1); err != nil {
			t.Error(err)
		}
		rep, err := r.RunAll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := Outcome{Guess: 1, Correct: 1, Right: true, Choice: "one", Explain: "It is 1."}
		if o := rep.Steps[0].Outcome; o == nil || *o != want {
			t.Errorf("outcome %+v, want %+v", o, want)
		}
	})
}

func TestMissingCapabilitySkips(t *testing.T) {
	ex := lesson(write("a", "1"))
	ex.Needs = []lab.Capability{lab.CanRealRedis}
	inBubble(t, ex, Watch, func(_ *Runner, _ Report, err error) {
		var skip *SkipError
		if !errors.As(err, &skip) || skip.Missing[0] != lab.CanRealRedis {
			t.Errorf("error %v, want a SkipError", err)
		}
	})
}

func TestCancelEndsAWaitingCheck(t *testing.T) {
	step := Step{Name: "a", Checks: []Check{value("never", "x").In(time.Hour)}}
	inproc.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := New(lesson(step), inproc.Sim(), Watch, En)
		r.Observe(func(p Progress) {
			if p.Kind == Did {
				time.AfterFunc(time.Minute, cancel)
			}
		})
		from := time.Now()
		_, err := r.RunAll(ctx)
		if err == nil || time.Since(from) > 2*time.Minute {
			t.Errorf("after %v: error %v", time.Since(from), err)
		}
		if st := r.Lab().Node("master").State(); st != lab.StateKilled {
			t.Errorf("after RunAll the node is %s", st)
		}
	})
}

func TestAFailingDoEndsTheRun(t *testing.T) {
	boom := errors.New("boom")
	step := Step{Name: "a", Do: func(context.Context, *Run) error { return boom }, Checks: []Check{value("a", "1")}}
	inBubble(t, lesson(step), Watch, func(r *Runner, _ Report, err error) {
		if !errors.Is(err, boom) || !strings.Contains(err.Error(), "t/x: step a") {
			t.Errorf("error %v", err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	})
}

// A node that refuses is a result; one that was never there is a mistake of the lesson's.
func TestTypingAtNoNodeEndsTheRun(t *testing.T) {
	step := write("a", "1")
	step.Commands[0].Node = "slave"
	inBubble(t, lesson(step), Watch, func(_ *Runner, _ Report, err error) {
		if err == nil || !strings.Contains(err.Error(), `no node "slave" in this lab, which has [master]`) {
			t.Errorf("error %v", err)
		}
	})
}

func TestLabLines(t *testing.T) {
	inproc.Bubble(t, func(t *testing.T) {
		l := lab.Run(t, lab.OneToOne(), inproc.Sim())
		for _, line := range []string{
			"pause replica-1", "resume replica-1", "kill replica-1", "restart replica-1", "stop replica-1",
			"restart replica-1", "cut master replica-1", "heal", "isolate replica-1", "heal", "wait 3s", "write master 5000",
		} {
			if _, err := LabLine(t.Context(), l, line); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		for _, line := range []string{"", "explode", "kill", "kill nobody", "wait long", "write master many"} {
			if out, err := LabLine(t.Context(), l, line); err == nil {
				t.Errorf("%q was taken: %s", line, out)
			}
		}
	})
}

func TestWriteBytesGrowsTheStreamByThatMuch(t *testing.T) {
	inproc.Bubble(t, func(t *testing.T) {
		l := lab.Run(t, lab.OneToOne().With(lab.Directive{Name: "repl-ping-replica-period", Value: "3600"}), inproc.Sim())
		m := l.MustNode("master")
		offset := func() int64 {
			info, err := m.Info(t.Context(), "replication")
			if err != nil {
				t.Fatal(err)
			}
			return parse(t, info["master_repl_offset"])
		}
		if err := m.Do(t.Context(), "SET", "warm", "up").Err(); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{100, 1024, 5000, 65536} {
			before := offset()
			if err := WriteBytes(t.Context(), m, n); err != nil {
				t.Fatal(err)
			}
			grown, slack := offset()-before, wire.Size("SET", FillerKey, "xx")
			if grown > int64(n) || grown < int64(n)-slack {
				t.Errorf("WriteBytes(%d) grew the stream by %d", n, grown)
			}
		}
	})
}

func parse(t *testing.T, s string) int64 {
	t.Helper()
	var n int64
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n
}
