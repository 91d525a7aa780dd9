package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Version is the Redis release whose directives, bounds and texts the table reproduces.
const Version = "7.0.15"

// FatalError stops the start of a server. Its text is what redis-server prints on stderr.
type FatalError struct {
	Line   int    // line in the file, counting as redis-server does; 0 when no single line is to blame
	Text   string // that line, trimmed
	Reason string
}

func (e *FatalError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n*** FATAL CONFIG FILE ERROR (Redis %s) ***\n", Version)
	if e.Line > 0 {
		fmt.Fprintf(&b, "Reading the configuration file, at line %d\n>>> '%s'\n", e.Line, e.Text)
	}
	b.WriteString(e.Reason + "\n")
	return b.String()
}

// FileError is a configuration file that could not be opened. redis-server logs its text at warning level and exits.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("Fatal error, can't open config file '%s': %s", e.Path, osReason(e.Err))
}

func (e *FileError) Unwrap() error { return e.Err }

// ArgError is what a hook given to Apply returns to say which parameter it could not adopt and why.
type ArgError struct {
	Name   string
	Reason string
}

func (e *ArgError) Error() string { return e.Name + ": " + e.Reason }

// Reason words an operating system's error as strerror(3) does.
func Reason(err error) string { return osReason(err) }

// osReason words an operating system's error as strerror(3) does, since that is what Redis's texts quote.
func osReason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	text := err.Error()
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
