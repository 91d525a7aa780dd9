package labtest

import (
	"errors"
	"testing"
	"time"

	"redislab/lab"
)

func faultCases() []testCase {
	faults := []lab.Capability{lab.CanFault}
	return []testCase{
		{name: "fault/cut-and-heal", needs: faults, body: cutAndHeal},
		{name: "fault/cut-class-client", needs: faults, body: cutClient},
		{name: "fault/isolate-leaves-both-sides-alive", needs: faults, body: isolate},
		{name: "fault/partition", needs: faults, body: partition},
		{name: "fault/outlives-a-restart", needs: faults, body: faultOutlivesRestart},
		{name: "fault/reconnect-over-a-cut-link", needs: faults, body: cutBeforeConnect},
		{name: "fault/one-way", needs: []lab.Capability{lab.CanFault, lab.CanOneWay}, body: oneWay},
		{name: "fault/delay", needs: []lab.Capability{lab.CanFault, lab.CanDelay}, body: delay},
		{name: "fault/drop", needs: []lab.Capability{lab.CanFault, lab.CanDelay}, body: drop},
		{name: "fault/bad-words", needs: faults, body: badFaults},
		{name: "fault/unsupported-is-said", body: unsupported},
	}
}

// blink is how long a test looks whether something that must not happen happens. It decides only how well a broken
// backend is caught, not whether a good one passes.
const blink = 150 * time.Millisecond

func cutAndHeal(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(2), b)
	m, r := l.MustNode("master"), l.MustNode("replica-1")
	must(t, l.Cut("master", "replica-1"))
	if rules := l.Faults(); len(rules) != 1 || rules[0].String() != "cut master replica-1" {
		t.Errorf("faults: %v", rules)
	}
	if n := acked(t, m, 1, patience); n != 1 {
		t.Errorf("%d replicas acknowledge; the other is not cut", n)
	}
	set(t, m, "k", "v")
	if n := acked(t, m, 2, blink); n != 1 {
		t.Errorf("%d replicas acknowledge over a cut link", n)
	}
	if v := get(t, r, "k"); v != "(redis: nil)" { // and it answers its clients
		t.Errorf("over a cut link came %s", v)
	}
	marked := false
	for _, k := range l.View(t.Context()).Links {
		marked = marked || k.From == "replica-1" && len(k.Faults) == 1
	}
	if !marked {
		t.Error("the view does not show the cut")
	}
	must(t, l.Heal())
	if n := acked(t, m, 2, patience); n != 2 {
		t.Errorf("%d replicas acknowledge after healing", n)
	}
	if v := get(t, r, "k"); v != "v" {
		t.Errorf("after healing the replica has %s", v)
	}
}

func cutClient(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m := l.MustNode("master")
	east := l.Observe("client-east").Client(m)
	must(t, east.Ping(within(t, patience)).Err())
	must(t, l.Cut("client-east", "master"))
	if err := east.Ping(within(t, blink)).Err(); err == nil || lab.ErrorKind(err) != "timeout" {
		t.Errorf("PING over a cut link: %v", err)
	}
	set(t, m, "k", "v") // another client
	must(t, l.Cut(lab.ClientEnd, "master"))
	if err := m.Do(within(t, blink), "PING").Err(); err == nil || lab.ErrorKind(err) != "timeout" {
		t.Errorf("PING over a cut link: %v", err)
	}
	await(t, "the lab to see it all the same", func() (any, bool) {
		v := l.View(t.Context())
		return v, !v.Nodes[0].Silent && v.Nodes[0].Keys == 1 && v.Nodes[1].Keys == 1
	})
	must(t, l.Heal())
	must(t, east.Ping(within(t, patience)).Err())
	must(t, m.Do(within(t, patience), "PING").Err())
}

func isolate(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(2), b)
	m := l.MustNode("master")
	must(t, l.Isolate("master"))
	set(t, m, "k", "v") // clients still reach it
	if n := acked(t, m, 1, blink); n != 0 {
		t.Errorf("%d replicas acknowledge to an isolated master", n)
	}
	for _, n := range l.Nodes()[1:] {
		if v := get(t, n, "k"); v != "(redis: nil)" {
			t.Errorf("%s has %s", n.ID(), v)
		}
	}
	must(t, l.Heal())
	if n := acked(t, m, 2, patience); n != 2 {
		t.Errorf("%d replicas acknowledge after healing", n)
	}
}

func partition(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToMany(3), b)
	m := l.MustNode("master")
	must(t, l.Partition([]string{"master", "replica-1"}, []string{"replica-2", "replica-3"}))
	if n := len(l.Faults()); n != 4 {
		t.Errorf("%d rules: %v", n, l.Faults())
	}
	if n := acked(t, m, 1, patience); n != 1 {
		t.Errorf("%d replicas acknowledge on the master's side", n)
	}
	if n := acked(t, m, 3, blink); n != 1 {
		t.Errorf("%d replicas acknowledge", n)
	}
	must(t, l.HealLink("replica-2", "master"))
	if n := acked(t, m, 2, patience); n != 2 {
		t.Errorf("%d replicas acknowledge after healing one link", n)
	}
	must(t, l.Fault("heal"))
	if n := acked(t, m, 3, patience); n != 3 {
		t.Errorf("%d replicas acknowledge after healing", n)
	}
}

