package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"time"
)

// The data set: a million keys of 16 bytes with values of 100, which do not compress.
const (
	dataKeys  = 1_000_000
	valueSize = 100
)

func dataKey(i int) string { return fmt.Sprintf("key:%012d", i) }

// memoryFigures tell what the data set costs, in bytes per key.
type memoryFigures struct{ rss, used float64 }

// full is a server of the kind that holds the data set.
func (b *bench) full(ctx context.Context, k kind) (*server, error) {
	if s := b.filled[k]; s != nil {
		return s, nil
	}
	s, err := b.start(ctx, k)
	if err != nil {
		return nil, err
	}
	l, err := dial(ctx, s)
	if err != nil {
		return nil, err
	}
	defer l.close()
	usedBefore, err := usedMemory(l)
	if err != nil {
		return nil, err
	}
	before := s.usage()
	keys := b.size(dataKeys)
	if err := fill(l, keys); err != nil {
		return nil, fmt.Errorf("filling %s: %w", k, err)
	}
	usedAfter, err := usedMemory(l)
	if err != nil {
		return nil, err
	}
	after := s.usage()
	b.memory[k] = memoryFigures{(after.rss - before.rss) / float64(keys), (usedAfter - usedBefore) / float64(keys)}
	b.filled[k] = s
	fmt.Fprint(b.progress, ".")
	return s, nil
}

func usedMemory(l *link) (float64, error) {
	text, err := l.info("memory", "used_memory")
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// fill sets the keys in pipelines.
func fill(l *link, keys int) error {
	if err := l.conn.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- writeData(l, keys) }()
	for range keys {
		reply, err := l.reply()
		if err != nil {
			l.close() // ends the writer
			return errors.Join(err, <-failed)
		}
		if reply != "OK" {
			return fmt.Errorf("SET answered %q", reply)
		}
	}
	return <-failed
}

func writeData(l *link, keys int) error {
	random := rand.New(rand.NewPCG(1, 2))
	w := bufio.NewWriterSize(l.conn, 64<<10)
	value := make([]byte, valueSize)
	var out []byte
	for i := range keys {
		for j := range value {
			value[j] = byte('!' + random.IntN(90))
		}
		out = appendCommand(out[:0], "SET", dataKey(i), string(value))
		if _, err := w.Write(out); err != nil {
			return err
		}
	}
	return w.Flush()
}

func measureMemory(ctx context.Context, b *bench) ([]row, error) {
	for _, k := range []kind{redis, ours} {
		if _, err := b.full(ctx, k); err != nil {
			return nil, err
		}
	}
	a, r := b.memory[ours], b.memory[redis]
	return []row{
		{what: "memory per key (RSS)", unit: "B", ours: a.rss, real: r.rss, limit: limit{ratioAtMost, 1.5}},
		{what: "memory per key (used_memory)", unit: "B", ours: a.used, real: r.used, limit: limit{}},
	}, nil
}

// measureSave times BGSAVE, from the command to the end of the save.
func measureSave(ctx context.Context, b *bench) ([]row, error) {
	took := map[kind]float64{}
	for _, k := range []kind{redis, ours} {
		s, err := b.full(ctx, k)
		if err != nil {
			return nil, err
		}
		if took[k], err = timeSave(ctx, s); err != nil {
			return nil, fmt.Errorf("saving on %s: %w", k, err)
		}
	}
	return []row{{what: "RDB save (BGSAVE)", unit: "s", ours: took[ours], real: took[redis]}}, nil
}

func timeSave(ctx context.Context, s *server) (float64, error) {
	l, err := dial(ctx, s)
	if err != nil {
		return 0, err
	}
	defer l.close()
	began := time.Now()
	if _, err := l.do("BGSAVE"); err != nil {
		return 0, err
	}
	if err := l.awaitInfo(ctx, "persistence", "rdb_bgsave_in_progress", "0"); err != nil {
		return 0, err
	}
	took := time.Since(began).Seconds()
	status, err := l.info("persistence", "rdb_last_bgsave_status")
	if err == nil && status != "ok" {
		err = fmt.Errorf("rdb_last_bgsave_status is %s", status)
	}
	return took, err
}

// measureLoad times the start from the data set's file, till PING is answered.
func measureLoad(ctx context.Context, b *bench) ([]row, error) {
	took := map[kind]float64{}
	for _, k := range []kind{redis, ours} {
		s, err := b.full(ctx, k)
		if err != nil {
			return nil, err
		}
		if _, err := timeSave(ctx, s); err != nil {
			return nil, err
		}
		if took[k], err = b.timeLoad(ctx, s); err != nil {
			return nil, err
		}
	}
	return []row{{what: "RDB load (start to PONG)", unit: "s", ours: took[ours], real: took[redis]}}, nil
}

func (b *bench) timeLoad(ctx context.Context, saved *server) (float64, error) {
	dir := saved.dir
	began := time.Now()
	s, err := b.startIn(ctx, saved.kind, dir, "--logfile", filepath.Join(dir, "log2"))
	if err != nil {
		return 0, err
	}
	defer s.kill()
	took := time.Since(began).Seconds()
	return took, s.expectKeys(ctx, b.size(dataKeys))
}

func (s *server) expectKeys(ctx context.Context, keys int) error {
	l, err := dial(ctx, s)
	if err != nil {
		return err
	}
	defer l.close()
	got, err := l.do("DBSIZE")
	if err == nil && got != strconv.Itoa(keys) {
		err = fmt.Errorf("%s has %s keys instead of %d", s.kind, got, keys)
	}
	return err
}
