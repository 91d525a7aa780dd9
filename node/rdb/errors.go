package rdb

import (
	"errors"
	"fmt"
)

// What can be wrong with the data, for errors.Is. The texts that Redis has are Redis's.
var (
	//lint:ignore ST1005 Redis's text
	ErrSignature = errors.New("Wrong signature trying to load DB from file")
	//lint:ignore ST1005 Redis's text
	ErrVersion   = errors.New("Can't handle RDB format version")
	ErrTruncated = errors.New("short read, the data ends too early")
	//lint:ignore ST1005 Redis's text
	ErrChecksum = errors.New("Wrong RDB checksum")
	ErrCorrupt  = errors.New("corrupt data")
	// ErrDump is the verdict on a DUMP payload whose last ten bytes do not fit.
	ErrDump = errors.New("DUMP payload version or checksum are wrong")
)

// Error tells where in the data decoding stopped.
type Error struct {
	Offset int64 // bytes read until then
	DB     int
	Key    []byte // nil outside of a key
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Key == nil {
		return fmt.Sprintf("rdb: at byte %d: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("rdb: at byte %d, in key %s of database %d: %v", e.Offset, quote(e.Key), e.DB, e.Err)
}

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

// UnsupportedError says that the data is sound but holds something this package does not
// decode. See Handler.Unsupported for going on without it.
type UnsupportedError struct {
	What   string // "stream", "module value", "module data", "function"
	Name   string // of the module
	DB     int
	Key    []byte // nil where What belongs to no key
	Offset int64
}

// Error implements error.
func (e *UnsupportedError) Error() string {
	what := e.What
	if e.Name != "" {
		what += " of " + quote([]byte(e.Name))
	}
	if e.Key != nil {
		what += fmt.Sprintf(" at key %s of database %d", quote(e.Key), e.DB)
	}
	return fmt.Sprintf("RDB contains a %s (byte %d); this node does not support that: remove it at the source and save again",
		what, e.Offset)
}

// corrupt makes an ErrCorrupt with its reason.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// quote shows bytes from the data, the first of many.
func quote(b []byte) string {
	const most = 64
	if len(b) > most {
		return fmt.Sprintf("%q…", b[:most])
	}
	return fmt.Sprintf("%q", b)
}
