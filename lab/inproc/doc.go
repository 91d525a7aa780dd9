// Package inproc runs a lab's nodes in this process.
//
// [New] gives them loopback TCP, so that redis-cli and any other program can join, on a clock that can be paused,
// stepped and sped up. [Sim] gives them a network in memory, for use inside a testing/synctest bubble, where what waits
// for minutes takes milliseconds:
//
//	func TestReplicaCatchesUp(t *testing.T) {
//		l := inproc.Run(t, lab.OneToMany(2))
//		checkMyService(t, l.MustNode("replica-1").Addr())
//	}
//
//	func TestReplicaGivesUp(t *testing.T) {
//		inproc.Simulate(t, lab.OneToOne(), func(t *testing.T, l *lab.Lab) {
//			l.Cut("master", "replica-1")
//			time.Sleep(65 * time.Second) // of simulated time: repl-timeout is a minute
//			info, err := l.MustNode("replica-1").Info(t.Context(), "replication")
//			if err != nil || info["master_link_status"] != "down" {
//				t.Error(info, err)
//			}
//		})
//	}
//
// # In simulated time
//
// Time passes when every goroutine of the bubble waits for it, for a channel or for the lab's network. So:
//
//   - Clients dial by the lab: those that the lab makes, redis.NewClient(n.ClientOptions(lab.ClientEnd)), or a Dialer of
//     l.Dialer(lab.ClientEnd). There are no sockets behind the addresses: a client that dials 127.0.0.1:7000 by itself
//     leaves the lab, and finds nobody or a stranger.
//   - No lock is held while waiting for the network or for time: who waits for a sync.Mutex stops the clock, and the test
//     hangs.
//   - Every goroutine that the test starts ends with it: loop while t.Context().Err() == nil. One that goes on is named in
//     the panic "deadlock: main bubble goroutine has exited but blocked goroutines remain".
//   - A client has a connection for each goroutine that uses it, as the lab's options see to; a smaller PoolSize lets
//     go-redis wait with a timer that it takes from one bubble into the next, which is fatal.
//   - t.Run and t.Parallel do not work inside the body. Write t.Run around Simulate, and simulate one test at a time.
//   - The clock starts at midnight of 1 January 2000, UTC.
package inproc
