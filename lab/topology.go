package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Role is what a node is for.
type Role string

// The roles of nodes.
const (
	Master       Role = "master"
	Replica      Role = "replica"
	SentinelRole Role = "sentinel"
)

// Directive is one line of a redis.conf: a name and what follows it, quoted as the file needs it.
type Directive struct{ Name, Value string }

// NodeSpec describes one node of a topology.
type NodeSpec struct {
	ID         string      // short name, shown to learners: letters, digits, '-', '_', '.'
	Port       int         // 0: any free port
	Follows    string      // ID of the master it replicates; "" for a master
	Host       string      // label of the rack or host it stands for; optional
	Directives []Directive // for this node's own configuration file
	Sentinel   bool        // it is a sentinel and keeps no data
	Watches    []Watch     // the masters that a sentinel monitors from the start
	ByName     bool        // a sentinel is started as "redis-sentinel FILE", not as "redis-server FILE --sentinel"
}

// Role is what the node starts as.
func (s NodeSpec) Role() Role {
	switch {
	case s.Sentinel:
		return SentinelRole
	case s.Follows == "":
		return Master
	}
	return Replica
}

// Topology is a set of nodes and who follows whom, in display order.
type Topology struct {
	Name  string
	Nodes []NodeSpec
}

// Single is one node alone, named "master".
func Single() Topology {
	return Topology{Name: "single", Nodes: []NodeSpec{{ID: "master"}}}
}

// OneToOne is a master with one replica: "master" and "replica-1".
func OneToOne() Topology {
	t := OneToMany(1)
	t.Name = "one-to-one"
	return t
}

// OneToMany is a master with as many replicas: "master", "replica-1", "replica-2" …
func OneToMany(replicas int) Topology {
	t := Single()
	t.Name = "one-to-many"
	for i := range replicas {
		t.Nodes = append(t.Nodes, NodeSpec{ID: fmt.Sprintf("replica-%d", i+1), Follows: "master"})
	}
	return t
}

// Tree is a master whose replicas have replicas: Tree(2, 1) has two replicas below the master and one below each of
// them, named after their place: "replica-1", "replica-2", "replica-1-1", "replica-2-1".
func Tree(fanout ...int) Topology {
	t := Single()
	t.Name = "tree"
	level := []NodeSpec{t.Nodes[0]}
	for _, n := range fanout {
		var next []NodeSpec
		for _, parent := range level {
			prefix := parent.ID
			if parent.Follows == "" {
				prefix = "replica"
			}
			for i := range n {
				next = append(next, NodeSpec{ID: fmt.Sprintf("%s-%d", prefix, i+1), Follows: parent.ID})
			}
		}
		t.Nodes = append(t.Nodes, next...)
		level = next
	}
	return t
}

// With is the topology with more directives for every node that keeps data; sentinels have few in common with them.
func (t Topology) With(directives ...Directive) Topology {
	t = t.clone()
	for i := range t.Nodes {
		if !t.Nodes[i].Sentinel {
			t.Nodes[i].Directives = append(t.Nodes[i].Directives, directives...)
		}
	}
	return t
}

// WithNode is the topology with more directives for one node. An unknown ID is an error that Validate reports.
func (t Topology) WithNode(id string, directives ...Directive) Topology {
	t = t.clone()
	for i := range t.Nodes {
		if t.Nodes[i].ID == id {
			t.Nodes[i].Directives = append(t.Nodes[i].Directives, directives...)
			return t
		}
	}
	// A node that follows itself is never valid, and its name tells the mistake.
	t.Nodes = append(t.Nodes, NodeSpec{ID: id, Follows: id, Directives: directives})
	return t
}

// WithPorts is the topology on fixed ports: base, base+1 … in display order.
func (t Topology) WithPorts(base int) Topology {
	t = t.clone()
	for i := range t.Nodes {
		t.Nodes[i].Port = base + i
	}
	return t
}

