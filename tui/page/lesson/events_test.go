package lesson

import (
	"fmt"
	"strings"
	"testing"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/golden"
	"redislab/tui/page"
)

// However many events come, the newest are shown; while older ones are read those stay, also when the oldest are
// forgotten meanwhile.
func TestTimelineForgetsTheOldest(t *testing.T) {
	m := New(page.NewCommon(golden.Theme(), kit.En), kit.Exercise{Topology: lab.Single, Steps: make([]kit.Step, 1)}, nil, nil)
	m.focus = eventsPane
	seq := 0
	come := func(n int) string {
		var es []lab.Event
		for range n {
			seq++
			es = append(es, lab.Event{Seq: uint64(seq), Kind: "k", Text: fmt.Sprintf("event-%d.", seq)})
		}
		m.happened(append(es, es...)) // none counts twice
		lines, _ := m.eventBody(60, 5)
		return strings.Join(lines, "\n")
	}
	come(maxEvents)
	if got := come(20); len(m.timeline.events) != maxEvents || !strings.Contains(got, "event-1020.") || !strings.Contains(got, "event-1016.") {
		t.Errorf("%d events, shown:\n%s", len(m.timeline.events), got)
	}
	m.scrollBy(-8)
	read := come(0)
	if got := come(30); got != read || !strings.Contains(got, "event-1012.") {
		t.Errorf("was read:\n%s\nnow:\n%s", read, got)
	}
	m.scrollBy(38)
	if got := come(1); !strings.Contains(got, "event-1051.") {
		t.Errorf("back at the end, the newest is not shown:\n%s", got)
	}
}
