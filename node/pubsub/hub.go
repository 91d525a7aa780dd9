package pubsub

import (
	"iter"
	"sort"
)

// Hub holds all subscriptions of a node. S identifies a subscriber.
type Hub[S comparable] struct {
	Channels Topics[S] // SUBSCRIBE
	Patterns Topics[S] // PSUBSCRIBE
	Shard    Topics[S] // SSUBSCRIBE
}

// New gives an empty hub.
func New[S comparable]() *Hub[S] { return &Hub[S]{} }

// Topics maps names to subscribers and back. The zero value is empty and ready.
type Topics[S comparable] struct {
	byName map[string]*members[S]
	bySub  map[S]map[string]struct{}
}

// members keeps subscribers in the order in which they came.
type members[S comparable] struct {
	order []S
	at    map[S]int
}

// Add subscribes s to name and tells whether that is new.
func (t *Topics[S]) Add(name string, s S) bool {
	if _, ok := t.bySub[s][name]; ok {
		return false
	}
	if t.byName == nil {
		t.byName, t.bySub = map[string]*members[S]{}, map[S]map[string]struct{}{}
	}
	m := t.byName[name]
	if m == nil {
		m = &members[S]{at: map[S]int{}}
		t.byName[name] = m
	}
	m.at[s] = len(m.order)
	m.order = append(m.order, s)
	if t.bySub[s] == nil {
		t.bySub[s] = map[string]struct{}{}
	}
	t.bySub[s][name] = struct{}{}
	return true
}

// Remove ends the subscription of s to name and tells whether there was one.
func (t *Topics[S]) Remove(name string, s S) bool {
	if _, ok := t.bySub[s][name]; !ok {
		return false
	}
	delete(t.bySub[s], name)
	if len(t.bySub[s]) == 0 {
		delete(t.bySub, s)
	}
	m := t.byName[name]
	at := m.at[s]
	m.order = append(m.order[:at], m.order[at+1:]...)
	delete(m.at, s)
	for i := at; i < len(m.order); i++ {
		m.at[m.order[i]] = i
	}
	if len(m.order) == 0 {
		delete(t.byName, name)
	}
	return true
}

// Of gives the names s is subscribed to, sorted.
func (t *Topics[S]) Of(s S) []string {
	names := make([]string, 0, len(t.bySub[s]))
	for name := range t.bySub[s] {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Count is the number of subscriptions of s.
func (t *Topics[S]) Count(s S) int {
	if len(t.bySub) == 0 {
		return 0
	}
	return len(t.bySub[s])
}

// Names gives all names with at least one subscriber, sorted.
func (t *Topics[S]) Names() []string {
	names := make([]string, 0, len(t.byName))
	for name := range t.byName {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Len is the number of names with subscribers.
func (t *Topics[S]) Len() int { return len(t.byName) }

// NumSub is the number of subscribers of name.
func (t *Topics[S]) NumSub(name string) int {
	if m := t.byName[name]; m != nil {
		return len(m.order)
	}
	return 0
}

// Subscribers visits the subscribers of name in the order in which they came.
func (t *Topics[S]) Subscribers(name string) iter.Seq[S] {
	return func(yield func(S) bool) {
		m := t.byName[name]
		if m == nil {
			return
		}
		for _, s := range m.order {
			if !yield(s) {
				return
			}
		}
	}
}
