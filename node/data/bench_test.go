package data

import (
	"fmt"
	"testing"

	"redislab/node/command"
	"redislab/node/resp"
)

// quiet is a Server that does nothing.
type quiet struct{}

func (quiet) Notify(byte, string, int, string) {}
func (quiet) FromMaster(*command.Ctx) bool     { return false }
func (quiet) ConfigBool(string) bool           { return false }
func (quiet) ConfigInt(string) int64           { return 512 << 20 }
func (quiet) ConfigString(string) string       { return "" }

// bench runs commands in turn, with the cost of the node left out.
func bench(b *testing.B, prepare []string, lines ...string) {
	p := newPeer(&testing.T{}, 2)
	for _, l := range prepare {
		p.run(l)
	}
	type one struct {
		argv [][]byte
		spec *command.Spec
	}
	var all []one
	for _, l := range lines {
		argv, _ := resp.SplitArgs([]byte(l))
		spec, _ := p.table.Lookup(argv)
		all = append(all, one{argv, spec})
	}
	w := &resp.Writer{Proto: 2}
	var c command.Ctx
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Reset()
		o := &all[i%len(all)]
		c = command.Ctx{Writer: w, Spec: o.spec, Argv: o.argv, DB: p.db, Keys: p.ks, Server: quiet{}, Now: 1}
		o.spec.Handler(&c)
		p.ks.Settle()
	}
}

func BenchmarkSet(b *testing.B) { bench(b, nil, "SET key:000000000001 xxx") }
func BenchmarkGet(b *testing.B) {
	bench(b, []string{"SET key:000000000001 xxx"}, "GET key:000000000001")
}
func BenchmarkIncr(b *testing.B) { bench(b, []string{"SET counter 100000"}, "INCR counter") }
func BenchmarkMSet(b *testing.B) {
	line := "MSET"
	for i := range 10 {
		line += fmt.Sprintf(" key:%d xxx", i)
	}
	bench(b, nil, line)
}
func BenchmarkSetEx(b *testing.B) { bench(b, nil, "SET key:000000000001 xxx EX 100") }

func BenchmarkSetManyKeys(b *testing.B) {
	lines := make([]string, 100000)
	for i := range lines {
		lines[i] = fmt.Sprintf("SET key:%012d xxx", i*7919%100000)
	}
	bench(b, nil, lines...)
}
func BenchmarkIncrByFloat(b *testing.B) { bench(b, nil, "INCRBYFLOAT k 0.1") }
