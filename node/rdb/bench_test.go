package rdb

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

const benchKeys = 1_000_000

// benchData makes keys of 16 and values of 100 bytes: all alike ("same"), words of text
// ("text") or not compressible at all ("noise").
func benchData(kind string) (keys []string, vals [][]byte) {
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"alpha ", "beta ", "gamma ", "delta ", "epsilon ", "zeta ", "eta ", "theta "}
	pool := make([][]byte, 1024)
	for i := range pool {
		var v []byte
		for len(v) < 100 {
			switch kind {
			case "same":
				v = append(v, 'x')
			case "text":
				v = append(v, words[rng.IntN(len(words))]...)
			default:
				v = append(v, byte(rng.Uint32()))
			}
		}
		pool[i] = v[:100]
	}
	for i := range benchKeys {
		keys = append(keys, fmt.Sprintf("key:%012d", i))
		vals = append(vals, pool[i%len(pool)])
	}
	return keys, vals
}

func benchEncode(w io.Writer, o Options, keys []string, vals [][]byte) error {
	e := NewEncoder(w, o)
	e.Header()
	e.SelectDB(0)
	e.ResizeDB(uint64(len(keys)), 0)
	for i, k := range keys {
		e.Append(func(dst []byte, s *Serializer) []byte {
			return AppendString(AppendKey(dst, s, Meta{}, TypeString, k), s, vals[i])
		})
	}
	return e.Close()
}

// BenchmarkEncode1M and BenchmarkDecode1M take a whole file of a million keys per operation.
func BenchmarkEncode1M(b *testing.B) {
	for _, kind := range []string{"same", "text", "noise"} {
		keys, vals := benchData(kind)
		for _, o := range []Options{{Compress: true, Checksum: true}, {Checksum: true}, {}} {
			b.Run(fmt.Sprintf("%s/lzf=%v/crc=%v", kind, o.Compress, o.Checksum), func(b *testing.B) {
				b.ReportAllocs()
				defer reportCPU(b)()
				for b.Loop() {
					if err := benchEncode(io.Discard, o, keys, vals); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDecode1M(b *testing.B) {
	for _, kind := range []string{"same", "text", "noise"} {
		keys, vals := benchData(kind)
		var file bytes.Buffer
		if err := benchEncode(&file, Options{Compress: true, Checksum: true}, keys, vals); err != nil {
			b.Fatal(err)
		}
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(file.Len()))
			defer reportCPU(b)()
			for b.Loop() {
				st, err := Decode(bytes.NewReader(file.Bytes()), Handler{Entry: func(*Entry) error { return nil }})
				if err != nil || st.Keys != benchKeys {
					b.Fatal(st, err)
				}
			}
		})
	}
}

// reportCPU adds the processor time of the process to the figures, which a busy machine
// disturbs less than the clock.
func reportCPU(b *testing.B) (done func()) {
	used := func() time.Duration {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric((used()-before).Seconds()*1000/float64(b.N), "cpu-ms/op") }
}

func BenchmarkCRC64(b *testing.B) {
	p := make([]byte, 64<<10)
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		CRC64(0, p)
	}
}
