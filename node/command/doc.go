// Package command says what a command is: its Spec (name, arity, flags, where its keys
// are, documentation), the Table in which commands are found, and the Ctx a handler
// works with. Handlers live elsewhere (node/data, node) and are bound to Specs by name.
//
//	table, err := command.NewTable(data.Handlers(), map[string]command.Handler{"config|get": configGet})
//	argv := [][]byte{[]byte("get"), []byte("k")}
//	spec, outcome := table.Lookup(argv)
//	if outcome != command.Found {
//		w.Error(outcome.Error(spec, argv))
//	}
//	keys, err := spec.Keys(argv)
//
// The tables are generated from a real redis-server 7.0 (see gen); a command without a
// handler is unknown to the Table and to COMMAND.
package command

//go:generate go run ./gen -dir .
