package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, notice, err := Open(dir)
	if err != nil || notice != "" {
		t.Fatalf("open: %v, notice %q", err, notice)
	}
	return s
}

func TestProgressStaysAndCanBeReset(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "redislab")
	s := open(t, dir)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, err := range []error{
		s.SetSettings(Settings{Lang: "zh", Mode: "do"}), s.Pass("r/a", "do", "one"), s.Pass("r/a", "do", "one"),
		s.Pass("r/a", "do", "two"), s.Finish("r/a", "do", at), s.Finish("r/a", "do", at.Add(time.Hour)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, dir)
	if !s.Passed("r/a", "do", "one") || s.Passed("r/a", "watch", "one") || s.Count("r/a", "do") != 2 {
		t.Errorf("steps not kept: %+v", s.doc.Lessons["r/a"])
	}
	if !s.Finished("r/a", "do") || s.Finished("r/a", "watch") || s.Finished("r/b", "do") {
		t.Errorf("finished not kept: %+v", s.doc.Lessons["r/a"])
	}
	if got := s.doc.Lessons["r/a"].Finished["do"]; !got.Equal(at.Truncate(time.Second)) {
		t.Errorf("finished at %v, want the first time", got)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if s.Count("r/a", "do") != 0 || s.Settings() != (Settings{Lang: "zh", Mode: "do"}) {
		t.Errorf("after reset: %+v", s.doc)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("files left behind: %v", left)
	}
}

func TestTwoProgramsAtOnce(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	if err := a.Pass("x", "do", "one"); err != nil {
		t.Fatal(err)
	}
	if err := b.Pass("x", "do", "two"); err != nil {
		t.Fatal(err)
	}
	if got := open(t, dir).Count("x", "do"); got != 2 {
		t.Errorf("%d steps kept, want both", got)
	}
}

func TestDamagedFileIsPutAside(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("{not json"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, notice, err := Open(dir)
	if err != nil || !strings.Contains(notice, "put aside") {
		t.Fatalf("err %v, notice %q", err, notice)
	}
	if err := s.Pass("x", "do", "one"); err != nil {
		t.Fatal(err)
	}
	aside, _ := filepath.Glob(filepath.Join(dir, fileName+".damaged-*"))
	if len(aside) != 1 {
		t.Fatalf("put aside: %v", aside)
	}
	if b, _ := os.ReadFile(aside[0]); string(b) != "{not json" {
		t.Errorf("the damaged file was changed: %q", b)
	}
}

func TestUnusableFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer")
	if err := os.MkdirAll(filepath.Join(dir, "blocked", fileName), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(newer, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(newer, fileName), []byte(`{"version": 99}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, want string }{
		{file, "not a directory"}, {filepath.Join(file, "below"), "not a directory"},
		{filepath.Join(dir, "blocked"), "is a directory"}, {newer, "newer redislab"},
	} {
		_, _, err := Open(c.dir)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "--state-dir") {
			t.Errorf("%s: error %v, want %q and the way out", c.dir, err, c.want)
		}
	}
}

func TestDir(t *testing.T) {
	for _, c := range []struct {
		asked string
		env   map[string]string
		want  string
	}{
		{"/x", nil, "/x"},
		{"", map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/redislab"},
		{"", map[string]string{"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/redislab"},
		{"", map[string]string{"HOME": "/h"}, "/h/.local/state/redislab"},
		{"", nil, ""},
	} {
		got, err := Dir(c.asked, func(k string) string { return c.env[k] })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
}
