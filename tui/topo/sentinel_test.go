package topo

import (
	"fmt"
	"strings"
	"testing"

	"redislab/tui/golden"
	"redislab/tui/widget"
)

// What sentinels see, at the two sizes that lesson pages have for it.
func TestSentinelGolden(t *testing.T) {
	for name, v := range sentinelViews() {
		for _, size := range [][2]int{{78, 8}, {69, 16}} {
			file := fmt.Sprintf("sentinels-%s-%dx%d", name, size[0], size[1])
			t.Run(file, func(t *testing.T) {
				golden.Text(t, file, strings.Join(Draw(v, golden.Theme(), words, size[0], size[1]), "\n")+"\n")
			})
		}
	}
}

// Whatever the room: nothing is wider or higher than it, in either language, and where a row a node fits, each is there.
func TestSentinelsFit(t *testing.T) {
	chinese := words
	chinese.Sentinels, chinese.QuorumOf, chinese.Epoch, chinese.Voted, chinese.Votes, chinese.Killed = "哨兵", "quorum %d（共 %d）", "纪元", "投给", "得票", "已杀死"
	for name, v := range sentinelViews() {
		for _, w := range []Words{words, chinese} {
			for width := 30; width < 150; width += 23 {
				for height := 1; height < 26; height += 3 {
					lines := Draw(v, golden.Theme(), w, width, height)
					if len(lines) > height {
						t.Fatalf("%s at %d×%d: %d lines", name, width, height, len(lines))
					}
					for _, l := range lines {
						if widget.Width(l) > width {
							t.Fatalf("%s at %d×%d: %d cells: %q", name, width, height, widget.Width(l), l)
						}
					}
					for _, n := range v.Nodes {
						if height > len(v.Nodes)+2 && !strings.Contains(strings.Join(lines, "\n"), n.ID) {
							t.Fatalf("%s at %d×%d: %s is missing:\n%s", name, width, height, n.ID, strings.Join(lines, "\n"))
						}
					}
				}
			}
		}
	}
}

// A sentinel that names another master than the others is marked in every form.
func TestDissentIsMarked(t *testing.T) {
	for _, n := range []int{3, 5, 7} {
		v := View{Nodes: group(n)}
		v.Nodes[4].Sentinel.Watches[0].Names = "replica-1"
		for _, size := range [][2]int{{60, 7}, {78, 8}, {69, 16}, {110, 20}} {
			drawn := strings.Join(Draw(v, golden.Theme(), words, size[0], size[1]), "\n")
			if !strings.Contains(drawn, "≠ replica-1 ok") || strings.Count(drawn, "≠ master") > 0 {
				t.Errorf("%d sentinels at %v:\n%s", n, size, drawn)
			}
		}
	}
}

