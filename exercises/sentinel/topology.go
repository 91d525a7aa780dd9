package sentinel

import (
	"context"
	"strconv"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
)

// The nodes of most lessons.
const (
	master = "master"
	first  = "replica-1"
	second = "replica-2"
	s1     = "sentinel-1"
	s2     = "sentinel-2"
	s3     = "sentinel-3"
)

// Where the source documents put their nodes.
const (
	dataPorts     = 9001
	sentinelPorts = 19001
)

// limit is a setting of a watched master that has a real and a short value, in milliseconds.
type limit struct{ name, real, short string }

func limits() []limit {
	return []limit{
		{"down-after-milliseconds", "30000", "3000"},
		{"failover-timeout", "180000", "10000"},
	}
}

// settings are the limits of the source documents, and others.
func settings(more ...lab.Directive) []lab.Directive {
	out := []lab.Directive{{Name: "parallel-syncs", Value: "1"}}
	for _, l := range limits() {
		out = append(out, lab.Directive{Name: l.name, Value: l.real})
	}
	return append(out, more...)
}

// short replaces the real limits by short ones and leaves other values alone.
func short(t lab.Topology) lab.Topology {
	for i := range t.Nodes {
		for j := range t.Nodes[i].Watches {
			w := &t.Nodes[i].Watches[j]
			w.Settings = append([]lab.Directive(nil), w.Settings...)
			for k, d := range w.Settings {
				for _, l := range limits() {
					if d.Name == l.name && d.Value == l.real {
						w.Settings[k].Value = l.short
					}
				}
			}
		}
	}
	return t
}

// classic is what the source documents run: a master, two replicas, three sentinels.
func classic() lab.Topology { return watched(3, 2) }

// watched is a master with replicas, and sentinels that watch it, on the ports of the source documents.
func watched(sentinels, replicas int) lab.Topology {
	return lab.Sentinel(sentinels, replicas, settings()...).WithSplitPorts(dataPorts, sentinelPorts)
}

// lesson fills in what all lessons of the chapter have in common.
func lesson(ex kit.Exercise) kit.Exercise {
	ex.Chapter, ex.Short = chapter, short
	own := ex.Begin
	ex.Begin = func(ctx context.Context, r *kit.Run) error {
		noteLimits(r)
		if own != nil {
			return own(ctx, r)
		}
		return nil
	}
	return ex
}

const (
	downAfter       kit.Key[time.Duration] = "down-after-duration"
	failoverTimeout kit.Key[time.Duration] = "failover-timeout-duration"
)

// noteLimits takes the limits from the topology that runs, for prose: {val:down-after} and {val:failover-timeout}.
func noteLimits(r *kit.Run) {
	found := map[string]time.Duration{"down-after-milliseconds": 30 * time.Second, "failover-timeout": 3 * time.Minute}
	for _, n := range r.Lab.Topology().Nodes {
		for _, w := range n.Watches {
			for _, d := range w.Settings {
				if ms, err := strconv.Atoi(d.Value); err == nil {
					found[d.Name] = time.Duration(ms) * time.Millisecond
				}
			}
		}
	}
	downAfter.Set(r, found["down-after-milliseconds"])
	failoverTimeout.Set(r, found["failover-timeout"])
	kit.Key[string]("down-after").Set(r, found["down-after-milliseconds"].String())
	kit.Key[string]("failover-timeout").Set(r, found["failover-timeout"].String())
}

// at is a command line at a node.
func at(node, line string) kit.Cmd { return kit.Cmd{Node: node, Line: line} }

// toLab is a line for the lab itself.
func toLab(line string) kit.Cmd { return at(kit.LabNode, line) }
