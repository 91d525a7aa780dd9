package lab_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/lab"
	"redislab/lab/inproc"
)

// start is what lab.Run does in a test.
func start(t lab.Topology) *lab.Lab {
	ctx := context.Background()
	l, err := lab.Start(ctx, t, inproc.New())
	if err != nil {
		panic(err)
	}
	if err := l.WaitReady(ctx); err != nil {
		panic(err)
	}
	return l
}

func Example() {
	ctx := context.Background()
	l := start(lab.OneToMany(2)) // in a test: lab.Run(t, lab.OneToMany(2), inproc.New())
	defer l.Close()
	master, replica := l.MustNode("master"), l.MustNode("replica-1")

	fmt.Println(replica.Kill())
	fmt.Println(master.Client().Set(ctx, "k", "v", 0).Err())
	fmt.Println(replica.Restart(ctx))
	fmt.Println(l.WaitReady(ctx))
	fmt.Println(replica.Client().Get(ctx, "k").Result())
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// <nil>
	// v <nil>
}

// A master that is cut off from its replica goes on acknowledging, and what it took is lost when the replica takes over.
func ExampleLedger() {
	ctx := context.Background()
	l := start(lab.OneToOne())
	defer l.Close()
	master, replica, g := l.MustNode("master"), l.MustNode("replica-1"), l.Ledger()

	_ = l.Cut("master", "replica-1", lab.ReplicationLink)
	for range 3 {
		if _, err := g.Push(ctx, master.Client(), "orders"); err != nil {
			fmt.Println(err)
		}
	}
	_ = master.Kill()
	_ = replica.Do(ctx, "REPLICAOF", "NO", "ONE").Err()
	if err := g.Verify(ctx, replica.Client()); err != nil {
		fmt.Println(err)
	}
	r := g.Report()
	fmt.Println(r.Acknowledged, "acknowledged,", r.Lost, "lost")
	// Output: 3 acknowledged, 3 lost
}

func ExampleLab_Observe() {
	ctx := context.Background()
	l := start(lab.OneToOne())
	defer l.Close()

	o := l.Observe()
	c := o.Client(l.MustNode("replica-1"))
	c.Get(ctx, "k")
	c.Set(ctx, "k", 1, 0)
	fmt.Println(o.Seen().Failed, "failed:", o.Seen().Errors)
	// Output: 1 failed: map[READONLY:1]
}

// The same failover with its real half minute of patience takes milliseconds in simulated time: see inproc.Simulate.
func ExampleFailovers() {
	ctx := context.Background()
	l := start(lab.Sentinel(3, 2, lab.Directive{Name: "down-after-milliseconds", Value: "500"}))
	defer l.Close()
	old := l.MustNode("master")

	_ = old.Kill()
	now, err := l.WaitFailover(ctx, lab.MyMaster, old.Addr())
	if err != nil {
		fmt.Println(err) // it says which rule stands against a failover, at which sentinel
		return
	}
	f := lab.Failovers(l.Events(), lab.MyMaster)[0]
	patience, _ := f.Between(lab.StageFault, lab.StageSDown)
	fmt.Println(now.ID(), "is the master;", old.ID(), "was missed after", patience)
}

func ExampleLab_Cut() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	l := start(lab.Single())
	defer l.Close()

	fmt.Println(l.Cut("master", "slave"))
	fmt.Println(l.Cut("master", lab.ClientEnd))
	err := l.MustNode("master").Do(ctx, "PING").Err() // nothing comes back
	fmt.Println(lab.ErrorKind(err), errors.Is(ctx.Err(), context.DeadlineExceeded))
	// Output:
	// fault "cut master slave": no node "slave": there are [master], "*" for all of them and "client"
	// <nil>
	// timeout true
}
