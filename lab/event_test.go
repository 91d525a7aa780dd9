package lab

import (
	"strconv"
	"testing"
)

func TestSlowSubscriberMissesTheOldest(t *testing.T) {
	var s stream
	slow, cancel := s.subscribe()
	defer cancel()
	for i := range 3 * subscriberBuffer {
		s.publish(Event{Kind: strconv.Itoa(i)})
	}
	s.close()
	first, n, last := uint64(0), 0, uint64(0)
	for e := range slow {
		if first == 0 {
			first = e.Seq
		}
		if last != 0 && e.Seq != last+1 {
			t.Fatalf("event %d after %d", e.Seq, last)
		}
		last = e.Seq
		n++
	}
	if first != 2*subscriberBuffer+1 || n != subscriberBuffer || last != 3*subscriberBuffer {
		t.Errorf("%d events, from %d to %d", n, first, last)
	}
}

func TestStreamKeepsTheLatest(t *testing.T) {
	var s stream
	for range 5*keptEvents + 7 {
		s.publish(Event{})
	}
	kept := s.events()
	if len(kept) != keptEvents || kept[len(kept)-1].Seq != 5*keptEvents+7 || kept[0].Seq != 4*keptEvents+8 {
		t.Errorf("%d events, from %d to %d", len(kept), kept[0].Seq, kept[len(kept)-1].Seq)
	}
}

func TestClosedStream(t *testing.T) {
	var s stream
	before, cancel := s.subscribe()
	s.close()
	cancel()
	s.publish(Event{})
	after, _ := s.subscribe()
	for _, ch := range []<-chan Event{before, after} {
		if e, open := <-ch; open {
			t.Errorf("got %+v", e)
		}
	}
	if n := len(s.events()); n != 0 {
		t.Errorf("%d events", n)
	}
}

func TestEventsDoNotShareFields(t *testing.T) {
	var s stream
	fields := map[string]string{"a": "1"}
	s.publish(Event{Fields: fields})
	fields["a"] = "2"
	if got := s.events()[0].Fields["a"]; got != "1" {
		t.Errorf("the event has changed to %q", got)
	}
}
