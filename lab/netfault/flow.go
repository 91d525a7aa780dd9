package netfault

import (
	"os"
	"sync"
	"syscall"
	"time"

	"redislab/lab/clock"
)

// Losses on a link as Linux handles them: a segment is sent again after 200 ms, 400 ms … at most 2 minutes apart, and
// the connection is given up after 15 times.
const (
	firstResend = 200 * time.Millisecond
	mostResend  = 2 * time.Minute
	resends     = 15
)

// flowLimit is how many bytes are under way before the writer must wait, like the sum of two socket buffers.
const flowLimit = 256 << 10

// flow carries one direction of a connection over a link: bytes wait in it for the link's delay, and while it is cut.
type flow struct {
	clock clock.Clock
	link  *link
	rand  func() float64

	mu     sync.Mutex
	chunks []chunk
	size   int
	last   time.Time     // when the latest chunk is due: nothing overtakes
	broken error         // the reader is gone, or the connection was lost: no more to write
	ended  bool          // the writer has written its last
	wake   chan struct{} // closed when any of the above changes; nil when nobody waits
}

// chunk is bytes that arrive together, or the end of the stream.
type chunk struct {
	data []byte
	end  error // io.EOF, or what breaks the connection; nil for data
	due  time.Time
	lost bool      // dropped so often that TCP gives up when it is due, unless the link changes before
	over condition // what due and lost come from
}

func newFlow(f *Fabric, l *link) *flow { return &flow{clock: f.clock, link: l, rand: f.chance} }

func (q *flow) wakeAll() {
	if q.wake != nil {
		close(q.wake)
		q.wake = nil
	}
}

func (q *flow) waker() <-chan struct{} {
	if q.wake == nil {
		q.wake = make(chan struct{})
	}
	return q.wake
}

// push puts bytes on their way. It waits while too many are, until the deadline passes or closed is closed.
func (q *flow) push(p []byte, d *deadline, closed <-chan struct{}) (int, error) {
	written := 0
	for {
		if d != nil && d.expired() {
			return written, os.ErrDeadlineExceeded
		}
		q.mu.Lock()
		if err := q.writable(); err != nil {
			q.mu.Unlock()
			return written, err
		}
		if n := min(flowLimit-q.size, len(p)); n > 0 {
			q.add(chunk{data: append([]byte(nil), p[:n]...)})
			p, written = p[n:], written+n
		}
		if len(p) == 0 {
			q.mu.Unlock()
			return written, nil
		}
		_, changed := q.link.state()
		w := pause{wake: q.waker(), changed: changed}
		q.mu.Unlock()
		if err := q.await(w, d, closed); err != nil {
			return written, err
		}
	}
}

// writable is the error of writing now. Over a cut link a writer does not learn that the reader has gone.
func (q *flow) writable() error {
	if q.ended {
		return syscall.EPIPE
	}
	if q.broken == nil {
		return nil
	}
	if c, _ := q.link.state(); c.cut {
		return nil
	}
	return q.broken
}

func (q *flow) add(c chunk) {
	cond, _ := q.link.state()
	if n := len(q.chunks); n > 0 && q.chunks[n-1].over != cond {
		q.resend(cond) // or this one would wait behind them for a link that is no more
	}
	c.due, c.lost = q.send(cond)
	c.over = cond
	if c.due.Before(q.last) {
		c.due = q.last
	}
	q.last = c.due
	q.chunks = append(q.chunks, c)
	q.size += len(c.data)
	q.wakeAll()
}

// send is when bytes arrive that are sent now, and whether they are dropped so often that TCP gives up then.
func (q *flow) send(c condition) (due time.Time, lost bool) {
	wait := c.delay
	if c.drop > 0 {
		var again time.Duration
		again, lost = lossy(c.drop, q.rand, firstResend, mostResend, resends)
		wait += again
	}
	return q.clock.Now().Add(wait), lost
}

// lossy is for how long something is sent again when each try is lost with probability p, and whether it is given up.
func lossy(p float64, rand func() float64, first, most time.Duration, times int) (time.Duration, bool) {
	var wait time.Duration
	again := first
	for range times {
		if rand() >= p {
			return wait, false
		}
		wait += again
		again = min(2*again, most)
	}
	return wait, true
}

// resend lets what is under way arrive as over the link as it is now, if that is sooner.
func (q *flow) resend(now condition) {
	var last time.Time
	for i := range q.chunks {
		c := &q.chunks[i]
		if c.over != now {
			c.over = now
			if due, lost := q.send(now); due.Before(c.due) {
				c.due, c.lost = due, lost
			}
		}
		if c.due.Before(last) {
			c.due = last
		}
		last = c.due
	}
	q.last = last
}

// finish is the writer's end: io.EOF, or an error that the reader shall see. It travels like data.
func (q *flow) finish(end error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		return
	}
	q.ended = true
	q.add(chunk{end: end})
}

// abandon is the reader's end: what is under way is lost. It reports whether there was any.
func (q *flow) abandon(err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.size > 0
	if q.broken == nil {
		q.broken = err
	}
	q.chunks, q.size = nil, 0
	q.wakeAll()
	return left
}

// pop takes bytes that have arrived, or waits for some.
func (q *flow) pop(p []byte, d *deadline, closed <-chan struct{}) (int, error) {
	for {
		if d != nil && d.expired() {
			return 0, os.ErrDeadlineExceeded
		}
		n, wait, err := q.take(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if err := q.await(wait, d, closed); err != nil {
			return 0, err
		}
	}
}

// pause is what a reader waits for.
type pause struct {
	wake, changed <-chan struct{}
	until         time.Duration // until the next chunk is due; 0 for no such time
}

func (q *flow) take(p []byte) (int, pause, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	cond, changed := q.link.state()
	w := pause{wake: q.waker(), changed: changed}
	if len(q.chunks) == 0 || cond.cut {
		return 0, w, nil
	}
	head := &q.chunks[0]
	if head.over != cond {
		q.resend(cond)
	}
	if left := head.due.Sub(q.clock.Now()); left > 0 {
		w.until = left
		return 0, w, nil
	}
	if head.lost {
		return 0, w, syscall.ETIMEDOUT
	}
	if head.end != nil {
		return 0, w, head.end
	}
	n := copy(p, head.data)
	head.data = head.data[n:]
	q.size -= n
	if len(head.data) == 0 {
		q.chunks[0] = chunk{}
		q.chunks = q.chunks[1:]
	}
	q.wakeAll()
	return n, w, nil
}

func (q *flow) await(w pause, d *deadline, closed <-chan struct{}) error {
	var passed <-chan struct{}
	if d != nil {
		passed = d.wait()
	}
	var due chan struct{}
	if w.until > 0 {
		due = make(chan struct{})
		t := q.clock.AfterFunc(w.until, func() { close(due) })
		defer t.Stop()
	}
	select {
	case <-w.wake:
	case <-w.changed:
	case <-due:
	case <-passed:
	case <-closed:
		return os.ErrClosed
	}
	return nil
}