func (t Topology) clone() Topology {
	t.Nodes = slices.Clone(t.Nodes)
	for i := range t.Nodes {
		t.Nodes[i].Directives = slices.Clone(t.Nodes[i].Directives)
		t.Nodes[i].Watches = slices.Clone(t.Nodes[i].Watches)
	}
	return t
}

// Validate says what is wrong with the topology, all of it.
func (t Topology) Validate() error {
	if len(t.Nodes) == 0 {
		return errors.New("topology has no nodes: use lab.Single() or name some")
	}
	var errs []error
	ids, ports := map[string]bool{}, map[int]string{}
	for _, s := range t.Nodes {
		if ids[s.ID] {
			errs = append(errs, fmt.Errorf("node %q: the ID is used twice", s.ID))
		}
		ids[s.ID] = true
		if s.Port != 0 && ports[s.Port] != "" {
			errs = append(errs, fmt.Errorf("node %q: port %d is already node %q's", s.ID, s.Port, ports[s.Port]))
		}
		ports[s.Port] = s.ID
		errs = append(errs, s.validate()...)
	}
	errs = append(errs, t.validateWatches()...)
	for _, s := range t.Nodes {
		if s.Follows != "" && s.Follows != s.ID && !ids[s.Follows] {
			errs = append(errs, fmt.Errorf("node %q follows %q, which is not in the topology", s.ID, s.Follows))
		}
	}
	if len(errs) == 0 {
		if _, err := t.startOrder(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s NodeSpec) validate() []error {
	var errs []error
	if !validID(s.ID) {
		errs = append(errs, fmt.Errorf("node ID %q: use letters, digits, '-', '_' and '.', starting with a letter; names that start with \"client\" are for clients, \"lab\" is the lab's", s.ID))
	}
	if s.Follows != "" && s.Follows == s.ID {
		errs = append(errs, fmt.Errorf("node %q follows itself, or directives were given for a node that is not in the topology", s.ID))
	}
	if s.Port < 0 || s.Port > 65535 {
		errs = append(errs, fmt.Errorf("node %q: port %d is not between 0 (any free one) and 65535", s.ID, s.Port))
	}
	for _, d := range s.Directives {
		if d.Name == "" || strings.ContainsAny(d.Name+d.Value, "\r\n\x00") {
			errs = append(errs, fmt.Errorf("node %q: directive %q %q has no name, or a line break in it", s.ID, d.Name, d.Value))
		}
		if slices.Contains(ownDirectives(), strings.ToLower(d.Name)) {
			errs = append(errs, fmt.Errorf("node %q: the lab sets %q itself: use the fields of NodeSpec", s.ID, d.Name))
		}
	}
	return errs
}

// ownDirectives are set by the lab, since its own account of the nodes depends on them.
func ownDirectives() []string {
	return []string{"port", "bind", "dir", "logfile", "daemonize", "replicaof", "slaveof", "include"}
}

func validID(id string) bool {
	if id == "" || len(id) > 64 || id == LabEnd || strings.HasPrefix(id, "client") {
		return false
	}
	for i, r := range id {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		other := r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return true
}

// startOrder lists the nodes so that a master comes before those who follow it, and sentinels come last.
func (t Topology) startOrder() ([]NodeSpec, error) {
	var order, sentinels []NodeSpec
	started := map[string]bool{}
	for _, s := range t.Nodes {
		if s.Sentinel {
			sentinels = append(sentinels, s)
		}
	}
	for len(order)+len(sentinels) < len(t.Nodes) {
		before := len(order)
		for _, s := range t.Nodes {
			if !s.Sentinel && !started[s.ID] && (s.Follows == "" || started[s.Follows]) {
				order = append(order, s)
				started[s.ID] = true
			}
		}
		if len(order) == before {
			return nil, fmt.Errorf("topology %q: nodes follow each other in a circle", t.Name)
		}
	}
	return append(order, sentinels...), nil
}
