package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// startSentinel starts redis-server in sentinel mode, watching nothing.
func startSentinel(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "command-gen")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "sentinel.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, "port %s\nbind 127.0.0.1\ndir %s\n", ports[0], dir), 0o644); err != nil {
		return nil, err
	}
	return launch(ctx, dir, ports[0], file, "--sentinel")
}

// runSentinel writes what sentinel mode has: the table of SENTINEL, and the names of the other commands it serves,
// which have the rows of a server.
func runSentinel(ctx context.Context, dir string) error {
	server, err := startSentinel(ctx)
	if err != nil {
		return err
	}
	defer server.close()
	commands, err := server.commands(ctx)
	if err != nil {
		return fmt.Errorf("reading the commands of sentinel mode: %w", err)
	}
	i := slices.IndexFunc(commands, func(c *command) bool { return c.full == "sentinel" })
	if i < 0 {
		return fmt.Errorf("redis-server in sentinel mode has no command SENTINEL")
	}
	if _, err := writeGroup(dir, "sentinel", commands[i:i+1]); err != nil {
		return err
	}
	var src bytes.Buffer
	src.WriteString(header + "// sentinelServed are the commands of sentinel mode.\nvar sentinelServed = [...]string{\n")
	for _, c := range commands {
		fmt.Fprintf(&src, "%s,\n", quote(c.full))
	}
	src.WriteString("}\n")
	return writeGo(filepath.Join(dir, "table_sentinelmode.go"), src.Bytes())
}
