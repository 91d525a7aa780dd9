// Package kit is what a lesson is made of and what drives one: Exercise, Step,
// Check and Predict describe it, Runner takes one exercise through its steps on
// a lab backend, Validate lints a curriculum, Test and TestSim prove it.
//
// A lesson is data, a function in a chapter's package such as exercises/single,
// which its Lessons lists:
//
//	func readOnly() kit.Exercise {
//		return kit.Exercise{
//			ID:       "replication/read-only",
//			Chapter:  "replication",
//			Items:    []int{16}, // of the curriculum that is proved here; there may be none
//			Topology: lab.OneToOne,
//			Steps: []kit.Step{{
//				Name:     "refused",
//				Commands: []kit.Cmd{{Node: "replica-1", Line: "SET city Paris"}},
//				Checks:   []kit.Check{expect.Refused("replica-1", "READONLY").For(16)},
//			}},
//		}
//	}
//
// Its prose lives in two Markdown files beside it, one a language, named after
// the ID ("read_only.en.md", "read_only.zh.md") and bound to the steps by name:
//
//	# Replicas refuse writes
//
//	The summary: what the lesson is about, before there is a run.
//
//	## refused: Try to write
//
//	What the learner reads in the step "refused". Ask {addr:replica-1}.
//
// {host:ID}, {port:ID}, {addr:ID} and {dir:ID} of a node, and {val:NAME} of what
// a Key has stored, are filled in from the run, in prose after the summary, in
// commands, choices and explanations.
//
// In mode Watch the lab types Commands (or runs Solve) itself; in mode Do the
// learner does, and the checks say what they still wait for and what they see.
// A step whose checks hold before it is solved proves nothing: mode Do refuses
// it. While writing, go test ./exercises -run Sound says what is amiss with the
// lesson as such, and redislab run --mode do --backend sim ID takes it.
package kit
