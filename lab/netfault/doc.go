// Package netfault is the network of a lab: it carries the connections between
// nodes and clients, and breaks them on demand.
//
// A [Rule] breaks the links between two ends: cut, delay, drop; both ways or one
// way; for all traffic or one [Class] of it. What an end sees is what TCP shows on
// a broken network: after a cut bytes stop but the connection stays open, new dials
// hang until they time out, and healing lets everything go on.
//
// What it cannot do on loopback TCP is keep the kernel from accepting: a program outside the lab that dials over a cut link
// finds a connection that stays silent. Dials by nodes and by the lab's clients do hang.
//
//	f := netfault.New(clock.Wall{}, 1)
//	r, err := netfault.ParseRule("cut m r replication")
//	err = f.Apply(r)
//	f.Heal()
package netfault
