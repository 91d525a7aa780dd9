package kit

import (
	"context"
	"io/fs"
	"time"

	"redislab/lab"
)

// DefaultWithin is how long a Check is awaited when it does not say.
const DefaultWithin = 2 * time.Second

// LabNode is the Cmd.Node of a line that is for the lab itself (kill, pause …).
const LabNode = "lab"

// Exercise is one lesson.
type Exercise struct {
	ID       string // "<chapter>/<name>", as learners and tests call it
	Chapter  string
	Title    Text // both filled from the prose by Bind
	Summary  Text
	Topology func() lab.Topology
	// Short makes the topology's time limits short, for backends where time is real. nil: it is the same everywhere.
	Short func(lab.Topology) lab.Topology
	// Begin notes what prose and steps need, once the lab is ready.
	Begin func(ctx context.Context, r *Run) error
	Needs []lab.Capability // skipped, with the reason, where the backend lacks one
	Items []int            // curriculum items this lesson is the home of
	After []string         // lessons worth taking first
	Steps []Step
	Prose fs.FS // holds <name>.en.md and <name>.zh.md; set by Bind
}

// Step is one stretch of a lesson: something is done, then seen.
type Step struct {
	Name  string
	Title Text // filled from the prose by Bind

	// Predict is asked before anything happens and answered from the run.
	Predict *Predict

	// Do is what the lab does in either mode (a load, a fault).
	Do func(ctx context.Context, r *Run) error

	// Commands is what the learner types. They solve the step, unless Solve is set.
	Commands []Cmd

	// Look lists commands that are worth typing but change nothing.
	Look []Cmd

	// Solve is the reference solution when typing Commands is not all of it.
	Solve func(ctx context.Context, r *Run) error

	Checks []Check
}

// Solvable reports whether the step leaves something for the learner to do.
func (s Step) Solvable() bool { return s.Solve != nil || len(s.Commands) > 0 }

// Cmd is one line typed at one node. Node LabNode speaks to the lab.
// {host:ID}, {port:ID}, {addr:ID}, {dir:ID} and {val:NAME} in Line are filled in from the run.
type Cmd struct{ Node, Line string }

// Predict is a question that the run answers.
type Predict struct {
	Question Text
	Choices  []Text
	// Answer computes the index of the right choice from the finished step.
	Answer func(ctx context.Context, r *Run) (int, error)
	// Explain is shown with the answer; it may use {val:NAME}.
	Explain Text
}

// Check is one assertion, awaited for a bounded time of the lab's clock.
type Check struct {
	Name   Text
	Await  Text // what is waited for, when Name does not say it
	Items  []int
	Within time.Duration
	// Begin notes a baseline just before the learner's turn (after Do).
	Begin func(ctx context.Context, r *Run) error
	// Probe looks once. A nil error means the check holds; seen says what was
	// seen either way.
	Probe func(ctx context.Context, r *Run) (seen string, err error)
}

// For names the curriculum items the check proves.
func (c Check) For(items ...int) Check {
	c.Items = append(append([]int(nil), c.Items...), items...)
	return c
}

// In sets how long the check is awaited.
func (c Check) In(d time.Duration) Check {
	c.Within = d
	return c
}

// Named replaces the check's name.
func (c Check) Named(en, zh string) Check {
	c.Name = T(en, zh)
	return c
}

func (c Check) within() time.Duration {
	if c.Within > 0 {
		return c.Within
	}
	return DefaultWithin
}

func (c Check) awaited(l Lang) string {
	if s := c.Await.In(l); s != "" {
		return s
	}
	return c.Name.In(l)
}
