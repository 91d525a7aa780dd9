package rdb

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// copied is an Entry that stays good.
type copied struct {
	DB     int
	Key    string
	Meta   Meta
	Type   Type
	Str    string
	Elems  []string
	Scores []float64
	Nodes  []Node
}

func copyOf(e *Entry) copied {
	v := &e.Value
	return copied{e.DB, string(e.Key), e.Meta, v.Type, string(v.Str), texts(v.Elems), append([]float64{}, v.Scores...), append([]Node{}, v.Nodes...)}
}

// decodeAll reads a file and copies what is in it.
func decodeAll(r io.Reader) (entries []copied, st Stats, err error) {
	st, err = Decode(r, Handler{Entry: func(e *Entry) error {
		entries = append(entries, copyOf(e))
		return nil
	}})
	return entries, st, err
}

// randomEntry makes a key in any layout that is written, of up to most elements or bytes.
func randomEntry(rng *rand.Rand, i, most int) *Entry {
	e := &Entry{DB: i / 10, Key: fmt.Appendf(nil, "key:%d", i)}
	if rng.IntN(2) == 0 {
		e.Meta = Expires(rng.Int64())
	}
	e.HasIdle, e.Idle = rng.IntN(3) == 0, 0
	if e.HasIdle {
		e.Idle = rng.Uint64() >> rng.IntN(64)
	}
	v := &e.Value
	v.Type = []Type{TypeString, TypeListQuick2, TypeSet, TypeSetIntset, TypeHash, TypeHashListpack, TypeZSet2, TypeZSetListpack}[i%8]
	text := func() []byte {
		if rng.IntN(3) == 0 {
			return fmt.Append(nil, rng.Int64()>>rng.IntN(64))
		}
		return compressible(rng, rng.IntN(1<<rng.IntN(bits.Len(uint(most)))), 1+rng.IntN(255), rng.IntN(10))
	}
	n := 1 + rng.IntN(min(most, 50))
	if v.Kind() == String {
		v.Str = text()
		return e
	}
	seen := map[string]bool{}
	for range n {
		elem := text()
		if v.Type == TypeSetIntset {
			elem = fmt.Append(nil, rng.Int64()>>rng.IntN(64))
		}
		if seen[string(elem)] && v.Kind() != List {
			continue
		}
		seen[string(elem)] = true
		v.Elems = append(v.Elems, elem)
		switch v.Kind() {
		case Hash:
			v.Elems = append(v.Elems, text())
		case ZSet:
			v.Scores = append(v.Scores, rng.NormFloat64()*float64(int64(1)<<rng.IntN(62)))
		case List:
			v.Nodes = append(v.Nodes, Node{Len: 1, Plain: len(elem) > 0 && rng.IntN(2) == 0})
		}
	}
	if v.Type == TypeSetIntset {
		slices.SortFunc(v.Elems, func(a, b []byte) int {
			x, _ := parseInt(a)
			y, _ := parseInt(b)
			return cmp.Compare(x, y)
		})
	}
	return e
}

// randomFile is a file of n random keys.
func randomFile(t testing.TB, seed uint64, n, most int, o Options) (file []byte, want []copied) {
	rng := rand.New(rand.NewPCG(seed, 9))
	var out bytes.Buffer
	e := NewEncoder(&out, o)
	e.Header()
	e.Aux("redis-ver", "7.0.15")
	e.Aux("redis-bits", "64")
	db := -1
	for i := range n {
		entry := randomEntry(rng, i, most)
		if entry.DB != db {
			db = entry.DB
			e.SelectDB(db)
			e.ResizeDB(10, 5)
		}
		want = append(want, copyOf(entry))
		e.Append(func(dst []byte, s *Serializer) []byte {
			return appendValue(AppendKey(dst, s, entry.Meta, entry.Value.Type, entry.Key), s, &entry.Value)
		})
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e.Size() != int64(out.Len()) {
		t.Fatalf("Size is %d of %d", e.Size(), out.Len())
	}
	return out.Bytes(), want
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(20) {
		o := Options{Compress: seed%2 == 0, Checksum: seed%3 != 0}
		file, want := randomFile(t, seed, 80, 2048, o)
		got, st, err := decodeAll(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if st.Keys != 80 || st.Checksum != o.Checksum || st.Version != 10 || st.Bytes != int64(len(file)) {
			t.Errorf("seed %d: %+v of %d bytes", seed, st, len(file))
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("seed %d: key %d came back as\n%.300q, want\n%.300q", seed, i, fmt.Sprint(got[i]), fmt.Sprint(want[i]))
			}
		}
	}
}

// TestSmallReads gets a file byte by byte, and through the smallest of buffers.
func TestSmallReads(t *testing.T) {
	file, want := randomFile(t, 1, 40, 2048, Options{Compress: true, Checksum: true})
	for name, r := range map[string]io.Reader{
		"one byte a read":      iotest.OneByteReader(bytes.NewReader(file)),
		"data with the error":  iotest.DataErrReader(bytes.NewReader(file)),
		"a buffer of 16 bytes": bufio.NewReaderSize(bytes.NewReader(file), 16),
	} {
		got, st, err := decodeAll(r)
		if err != nil || !reflect.DeepEqual(got, want) || !st.Checksum {
			t.Errorf("%s: %d keys, %+v, %v", name, len(got), st, err)
		}
	}
}

func TestTakesNoMoreThanTheFile(t *testing.T) {
	file, _ := randomFile(t, 2, 40, 2048, Options{Compress: true, Checksum: true})
	const behind = "*1\r\n$4\r\nPING\r\n"
	for _, size := range []int{16, 4096, 1 << 20} {
		br := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(file), strings.NewReader(behind)), size)
		if _, _, err := decodeAll(br); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(br); string(rest) != behind || err != nil {
			t.Errorf("buffer of %d: %q is left, %v", size, rest, err)
		}
	}
}

