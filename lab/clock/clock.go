// Package clock says what time it is in a lab and when to be called back.
//
// Everything in a lab that waits takes a Clock, so that the same code runs on
// wall time, inside a testing/synctest bubble (where package time itself is
// simulated and [Wall] follows it), or on a [Controlled] clock that a learner
// pauses, steps and speeds up:
//
//	c := clock.NewControlled()
//	c.Pause()
//	c.AfterFunc(10*time.Second, func() { fmt.Println("ten lab seconds later") })
//	c.Step(10 * time.Second)
package clock

import (
	"context"
	"time"
)

// Timer is a pending callback.
type Timer interface {
	// Stop prevents the callback and reports whether it came in time to do so.
	Stop() bool
}

// Clock is the time a lab runs on.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in its own goroutine once d has passed on this clock.
	AfterFunc(d time.Duration, f func()) Timer
	// Sleep waits for d on this clock, or until ctx ends, whose error it returns then.
	Sleep(ctx context.Context, d time.Duration) error
}

// Control is a clock that can be operated.
type Control interface {
	Clock
	Pause()
	Resume()
	// Step lets d pass, quickly, whether the clock is paused or not.
	Step(d time.Duration)
	// SetSpeed sets how many lab seconds pass in a wall second (kept within MinSpeed and MaxSpeed).
	SetSpeed(x float64)
	Speed() float64
	Paused() bool
}

// Wall is the time of package time: the machine's, or the bubble's inside testing/synctest.
type Wall struct{}

// Now implements Clock.
func (Wall) Now() time.Time { return time.Now() }

// AfterFunc implements Clock.
func (Wall) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// Sleep implements Clock.
func (w Wall) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, w, d) }

func sleep(ctx context.Context, c Clock, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	done := make(chan struct{})
	t := c.AfterFunc(d, func() { close(done) })
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		t.Stop()
		return ctx.Err()
	}
}
