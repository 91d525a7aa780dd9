package lesson_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/page"
	"redislab/tui/page/lesson/fake"
	"redislab/tui/topo"
)

func sentinelExercise() kit.Exercise {
	check := func(en, zh string) kit.Check {
		return kit.Check{Name: kit.T(en, zh), Probe: func(context.Context, *kit.Run) (string, error) { return "", nil }}
	}
	return kit.Exercise{
		ID: "sentinel/failover", Chapter: "sentinel", Title: kit.T("The master dies", "主节点宕机"),
		Summary: kit.T("Three sentinels watch a master with two replicas.", "三个哨兵监视一个主节点和两个副本。"),
		Topology: func() lab.Topology {
			return lab.Sentinel(3, 2, lab.Directive{Name: "down-after-milliseconds", Value: "30000"}).WithSplitPorts(9001, 19001)
		},
		Steps: []kit.Step{{
			Name: "kill", Title: kit.T("Kill the master", "杀死主节点"),
			Commands: []kit.Cmd{{Node: kit.LabNode, Line: "kill master"}},
			Look:     []kit.Cmd{{Node: "sentinel-1", Line: "SENTINEL MASTER mymaster"}},
			Checks:   []kit.Check{check("the sentinels agree on another master", "哨兵认定了另一个主节点")},
		}},
	}
}

// The run IDs of the sentinels, as events and reasons name them.
var runIDs = []string{strings.Repeat("a1", 20), strings.Repeat("b2", 20), strings.Repeat("c3", 20)}

var sentinelStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// watching is a picture in which all sentinels hold the master alike; change makes one differ.
func watching(at float64, master string, w topo.Watch, change func(i int, w *topo.Watch)) topo.View {
	v := topo.View{At: sentinelStart.Add(time.Duration(at * float64(time.Second))), Nodes: []topo.Node{
		{ID: "master", Addr: "127.0.0.1:9001", Role: "master", State: topo.Up, Offset: 14023, Replicas: 2, Keys: 3, PID: 4242, Lag: -1},
		{ID: "replica-1", Addr: "127.0.0.1:9002", Role: "replica", State: topo.Up, Parent: "master", Link: topo.LinkUp, Offset: 14023, Keys: 3, PID: 4243},
		{ID: "replica-2", Addr: "127.0.0.1:9003", Role: "replica", State: topo.Up, Parent: "master", Link: topo.LinkUp, Offset: 14023, Keys: 3, PID: 4244},
	}}
	w.Name, w.Names, w.Quorum, w.Majority, w.Voters = "mymaster", master, 2, 2, 3
	w.DownAfter, w.Timeout = 30*time.Second, 3*time.Minute
	for i := range 3 {
		own := w
		if change != nil {
			change(i, &own)
		}
		s := &topo.Sentinel{RunID: runIDs[i], Epoch: w.Epoch, Watches: []topo.Watch{own}}
		v.Nodes = append(v.Nodes, topo.Node{ID: fmt.Sprintf("sentinel-%d", i+1), Addr: fmt.Sprintf("127.0.0.1:%d", 19001+i), Role: "sentinel", State: topo.Up, PID: 4245 + i, Lag: -1, Sentinel: s})
	}
	return v
}

func healthy() topo.View { return watching(0, "master", topo.Watch{}, nil) }

// masterGone lets the master be dead and its replicas without a link.
func masterGone(v topo.View) topo.View {
	v.Nodes[0].State = topo.Killed
	for i := range v.Nodes[1:3] {
		v.Nodes[i+1].Link, v.Nodes[i+1].Lag = topo.LinkDown, -1
	}
	return v
}

// midFailover is the moment at which sentinel-1 has been elected and tells replica-1 to be a master.
func midFailover() topo.View {
	w := topo.Watch{Down: topo.ODown, Agree: 3, Epoch: 1, VotedFor: "sentinel-1"}
	return masterGone(watching(40.9, "master", w, func(i int, w *topo.Watch) {
		switch i {
		case 0:
			w.Failover, w.Promoted = "wait_promotion", "replica-1"
		case 2:
			w.Down, w.Agree = topo.SDown, 1
		}
	}))
}

func afterFailover() topo.View {
	v := watching(50, "replica-1", topo.Watch{Epoch: 1, Config: 1}, nil)
	v.Nodes[0].State = topo.Killed
	v.Nodes[1].Role, v.Nodes[1].Parent, v.Nodes[1].Link, v.Nodes[1].Replicas, v.Nodes[1].Lag = "master", "", topo.LinkNone, 1, -1
	v.Nodes[2].Parent = "replica-1"
	return v
}

