package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"redislab/node/freeport"
)

// What every topology of this item has: a master with its replicas, watched by sentinels of the same kind.
const (
	watchedName     = "mymaster"
	replicaCount    = 2
	sentinelCount   = 3
	sentinelQuorum  = 2
	failoverTimeout = 10 * time.Second
	failoverLimit   = 1.1 // ours/Redis
)

// topology is one master, its replicas and its sentinels.
type topology struct {
	kind      kind
	nodes     []*server // the master comes first
	sentinels []*server
}

// measureFailover times what a client sees of a failover: from the kill -9 of a master until the sentinels name another
// one and it takes a write. Three topologies, one of ours between two of Redis's, run side by side: all of them do nothing
// but wait for their timers, and they are struck in turn, the order reversed each other round.
func measureFailover(ctx context.Context, b *bench) (rows []row, err error) {
	for _, downAfter := range []time.Duration{time.Second, 5 * time.Second} {
		got := map[kind][]float64{}
		order := []kind{redis, ours, redisAgain}
		phase := rand.New(rand.NewPCG(5, uint64(downAfter)))
		for range b.rounds(6) {
			if err := b.failoverRound(ctx, downAfter, order, phase.Float64(), got); err != nil {
				return nil, err
			}
			slices.Reverse(order)
			fmt.Fprint(b.progress, ".")
		}
		rows = append(rows, failoverRows(downAfter, got)...)
	}
	return rows, nil
}

// failoverRows compares medians, not pairs: what one failover takes beyond the time set for it depends on when its
// sentinels' timers go off, so two of a round have nothing in common.
func failoverRows(downAfter time.Duration, got map[kind][]float64) []row {
	what := fmt.Sprintf("sentinel failover, down-after %d ms", downAfter.Milliseconds())
	real := slices.Concat(got[redis], got[redisAgain])
	return []row{
		{what: what, unit: "s", ours: median(got[ours]), real: median(real),
			aa: median(got[redisAgain]) / median(got[redis]), limit: limit{ratioAtMost, failoverLimit}},
		{what: what + ", shortest", unit: "s", ours: quantile(got[ours], 0), real: quantile(real, 0)},
		{what: what + ", longest", unit: "s", ours: quantile(got[ours], 1), real: quantile(real, 1)},
	}
}

// failoverRound lets one topology of each kind fail over. phase, from 0 to 1, is when within the sentinels' ping period
// the masters die, the same for all.
func (b *bench) failoverRound(ctx context.Context, downAfter time.Duration, order []kind, phase float64, got map[kind][]float64) error {
	var all []*topology
	defer func() {
		for _, t := range all {
			killAll(t.nodes)
			killAll(t.sentinels)
		}
	}()
	for _, k := range order {
		t := &topology{kind: k}
		all = append(all, t) // before it is complete: what it has by then is to be killed too
		if err := b.raise(ctx, t, downAfter); err != nil {
			return err
		}
	}
	for _, t := range all {
		if err := t.awaitReady(ctx); err != nil {
			return err
		}
	}
	if err := pause(ctx, time.Second+time.Duration(phase*float64(time.Second))); err != nil {
		return err
	}
	return strike(ctx, all, got)
}

