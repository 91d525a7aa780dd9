package session

import (
	"redislab/lab"
	"redislab/lab/netfault"
	"redislab/tui/topo"
)

// Picture turns a lab's view into a drawing's.
func Picture(v lab.View, rules []lab.Fault) topo.View {
	out := topo.View{At: v.At}
	isolated := map[string]map[lab.Class]bool{}
	for _, r := range rules {
		f := topo.Fault{From: r.From, To: r.To, Kind: string(r.Kind), OneWay: r.OneWay, Class: string(r.Class), Delay: r.Delay, Drop: r.Probability}
		if f.From == netfault.AnyNode {
			f.From = ""
		}
		if f.To == netfault.AnyNode {
			f.To = ""
		}
		if f.From == "" && !f.OneWay { // the two ends of a fault both ways are alike
			f.From, f.To = f.To, f.From
		}
		if f.To == "" && r.Kind == netfault.Cut && !r.OneWay {
			if isolated[f.From] == nil {
				isolated[f.From] = map[lab.Class]bool{}
			}
			isolated[f.From][r.Class] = true
		}
		out.Faults = append(out.Faults, f)
	}
	for _, n := range v.Nodes {
		alone := isolated[n.ID][lab.AnyClass] || n.Role == lab.SentinelRole && isolated[n.ID][lab.SentinelLink]
		node := topo.Node{
			ID: n.ID, Addr: n.Addr, Role: string(n.Role), Host: n.Host, PID: n.PID, State: state(n), Parent: n.MasterID,
			Link: link(n), Offset: n.Offset, Lag: n.Lag, Replicas: n.Replicas, Keys: n.Keys, Isolated: alone,
			Sentinel: knows(n),
		}
		if n.MasterID == "" {
			node.Upstream = n.MasterAddr
		}
		out.Nodes = append(out.Nodes, node)
	}
	return out
}

func state(n lab.NodeView) topo.State {
	if n.State == lab.StateUp && n.Silent {
		return topo.Unknown
	}
	return topo.State(n.State)
}

func link(n lab.NodeView) topo.LinkState {
	switch {
	case n.Role != lab.Replica:
		return topo.LinkNone
	case n.LinkStatus == "up":
		return topo.LinkUp
	case n.SyncInProgress:
		return topo.LinkSync
	}
	return topo.LinkDown
}

// knows is what a sentinel has told; nil for other nodes, and before it has.
func knows(n lab.NodeView) *topo.Sentinel {
	if n.Sentinel == nil {
		return nil
	}
	s := &topo.Sentinel{RunID: n.Sentinel.MyID, Epoch: n.Sentinel.Epoch, Tilt: n.Sentinel.Tilt}
	for _, w := range n.Sentinel.Masters {
		to := watch(w)
		to.Votes = votes(n.ID, w, s.Epoch)
		s.Watches = append(s.Watches, to)
	}
	return s
}

// votes counts those for a sentinel in its own election. One in another process does not tell its count, but whom the others
// voted for.
func votes(self string, w lab.WatchView, epoch uint64) int {
	if n := w.Votes[self]; n > 0 {
		return n
	}
	n := 0
	if w.VotedFor == self && w.VotedEpoch == epoch {
		n++
	}
	for _, p := range w.Sentinels {
		if p.VotedFor == self && p.VotedEpoch == epoch {
			n++
		}
	}
	return n
}

func watch(w lab.WatchView) topo.Watch {
	out := topo.Watch{
		Name: w.Name, Names: w.NodeID, Down: topo.NotDown, Agree: w.Agree, Quorum: w.Quorum, Majority: w.Majority, Voters: w.Voters,
		Promoted: w.Promoted, VotedFor: w.VotedFor, Epoch: w.VotedEpoch, Config: w.ConfigEpoch,
		DownAfter: w.DownAfter, Timeout: w.Timeout,
	}
	if out.Names == "" {
		out.Names = w.Addr
	}
	if w.Failover != "none" { // as a sentinel may call it when there is no failover
		out.Failover = w.Failover
	}
	switch {
	case w.ODown:
		out.Down = topo.ODown
	case w.SDown:
		out.Down = topo.SDown
	}
	for _, r := range w.Why {
		why := topo.Reason{Rule: r.Rule, Text: r.Text, Until: r.Until}
		for _, p := range r.Parts {
			why.Parts = append(why.Parts, topo.Phrase(p))
		}
		out.Why = append(out.Why, why)
	}
	return out
}
