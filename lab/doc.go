// Package lab runs topologies of Redis nodes on one machine, breaks them on purpose and tells what happened: the base
// of the lessons, and a harness for anybody's go test.
//
// A [Topology] says which nodes there are, a [Backend] where they run: in this process (lab/inproc), or as child
// processes (lab/proc), real redis-server included. Handles on nodes kill, stop, restart and pause them; the lab's
// fault methods cut, delay and drop links; readiness is a list of named predicates; all that happens is one stream of
// events. In a test:
//
//	func TestReplicaCatchesUp(t *testing.T) {
//		l := lab.Run(t, lab.OneToMany(2), inproc.New())
//		master, replica := l.MustNode("master"), l.MustNode("replica-1")
//
//		replica.Kill()
//		master.Client().Set(t.Context(), "k", "v", 0)
//		replica.Restart(t.Context())
//		if err := l.WaitReady(t.Context()); err != nil { // until the replica has all that the master had
//			t.Fatal(err)
//		}
//		got, err := replica.Client().Get(t.Context(), "k").Result() // "v", nil
//	}
//
// # Clients
//
// Clients that the lab makes ([Node.Client], [Lab.FailoverClient], those of [Lab.Observe]) are closed with it, and do not
// try again by themselves, so that a test sees each answer. A program under test brings its own: any client that dials
// [Node.Addr] works on loopback TCP, and one made from [Node.ClientOptions], [Lab.FailoverOptions] or with
// [Lab.Dialer] works everywhere, simulated time included. go-redis writes what it meets to the standard error;
// redis.SetLogger sends it elsewhere.
//
// # Faults
//
// A fault names two ends: IDs of nodes, "*" for every node, [ClientEnd]. It lasts until [Lab.Heal]. Each method says
// what its faults do; the error tells unknown ends, and wraps [ErrUnsupported] where the backend cannot do it.
//
//	l.Cut("master", "replica-1", lab.ReplicationLink) // the link of that kind only
//	l.Cut("master", lab.ClientEnd)                    // from the clients
//	l.Partition([]string{"master", "sentinel-1"}, []string{"replica-1", "sentinel-2", "sentinel-3"})
//	l.Delay("master", "*", 50*time.Millisecond)       // each way: a round trip takes 100 ms longer
//
// # Afterwards
//
// [Ledger] tells which acknowledged writes were lost, [Failovers] what a failover consisted of and how long each part
// took, [Lab.WhyNoFailover] which rule keeps one from happening. A check for leaked goroutines belongs behind the lab's
// end, which Run makes a clean-up of the test: t.Cleanup(func() { goleak.VerifyNone(t) }) before Run, or
// goleak.VerifyTestMain.
package lab