// noFailover is a master that is down, with sentinels that do not replace it, each for a reason of its own.
func noFailover() topo.View {
	v := masterGone(watching(52, "master", topo.Watch{Down: topo.ODown, Agree: 2, Epoch: 1, VotedFor: "sentinel-1"}, func(i int, w *topo.Watch) {
		until := sentinelStart.Add(6 * time.Minute)
		w.Why = [][]topo.Reason{
			{{Rule: lab.RuleCooldown, Until: until, Parts: []topo.Phrase{
				{Format: "the next failover starts in %s at the earliest (2 × failover-timeout)", Args: []string{"308.0s"}},
				{Format: "its attempt in epoch %s ended with %s", Args: []string{"1", "-failover-abort-no-good-slave"}}}}},
			{{Rule: lab.RuleNotAgreed, Parts: []topo.Phrase{
				{Format: "%s of %s sentinels needed agree that the master is down", Args: []string{"1", "2"}},
				{Format: "%s is disconnected", Args: []string{"a1a1a1a1"}}}}},
			{{Rule: lab.RuleNotDown, Parts: []topo.Phrase{
				{Format: "the master is not s_down: it owes an answer for %s (down-after %s)", Args: []string{"0.4s", "30.0s"}}}}},
		}[i]
		if i == 1 {
			w.Down, w.Agree = topo.SDown, 1
		}
		if i == 2 {
			w.Down, w.Agree, w.Names = topo.NotDown, 0, "replica-2"
		}
	}))
	v.Faults = []topo.Fault{{From: "sentinel-2", To: "sentinel-1", Kind: "cut", Class: "sentinel"}}
	v.Nodes[4].Isolated = false
	return v
}

// told makes events of lines "seconds node text"; a node "-" is none.
func told(script string) []lab.Event {
	var out []lab.Event
	for line := range strings.SplitSeq(script, "\n") {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(words) < 3 {
			continue
		}
		seconds, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			panic(err)
		}
		e := lab.Event{Seq: uint64(len(out) + 1), At: sentinelStart.Add(time.Duration(seconds * float64(time.Second))), Node: strings.Trim(words[1], "-"), Text: words[2]}
		switch name, payload, _ := strings.Cut(e.Text, " "); {
		case name[0] == '+' || name[0] == '-':
			e.Kind = lab.EventSentinel
			w := strings.Fields(payload)
			e.Fields = map[string]string{"name": name, "payload": payload, "master": "mymaster", "role": w[0]}
		case strings.Contains(e.Text, "killed"):
			e.Kind = lab.EventKilled
		case strings.Contains(e.Text, "work again"):
			e.Kind = lab.EventWriting
		case strings.Contains(e.Text, "failed"):
			e.Kind = lab.EventOutage
		default:
			e.Kind = lab.EventStarted
		}
		out = append(out, e)
	}
	return out
}

var healthyTold = `
0.000 master 127.0.0.1:9001
0.004 sentinel-1 127.0.0.1:19001
0.110 sentinel-1 +monitor master mymaster 127.0.0.1 9001 quorum 2
0.121 sentinel-1 +slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001
2.031 sentinel-1 +sentinel sentinel ` + runIDs[1] + ` 127.0.0.1 19002 @ mymaster 127.0.0.1 9001
`

var midTold = healthyTold + `
10.000 master master killed
10.001 client a write failed: connection refused
40.072 sentinel-1 +sdown master mymaster 127.0.0.1 9001
40.080 sentinel-2 +sdown master mymaster 127.0.0.1 9001
40.161 sentinel-1 +odown master mymaster 127.0.0.1 9001 #quorum 2/2
40.161 sentinel-1 +new-epoch 1
40.162 sentinel-1 +try-failover master mymaster 127.0.0.1 9001
40.171 sentinel-1 +vote-for-leader ` + runIDs[0] + ` 1
40.180 sentinel-2 +vote-for-leader ` + runIDs[0] + ` 1
40.203 sentinel-3 +sdown master mymaster 127.0.0.1 9001
40.255 sentinel-1 +elected-leader master mymaster 127.0.0.1 9001
40.310 sentinel-1 +selected-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001
`

var afterTold = midTold + `
41.210 sentinel-1 +promoted-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ mymaster 127.0.0.1 9001
41.310 sentinel-3 +switch-master mymaster 127.0.0.1 9001 127.0.0.1 9002
41.312 sentinel-2 +switch-master mymaster 127.0.0.1 9001 127.0.0.1 9002
42.020 client writes work again, after 32.019s
42.210 sentinel-1 +slave-reconf-done slave 127.0.0.1:9003 127.0.0.1 9003 @ mymaster 127.0.0.1 9001
42.260 sentinel-1 +switch-master mymaster 127.0.0.1 9001 127.0.0.1 9002
`

var abortedTold = midTold + `
40.360 sentinel-1 -failover-abort-no-good-slave master mymaster 127.0.0.1 9001
`

func newSentinelDriver(t *testing.T, lang kit.Lang, w, h int, v topo.View, script string) *driver {
	t.Helper()
	return newDriverOf(t, sentinelExercise(), kit.Watch, lang, w, h, func(s *fake.Session) {
		s.Picture, s.Prepared = v, told(script)
		s.Prosa = map[kit.Lang]string{kit.En: "Kill it, and watch who says what.", kit.Zh: "杀死它，看看谁说了什么。"}
	})
}

