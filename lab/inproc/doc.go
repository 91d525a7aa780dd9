// Package inproc runs a lab's nodes in this process.
//
// [New] gives them loopback TCP, so that redis-cli and any other program can join, on a clock that can be paused,
// stepped and sped up. [Sim] gives them a network in memory, for use inside a testing/synctest bubble, where what waits
// for minutes takes milliseconds:
//
//	func TestReplicaCatchesUp(t *testing.T) {
//		l := inproc.Run(t, lab.OneToMany(2))
//		…
//	}
//
//	func TestReplicaGivesUp(t *testing.T) {
//		inproc.Simulate(t, lab.OneToOne(), func(t *testing.T, l *lab.Lab) {
//			l.Cut("master", "replica-1")
//			time.Sleep(time.Minute) // of simulated time
//			…
//		})
//	}
package inproc
