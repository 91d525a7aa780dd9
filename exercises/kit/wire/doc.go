// Package wire speaks the Redis protocol by hand, so that a lesson can show what
// goes over the line: raw commands and replies, and a pretend replica that asks
// a master for its data.
//
//	c, err := wire.Dial(ctx, dial, addr)
//	rep, err := c.PSync("?", -1)       // +FULLRESYNC <id> <offset>
//	rdb, err := c.ReadSnapshot()       // the RDB, disk-backed or diskless
//	cmd, err := c.ReadCommand()        // then the command stream
package wire
