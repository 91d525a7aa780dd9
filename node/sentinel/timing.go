package sentinel

import "time"

// Timing holds the intervals and limits that Redis Sentinel has built in and SENTINEL DEBUG changes.
type Timing struct {
	InfoPeriod             time.Duration
	PingPeriod             time.Duration
	AskPeriod              time.Duration
	PublishPeriod          time.Duration
	DefaultDownAfter       time.Duration
	DefaultFailoverTimeout time.Duration
	TiltTrigger            time.Duration
	TiltPeriod             time.Duration
	ReconfTimeout          time.Duration
	MinLinkReconnect       time.Duration
	ElectionTimeout        time.Duration
	ScriptMaxRuntime       time.Duration
	ScriptRetryDelay       time.Duration
}

// Intervals that cannot be changed.
const (
	fastInfoPeriod = time.Second // of replicas while their master is down
	maxDesync      = 1000        // milliseconds: the random part of the start of a failover
	baseHz         = 10          // ticks a second, at least; less than twice that
)

// DefaultTiming gives Redis's own intervals.
func DefaultTiming() Timing {
	var t Timing
	for _, row := range timingRows() {
		*row.field(&t) = row.def
	}
	return t
}

// timingRow is an interval as SENTINEL DEBUG knows it.
type timingRow struct {
	name  string
	def   time.Duration
	field func(*Timing) *time.Duration
}

// timingRows lists the intervals in the order of SENTINEL DEBUG's reply.
func timingRows() []timingRow {
	return []timingRow{
		{"INFO-PERIOD", 10 * time.Second, func(t *Timing) *time.Duration { return &t.InfoPeriod }},
		{"PING-PERIOD", time.Second, func(t *Timing) *time.Duration { return &t.PingPeriod }},
		{"ASK-PERIOD", time.Second, func(t *Timing) *time.Duration { return &t.AskPeriod }},
		{"PUBLISH-PERIOD", 2 * time.Second, func(t *Timing) *time.Duration { return &t.PublishPeriod }},
		{"DEFAULT-DOWN-AFTER", 30 * time.Second, func(t *Timing) *time.Duration { return &t.DefaultDownAfter }},
		{"DEFAULT-FAILOVER-TIMEOUT", 3 * time.Minute, func(t *Timing) *time.Duration { return &t.DefaultFailoverTimeout }},
		{"TILT-TRIGGER", 2 * time.Second, func(t *Timing) *time.Duration { return &t.TiltTrigger }},
		{"TILT-PERIOD", 30 * time.Second, func(t *Timing) *time.Duration { return &t.TiltPeriod }},
		{"SLAVE-RECONF-TIMEOUT", 10 * time.Second, func(t *Timing) *time.Duration { return &t.ReconfTimeout }},
		{"MIN-LINK-RECONNECT-PERIOD", 15 * time.Second, func(t *Timing) *time.Duration { return &t.MinLinkReconnect }},
		{"ELECTION-TIMEOUT", 10 * time.Second, func(t *Timing) *time.Duration { return &t.ElectionTimeout }},
		{"SCRIPT-MAX-RUNTIME", time.Minute, func(t *Timing) *time.Duration { return &t.ScriptMaxRuntime }},
		{"SCRIPT-RETRY-DELAY", 30 * time.Second, func(t *Timing) *time.Duration { return &t.ScriptRetryDelay }},
	}
}
