package exercises_test

import (
	"testing"

	"redislab/exercises"
	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/lab/inproc"
)

// TestInProcess takes every lesson on our own nodes over loopback TCP.
func TestInProcess(t *testing.T) {
	kit.Test(t, func(testing.TB) lab.Backend { return inproc.New() }, exercises.All())
}

// TestSimulated takes every lesson in simulated time.
func TestSimulated(t *testing.T) {
	kit.TestSim(t, func(testing.TB) lab.Backend { return inproc.Sim() }, exercises.All())
}
