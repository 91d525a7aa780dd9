// Package expect builds the checks that most lessons need: go-redis assertions
// with their names in both languages, each saying what it saw.
//
//	expect.Get("replica-1", "name", "king").For(12)
//	expect.Refused("replica-1", "READONLY").For(16)
//	expect.Info("replica-1", "replication", "master_link_status", "down")
//
// Checks that compare with "before" (Refused, Called, Rises) note the baseline
// just before the learner's turn.
package expect
