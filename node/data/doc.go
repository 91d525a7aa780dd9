// Package data carries out the commands that read and change keys: one file and one table of
// handlers for each type, and the generic commands beside them.
//
// A handler sees its arguments, the keyspace and the reply; it knows no connection, log or
// replica. What it changes it reports through the Ctx, and the node propagates it:
//
//	table, err := command.NewTable(data.Handlers())
//	…
//	func strlen(c *command.Ctx) {
//		o, ok := lookup(c, c.Argv[1], store.KindString)
//		if !ok {
//			return // WRONGTYPE has been answered
//		}
//		c.Int(int64(o.Len()))
//	}
//
// Replies, error texts, keyspace events and propagated commands are those of Redis 7.0;
// oracle_test.go compares all four with a real server.
package data
