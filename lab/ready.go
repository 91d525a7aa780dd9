package lab

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Predicate is one condition of a lab being ready, and how far it is met.
type Predicate struct {
	Name   string `json:"name"` // "nodes accept 3/3"
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is missing
}

const (
	readyPatience = 2 * infoPatience
	waitLimit     = 8 * time.Minute // of a wait whose context has none: beyond a failover's cooldown, within go test's ten
)

// pace is how long a wait rests between two looks: the longer it has taken, the less a moment more matters. In simulated
// time, where waiting costs nothing, looking is what a wait costs.
func pace(waited time.Duration) time.Duration {
	return min(max(waited/16, 20*time.Millisecond), 250*time.Millisecond)
}

// Ready tells the conditions of the lab being ready, asked for now: every node answers, every replica has its link up
// and has loaded its master's data, and its master counts it as online. With sentinels: they know each other and the
// replicas, and are enough for a failover.
func (l *Lab) Ready() []Predicate {
	l.refresh(l.life, readyPatience, true)
	return l.ready(l.picture())
}

func (l *Lab) ready(v View) []Predicate {
	all := []Predicate{l.accepting(v), l.inSync(v), l.online(v)}
	if l.Topology().sentinels() > 0 {
		all = append(all, l.sentinelsMet(v), l.replicasUsable(v), l.obeyed(v), l.quorumReachable(v))
	}
	return all
}

// WaitReady waits until all conditions of [Lab.Ready] hold, and until every replica has what its master had when the wait
// began: what was written before can be read there after. Its error lists what is missing. Without a deadline of the
// context it gives up after eight minutes.
func (l *Lab) WaitReady(ctx context.Context) error {
	l.refresh(l.life, readyPatience, true) // a look under way may be older than this call, so not the goal
	var goal map[string]int64
	return l.wait(ctx, "lab is not ready", func() []string {
		l.refresh(l.life, readyPatience, true)
		v := l.picture()
		if goal == nil {
			goal = offsetsOf(v)
		}
		return append(failing(l.ready(v)), behind(v, goal)...)
	})
}

func offsetsOf(v View) map[string]int64 {
	out := map[string]int64{}
	for _, n := range v.Nodes {
		out[n.ID] = n.Offset
	}
	return out
}

// behind lists the replicas that have less of the stream of the master at its head than the goal says. A master that
// came back without its data has a shorter stream than it had.
func behind(v View, goal map[string]int64) []string {
	byID := map[string]NodeView{}
	for _, n := range v.Nodes {
		byID[n.ID] = n
	}
	var missing []string
	for _, n := range v.Nodes {
		if n.Role != Replica || n.LinkStatus != "up" {
			continue
		}
		head := byID[n.MasterID]
		for i := 0; head.Role == Replica && i < len(v.Nodes); i++ { // nodes may follow each other in a circle
			head = byID[head.MasterID]
		}
		if head.Role != Master {
			continue
		}
		if lacks := min(goal[head.ID], head.Offset) - n.Offset; lacks > 0 {
			missing = append(missing, fmt.Sprintf("%s is %d bytes behind %s", n.ID, lacks, head.ID))
		}
	}
	return missing
}

// wait looks again and again until nothing is missing. Its error says what is.
func (l *Lab) wait(ctx context.Context, what string, look func() []string) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, waitLimit)
		defer cancel()
	}
	began := time.Now()
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		missing := look()
		if len(missing) == 0 {
			return nil
		}
		t.Reset(pace(time.Since(began)))
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %s: %w", what, strings.Join(missing, "; "), ctx.Err())
		case <-l.life.Done():
			return fmt.Errorf("%s: %w", what, ErrClosed)
		case <-t.C:
		}
	}
}

func failing(ps []Predicate) []string {
	var out []string
	for _, p := range ps {
		if !p.OK {
			out = append(out, p.Name+" ("+p.Detail+")")
		}
	}
	return out
}

func predicate(name string, ok, of int, missing []string) Predicate {
	return Predicate{Name: fmt.Sprintf("%s %d/%d", name, ok, of), OK: ok == of, Detail: strings.Join(missing, ", ")}
}

func (l *Lab) accepting(v View) Predicate {
	ok, missing := 0, []string(nil)
	for _, n := range v.Nodes {
		switch {
		case n.State != StateUp:
			missing = append(missing, n.ID+" is "+string(n.State))
		case n.Silent || n.Error != "":
			missing = append(missing, n.ID+": "+n.Error)
		case l.said(n.ID, "loading") == "1":
			missing = append(missing, n.ID+" is loading its data")
		case n.RunID == "":
			missing = append(missing, n.ID+" has not answered yet")
		default:
			ok++
		}
	}
	return predicate("nodes accept", ok, len(v.Nodes), missing)
}

func (l *Lab) inSync(v View) Predicate {
	ok, of, missing := 0, 0, []string(nil)
	for _, n := range v.Nodes {
		if n.Role != Replica {
			continue
		}
		of++
		switch {
		case n.State != StateUp:
			missing = append(missing, n.ID+" is "+string(n.State))
		case n.SyncInProgress:
			missing = append(missing, n.ID+" is loading from "+n.MasterAddr)
		case n.LinkStatus != "up":
			missing = append(missing, n.ID+" has no link to "+n.MasterAddr)
		default:
			ok++
		}
	}
	return predicate("replicas in sync", ok, of, missing)
}

// online compares how many replicas follow each node with how many that node counts as online.
func (l *Lab) online(v View) Predicate {
	followers := map[string]int{}
	for _, n := range v.Nodes {
		if n.Role == Replica && n.MasterID != "" {
			followers[n.MasterID]++
		}
	}
	ok, of, missing := 0, 0, []string(nil)
	for _, n := range v.Nodes {
		want := followers[n.ID]
		of += want
		online := 0
		for i := range n.Replicas {
			if strings.Contains(l.said(n.ID, "slave"+strconv.Itoa(i)), "state=online") {
				online++
			}
		}
		ok += min(online, want)
		if online < want {
			missing = append(missing, fmt.Sprintf("%s counts %d of %d", n.ID, online, want))
		}
	}
	return predicate("replicas online", ok, of, missing)
}

// said is a field of what a node last answered.
func (l *Lab) said(id, field string) string {
	n := l.Node(id)
	l.watch.mu.Lock()
	defer l.watch.mu.Unlock()
	if k := l.watch.looks[n]; k != nil {
		return k.info[field]
	}
	return ""
}
