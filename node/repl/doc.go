// Package repl holds the parts of replication that decide: the backlog, the history of
// replication IDs that says whether a replica may go on, and the replica's handshake. They do
// no I/O and read no clock.
//
//	h := repl.NewHistory(id)
//	b := repl.NewBacklog(1 << 20)
//	b.Append(h.Advance(len(cmd)), cmd)
//	if h.Covers(id, offset, b) == "" { … } // +CONTINUE
package repl