func TestWithNames(t *testing.T) {
	v := View{Nodes: group(2)}
	v.Nodes[3].Sentinel.RunID, v.Nodes[4].Sentinel.RunID = strings.Repeat("a1", 20), strings.Repeat("b2", 20)
	for text, want := range map[string]string{
		"+sentinel sentinel " + strings.Repeat("b2", 20) + " 127.0.0.1 19002": "+sentinel sentinel sentinel-2 127.0.0.1 19002",
		strings.Repeat("a1", 20) + " 4":                                       "sentinel-1 4",
		"we voted for sentinel a1a1a1a1 in epoch 1":                           "we voted for sentinel-1 in epoch 1",
		"2 agree: b2b2b2b2 is down itself":                                    "2 agree: sentinel-2 is down itself",
		"c3c3c3c3 is nobody":                                                  "c3c3c3c3 is nobody",
	} {
		if got := v.WithNames(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func sentinelNode(i int, w ...Watch) Node {
	return Node{ID: fmt.Sprintf("sentinel-%d", i), Addr: fmt.Sprintf("127.0.0.1:%d", 19000+i), Role: "sentinel", State: Up, PID: 4300 + i, Lag: -1,
		Sentinel: &Sentinel{Epoch: 3, Watches: w}}
}

func ok(name, names string) Watch {
	return Watch{Name: name, Names: names, Quorum: 2, Majority: 2, Voters: 3, Config: 3}
}

func with(w Watch, f func(*Watch)) Watch { f(&w); return w }

func group(n int) []Node {
	nodes := []Node{master(), replica("replica-1", "master", 9002), replica("replica-2", "master", 9003)}
	for i := range n {
		nodes = append(nodes, sentinelNode(i+1, ok("mymaster", "master")))
	}
	return nodes
}

func sentinelViews() map[string]View {
	down := ok("mymaster", "master")
	down.Down, down.Agree = ODown, 3
	dead := master()
	dead.State = Killed
	mid := group(3)
	mid[0] = dead
	mid[1].Role, mid[1].Parent, mid[1].Link = "master", "", LinkNone
	mid[3].Sentinel.Watches[0] = with(down, func(w *Watch) { w.Failover, w.Promoted = "send_slaveof_noone", "replica-1" })
	for _, i := range []int{4, 5} {
		mid[i].Sentinel.Watches[0] = with(down, func(w *Watch) { w.VotedFor, w.Epoch = "sentinel-1", 3 })
	}
	split := group(3)
	split[0] = dead
	split[3].Sentinel.Watches[0] = with(down, func(w *Watch) { w.Failover, w.Votes, w.VotedFor, w.Epoch = "wait_start", 1, "sentinel-1", 3 })
	split[4].Sentinel.Watches[0] = with(down, func(w *Watch) { w.Failover, w.Votes, w.VotedFor, w.Epoch = "wait_start", 1, "sentinel-2", 3 })
	split[5].Sentinel.Watches[0] = with(down, func(w *Watch) { w.Down, w.Agree = SDown, 1 })
	apart := group(3)
	apart[4].Sentinel.Watches[0].Names = "replica-1"
	apart[4].Sentinel.Tilt = true
	apart[3].Isolated = true
	apart[5].State = Killed
	two := []Node{master(), replica("a-2", "a-1", 9002), master(), replica("b-2", "b-1", 9004)}
	two[0].ID, two[2].ID = "a-1", "b-1"
	for i := range 3 {
		b := with(ok("orders", "b-1"), func(w *Watch) { w.Down, w.Agree, w.VotedFor, w.Epoch = ODown, 3, "sentinel-1", 3 })
		if i == 0 {
			b.Failover, b.Promoted = "reconf_slaves", "b-2"
		}
		two = append(two, sentinelNode(i+1, ok("users", "a-1"), b))
	}
	parted := View{Nodes: group(3)}
	for _, a := range []string{"master", "sentinel-1"} {
		for _, b := range []string{"replica-1", "replica-2", "sentinel-2", "sentinel-3"} {
			parted.Faults = append(parted.Faults, Fault{From: a, To: b, Kind: "cut"})
		}
	}
	planned := group(3)
	for i := range planned {
		planned[i].State = Planned
	}
	return map[string]View{
		"parted": parted, "healthy": {Nodes: group(3)}, "mid": {Nodes: mid}, "split": {Nodes: split}, "two": {Nodes: two},
		"apart": {Nodes: apart, Faults: []Fault{{From: "sentinel-1", Kind: "cut"}, {From: "sentinel-2", To: "master", Kind: "cut", Class: "sentinel"}}},
		"one":   {Nodes: group(1)}, "pair": {Nodes: group(2)}, "five": {Nodes: group(5)}, "seven": {Nodes: group(7)}, "planned": {Nodes: planned},
	}
}

// The line that is kept for faults is given up before a node is.
func TestNodesComeBeforeTheKeptLine(t *testing.T) {
	nodes := []Node{master()}
	for i := range 7 {
		var list []Watch
		for k := i; k < 7; k++ {
			list = append(list, ok(fmt.Sprintf("of-%d", k+1), "master"))
		}
		nodes = append(nodes, sentinelNode(i+1, list...))
	}
	lines := strings.Join(Draw(View{Nodes: nodes}, golden.Theme(), words, 78, 8), "\n")
	for _, n := range nodes {
		if !strings.Contains(lines, n.ID) {
			t.Errorf("%s is missing:\n%s", n.ID, lines)
		}
	}
}