func faultOutlivesRestart(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m, r := l.MustNode("master"), l.MustNode("replica-1")
	must(t, l.Fault("cut master replica-1 replication"))
	must(t, r.Restart(within(t, patience)))
	if n := acked(t, m, 1, blink); n != 0 {
		t.Errorf("%d replicas acknowledge", n)
	}
	info, err := r.Info(within(t, patience), "replication")
	must(t, err)
	if info["master_link_status"] != "down" {
		t.Errorf("the link is %s", info["master_link_status"])
	}
	must(t, l.Heal())
	must(t, l.WaitReady(within(t, 2*patience)))
}

func cutBeforeConnect(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	must(t, l.Cut("*", "master"))
	r, err := l.AddNode(within(t, patience), lab.NodeSpec{ID: "late", Follows: "master"})
	must(t, err)
	set(t, l.MustNode("master"), "k", "v")
	if v := get(t, r, "k"); v != "(redis: nil)" {
		t.Errorf("over a cut link came %s", v)
	}
	must(t, l.Heal())
	await(t, "the replica to sync", func() (any, bool) { v := get(t, r, "k"); return v, v == "v" })
}

func oneWay(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m, r := l.MustNode("master"), l.MustNode("replica-1")
	acked(t, m, 1, patience)                    // a diskless sync streams only after the first acknowledgement
	must(t, l.CutOneWay("replica-1", "master")) // acknowledgements get lost, data do not
	set(t, m, "k", "v")
	await(t, "the write to reach the replica", func() (any, bool) { v := get(t, r, "k"); return v, v == "v" })
	if n := acked(t, m, 1, blink); n != 0 {
		t.Errorf("%d replicas acknowledge over a link that is cut that way", n)
	}
	must(t, l.Heal())
	must(t, l.CutOneWay("master", "replica-1"))
	set(t, m, "k", "w")
	if n := acked(t, m, 1, blink); n != 0 {
		t.Errorf("%d replicas acknowledge what they cannot have got", n)
	}
	if v := get(t, r, "k"); v != "v" {
		t.Errorf("over the cut way came %s", v)
	}
	must(t, l.Heal())
	if n := acked(t, m, 1, patience); n != 1 {
		t.Errorf("%d replicas acknowledge after healing", n)
	}
}

func delay(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m := l.MustNode("master")
	must(t, l.Delay("master", "replica-1", blink))
	began := time.Now()
	if n := acked(t, m, 1, patience); n != 1 {
		t.Errorf("%d replicas acknowledge", n)
	}
	if took := time.Since(began); took < 2*blink { // there and back
		t.Errorf("acknowledged after %s, with a delay of %s each way", took, blink)
	}
	must(t, l.Heal())
}

func drop(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m := l.MustNode("master")
	must(t, l.Drop("master", "replica-1", 1))
	if n := acked(t, m, 1, blink); n != 0 {
		t.Errorf("%d replicas acknowledge though every packet is lost", n)
	}
	must(t, l.Drop("master", "replica-1", 0.1)) // replaces the first
	if n := acked(t, m, 1, patience); n != 1 {
		t.Errorf("%d replicas acknowledge though TCP repairs losses", n)
	}
}

func badFaults(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	for _, err := range []error{
		l.Cut("master", "nobody"),
		l.Cut("master", "master"),
		l.Cut("master", "replica-1", "fast"),
		l.Delay("master", "replica-1", -1),
		l.Drop("master", "replica-1", 2),
		l.Isolate(""),
		l.Partition([]string{"master"}),
		l.Partition([]string{"master"}, []string{"master"}),
		l.Partition([]string{"master"}, []string{"nobody"}),
		l.Fault("break everything"),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
	if rules := l.Faults(); len(rules) != 0 {
		t.Errorf("faults: %v", rules)
	}
}

func unsupported(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	has := b.Capabilities()
	for _, c := range []struct {
		has bool
		err error
	}{
		{has.Faults, l.Cut("master", "replica-1")},
		{has.OneWay, l.CutOneWay("master", "replica-1")},
		{has.Delay, l.Delay("master", "replica-1", time.Millisecond)},
		{has.Faults, l.Heal()},
		{has.Pause, l.MustNode("master").Pause()},
	} {
		if c.has != (c.err == nil) || c.err != nil && !errors.Is(c.err, lab.ErrUnsupported) {
			t.Errorf("capability %t, error %v", c.has, c.err)
		}
	}
	if has.Pause {
		must(t, l.MustNode("master").Resume())
	}
	if _, ok := l.ControlClock(); ok != has.ClockControl {
		t.Errorf("capability %t, but the clock can be controlled: %t", has.ClockControl, ok)
	}
}
