package clock

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// In a bubble the wall's time is exact, so what a Controlled clock makes of it is, too.
func controlled(t *testing.T, body func(t *testing.T, c *Controlled, began time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := NewControlled()
		body(t, c, c.Now())
	})
}

func TestRunsLikeTheWall(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		if err := c.Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := c.Now().Sub(began); got < time.Minute || got > time.Minute+time.Microsecond {
			t.Errorf("slept for %s", got)
		}
	})
}

func TestSpeed(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		c.SetSpeed(10)
		wall := time.Now()
		fired := make(chan time.Duration, 1)
		c.AfterFunc(10*time.Second, func() { fired <- time.Since(wall) })
		if got := <-fired; got < time.Second || got > time.Second+time.Microsecond {
			t.Errorf("10 s at speed 10 took %s", got)
		}
		for _, x := range []struct{ set, want float64 }{{0, MinSpeed}, {-3, MinSpeed}, {math.NaN(), MinSpeed}, {1e9, MaxSpeed}, {2, 2}} {
			c.SetSpeed(x.set)
			if c.Speed() != x.want {
				t.Errorf("SetSpeed(%v) makes %v", x.set, c.Speed())
			}
		}
	})
}

func TestChangingSpeedMovesTimers(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		wall := time.Now()
		fired := make(chan time.Duration, 1)
		c.AfterFunc(10*time.Second, func() { fired <- time.Since(wall) })
		time.Sleep(5 * time.Second)
		c.SetSpeed(5)
		if got := <-fired; got < 6*time.Second || got > 6*time.Second+time.Microsecond {
			t.Errorf("5 s at 1, then at 5: fired after %s", got)
		}
	})
}

func TestPauseStepResume(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		c.Pause()
		var fired atomic.Int32
		c.AfterFunc(time.Second, func() { fired.Add(1) })
		time.Sleep(time.Hour)
		if !c.Paused() || c.Now() != began || fired.Load() != 0 {
			t.Fatalf("paused %t, %s later, %d fired", c.Paused(), c.Now().Sub(began), fired.Load())
		}
		c.Step(999 * time.Millisecond)
		synctest.Wait()
		if fired.Load() != 0 {
			t.Error("fired early")
		}
		c.Step(time.Millisecond)
		synctest.Wait()
		if fired.Load() != 1 || c.Now().Sub(began) != time.Second {
			t.Errorf("after a step of 1 s: %d fired, %s", fired.Load(), c.Now().Sub(began))
		}
		c.Resume()
		time.Sleep(time.Second)
		if got := c.Now().Sub(began); got != 2*time.Second || c.Paused() {
			t.Errorf("a second after resuming it is %s", got)
		}
	})
}

func TestStepLetsCallbacksGoOn(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		c.Pause()
		var ticks atomic.Int32
		var tick func()
		tick = func() {
			ticks.Add(1)
			c.AfterFunc(250*time.Millisecond, tick)
		}
		c.AfterFunc(250*time.Millisecond, tick)
		wall := time.Now()
		c.Step(10 * time.Second)
		synctest.Wait()
		if n := ticks.Load(); n < 39 || n > 40 {
			t.Errorf("%d ticks of 250 ms in 10 s", n)
		}
		if took := time.Since(wall); took > 500*time.Millisecond {
			t.Errorf("a step of 10 s took %s", took)
		}
		c.Pause()
	})
}

func TestStop(t *testing.T) {
	controlled(t, func(t *testing.T, c *Controlled, began time.Time) {
		fired := make(chan int, 3)
		stopped := c.AfterFunc(time.Second, func() { fired <- 1 })
		c.AfterFunc(3*time.Second, func() { fired <- 3 })
		c.AfterFunc(2*time.Second, func() { fired <- 2 })
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop tells wrongly whether it came in time")
		}
		if a, b := <-fired, <-fired; a != 2 || b != 3 {
			t.Errorf("fired: %d, %d", a, b)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	for name, make := range map[string]func() Clock{
		"wall":       func() Clock { return Wall{} },
		"controlled": func() Clock { return NewControlled() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := make()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
				if err := c.Sleep(t.Context(), -1); err != nil {
					t.Errorf("no time to sleep: %v", err)
				}
			})
		})
	}
}
