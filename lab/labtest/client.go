package labtest

import (
	"testing"
	"time"

	"redislab/lab"
)

func clientCases() []testCase {
	return []testCase{
		{name: "ledger/finds-what-a-kill-lost", body: ledgerLost},
		{name: "ledger/finds-stale-reads", needs: []lab.Capability{lab.CanFault}, body: ledgerStale},
		{name: "observer/tells-what-a-client-saw", body: observerTells},
	}
}

func ledgerLost(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.Single(), b)
	n, g, ctx := l.MustNode("master"), l.Ledger(), within(t, patience)
	for range 3 {
		_, err := g.Write(ctx, n.Client(), "saved")
		must(t, err)
	}
	must(t, n.Do(ctx, "SAVE").Err())
	for range 2 {
		_, err := g.Push(ctx, n.Client(), "list")
		must(t, err)
	}
	must(t, g.Verify(ctx, n.Client()))
	if r := g.Report(); r.Acknowledged != 5 || r.Lost != 0 {
		t.Errorf("before the kill: %+v", r)
	}
	must(t, n.Kill())
	if _, err := g.Write(ctx, n.Client(), "saved"); err == nil {
		t.Error("a dead node takes a write")
	}
	must(t, n.Restart(ctx))
	must(t, g.Verify(ctx, n.Client()))
	if r := g.Report(); r.Written != 6 || r.Acknowledged != 5 || r.Unknown != 1 || r.Lost != 2 || r.Duplicated != 0 {
		t.Errorf("after the kill: %+v", r)
	}
}

func ledgerStale(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m, r, g, ctx := l.MustNode("master"), l.MustNode("replica-1"), l.Ledger(), within(t, patience)
	_, err := g.Write(ctx, m.Client(), "k")
	must(t, err)
	if acked(t, m, 1, patience) != 1 {
		t.Fatal("the replica does not acknowledge")
	}
	_, err = g.Read(ctx, r.Client(), "k")
	must(t, err)
	if n := g.Report().Stale; n != 0 {
		t.Errorf("%d stale reads in sync", n)
	}
	must(t, l.Cut("master", "replica-1"))
	_, err = g.Write(ctx, m.Client(), "k")
	must(t, err)
	seen, err := g.Read(ctx, r.Client(), "k")
	must(t, err)
	if n := g.Report().Stale; n != 1 || seen != 1 {
		t.Errorf("%d stale reads over a cut link, of write %d", n, seen)
	}
}

func observerTells(t *testing.T, b lab.Backend) {
	l := lab.Run(t, lab.OneToOne(), b)
	m, ctx := l.MustNode("master"), within(t, patience)
	o := l.Observe()
	reads := o.Client(l.MustNode("replica-1"))
	_ = reads.Get(ctx, "none").Err() // no error, but no value
	_ = reads.LPush(ctx, "k", 1).Err()
	writes := o.Client(m)
	must(t, writes.Set(ctx, "k", 1, 0).Err())
	must(t, m.Kill())
	for range 2 {
		if writes.Set(ctx, "k", 2, 0).Err() == nil {
			t.Error("a dead node takes a write")
		}
	}
	must(t, l.Clock().Sleep(ctx, time.Millisecond)) // simulated time stands still otherwise
	if len(o.Seen().Outages) != 2 || o.Unwritable() <= 0 {
		t.Errorf("outages: %+v", o.Seen().Outages)
	}
	must(t, m.Restart(ctx))
	await(t, "a write", func() (any, bool) { err := writes.Set(ctx, "k", 3, 0).Err(); return err, err == nil })
	s := o.Seen()
	if s.Errors["READONLY"] != 1 || s.Errors["refused"]+s.Errors["closed"] < 2 || s.Failed < 3 || s.Commands < 6 || len(s.Dials) < 3 {
		t.Errorf("seen: %+v", s)
	}
	last := s.Outages[len(s.Outages)-1]
	if last.To.IsZero() || last.Failed < 2 || last.First == "" {
		t.Errorf("outages: %+v", s.Outages)
	}
}
