package rdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// ziplistOf makes a ziplist. Numbers are written in the given encoding (a byte and its data), strings as such.
func ziplistOf(entries ...any) []byte {
	out := make([]byte, zlHeader)
	prev, last := 0, zlHeader
	for _, e := range entries {
		last = len(out)
		if prev < zlBigPrev {
			out = append(out, byte(prev))
		} else {
			out = binary.LittleEndian.AppendUint32(append(out, zlBigPrev), uint32(prev))
		}
		switch e := e.(type) {
		case []byte:
			out = append(out, e...)
		case string:
			switch n := len(e); {
			case n < 64:
				out = append(out, byte(n))
			case n < 1<<14:
				out = append(out, zlStr14|byte(n>>8), byte(n))
			default:
				out = binary.BigEndian.AppendUint32(append(out, zlStr32), uint32(n))
			}
			out = append(out, e...)
		}
		prev = len(out) - last
	}
	out = append(out, zlEnd)
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	binary.LittleEndian.PutUint32(out[4:], uint32(last))
	binary.LittleEndian.PutUint16(out[8:], uint16(min(len(entries), zlManyElems)))
	return out
}

// zlNumbers are numbers in every encoding of a ziplist.
var zlNumbers = []any{
	[]byte{0xf1}, []byte{0xfd}, []byte{0xfe, 0x80}, []byte{0xc0, 0x00, 0x80}, []byte{0xf0, 0xff, 0xff, 0x7f}, []byte{0xf0, 0, 0, 0x80},
	[]byte{0xd0, 0, 0, 0, 0x80}, []byte{0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80},
}

var zlNumberTexts = []string{"0", "12", "-128", "-32768", "8388607", "-8388608", "-2147483648", "-9223372036854775808"}

// oldValues are values in layouts that 7.0 reads and no longer writes.
var oldValues = func() []oldValue {
	long, huge := strings.Repeat("y", 300), strings.Repeat("z", 20000)
	blob := func(b []byte) []byte { return appendPlain(nil, b) }
	return []oldValue{
		{"list", TypeList, []byte("\x03\x01a\xc0\x05\x00"), []string{"a", "5", ""}, nil},
		{"zset with text scores", TypeZSet, []byte("\x04\x01a\x031.5\x01b\xfe\x01c\xff\x01d\x02-7"), []string{"c", "d", "a", "b"},
			[]float64{math.Inf(-1), -7, 1.5, math.Inf(1)}},
		{"hash as zipmap", TypeHashZipmap, blob([]byte("\x02\x01f\x02\x00vv\x02gg\x03\x02www__\xff")), []string{"f", "vv", "gg", "www"}, nil},
		{"hash as zipmap, long", TypeHashZipmap, blob([]byte("\x01\x01f\xfe\x2c\x01\x00\x00\x00" + long + "\xff")), []string{"f", long}, nil},
		{"list as ziplist", TypeListZiplist, blob(ziplistOf("a", long, "b", huge, "c")), []string{"a", long, "b", huge, "c"}, nil},
		{"list as ziplist, numbers", TypeListZiplist, blob(ziplistOf(zlNumbers...)), zlNumberTexts, nil},
		{"zset as ziplist", TypeZSetZiplist, blob(ziplistOf("a", []byte{0xf3}, "b", "2.5", "c", "inf")), []string{"a", "b", "c"},
			[]float64{2, 2.5, math.Inf(1)}},
		{"hash as ziplist", TypeHashZiplist, blob(ziplistOf("f", "v", long, []byte{0xf1})), []string{"f", "v", long, "0"}, nil},
		{"quicklist", TypeListQuicklist, slices.Concat([]byte{2}, blob(ziplistOf("a", long)), blob(ziplistOf("c"))), []string{"a", long, "c"}, nil},
	}
}()

type oldValue struct {
	name   string
	typ    Type
	value  []byte
	elems  []string
	scores []float64
}

func (c *oldValue) payload() []byte {
	return AppendDumpFooter(append([]byte{byte(c.typ)}, c.value...), 0)
}

func TestOldLayouts(t *testing.T) {
	for _, c := range oldValues {
		v, err := DecodeDump(c.payload())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		elems, scores := texts(v.Elems), v.Scores
		if c.typ == TypeZSet { // in the order of the file
			elems, scores = []string{elems[2], elems[3], elems[0], elems[1]}, []float64{scores[2], scores[3], scores[0], scores[1]}
		}
		if !slices.Equal(elems, c.elems) || !slices.Equal(scores, c.scores) {
			t.Errorf("%s: %.80q %v, want %.80q %v", c.name, elems, scores, c.elems, c.scores)
		}
	}
}

