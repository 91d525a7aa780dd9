package kit

import (
	"fmt"
	"sync"
)

// Values carries what one step found out to the next, and measurements to the
// learner. It is safe for concurrent use.
type Values struct {
	mu       sync.Mutex
	m        map[string]any
	measures []Measure
}

// Measure is a number a lesson took, worth showing.
type Measure struct {
	Step  string
	Name  Text
	Value string
}

func (v *Values) get(name string) (any, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	x, ok := v.m[name]
	return x, ok
}

func (v *Values) set(name string, x any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.m == nil {
		v.m = map[string]any{}
	}
	v.m[name] = x
}

// Measures lists what was measured so far, a later value in the place of an
// earlier one of the same name.
func (v *Values) Measures() []Measure {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]Measure(nil), v.measures...)
}

// measure keeps a measurement and tells whether it is news.
func (v *Values) measure(m Measure) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range v.measures {
		if v.measures[i].Name == m.Name && v.measures[i].Step == m.Step {
			news := v.measures[i] != m
			v.measures[i] = m
			return news
		}
	}
	v.measures = append(v.measures, m)
	return true
}

// Key names one value of a run and its type:
//
//	const runID kit.Key[string] = "run-id"
//	runID.Set(r, id)
//	id, err := runID.Get(r)
//
// In prose and commands the value is {val:run-id}.
type Key[T any] string

// Set stores the value.
func (k Key[T]) Set(r *Run, v T) { r.Values.set(string(k), v) }

// Get returns the value, or an error when no step has stored it.
func (k Key[T]) Get(r *Run) (T, error) {
	x, ok := r.Values.get(string(k))
	if !ok {
		var zero T
		return zero, fmt.Errorf("no value %q in this run yet", string(k))
	}
	v, ok := x.(T)
	if !ok {
		return v, fmt.Errorf("value %q is a %T", string(k), x)
	}
	return v, nil
}

// Or returns the value, or def when no step has stored it.
func (k Key[T]) Or(r *Run, def T) T {
	if v, err := k.Get(r); err == nil {
		return v
	}
	return def
}
