package rdb

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// unhex reads hexadecimal bytes with blanks between; 'text' stands for itself.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for _, word := range strings.Fields(s) {
		if strings.HasPrefix(word, "'") {
			out = append(out, strings.Trim(word, "'")...)
			continue
		}
		b, err := hex.DecodeString(word)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

// readerOf reads from bytes.
func readerOf(p []byte) *reader { return &reader{win: p} }

func TestCRC64(t *testing.T) {
	if got := CRC64(0, []byte("123456789")); got != 0xe9c6d914c4b8d9ca {
		t.Errorf("the check value is %x", got)
	}
	p := []byte(noise(1000))
	for _, cut := range []int{0, 1, 7, 8, 9, 500, 999, 1000} {
		if got, want := CRC64(CRC64(0, p[:cut]), p[cut:]), bitCRC(p); got != want {
			t.Errorf("cut at %d: %x, bit by bit %x", cut, got, want)
		}
	}
}

func bitCRC(p []byte) (crc uint64) {
	for _, b := range p {
		crc ^= uint64(b)
		for range 8 {
			crc = crc>>1 ^ crcPoly&-(crc&1)
		}
	}
	return crc
}

func TestLengths(t *testing.T) {
	for _, c := range []struct {
		n    uint64
		want string
	}{
		{0, "00"}, {63, "3f"}, {64, "4040"}, {16383, "7fff"}, {16384, "80 00004000"},
		{math.MaxUint32, "80 ffffffff"}, {math.MaxUint32 + 1, "81 0000000100000000"},
		{math.MaxUint64, "81 ffffffffffffffff"},
	} {
		got := AppendLen(nil, c.n)
		if !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%d is written as %x, want %s", c.n, got, c.want)
		}
		if back, err := readerOf(got).length(); err != nil || back != c.n {
			t.Errorf("%d is read as %d, %v", c.n, back, err)
		}
		for cut := range got {
			if _, err := readerOf(got[:cut]).length(); !errors.Is(err, ErrTruncated) {
				t.Errorf("%x cut after %d: %v", got, cut, err)
			}
		}
	}
	for _, bad := range []string{"82", "bf", "c0 00", "ff"} {
		if _, err := readerOf(unhex(t, bad)).length(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("length %s: %v", bad, err)
		}
	}
}

func TestStrings(t *testing.T) {
	s := NewSerializer(true)
	for _, c := range []struct{ text, want string }{
		{"", "00"},
		{"a", "01 'a'"},
		{"0", "c0 00"}, {"-1", "c0 ff"}, {"127", "c0 7f"}, {"-128", "c0 80"},
		{"128", "c1 8000"}, {"-129", "c1 7fff"}, {"32767", "c1 ff7f"},
		{"32768", "c2 00800000"}, {"-2147483648", "c2 00000080"},
		{"2147483648", "0a '2147483648'"}, {"-2147483649", "0b '-2147483649'"},
		{"-0", "02 '-0'"}, {"01", "02 '01'"}, {"+1", "02 '+1'"}, {"1.0", "03 '1.0'"}, {"-", "01 '-'"},
		{strings.Repeat("a", 20), "14 '" + strings.Repeat("a", 20) + "'"},
		{strings.Repeat("a", 40), "c3 09 28 01 'aa' e01b00 01 'aa'"},
	} {
		got := AppendString(nil, s, c.text)
		if want := unhex(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%q is written as %x, want %x", c.text, got, want)
		}
		for _, keep := range []bool{true, false} {
			if back, err := readerOf(got).string(keep); err != nil || string(back) != c.text {
				t.Errorf("%q is read as %q, %v", c.text, back, err)
			}
		}
	}
	for _, bad := range []string{"c4", "c3 01 7f ff", "c3 05 10 00 00 00 00 00", "81 ffffffffffffffff 00"} {
		if _, err := readerOf(unhex(t, bad)).string(true); err == nil {
			t.Errorf("string %s is taken", bad)
		}
	}
}

