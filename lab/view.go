package lab

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"redislab/lab/netfault"
)

// View is a picture of the lab: what the lab knows and what the nodes last said.
type View struct {
	At    time.Time  `json:"at"` // on the lab's clock
	Nodes []NodeView `json:"nodes"`
	Links []LinkView `json:"links"`
}

// NodeView is a node in a View. What a node says about itself is as of its last answer.
type NodeView struct {
	ID             string    `json:"id"`
	Addr           string    `json:"addr"`
	Host           string    `json:"host,omitempty"` // the label of NodeSpec
	PID            int       `json:"pid,omitempty"`
	State          NodeState `json:"state"`
	Role           Role      `json:"role"`                // as it says; as the topology says before its first answer
	MasterID       string    `json:"master_id,omitempty"` // whom it follows, by its own words; "" when that is none of the lab's nodes
	MasterAddr     string    `json:"master_addr,omitempty"`
	LinkStatus     string    `json:"link_status,omitempty"` // "up", "down"; "" on a master
	Offset         int64     `json:"offset"`                // of the replication stream
	Lag            int64     `json:"lag"`                   // bytes behind its master; -1 when not known
	Replicas       int       `json:"replicas"`              // connected to it
	RunID          string    `json:"run_id,omitempty"`
	ReplID         string    `json:"repl_id,omitempty"`
	Keys           int64     `json:"keys"`            // in all its databases
	LastIOSeconds  int64     `json:"last_io_seconds"` // since it heard from its master; -1 when the link is down
	SyncInProgress bool      `json:"sync_in_progress"`
	Silent         bool      `json:"silent"` // it lives but did not answer in time
	Error          string    `json:"error,omitempty"`

	Sentinel *SentinelView `json:"sentinel,omitempty"` // what a sentinel knew when it last answered
}

// LinkView is a replication link: From follows To.
type LinkView struct {
	From   string  `json:"from"`
	To     string  `json:"to"`
	Class  Class   `json:"class"`
	State  string  `json:"state"`            // "up", "syncing", "down"
	Faults []Fault `json:"faults,omitempty"` // in force on it, in either direction
}

const (
	viewPatience = 150 * time.Millisecond // View waits no longer for a node
	infoPatience = 250 * time.Millisecond // a look at a node takes no longer
)

// watcher keeps what each node last said.
type watcher struct {
	mu     sync.Mutex
	looks  map[*Node]*look
	closed bool
}

type look struct {
	admin  *admin
	busy   chan struct{} // closed when the look in flight ends; nil when there is none
	info   map[string]string
	knows  *SentinelView // of a sentinel
	err    error
	silent bool
}

// reset forgets a node's connection and answers: it has changed lives.
func (w *watcher) reset(n *Node) {
	w.mu.Lock()
	k := w.looks[n]
	delete(w.looks, n)
	w.mu.Unlock()
	if k != nil {
		// The look in flight, if any, ends by itself and closes the connection then.
		k.admin.abandon()
	}
}

func (w *watcher) close() {
	w.mu.Lock()
	looks := w.looks
	w.looks, w.closed = nil, true
	w.mu.Unlock()
	for _, k := range looks {
		k.admin.abandon()
	}
}

// look starts asking a node, unless that is going on. The channel is closed when an answer is there.
func (l *Lab) look(n *Node) (done <-chan struct{}, wasSilent bool) {
	w := &l.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, true
	}
	if w.looks == nil {
		w.looks = map[*Node]*look{}
	}
	k := w.looks[n]
	if k == nil {
		k = &look{admin: l.admin(n)}
		w.looks[n] = k
	}
	if k.busy == nil {
		k.busy = make(chan struct{})
		l.work.Go(func() { l.ask(n, k) })
	}
	return k.busy, k.silent
}

func (l *Lab) ask(n *Node, k *look) {
	ctx, cancel := context.WithTimeout(l.life, infoPatience)
	defer cancel()
	var knows *SentinelView
	sections := []string{"server", "replication", "keyspace", "persistence"}
	if n.spec.Sentinel {
		sections = []string{"server", "sentinel"}
	}
	info, err := k.admin.info(ctx, sections...)
	if err == nil && n.spec.Sentinel {
		knows, err = l.askSentinel(ctx, n, k.admin, info)
	}
	w := &l.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	k.err, k.silent = err, err != nil && len(info) == 0
	if len(info) > 0 {
		k.info = info
	}
	if knows != nil {
		k.knows = knows
	}
	close(k.busy)
	k.busy = nil
}

