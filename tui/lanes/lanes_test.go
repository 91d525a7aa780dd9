package lanes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"redislab/lab"
	"redislab/tui/golden"
	"redislab/tui/topo"
	"redislab/tui/widget"
)

var english = Words{
	Vote: "vote", Elected: "elect", Selected: "select", Promoted: "promote", Switch: "switch", Writes: "writes",
	SecondsSinceOf: "seconds since: %s", Failing: "writes fail", DownAfterOf: "s_down %ss (down-after %s)", TookOf: "took %ss (failover-timeout %s)",
	RunsOf: "runs for %ss (failover-timeout %s)", NoWritesOf: "no writes for %ss", AbortOf: "given up %ss: %s", BackOf: "back %ss",
	DemotedOf: "%s is back and told to follow %ss", ReconfOf: "%s follows %s %ss", WhyOf: "%s is down. Why?", LeftOf: "%s left",
	ParticularOf: "%s: %s", AndWord: "; ", UnknownFault: "the first sign", NoReason: "nothing stands against it",
	Rules: map[string]string{lab.RuleNotAgreed: "not agreed", lab.RuleElection: "votes missing", lab.RuleNoReplica: "no replica", "killed": "killed"},
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func runID(i int) string { return strings.Repeat(fmt.Sprintf("%x0", i), 20) }

// view is a master, two replicas and three sentinels, as they are when at has passed.
func view(at time.Duration, why ...topo.Reason) topo.View {
	v := topo.View{At: start.Add(at)}
	for i, id := range []string{"master", "replica-1", "replica-2"} {
		v.Nodes = append(v.Nodes, topo.Node{ID: id, Addr: fmt.Sprintf("127.0.0.1:%d", 9001+i), State: topo.Up})
	}
	for i := range 3 {
		w := topo.Watch{Name: "mymaster", Names: "master", Quorum: 2, Majority: 2, Voters: 3, DownAfter: time.Second, Timeout: 6 * time.Second}
		if len(why) > 0 {
			w.Down, w.Why = topo.SDown, why[i%len(why):]
		}
		v.Nodes = append(v.Nodes, topo.Node{ID: fmt.Sprintf("sentinel-%d", i+1), Role: "sentinel", State: topo.Up,
			Sentinel: &topo.Sentinel{RunID: runID(i + 1), Watches: []topo.Watch{w}}})
	}
	return v
}

// failovers reads "milliseconds node text" lines.
func failovers(lines ...string) []lab.Failover {
	kinds := map[string]string{"killed": lab.EventKilled, "cut": lab.EventFault, "failed": lab.EventOutage, "work": lab.EventWriting}
	var events []lab.Event
	for _, line := range lines {
		var ms int
		var node string
		if _, err := fmt.Sscan(line, &ms, &node); err != nil {
			panic(err)
		}
		_, text, _ := strings.Cut(line, node+" ")
		e := lab.Event{At: start.Add(time.Duration(ms) * time.Millisecond), Node: strings.Trim(node, "-"), Text: text, Kind: lab.EventSentinel}
		name, payload, _ := strings.Cut(text, " ")
		e.Fields = map[string]string{"name": name, "payload": payload, "master": "mymaster", "role": strings.Split(payload, " ")[0]}
		for word, kind := range kinds {
			if strings.Contains(text, word) {
				e.Kind = kind
			}
		}
		events = append(events, e)
	}
	return lab.Failovers(events, "mymaster")
}

// twoRounds is a split vote that is given up, and a second round that gets through.
func twoRounds() []lab.Failover {
	return failovers(
		"0 - cut master *", "4 client a write failed: timeout", "1100 sentinel-1 +sdown master mymaster 127.0.0.1 9001",
		"1110 sentinel-2 +sdown master mymaster 127.0.0.1 9001", "1200 sentinel-1 +odown master mymaster 127.0.0.1 9001 #quorum 2/2",
		"1201 sentinel-1 +try-failover master mymaster 127.0.0.1 9001", "1203 sentinel-1 +vote-for-leader "+runID(1)+" 1",
		"1204 sentinel-2 +vote-for-leader "+runID(2)+" 1", "7300 sentinel-1 -failover-abort-not-elected master mymaster 127.0.0.1 9001",
		"13201 sentinel-2 +try-failover master mymaster 127.0.0.1 9001", "13203 sentinel-2 +vote-for-leader "+runID(2)+" 2",
		"13204 sentinel-3 +vote-for-leader "+runID(2)+" 2", "13300 sentinel-2 +elected-leader master mymaster 127.0.0.1 9001",
		"13400 sentinel-2 +selected-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001",
		"14400 sentinel-2 +promoted-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001",
		"14500 sentinel-1 +switch-master mymaster 127.0.0.1 9001 127.0.0.1 9002", "15000 client writes work again",
		"60000 sentinel-1 +convert-to-slave slave 127.0.0.1:9001 127.0.0.1 9001 @ mymaster 127.0.0.1 9002")
}

func TestLanes(t *testing.T) {
	drawn := strings.Join(Draw(twoRounds(), view(70*time.Second), golden.Theme(), english, 100), "\n")
	want := `
✓ mymaster: master → replica-1  seconds since: cut master *
            s_down  o_down  vote      elect   select  promote  switch  writes
master      ✗ cut master *
sentinel-1  +1.10   +1.20   +1.20                              +14.50
sentinel-2  +1.11           +13.20    +13.30
sentinel-3                  +13.20→2
replica-1                                     +13.40  +14.40
client      ✗ writes fail +0.00                                        +15.00
s_down +1.10s (down-after 1s) · took 13.30s (failover-timeout 6s) · no writes for 15.00s · given up
+7.30s: -failover-abort-not-elected · master is back and told to follow +60.00s`
	if got := "\n" + drawn; got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

// While it goes on, the time that it has taken so far is told; once given up, it is not.
func TestUnderWay(t *testing.T) {
	lines := []string{"0 master master killed", "1100 sentinel-1 +sdown master mymaster 127.0.0.1 9001", "1200 sentinel-1 +odown master mymaster 127.0.0.1 9001",
		"1201 sentinel-1 +try-failover master mymaster 127.0.0.1 9001"}
	if got := strings.Join(Draw(failovers(lines...), view(3201*time.Millisecond), golden.Theme(), english, 80), "\n"); !strings.Contains(got, "runs for 2.00s (failover-timeout 6s)") || !strings.HasPrefix(got, "… ") {
		t.Errorf("under way:\n%s", got)
	}
	lines = append(lines, "3000 sentinel-1 -failover-abort-no-good-slave master mymaster 127.0.0.1 9001")
	if got := strings.Join(Draw(failovers(lines...), view(3201*time.Millisecond), golden.Theme(), english, 80), "\n"); strings.Contains(got, "runs for") || !strings.HasPrefix(got, "✗ ") {
		t.Errorf("given up:\n%s", got)
	}
	lines = append(lines[:2], "1500 sentinel-1 -odown master mymaster 127.0.0.1 9001")
	if got := strings.Join(Draw(failovers(lines...), view(2*time.Second), golden.Theme(), english, 80), "\n"); !strings.Contains(got, "back +1.50s") {
		t.Errorf("not needed:\n%s", got)
	}
}

func TestWhy(t *testing.T) {
	soon := topo.Reason{Rule: lab.RuleElection, Text: "it voted for sentinel " + runID(3)[:8] + " in epoch 1", Until: start.Add(80 * time.Second)}
	v := view(70*time.Second, soon, topo.Reason{Rule: lab.RuleNotAgreed, Text: "1 of 2"}, topo.Reason{})
	v.Nodes[5].State = topo.Killed
	want := "mymaster is down. Why?\n" +
		"sentinel-1  votes missing · 10s left · it voted for sentinel-3 in epoch 1\n" +
		"sentinel-2  not agreed · 1 of 2\n" +
		"sentinel-3  killed"
	if got := strings.Join(Why(v, golden.Theme(), english, 80), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	v.Nodes[3].Sentinel.Watches[0].Failover = "select_slave"
	if got := Why(v, golden.Theme(), english, 80); got != nil {
		t.Errorf("while one is under way: %q", got)
	}
	if got := Why(view(0), golden.Theme(), english, 80); got != nil {
		t.Errorf("with a master that is well: %q", got)
	}
}

// A reason is told in the learner's language, with the names of nodes in place of addresses and run IDs.
func TestReasonsAreTold(t *testing.T) {
	none := topo.Reason{Rule: lab.RuleNoReplica, Text: "no replica can be promoted", Parts: []topo.Phrase{{Format: "no replica can be promoted"},
		{Of: "127.0.0.1:9002", Format: "its priority is %s", Args: []string{"0"}},
		{Of: "127.0.0.1:9003", Format: "%s says it is up", Args: []string{runID(2)[:8]}}}}
	chinese := english
	chinese.ParticularOf, chinese.AndWord = "%s：%s", "；"
	chinese.Phrases = map[string]string{"no replica can be promoted": "没有可以提升的副本", "its priority is %s": "优先级为 %s"}
	for want, w := range map[string]Words{
		"no replica can be promoted: replica-1: its priority is 0; replica-2: sentinel-2 says it is up": english,
		"没有可以提升的副本：replica-1：优先级为 0；replica-2：sentinel-2 says it is up":                                 chinese,
	} {
		if got := Why(view(0, none), golden.Theme(), w, 140)[1]; got != "sentinel-1  no replica · "+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// However narrow: nothing is wider than the room, and every lane is there.
func TestLanesFit(t *testing.T) {
	chinese := english
	chinese.Vote, chinese.Elected, chinese.Failing, chinese.SecondsSinceOf, chinese.WhyOf = "投票", "当选", "写入失败", "秒数起点：%s", "%s 已下线。为什么没有进行故障转移？"
	long := topo.Reason{Rule: lab.RuleCooldown, Text: strings.Repeat("为什么 there is no failover ", 9), Until: start.Add(time.Hour)}
	for _, w := range []Words{english, chinese} {
		for width := 24; width < 140; width += 5 {
			lines := Draw(append(twoRounds(), twoRounds()...), view(70*time.Second), golden.Theme(), w, width)
			if len(lines) < 17 {
				t.Errorf("width %d: %d lines", width, len(lines))
			}
			for _, l := range append(lines, Why(view(0, long, long), golden.Theme(), w, width)...) {
				if widget.Width(l) > width {
					t.Fatalf("width %d: %d cells: %q", width, widget.Width(l), l)
				}
			}
		}
	}
}
