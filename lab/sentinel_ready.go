package lab

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// sentinelsApart is how long after one sentinel the next is started. Those that start together ping together and find a dead
// master together: each votes for itself then, and a round without a winner costs minutes. Operators start them one by one.
const sentinelsApart = 300 * time.Millisecond

// beforeSentinel waits for what the start of a sentinel needs, when so many have been started already.
func (l *Lab) beforeSentinel(ctx context.Context, started int) error {
	if started == 0 {
		l.attach(ctx)
		return nil
	}
	return l.Clock().Sleep(ctx, sentinelsApart)
}

// attachPatience is how long the first sentinel's start waits for the replicas, which may have no way to attach.
const attachPatience = 5 * time.Second

// attach waits a while until masters count their replicas as online. A sentinel asks its master for them when it starts; those
// it does not hear of then it learns of ten seconds later.
func (l *Lab) attach(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, attachPatience)
	defer cancel()
	// Whoever needs more than that waits for it by WaitReady, and hears then what is missing.
	_ = l.wait(ctx, "replicas are not attached", func() []string {
		l.refresh(l.life, readyPatience, true)
		v := l.picture()
		return failing([]Predicate{l.inSync(v), l.online(v)})
	})
}

// watched goes through what the sentinels were asked to watch, with what each of them knows of it; nil for nothing yet.
func (l *Lab) watched(v View, visit func(n NodeView, w Watch, known *WatchView)) {
	specs := map[string]NodeSpec{}
	for _, s := range l.Topology().Nodes {
		specs[s.ID] = s
	}
	for _, n := range v.Nodes {
		for _, w := range specs[n.ID].Watches {
			known := n.Sentinel.Master(w.Name)
			if n.State != StateUp || n.Silent {
				known = nil
			}
			visit(n, w, known)
		}
	}
}

// sentinelsMet: each sentinel knows all others that were asked to watch the same master, and holds none for down.
func (l *Lab) sentinelsMet(v View) Predicate {
	watchers := map[string]int{}
	l.watched(v, func(_ NodeView, w Watch, _ *WatchView) { watchers[w.Name]++ })
	ok, of, missing := 0, 0, []string(nil)
	l.watched(v, func(n NodeView, w Watch, known *WatchView) {
		of++
		switch {
		case known == nil:
			missing = append(missing, n.ID+" does not tell of "+w.Name)
		case known.Voters != watchers[w.Name]:
			missing = append(missing, fmt.Sprintf("%s knows %d of %d for %s", n.ID, known.Voters, watchers[w.Name], w.Name))
		case known.Usable != known.Voters || known.disconnected() != "":
			missing = append(missing, fmt.Sprintf("%s reaches %d of %d %s", n.ID, known.Usable, known.Voters, known.disconnected()))
		default:
			ok++
		}
	})
	return predicate("sentinels see each other", ok, of, missing)
}

func (w *WatchView) disconnected() string {
	for _, s := range w.Sentinels {
		if strings.Contains(strings.Join(s.Flags, ","), "disconnected") {
			return "(no link to " + s.NodeID + ")"
		}
	}
	return ""
}

// replicasUsable: each sentinel knows the replicas of what it watches, and could promote one of them where there are any.
func (l *Lab) replicasUsable(v View) Predicate {
	followers := map[string]int{}
	for _, n := range v.Nodes {
		if n.Role == Replica {
			followers[n.MasterAddr]++
		}
	}
	ok, of, missing := 0, 0, []string(nil)
	l.watched(v, func(n NodeView, w Watch, known *WatchView) {
		of++
		want, usable := 0, 0
		if known != nil {
			want = followers[known.Addr]
			for _, r := range known.Replicas {
				if r.WhyNot == "" && !r.SDown {
					usable++
				}
			}
		}
		switch {
		case known == nil:
			missing = append(missing, n.ID+" does not tell of "+w.Name)
		case len(known.Replicas) < want:
			missing = append(missing, fmt.Sprintf("%s knows %d of %d replicas of %s", n.ID, len(known.Replicas), want, w.Name))
		case want > 0 && usable == 0:
			missing = append(missing, fmt.Sprintf("%s can promote none of %s%s", n.ID, w.Name, whyNone(known.Replicas)))
		default:
			ok++
		}
	})
	return predicate("sentinels know the replicas", ok, of, missing)
}

