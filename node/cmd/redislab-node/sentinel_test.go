package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSentinelMode starts it in all three ways: with the argument behind the file or before it, and by the program's name.
func TestSentinelMode(t *testing.T) {
	for _, c := range []struct {
		name string
		as   string
		args []string
	}{
		{"file first", "", []string{"s.conf", "--sentinel"}},
		{"file last", "", []string{"--sentinel", "s.conf"}},
		{"by name", "redis-sentinel", []string{"s.conf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, port := t.TempDir(), freePort(t)
			file := filepath.Join(dir, "s.conf")
			text := "bind 127.0.0.1\nport " + port + "\nsentinel monitor m 127.0.0.1 1 2\n"
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd, out := command(t, dir, c.args...)
			if c.as != "" {
				cmd.Args[0] = c.as
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn := awaitPong(t, port)
			if role, err := conn.Do(context.Background(), "ROLE").Slice(); err != nil || len(role) != 2 || role[0] != "sentinel" {
				t.Errorf("ROLE: %v, %v", role, err)
			}
			if err := conn.Get(context.Background(), "k").Err(); err == nil || !strings.Contains(err.Error(), "unknown command") {
				t.Errorf("GET: %v", err)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("SIGTERM: %v", err)
			}
			for _, want := range []string{"Running mode=sentinel, port=" + port, "+monitor master m 127.0.0.1 1 quorum 2", "Sentinel is now ready to exit"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the log lacks %q:\n%s", want, out)
				}
			}
			if written, _ := os.ReadFile(file); !strings.Contains(string(written), "sentinel myid ") {
				t.Errorf("the file has no ID:\n%s", written)
			}
		})
	}
}

// TestSentinelRefusals is about files that a sentinel cannot work with.
func TestSentinelRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		text string // of s.conf, "" for none
		args []string
		want string
	}{
		"none given": {"", []string{"--sentinel"}, "Sentinel needs config file on disk to save state. Exiting..."},
		"missing":    {"", []string{"s.conf", "--sentinel"}, "can't open config file"},
		"bad line":   {"sentinel monitor m 127.0.0.1 1 0\n", []string{"s.conf", "--sentinel"}, "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 1\n>>> 'sentinel monitor m 127.0.0.1 1 0'\nQuorum must be 1 or greater."},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if c.text != "" {
				if err := os.WriteFile(filepath.Join(dir, "s.conf"), []byte(c.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd, out := command(t, dir, c.args...)
			if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			if !strings.Contains(out.String(), c.want) {
				t.Errorf("output lacks %q:\n%s", c.want, out)
			}
		})
	}
}
