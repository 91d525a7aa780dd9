// Package kit is what a lesson is made of and what drives one: Exercise, Step,
// Check and Predict describe it, Runner takes one exercise through its steps on
// a lab backend, Validate lints a curriculum, Test and TestSim prove it.
//
// A lesson is data. Its prose, title and summary live in two Markdown files
// beside it (one a language), bound to the steps by name:
//
//	kit.Exercise{
//		ID:       "replication/read-only",
//		Chapter:  "replication",
//		Items:    []int{16},
//		Topology: func() lab.Topology { return lab.OneToOne() },
//		Steps: []kit.Step{{
//			Name:     "refused",
//			Commands: []kit.Cmd{{Node: "replica-1", Line: "SET city Paris"}},
//			Checks:   []kit.Check{expect.Refused("replica-1", "READONLY").For(16)},
//		}},
//	}
//
// In mode Watch the lab types Commands (or runs Solve) itself; in mode Do the
// learner does, and the checks say what they still wait for and what they see.
package kit
