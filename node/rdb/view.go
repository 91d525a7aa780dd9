package rdb

import "unsafe"

// view gives the bytes of a string or byte slice, for reading only and without a copy.
// Both begin with a pointer and a length, which is all that a string has.
func view[T Text](text T) []byte {
	s := *(*string)(unsafe.Pointer(&text))
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

// text gives bytes as a string without a copy; it is good while they do not change.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
