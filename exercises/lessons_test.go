package exercises_test

import (
	"os/exec"
	"sync"
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
// alike. The three run side by side, as most of it is waiting.
func TestLessons(t *testing.T) {
	var onReal, onOurs, simulated kit.Answers
	var group sync.WaitGroup
	group.Go(func() {
		t.Run("real", func(t *testing.T) {
			if _, err := exec.LookPath("redis-server"); err != nil {
				t.Skip(err)
			}
			onReal = kit.Test(t, func(t testing.TB) lab.Backend {
				b, err := proc.Redis()
				if err != nil {
					t.Fatal(err)
				}
				return b
			}, exercises.All())
		})
	})
	group.Go(func() {
		t.Run("inproc", func(t *testing.T) {
			onOurs = kit.Test(t, func(testing.TB) lab.Backend { return inproc.New() }, exercises.All())
		})
	})
	group.Go(func() {
		t.Run("sim", func(t *testing.T) {
			simulated = kit.TestSim(t, func(testing.TB) lab.Backend { return inproc.Sim() }, exercises.All())
		})
	})
	group.Wait()
	for where, got := range map[string]kit.Answers{"inproc": onOurs, "sim": simulated} {
		for step, choice := range got {
			if want, ok := onReal[step]; ok && choice != want {
				t.Errorf("%s: the answer is %q on %s and %q on real Redis", step, choice, where, want)
			}
		}
	}
}
