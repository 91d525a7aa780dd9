package topo

import (
	"slices"
	"strings"
	"time"
)

// Sentinel is what a sentinel knows, which may be wrong.
type Sentinel struct {
	RunID   string // what other sentinels and events call it
	Epoch   uint64
	Tilt    bool
	Watches []Watch
}

// Watch is one watched master as a sentinel sees it.
type Watch struct {
	Name     string // what clients ask for
	Names    string // whom it gives them: a node's ID, or an address that is none's
	Down     Down
	Agree    int // sentinels that hold the master for down, as this one counts
	Quorum   int
	Majority int
	Voters   int    // sentinels it knows, itself included
	Failover string // its state here: "wait_start" …; "" for none
	Promoted string // the replica that was chosen
	VotedFor string
	Epoch    uint64 // of the vote
	Config   uint64 // epoch of the failover that made Names the master
	Votes    int    // for itself, in its own election

	DownAfter, Timeout time.Duration
	Why                []Reason // what stands against a failover, the blocking rule first
}

// Reason is a rule that keeps a failover from happening.
type Reason struct {
	Rule, Text string
	Parts      []Phrase  // of the text, to tell it in another language: what it says first, then the particulars
	Until      time.Time // when it ends by itself; zero when that is not known
}

// Phrase is a part of a text before its words are put together.
type Phrase struct {
	Of     string // the node or address that it is about, if the words do not say so
	Format string // of package fmt, with a %s for each of the words
	Args   []string
}

// Down is how a sentinel holds a master.
type Down string

// The ways to hold a master.
const (
	NotDown Down = ""
	SDown   Down = "s_down" // down for this sentinel
	ODown   Down = "o_down" // and for as many as the quorum wants
)

// waitStart is the state of a failover that has no leader yet.
const waitStart = "wait_start"

// Leads reports whether the sentinel leads a failover; Candidate whether it asks for votes.
func (w Watch) Leads() bool { return w.Failover != "" && w.Failover != waitStart }

// Candidate reports whether the sentinel wants to lead and waits for votes.
func (w Watch) Candidate() bool { return w.Failover == waitStart }

// needed is how many votes make a leader.
func (w Watch) needed() int { return max(w.Majority, w.Quorum) }

// Watched is a master as all sentinels together see it.
type Watched struct {
	Name           string
	Quorum, Voters int
	Names          []Named // whom they name: most named first
}

// Named is how many sentinels name a node.
type Named struct {
	Node  string
	Count int
}

// Watched lists what the sentinels watch, by name: each sentinel has an order of its own. Dead ones tell nothing.
func (v View) Watched() []Watched {
	var list []Watched
	for _, n := range v.Nodes {
		if n.Sentinel == nil {
			continue
		}
		for _, w := range n.Sentinel.Watches {
			i := slices.IndexFunc(list, func(k Watched) bool { return k.Name == w.Name })
			if i < 0 {
				i = len(list)
				list = append(list, Watched{Name: w.Name})
			}
			k := &list[i]
			k.Quorum, k.Voters = max(k.Quorum, w.Quorum), max(k.Voters, w.Voters)
			if !n.dead() && w.Names != "" {
				k.name(w.Names)
			}
		}
	}
	slices.SortFunc(list, func(a, b Watched) int { return strings.Compare(a.Name, b.Name) })
	for i := range list {
		slices.SortStableFunc(list[i].Names, func(a, b Named) int { return b.Count - a.Count })
	}
	return list
}

func (k *Watched) name(node string) {
	for i := range k.Names {
		if k.Names[i].Node == node {
			k.Names[i].Count++
			return
		}
	}
	k.Names = append(k.Names, Named{node, 1})
}

// Agreed is the node that most sentinels name; "" when there is none.
func (k Watched) Agreed() string {
	if len(k.Names) == 0 || len(k.Names) > 1 && k.Names[0].Count == k.Names[1].Count {
		return ""
	}
	return k.Names[0].Node
}

// apart splits the sentinels from the nodes that keep data.
func (v View) apart() (data, sentinels []Node) {
	for _, n := range v.Nodes {
		if n.Role == "sentinel" {
			sentinels = append(sentinels, n)
			continue
		}
		data = append(data, n)
	}
	return data, sentinels
}

// Sentinel is the ID of the sentinel with a run ID; "" when none has told that it is its own.
func (v View) Sentinel(runID string) string {
	for _, n := range v.Nodes {
		if n.Sentinel != nil && n.Sentinel.RunID == runID {
			return n.ID
		}
	}
	return ""
}

// NodeAt is the ID of the node at an address, or the address.
func (v View) NodeAt(addr string) string {
	for _, n := range v.Nodes {
		if n.Addr == addr {
			return n.ID
		}
	}
	return addr
}

// shortRunID is how much of a run ID texts give.
const shortRunID = 8

// WithNames is a text with the IDs of sentinels in place of their run IDs, whole or shortened, which nobody can tell apart.
func (v View) WithNames(text string) string {
	for _, n := range v.Nodes {
		if n.Sentinel == nil || len(n.Sentinel.RunID) < shortRunID {
			continue
		}
		short := n.Sentinel.RunID[:shortRunID]
		text = strings.ReplaceAll(text, n.Sentinel.RunID, n.ID) // first, as the others are part of it
		text = strings.NewReplacer("sentinel "+short, n.ID, short, n.ID).Replace(text)
	}
	return text
}

// Missed reports whether a watched master is not there: the node that is named does not run, or a sentinel holds it for down.
func (v View) Missed(k Watched) bool {
	for _, n := range v.Nodes {
		if n.ID == k.Agreed() && n.State != Up && n.State != Planned {
			return true
		}
		if n.Sentinel == nil || n.dead() {
			continue
		}
		for _, w := range n.Sentinel.Watches {
			if w.Name == k.Name && w.Down != NotDown {
				return true
			}
		}
	}
	return false
}

// Replacing reports whether a living sentinel leads a failover of a watched master.
func (v View) Replacing(name string) bool {
	for _, n := range v.Nodes {
		if n.Sentinel == nil || n.State != Up {
			continue
		}
		for _, w := range n.Sentinel.Watches {
			if w.Name == name && w.Leads() {
				return true
			}
		}
	}
	return false
}