func TestTruncatedAnywhere(t *testing.T) {
	file, _ := randomFile(t, 3, 16, 50, Options{Compress: true, Checksum: true})
	for cut := range file {
		_, _, err := decodeAll(bufio.NewReaderSize(bytes.NewReader(file[:cut]), 512))
		var where *Error
		if !errors.Is(err, ErrTruncated) || !errors.As(err, &where) || where.Offset > int64(cut) {
			t.Fatalf("cut after %d of %d: %v", cut, len(file), err)
		}
	}
}

func TestChangedAnywhere(t *testing.T) {
	file, _ := randomFile(t, 4, 16, 50, Options{Compress: true, Checksum: true})
	for at := range file {
		for _, flip := range []byte{1, 0x80, 0xff} {
			bad := bytes.Clone(file)
			bad[at] ^= flip
			if _, _, err := decodeAll(bufio.NewReaderSize(bytes.NewReader(bad), 512)); err == nil {
				t.Fatalf("byte %d of %d changed from %#x to %#x: no error", at, len(file), file[at], bad[at])
			}
		}
	}
}

// body puts a header before and an end mark without checksum after what is given as for unhex.
func body(t *testing.T, s string) []byte {
	return append(append([]byte("REDIS0010"), unhex(t, s)...), opEOF, 0, 0, 0, 0, 0, 0, 0, 0)
}

func TestFileErrors(t *testing.T) {
	crc := append([]byte("REDIS0010\xff"), 1, 2, 3, 4, 5, 6, 7, 8)
	for _, c := range []struct {
		name string
		file []byte
		kind error
		text string
	}{
		{"empty", nil, ErrTruncated, "at byte 0"},
		{"no RDB", []byte("SQLite format 3"), ErrSignature, "Wrong signature trying to load DB from file"},
		{"too new", []byte("REDIS0011\xff"), ErrVersion, "Can't handle RDB format version 11"},
		{"version 0", []byte("REDIS0000\xff"), ErrVersion, "Can't handle RDB format version 0"},
		{"no version", []byte("REDIS00x0\xff"), ErrVersion, "Can't handle RDB format version"},
		{"wrong checksum", crc, ErrChecksum, "Wrong RDB checksum expected: (807060504030201) but got ("},
		{"unknown opcode", body(t, "f4"), ErrCorrupt, "at byte 10: corrupt data: unknown type or opcode 244"},
		{"unknown type", body(t, "14 01 'k'"), ErrCorrupt, "unknown type or opcode 20"},
		{"in a key", body(t, "fe02 10 01 'k' 07 09000000 0000 ff"), ErrCorrupt, `at byte 22, in key "k" of database 2: corrupt data: malformed listpack`},
		{"too many databases", body(t, "fe10"), ErrCorrupt, "configured to handle more than 16 databases"},
		{"absurd length", body(t, "00 01 'k' 81 0fffffffffffffff"), ErrTruncated, `in key "k"`},
		{"impossible length", body(t, "00 01 'k' 81 ffffffffffffffff"), ErrCorrupt, `in key "k"`},
		{"absurd count", body(t, "02 01 'k' 81 0fffffffffffffff"), ErrCorrupt, `in key "k"`},
		{"absurd hash", body(t, "04 01 'k' 81 ffffffffffffffff"), ErrCorrupt, `in key "k"`},
		{"score not a number", body(t, "05 01 'k' 01 01 'm' 000000000000f87f"), ErrCorrupt, "not a number"},
		{"old score not a number", body(t, "03 01 'k' 01 01 'm' fd"), ErrCorrupt, "not a number"},
		{"unknown container", body(t, "12 01 'k' 01 03 01 'm'"), ErrCorrupt, "unknown container 3"},
		{"odd hash", body(t, "10 01 'k' 09 09000000 0100 0101 ff"), ErrCorrupt, "a hash of 1 fields and values"},
	} {
		_, err := Decode(bytes.NewReader(c.file), Handler{Databases: 16})
		var where *Error
		if !errors.Is(err, c.kind) || !errors.As(err, &where) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v; want %v with %q", c.name, err, c.kind, c.text)
		}
	}
}

