package sim

import (
	"strings"
	"testing"
	"time"
)

// echo is a process that logs what happens to it.
type echo struct{ h *Host }

func (e *echo) Accept(c *Conn)             { e.h.Logf("accepts %s", c.Remote()) }
func (e *echo) Connected(c *Conn)          { e.h.Logf("is connected to %s", c.Remote()) }
func (e *echo) Receive(c *Conn, msg any)   { e.h.Logf("gets %v from %s", msg, c.Remote()) }
func (e *echo) Closed(c *Conn, why string) { e.h.Logf("loses %s: %s", c.Remote(), why) }

func echoes(seed uint64) (w *World, a, b *Host) {
	w = New(seed)
	start := func(h *Host) Process { return &echo{h} }
	a, b = w.Host("a", "a:1", start), w.Host("b", "b:1", start)
	a.Start()
	b.Start()
	return w, a, b
}

// wantLog compares the log without times.
func wantLog(t *testing.T, w *World, want ...string) {
	t.Helper()
	var got []string
	for _, e := range w.Entries() {
		got = append(got, e.Who+" "+e.Text)
	}
	w.log = nil
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("log\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
	}
}

func TestConnection(t *testing.T) {
	w, a, b := echoes(1)
	c := a.Dial("b:1")
	for i := range 3 {
		c.Send(i) // before it stands
	}
	w.Run(time.Second)
	wantLog(t, w, "b accepts a:1", "b gets 0 from a:1", "b gets 1 from a:1", "b gets 2 from a:1", "a is connected to b:1")
	c.peer.Send("back")
	w.Run(time.Second)
	c.peer.Close()
	w.Run(time.Second)
	wantLog(t, w, "a gets back from b:1", "a loses b:1: Server closed the connection")

	b.Crash()
	a.Dial("b:1")
	w.Run(time.Second)
	a.Dial("nowhere:1")
	w.Run(time.Second)
	wantLog(t, w, "a loses b:1: Connection refused", "a loses nowhere:1: Connection refused")
}

func TestCutHoldsBackAndHealDelivers(t *testing.T) {
	w, a, b := echoes(2)
	c := a.Dial("b:1")
	w.Run(time.Second)
	w.log = nil
	w.CutOneWay("a:1", "b:1")
	c.Send("late")
	c.peer.Send("in time")
	w.Run(time.Minute)
	wantLog(t, w, "a gets in time from b:1")
	d := a.Dial("b:1") // nobody answers
	d.Send("x")
	b.Crash() // a is told: that way is open
	w.Run(time.Minute)
	wantLog(t, w, "a loses b:1: Server closed the connection")
	b.Start()
	w.Heal()
	w.Run(time.Second)
	wantLog(t, w, "b accepts a:1", "b gets x from a:1", "a is connected to b:1")
}

func TestPauseAndDelay(t *testing.T) {
	w, a, b := echoes(3)
	b.Pause()
	c := a.Dial("b:1") // the system takes it
	c.Send("hello")
	b.After(time.Second, func() { b.Logf("timer") })
	w.Run(10 * time.Second)
	wantLog(t, w, "a is connected to b:1")
	b.Resume()
	wantLog(t, w, "b accepts a:1", "b gets hello from a:1", "b timer")
	w.Delay("a:1", "b:1", 5*time.Second)
	c.Send("slow")
	w.Run(4 * time.Second)
	wantLog(t, w)
	w.Run(2 * time.Second)
	wantLog(t, w, "b gets slow from a:1")
	b.Crash()
	b.After(0, func() { t.Error("a timer of a dead process") })
	b.Start()
	w.Run(time.Second)
	wantLog(t, w, "a loses b:1: Server closed the connection")
}

func TestRepeats(t *testing.T) {
	run := func(seed uint64) string {
		w, a, b := echoes(seed)
		for i := range 50 {
			a.Dial("b:1").Send(i)
			b.Dial("a:1").Send(i)
			w.Run(time.Duration(w.Rand().IntN(500)) * time.Microsecond)
		}
		w.Run(time.Second)
		return w.Log()
	}
	first, again := run(7), run(7)
	if first != again {
		t.Error("the same seed, another run")
	}
	if first == run(8) {
		t.Error("the seed is of no effect")
	}
}

// TestReplication: the stand-in for Redis follows, loses its master, and starts with what it was told last.
func TestReplication(t *testing.T) {
	w := New(4)
	disk := &RedisDisk{Priority: 100, Master: "127.0.0.1:1"}
	m := NewRedis(w, "m", "127.0.0.1:1", &RedisDisk{Priority: 100})
	r := NewRedis(w, "r", "127.0.0.1:2", disk)
	m.Start()
	r.Start()
	w.Run(2 * time.Second)
	m.Process().(*Redis).Write(1000)
	w.Run(time.Second)
	replica := r.Process().(*Redis)
	if _, up := replica.Follows(); !up || replica.Offset != 1000 {
		t.Errorf("link %v, offset %d", up, replica.Offset)
	}
	if info := m.Process().(*Redis).info(); !strings.Contains(info, "slave0:ip=127.0.0.1,port=2,state=online") {
		t.Error(info)
	}
	m.Crash()
	w.Run(3100 * time.Millisecond)
	if info := replica.info(); !strings.Contains(info, "master_link_status:down\r\n") || !strings.Contains(info, "master_link_down_since_seconds:3\r\n") {
		t.Error(info)
	}
	c := &Conn{host: r, Tag: &session{authed: true}}
	for _, line := range []string{"MULTI", "SLAVEOF NO ONE", "CONFIG REWRITE", "EXEC"} {
		replica.command(c, strings.Fields(line))
	}
	if !replica.IsMaster() || disk.Master != "" {
		t.Error("not promoted")
	}
	r.Crash()
	r.Start()
	if again := r.Process().(*Redis); !again.IsMaster() || again.runID == replica.runID || again.Offset != 1000 {
		t.Errorf("after a restart: %+v", again)
	}
}
