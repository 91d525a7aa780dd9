package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// load is one redis-benchmark test.
type load struct {
	test     string
	pipeline int
	commands int // enough for about a second and a half
}

func loads() []load {
	return []load{{"GET", 1, 100_000}, {"SET", 1, 100_000}, {"GET", 16, 1_000_000}, {"SET", 16, 800_000}}
}

// samples are the figures of one server under one load, round by round.
type samples struct{ rate, cpu, writes []float64 }

func measureThroughput(ctx context.Context, b *bench) ([]row, error) {
	servers, err := b.trio(ctx)
	if err != nil {
		return nil, err
	}
	defer killAll(servers)
	var rows []row
	for _, l := range loads() {
		l.commands = b.size(l.commands)
		got, err := b.interleave(ctx, servers, l)
		if err != nil {
			return nil, err
		}
		rows = append(rows, l.rows(got)...)
	}
	return rows, nil
}

// interleave gives the load to each server in turn, again and again, the order reversed each other time. What came before
// the first round warms up.
func (b *bench) interleave(ctx context.Context, servers []*server, l load) (map[kind]*samples, error) {
	got := map[kind]*samples{ours: {}, redis: {}, redisAgain: {}}
	order := slices.Clone(servers)
	for round := range b.rounds(6) + 1 {
		one := l
		if round == 0 {
			one.commands /= 5
		}
		for _, s := range order {
			before := s.usage()
			rate, err := one.run(ctx, s)
			if err != nil {
				return nil, err
			}
			after := s.usage()
			if round == 0 {
				continue
			}
			perMillion := 1e6 / float64(l.commands)
			g := got[s.kind]
			g.rate = append(g.rate, rate)
			g.cpu = append(g.cpu, (after.cpu-before.cpu)*perMillion)
			g.writes = append(g.writes, (after.writes-before.writes)/float64(l.commands)*16_000)
		}
		slices.Reverse(order)
		fmt.Fprint(b.progress, ".")
	}
	return got, nil
}

// clients is the number of connections of every load.
const clients = 50

// run gives the load to a server and returns commands per second.
func (l load) run(ctx context.Context, s *server) (float64, error) {
	cmd := exec.CommandContext(ctx, "redis-benchmark", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-t",
		strings.ToLower(l.test), "-n", strconv.Itoa(l.commands), "-c", strconv.Itoa(clients), "-P", strconv.Itoa(l.pipeline),
		"-d", "3", "--csv")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("redis-benchmark on %s: %w\n%s", s.kind, err, stderr.Bytes())
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(line, ",")
		if len(fields) > 1 && strings.Trim(fields[0], `"`) == l.test {
			return strconv.ParseFloat(strings.Trim(fields[1], `"`), 64)
		}
	}
	return 0, errors.New("redis-benchmark printed no figure:\n" + string(text))
}

func (l load) rows(got map[kind]*samples) []row {
	pair := func(what, unit string, of func(*samples) []float64, lim limit) row {
		a, first, second := of(got[ours]), of(got[redis]), of(got[redisAgain])
		both := make([]float64, len(first)) // the node runs between the two, so their mean is without the machine's drift
		for i := range both {
			both[i] = (first[i] + second[i]) / 2
		}
		return row{
			what: fmt.Sprintf("%s -P %d %s", l.test, l.pipeline, what), unit: unit, ours: median(a), real: median(both),
			ratio: medianRatio(a, both), aa: medianRatio(second, first), limit: lim,
		}
	}
	rows := []row{
		pair("rate", "1/s", func(s *samples) []float64 { return s.rate }, limit{ratioAtLeast, 0.7}),
		pair("CPU time", "s/million", func(s *samples) []float64 { return s.cpu }, limit{}),
	}
	if l.pipeline > 1 {
		rows = append(rows, pair("writes", "calls/16000", func(s *samples) []float64 { return s.writes }, limit{ratioAtMost, 1.25}))
	}
	return rows
}

// suiteTests are the tests of redis-benchmark that must come to their end.
const suiteTests = "set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,zpopmin,lrange,mset"

func measureSuite(ctx context.Context, b *bench) ([]row, error) {
	s, err := b.start(ctx, ours)
	if err != nil {
		return nil, err
	}
	defer s.kill()
	cmd := exec.CommandContext(ctx, "redis-benchmark", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-t", suiteTests,
		"-n", strconv.Itoa(b.size(100_000)), "-q", "--csv")
	text, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("redis-benchmark -t %s: %w\n%s", suiteTests, err, text)
	}
	done := strings.Count(string(text), "\n") - 1 // the first line is a heading
	if done < strings.Count(suiteTests, ",")+1 || strings.Contains(string(text), "Error") {
		return nil, fmt.Errorf("redis-benchmark -t %s did not finish:\n%s", suiteTests, text)
	}
	return []row{{what: "redis-benchmark's tests", unit: "tests", ours: float64(done), limit: limit{finishes, 0}}}, nil
}
