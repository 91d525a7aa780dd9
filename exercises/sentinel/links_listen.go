package sentinel

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/wire"
)

// How long listen listens: above one INFO period, and not more than is needed where time is real.
const (
	listenSim  = 30 * time.Second
	listenReal = 10 * time.Second
)

// listen overhears the sentinels: their hellos on the master, their pings to the master and to a replica, and how old their
// INFO gets.
func listen(ctx context.Context, r *kit.Run) error {
	h := &heard{hellos: map[string][]time.Time{}, pings: map[string]map[string][]time.Time{}}
	during, end := context.WithCancel(ctx)
	defer end()
	var mu sync.Mutex
	var work sync.WaitGroup
	hellos, err := r.Wire(during, master)
	if err != nil {
		return err
	}
	if _, err := hellos.Do("SUBSCRIBE", "__sentinel__:hello"); err != nil {
		return err
	}
	work.Go(func() {
		defer hellos.Close()
		each(hellos, func(v wire.Value) {
			mu.Lock()
			defer mu.Unlock()
			h.hello(r, v)
		})
	})
	for _, node := range []string{master, first} {
		names, err := linksFrom(ctx, r, node, cmdLink)
		if err != nil {
			return err
		}
		monitor, err := r.Wire(during, node)
		if err != nil {
			return err
		}
		if _, err := monitor.Do("MONITOR"); err != nil {
			return err
		}
		work.Go(func() {
			defer monitor.Close()
			each(monitor, func(v wire.Value) {
				mu.Lock()
				defer mu.Unlock()
				h.ping(node, names, v.Str)
			})
		})
	}
	err = h.sampleInfo(ctx, r)
	end() // which closes the connections
	work.Wait()
	overheard.Set(r, h)
	return err
}

// each hands over what comes until the connection ends.
func each(c *wire.Conn, f func(wire.Value)) {
	for {
		v, err := c.Read()
		if err != nil {
			return
		}
		f(v)
	}
}

// hello notes a message of the channel: ip, port, run id, epoch, and name, ip, port, epoch of the master.
func (h *heard) hello(r *kit.Run, v wire.Value) {
	words := v.Strings()
	if len(words) != 3 || words[0] != "message" {
		return
	}
	f := strings.Split(words[2], ",")
	if len(f) != 8 {
		h.odd = words[2]
		return
	}
	h.last = words[2]
	id := idAt(r, f[0]+":"+f[1])
	h.hellos[id] = append(h.hellos[id], r.Lab.Clock().Now())
}

// ping notes a line of MONITOR like: 1700000000.123456 [0 127.0.0.1:52400] "PING"
func (h *heard) ping(node string, from map[string][]clientLine, line string) {
	head, what, ok := strings.Cut(line, "] ")
	if !ok || !strings.EqualFold(what, `"PING"`) {
		return
	}
	stamp, addr, ok := strings.Cut(head, " [0 ")
	at, err := strconv.ParseFloat(stamp, 64)
	if !ok || err != nil {
		return
	}
	for id, list := range from {
		for _, c := range list {
			if c.addr != addr {
				continue
			}
			if h.pings[node] == nil {
				h.pings[node] = map[string][]time.Time{}
			}
			h.pings[node][id] = append(h.pings[node][id], time.UnixMicro(int64(at*1e6)))
		}
	}
}

// sampleInfo looks at info-refresh again and again, at least until INFO was renewed once.
func (h *heard) sampleInfo(ctx context.Context, r *kit.Run) error {
	d := listenReal
	if r.Lab.Backend().Capabilities().SimulatedTime {
		d = listenSim
	}
	clock := r.Lab.Clock()
	began, before := clock.Now(), time.Duration(0)
	for {
		f, err := fields(ctx, r, s1)
		if err != nil {
			return err
		}
		ms, err := strconv.Atoi(f["info-refresh"])
		if err != nil {
			return fmt.Errorf("info-refresh: %w", err)
		}
		age := time.Duration(ms) * time.Millisecond
		h.oldest = max(h.oldest, age)
		h.fresh = h.fresh || age < before
		before = age
		since := clock.Now().Sub(began)
		if since >= d && h.fresh || since >= d+infoPeriod+infoSlack {
			return nil
		}
		if err := r.Sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
