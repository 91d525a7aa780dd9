package sentinel

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/lab"
)

// writer writes stamps of the lab's ledger through a client that knows only the sentinels, as a program does all day.
type writer struct {
	seen   *lab.Observer
	client *redis.Client
}

const theWriter kit.Key[*writer] = "writer"

const (
	writeEvery = 50 * time.Millisecond // of the lab's clock
	writeLimit = time.Second           // for one write
	writerKey  = "ledger"              // a list: each write is one element
)

// startWriter begins to write in the background, until the lesson is left, and returns when a first write was acknowledged.
// A lesson has one writer.
func startWriter(ctx context.Context, r *kit.Run) error {
	seen := r.Lab.Observe()
	w := &writer{seen: seen, client: seen.FailoverClient(lab.MyMaster)}
	if _, err := r.Lab.Ledger().Push(ctx, w.client, writerKey); err != nil {
		return err
	}
	theWriter.Set(r, w)
	r.Background(func(life context.Context) {
		for {
			one, cancel := context.WithTimeout(life, writeLimit)
			_, _ = r.Lab.Ledger().Push(one, w.client, writerKey) // the ledger and the observer keep account
			cancel()
			if r.Sleep(life, writeEvery) != nil {
				return
			}
		}
	})
	return nil
}
