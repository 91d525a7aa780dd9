package session

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redislab/lab"
	"redislab/lab/netfault"
	"redislab/tui/topo"
)

// What a sentinel knows is drawn as it tells it, and what it does not tell of its own votes is counted from the others'.
func TestPictureOfSentinels(t *testing.T) {
	until := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v := lab.View{At: until.Add(-time.Second), Nodes: []lab.NodeView{
		{ID: "sentinel-1", State: lab.StateUp, Role: lab.SentinelRole, Sentinel: &lab.SentinelView{Epoch: 4, Tilt: true, Masters: []lab.WatchView{{
			Name: "mymaster", Addr: "127.0.0.1:9001", NodeID: "master", SDown: true, ODown: true, DownAfter: time.Second, Timeout: time.Minute,
			ConfigEpoch: 3, Quorum: 2, Voters: 3, Majority: 2, Agree: 3, Failover: "wait_start", VotedFor: "sentinel-1", VotedEpoch: 4,
			Sentinels: []lab.SeenNode{{NodeID: "sentinel-2", VotedFor: "sentinel-1", VotedEpoch: 4}, {NodeID: "sentinel-3", VotedFor: "sentinel-1", VotedEpoch: 3}},
			Why:       []lab.Reason{{Rule: lab.RuleElection, Text: "waiting for 2", Parts: []lab.Phrase{{Format: "waiting for %s", Args: []string{"2"}}}, Until: until}},
		}, {Name: "other", Addr: "10.0.0.1:6379", SDown: true, Failover: "none"}}}},
		{ID: "sentinel-2", State: lab.StateUp, Role: lab.SentinelRole},
	}}
	rules := []lab.Fault{{Kind: netfault.Cut, From: "sentinel-1", To: netfault.AnyNode, Class: lab.SentinelLink}}
	want := topo.View{At: v.At, Nodes: []topo.Node{
		{ID: "sentinel-1", Role: "sentinel", State: topo.Up, Isolated: true, Sentinel: &topo.Sentinel{Epoch: 4, Tilt: true, Watches: []topo.Watch{{
			Name: "mymaster", Names: "master", Down: topo.ODown, DownAfter: time.Second, Timeout: time.Minute, Config: 3, Quorum: 2, Voters: 3,
			Majority: 2, Agree: 3, Failover: "wait_start", VotedFor: "sentinel-1", Epoch: 4, Votes: 2,
			Why: []topo.Reason{{Rule: lab.RuleElection, Text: "waiting for 2", Parts: []topo.Phrase{{Format: "waiting for %s", Args: []string{"2"}}}, Until: until}},
		}, {Name: "other", Names: "10.0.0.1:6379", Down: topo.SDown}}}},
		{ID: "sentinel-2", Role: "sentinel", State: topo.Up},
	}, Faults: []topo.Fault{{From: "sentinel-1", Kind: "cut", Class: "sentinel"}}}
	if diff := cmp.Diff(want, Picture(v, rules)); diff != "" {
		t.Error(diff)
	}
}
