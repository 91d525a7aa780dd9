// Package lesson is the page on which one lesson is taken: the topology live, the step's prose and commands,
// prediction, checks, event timeline and a console.
//
// It drives a Session, which a kit.Runner on a lab fulfils; tests give it one without nodes:
//
//	m := lesson.New(common, exercise, func() (lesson.Session, error) { return session.Open(…) }, store)
//	cmd := m.Init()               // starts the lab in the background
//	screen := m.View()
package lesson

import (
	"context"
	"net"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/topo"
)

// Script is what a lesson says now.
type Script interface {
	Prose(kit.Lang) string
	Expand(text string) string // fills placeholders in
	Commands() []kit.Cmd
	Look() []kit.Cmd
	Measures() []kit.Measure
}

// Driver takes a lesson through its steps. Its calls come one after the other.
type Driver interface {
	Start(ctx context.Context) error
	RunDo(ctx context.Context) error
	Solve(ctx context.Context) error
	Check(ctx context.Context) []kit.Result
	Guess(choice int) error
	Answer(ctx context.Context) (*kit.Outcome, error)
	Next() bool
	Close() error
}

// Lab is the running topology under a lesson. Its calls may come at any time after Start.
type Lab interface {
	View(ctx context.Context) topo.View
	Line(ctx context.Context, line string) (string, error) // "kill master", "delay a b 200ms", "heal" …
	Dial(ctx context.Context, addr string) (net.Conn, error)
	Events() []lab.Event // so far, oldest first
	Subscribe() (<-chan lab.Event, func())
	Observe(func(kit.Progress))
	Capabilities() lab.Capabilities
	Clock() (lab.ControlClock, bool)
}

// Session is one taking of a lesson.
type Session interface {
	Script
	Driver
	Lab
}

// Recorder keeps the learner's progress.
type Recorder interface {
	Pass(lesson, mode, step string) error
	Finish(lesson, mode string) error
}
