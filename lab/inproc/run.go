package inproc

import (
	"testing"
	"testing/synctest"
	"time"

	"redislab/lab"
)

// Run starts a topology for a test on loopback TCP, and closes it when the test ends. It returns when every node accepts
// connections and every replica is in sync.
func Run(t testing.TB, topology lab.Topology, opts ...lab.Option) *lab.Lab {
	t.Helper()
	return lab.Run(t, topology, New(), opts...)
}

// settle is for how long a bubble goes on after the lab has closed: long enough for the timers of clients.
const settle = 5 * time.Minute

// Simulate runs body in a testing/synctest bubble with a lab in memory, in which time passes as soon as all wait for it.
// What holds for code in there is said above, under In simulated time.
func Simulate(t *testing.T, topology lab.Topology, body func(t *testing.T, l *lab.Lab), opts ...lab.Option) {
	t.Helper()
	Bubble(t, func(t *testing.T) { body(t, lab.Run(t, topology, Sim(), opts...)) })
}

// Bubble runs body in a testing/synctest bubble, and lets it settle for five simulated minutes after body's clean-up: all
// goroutines must end. It is for tests that make their own lab of a [Sim] backend, or several.
func Bubble(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(settle) }) // registered first, so done last
		body(t)
	})
}
