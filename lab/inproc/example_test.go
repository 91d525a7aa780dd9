package inproc_test

import (
	"testing"
	"time"

	"redislab/lab"
	"redislab/lab/inproc"
)

func ExampleRun() {
	var t *testing.T // the test's own

	l := inproc.Run(t, lab.OneToMany(2)) // closed with the test
	if err := l.MustNode("master").Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.MustNode("replica-1").Do(t.Context(), "EXISTS", "k").Result(); err != nil {
		t.Error(err)
	}
}

func ExampleSimulate() {
	var t *testing.T // the test's own

	inproc.Simulate(t, lab.Sentinel(3, 2), func(t *testing.T, l *lab.Lab) {
		client, old := l.FailoverClient(lab.MyMaster), l.MustNode("master")
		go func() { // a load that ends with the test
			for t.Context().Err() == nil {
				_, _ = l.Ledger().Push(t.Context(), client, "orders") // the ledger keeps what became of it
				time.Sleep(100 * time.Millisecond)
			}
		}()
		time.Sleep(10 * time.Second)
		if err := old.Pause(); err != nil {
			t.Fatal(err)
		}
		now, err := l.WaitFailover(t.Context(), lab.MyMaster, old.Addr())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if err := l.Ledger().Verify(t.Context(), now.Client()); err != nil {
			t.Fatal(err)
		}
		if r := l.Ledger().Report(); r.Lost > 0 {
			t.Errorf("%d of %d acknowledged writes are lost", r.Lost, r.Acknowledged)
		}
	})
}