// View is the picture now. It asks the nodes that live, waits a moment for their answers, and never longer for one that
// is silent: it shows what was last heard then. No fault disturbs it.
func (l *Lab) View(ctx context.Context) View {
	l.refresh(ctx, viewPatience, false)
	return l.picture()
}

// refresh asks all living nodes and waits for them up to the given time; for those that were silent before only when
// patient is set.
func (l *Lab) refresh(ctx context.Context, limit time.Duration, patient bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var waits []<-chan struct{}
	for _, n := range l.Nodes() {
		if n.State() != StateUp {
			continue
		}
		if done, silent := l.look(n); done != nil && (patient || !silent) {
			waits = append(waits, done)
		}
	}
	for _, done := range waits {
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}

func (l *Lab) picture() View {
	v := View{At: l.Clock().Now()}
	nodes := l.Nodes()
	byAddr := map[string]string{}
	for _, n := range nodes {
		byAddr[n.Addr()] = n.spec.ID
	}
	for _, n := range nodes {
		v.Nodes = append(v.Nodes, l.nodeView(n, byAddr))
	}
	offsets := offsetsOf(v)
	rules := l.Faults()
	for i := range v.Nodes {
		n := &v.Nodes[i]
		n.Lag = -1
		if n.MasterID == "" {
			continue
		}
		if master, ok := offsets[n.MasterID]; ok && n.LinkStatus == "up" && !n.SyncInProgress {
			n.Lag = max(0, master-n.Offset)
		}
		v.Links = append(v.Links, linkView(n, rules))
	}
	return v
}

func linkView(n *NodeView, rules []Fault) LinkView {
	k := LinkView{From: n.ID, To: n.MasterID, Class: ReplicationLink, State: "down"}
	switch {
	case n.State == StateStopped || n.State == StateKilled:
	case n.LinkStatus == "up":
		k.State = "up"
	case n.SyncInProgress:
		k.State = "syncing"
	}
	for _, r := range rules {
		if r.Touches(n.ID, n.MasterID, netfault.Replication) || r.Touches(n.MasterID, n.ID, netfault.Replication) {
			k.Faults = append(k.Faults, r)
		}
	}
	return k
}

func (l *Lab) nodeView(n *Node, byAddr map[string]string) NodeView {
	v := NodeView{
		ID: n.spec.ID, Addr: n.Addr(), Host: n.spec.Host, PID: n.PID(), State: n.State(),
		Role: n.spec.Role(), MasterID: n.spec.Follows, LastIOSeconds: -1,
	}
	l.watch.mu.Lock()
	k := l.watch.looks[n]
	var info map[string]string
	if k != nil {
		info = k.info
		v.Sentinel = k.knows
		v.Silent = k.silent && v.State == StateUp
		if k.err != nil {
			v.Error = k.err.Error()
		}
	}
	l.watch.mu.Unlock()
	if info != nil && n.spec.Sentinel {
		v.RunID = info["run_id"]
	} else if info != nil {
		v.fill(info, byAddr)
	}
	return v
}

func (v *NodeView) fill(info, byAddr map[string]string) {
	v.Role = roleOf(info["role"])
	v.RunID, v.ReplID = info["run_id"], info["master_replid"]
	v.Replicas = int(number(info, "connected_slaves", 0))
	v.Offset = number(info, "master_repl_offset", 0)
	v.MasterID = ""
	if v.Role == Replica {
		v.Offset = number(info, "slave_repl_offset", 0)
		v.MasterAddr = net.JoinHostPort(info["master_host"], info["master_port"])
		v.MasterID = byAddr[strings.Replace(v.MasterAddr, "localhost:", "127.0.0.1:", 1)]
		v.LinkStatus = info["master_link_status"]
		v.LastIOSeconds = number(info, "master_last_io_seconds_ago", -1)
		v.SyncInProgress = info["master_sync_in_progress"] == "1"
	}
	for name, value := range info {
		if !strings.HasPrefix(name, "db") {
			continue
		}
		for part := range strings.SplitSeq(value, ",") {
			if count, ok := strings.CutPrefix(part, "keys="); ok {
				if k, err := strconv.ParseInt(count, 10, 64); err == nil {
					v.Keys += k
				}
			}
		}
	}
}

func number(info map[string]string, name string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(info[name], 10, 64); err == nil {
		return n
	}
	return otherwise
}
