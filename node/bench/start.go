package main

import (
	"context"
	"fmt"
	"time"
)

// startLimit is how long a node may take to its first PONG, in milliseconds.
const startLimit = 15

func measureStart(ctx context.Context, b *bench) ([]row, error) {
	took := map[kind][]float64{}
	for range b.rounds(20) {
		for _, k := range []kind{redis, ours, redisAgain} {
			began := time.Now()
			s, err := b.start(ctx, k)
			if err != nil {
				return nil, err
			}
			took[k] = append(took[k], millis(time.Since(began)))
			s.kill()
		}
	}
	fmt.Fprint(b.progress, ".")
	return []row{{
		what: "start to first PONG", unit: "ms", ours: median(took[ours]), real: median(took[redis]),
		aa: median(took[redisAgain]) / median(took[redis]), limit: limit{oursAtMost, startLimit},
	}}, nil
}
