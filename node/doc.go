// Package node is a Redis-compatible server: sockets, disk and clock around the keyspace
// (store), the commands (command, data), the file formats (rdb) and the deciding parts of
// replication (repl).
//
//	n, err := node.Start(ctx, node.Config{Args: []string{"--port", "0", "--bind", "127.0.0.1"}})
//	if err != nil { … }
//	defer n.Kill()
//	fmt.Println(n.Addr())
//
// A command's way is the only one: a transport (epoll_linux.go, stream.go) reads what is
// there and takes the execution lock (lock.go); input.go splits it into commands; exec.go
// finds each one's Spec, asks the gates (gate.go), runs the handler and queues what it changed
// for replicas; replies leave after the unlock with one write for the batch.
package node
