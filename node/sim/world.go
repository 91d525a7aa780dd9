package sim

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// World is a clock, a network and the processes on it. It belongs to one goroutine.
type World struct {
	rand  *rand.Rand
	start time.Time
	now   time.Time
	queue events
	seq   uint64
	hosts map[string]*Host
	order []*Host
	net   network
	log   []Entry
	watch []func(Entry)
}

// Entry is a line of the log.
type Entry struct {
	At   time.Duration // since the world began
	Who  string        // name of a host, "" for the world itself
	Text string
}

// String gives the line.
func (e Entry) String() string { return fmt.Sprintf("%9.3f %-5s %s", e.At.Seconds(), e.Who, e.Text) }

// New makes an empty world. It begins on 1 January 2026.
func New(seed uint64) *World {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return &World{rand: rand.New(rand.NewPCG(seed, 0)), start: start, now: start, hosts: map[string]*Host{}, net: newNetwork()}
}

// Now is the time.
func (w *World) Now() time.Time { return w.now }

// Elapsed is the time since the world began.
func (w *World) Elapsed() time.Duration { return w.now.Sub(w.start) }

// Rand is the world's chance.
func (w *World) Rand() *rand.Rand { return w.rand }

// Logf adds a line to the log.
func (w *World) Logf(who, format string, args ...any) {
	e := Entry{At: w.Elapsed(), Who: who, Text: fmt.Sprintf(format, args...)}
	w.log = append(w.log, e)
	for _, f := range w.watch {
		f(e)
	}
}

// Watch calls f for every line that is logged from now on.
func (w *World) Watch(f func(Entry)) { w.watch = append(w.watch, f) }

// Entries is the log so far.
func (w *World) Entries() []Entry { return w.log }

// Log is the log in words.
func (w *World) Log() string {
	var b strings.Builder
	for _, e := range w.log {
		b.WriteString(e.String() + "\n")
	}
	return b.String()
}

// event is something that will happen.
type event struct {
	at  time.Time
	seq uint64 // what was planned first happens first
	do  func()
}

type events []*event

func (q events) Len() int      { return len(q) }
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(*event)) }
func (q events) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q *events) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}

// After plans f.
func (w *World) After(d time.Duration, f func()) { w.at(w.now.Add(d), f) }

func (w *World) at(t time.Time, f func()) {
	w.seq++
	heap.Push(&w.queue, &event{t, w.seq, f})
}

// Run lets time pass.
func (w *World) Run(d time.Duration) { w.Until(func() bool { return false }, d) }

// Until lets time pass until done says so, looking after every event, and gives up after limit.
func (w *World) Until(done func() bool, limit time.Duration) bool {
	end := w.now.Add(limit)
	for !done() {
		if len(w.queue) == 0 || w.queue[0].at.After(end) {
			w.now = end
			return done()
		}
		e := heap.Pop(&w.queue).(*event)
		w.now = e.at
		e.do()
	}
	return true
}
