package sentinel

import (
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
)

// when lists the times of the events that m picks.
func when(r *kit.Run, m match) []time.Time {
	var out []time.Time
	for _, e := range r.Lab.Events() {
		if m(e) {
			out = append(out, e.At)
		}
	}
	return out
}

// inStep lists a sentinel's events since the step began, which noteBegin has marked.
func inStep(r *kit.Run, sentinel string) []lab.Event {
	from := stepBegan.Or(r, 0)
	var out []lab.Event
	for _, e := range r.Lab.Events() {
		if e.Seq > from && e.Kind == lab.EventSentinel && e.Node == sentinel {
			out = append(out, e)
		}
	}
	return out
}

// withShort gives a lesson a short value of its own for one setting, beside those that all lessons have.
func withShort(ex kit.Exercise, name, value string) kit.Exercise {
	ex.Short = func(t lab.Topology) lab.Topology {
		t = short(t)
		for _, n := range t.Nodes {
			for _, w := range n.Watches {
				for k := range w.Settings {
					if w.Settings[k].Name == name {
						w.Settings[k].Value = value
					}
				}
			}
		}
		return t
	}
	return ex
}

// lag is how much later than they happened the events of real sentinels may be noted.
const lag = time.Second
