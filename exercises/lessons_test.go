package exercises_test

import (
	"os/exec"
	"testing"

	"redislab/exercises"
	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/lab/inproc"
	"redislab/lab/proc"
)

// TestLessons takes every lesson, in both modes, on each backend: on real
// redis-server processes (what is wrong there is wrong), on our own nodes over
// loopback TCP, and on those in simulated time. The predictions must come out
// alike.
func TestLessons(t *testing.T) {
	answers := map[string]kit.Answers{}
	t.Run("real", func(t *testing.T) {
		if _, err := exec.LookPath("redis-server"); err != nil {
			t.Skip(err)
		}
		answers["real"] = kit.Test(t, func(t testing.TB) lab.Backend {
			b, err := proc.Redis()
			if err != nil {
				t.Fatal(err)
			}
			return b
		}, exercises.All())
	})
	t.Run("inproc", func(t *testing.T) {
		answers["inproc"] = kit.Test(t, func(testing.TB) lab.Backend { return inproc.New() }, exercises.All())
	})
	t.Run("sim", func(t *testing.T) {
		answers["sim"] = kit.TestSim(t, func(testing.TB) lab.Backend { return inproc.Sim() }, exercises.All())
	})
	for where, got := range answers {
		for step, choice := range got {
			if want, ok := answers["real"][step]; ok && choice != want {
				t.Errorf("%s: the answer is %q on %s and %q on real Redis", step, choice, where, want)
			}
		}
	}
}
