package rdb

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// realValues makes keys of every layout in a real server.
var realValues = []struct {
	name string
	typ  Type
	fill func(o *oracle, key string)
}{
	{"empty string", TypeString, func(o *oracle, k string) { o.send("SET", k, "") }},
	{"int8", TypeString, func(o *oracle, k string) { o.send("SET", k, -128) }},
	{"int16", TypeString, func(o *oracle, k string) { o.send("SET", k, 128) }},
	{"int32", TypeString, func(o *oracle, k string) { o.send("SET", k, -2147483648) }},
	{"int64", TypeString, func(o *oracle, k string) { o.send("SET", k, 2147483648) }},
	{"least int64", TypeString, func(o *oracle, k string) { o.send("SET", k, "-9223372036854775808") }},
	{"no number", TypeString, func(o *oracle, k string) { o.send("SET", k, "007") }},
	{"minus zero", TypeString, func(o *oracle, k string) { o.send("SET", k, "-0") }},
	{"20 bytes", TypeString, func(o *oracle, k string) { o.send("SET", k, strings.Repeat("a", 20)) }},
	{"21 bytes", TypeString, func(o *oracle, k string) { o.send("SET", k, strings.Repeat("a", 21)) }},
	{"appended", TypeString, func(o *oracle, k string) { o.send("SET", k, "12"); o.send("APPEND", k, "3") }},
	{"raw 64", TypeString, func(o *oracle, k string) { o.send("SET", k, noise(64)) }},
	{"raw 20000", TypeString, func(o *oracle, k string) { o.send("SET", k, noise(20000)) }},
	{"lzf 100000", TypeString, func(o *oracle, k string) { o.send("SET", k, strings.Repeat("hello, world; ", 8000)) }},
	{"list", TypeListQuick2, func(o *oracle, k string) { o.send("RPUSH", k, "a", "1", "-1", "", noise(100)) }},
	{"list of nodes", TypeListQuick2, func(o *oracle, k string) { o.sendMany("RPUSH", k, 3000, 1, sample) }},
	{"list of big", TypeListQuick2, func(o *oracle, k string) { o.send("RPUSH", k, "x", noise(9000), noise(70000), "y") }},
	{"list with plain", TypeListQuick2, func(o *oracle, k string) {
		o.do("DEBUG QUICKLIST-PACKED-THRESHOLD 100b")
		o.send("RPUSH", k, "x", noise(100), "12345678901", strings.Repeat("z", 200), "y")
		o.do("DEBUG QUICKLIST-PACKED-THRESHOLD 1gb")
	}},
	{"intset 16", TypeSetIntset, func(o *oracle, k string) { o.send("SADD", k, 3, -1, 32767, -32768) }},
	{"intset 32", TypeSetIntset, func(o *oracle, k string) { o.send("SADD", k, 3, -1, 32768) }},
	{"intset 64", TypeSetIntset, func(o *oracle, k string) { o.send("SADD", k, 3, -1, "-9223372036854775808") }},
	{"intset 500", TypeSetIntset, func(o *oracle, k string) { o.sendMany("SADD", k, 500, 1, number) }},
	{"set", TypeSet, func(o *oracle, k string) { o.send("SADD", k, "a", "b", 77, noise(300)) }},
	{"set 5000", TypeSet, func(o *oracle, k string) { o.sendMany("SADD", k, 5000, 1, sample) }},
	{"small hash", TypeHashListpack, func(o *oracle, k string) { o.send("HSET", k, "f", "v", "n", 1<<40, 5, "") }},
	{"small hash lzf", TypeHashListpack, func(o *oracle, k string) { o.sendMany("HSET", k, 100, 2, sample) }},
	{"hash", TypeHash, func(o *oracle, k string) { o.send("HSET", k, "f", noise(65), "n", 12) }},
	{"hash 5000", TypeHash, func(o *oracle, k string) { o.sendMany("HSET", k, 5000, 2, sample) }},
	{"small zset", TypeZSetListpack, func(o *oracle, k string) {
		o.do("ZADD " + k + " 1 a 2.5 b -3 c inf d -inf e 1e100 f 4503599627370496 g 4503599627370497 h -4503599627370496 i -0.0 j 0.1 k 1e-9 l 3 7")
	}},
	{"zset", TypeZSet2, func(o *oracle, k string) { o.send("ZADD", k, "1.5", noise(65), "inf", "b", "-inf", "c", "0", "9") }},
	{"zset 3000", TypeZSet2, func(o *oracle, k string) { o.sendMany("ZADD", k, 3000, 2, scoreOrSample) }},
}

// sendMany sends a command with n groups of width arguments made by arg, which gets the
// place in the group and the number of the group.
func (o *oracle) sendMany(command, key string, n, width int, arg func(place, i int) any) {
	args := []any{command, key}
	for i := range n {
		for p := range width {
			args = append(args, arg(p, i))
		}
	}
	o.send(args...)
}

