package lab

import (
	"maps"
	"sync"
	"time"
)

// Event is something that happened in a lab. Events of one lab form one stream in causal order.
type Event struct {
	Seq    uint64            `json:"seq"`
	At     time.Time         `json:"at"` // on the lab's clock
	Node   string            `json:"node,omitempty"`
	Kind   string            `json:"kind"`
	Fields map[string]string `json:"fields,omitempty"`
	Text   string            `json:"text,omitempty"`
}

// The kinds of the lab's own events. Nodes add theirs, see package node.
const (
	EventStarted = "lab.started" // a node was launched
	EventKilled  = "lab.killed"
	EventStopped = "lab.stopped"
	EventExited  = "lab.exited" // a node ended without the lab having asked for it
	EventPaused  = "lab.paused"
	EventResumed = "lab.resumed"
	EventFault   = "lab.fault" // Text is the rule
	EventHealed  = "lab.healed"

	// What clients of Lab.Observe go through.
	EventOutage  = "client.outage" // a write failed for want of a master
	EventWriting = "client.writes" // and the first one that worked again; field "after" is the time without

	// What sentinels tell: fields "name" ("+sdown") and "payload" as Redis publishes them, "master", "role", "instance" and
	// "addr" of what it is about.
	EventSentinel = "sentinel.event"
)

const (
	keptEvents       = 10_000 // what Events remembers
	subscriberBuffer = 1024
)

// stream keeps the latest events and hands them to subscribers without ever waiting for one.
type stream struct {
	mu     sync.Mutex
	seq    uint64
	kept   []Event
	subs   map[chan Event]struct{}
	closed bool
}

func (s *stream) publish(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.seq++
	e.Seq = s.seq
	e.Fields = maps.Clone(e.Fields)
	if len(s.kept) >= 2*keptEvents {
		s.kept = append([]Event(nil), s.kept[keptEvents:]...)
	}
	s.kept = append(s.kept, e)
	for ch := range s.subs {
		offer(ch, e)
	}
}

// offer drops the subscriber's oldest event when it is too slow; the gap shows in Seq.
func offer(ch chan Event, e Event) {
	for {
		select {
		case ch <- e:
			return
		default:
		}
		select {
		case <-ch:
		default:
		}
	}
}

func (s *stream) events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.kept
	if len(kept) > keptEvents {
		kept = kept[len(kept)-keptEvents:]
	}
	return kept[:len(kept):len(kept)] // what is published later goes behind it, or into another array
}

func (s *stream) subscribe() (<-chan Event, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := make(chan Event, subscriberBuffer)
	if s.closed {
		close(ch)
		return ch, func() {}
	}
	if s.subs == nil {
		s.subs = map[chan Event]struct{}{}
	}
	s.subs[ch] = struct{}{}
	return ch, func() { s.cancel(ch) }
}

func (s *stream) cancel(ch chan Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.subs[ch]; ok {
		delete(s.subs, ch)
		close(ch)
	}
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for ch := range s.subs {
		delete(s.subs, ch)
		close(ch)
	}
}

// Events lists what happened so far, oldest first: the latest ten thousand. They are for reading only.
func (l *Lab) Events() []Event { return l.events.events() }

// Subscribe delivers events from now on until cancel is called or the lab closes, which closes the channel. A reader
// that falls far behind misses the oldest ones: a gap in Seq tells.
func (l *Lab) Subscribe() (events <-chan Event, cancel func()) { return l.events.subscribe() }

// Note adds an event to the stream: what a lesson did or saw. The node may be "".
func (l *Lab) Note(node, kind, text string, fields map[string]string) {
	l.events.publish(Event{At: l.Clock().Now(), Node: node, Kind: kind, Text: text, Fields: fields})
}
