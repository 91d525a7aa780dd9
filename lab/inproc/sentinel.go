package inproc

import (
	"net"
	"strconv"

	"redislab/lab"
	"redislab/node/sentinel"
)

// SentinelView implements lab.SentinelInstance.
func (i *instance) SentinelView() (lab.SentinelView, bool) {
	v, ok := i.node.SentinelView()
	if !ok {
		return lab.SentinelView{}, false
	}
	out := lab.SentinelView{MyID: v.MyID, Epoch: v.CurrentEpoch, Tilt: v.Tilt}
	for j := range v.Masters {
		out.Masters = append(out.Masters, watchView(&v.Masters[j]))
	}
	return out, true
}

func watchView(m *sentinel.MasterView) lab.WatchView {
	w := lab.WatchView{
		Name: m.Name, Addr: addrText(m.Current.IP, m.Current.Port), Flags: m.Flags, SDown: m.SDown, ODown: m.ODown,
		DownAfter: m.DownAfter, Timeout: m.Settings.FailoverTimeout, ConfigEpoch: m.ConfigEpoch, Quorum: m.Settings.Quorum,
		Voters: m.Voters, Majority: m.Majority, Usable: m.Usable, Agree: m.Agree, VotedFor: m.VotedFor, VotedEpoch: m.VotedEpoch,
		Votes: m.Failover.Votes, Cooldown: m.Failover.Cooldown,
	}
	if m.Failover.State != sentinel.NoFailover {
		w.Failover, w.Promoted = m.Failover.State.String(), m.Failover.Promoted
	}
	for i := range m.Replicas {
		r := &m.Replicas[i]
		s := seen(&r.InstanceView)
		s.Priority, s.Offset, s.WhyNot = r.Priority, int64(r.Offset), r.WhyNot
		w.Replicas = append(w.Replicas, s)
	}
	for i := range m.Sentinels {
		p := &m.Sentinels[i]
		s := seen(&p.InstanceView)
		s.SaysDown, s.VotedFor, s.VotedEpoch = p.SaysDown, p.VotedFor, p.VotedEpoch
		w.Sentinels = append(w.Sentinels, s)
	}
	for _, r := range m.Why {
		to := lab.Reason{Rule: string(r.Rule), Text: r.Text, Until: r.Until}
		for _, p := range r.Parts {
			to.Parts = append(to.Parts, lab.Phrase(p))
		}
		w.Why = append(w.Why, to)
	}
	return w
}

func seen(v *sentinel.InstanceView) lab.SeenNode {
	return lab.SeenNode{Name: v.Name, Addr: addrText(v.Addr.IP, v.Addr.Port), Flags: v.Flags, SDown: v.SDown}
}

func addrText(ip string, port int) string { return net.JoinHostPort(ip, strconv.Itoa(port)) }
