package sentinel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// rig is a machine with its surroundings in the hands of the test.
type rig struct {
	t     *testing.T
	m     *Machine
	now   time.Time
	out   []Output
	dials map[ConnID]Dial
	info  map[string]string // by address: the INFO of those that answer; others are silent
}

const testID = "1234567890123456789012345678901234567890"

// newRig loads lines of a configuration and starts the machine.
func newRig(t *testing.T, cfg Config, lines ...string) *rig {
	t.Helper()
	state, err := Load(directivesOf(append([]string{"myid " + testID}, lines...)), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, m: New(cfg, state, rand.New(rand.NewPCG(1, 1))), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		dials: map[ConnID]Dial{}, info: map[string]string{}}
	r.tick(0)
	return r
}

func directivesOf(lines []string) []Directive {
	var list []Directive
	for i, l := range lines {
		list = append(list, Directive{Args: strings.Fields(l), Line: i + 1, Text: l})
	}
	return list
}

// tick lets time pass in ticks, and answers for those that are alive.
func (r *rig) tick(d time.Duration) {
	for end := r.now.Add(d); ; {
		r.m.Tick(r.now)
		r.drain()
		if !r.now.Before(end) {
			return
		}
		r.now = r.now.Add(min(100*time.Millisecond, end.Sub(r.now)))
	}
}

func (r *rig) step(in Input) {
	if lost, is := in.(LinkDown); is {
		delete(r.dials, lost.Conn)
	}
	r.m.Step(r.now, in)
	r.drain()
}

// drain keeps the outputs and answers the commands among them.
func (r *rig) drain() {
	for _, out := range r.m.Drain() {
		r.out = append(r.out, out)
		switch out := out.(type) {
		case Dial:
			r.dials[out.Conn] = out
			if _, alive := r.info[r.addr(out.Conn)]; alive {
				r.m.Step(r.now, LinkUp{out.Conn, "10.0.0.9"})
			}
		case Close:
			delete(r.dials, out.Conn)
		case Send:
			r.serve(out)
		}
	}
	if len(r.m.out) > 0 {
		r.drain()
	}
}

func (r *rig) addr(c ConnID) string {
	d := r.dials[c]
	return joinHostPort(d.IP, d.Port)
}

// serve answers for a server that is alive.
func (r *rig) serve(s Send) {
	info, alive := r.info[r.addr(s.Conn)]
	if !alive {
		return
	}
	v := Value{Kind: '+', Text: "OK"}
	switch s.For {
	case Ping:
		v.Text = "PONG"
	case Info:
		v = Value{Kind: '$', Text: info}
	case Subscribe:
		v = Value{Kind: '*', Items: []Value{{Kind: '$', Text: "subscribe"}, {Kind: '$', Text: helloChannel}, {Kind: ':', Int: 1}}}
	case AskDown:
		return
	}
	r.m.Step(r.now, Reply{s.Conn, v})
}

// take gives what was put out since the last time, and forgets it.
func (r *rig) take() []Output {
	out := r.out
	r.out = nil
	return out
}

// events lists the names and payloads of events among outputs.
func events(list []Output) []string {
	var names []string
	for _, o := range list {
		if e, ok := o.(Event); ok {
			names = append(names, e.Name+" "+e.Payload)
		}
	}
	return names
}

// sent lists the commands sent to an address on one kind of connection.
func (r *rig) sent(list []Output, addr string, subscribe bool) []string {
	var lines []string
	for _, o := range list {
		s, ok := o.(Send)
		if d := r.dials[s.Conn]; ok && d.Subscribe == subscribe && joinHostPort(d.IP, d.Port) == addr {
			lines = append(lines, strings.Join(s.Args, " "))
		}
	}
	return lines
}

// cmd gives a SENTINEL command and its reply with CR LF as spaces.
func (r *rig) cmd(args ...string) string {
	r.t.Helper()
	r.step(Command{ID: 77, Proto: 2, Args: args})
	for _, o := range r.out {
		if a, ok := o.(Answer); ok && a.ID == 77 {
			r.out = slices.DeleteFunc(r.out, func(x Output) bool { _, is := x.(Answer); return is })
			return strings.TrimSpace(strings.ReplaceAll(string(a.Reply), "\r\n", " "))
		}
	}
	r.t.Fatalf("no answer to %q", args)
	return ""
}

// conn finds the connection to an address.
func (r *rig) conn(addr string, subscribe bool) ConnID {
	r.t.Helper()
	for id, d := range r.dials {
		if joinHostPort(d.IP, d.Port) == addr && d.Subscribe == subscribe {
			return id
		}
	}
	r.t.Fatalf("no connection to %s among %v", addr, r.dials)
	return 0
}

func masterInfo(runID string, replicas ...string) string {
	s := "# Server\r\nrun_id:" + runID + "\r\n# Replication\r\nrole:master\r\n"
	for i, addr := range replicas {
		host, port, _ := strings.Cut(addr, ":")
		s += fmt.Sprintf("slave%d:ip=%s,port=%s,state=online,offset=1,lag=0\r\n", i, host, port)
	}
	return s
}

func replicaInfo(runID, host string, port int) string {
	return fmt.Sprintf("run_id:%s\r\nrole:slave\r\nmaster_host:%s\r\nmaster_port:%d\r\nmaster_link_status:up\r\n"+
		"slave_repl_offset:5\r\nslave_priority:100\r\nreplica_announced:1\r\n", runID, host, port)
}

var (
	runA = strings.Repeat("a", 40)
	runB = strings.Repeat("b", 40)
	runC = strings.Repeat("c", 40)
)

func wantEvents(t *testing.T, got []Output, want ...string) {
	t.Helper()
	if names := events(got); !slices.Equal(names, want) {
		t.Errorf("events\n %s\nwant\n %s", strings.Join(names, "\n "), strings.Join(want, "\n "))
	}
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("sent\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
	}
}
