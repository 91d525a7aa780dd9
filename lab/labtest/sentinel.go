package labtest

import (
	"net"
	"testing"
	"time"

	"redislab/lab"
)

func sentinelCases() []testCase {
	faults := []lab.Capability{lab.CanFault}
	return []testCase{
		{name: "sentinel/failover-and-return", body: failoverAndReturn, waits: true},
		{name: "sentinel/why-not", body: whyNot, waits: true},
		{name: "sentinel/cut-class-sentinel", needs: faults, body: cutSentinelLinks, waits: true},
		{name: "sentinel/two-masters", body: twoMasters, waits: true},
		{name: "sentinel/state-survives-a-restart", body: sentinelRestart, waits: true},
		{name: "sentinel/started-by-name", body: startedByName, waits: true},
		{name: "sentinel/watches-a-server-that-is-no-node", body: watchesAStranger, waits: true},
	}
}

// quick makes sentinels decide after two seconds. With a limit as short as the period of PING, a new master may be held for
// down before it was reached at all, in Redis too.
func quick() []lab.Directive {
	return []lab.Directive{{Name: "down-after-milliseconds", Value: "2000"}, {Name: "failover-timeout", Value: "10000"}}
}

func failoverAndReturn(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Sentinel(3, 2, quick()...), b)
	ctx := within(t, time.Minute)
	old := l.MustNode("master")
	o := l.Observe()
	c := o.FailoverClient(lab.MyMaster)
	must(t, c.Set(ctx, "k", "before", 0).Err())
	must(t, old.Kill())
	if err := c.Set(ctx, "k", "lost", 0).Err(); err == nil {
		t.Error("a write to a killed master was acknowledged")
	}
	now, err := l.WaitFailover(ctx, lab.MyMaster, old.Addr())
	must(t, err)
	if now == nil || now == old {
		t.Fatalf("the new master is %v", now)
	}
	await(t, "the client writes to "+now.ID(), func() (any, bool) {
		err := c.Set(within(t, time.Second), "k", "after", 0).Err()
		return err, err == nil
	})
	if v := get(t, now, "k"); v != "after" {
		t.Errorf("the new master has %q", v)
	}
	if seen := o.Seen(); len(seen.Outages) == 0 || o.Unwritable() <= 0 {
		t.Errorf("the client saw no outage: %+v", seen)
	}
	must(t, old.Restart(ctx))
	must(t, l.WaitReady(ctx))
	for _, n := range l.View(ctx).Nodes {
		if want := lab.Replica; n.ID == "master" && (n.Role != want || n.MasterID != now.ID()) {
			t.Errorf("the old master is %s of %q", n.Role, n.MasterID)
		}
	}
	tellsTheStory(t, l)
}

// tellsTheStory wants the failover's stages in the events, in the order of causes.
func tellsTheStory(t *testing.T, l *lab.Lab) {
	t.Helper()
	var told []lab.Failover
	await(t, "the events tell the failover", func() (any, bool) {
		told = lab.Failovers(l.Events(), lab.MyMaster)
		if len(told) != 1 {
			return told, false
		}
		_, back := told[0].First(lab.StageDemoted)
		return told[0].Stages, told[0].Done && back
	})
	last := time.Duration(0)
	for _, name := range []string{lab.StageFault, lab.StageSDown, lab.StageODown, lab.StageVote, lab.StageElected,
		lab.StageSelected, lab.StagePromoted, lab.StageSwitch} {
		s, ok := told[0].First(name)
		if !ok || s.After < last-100*time.Millisecond { // processes' logs are read now and then
			t.Errorf("stage %s: %+v, %v, after %v", name, s, ok, last)
		}
		last = s.After
	}
	if d, ok := told[0].Between(lab.StageFault, lab.StageSDown); !ok || d < 900*time.Millisecond {
		t.Errorf("s_down after %v", d)
	}
}