// What a learner sees of sentinels, at both sizes: the picture, events, lanes, and why nothing happens.
func TestSentinelScreens(t *testing.T) {
	for _, size := range sizes {
		for _, c := range []struct {
			name   string
			lang   kit.Lang
			view   topo.View
			events string
			keys   []string
		}{
			{"sentinel-healthy", kit.En, healthy(), healthyTold, nil},
			{"sentinel-events", kit.En, midFailover(), midTold, []string{"tab", "tab", "tab"}},
			{"sentinel-mid", kit.En, midFailover(), midTold, []string{"v"}},
			{"sentinel-after", kit.En, afterFailover(), afterTold, []string{"v"}},
			{"sentinel-why-not", kit.En, noFailover(), abortedTold, []string{"v"}},
			{"sentinel-none", kit.En, healthy(), healthyTold, []string{"v"}},
			{"sentinel-faults-class", kit.En, healthy(), healthyTold, []string{"f", "i", "1"}},
			{"sentinel-faults-link", kit.En, healthy(), healthyTold, []string{"f", "c"}},
			{"sentinel-faults-sides", kit.En, healthy(), healthyTold, []string{"f", "g", "1", "4"}},
			{"zh-sentinel-after", kit.Zh, afterFailover(), afterTold, []string{"v"}},
			{"zh-sentinel-why-not", kit.Zh, noFailover(), abortedTold, []string{"v"}},
		} {
			t.Run(fmt.Sprintf("%s-%dx%d", c.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				newSentinelDriver(t, c.lang, size[0], size[1], c.view, c.events).start().press(c.keys...).screen(c.name)
			})
		}
	}
}

// The key switches between the two forms of the pane, and says so when there is nothing to switch to.
func TestLanesKey(t *testing.T) {
	d := newSentinelDriver(t, kit.En, 80, 24, midFailover(), midTold).start()
	d.press("v").wantText("[Failovers 1]", "v event list")
	d.press("v").wantText("[Events 17]", "v failover lanes", "+selected-slave slave")
	d.press("tab").wantText("v failover lanes") // on every pane, while there is something to see
	newDriver(t, kit.Watch, kit.En, 80, 24).start().press("enter", "v").wantText("This lesson has no sentinels")
}

// A sentinel that has died does not tell what it was called any more; it is remembered.
func TestDeadSentinelKeepsItsName(t *testing.T) {
	v := midFailover()
	d := newSentinelDriver(t, kit.En, 140, 40, v, midTold).start()
	gone := midFailover()
	gone.Nodes[3].State, gone.Nodes[3].Sentinel = topo.Killed, nil
	d.s.Picture = gone
	d.press("enter", "v").wantText("sentinel-2 +30.08        +30.18→1")
}

// A promoted replica that dies died as a master, whatever was planned for it.
func TestDeadMasterStaysAMaster(t *testing.T) {
	d := newSentinelDriver(t, kit.En, 80, 24, afterFailover(), "").start()
	gone := afterFailover()
	gone.Nodes[1].State, gone.Nodes[1].Role, gone.Nodes[1].Parent = topo.Killed, "replica", "master"
	d.s.Picture = gone
	d.press("enter").wantText("✗ replica-1      127.0.0.1:9002  master")
}

// Both languages have a word for every key and every rule.
func TestLaneWords(t *testing.T) {
	for _, l := range kit.Langs() {
		words := page.NewCommon(nil, l).LaneWords()
		for _, rule := range []string{lab.RuleTilt, lab.RuleInProgress, lab.RuleElection, lab.RuleNotDown, lab.RuleNoQuorum, lab.RuleNotAgreed,
			lab.RuleCooldown, lab.RuleNoMajority, lab.RuleNoReplica, string(lab.StateKilled), string(lab.StateStopped), string(lab.StatePaused)} {
			if words.Rules[rule] == "" {
				t.Errorf("%s: rule %s has no name", l, rule)
			}
		}
	}
}

// Where sentinels watch, a fault may be on one kind of traffic; sentinels can be broken like other nodes, and nodes parted.
func TestSentinelFaultMenus(t *testing.T) {
	for keys, want := range map[string]string{
		"p 4":       "line pause sentinel-1",
		"i 4":       "line isolate sentinel-1",
		"i 1 1":     "line isolate master",
		"i 1 2":     "line isolate master replication",
		"i 1 3":     "line isolate master sentinel",
		"i 1 4":     "line cut client master",
		"c 1":       "line cut master replica-1",
		"c 3 3":     "line cut * master sentinel",
		"c 3 4":     "line cut client master",
		"c 6":       "line cut * sentinel-1",
		"d 3 2 3":   "line delay * master 200ms sentinel",
		"x 4 1 1":   "line drop * replica-1 0.1",
		"o 6 3":     "line cut-one-way master * sentinel",
		"g 1 4 x":   "line partition master,sentinel-1 replica-1,replica-2,sentinel-2,sentinel-3",
		"g 1 2 1 x": "line partition replica-1 master,replica-2,sentinel-1,sentinel-2,sentinel-3",
		"g x":       "start", // nobody is chosen: nothing happens
	} {
		d := newSentinelDriver(t, kit.En, 80, 24, healthy(), healthyTold).start().press("f")
		d.press(strings.Fields(keys)...)
		calls := d.s.Calls()
		if got := calls[len(calls)-1]; got != want {
			t.Errorf("%s: %q, want %q", keys, got, want)
		}
	}
}
