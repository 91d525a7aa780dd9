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
//		if err := l.WaitReady(t.Context()); err != nil {
//			t.Fatal(err)
//		}
//		got, err := replica.Client().Get(t.Context(), "k").Result() // "v", nil
//	}
package lab
