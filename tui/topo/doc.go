// Package topo draws a topology as boxes and links from plain data. It picks the richest form
// that fits: full boxes, flat boxes, or one row a node. Sentinels stand below the nodes that keep data, as a table in which
// one sees at once where they differ: framed, bare, or several of them in a row.
//
//	lines := topo.Draw(topo.View{Nodes: []topo.Node{
//		{ID: "master", Addr: "127.0.0.1:7001", State: topo.Up, Role: "master", Offset: 42},
//		{ID: "replica-1", Addr: "127.0.0.1:7002", State: topo.Up, Role: "replica", Parent: "master", Link: topo.LinkUp},
//	}}, theme, words, 78, 8)
package topo

import "time"

// State is whether a node runs.
type State string

// The states of a node.
const (
	Up      State = "up"
	Killed  State = "killed"
	Stopped State = "stopped"
	Paused  State = "paused"
	Unknown State = "unknown" // runs, but did not answer
	Planned State = "planned" // not started yet
)

// LinkState is how a replica's link to its master is.
type LinkState string

// The states of a link.
const (
	LinkNone LinkState = ""
	LinkUp   LinkState = "up"
	LinkDown LinkState = "down"
	LinkSync LinkState = "sync" // a full sync is under way
)

// Node is one box.
type Node struct {
	ID, Addr string
	Role     string // "master", "replica", "sentinel"; "" when unknown
	Host     string
	PID      int
	State    State
	Parent   string // ID of the master it follows; "" for none, or one outside the picture
	Upstream string // address of the master it follows when that is none of the picture's nodes
	Link     LinkState
	Offset   int64
	Lag      int64 // bytes behind the master; negative: not known
	Replicas int
	Keys     int64
	Isolated bool
	Sentinel *Sentinel // what it knows, of a sentinel that has told
}

func (n Node) dead() bool { return n.State == Killed || n.State == Stopped }

// Fault is a mark on the link between two nodes; an end "" stands for all nodes.
type Fault struct {
	From, To string
	Kind     string // "cut", "delay", "drop"
	OneWay   bool
	Class    string // "" for all classes
	Delay    time.Duration
	Drop     float64
}

// View is everything that is drawn.
type View struct {
	At     time.Time // on the lab's clock
	Nodes  []Node
	Faults []Fault
}

// Words are the few words of the drawing, in the learner's language.
type Words struct {
	Master, Replica, Offset, Lag, Link, Keys, Sync   string
	Up, Down, Killed, Stopped, Paused, Unknown, NoIO string
	Cut, OneWay, Delay, Drop, Faults, Isolated       string
	Replicas, All                                    string

	// Of sentinels; QuorumOf is a format of two numbers.
	Sentinels, QuorumOf, Epoch, Config, Leader, Candidate, Votes, Voted, Tilt string

	Classes map[string]string // what the kinds of traffic are called
}
