package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"redislab/lab/inproc"
)

// simulated runs body as the body of a Go test, since Go offers simulated time to tests only. A lesson is to be run
// in what body is given. It does not return: the program ends with 0 when body says that all is well, and with 1 else.
func simulated(body func(inside func(lesson func()) error) bool) error {
	testing.Init()
	if err := flag.CommandLine.Parse(nil); err != nil { // the test's flags keep their defaults; ours are cobra's
		return fmt.Errorf("simulated time: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("simulated time: %w", err)
	}
	os.Stdout = null // package testing says PASS there, which is not for whoever reads our output
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "redislab", F: func(t *testing.T) {
		if !body(func(lesson func()) error { return inBubble(t, lesson) }) {
			t.Fail()
		}
	}}}, nil, nil)
	return errors.New("simulated time: the test did not end the program")
}

// inBubble runs a lesson in a bubble of its own.
func inBubble(t *testing.T, lesson func()) error {
	if !t.Run("lesson", func(t *testing.T) { inproc.Bubble(t, func(*testing.T) { lesson() }) }) {
		return errors.New("simulated time: the lesson did not end in order")
	}
	return nil
}