func sample(place, i int) any {
	if i%7 == 3 && place == 1 {
		return i * i * i
	}
	return fmt.Sprintf("element:%d:%s", i, strings.Repeat("ab", i%13))
}

func number(_, i int) any { return i * 37 }

func scoreOrSample(place, i int) any {
	if place == 0 {
		return strconv.FormatFloat(float64(i)*1.1-500, 'g', -1, 64)
	}
	return sample(0, i)
}

// noise is n bytes that do not compress, the same in every run.
func noise(n int) string {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return string(b)
}

func TestDumpEqualsReal(t *testing.T) {
	o := startOracle(t, "")
	s := NewSerializer(true)
	for i, c := range realValues {
		t.Run(c.name, func(t *testing.T) {
			o := o.in(t)
			key := fmt.Sprintf("key:%d", i)
			c.fill(o, key)
			want := o.dump(key)
			v, err := DecodeDump(want)
			if err != nil {
				t.Fatal(err)
			}
			if v.Type != c.typ {
				t.Fatalf("type %d, want %d", v.Type, c.typ)
			}
			got := dumpOf(s, v)
			if !bytes.Equal(got, want) {
				t.Fatalf("payloads differ from byte %d of %d (ours has %d)", commonPrefix2(got, want), len(want), len(got))
			}
			o.send("RESTORE", key+":copy", 0, got)
			if again := o.dump(key + ":copy"); !slices.Contains([]Type{TypeSet, TypeHash}, c.typ) && !bytes.Equal(again, want) {
				t.Fatal("what the server restored from our payload is not what it had")
			}
		})
	}
}

func commonPrefix2(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// TestListNodesEqualReal pushes elements one by one and compares where nodes end.
func TestListNodesEqualReal(t *testing.T) {
	o := startOracle(t, "")
	s := NewSerializer(true)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, fill := range []int{-1, -2, -3, -4, -5, 1, 4, 128, 5000} {
		o.send("CONFIG", "SET", "list-max-listpack-size", fill)
		for _, most := range []int{2, 40, 500, 12000} {
			key := fmt.Sprintf("l:%d:%d", fill, most)
			var elems []string
			for range 60_000 / (most + 20) {
				elems = append(elems, noise(rng.IntN(most)))
			}
			o.send(append([]any{"RPUSH", key}, anys(elems)...)...)
			got := AppendDumpFooter(AppendList([]byte{byte(TypeListQuick2)}, s, fill, slices.Values(elems)), 0)
			if !bytes.Equal(got, o.dump(key)) {
				t.Errorf("fill %d, elements up to %d bytes: payloads differ", fill, most)
			}
		}
	}
}

// TestLZFEqualsReal compares strings of many kinds as they come out of the compressor.
func TestLZFEqualsReal(t *testing.T) {
	o := startOracle(t, "")
	s := NewSerializer(true)
	rng := rand.New(rand.NewPCG(5, 6))
	differ, packed := 0, 0
	const rounds = 3000
	for i := range rounds {
		text := compressible(rng, 21+rng.IntN(1<<rng.IntN(17)), 1+rng.IntN(255), rng.IntN(20))
		o.send("SET", "k", text)
		want := o.dump("k")
		got := AppendDumpFooter(AppendString([]byte{byte(TypeString)}, s, text), 0)
		if want[1] == strLZF {
			packed++
		}
		if !bytes.Equal(got, want) {
			differ++
			t.Logf("string %d of %d bytes: differs from byte %d", i, len(text), commonPrefix2(got, want))
		}
	}
	if packed < rounds/4 {
		t.Errorf("only %d of %d strings were compressed: the test shows nothing", packed, rounds)
	}
	// The real table is not cleared: what an earlier string left there may by chance be
	// a better match than ours.
	if differ > rounds/100 {
		t.Errorf("%d of %d strings differ", differ, rounds)
	}
}

// TestLZFDistanceEqualsReal has a repetition at the greatest distance and about it.
func TestLZFDistanceEqualsReal(t *testing.T) {
	o := startOracle(t, "")
	s := NewSerializer(true)
	for dist := lzfMaxDist - 2; dist <= lzfMaxDist+2; dist++ {
		text := strings.Repeat(noise(dist), 2)
		o.send("SET", "k", text)
		if got := AppendDumpFooter(AppendString([]byte{byte(TypeString)}, s, text), 0); !bytes.Equal(got, o.dump("k")) {
			t.Errorf("distance %d: payloads differ", dist)
		}
	}
}

// compressible makes n bytes of an alphabet, a part of them repeated from before.
func compressible(rng *rand.Rand, n, alphabet, repeats int) []byte {
	b := make([]byte, 0, n)
	for len(b) < n {
		if len(b) > 3 && rng.IntN(20) < repeats {
			from := rng.IntN(len(b))
			b = append(b, b[from:min(len(b), from+1+rng.IntN(400))]...)
			continue
		}
		b = append(b, byte(rng.IntN(alphabet)))
	}
	return b[:n]
}
