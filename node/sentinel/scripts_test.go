package sentinel

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// started lists the scripts that were started.
func started(list []Output) []Script {
	var s []Script
	for _, o := range list {
		if x, ok := o.(Script); ok {
			s = append(s, x)
		}
	}
	return s
}

func scriptRig(t *testing.T) *rig {
	r := newRig(t, Config{}, mon, "down-after-milliseconds m 3600000", "notification-script m /n")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.tick(2 * time.Second)
	for _, s := range started(r.take()) {
		r.step(ScriptDone{ID: s.ID})
	}
	return r
}

func TestScriptIsTriedAgain(t *testing.T) {
	r := scriptRig(t)
	r.m.timing.TiltTrigger = 1000 * time.Hour // this test takes large steps
	r.m.groups[0].Notification = ""
	r.m.schedule("/n", "a")
	delay := 30 * time.Second
	for try := 1; try <= 10; try++ {
		r.tick(0)
		s := started(r.take())
		if len(s) != 1 || s[0].Argv[1] != "a" {
			t.Fatalf("try %d: %v", try, s)
		}
		r.step(ScriptDone{ID: s[0].ID, Exit: 1})
		r.now = r.now.Add(delay - time.Millisecond)
		r.tick(0)
		if s := started(r.take()); len(s) != 0 {
			t.Fatalf("try %d comes too early", try+1)
		}
		r.now = r.now.Add(time.Millisecond)
		delay *= 2
	}
	if len(r.m.scripts.list) != 0 {
		t.Error("an eleventh try")
	}
}

func firstID(list []Output) int { return started(list)[0].ID }

func TestScriptEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		done   ScriptDone
		events []string
		left   int
	}{
		{"well", ScriptDone{}, []string{"-script-child 9 0 0"}, 0},
		{"badly", ScriptDone{Exit: 2}, []string{"-script-child 9 2 0", "-script-error /n 0 2"}, 0},
		{"again please", ScriptDone{Exit: 1}, []string{"-script-child 9 1 0"}, 1},
		{"killed", ScriptDone{Signal: 9}, []string{"-script-child 9 0 9"}, 1},
		{"not started", ScriptDone{Failed: true}, []string{"-script-error /n 99 0"}, 1},
	} {
		r := scriptRig(t)
		r.m.schedule("/n", "x")
		r.tick(0)
		id := firstID(r.take())
		r.step(ScriptStarted{id, 9})
		r.take()
		c.done.ID = id
		r.step(c.done)
		wantEvents(t, r.take(), c.events...)
		if n := len(r.m.scripts.list); n != c.left {
			t.Errorf("%s: %d left", c.name, n)
		}
	}
}

func TestScriptQueue(t *testing.T) {
	r := scriptRig(t)
	for i := range 300 {
		r.m.schedule("/n", strconv.Itoa(i))
	}
	if n := len(r.m.scripts.list); n != 256 || r.m.scripts.list[0].argv[1] != "44" {
		t.Fatalf("%d waiting, the oldest is %v", n, r.m.scripts.list[0].argv)
	}
	r.tick(time.Second)
	first := started(r.take())
	if len(first) != 16 || first[0].Argv[1] != "44" {
		t.Fatalf("%d run", len(first))
	}
	// The oldest that does not run makes room.
	r.m.schedule("/n", "new")
	if r.m.scripts.list[0].argv[1] != "44" || r.m.scripts.list[16].argv[1] != "61" {
		t.Errorf("pushed out the wrong one: %v", r.m.scripts.list[16].argv)
	}
	if got := r.cmd("PENDING-SCRIPTS"); !strings.HasPrefix(got, "*256 *10 $4 argv *2 $2 /n $2 44 $5 flags $7 running $3 pid $1 0 $8 run-time $4 1000 $9 retry-num $1 1") {
		t.Errorf("%.200s", got)
	}
	r.tick(60 * time.Second)
	killed := 0
	for _, o := range r.take() {
		if _, ok := o.(KillScript); ok {
			killed++
		}
	}
	if killed != 16 {
		t.Errorf("%d of the late ones killed, once each", killed)
	}
}
