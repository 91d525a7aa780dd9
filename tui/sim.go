package main

import (
	"flag"
	"fmt"
	"testing"

	"redislab/lab/inproc"
)

// bubble runs f in simulated time. Go offers that to tests only, so f is run as one.
func bubble(f func()) error {
	if flag.Lookup("test.v") == nil {
		testing.Init()
	}
	if !flag.Parsed() {
		if err := flag.CommandLine.Parse(nil); err != nil {
			return fmt.Errorf("simulated time: %w", err)
		}
	}
	ok := testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{
		Name: "redislab", F: func(t *testing.T) { inproc.Bubble(t, func(*testing.T) { f() }) },
	}})
	if !ok {
		return fmt.Errorf("simulated time: the lesson did not end in order")
	}
	return nil
}
