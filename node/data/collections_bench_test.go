package data

import (
	"strconv"
	"testing"
)

func BenchmarkLPush(b *testing.B) { bench(b, nil, "LPUSH l xxx") }
func BenchmarkRPush(b *testing.B) { bench(b, nil, "RPUSH l xxx") }
func BenchmarkLPushLPop(b *testing.B) {
	bench(b, []string{"LPUSH l a b c"}, "LPUSH l xxx", "LPOP l")
}
func BenchmarkLRange100(b *testing.B) {
	bench(b, []string{numbered("RPUSH l", "element:%d", 10000)}, "LRANGE l 0 99")
}
func BenchmarkLIndexMiddle(b *testing.B) {
	bench(b, []string{numbered("RPUSH l", "element:%d", 100000)}, "LINDEX l 50000")
}
func BenchmarkSAdd(b *testing.B)     { bench(b, nil, spread("SADD s member:", 100000)...) }
func BenchmarkHSet(b *testing.B)     { bench(b, nil, spread("HSET h field:", 100000)...) }
func BenchmarkHSetSame(b *testing.B) { bench(b, nil, "HSET myhash element:000000000001 xxx") }
func BenchmarkSPopSAdd(b *testing.B) {
	var lines []string
	for _, add := range spread("SADD s member:", 100000) {
		lines = append(lines, add, "SPOP s")
	}
	bench(b, []string{numbered("SADD s", "m%d", 1000)}, lines...)
}
func BenchmarkZAdd(b *testing.B) { bench(b, nil, spread("ZADD z 0 element:", 100000)...) }
func BenchmarkZAddScores(b *testing.B) {
	var lines []string
	for i := range 100000 {
		lines = append(lines, "ZADD z "+strconv.Itoa(i*7919%100003)+" element:"+strconv.Itoa(i*31%100000))
	}
	bench(b, nil, lines...)
}
func BenchmarkZPopMinZAdd(b *testing.B) {
	bench(b, []string{numbered("ZADD z", "1 m%d", 1000)}, "ZPOPMIN z", "ZADD z 2 x")
}
func BenchmarkZPopMinEmpty(b *testing.B) { bench(b, nil, "ZPOPMIN z") }

// spread is n commands that end in different numbers; HSET gets a value besides.
func spread(prefix string, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = prefix + strconv.Itoa(i*7919%n)
		if prefix[0] == 'H' {
			lines[i] += " xxx"
		}
	}
	return lines
}
