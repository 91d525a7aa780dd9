package rdb

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzDecode reads anything as a file. What is read must come back the same when written
// again; what is not must fail with an error of this package.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(3) {
		file, _ := randomFile(f, seed, 8, 40, Options{Compress: true})
		f.Add(file)
	}
	f.Add(oldFile(3))
	for _, c := range oldValues {
		p := append([]byte("REDIS0009"), byte(c.typ), 1, 'k')
		f.Add(append(append(p, c.value...), opEOF, 0, 0, 0, 0, 0, 0, 0, 0))
	}
	for _, c := range unsupportedFiles {
		f.Add(append(append([]byte("REDIS0010"), unhex(f, c.file)...), opEOF, 0, 0, 0, 0, 0, 0, 0, 0))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s := NewSerializer(true)
		_, err := Decode(bytes.NewReader(file), Handler{
			NoChecksum:  true,
			Unsupported: func(*UnsupportedError) error { return nil },
			Entry:       func(e *Entry) error { writeAgain(t, s, &e.Value); return nil },
		})
		var where *Error
		var unsupported *UnsupportedError
		if err != nil && !errors.As(err, &where) && !errors.As(err, &unsupported) {
			t.Errorf("error of type %T: %v", err, err)
		}
	})
}

// FuzzRestorePayload reads anything as the value of a DUMP payload.
func FuzzRestorePayload(f *testing.F) {
	for _, c := range oldValues {
		f.Add(append([]byte{byte(c.typ)}, c.value...))
	}
	s := NewSerializer(true)
	file, _ := randomFile(f, 1, 16, 100, Options{})
	Decode(bytes.NewReader(file), Handler{Entry: func(e *Entry) error {
		f.Add(appendValue([]byte{byte(e.Value.Type)}, s, &e.Value))
		return nil
	}})
	f.Fuzz(func(t *testing.T, value []byte) {
		p := AppendDumpFooter(bytes.Clone(value), 0)
		v, err := DecodeDump(p)
		if err == nil {
			writeAgain(t, NewSerializer(true), v)
		}
		if errors.Is(err, ErrDump) {
			t.Errorf("our own footer is refused: %v", err)
		}
	})
}

// writeAgain writes a value in its present-day layout and reads that.
func writeAgain(t *testing.T, s *Serializer, v *Value) {
	v.Type = present(v.Type)
	if v.Type == TypeListQuick2 && len(v.Nodes) == 0 {
		v.Nodes = []Node{{Len: len(v.Elems)}}
	}
	again, err := DecodeDump(dumpOf(s, v))
	if err != nil {
		t.Fatalf("type %d, written again: %v", v.Type, err)
	}
	if string(again.Str) != string(v.Str) || len(again.Elems) != len(v.Elems) || len(again.Scores) != len(v.Scores) {
		t.Fatalf("type %d, written again, is another value", v.Type)
	}
	for i, e := range v.Elems {
		if !bytes.Equal(again.Elems[i], e) || v.Kind() == ZSet && again.Scores[i] != v.Scores[i] {
			t.Fatalf("type %d: element %d was %q and is %q", v.Type, i, e, again.Elems[i])
		}
	}
}

// present is the layout in which an old one is written today.
func present(t Type) Type {
	switch t.Kind() {
	case List:
		return TypeListQuick2
	case Hash:
		return TypeHash
	case ZSet:
		return TypeZSet2
	}
	return t
}
