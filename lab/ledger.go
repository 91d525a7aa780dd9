package lab

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Stamp identifies one write of a ledger; later writes have higher stamps. 0 is no write.
type Stamp uint64

// Ledger writes values that nobody wrote before and keeps account of what became of them: acknowledged, and later
// lost, read stale, or applied twice.
//
//	g := l.Ledger()
//	_, err := g.Write(ctx, master, "k") // SET k <stamp>
//	…                                   // kill, cut, promote
//	err = g.Verify(ctx, newMaster)
//	fmt.Println(g.Report().Lost)
//
// It is safe for concurrent use.
type Ledger struct {
	mu      sync.Mutex
	tick    uint64 // logical time: orders starts and ends of operations
	last    Stamp
	entries map[Stamp]*entry
	keys    map[string]*account
	order   []string // keys as first used
	stale   int
}

// entry is one write. It may take effect anywhere between began and ended; ended is 0 while that is not known.
type entry struct {
	stamp        Stamp
	began, ended uint64
	acked        bool
	refused      bool // the server said no: it has no effect
}

type account struct {
	list     bool // written by Push
	stamps   []Stamp
	lost     []Stamp
	repeated []Stamp
}

// Report is a ledger's account.
type Report struct {
	Written      int `json:"written"`      // writes tried
	Acknowledged int `json:"acknowledged"` // of those, answered OK
	Refused      int `json:"refused"`      // answered by an error
	Unknown      int `json:"unknown"`      // not answered: they may have taken effect or not
	Lost         int `json:"lost"`         // acknowledged, and gone at the last Verify
	Stale        int `json:"stale"`        // reads that saw less than what had been acknowledged before
	Duplicated   int `json:"duplicated"`   // applied more than once, seen at the last Verify

	LostStamps       []Stamp `json:"lost_stamps,omitempty"`
	DuplicatedStamps []Stamp `json:"duplicated_stamps,omitempty"`
}

func newLedger() *Ledger {
	return &Ledger{entries: map[Stamp]*entry{}, keys: map[string]*account{}}
}

// Write sets key to a new stamp.
func (g *Ledger) Write(ctx context.Context, c redis.Cmdable, key string) (Stamp, error) {
	return g.write(key, false, func(s Stamp) error { return c.Set(ctx, key, uint64(s), 0).Err() })
}

// Push appends a new stamp to the list at key, which shows each single write, and those applied twice.
func (g *Ledger) Push(ctx context.Context, c redis.Cmdable, key string) (Stamp, error) {
	return g.write(key, true, func(s Stamp) error { return c.RPush(ctx, key, uint64(s)).Err() })
}

func (g *Ledger) write(key string, list bool, do func(Stamp) error) (Stamp, error) {
	e, err := g.begin(key, list)
	if err != nil {
		return 0, err
	}
	err = do(e.stamp)
	g.mu.Lock()
	defer g.mu.Unlock()
	var answer redis.Error
	switch {
	case err == nil:
		e.acked = true
	case errors.As(err, &answer):
		e.refused = true
	default:
		return e.stamp, fmt.Errorf("ledger: writing %d to %q: %w", e.stamp, key, err)
	}
	g.tick++
	e.ended = g.tick
	if err != nil {
		return e.stamp, fmt.Errorf("ledger: writing %d to %q: %w", e.stamp, key, err)
	}
	return e.stamp, nil
}

func (g *Ledger) begin(key string, list bool) (*entry, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.keys[key]
	if a == nil {
		a = &account{list: list}
		g.keys[key] = a
		g.order = append(g.order, key)
	}
	if a.list != list {
		return nil, fmt.Errorf("ledger: key %q is used by both Write and Push", key)
	}
	g.last++
	g.tick++
	e := &entry{stamp: g.last, began: g.tick}
	g.entries[e.stamp] = e
	a.stamps = append(a.stamps, e.stamp)
	return e, nil
}

