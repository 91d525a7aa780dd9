package lab

import (
	"fmt"
	"strings"
)

// Watch is a master that a sentinel monitors: the lines "sentinel monitor …" and its settings in its file.
type Watch struct {
	Name     string      // what clients ask for
	Master   string      // ID of the node
	Quorum   int         // sentinels that must hold it for down
	Settings []Directive // {"down-after-milliseconds", "5000"} is the line "sentinel down-after-milliseconds <Name> 5000"
}

// MyMaster is the name that a watched master has when nobody says otherwise.
const MyMaster = "mymaster"

// Sentinel is a master with replicas, and sentinels that watch it as "mymaster", the quorum being their majority:
// "master", "replica-1" …, "sentinel-1" … The settings are those of Watch.
//
//	l := inproc.Run(t, lab.Sentinel(3, 2, lab.Directive{"down-after-milliseconds", "1000"}))
//	l.MustNode("master").Kill()
func Sentinel(sentinels, replicas int, settings ...Directive) Topology {
	t := OneToMany(replicas)
	t.Name = "sentinel"
	return t.WithSentinels(sentinels, Watch{Name: MyMaster, Master: "master", Quorum: sentinels/2 + 1, Settings: settings})
}

// WithSentinels is the topology with n sentinels more, "sentinel-1" …, each of which watches all that is named.
func (t Topology) WithSentinels(n int, watches ...Watch) Topology {
	t = t.clone()
	for range n {
		t.Nodes = append(t.Nodes, NodeSpec{ID: fmt.Sprintf("sentinel-%d", t.sentinels()+1), Sentinel: true, Watches: watches})
	}
	return t
}

func (t Topology) sentinels() int {
	n := 0
	for _, s := range t.Nodes {
		if s.Sentinel {
			n++
		}
	}
	return n
}

// WithSplitPorts is the topology on fixed ports: data nodes from one base upwards, sentinels from another,
// 8001 and 19001 for instance.
func (t Topology) WithSplitPorts(data, sentinels int) Topology {
	t = t.clone()
	for i := range t.Nodes {
		if t.Nodes[i].Sentinel {
			t.Nodes[i].Port = sentinels
			sentinels++
			continue
		}
		t.Nodes[i].Port = data
		data++
	}
	return t
}

// WithFreePorts is the topology with any free port for every node.
func (t Topology) WithFreePorts() Topology {
	t = t.clone()
	for i := range t.Nodes {
		t.Nodes[i].Port = 0
	}
	return t
}

func (t Topology) validateWatches() []error {
	var errs []error
	kind := map[string]Role{}
	for _, s := range t.Nodes {
		kind[s.ID] = s.Role()
	}
	for _, s := range t.Nodes {
		if !s.Sentinel && len(s.Watches) > 0 {
			errs = append(errs, fmt.Errorf("node %q watches a master but is no sentinel", s.ID))
		}
		if !s.Sentinel && s.ByName {
			errs = append(errs, fmt.Errorf("node %q is no sentinel: ByName is for those", s.ID))
		}
		if s.Sentinel && s.Follows != "" {
			errs = append(errs, fmt.Errorf("sentinel %q follows %q: a sentinel has no data to replicate; use Watches", s.ID, s.Follows))
		}
		if kind[s.Follows] == SentinelRole {
			errs = append(errs, fmt.Errorf("node %q follows %q, which is a sentinel", s.ID, s.Follows))
		}
		names := map[string]bool{}
		for _, w := range s.Watches {
			if names[w.Name] {
				errs = append(errs, fmt.Errorf("sentinel %q: the name %q is used twice", s.ID, w.Name))
			}
			names[w.Name] = true
			errs = append(errs, w.validate(s.ID, kind[w.Master])...)
		}
	}
	return errs
}

func (w Watch) validate(sentinel string, kind Role) []error {
	var errs []error
	if w.Name == "" || strings.ContainsAny(w.Name, " \t\r\n\"'\x00") {
		errs = append(errs, fmt.Errorf("sentinel %q: %q is no name for a master", sentinel, w.Name))
	}
	if w.Quorum < 1 {
		errs = append(errs, fmt.Errorf("sentinel %q: the quorum for %q is %d, must be 1 or more", sentinel, w.Name, w.Quorum))
	}
	if kind != Master && kind != Replica {
		errs = append(errs, fmt.Errorf("sentinel %q watches %q, which is no data node of the topology", sentinel, w.Master))
	}
	for _, d := range w.Settings {
		if d.Name == "" || strings.ContainsAny(d.Name+d.Value, "\r\n\x00") {
			errs = append(errs, fmt.Errorf("sentinel %q: setting %q %q of %q has no name, or a line break in it", sentinel, d.Name, d.Value, w.Name))
		}
	}
	return errs
}
