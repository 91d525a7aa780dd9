package clock

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// The speeds that SetSpeed accepts; others are taken for the nearer of them.
const (
	MinSpeed = 0.01
	MaxSpeed = 100
)

// A step lets time pass in slices, with a rest after each, so that what the callbacks set going (messages between
// nodes, further callbacks) happens at about the lab time it would happen at otherwise.
const (
	stepSlice = 100 * time.Millisecond
	stepRest  = time.Millisecond
)

// Controlled is a clock over wall time that can be paused, stepped and sped up. It starts at the wall's time, running
// at its speed. It needs no goroutine of its own; nothing is left of it when its timers have been stopped or fired.
type Controlled struct {
	stepping sync.Mutex // one step at a time

	mu     sync.Mutex
	base   time.Time // the lab's time when the wall's was since
	since  time.Time
	speed  float64
	paused bool
	timers timerHeap
	wake   *time.Timer // fires when the earliest timer is due; nil when there is none, or the clock is paused
	seq    uint64
}

// NewControlled makes a clock that runs like the wall's until told otherwise.
func NewControlled() *Controlled {
	now := time.Now()
	return &Controlled{base: now, since: now, speed: 1}
}

// Now implements Clock.
func (c *Controlled) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Controlled) now() time.Time {
	if c.paused {
		return c.base
	}
	return c.base.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// rebase makes the present the point that time is counted from; then what it is counted by may change.
func (c *Controlled) rebase() {
	c.base = c.now()
	c.since = time.Now()
}

// AfterFunc implements Clock.
func (c *Controlled) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	t := &timer{clock: c, due: c.now().Add(d), seq: c.seq, call: f}
	heap.Push(&c.timers, t)
	c.arm()
	return t
}

// Sleep implements Clock.
func (c *Controlled) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, c, d) }

// Pause implements Control.
func (c *Controlled) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase()
	c.paused = true
	c.arm()
}

// Resume implements Control.
func (c *Controlled) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase()
	c.paused = false
	c.arm()
}

// Paused implements Control.
func (c *Controlled) Paused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paused
}

// SetSpeed implements Control.
func (c *Controlled) SetSpeed(x float64) {
	if !(x >= MinSpeed) { // NaN too
		x = MinSpeed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase()
	c.speed = min(x, MaxSpeed)
	c.arm()
}

// Speed implements Control.
func (c *Controlled) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// Step implements Control. It takes about a hundredth of d.
func (c *Controlled) Step(d time.Duration) {
	c.stepping.Lock()
	defer c.stepping.Unlock()
	for d > 0 {
		d -= c.slice(min(d, stepSlice))
		<-time.After(stepRest)
	}
}

// slice moves the clock ahead to the next timer, or by most, and fires what is due. It returns by how much.
func (c *Controlled) slice(most time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase()
	if len(c.timers) > 0 {
		most = min(most, max(c.timers[0].due.Sub(c.base), 1))
	}
	c.base = c.base.Add(most)
	c.fire()
	c.arm()
	return most
}

// fire calls back the timers that are due, each in its goroutine, the earliest first.
func (c *Controlled) fire() {
	now := c.now()
	for len(c.timers) > 0 && !c.timers[0].due.After(now) {
		t := heap.Pop(&c.timers).(*timer)
		go t.call()
	}
}

// arm sets the wall's timer for the earliest of the clock's.
func (c *Controlled) arm() {
	if c.wake != nil {
		c.wake.Stop()
		c.wake = nil
	}
	if c.paused || len(c.timers) == 0 {
		return
	}
	left := c.timers[0].due.Sub(c.now())
	c.wake = time.AfterFunc(time.Duration(float64(left)/c.speed)+1, c.tick)
}

func (c *Controlled) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.paused {
		c.fire()
	}
	c.arm()
}

// timer is a pending callback of a Controlled clock.
type timer struct {
	clock *Controlled
	due   time.Time
	seq   uint64
	call  func()
	at    int // in the heap; -1 when it is not there
}

// Stop implements Timer.
func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if t.at < 0 {
		return false
	}
	first := t.at == 0
	heap.Remove(&t.clock.timers, t.at)
	if first {
		t.clock.arm()
	}
	return true
}

// timerHeap orders timers by when they are due, then by age.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.at = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	old := *h
	last := len(old) - 1
	t := old[last]
	old[last] = nil
	t.at = -1
	*h = old[:last]
	return t
}