// Read gets key, which Write has written, and notes whether the value is staler than what had been acknowledged
// before the read began. It returns 0 for a key without a value.
func (g *Ledger) Read(ctx context.Context, c redis.Cmdable, key string) (Stamp, error) {
	g.mu.Lock()
	g.tick++
	began := g.tick
	g.mu.Unlock()
	seen, err := readStamp(ctx, c, key)
	if err != nil {
		return 0, fmt.Errorf("ledger: reading %q: %w", key, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.newer(key, seen, began)) > 0 {
		g.stale++
	}
	return seen, nil
}

func readStamp(ctx context.Context, c redis.Cmdable, key string) (Stamp, error) {
	v, err := c.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the value %q is not the ledger's: %w", v, err)
	}
	return Stamp(n), nil
}

// newer lists the writes to key that were acknowledged before now and began after the write seen had ended: whoever
// sees the older one has missed them. Writes at the same time may take effect in either order.
func (g *Ledger) newer(key string, seen Stamp, now uint64) []Stamp {
	a := g.keys[key]
	if a == nil {
		return nil
	}
	var seenEnd uint64 // no value: everything acknowledged is newer
	if seen != 0 {
		e := g.entries[seen]
		if e == nil || e.ended == 0 {
			return nil // of unknown time
		}
		seenEnd = e.ended
	}
	var out []Stamp
	for _, s := range a.stamps {
		if e := g.entries[s]; e.acked && e.ended < now && e.began > seenEnd {
			out = append(out, s)
		}
	}
	return out
}

// Verify reads every key back, to find what was lost or applied twice. The report changes only when all could be read.
func (g *Ledger) Verify(ctx context.Context, c redis.Cmdable) error {
	g.mu.Lock()
	keys := append([]string(nil), g.order...)
	g.tick++
	now := g.tick
	g.mu.Unlock()
	type finding struct{ lost, repeated []Stamp }
	found := map[string]finding{}
	for _, key := range keys {
		g.mu.Lock()
		list := g.keys[key].list
		g.mu.Unlock()
		if !list {
			seen, err := readStamp(ctx, c, key)
			if err != nil {
				return fmt.Errorf("ledger: verifying %q: %w", key, err)
			}
			g.mu.Lock()
			found[key] = finding{lost: g.newer(key, seen, now)}
			g.mu.Unlock()
			continue
		}
		values, err := c.LRange(ctx, key, 0, -1).Result()
		if err != nil {
			return fmt.Errorf("ledger: verifying %q: %w", key, err)
		}
		lost, repeated := g.checkList(key, values, now)
		found[key] = finding{lost, repeated}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, f := range found {
		g.keys[key].lost, g.keys[key].repeated = f.lost, f.repeated
	}
	return nil
}

func (g *Ledger) checkList(key string, values []string, now uint64) (lost, repeated []Stamp) {
	count := map[string]int{}
	for _, v := range values {
		count[v]++
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.keys[key].stamps {
		n := count[strconv.FormatUint(uint64(s), 10)]
		if e := g.entries[s]; n == 0 && e.acked && e.ended < now {
			lost = append(lost, s)
		}
		if n > 1 {
			repeated = append(repeated, s)
		}
	}
	return lost, repeated
}

// Report tells the account so far; what was lost or applied twice is as of the last Verify.
func (g *Ledger) Report() Report {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := Report{Written: len(g.entries), Stale: g.stale}
	for _, e := range g.entries {
		switch {
		case e.acked:
			r.Acknowledged++
		case e.refused:
			r.Refused++
		default:
			r.Unknown++
		}
	}
	for _, key := range g.order {
		r.LostStamps = append(r.LostStamps, g.keys[key].lost...)
		r.DuplicatedStamps = append(r.DuplicatedStamps, g.keys[key].repeated...)
	}
	r.Lost, r.Duplicated = len(r.LostStamps), len(r.DuplicatedStamps)
	return r
}