// TestOldLayoutsInReal has a real server restore the old layouts and tell what it has then.
func TestOldLayoutsInReal(t *testing.T) {
	o := startOracle(t, "")
	for _, c := range oldValues {
		o := o.in(t)
		o.send("RESTORE", c.name, 0, c.payload())
		now, err := DecodeDump(o.dump(c.name))
		if err != nil {
			t.Fatal(err)
		}
		elems := texts(now.Elems)
		if now.Kind() == Hash { // in any order
			sortPairs(elems)
			sortPairs(c.elems)
		}
		if now.Type == c.typ || !slices.Equal(elems, c.elems) || !slices.Equal(now.Scores, c.scores) {
			t.Errorf("%s: the real server has %.80q %v, want %.80q %v", c.name, elems, now.Scores, c.elems, c.scores)
		}
	}
}

func sortPairs(elems []string) {
	pairs := make([][2]string, 0, len(elems)/2)
	for i := 0; i < len(elems); i += 2 {
		pairs = append(pairs, [2]string{elems[i], elems[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	for i, p := range pairs {
		elems[2*i], elems[2*i+1] = p[0], p[1]
	}
}

func TestOldMalformed(t *testing.T) {
	good := ziplistOf("a", "b")
	change := func(at int, b byte) []byte {
		p := bytes.Clone(good)
		p[at] = b
		return p
	}
	for _, c := range []struct {
		why  string
		typ  Type
		blob []byte
	}{
		{"short ziplist", TypeListZiplist, good[:9]},
		{"wrong total", TypeListZiplist, change(0, 99)},
		{"wrong tail", TypeListZiplist, change(4, 10)},
		{"wrong count", TypeListZiplist, change(8, 3)},
		{"wrong length of the one before", TypeListZiplist, change(13, 9)},
		{"string over the end", TypeListZiplist, change(14, 60)},
		{"no such encoding", TypeListZiplist, change(14, 0x81)},
		{"64 bits cut", TypeListZiplist, change(14, 0xe0)},
		{"14 bits of length cut", TypeListZiplist, change(14, 0x7f)},
		{"no end mark", TypeListZiplist, change(len(good)-1, 0)},
		{"odd hash", TypeHashZiplist, ziplistOf("a", "b", "c")},
		{"odd zset", TypeZSetZiplist, ziplistOf("a", "1", "c")},
		{"score is no number", TypeZSetZiplist, ziplistOf("a", "b")},
		{"score is nan", TypeZSetZiplist, ziplistOf("a", "nan")},
		{"empty ziplist", TypeListZiplist, ziplistOf()},
		{"zipmap without end", TypeHashZipmap, []byte("\x01\x01f\x01\x00v")},
		{"zipmap with a field only", TypeHashZipmap, []byte("\x01\x01f\xff")},
		{"zipmap with a value over the end", TypeHashZipmap, []byte("\x01\x01f\x09\x00v\xff")},
		{"zipmap with unused bytes over the end", TypeHashZipmap, []byte("\x01\x01f\x01\x09v\xff")},
		{"zipmap with a wrong count", TypeHashZipmap, []byte("\x02\x01f\x01\x00v\xff")},
		{"zipmap with a huge length", TypeHashZipmap, []byte("\x01\xfe\xff\xff\xff\xff\x01\x00v\xff")},
	} {
		p := AppendDumpFooter(appendPlain([]byte{byte(c.typ)}, c.blob), 0)
		if v, err := DecodeDump(p); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, %v", c.why, v, err)
		}
	}
}

// oldFile is a file as versions before 5 wrote it: seconds of expiry, no checksum.
func oldFile(version int) []byte {
	p := fmt.Appendf(nil, "REDIS%04d", version)
	p = append(p, opSelectDB, 3, opExpire, 0, 0, 0, 0x7f, byte(TypeString), 1, 'k', 1, 'v')
	return append(p, opEOF)
}

func TestOldFile(t *testing.T) {
	for version := 1; version <= 4; version++ {
		var got []string
		st, err := Decode(bytes.NewReader(oldFile(version)), Handler{Entry: func(e *Entry) error {
			got = append(got, fmt.Sprintf("%d %s %s %d %v", e.DB, e.Key, e.Value.Str, e.ExpireMS, e.HasExpire))
			return nil
		}})
		if want := []string{"3 k v 2130706432000 true"}; err != nil || !slices.Equal(got, want) || st.Checksum || st.Version != version {
			t.Errorf("%q, %+v, %v; want %q", got, st, err, want)
		}
	}
}