func TestAppendInt(t *testing.T) {
	s := NewSerializer(true)
	for _, n := range []int64{0, 1, -128, 300, 1 << 20, math.MaxInt32, math.MaxInt32 + 1, math.MinInt64, math.MaxInt64} {
		if got, want := AppendInt(nil, s, n), AppendString(nil, s, fmt.Sprint(n)); !bytes.Equal(got, want) {
			t.Errorf("%d: %x as a number, %x as a string", n, got, want)
		}
	}
}

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-1": -1, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
	} {
		if n, ok := parseInt([]byte(text)); !ok || n != want {
			t.Errorf("%q: %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{
		"", "-", "+1", " 1", "1 ", "00", "01", "-0", "-01", "1a", "9223372036854775808",
		"-9223372036854775809", "18446744073709551616", "99999999999999999999", "1e3", "--1", "/", ":",
	} {
		if n, ok := parseInt([]byte(text)); ok {
			t.Errorf("%q is taken for %d", text, n)
		}
	}
}

func TestLZFRoundTrip(t *testing.T) {
	var z lzf
	rng := rand.New(rand.NewPCG(7, 8))
	packed := 0
	for range 2000 {
		in := compressible(rng, 5+rng.IntN(1<<rng.IntN(16)), 1+rng.IntN(255), rng.IntN(20))
		c := z.compress(in)
		if c == nil {
			continue
		}
		packed++
		if len(c) > len(in)-4 {
			t.Fatalf("%d bytes became %d", len(in), len(c))
		}
		out := make([]byte, len(in))
		if err := lzfDecompress(out, c); err != nil || !bytes.Equal(out, in) {
			t.Fatalf("%d bytes do not come back: %v", len(in), err)
		}
	}
	if packed < 500 {
		t.Errorf("only %d strings were compressed: the test shows nothing", packed)
	}
}

// TestLZFTableWraps lets the base run over 32 bits.
func TestLZFTableWraps(t *testing.T) {
	var z lzf
	in := []byte(strings.Repeat("abcdefgh", 20))
	want := bytes.Clone(z.compress(in))
	z.base = math.MaxUint32 - uint32(len(in)) - 3
	for range 3 {
		if got := z.compress(in); !bytes.Equal(got, want) {
			t.Fatalf("base %d: %x, want %x", z.base, got, want)
		}
	}
	if z.base > 1000 {
		t.Errorf("base %d has not been set back", z.base)
	}
}

func TestLZFMalformed(t *testing.T) {
	for _, c := range []struct{ in, why string }{
		{"05 'abc'", "literals run over the end of the input"},
		{"08 'abcdefghi'", "literals run over the end of the output"},
		{"00 'a' 20", "a reference without its distance"},
		{"00 'a' e0 05", "a long reference without its distance"},
		{"00 'a' 20 01", "a reference before the start"},
		{"00 'a' e0 10 00", "a reference over the end of the output"},
		{"03 'abcd'", "too few bytes come out"},
	} {
		if err := lzfDecompress(make([]byte, 8), unhex(t, c.in)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestListpack(t *testing.T) {
	for _, c := range []struct{ elem, want string }{
		{"0", "00 01"}, {"127", "7f 01"}, {"128", "c080 02"}, {"-1", "dfff 02"}, {"4095", "cfff 02"}, {"-4096", "d000 02"},
		{"4096", "f10010 03"}, {"-4097", "f1ffef 03"}, {"32767", "f1ff7f 03"}, {"-32768", "f10080 03"},
		{"32768", "f2008000 04"}, {"-32769", "f2ff7fff 04"}, {"8388607", "f2ffff7f 04"}, {"-8388608", "f2000080 04"},
		{"8388608", "f300008000 05"}, {"2147483647", "f3ffffff7f 05"}, {"-2147483648", "f300000080 05"},
		{"2147483648", "f40000008000000000 09"}, {"-9223372036854775808", "f40000000000000080 09"},
		{"", "80 01"}, {"a", "81 'a' 02"}, {strings.Repeat("x", 63), "bf '" + strings.Repeat("x", 63) + "' 40"},
		{strings.Repeat("x", 64), "e040 '" + strings.Repeat("x", 64) + "' 42"},
		{strings.Repeat("x", 125), "e07d '" + strings.Repeat("x", 125) + "' 7f"},
		{strings.Repeat("x", 126), "e07e '" + strings.Repeat("x", 126) + "' 0180"},
		{strings.Repeat("x", 4095), "efff '" + strings.Repeat("x", 4095) + "' 2081"},
		{strings.Repeat("x", 4096), "f000100000 '" + strings.Repeat("x", 4096) + "' 2085"},
		{strings.Repeat("x", 16377), "f0f93f0000 '" + strings.Repeat("x", 16377) + "' 7ffe"},
		{strings.Repeat("x", 16378), "f0fa3f0000 '" + strings.Repeat("x", 16378) + "' 00ffff"},
	} {
		body := lpAppend(nil, []byte(c.elem))
		if want := unhex(t, c.want); !bytes.Equal(body, want) {
			t.Errorf("%.20q (%d) is written as %.40x, want %.40x", c.elem, len(c.elem), body, want)
			continue
		}
		blob := lpFinish(append(lpBegin(nil), body...), 0, 1)
		elems, err := lpElems(nil, new(arena), blob)
		if err != nil || len(elems) != 1 || string(elems[0]) != c.elem {
			t.Errorf("%.20q (%d) is read as %.20q, %v", c.elem, len(c.elem), elems, err)
		}
	}
}

func TestListpackMany(t *testing.T) {
	blob := lpBegin(nil)
	for i := range 70_000 {
		blob = lpAppendInt(blob, int64(i))
	}
	blob = lpFinish(blob, 0, 70_000)
	if n := blob[4:6]; !bytes.Equal(n, []byte{0xff, 0xff}) {
		t.Errorf("70000 elements are counted as %x", n)
	}
	elems, err := lpElems(nil, new(arena), blob)
	if err != nil || len(elems) != 70_000 || string(elems[69_999]) != "69999" {
		t.Errorf("%d elements come back, %v", len(elems), err)
	}
}

func TestListpackMalformed(t *testing.T) {
	for _, c := range []struct{ blob, why string }{
		{"", "empty"},
		{"06000000 0000", "too short"},
		{"08000000 0000 ff", "wrong total"},
		{"07000000 0000 00", "no end mark"},
		{"09000000 0200 0101 ff", "too few elements"},
		{"09000000 0000 0101 ff", "too many elements"},
		{"09000000 0100 0102 ff", "wrong backlen"},
		{"08000000 0100 01 ff", "no backlen"},
		{"09000000 0100 85 'a' ff", "string over the end"},
		{"08000000 0100 c1 ff", "13 bits cut"},
		{"08000000 0100 f1 ff", "16 bits cut"},
		{"08000000 0100 e1 ff", "12 bits of length cut"},
		{"08000000 0100 f0 ff", "32 bits of length cut"},
		{"0c000000 0100 f0ffffffff ff", "32 bits of length too great"},
		{"09000000 0100 f501 ff", "no such encoding"},
		{"09000000 0100 ff01 ff", "end mark in the middle"},
	} {
		if _, err := lpElems(nil, new(arena), unhex(t, c.blob)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestIntset(t *testing.T) {
	for _, c := range []struct {
		values []int64
		want   string
	}{
		{[]int64{2, 1, -1}, "02000000 03000000 ffff 0100 0200"},
		{[]int64{32768, -5}, "04000000 02000000 fbffffff 00800000"},
		{[]int64{math.MinInt64, 0}, "08000000 02000000 0000000000000080 0000000000000000"},
		{[]int64{0, math.MaxInt64}, "08000000 02000000 0000000000000000 ffffffffffffff7f"},
	} {
		got := isAppend(nil, slices.Clone(c.values))
		if want := unhex(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%d is written as %x, want %x", c.values, got, want)
		}
		elems, err := isElems(nil, new(arena), got)
		slices.Sort(c.values)
		if err != nil || fmt.Sprintf("%s", elems) != fmt.Sprint(c.values) {
			t.Errorf("%d is read as %s, %v", c.values, elems, err)
		}
	}
	for _, bad := range []string{
		"", "02000000", "03000000 00000000", "02000000 02000000 0100", "02000000 01000000 0100 0200",
		"02000000 02000000 0200 0100", "02000000 02000000 0100 0100", "02000000 ffffffff 0100",
	} {
		if _, err := isElems(nil, new(arena), unhex(t, bad)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("intset %s: %v", bad, err)
		}
	}
}

func TestScores(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "-1": -1, "1.5": 1.5, "inf": math.Inf(1), "-inf": math.Inf(-1), "1e+100": 1e100,
		"9223372036854775807": 1 << 63, "0.10000000000000001": 0.1, "1e999": math.Inf(1),
	} {
		if got, err := parseScore([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "nan", "-nan", "x", "1.5x", "1 "} {
		if got, err := parseScore([]byte(text)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q is taken for %v, %v", text, got, err)
		}
	}
	for f, want := range map[float64]string{
		0.1: "0.10000000000000001", 2.5: "2.5", 1e100: "1e+100", 1e17: "1e+17", 1e-9: "1.0000000000000001e-09",
		math.Inf(-1): "-inf", 4503599627370497: "4503599627370497", 123456789012345680: "1.2345678901234568e+17",
	} {
		if got := string(appendScore(nil, f)); got != want {
			t.Errorf("%v is written as %s, want %s", f, got, want)
		}
	}
}
