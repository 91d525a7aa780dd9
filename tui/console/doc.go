// Package console is a small redis-cli: it speaks RESP to any node over a connection of its own and
// prints replies the way redis-cli does on a terminal.
//
// The parts are usable alone:
//
//	reply, err := console.ReadReply(bufio.NewReader(conn))
//	fmt.Print(console.Format(reply))          // 1) "a"\n2) (integer) 3\n
//
// Model puts them behind a prompt with history, for a bubbletea program.
package console
