package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The generated files in the repository are what the generator makes of the redis-server on PATH.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not on PATH")
	}
	dir := t.TempDir()
	if err := run(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(made) < 10 {
		t.Fatalf("made %d files: %v", len(made), err)
	}
	names := map[string]bool{}
	for _, path := range made {
		name := filepath.Base(path)
		names[name] = true
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is out of date: run go generate in node/command", name)
		}
	}
	kept, err := filepath.Glob("../table_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if name := filepath.Base(path); !names[name] && name != "table_test.go" {
			t.Errorf("%s is not made any more: delete it", name)
		}
	}
}
