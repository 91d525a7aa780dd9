package sentinel

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/lab"
)

// writer writes stamps of the lab's ledger through a client that knows only the sentinels, as a program does all day.
type writer struct {
	seen   *lab.Observer
	client *redis.Client
	stop   context.CancelFunc
	done   chan struct{}
}

const theWriter kit.Key[*writer] = "writer"

const (
	writeEvery = 50 * time.Millisecond // of the lab's clock
	writeLimit = time.Second           // for one write
	writerKey  = "ledger"              // a list: each write is one element
)

// startWriter begins to write in the background and returns when a first write was acknowledged. A lesson has one writer.
func startWriter(ctx context.Context, r *kit.Run) error {
	seen := r.Lab.Observe()
	w := &writer{seen: seen, client: seen.FailoverClient(lab.MyMaster), done: make(chan struct{})}
	if _, err := r.Lab.Ledger().Push(ctx, w.client, writerKey); err != nil {
		return err
	}
	theWriter.Set(r, w)
	stopped := make(chan struct{})
	w.stop = func() { close(stopped) }
	r.Background(func(life context.Context) {
		defer close(w.done)
		for {
			select {
			case <-stopped:
				return
			default:
			}
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

// stopWriter ends the writing, and the client with it.
func stopWriter(r *kit.Run) (*writer, error) {
	w, err := theWriter.Get(r)
	if err != nil {
		return nil, err
	}
	select {
	case <-w.done:
		return nil, errors.New("the writer was stopped before")
	default:
	}
	w.stop()
	<-w.done
	return w, nil
}
