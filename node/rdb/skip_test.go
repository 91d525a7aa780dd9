package rdb

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// unsupportedFiles hold what is not decoded, and one key behind it if its end can be found.
var unsupportedFiles = []struct {
	name, file, text string
	known            bool // where it ends
}{
	{"function", "f5 03 'abc'", "RDB contains a function (byte 9)", true},
	{"function of a release candidate", "f6 00", "release candidate", false},
	{"module data", "f7 81 65ea6fb96b990c01 02 02 05 01 'x' 00", `module data of "ZepvuWuZD"`, true},
	{"module value", "07 01 'k' 81 65ea6fb96b990c01 01 05 02 81 ffffffffffffffff 03 00000000 04 0000000000000000 05 02 'ab' 00",
		`module value of "ZepvuWuZD" at key "k" of database 0`, true},
	{"module value of a release candidate", "06 01 'k' 00", "release candidate", false},
	{"old stream", "0f 01 'k' 01 02 'id' 02 'lp' 01 05 06 01 01 'g' 05 06 01 00112233445566778899aabbccddeeff 0011223344556677 03" +
		" 01 01 'c' 0011223344556677 01 00112233445566778899aabbccddeeff", `stream at key "k"`, true},
	{"stream", "13 01 'k' 01 02 'id' 02 'lp' 01 05 06 05 06 00 00 01 01 01 'g' 05 06 01 00 01 01 'c' 0011223344556677 00", `stream at key "k"`, true},
}

func TestUnsupported(t *testing.T) {
	for _, c := range unsupportedFiles {
		file := body(t, c.file+" 00 05 'after' 01 'v'")
		_, err := Decode(bytes.NewReader(file), Handler{})
		var u *UnsupportedError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %q", c.name, err, c.text)
		}
		var got []string
		_, err = Decode(bytes.NewReader(file), Handler{
			Unsupported: func(u *UnsupportedError) error { return nil },
			Entry:       func(e *Entry) error { got = append(got, string(e.Key)); return nil },
		})
		if c.known != (err == nil) || c.known && !slices.Equal(got, []string{"after"}) {
			t.Errorf("%s, going on: %q, %v", c.name, got, err)
		}
	}
}

func TestUnsupportedTruncated(t *testing.T) {
	for _, c := range unsupportedFiles {
		file := append([]byte("REDIS0010"), unhex(t, c.file)...)
		for cut := 9; c.known && cut < len(file); cut++ {
			_, err := Decode(bytes.NewReader(file[:cut]), Handler{Unsupported: func(*UnsupportedError) error { return nil }})
			if !errors.Is(err, ErrTruncated) {
				t.Errorf("%s cut after %d of %d: %v", c.name, cut, len(file), err)
			}
		}
	}
	file := body(t, "07 01 'k' 01 09 00")
	if _, err := Decode(bytes.NewReader(file), Handler{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("an unknown part of a module's data: %v", err)
	}
}
