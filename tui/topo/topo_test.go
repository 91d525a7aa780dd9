package topo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"redislab/tui/golden"
	"redislab/tui/widget"
)

var words = Words{
	Master: "master", Replica: "replica", Offset: "offset", Lag: "lag", Link: "link", Keys: "keys", Sync: "sync",
	Up: "up", Down: "down", Killed: "killed", Stopped: "stopped", Paused: "paused", Unknown: "no answer",
	Cut: "cut", Delay: "delay", Drop: "drop", Faults: "faults", Isolated: "isolated", Replicas: "replicas", All: "all",
	Sentinels: "sentinels", QuorumOf: "quorum %d of %d", Epoch: "epoch", Config: "config", Leader: "leader", Candidate: "candidate",
	Votes: "votes", Voted: "voted", Tilt: "TILT",
}

func master() Node {
	return Node{ID: "master", Addr: "127.0.0.1:7001", Role: "master", State: Up, Offset: 1234567, Replicas: 2, Keys: 12, PID: 4242, Lag: -1}
}

func replica(id, parent string, port int) Node {
	return Node{ID: id, Addr: fmt.Sprintf("127.0.0.1:%d", port), Role: "replica", State: Up, Parent: parent, Link: LinkUp, Offset: 1234000, Lag: 567, Keys: 11}
}

func views() map[string]View {
	down := replica("replica-2", "master", 7003)
	down.Link, down.Lag = LinkDown, -1
	dead := replica("replica-1", "master", 7002)
	dead.State = Killed
	paused := master()
	paused.State = Paused
	alone := replica("replica-1", "master", 7002)
	alone.Isolated, alone.Link = true, LinkSync
	second := master()
	second.ID, second.Addr = "replica-1", "127.0.0.1:7002"
	foreign := replica("replica-2", "", 7003)
	foreign.Upstream = "127.0.0.1:9999"
	return map[string]View{
		"single":     {Nodes: []Node{master()}},
		"one-to-one": {Nodes: []Node{master(), replica("replica-1", "master", 7002)}},
		"cut and delayed": {
			Nodes: []Node{master(), replica("replica-1", "master", 7002), down},
			Faults: []Fault{{From: "master", To: "replica-2", Kind: "cut"},
				{From: "master", To: "replica-1", Kind: "delay", Delay: 200 * time.Millisecond, Class: "replication"}},
		},
		"dead and paused": {Nodes: []Node{paused, dead, down}},
		"isolated":        {Nodes: []Node{master(), alone, down}, Faults: []Fault{{From: "replica-1", Kind: "cut"}}},
		"tree": {Nodes: []Node{master(), replica("replica-1", "master", 7002), replica("replica-2", "master", 7003),
			replica("replica-1-1", "replica-1", 7004), replica("replica-2-1", "replica-2", 7005), replica("replica-2-2", "replica-2", 7006)}},
		"two masters": {Nodes: []Node{master(), second, foreign}},
		"one way": {Nodes: []Node{master(), replica("replica-1", "master", 7002)},
			Faults: []Fault{{From: "replica-1", To: "master", Kind: "cut", OneWay: true}}},
		"circle": {Nodes: []Node{replica("replica-1", "replica-2", 7002), replica("replica-2", "replica-1", 7003)}},
	}
}

func TestGolden(t *testing.T) {
	for name, v := range views() {
		for _, size := range [][2]int{{78, 8}, {78, 12}, {70, 20}, {40, 8}} {
			file := fmt.Sprintf("%s-%dx%d", strings.ReplaceAll(name, " ", "-"), size[0], size[1])
			t.Run(file, func(t *testing.T) {
				lines := Draw(v, golden.Theme(), words, size[0], size[1])
				if len(lines) > size[1] {
					t.Errorf("%d lines, room for %d", len(lines), size[1])
				}
				for _, l := range lines {
					if widget.Width(l) > size[0] {
						t.Errorf("line of %d cells, room for %d: %q", widget.Width(l), size[0], l)
					}
				}
				golden.Text(t, file, strings.Join(lines, "\n")+"\n")
			})
		}
	}
}

// Every node is in the drawing, whatever follows whatever and however little room there is.
func TestNoNodeIsLost(t *testing.T) {
	for name, v := range views() {
		for height := len(v.Nodes) + 2; height < 24; height++ {
			drawn := strings.Join(Draw(v, golden.Theme(), words, 60, height), "\n")
			for _, n := range v.Nodes {
				if !strings.Contains(drawn, n.ID) {
					t.Fatalf("%s at height %d: %s is missing:\n%s", name, height, n.ID, drawn)
				}
			}
		}
	}
}