// obeyed: the nodes that the sentinels take for replicas are replicas of the master that they name.
func (l *Lab) obeyed(v View) Predicate {
	byID := map[string]NodeView{}
	for _, n := range v.Nodes {
		byID[n.ID] = n
	}
	ok, of, missing := 0, 0, []string(nil)
	l.watched(v, func(n NodeView, w Watch, known *WatchView) {
		of++
		if known == nil {
			missing = append(missing, n.ID+" does not tell of "+w.Name)
			return
		}
		for _, r := range known.Replicas {
			m := byID[r.NodeID]
			if m.State == StateUp && (m.Role != Replica || m.MasterAddr != known.Addr) {
				missing = append(missing, fmt.Sprintf("%s takes %s for a replica of %s: it is %s of %q", n.ID, m.ID, known.Addr, m.Role, m.MasterAddr))
				return
			}
		}
		ok++
	})
	return predicate("nodes do as the sentinels say", ok, of, missing)
}

// quorumReachable is what SENTINEL CKQUORUM tells: enough sentinels for the quorum and for a majority.
func (l *Lab) quorumReachable(v View) Predicate {
	ok, of, missing := 0, 0, []string(nil)
	l.watched(v, func(n NodeView, w Watch, known *WatchView) {
		of++
		switch {
		case known == nil:
			missing = append(missing, n.ID+" does not tell of "+w.Name)
		case known.SDown:
			missing = append(missing, n.ID+" holds "+w.Name+" for down")
		case known.Usable < max(known.Majority, known.Quorum):
			missing = append(missing, fmt.Sprintf("%s: %d usable, quorum %d, majority %d", n.ID, known.Usable, known.Quorum, known.Majority))
		default:
			ok++
		}
	})
	return predicate("quorum reachable", ok, of, missing)
}

// WaitFailover waits until every living sentinel gives the same address for the named master, another one than before, and
// the node there says that it is a master. It returns that node. Its error says which rule stands against a failover, at
// which sentinel. Without a deadline of the context it gives up after eight minutes.
func (l *Lab) WaitFailover(ctx context.Context, name, before string) (*Node, error) {
	var n *Node
	err := l.wait(ctx, "no failover of "+name, func() []string {
		l.refresh(l.life, readyPatience, true)
		var why []string
		n, why = l.switched(l.picture(), name, before)
		return why
	})
	return n, err
}

func (l *Lab) switched(v View, name, before string) (*Node, []string) {
	role := map[string]NodeView{}
	for _, n := range v.Nodes {
		role[n.Addr] = n
	}
	var to string
	var why []string
	for _, n := range v.Nodes {
		w := n.Sentinel.Master(name)
		switch {
		case w == nil || n.State != StateUp:
		case w.Addr == before:
			why = append(why, n.ID+" still gives "+before+reasonText(w))
		case to != "" && w.Addr != to:
			why = append(why, fmt.Sprintf("%s gives %s, another sentinel %s", n.ID, w.Addr, to))
		default:
			to = w.Addr
		}
	}
	n := role[to]
	switch {
	case len(why) > 0:
	case to == "":
		why = append(why, fmt.Sprintf("no living sentinel tells of a master %q", name))
	case n.ID == "":
		why = append(why, "the sentinels give "+to+", which is none of the lab's nodes")
	case n.Role != Master:
		why = append(why, fmt.Sprintf("%s (%s) is %q", to, n.ID, n.Role))
	}
	return l.Node(n.ID), why
}

func reasonText(w *WatchView) string {
	if len(w.Why) == 0 {
		return ""
	}
	return " (" + w.Why[0].Text + ")"
}
