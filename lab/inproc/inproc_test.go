package inproc_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"redislab/lab"
	"redislab/lab/inproc"
	"redislab/lab/labtest"
)

func TestMain(m *testing.M) {
	if err := labtest.SideBySide(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func TestConformanceOnLoopback(t *testing.T) {
	labtest.Run(t, labtest.Subject{New: func(testing.TB) lab.Backend { return inproc.New() }})
}

func TestConformanceInSimulatedTime(t *testing.T) {
	labtest.Run(t, labtest.Subject{
		New:    func(testing.TB) lab.Backend { return inproc.Sim() },
		Bubble: inproc.Bubble,
	})
}

// Programs outside the lab join by TCP.
func TestStrangersCanJoin(t *testing.T) {
	l := inproc.Run(t, lab.Single())
	c, err := net.Dial("tcp", l.MustNode("master").Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "PING\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); line != "+PONG\r\n" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
}

// A replica that hears nothing for repl-timeout gives its link up: a minute, which takes no time here.
func TestSimulatedMinutes(t *testing.T) {
	wall := time.Now()
	inproc.Simulate(t, lab.OneToOne(), func(t *testing.T, l *lab.Lab) {
		if err := l.Cut("master", "replica-1"); err != nil {
			t.Fatal(err)
		}
		status := func() string {
			info, err := l.MustNode("replica-1").Info(t.Context(), "replication")
			if err != nil {
				t.Fatal(err)
			}
			return info["master_link_status"]
		}
		time.Sleep(50 * time.Second)
		if s := status(); s != "up" {
			t.Errorf("after 50 s the link is %s", s)
		}
		time.Sleep(15 * time.Second)
		if s := status(); s != "down" {
			t.Errorf("after 65 s the link is %s", s)
		}
		if err := l.Heal(); err != nil {
			t.Fatal(err)
		}
		if err := l.WaitReady(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Logf("took %s", time.Since(wall))
}

// The same on loopback, with the lab's clock stepped.
func TestSteppedMinutes(t *testing.T) {
	l := inproc.Run(t, lab.OneToOne())
	c, ok := l.ControlClock()
	if !ok {
		t.Fatal("no clock")
	}
	c.Pause()
	if err := l.Cut("master", "replica-1"); err != nil {
		t.Fatal(err)
	}
	n := l.MustNode("replica-1")
	before, err := n.Do(t.Context(), "TIME").StringSlice()
	if err != nil {
		t.Fatal(err)
	}
	again, err := n.Do(t.Context(), "TIME").StringSlice()
	if err != nil || before[0] != again[0] || before[1] != again[1] {
		t.Errorf("on a paused clock it is %v, then %v, %v", before, again, err)
	}
	c.Step(65 * time.Second)
	info, err := n.Info(t.Context(), "replication")
	if err != nil || info["master_link_status"] != "down" {
		t.Errorf("after 65 s the link is %s, %v", info["master_link_status"], err)
	}
	if err := l.Heal(); err != nil {
		t.Fatal(err)
	}
	c.Resume()
	if err := l.WaitReady(t.Context()); err != nil {
		t.Error(err)
	}
}

// One seed, one course of events.
func TestSimulationRepeats(t *testing.T) {
	var runs []string
	for range 2 {
		var b strings.Builder
		inproc.Simulate(t, lab.OneToMany(2), func(t *testing.T, l *lab.Lab) {
			for _, n := range l.View(t.Context()).Nodes {
				b.WriteString(n.RunID + " ")
			}
		})
		runs = append(runs, b.String())
	}
	if runs[0] != runs[1] || len(runs[0]) != 3*41 {
		t.Errorf("runs differ:\n%s\n%s", runs[0], runs[1])
	}
}

// A failover with the limits that Sentinel has when nobody sets any: half a minute of silence first.
func TestFailoverAtRealLimits(t *testing.T) {
	inproc.Simulate(t, lab.Sentinel(3, 2), func(t *testing.T, l *lab.Lab) {
		old, client := l.MustNode("master").Addr(), l.FailoverClient(lab.MyMaster)
		if err := client.Set(t.Context(), "k", "before", 0).Err(); err != nil {
			t.Fatal(err)
		}
		if n, err := client.Wait(t.Context(), 2, time.Second).Result(); n != 2 { // or the write may be lost
			t.Fatal(n, err)
		}
		if err := l.MustNode("master").Kill(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		began := time.Now()
		n, err := l.WaitFailover(ctx, lab.MyMaster, old)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 29*time.Second || took > 40*time.Second {
			t.Errorf("%s was promoted after %s", n.ID(), took)
		}
		if got, err := client.Get(t.Context(), "k").Result(); got != "before" || err != nil {
			t.Errorf("the client finds %q, %v", got, err)
		}
	})
}

// A wait for what cannot come ends with the reason, also where the test set no deadline.
func TestWaitsEnd(t *testing.T) {
	inproc.Simulate(t, lab.Sentinel(3, 1), func(t *testing.T, l *lab.Lab) {
		for _, id := range []string{"sentinel-1", "sentinel-2"} {
			if err := l.MustNode(id).Kill(); err != nil {
				t.Fatal(err)
			}
		}
		old := l.MustNode("master")
		if err := old.Kill(); err != nil {
			t.Fatal(err)
		}
		for name, why := range map[string]string{
			lab.MyMaster: "sentinel-1 is down itself",
			"another":    `no living sentinel tells of a master "another"`,
		} {
			if _, err := l.WaitFailover(t.Context(), name, old.Addr()); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := l.WaitReady(t.Context()); err == nil || !strings.Contains(err.Error(), "master is killed") {
			t.Error(err)
		}
	})
}

// More goroutines on one client than go-redis has connections for, in one bubble after the other.
func TestManyUsersOfOneClient(t *testing.T) {
	for range 2 {
		inproc.Simulate(t, lab.Single(), func(t *testing.T, l *lab.Lab) {
			if err := l.Delay("master", lab.ClientEnd, 10*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			c := l.MustNode("master").Client()
			var users sync.WaitGroup
			for range 10 * runtime.GOMAXPROCS(0) * 2 { // go-redis's own limit is half of it
				users.Go(func() {
					if err := c.Incr(t.Context(), "n").Err(); err != nil {
						t.Error(err)
					}
				})
			}
			users.Wait()
		})
	}
}