func whyNot(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Sentinel(3, 1, quick()...), b)
	has := func(rule string) func() (any, bool) {
		return func() (any, bool) {
			why := l.WhyNoFailover(lab.MyMaster)
			for _, r := range why["sentinel-1"] {
				if r.Rule == rule {
					return why, true
				}
			}
			return why, false
		}
	}
	await(t, "the reason that nothing is down", has(lab.RuleNotDown))
	must(t, l.MustNode("sentinel-2").Kill())
	must(t, l.MustNode("sentinel-3").Kill())
	await(t, "the reason that a majority is missing", has(lab.RuleNoMajority))
	must(t, l.MustNode("master").Kill())
	await(t, "the reason that nobody agrees", has(lab.RuleNotAgreed))
	must(t, l.MustNode("replica-1").Kill())
	await(t, "the reason that no replica is left", has(lab.RuleNoReplica))
	if v := l.View(t.Context()); v.Nodes[2].Sentinel.Master(lab.MyMaster).ODown {
		t.Error("one of three cannot hold it for o_down")
	}
}

// cutSentinelLinks cuts what sentinels send to the master and leaves its replicas and clients alone.
func cutSentinelLinks(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Sentinel(3, 1, quick()...), b)
	m := l.MustNode("master")
	must(t, l.Isolate("master", lab.SentinelLink))
	now, err := l.WaitFailover(within(t, time.Minute), lab.MyMaster, m.Addr())
	must(t, err)
	if now.ID() != "replica-1" {
		t.Errorf("the new master is %s", now.ID())
	}
	set(t, m, "k", "v") // it does not know of its end: two masters
	must(t, l.Heal())
	await(t, "the old master follows the new one", func() (any, bool) {
		role, err := m.Role(within(t, patience))
		return err, role == lab.Replica
	})
}

func twoMasters(t *testing.T, b lab.Backend) {
	topology := lab.Topology{Name: "two", Nodes: []lab.NodeSpec{
		{ID: "a"}, {ID: "a-replica", Follows: "a"}, {ID: "b"}, {ID: "b-replica", Follows: "b"},
	}}.WithSentinels(3, lab.Watch{Name: "a", Master: "a", Quorum: 2, Settings: quick()},
		lab.Watch{Name: "b", Master: "b", Quorum: 2, Settings: quick()})
	l := lab.Run(t, topology, b)
	ctx := within(t, time.Minute)
	must(t, l.MustNode("a").Kill())
	now, err := l.WaitFailover(ctx, "a", l.MustNode("a").Addr())
	must(t, err)
	if now.ID() != "a-replica" {
		t.Errorf("the new master is %s", now.ID())
	}
	if addr, err := l.MasterAddr(ctx, "b"); err != nil || addr != l.MustNode("b").Addr() {
		t.Errorf("the master of b is %s, %v", addr, err)
	}
}

func sentinelRestart(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Sentinel(2, 1, quick()...), b)
	s := l.MustNode("sentinel-1")
	id := func() string {
		v, err := s.Do(within(t, patience), "SENTINEL", "MYID").Text()
		must(t, err)
		return v
	}
	before := id()
	must(t, s.Kill())
	must(t, s.Restart(within(t, patience)))
	must(t, l.WaitReady(within(t, time.Minute)))
	if after := id(); after != before {
		t.Errorf("the ID was %s and is %s", before, after)
	}
}

// startedByName wants both ways to start a sentinel to give one.
func startedByName(t *testing.T, b lab.Backend) {
	topology := lab.Sentinel(2, 0, quick()...)
	topology.Nodes[2].ByName = true
	l := lab.Run(t, topology, b)
	for _, n := range l.Sentinels() {
		if info, err := n.Info(within(t, patience), "server"); err != nil || info["redis_mode"] != "sentinel" {
			t.Errorf("%s: mode %q, %v", n.ID(), info["redis_mode"], err)
		}
	}
}

// watchesAStranger lets a sentinel watch a server of the test's own.
func watchesAStranger(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Sentinel(1, 0, quick()...), b)
	ln, err := l.Listen("stranger")
	must(t, err)
	host, port, err := net.SplitHostPort(ln.Addr().String())
	must(t, err)
	asked := make(chan struct{})
	go func() {
		c, err := ln.Accept()
		if err == nil {
			_ = c.Close() // to have been called is enough
		}
		close(asked)
	}()
	must(t, l.MustNode("sentinel-1").Do(within(t, patience), "SENTINEL", "MONITOR", "stranger", host, port, 1).Err())
	select {
	case <-asked:
	case <-within(t, patience).Done():
		t.Error("the sentinel did not connect")
	}
}
