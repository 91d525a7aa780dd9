package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// getLimit is what a GET's p99.9 must stay below during a full sync, in milliseconds.
const getLimit = 50

// syncFigures are the figures of one kind of server.
type syncFigures struct {
	took []float64 // seconds
	gets []float64 // milliseconds, of all rounds
}

// measureSync times full syncs: a fresh replica of the same kind, from REPLICAOF to a master link that is up.
func measureSync(ctx context.Context, b *bench) ([]row, error) {
	got := map[kind]*syncFigures{ours: {}, redis: {}}
	order := []kind{redis, ours}
	for range b.rounds(3) {
		for _, k := range order {
			master, err := b.full(ctx, k)
			if err != nil {
				return nil, err
			}
			if err := b.syncOnce(ctx, master, got[k]); err != nil {
				return nil, fmt.Errorf("full sync of %s: %w", k, err)
			}
			fmt.Fprint(b.progress, ".")
		}
		order[0], order[1] = order[1], order[0]
	}
	a, r := got[ours], got[redis]
	return []row{
		{what: "full sync", unit: "s", ours: median(a.took), real: median(r.took), ratio: medianRatio(a.took, r.took), limit: limit{ratioAtMost, 1.5}},
		{what: "GET meanwhile, p50", unit: "ms", ours: median(a.gets), real: median(r.gets)},
		{what: "GET meanwhile, p99.9", unit: "ms", ours: quantile(a.gets, 0.999), real: quantile(r.gets, 0.999), limit: limit{oursAtMost, getLimit}},
		{what: "GET meanwhile, longest", unit: "ms", ours: quantile(a.gets, 1), real: quantile(r.gets, 1)},
	}, nil
}

func (b *bench) syncOnce(ctx context.Context, master *server, f *syncFigures) error {
	replica, err := b.start(ctx, master.kind)
	if err != nil {
		return err
	}
	defer replica.kill()
	l, err := dial(ctx, replica)
	if err != nil {
		return err
	}
	defer l.close()

	probing, stop := context.WithCancel(ctx)
	defer stop()
	gets := make(chan probeResult, 1)
	go func() { gets <- probe(probing, master, b.size(dataKeys)) }()

	began := time.Now()
	if _, err := l.do("REPLICAOF", "127.0.0.1", strconv.Itoa(master.port)); err != nil {
		return err
	}
	if err := l.awaitInfo(ctx, "replication", "master_link_status", "up"); err != nil {
		return err
	}
	f.took = append(f.took, time.Since(began).Seconds())
	stop()
	result := <-gets
	f.gets = append(f.gets, result.took...)
	if result.err != nil {
		return fmt.Errorf("probing the master: %w", result.err)
	}
	return replica.expectKeys(ctx, b.size(dataKeys))
}

type probeResult struct {
	took []float64
	err  error
}

// probePace is the time from one GET to the next.
const probePace = time.Millisecond

// probe asks for keys at a steady pace until ctx ends. A GET that had to wait for a late one before it counts from when it
// was due: otherwise one long stall would look like a single slow reply.
func probe(ctx context.Context, s *server, keys int) (p probeResult) {
	l, err := dial(ctx, s)
	if err != nil {
		p.err = err
		return p
	}
	defer l.close()
	random := rand.New(rand.NewPCG(3, 4))
	for due := time.Now(); ctx.Err() == nil; due = due.Add(probePace) {
		from := due
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait) // the pace, not a wait for something
			from = time.Now()
		}
		if _, err := l.do("GET", dataKey(random.IntN(keys))); err != nil {
			p.err = err
			return p
		}
		p.took = append(p.took, millis(time.Since(from)))
	}
	return p
}

// measurePartial times what a returning replica asks: PSYNC with the offset it has, until +CONTINUE.
func measurePartial(ctx context.Context, b *bench) ([]row, error) {
	took := map[kind][]float64{}
	masters := map[kind]*server{}
	for _, k := range []kind{redis, ours} {
		s, err := b.full(ctx, k)
		if err != nil {
			return nil, err
		}
		replica, err := b.start(ctx, k, "--replicaof", "127.0.0.1 "+strconv.Itoa(s.port)) // makes the backlog
		if err != nil {
			return nil, err
		}
		defer replica.kill()
		if err := replica.awaitLinkUp(ctx); err != nil {
			return nil, err
		}
		masters[k] = s
	}
	for range b.rounds(20) {
		for k, s := range masters {
			d, err := resumeOnce(ctx, s)
			if err != nil {
				return nil, fmt.Errorf("partial resync with %s: %w", k, err)
			}
			took[k] = append(took[k], millis(d))
		}
	}
	return []row{{what: "partial resync", unit: "ms", ours: median(took[ours]), real: median(took[redis])}}, nil
}

func (s *server) awaitLinkUp(ctx context.Context) error {
	l, err := dial(ctx, s)
	if err != nil {
		return err
	}
	defer l.close()
	return l.awaitInfo(ctx, "replication", "master_link_status", "up")
}

func resumeOnce(ctx context.Context, master *server) (time.Duration, error) {
	ask, err := dial(ctx, master)
	if err != nil {
		return 0, err
	}
	defer ask.close()
	id, err := ask.info("replication", "master_replid")
	if err != nil {
		return 0, err
	}
	text, err := ask.info("replication", "master_repl_offset")
	if err != nil {
		return 0, err
	}
	offset, err := strconv.Atoi(text)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	l, err := dial(ctx, master)
	if err != nil {
		return 0, err
	}
	defer l.close()
	for _, words := range [][]string{{"PING"}, {"REPLCONF", "listening-port", "1"}, {"REPLCONF", "capa", "eof", "capa", "psync2"}} {
		if _, err := l.do(words...); err != nil {
			return 0, err
		}
	}
	reply, err := l.do("PSYNC", id, strconv.Itoa(offset+1))
	if err == nil && !strings.HasPrefix(reply, "CONTINUE") {
		err = fmt.Errorf("PSYNC answered %q", reply)
	}
	return time.Since(began), err
}
