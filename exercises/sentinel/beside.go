package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/lab"
)

// east is the name of a client that stands on the master's side of the network.
const east = "client-east"

// beside is a program that stands beside the master, holds a connection to it, and writes all the time.
type beside struct {
	seen   *lab.Observer
	client *redis.Client
	wait   bool

	mu      sync.Mutex
	lastAck time.Time
	waited  []lab.Stamp // writes that a replica had acknowledged too, by WAIT
	alone   []lab.Stamp // writes that the master alone had acknowledged
}

const theBeside kit.Key[*beside] = "beside"

// startBeside begins to write; with wait, each write is followed by WAIT 1.
func startBeside(wait bool) func(context.Context, *kit.Run) error {
	return func(ctx context.Context, r *kit.Run) error {
		m, err := r.Node(master)
		if err != nil {
			return err
		}
		b := &beside{seen: r.Lab.Observe(east), wait: wait}
		b.client = b.seen.Client(m)
		if err := b.write(ctx, r); err != nil {
			return err
		}
		theBeside.Set(r, b)
		r.Background(func(life context.Context) {
			for r.Sleep(life, writeEvery) == nil {
				one, cancel := context.WithTimeout(life, writeLimit)
				_ = b.write(one, r) // the ledger and the observer keep account
				cancel()
			}
		})
		return noteBegin(ctx, r)
	}
}

// waitLimit is the timeout that the program gives to WAIT.
const waitLimit = 100 * time.Millisecond

func (b *beside) write(ctx context.Context, r *kit.Run) error {
	stamp, err := r.Lab.Ledger().Push(ctx, b.client, writerKey)
	if err != nil {
		return err
	}
	now := r.Lab.Clock().Now()
	replicas := int64(0)
	if b.wait { // the same connection: nobody else uses this client
		replicas, err = b.client.Wait(ctx, 1, waitLimit).Result()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lastAck = now
	if err == nil && replicas > 0 {
		b.waited = append(b.waited, stamp)
	} else {
		b.alone = append(b.alone, stamp)
	}
	return nil
}

// acked is how the account stands: the writes that a replica acknowledged too, the others, and when the last one was.
func (b *beside) acked() (waited, alone []lab.Stamp, last time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.waited), slices.Clone(b.alone), b.lastAck
}

// lostOn lists the acknowledged writes that a node does not have.
func lostOn(ctx context.Context, r *kit.Run, node string) ([]lab.Stamp, error) {
	n, err := r.Node(node)
	if err != nil {
		return nil, err
	}
	if err := r.Lab.Ledger().Verify(ctx, n.Client()); err != nil {
		return nil, err
	}
	return r.Lab.Ledger().Report().LostStamps, nil
}

// losses looks at what a node lacks of the acknowledged writes; "" is the node that was promoted. What it means is the lesson's.
func losses(on string, judge func(ctx context.Context, r *kit.Run, b *beside, lost []lab.Stamp) (seen string, err error)) func(context.Context, *kit.Run) (string, error) {
	return func(ctx context.Context, r *kit.Run) (string, error) {
		b, err := theBeside.Get(r)
		if err != nil {
			return "", err
		}
		node := on
		if node == "" {
			if node, err = newMaster.Get(r); err != nil {
				return "", err
			}
		}
		lost, err := lostOn(ctx, r, node)
		if err != nil {
			return "", err
		}
		return judge(ctx, r, b, lost)
	}
}

// among counts the stamps of one list that are in another.
func among(some, all []lab.Stamp) int {
	in := map[lab.Stamp]bool{}
	for _, s := range all {
		in[s] = true
	}
	n := 0
	for _, s := range some {
		if in[s] {
			n++
		}
	}
	return n
}

// sinceCut is the time from the partition of this step to the last write that was acknowledged beside the master.
func sinceCut(r *kit.Run, b *beside) (time.Duration, error) {
	cut, ok := firstSince(r, stepBegan.Or(r, 0), func(e lab.Event) bool { return e.Kind == lab.EventFault })
	if !ok {
		return 0, errors.New("the network is whole")
	}
	_, _, last := b.acked()
	return last.Sub(cut.At), nil
}

// splitOff is the line that puts nodes and the client beside the master on one side, and all others on the other.
func splitOff(t lab.Topology, ids ...string) kit.Cmd {
	var others []string
	for _, n := range t.Nodes {
		if !slices.Contains(ids, n.ID) {
			others = append(others, n.ID)
		}
	}
	return toLab(fmt.Sprintf("partition %s,%s %s", strings.Join(ids, ","), east, strings.Join(others, ",")))
}