// strike kills the masters, one after the other without a wait between, and times each topology by itself.
func strike(ctx context.Context, all []*topology, got map[kind][]float64) error {
	type result struct {
		kind kind
		took time.Duration
		err  error
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	results := make(chan result, len(all))
	for _, t := range all {
		w, err := t.watch(ctx)
		if err != nil {
			return err
		}
		defer w.close()
		began := time.Now()
		t.nodes[0].kill()
		go func() {
			err := w.untilWritable(ctx)
			results <- result{t.kind, time.Since(began), err}
		}()
	}
	var failed error
	for range all {
		r := <-results
		if r.err != nil && failed == nil {
			failed = fmt.Errorf("failover of %s: %w", r.kind, r.err)
			stop() // the others
		}
		got[r.kind] = append(got[r.kind], r.took.Seconds())
	}
	return failed
}

// raise starts the processes of a topology.
func (b *bench) raise(ctx context.Context, t *topology, downAfter time.Duration) error {
	for i := range 1 + replicaCount {
		var directives []string
		if i > 0 {
			directives = []string{"--replicaof", "127.0.0.1 " + strconv.Itoa(t.nodes[0].port)}
		}
		s, err := b.start(ctx, t.kind, directives...)
		if err != nil {
			return err
		}
		t.nodes = append(t.nodes, s)
	}
	for _, s := range t.nodes[1:] {
		if err := s.awaitLinkUp(ctx); err != nil {
			return err
		}
	}
	for range sentinelCount {
		s, err := b.startSentinel(ctx, t.kind, sentinelConfig(t.nodes[0].port, downAfter))
		if err != nil {
			return err
		}
		t.sentinels = append(t.sentinels, s)
	}
	return nil
}

// sentinelConfig is the sentinels' configuration file, the same for all of a topology.
func sentinelConfig(master int, downAfter time.Duration) string {
	return fmt.Sprintf("sentinel monitor %[1]s 127.0.0.1 %[2]d %[3]d\nsentinel down-after-milliseconds %[1]s %[4]d\n"+
		"sentinel failover-timeout %[1]s %[5]d\nsentinel parallel-syncs %[1]s 1\n",
		watchedName, master, sentinelQuorum, downAfter.Milliseconds(), failoverTimeout.Milliseconds())
}

func (b *bench) startSentinel(ctx context.Context, k kind, config string) (*server, error) {
	dir, err := os.MkdirTemp(b.dir, "sentinel-")
	if err != nil {
		return nil, fmt.Errorf("making a sentinel's folder: %w", err)
	}
	file := filepath.Join(dir, "sentinel.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("writing a sentinel's configuration: %w", err)
	}
	port, err := freeport.Take()
	if err != nil {
		return nil, err
	}
	return b.launch(ctx, k, dir, port, file, "--sentinel", "--port", strconv.Itoa(port), "--bind", "127.0.0.1",
		"--dir", dir, "--logfile", filepath.Join(dir, "log"))
}

// awaitReady returns when every sentinel knows all of its topology and holds the master for up.
func (t *topology) awaitReady(ctx context.Context) error {
	want := map[string]string{"flags": "master", "num-slaves": strconv.Itoa(replicaCount),
		"num-other-sentinels": strconv.Itoa(sentinelCount - 1)}
	for _, s := range t.sentinels {
		l, err := dial(ctx, s)
		if err != nil {
			return err
		}
		err = l.awaitFields(ctx, want, "SENTINEL", "MASTER", watchedName)
		l.close()
		if err != nil {
			return fmt.Errorf("a sentinel of %s: %w", t.kind, err)
		}
	}
	return nil
}

// awaitFields asks for a flat list of names and values until it has those that are wanted.
func (l *link) awaitFields(ctx context.Context, want map[string]string, words ...string) error {
	for {
		list, err := l.list(words...)
		if err != nil {
			return err
		}
		missing := len(want)
		for i := 0; i+1 < len(list); i += 2 {
			if value, ok := want[list[i]]; ok && value == list[i+1] {
				missing--
			}
		}
		if missing == 0 {
			return nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return fmt.Errorf("waiting for %v, have %q: %w", want, list, err)
		}
	}
}

// watcher is the client that wants to write: it asks the sentinels in turn who the master is.
type watcher struct {
	links []*link
	old   string // address of the master that dies
}

func (t *topology) watch(ctx context.Context) (*watcher, error) {
	w := &watcher{old: t.nodes[0].addr()}
	for _, s := range t.sentinels {
		l, err := dial(ctx, s)
		if err != nil {
			w.close()
			return nil, err
		}
		w.links = append(w.links, l)
	}
	return w, nil
}

func (w *watcher) close() {
	for _, l := range w.links {
		l.close()
	}
}

// watchPace is the time between two questions.
const watchPace = 2 * time.Millisecond

// failoverPatience is much longer than any failover that comes to its end, a second election included.
const failoverPatience = time.Minute

// untilWritable returns when a sentinel has named a new master and that one has taken a write.
func (w *watcher) untilWritable(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, failoverPatience)
	defer stop()
	for i := 0; ; i++ {
		addr, err := w.links[i%len(w.links)].list("SENTINEL", "GET-MASTER-ADDR-BY-NAME", watchedName)
		if err != nil {
			return err
		}
		if len(addr) != 2 {
			return fmt.Errorf("an address of %d words: %q", len(addr), addr)
		}
		var refused error
		if to := net.JoinHostPort(addr[0], addr[1]); to != w.old {
			if refused = writeTo(ctx, to); refused == nil {
				return nil
			}
		}
		if err := pause(ctx, watchPace); err != nil {
			return errors.Join(fmt.Errorf("there is no new master: %w", err), refused)
		}
	}
}

// writeTo tries one write.
func writeTo(ctx context.Context, addr string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("connecting to the new master: %w", err)
	}
	l := newLink(c)
	defer l.close()
	_, err = l.do("SET", "after", "failover")
	return err
}

// pause lets time go by, unless the run ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
