// Package state keeps a learner's progress and settings in one JSON file of their state folder.
//
//	dir, _ := state.Dir("", os.Getenv)            // $XDG_STATE_HOME/redislab or ~/.local/state/redislab
//	store, notice, err := state.Open(dir)
//	err = store.Finish("replication/read-only", "do", time.Now())
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	fileName = "progress.json"
	version  = 1
)

// Lesson is how far a learner came in one lesson, by mode.
type Lesson struct {
	Steps    map[string][]string  `json:"steps,omitempty"`    // names of the steps passed
	Finished map[string]time.Time `json:"finished,omitempty"` // when it was first finished
}

// Settings are the choices that stay from one start to the next.
type Settings struct {
	Lang string `json:"lang,omitempty"`
	Mode string `json:"mode,omitempty"`
}

type document struct {
	Version  int                `json:"version"`
	Settings Settings           `json:"settings"`
	Lessons  map[string]*Lesson `json:"lessons"`
}

// Store is the file and what it says.
type Store struct {
	path string
	doc  document
}

// Dir is the folder for the state: the one asked for, or the user's own by the XDG rules.
func Dir(asked string, getenv func(string) string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	// The XDG rules say that a relative path there is to be ignored.
	if base := getenv("XDG_STATE_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "redislab"), nil
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "redislab"), nil
	}
	return "", errors.New("no folder for the progress: neither HOME nor XDG_STATE_HOME is set; name one with --state-dir")
}

// Open reads the store, which may not exist yet. A damaged file is put aside, never thrown away;
// the notice says so.
func Open(dir string) (s *Store, notice string, err error) {
	s = &Store{path: filepath.Join(dir, fileName), doc: empty()}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", fmt.Errorf("progress folder: %w; name another with --state-dir", err)
	}
	if err := writable(dir); err != nil {
		return nil, "", fmt.Errorf("progress folder %s: %w; name another with --state-dir", dir, err)
	}
	doc, err := read(s.path)
	if err == nil {
		s.doc = doc
		return s, "", nil
	}
	if !errors.Is(err, errDamaged) {
		return nil, "", fmt.Errorf("progress: %w; name another folder with --state-dir", err)
	}
	aside := fmt.Sprintf("%s.damaged-%d", s.path, time.Now().Unix())
	if err := os.Rename(s.path, aside); err != nil {
		return nil, "", fmt.Errorf("progress: %w", err)
	}
	return s, fmt.Sprintf("%v: put aside as %s", err, filepath.Base(aside)), nil
}

func empty() document { return document{Version: version, Lessons: map[string]*Lesson{}} }

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

var errDamaged = errors.New("the progress file is damaged")

func read(path string) (document, error) {
	doc := empty()
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return doc, nil
	}
	if err != nil {
		return doc, err
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return empty(), fmt.Errorf("%w: %w", errDamaged, err)
	}
	if doc.Version > version {
		return empty(), fmt.Errorf("%s was written by a newer redislab (version %d)", path, doc.Version)
	}
	if doc.Lessons == nil {
		doc.Lessons = map[string]*Lesson{}
	}
	return doc, nil
}

// Path is the file's name.
func (s *Store) Path() string { return s.path }

// Settings are the ones kept.
func (s *Store) Settings() Settings { return s.doc.Settings }

// SetSettings keeps settings.
func (s *Store) SetSettings(set Settings) error {
	return s.change(func(d *document) { d.Settings = set })
}

// Passed reports whether a step was passed in a mode.
func (s *Store) Passed(lesson, mode, step string) bool {
	l := s.doc.Lessons[lesson]
	return l != nil && slices.Contains(l.Steps[mode], step)
}

// Count is how many steps of a lesson were passed in a mode.
func (s *Store) Count(lesson, mode string) int {
	if l := s.doc.Lessons[lesson]; l != nil {
		return len(l.Steps[mode])
	}
	return 0
}

// Finished reports whether a lesson was taken to its end in a mode.
func (s *Store) Finished(lesson, mode string) bool {
	l := s.doc.Lessons[lesson]
	return l != nil && !l.Finished[mode].IsZero()
}

// Pass notes that a step was passed.
func (s *Store) Pass(lesson, mode, step string) error {
	return s.change(func(d *document) {
		l := d.lesson(lesson)
		if !slices.Contains(l.Steps[mode], step) {
			l.Steps[mode] = append(l.Steps[mode], step)
		}
	})
}

// Finish notes that a lesson was taken to its end; the first time counts.
func (s *Store) Finish(lesson, mode string, at time.Time) error {
	return s.change(func(d *document) {
		l := d.lesson(lesson)
		if l.Finished[mode].IsZero() {
			l.Finished[mode] = at.UTC().Truncate(time.Second)
		}
	})
}

// Reset forgets all progress; the settings stay.
func (s *Store) Reset() error {
	return s.change(func(d *document) { d.Lessons = map[string]*Lesson{} })
}

func (d *document) lesson(id string) *Lesson {
	l := d.Lessons[id]
	if l == nil {
		l = &Lesson{}
		d.Lessons[id] = l
	}
	if l.Steps == nil {
		l.Steps = map[string][]string{}
	}
	if l.Finished == nil {
		l.Finished = map[string]time.Time{}
	}
	return l
}

// change reads the file again first, so that two programs at once do not undo each other's notes, and
// replaces it in one go, so that a crash leaves the old one or the new one.
func (s *Store) change(f func(*document)) error {
	if doc, err := read(s.path); err == nil {
		s.doc = doc
	}
	f(&s.doc)
	s.doc.Version = version
	b, err := json.MarshalIndent(s.doc, "", "  ")
	if err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.path), ".progress-*")
	if err != nil {
		return fmt.Errorf("progress is not kept: %w", err)
	}
	_, err = tmp.Write(append(b, '\n'))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), s.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("progress is not kept: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}
