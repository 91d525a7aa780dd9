// Package proc runs a lab's nodes as child processes: real redis-server, or the lab's own node program.
//
//	func TestOnRealRedis(t *testing.T) {
//		b, err := proc.Redis() // redis-server from PATH; proc.NodeAt("bin/redislab-node") is what make build makes
//		if err != nil {
//			t.Skip(err)
//		}
//		l := lab.Run(t, lab.OneToMany(2), b)
//		checkMyService(t, l.MustNode("master").Addr())
//	}
//
// A kill is SIGKILL, a stop SIGTERM, a pause SIGSTOP; all processes end with this one, however it ends (on Linux). Events
// are read from the log files, so they come a little late and only in order for each node.
//
// Every process listens on a loopback address of its own (127.0.1.1, 127.0.1.2 …) and dials from it; the address that
// clients and other nodes use is the lab's, which forwards and so can break links. A machine that has no loopback
// addresses beside 127.0.0.1 gets no faults, which Capabilities says. It shows in three places: CONFIG GET bind tells the
// own address, CLIENT LIST the forwarder's, and over a cut link a program outside the lab finds its connection accepted,
// though nothing comes back (a dial by the lab's clients hangs, as it would on a broken network).
package proc
