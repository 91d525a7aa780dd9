package netfault

import (
	"sync"
	"time"

	"redislab/lab/clock"
)

// deadline is a read or write deadline on a lab's clock.
type deadline struct {
	clock clock.Clock

	mu      sync.Mutex
	timer   clock.Timer
	passed  chan struct{} // closed when the deadline has passed
	round   int           // tells a timer that it was replaced
	kick    func()        // called when the deadline passes
	release func()        // called when a deadline that had passed is moved
}

func newDeadline(c clock.Clock) *deadline {
	return &deadline{clock: c, passed: make(chan struct{})}
}

// wait is closed once the deadline has passed.
func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passed
}

func (d *deadline) expired() bool {
	select {
	case <-d.wait():
		return true
	default:
		return false
	}
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.round++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	select {
	case <-d.passed:
		d.passed = make(chan struct{})
		if d.release != nil {
			d.release()
		}
	default:
	}
	if t.IsZero() {
		return
	}
	left := t.Sub(d.clock.Now())
	if left <= 0 {
		d.pass()
		return
	}
	round := d.round
	d.timer = d.clock.AfterFunc(left, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.round == round {
			d.pass()
		}
	})
}

func (d *deadline) pass() {
	close(d.passed)
	if d.kick != nil {
		d.kick()
	}
}

// detach ends the calls of kick and release: what they acted on is no longer used under this deadline.
func (d *deadline) detach() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kick, d.release = nil, nil
}

// stop ends the timer for good.
func (d *deadline) stop() { d.set(time.Time{}) }
