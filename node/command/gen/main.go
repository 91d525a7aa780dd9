// Command gen writes the command tables of package command (table_*.go and help.go) from
// what a real redis-server 7.0 says about its commands. redis-server must be on PATH:
//
//	go generate ./node/command
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
)

func main() {
	dir := flag.String("dir", ".", "folder to write into")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir); err != nil {
		log.SetFlags(0)
		log.Fatalf("gen: %v", err)
	}
}

func run(ctx context.Context, dir string) error {
	server, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer server.close()
	commands, err := server.commands(ctx)
	if err != nil {
		return fmt.Errorf("reading the commands: %w", err)
	}
	help, err := server.help(ctx, commands)
	if err != nil {
		return fmt.Errorf("reading the help texts: %w", err)
	}
	if err := writeTables(dir, commands); err != nil {
		return err
	}
	if err := writeHelp(dir, help); err != nil {
		return err
	}
	return runSentinel(ctx, dir)
}
