// Package labtest is the suite that every backend of a lab passes, so that a lesson means the same wherever it runs:
//
//	func TestConformance(t *testing.T) {
//		labtest.Run(t, labtest.Subject{New: func(testing.TB) lab.Backend { return inproc.New() }})
//	}
//
// Cases that need a capability which the backend does not claim are skipped with that reason.
package labtest