func TestChecksumNotWanted(t *testing.T) {
	file, _ := randomFile(t, 5, 8, 2048, Options{Checksum: true})
	file[len(file)-1] ^= 1
	if _, err := Decode(bytes.NewReader(file), Handler{}); !errors.Is(err, ErrChecksum) {
		t.Errorf("checked: %v", err)
	}
	if st, err := Decode(bytes.NewReader(file), Handler{NoChecksum: true}); err != nil || st.Checksum || st.Keys != 8 {
		t.Errorf("unchecked: %+v, %v", st, err)
	}
}

func TestFactsAndSizes(t *testing.T) {
	var out bytes.Buffer
	e := NewEncoder(&out, Options{Checksum: true})
	e.Header()
	e.Aux("redis-ver", "7.0.15")
	e.Aux("ctime", "1700000000")
	e.SelectDB(9)
	e.ResizeDB(100000, 70)
	rec := AppendString(AppendKey(nil, NewSerializer(true), Meta{Freq: 7, HasFreq: true}, TypeString, "k"), NewSerializer(true), "v")
	if n, err := e.Write(rec); n != len(rec) || err != nil {
		t.Fatal(n, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	note := func(format string, args ...any) error {
		got = append(got, fmt.Sprintf(format, args...))
		return nil
	}
	_, err := Decode(&out, Handler{
		Aux:    func(k, v []byte) error { return note("%s=%s", k, v) },
		Resize: func(db int, keys, expires uint64) error { return note("%d: %d, %d", db, keys, expires) },
		Entry:  func(e *Entry) error { return note("%s freq %d %v", e.Key, e.Freq, e.HasFreq) },
	})
	if want := []string{"redis-ver=7.0.15", "ctime=1700000000", "9: 100000, 70", "k freq 7 true"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestEmptyCollectionsAreLeftOut(t *testing.T) {
	file := body(t, "02 01 's' 00 fc 0100000000000000 04 01 'h' 00 12 01 'l' 01 02 07 07000000 0000 ff 00 01 'k' 01 'v'")
	got, st, err := decodeAll(bytes.NewReader(file))
	if err != nil || st.Keys != 1 || st.EmptyKeys != 3 || len(got) != 1 || got[0].Key != "k" || got[0].Meta.HasExpire {
		t.Errorf("%v, %+v, %v", got, st, err)
	}
}

func TestProgress(t *testing.T) {
	file, _ := randomFile(t, 6, 400, 2048, Options{Checksum: true})
	var at []int64
	stop := errors.New("stop")
	h := Handler{Every: 10_000, Progress: func(n int64) error { at = append(at, n); return nil }}
	if _, err := Decode(bufio.NewReaderSize(bytes.NewReader(file), 4096), h); err != nil {
		t.Fatal(err)
	}
	if len(at) < len(file)/16_000 || !slices.IsSorted(at) {
		t.Errorf("%d bytes were reported at %v", len(file), at)
	}
	h.Progress = func(int64) error { return stop }
	if _, err := Decode(bufio.NewReaderSize(bytes.NewReader(file), 4096), h); !errors.Is(err, stop) {
		t.Errorf("stopped by the handler: %v", err)
	}
}

func TestErrorsOfOthers(t *testing.T) {
	file, _ := randomFile(t, 7, 8, 2048, Options{Checksum: true})
	broken := errors.New("broken")
	if _, _, err := decodeAll(io.MultiReader(bytes.NewReader(file[:100]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a reader's error: %v", err)
	}
	_, err := Decode(bytes.NewReader(file), Handler{Entry: func(*Entry) error { return broken }})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), `in key "key:0" of database 0`) {
		t.Errorf("a handler's error: %v", err)
	}
	e := NewEncoder(failing{broken}, Options{})
	e.Header()
	if err := e.Flush(); !errors.Is(err, broken) {
		t.Errorf("a writer's error: %v", err)
	}
	if _, err := e.Write(make([]byte, 1<<20)); !errors.Is(err, broken) {
		t.Errorf("Write after an error: %v", err)
	}
	if err := e.Close(); !errors.Is(err, broken) {
		t.Errorf("Close after an error: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestLengthsThatWereWrong gives counts that do not fit what is iterated over.
func TestLengthsThatWereWrong(t *testing.T) {
	s := NewSerializer(false)
	elems := slices.Repeat([]string{"x"}, 100)
	for _, n := range []int{0, 1, 63, 64, 99, 100, 101, 1 << 20} {
		want := AppendSet([]byte("before"), s, 100, slices.Values(elems))
		if got := AppendSet([]byte("before"), s, n, slices.Values(elems)); !bytes.Equal(got, want) {
			t.Errorf("%d announced: %.40x, want %.40x", n, got, want)
		}
	}
}

func TestDumpFooter(t *testing.T) {
	good := AppendDumpFooter([]byte("\x00\x01v"), 0)
	if v, err := DecodeDump(good); err != nil || string(v.Str) != "v" {
		t.Fatal(v, err)
	}
	older := binary.LittleEndian.AppendUint16([]byte("\x00\x01v"), 6)
	older = binary.LittleEndian.AppendUint64(older, CRC64(0, older))
	if err := VerifyDump(older); err != nil {
		t.Errorf("version 6: %v", err)
	}
	newer := binary.LittleEndian.AppendUint16([]byte("\x00\x01v"), 11)
	newer = binary.LittleEndian.AppendUint64(newer, CRC64(0, newer))
	bad := bytes.Clone(good)
	bad[2] ^= 1
	for name, p := range map[string][]byte{"empty": nil, "9 bytes": good[:9], "newer": newer, "changed": bad, "cut": good[:len(good)-1]} {
		if _, err := DecodeDump(p); !errors.Is(err, ErrDump) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, p := range map[string]string{"no value": "", "no string": "\x00", "cut string": "\x00\x05v", "empty set": "\x02\x00", "type": "\x14"} {
		_, err := DecodeDump(AppendDumpFooter([]byte(p), 0))
		var where *Error
		if !errors.As(err, &where) || where.Key != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDuplicate(t *testing.T) {
	for _, c := range []struct {
		typ   Type
		elems string
		dup   string
	}{
		{TypeSet, "a b c", ""}, {TypeSet, "a b a", "a"}, {TypeHash, "a x b x", ""}, {TypeHash, "b x b y", "b"},
		{TypeZSet2, "a b b", "b"}, {TypeListQuick2, "a a", ""},
	} {
		v := &Value{Type: c.typ}
		for _, e := range strings.Fields(c.elems) {
			v.Elems = append(v.Elems, []byte(e))
		}
		if got, found := v.Duplicate(); string(got) != c.dup || found != (c.dup != "") {
			t.Errorf("%s %s: %q", v.Kind(), c.elems, got)
		}
	}
}

func TestDecodeAllocatesLittle(t *testing.T) {
	file := func(n int) []byte {
		var out bytes.Buffer
		keys, vals := make([]string, n), make([][]byte, n)
		for i := range n {
			keys[i], vals[i] = fmt.Sprintf("key:%012d", i), bytes.Repeat([]byte{byte(i)}, 100)
		}
		if err := benchEncode(&out, Options{Compress: true, Checksum: true}, keys, vals); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	allocs := func(p []byte) float64 {
		return testing.AllocsPerRun(3, func() { Decode(bytes.NewReader(p), Handler{Entry: func(*Entry) error { return nil }}) })
	}
	if few, many := allocs(file(10)), allocs(file(10_000)); many > few+20 {
		t.Errorf("%v allocations for 10 keys, %v for 10000", few, many)
	}
}

// TestLiesAboutSize gives lengths and counts far beyond the bytes that follow.
func TestLiesAboutSize(t *testing.T) {
	for name, value := range map[string]string{
		"string":    "00 01 'k' 81 000000ffffffffff",
		"set":       "02 01 'k' 80 ffffffff 81 000000ffffffffff",
		"list":      "12 01 'k' 80 ffffffff 02 81 000000ffffffffff",
		"LZF":       "00 01 'k' c3 02 81 000000ffffffffff 00 'a'",
		"LZF, both": "10 01 'k' c3 81 0000000fffffffff 81 000000ffffffffff 00 'a'",
		"aux":       "fa 81 000000ffffffffff",
		"module":    "07 01 'k' 81 65ea6fb96b990c01 05 81 000000ffffffffff",
	} {
		file := body(t, value)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(bytes.NewReader(file), Handler{})
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
			t.Errorf("%s: %d bytes of memory for a file of %d", name, took, len(file))
		}
	}
}
