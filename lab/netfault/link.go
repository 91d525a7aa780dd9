package netfault

import (
	"sync"
	"sync/atomic"
	"time"
)

// condition is how a link is in one direction.
type condition struct {
	cut   bool
	delay time.Duration
	drop  float64
}

func (c condition) clear() bool { return c == condition{} }

// conditionOf is what the rules make of what from sends to to. Of several delays the longest counts.
func conditionOf(rules []Rule, from, to string, class Class) condition {
	var c condition
	for _, r := range rules {
		if !r.Touches(from, to, class) {
			continue
		}
		switch r.Kind {
		case Cut:
			c.cut = true
		case Delay:
			c.delay = max(c.delay, r.Delay)
		case Drop:
			c.drop = 1 - (1-c.drop)*(1-r.Probability)
		}
	}
	return c
}

// ends names a link's direction.
type ends struct {
	from, to string
	class    Class
}

// link is one direction between two ends, for one class; all connections there share it.
type link struct {
	ends
	isClear atomic.Bool // so that a healthy link costs nothing

	mu      sync.Mutex
	now     condition
	changed chan struct{} // closed when now changes
}

func newLink(e ends, c condition) *link {
	l := &link{ends: e, now: c, changed: make(chan struct{})}
	l.isClear.Store(c.clear())
	return l
}

// state is the condition, and a channel that is closed when it is no longer true.
func (l *link) state() (condition, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.changed
}

func (l *link) set(c condition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == c {
		return
	}
	l.now = c
	l.isClear.Store(c.clear())
	close(l.changed)
	l.changed = make(chan struct{})
}
