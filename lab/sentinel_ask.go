package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// askSentinel finds out what a sentinel knows. One that runs in this process shows all of it; others are asked by
// command, and what commands do not tell is taken from the events that they told.
func (l *Lab) askSentinel(ctx context.Context, n *Node, a *admin, info map[string]string) (*SentinelView, error) {
	n.mu.Lock()
	inst := n.inst
	n.mu.Unlock()
	var v SentinelView
	if s, ok := inst.(SentinelInstance); ok {
		if v, ok = s.SentinelView(); !ok {
			return nil, errors.New("it is no sentinel")
		}
	} else {
		var err error
		if v, err = askByCommand(ctx, a); err != nil {
			return nil, err
		}
		v.Tilt = info["sentinel_tilt"] == "1"
		l.recall(n.spec.ID, &v)
		for i := range v.Masters {
			v.Masters[i].Why = v.Masters[i].reasons(v.Tilt, l.Clock().Now())
		}
	}
	l.nameNodes(n, &v)
	return &v, nil
}

func askByCommand(ctx context.Context, a *admin) (SentinelView, error) {
	replies, err := a.do(ctx, []string{"SENTINEL", "MYID"}, []string{"SENTINEL", "MASTERS"})
	if err != nil {
		return SentinelView{}, err
	}
	id, _ := replies[0].(string)
	masters, ok := replies[1].([]any)
	if !ok && replies[1] != nil {
		return SentinelView{}, fmt.Errorf("SENTINEL MASTERS answered %v", replies[1])
	}
	v := SentinelView{MyID: id}
	var more [][]string
	for _, m := range masters {
		w := watchOf(fieldsOf(m))
		v.Masters = append(v.Masters, w)
		more = append(more, []string{"SENTINEL", "REPLICAS", w.Name}, []string{"SENTINEL", "SENTINELS", w.Name})
	}
	if replies, err = a.do(ctx, more...); err != nil {
		return v, err
	}
	for i := range v.Masters {
		v.Masters[i].fill(replies[2*i], replies[2*i+1])
	}
	return v, nil
}

// fieldsOf is a reply of names and values in turn as a map.
func fieldsOf(reply any) map[string]string {
	list, _ := reply.([]any)
	out := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		name, _ := list[i].(string)
		out[name], _ = list[i+1].(string)
	}
	return out
}

func watchOf(f map[string]string) WatchView {
	w := WatchView{
		Name: f["name"], Addr: net.JoinHostPort(f["ip"], f["port"]), Flags: strings.Split(f["flags"], ","),
		DownAfter: milliseconds(f, "down-after-milliseconds"), Timeout: milliseconds(f, "failover-timeout"),
		ConfigEpoch: uint64(number(f, "config-epoch", 0)), Quorum: int(number(f, "quorum", 0)), Failover: f["failover-state"],
		Voters: 1 + int(number(f, "num-other-sentinels", 0)),
	}
	w.SDown, w.ODown = slices.Contains(w.Flags, "s_down"), slices.Contains(w.Flags, "o_down")
	w.Majority = w.Voters/2 + 1
	return w
}

func milliseconds(f map[string]string, name string) time.Duration {
	return time.Duration(number(f, name, 0)) * time.Millisecond
}

func (w *WatchView) fill(replicas, sentinels any) {
	list, _ := replicas.([]any)
	for _, r := range list {
		f := fieldsOf(r)
		s := seenOf(f)
		s.Priority, s.Offset = int(number(f, "slave-priority", 0)), number(f, "slave-repl-offset", 0)
		s.WhyNot = whyNotPromoted(s).String()
		if slices.Contains(s.Flags, "promoted") {
			w.Promoted = s.Name
		}
		w.Replicas = append(w.Replicas, s)
	}
	w.Usable = 1
	if w.SDown {
		w.Agree = 1
	}
	list, _ = sentinels.([]any)
	for _, p := range list {
		f := fieldsOf(p)
		s := seenOf(f)
		s.SaysDown = slices.Contains(s.Flags, "master_down")
		if leader := f["voted-leader"]; leader != "?" {
			s.VotedFor, s.VotedEpoch = leader, uint64(number(f, "voted-leader-epoch", 0))
		}
		if !s.SDown {
			w.Usable++
		}
		if s.SaysDown {
			w.Agree++
		}
		w.Sentinels = append(w.Sentinels, s)
	}
}

func seenOf(f map[string]string) SeenNode {
	s := SeenNode{Name: f["name"], Addr: net.JoinHostPort(f["ip"], f["port"]), Flags: strings.Split(f["flags"], ",")}
	s.SDown = slices.Contains(s.Flags, "s_down")
	return s
}

// recall takes what no command tells from the sentinel's own events: epochs and votes.
func (l *Lab) recall(id string, v *SentinelView) {
	events := l.Events()
	for _, e := range slices.Backward(events) {
		if e.Node != id || e.Kind != EventSentinel {
			continue
		}
		words := strings.Fields(e.Fields["payload"])
		switch e.Fields["name"] {
		case "+new-epoch":
			if n, err := strconv.ParseUint(first(words), 10, 64); err == nil {
				v.Epoch = max(v.Epoch, n)
			}
		case "+vote-for-leader": // it does not say for which master: clear only when there is one
			if len(words) == 2 && len(v.Masters) == 1 && v.Masters[0].VotedFor == "" {
				w := &v.Masters[0]
				w.VotedFor = words[0]
				w.VotedEpoch, _ = strconv.ParseUint(words[1], 10, 64)
				w.Cooldown = e.At.Add(2 * w.Timeout)
			}
		}
	}
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// nameNodes says which of the lab's nodes are meant by addresses and run IDs.
func (l *Lab) nameNodes(n *Node, v *SentinelView) {
	ids := map[string]string{v.MyID: n.spec.ID}
	for _, o := range l.Nodes() {
		ids[o.Addr()] = o.spec.ID
	}
	for i := range v.Masters {
		w := &v.Masters[i]
		w.NodeID = ids[w.Addr]
		for _, list := range [][]SeenNode{w.Replicas, w.Sentinels} {
			for j := range list {
				list[j].NodeID = ids[list[j].Addr]
			}
		}
		for _, p := range w.Sentinels {
			ids[p.Name] = p.NodeID
		}
		name := func(id string) string {
			if known := ids[id]; known != "" {
				return known
			}
			return id
		}
		w.VotedFor, w.Promoted = name(w.VotedFor), name(w.Promoted)
		for j := range w.Sentinels {
			w.Sentinels[j].VotedFor = name(w.Sentinels[j].VotedFor)
		}
		votes := map[string]int{}
		for id, count := range w.Votes {
			votes[name(id)] = count
		}
		w.Votes = votes
		nameInReasons(w, ids)
	}
}

// nameInReasons puts the names that learners know where a sentinel tells of others by the first characters of their run
// IDs, as it prints them.
func nameInReasons(w *WatchView, ids map[string]string) {
	var words []string
	for _, p := range w.Sentinels {
		if known := ids[p.Name]; known != "" && len(p.Name) == runIDLength {
			words = append(words, p.Name[:shortRunID], known)
		}
	}
	r := strings.NewReplacer(words...)
	w.Why = slices.Clone(w.Why)
	for i := range w.Why {
		w.Why[i].Text = r.Replace(w.Why[i].Text)
	}
}

const (
	runIDLength = 40
	shortRunID  = 8
)
