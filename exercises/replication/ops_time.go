package replication

import "time"

// How long a lesson looks whether nothing happens: in simulated and in real time.
const (
	longLook  = 20 * time.Second
	shortLook = 1300 * time.Millisecond
)
