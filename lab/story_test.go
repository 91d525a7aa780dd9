package lab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tell makes events of lines: "30.1 s1 +odown master m …" is what a sentinel says, "0 master !lab.killed" what the lab does.
func tell(t *testing.T, script string) []Event {
	t.Helper()
	var events []Event
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		words := strings.Fields(line)
		after, err := time.ParseDuration(words[0] + "s")
		if err != nil {
			t.Fatal(err)
		}
		e := Event{Seq: uint64(len(events) + 1), At: time.Unix(0, 0).Add(after), Node: words[1], Kind: EventSentinel}
		if kind, ok := strings.CutPrefix(words[2], "!"); ok {
			e.Kind = kind
		} else {
			e.Fields = map[string]string{"name": words[2], "payload": strings.Join(words[3:], " ")}
			if len(words) > 4 && words[3] == "master" {
				e.Fields["role"], e.Fields["master"] = "master", words[4]
			}
			if i := strings.Index(line, "@ "); i > 0 {
				e.Fields["role"], e.Fields["master"] = words[3], strings.Fields(line[i:])[1]
			}
		}
		events = append(events, e)
	}
	return events
}

func shown(told []Failover) []string {
	var out []string
	for _, f := range told {
		line := fmt.Sprintf("done=%v:", f.Done)
		for _, s := range f.Stages {
			line += fmt.Sprintf(" %s/%s+%v", s.Name, s.Node, s.After.Seconds())
		}
		out = append(out, line)
	}
	return out
}

func TestFailoversAreTold(t *testing.T) {
	const whole = `
0 master !lab.killed
0.5 client !client.outage
30 s1 +sdown master m 127.0.0.1 9001
30 s1 +sdown slave 127.0.0.1:9003 127.0.0.1 9003 @ m 127.0.0.1 9001
30.1 s2 +sdown master m 127.0.0.1 9001
30.1 s2 +odown master m 127.0.0.1 9001 #quorum 2/2
30.1 s2 +try-failover master m 127.0.0.1 9001
30.2 s2 +vote-for-leader s2 1
30.3 s2 +elected-leader master m 127.0.0.1 9001
30.4 s2 +selected-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ m 127.0.0.1 9001
31 s2 +promoted-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ m 127.0.0.1 9001
31.1 s2 -odown master m 127.0.0.1 9001
31.5 s2 +switch-master m 127.0.0.1 9001 127.0.0.1 9002
32 client !client.writes`
	told := "done=true: fault/master+0 outage/client+0.5 s_down/s1+30 s_down/s2+30.1 o_down/s2+30.1 try/s2+30.1 vote/s2+30.2 elected/s2+30.3" +
		" selected/s2+30.4 promoted/s2+31 switch/s2+31.5 writes/client+32"
	for name, c := range map[string]struct {
		events string
		want   []string
	}{
		"one":              {whole, []string{told}},
		"two":              {whole + strings.ReplaceAll(whole, "\n", "\n1"), nil},
		"no events":        {"0 master !lab.killed", nil},
		"false alarm":      {"1 s1 +sdown master m 127.0.0.1 9001\n2 s1 +odown master m 127.0.0.1 9001\n3 s1 -odown master m 127.0.0.1 9001", []string{"done=false: s_down/s1+0 o_down/s1+1 back/s1+2"}},
		"another master's": {"0 x !lab.killed\n1 s1 +sdown master other 127.0.0.1 9001\n2 s1 +switch-master other 127.0.0.1 9001 127.0.0.1 9002", nil},
		"given up": {"0 master !lab.paused\n1 s1 +sdown master m 127.0.0.1 9001\n2 s1 -failover-abort-no-good-slave master m 127.0.0.1 9001",
			[]string{"done=false: fault/master+0 s_down/s1+1 abort/s1+2"}},
	} {
		got := Failovers(tell(t, c.events), "m")
		if name == "two" { // the second begins when the first is done
			if len(got) != 2 || got[1].Stages[0].Name != StageFault || !got[1].Done {
				t.Errorf("two: %q", shown(got))
			}
			continue
		}
		if diff := cmp.Diff(c.want, shown(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	one := Failovers(tell(t, whole), "m")[0]
	if d, ok := one.Between(StageSDown, StageSwitch); d != 1500*time.Millisecond || !ok {
		t.Errorf("from s_down to switch: %v, %v", d, ok)
	}
	if _, ok := one.First(StageAbort); ok {
		t.Error("it was not given up")
	}
}

// What keeps a failover from happening, as far as commands tell it.
func TestReasons(t *testing.T) {
	now := time.Unix(1000, 0)
	sound := WatchView{Voters: 3, Majority: 2, Quorum: 2, Usable: 3, Replicas: []SeenNode{{Name: "r", Priority: 100}}}
	for name, c := range map[string]struct {
		change func(w *WatchView)
		tilt   bool
		want   string
	}{
		"sound":       {func(*WatchView) {}, false, RuleNotDown},
		"tilt":        {func(*WatchView) {}, true, RuleTilt + " " + RuleNotDown},
		"alone":       {func(w *WatchView) { w.SDown, w.Agree, w.Usable = true, 1, 1 }, false, RuleNotAgreed + " " + RuleNoMajority},
		"big quorum":  {func(w *WatchView) { w.Quorum, w.SDown = 5, true }, false, RuleNoQuorum + " " + RuleNoMajority},
		"no replica":  {func(w *WatchView) { w.SDown, w.ODown, w.Replicas = true, true, nil }, false, RuleNoReplica},
		"priority 0":  {func(w *WatchView) { w.Replicas[0].WhyNot = "its priority is 0" }, false, RuleNotDown + " " + RuleNoReplica},
		"too soon":    {func(w *WatchView) { w.SDown, w.ODown, w.Cooldown = true, true, now.Add(time.Minute) }, false, RuleCooldown},
		"electing":    {func(w *WatchView) { w.SDown, w.ODown, w.Failover = true, true, "wait_start" }, false, RuleElection},
		"in progress": {func(w *WatchView) { w.SDown, w.ODown, w.Failover, w.Promoted = true, true, "wait_promotion", "r" }, false, RuleInProgress},
		"about to":    {func(w *WatchView) { w.SDown, w.ODown = true, true }, false, ""},
	} {
		w := sound
		w.Replicas = append([]SeenNode(nil), sound.Replicas...)
		c.change(&w)
		var rules []string
		for _, r := range w.reasons(c.tilt, now) {
			rules = append(rules, r.Rule)
			if r.Text == "" {
				t.Errorf("%s: %s has no text", name, r.Rule)
			}
		}
		if got := strings.Join(rules, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
