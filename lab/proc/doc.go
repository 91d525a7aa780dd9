// Package proc runs a lab's nodes as child processes: real redis-server, or the lab's own node program.
//
//	b, err := proc.Redis()            // redis-server from PATH
//	b, err := proc.NodeAt("./bin/redislab-node")
//	l := lab.Run(t, lab.OneToMany(2), b)
//
// Every process listens on a loopback address of its own (127.0.1.1, 127.0.1.2 …) and dials from it; the address that
// clients and other nodes use is the lab's, which forwards and so can break links. A machine that has no loopback
// addresses beside 127.0.0.1 gets no faults, which Capabilities says.
package proc
