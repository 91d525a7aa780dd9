package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// RewriteFile carries CONFIG REWRITE out on the file given at the start. The file is replaced in one step, so a crash
// leaves the old or the new one. The error's text is Redis's reply without the leading '-'.
func (s *Set) RewriteFile() error {
	if s.file == "" {
		return errors.New("ERR The server is running without a config file")
	}
	if err := replaceFile(s.file, s.Rewrite); err != nil {
		return fmt.Errorf("ERR Rewriting config file: %s", osReason(err))
	}
	return nil
}

// replaceFile writes change(old content) beside the file and renames it; a missing file counts as empty.
func replaceFile(path string, change func([]byte) []byte) (err error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close() // a second Close only tells that it is closed
			os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(change(old)); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename survive a power cut.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
