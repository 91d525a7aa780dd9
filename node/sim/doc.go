// Package sim is a small world for tests: a clock that jumps from event to event, a network that delays, holds back and
// cuts, and processes that crash, stop and come back. Everything comes from one seed, so a run can be repeated to the
// last event.
//
//	w := sim.New(7)
//	a := w.Host("127.0.0.1:9001", func(h *sim.Host) sim.Process { return newServer(h) })
//	a.Start()
//	w.Cut("127.0.0.1:9001", "127.0.0.1:9002")
//	w.Run(10 * time.Second)
//	fmt.Println(w.Log())
//
// The machines of this module run in it behind the same inputs and outputs that a real shell gives them: Sentinel drives
// a sentinel.Machine, and Redis is a stand-in for the servers that it watches.
package sim
