package sentinel

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const mon = "monitor m 127.0.0.1 9001 2"

func TestFirstWords(t *testing.T) {
	r := newRig(t, Config{Port: 26379}, mon, "auth-pass m secret")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.take()
	r.step(LinkDown{Conn: r.conn("127.0.0.1:9001", false)})
	r.step(LinkDown{Conn: r.conn("127.0.0.1:9001", true)})
	r.tick(1100 * time.Millisecond)
	out := r.take()
	wantLines(t, r.sent(out, "127.0.0.1:9001", false)[:4], "AUTH secret", "CLIENT SETNAME sentinel-12345678-cmd", "PING", "INFO")
	wantLines(t, r.sent(out, "127.0.0.1:9001", true), "AUTH secret", "CLIENT SETNAME sentinel-12345678-pubsub", "SUBSCRIBE __sentinel__:hello")

	r.cmd("SET", "m", "auth-user", "bob")
	r.tick(1100 * time.Millisecond)
	wantLines(t, r.sent(r.take(), "127.0.0.1:9001", true)[:1], "AUTH bob secret")
}

func TestStartsOnce(t *testing.T) {
	m := New(Config{}, State{Masters: []MasterState{{Name: "m", Host: "127.0.0.1", Port: 9001, Settings: Settings{Quorum: 2}}}}, newRig(t, Config{}).m.rand)
	m.Tick(time.Unix(100, 0))
	out := m.Drain()
	save, ok := out[0].(Save)
	if !ok || len(save.State.MyID) != 40 {
		t.Fatalf("a new sentinel saves its ID first: %#v", out[0])
	}
	if out[1] != (Log{Warning, "Sentinel ID is " + save.State.MyID}) {
		t.Errorf("then it tells it: %#v", out[1])
	}
	wantEvents(t, out, "+monitor master m 127.0.0.1 9001 quorum 2")
	m.Tick(time.Unix(100, 1e8))
	wantEvents(t, m.Drain())
}

func TestRenamedCommands(t *testing.T) {
	r := newRig(t, Config{}, mon, "rename-command m ping pong1", "rename-command m SLAVEOF follow", "known-replica m 127.0.0.1 9002")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9001)
	r.tick(2 * time.Second)
	if !slices.Contains(r.sent(r.take(), "127.0.0.1:9001", false), "pong1") {
		t.Error("PING has another name there")
	}
	if got := r.cmd("FAILOVER", "m"); got != "+OK" {
		t.Fatal(got)
	}
	r.tick(500 * time.Millisecond)
	sent := slices.DeleteFunc(r.sent(r.take(), "127.0.0.1:9002", false), func(s string) bool { return s == "pong1" || s == "INFO" })
	wantLines(t, sent, "MULTI", "follow NO ONE", "CONFIG REWRITE", "CLIENT KILL TYPE normal", "CLIENT KILL TYPE pubsub", "EXEC")
}

func TestHelloIntroduces(t *testing.T) {
	r := newRig(t, Config{Port: 5000}, mon, "monitor n 127.0.0.1 9101 2")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.tick(time.Second)
	r.take()
	hello := func(payload string) []Output {
		r.step(Hello{payload})
		return r.take()
	}
	wantEvents(t, hello("nonsense"))
	wantEvents(t, hello("127.0.0.1,7001,"+runB+",0,nobody,127.0.0.1,9001,0"))
	out := hello("127.0.0.1,7001," + runB + ",0,m,127.0.0.1,9001,0")
	wantEvents(t, out, "+sentinel sentinel "+runB+" 127.0.0.1 7001 @ m 127.0.0.1 9001")
	if !slices.ContainsFunc(out, func(o Output) bool { _, is := o.(Save); return is }) {
		t.Error("a new sentinel is saved")
	}
	wantEvents(t, hello("127.0.0.1,7001,"+runB+",3,m,127.0.0.1,9001,0"), "+new-epoch 3")
	wantEvents(t, hello("127.0.0.1,7001,"+runB+",3,n,127.0.0.1,9101,0"), "+sentinel sentinel "+runB+" 127.0.0.1 7001 @ n 127.0.0.1 9101")

	// The same sentinel for two masters is one connection.
	r.tick(1200 * time.Millisecond)
	dials := 0
	for _, o := range r.take() {
		if d, ok := o.(Dial); ok && d.Port == 7001 {
			dials++
		}
	}
	if dials != 1 || !strings.Contains(r.cmd("SENTINELS", "n"), "link-refcount $1 2") {
		t.Errorf("%d connections to the sentinel; %s", dials, r.cmd("SENTINELS", "n"))
	}
	// It has moved.
	wantEvents(t, hello("127.0.0.1,7002,"+runB+",3,m,127.0.0.1,9001,0"),
		"+sentinel-address-switch master m 127.0.0.1 9001 ip 127.0.0.1 port 7002 for "+runB,
		"+sentinel-address-update sentinel "+runB+" 127.0.0.1 7002 @ m 127.0.0.1 9001 1 additional matching instances")
	// Another one stands where it stood: for no master is it there any more.
	wantEvents(t, hello("127.0.0.1,7002,"+runC+",3,m,127.0.0.1,9001,0"),
		"+sentinel-invalid-addr sentinel "+runB+" 127.0.0.1 7002 @ m 127.0.0.1 9001",
		"+sentinel sentinel "+runC+" 127.0.0.1 7002 @ m 127.0.0.1 9001")
	if got := r.cmd("SENTINELS", "n"); got != "*0" {
		t.Errorf("the one that is gone is still there for n: %s", got)
	}
}

func TestHelloBringsConfiguration(t *testing.T) {
	r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002", "client-reconfig-script m /s", "config-epoch m 4")
	r.take()
	r.step(Hello{"127.0.0.1,7001," + runB + ",4,m,127.0.0.1,9002,4"}) // not newer
	wantEvents(t, r.take(), "+sentinel sentinel "+runB+" 127.0.0.1 7001 @ m 127.0.0.1 9001")
	r.step(Hello{"127.0.0.1,7001," + runB + ",5,m,127.0.0.1,9001,5"}) // newer, the same master
	wantEvents(t, r.take(), "+new-epoch 5")
	r.step(Hello{"127.0.0.1,7001," + runB + ",6,m,127.0.0.1,9002,6"})
	out := r.take()
	wantEvents(t, out, "+new-epoch 6", "+config-update-from sentinel "+runB+" 127.0.0.1 7001 @ m 127.0.0.1 9001",
		"+switch-master m 127.0.0.1 9001 127.0.0.1 9002", "+slave slave 127.0.0.1:9001 127.0.0.1 9001 @ m 127.0.0.1 9002")
	if s := r.m.State().Masters[0]; s.ConfigEpoch != 6 || s.Port != 9002 || !slices.Equal(s.Replicas, []HostPort{{"127.0.0.1", 9001}}) {
		t.Errorf("state %+v", s)
	}
	r.tick(0)
	if out := r.take(); !slices.ContainsFunc(out, func(o Output) bool {
		s, is := o.(Script)
		return is && strings.Join(s.Argv, " ") == "/s m observer start 127.0.0.1 9001 127.0.0.1 9002"
	}) {
		t.Error("clients are not told")
	}
}

func TestHelloTellsOurName(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"announce-ip ", "10.0.0.9,5000,"}, // the address of our end of the connection
		{"announce-ip 1.2.3.4", "1.2.3.4,5000,"},
		{"announce-port 77", "10.0.0.9,77,"},
	} {
		r := newRig(t, Config{Port: 5000}, mon, "current-epoch 3")
		name, value, _ := strings.Cut(c.line, " ")
		if value != "" {
			r.cmd("CONFIG", "SET", name, value)
		}
		r.info["127.0.0.1:9001"] = masterInfo(runA)
		r.step(LinkUp{r.conn("127.0.0.1:9001", false), "10.0.0.9"})
		r.tick(2500 * time.Millisecond)
		want := "PUBLISH __sentinel__:hello " + c.want + testID + ",3,m,127.0.0.1,9001,0"
		if sent := r.sent(r.take(), "127.0.0.1:9001", false); !slices.Contains(sent, want) {
			t.Errorf("%s: no %q in %q", c.line, want, sent)
		}
	}
}

func TestHostNames(t *testing.T) {
	ips := map[string]string{"master.lab": "10.1.1.1", "replica.lab": "10.1.1.2"}
	cfg := Config{Resolve: func(host string) (string, error) {
		if ip := ips[host]; ip != "" {
			return ip, nil
		}
		return "", errResolve
	}}
	lines := []string{"resolve-hostnames yes", "announce-hostnames yes", "monitor m master.lab 9001 1"}
	if _, err := Load(directivesOf(lines[2:]), cfg); err == nil || !strings.HasSuffix(err.Error(), "Can't resolve instance hostname.") {
		t.Errorf("names are not resolved by default: %v", err)
	}
	r := newRig(t, cfg, lines...)
	r.info["10.1.1.1:9001"] = masterInfo(runA, "replica.lab:9002")
	r.tick(3 * time.Second)
	wantEvents(t, r.take(), "+monitor master m master.lab 9001 quorum 1",
		"+slave slave replica.lab:9002 replica.lab 9002 @ m master.lab 9001")
	if got := r.cmd("GET-MASTER-ADDR-BY-NAME", "m"); got != "*2 $10 master.lab $4 9001" {
		t.Error(got)
	}
	// The name has another address now: the next connection goes there.
	ips["master.lab"] = "10.1.1.7"
	r.step(LinkDown{Conn: r.conn("10.1.1.1:9001", false)})
	r.tick(1200 * time.Millisecond)
	r.conn("10.1.1.7:9001", false)
}

func TestPingReplies(t *testing.T) {
	for _, c := range []struct {
		reply Value
		down  bool
		kill  bool
	}{
		{Value{Kind: '+', Text: "PONG"}, false, false},
		{Value{Kind: '-', Text: "LOADING Redis is loading the dataset in memory"}, false, false},
		{Value{Kind: '-', Text: "MASTERDOWN Link with MASTER is down"}, false, false},
		{Value{Kind: '-', Text: "BUSY Redis is busy running a script."}, true, true},
		{Value{Kind: '-', Text: "NOAUTH Authentication required."}, true, false},
		{Value{Kind: '$', Text: "PONG"}, true, false},
	} {
		r := newRig(t, Config{}, mon, "down-after-milliseconds m 3000")
		r.take()
		r.step(Reply{r.conn("127.0.0.1:9001", false), Value{Kind: '+', Text: "OK"}}) // CLIENT SETNAME
		killed := false
		for range 60 {
			r.tick(100 * time.Millisecond)
			id := r.conn("127.0.0.1:9001", false)
			for _, o := range r.take() {
				if s, ok := o.(Send); ok && s.For == KillScripts {
					killed = true
				}
			}
			for _, e := range slices.Clone(r.m.conns[id].expect) {
				v := Value{Kind: '+', Text: "OK"}
				if e.purpose == Ping {
					v = c.reply
				}
				r.step(Reply{id, v})
			}
		}
		if got := r.m.View().Masters[0].SDown; got != c.down || killed != c.kill {
			t.Errorf("%q: down %v, SCRIPT KILL %v", c.reply.Text, got, killed)
		}
	}
}

// TestRefusedSubscription: without the password SUBSCRIBE is refused, and the connection is made anew each second.
func TestRefusedSubscription(t *testing.T) {
	r := newRig(t, Config{}, mon, "auth-pass m wrong")
	sub := r.conn("127.0.0.1:9001", true)
	for range 3 { // AUTH, CLIENT SETNAME, SUBSCRIBE
		r.step(Reply{sub, Value{Kind: '-', Text: "NOAUTH Authentication required."}})
	}
	if got := r.m.View().Masters[0].Flags; !slices.Contains(got, "disconnected") {
		t.Errorf("flags %q", got)
	}
	r.tick(1200 * time.Millisecond)
	if again := r.conn("127.0.0.1:9001", true); again == sub {
		t.Error("the subscription is not tried again")
	}
}

// TestStaleLinks: connections that stand and lead nowhere are made anew.
func TestStaleLinks(t *testing.T) {
	r := newRig(t, Config{}, mon, "down-after-milliseconds m 8000")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.step(LinkDown{Conn: r.conn("127.0.0.1:9001", false)})
	r.step(LinkDown{Conn: r.conn("127.0.0.1:9001", true)})
	r.tick(14 * time.Second)
	cmd, sub := r.conn("127.0.0.1:9001", false), r.conn("127.0.0.1:9001", true)
	delete(r.info, "127.0.0.1:9001") // it falls silent
	r.tick(3 * time.Second)
	if id := r.conn("127.0.0.1:9001", true); id == sub {
		t.Error("no message for three hello periods: the subscription is not renewed")
	}
	if id := r.conn("127.0.0.1:9001", false); id != cmd {
		t.Error("the command connection is given up before half of down-after")
	}
	r.tick(3 * time.Second)
	if id := r.conn("127.0.0.1:9001", false); id == cmd {
		t.Error("no answer for half of down-after: the connection is not renewed")
	}
	if r.m.View().Masters[0].SDown {
		t.Error("down too early")
	}
	r.tick(5 * time.Second)
	if !r.m.View().Masters[0].SDown {
		t.Error("a new connection must not start the clock again")
	}
}

// TestVoteIsSavedFirst: whoever gets a vote knows that it is on disk.
func TestVoteIsSavedFirst(t *testing.T) {
	r := newRig(t, Config{}, mon)
	r.take()
	r.step(Command{ID: 5, Proto: 2, Args: []string{"IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "9001", "8", runB}})
	var kinds []string
	for _, o := range r.take() {
		kinds = append(kinds, strings.TrimPrefix(reflect.TypeOf(o).String(), "sentinel."))
		if s, ok := o.(Save); ok && len(kinds) > 1 && (s.State.CurrentEpoch != 8 || s.State.Masters[0].LeaderEpoch != 8) {
			t.Errorf("saved %+v", s.State)
		}
	}
	if got := strings.Join(kinds, " "); got != "Save Event Save Event Answer" {
		t.Errorf("order: %s", got)
	}
	ask := func(epoch, id string) string { return r.cmd("IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "9001", epoch, id) }
	for _, c := range []struct{ epoch, id, want string }{
		{"8", runC, "*3 :0 $40 " + runB + " :8"}, // the vote is given
		{"7", runC, "*3 :0 $40 " + runB + " :8"},
		{"9", runC, "*3 :0 $40 " + runC + " :9"},
		{"9", "*", "*3 :0 $1 * :0"},
	} {
		if got := ask(c.epoch, c.id); got != c.want {
			t.Errorf("epoch %s: %s", c.epoch, got)
		}
	}
	// After a restart nobody knows whom it voted for, but there is no second vote.
	again := newRig(t, Config{}, mon, "leader-epoch m 9", "current-epoch 9")
	if got := again.cmd("IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "9001", "9", runB); got != "*3 :0 $1 * :9" {
		t.Error(got)
	}
}

func TestSimulatedCrash(t *testing.T) {
	for _, c := range []struct{ flag, last string }{
		{"crash-after-election", "+elected-leader"}, {"crash-after-promotion", "+promoted-slave"},
	} {
		r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002")
		r.info["127.0.0.1:9001"] = masterInfo(runA)
		r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9001)
		r.tick(3 * time.Second)
		r.cmd("SIMULATE-FAILURE", c.flag)
		r.cmd("FAILOVER", "m")
		r.tick(time.Second)
		r.info["127.0.0.1:9002"] = masterInfo(runB)
		r.tick(10 * time.Second)
		out := r.take()
		names := events(out)
		if last, _, _ := strings.Cut(names[len(names)-1], " "); last != c.last || out[len(out)-1] != (Crash{}) {
			t.Errorf("%s: ends with %s, %T", c.flag, last, out[len(out)-1])
		}
	}
}

// TestReplicaThatIsAMaster: it is made a replica after four hello periods, and only while the master looks well.
func TestReplicaThatIsAMaster(t *testing.T) {
	for _, c := range []struct {
		name  string
		alive bool
	}{{"the master is well", true}, {"the master does not answer", false}} {
		r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002")
		r.cmd("DEBUG", "info-period", "1000")
		r.info["127.0.0.1:9001"] = masterInfo(runA)
		r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9001)
		r.tick(5 * time.Second)
		if !c.alive {
			delete(r.info, "127.0.0.1:9001")
		}
		r.info["127.0.0.1:9002"] = masterInfo(runB)
		r.take()
		r.tick(8 * time.Second)
		wantEvents(t, r.take(), "-role-change slave 127.0.0.1:9002 127.0.0.1 9002 @ m 127.0.0.1 9001 new reported role is master")
		r.tick(3 * time.Second)
		got := r.take()
		if sent := r.sent(got, "127.0.0.1:9002", false); slices.Contains(sent, "SLAVEOF 127.0.0.1 9001") != c.alive {
			t.Errorf("%s: %q", c.name, sent)
		}
		if names := events(got); c.alive != slices.Contains(names, "+convert-to-slave slave 127.0.0.1:9002 127.0.0.1 9002 @ m 127.0.0.1 9001") {
			t.Errorf("%s: %q", c.name, names)
		}
	}
}

// TestReplicaOfAnother: it is told to follow our master when it has followed another one for failover-timeout.
func TestReplicaOfAnother(t *testing.T) {
	r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002", "failover-timeout m 15000")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9009)
	r.tick(15 * time.Second)
	wantEvents(t, r.take(), "+monitor master m 127.0.0.1 9001 quorum 2")
	r.tick(10 * time.Second)
	wantEvents(t, r.take(), "+fix-slave-config slave 127.0.0.1:9002 127.0.0.1 9002 @ m 127.0.0.1 9001")
}

func TestHiddenReplicaAndOldFormat(t *testing.T) {
	r := newRig(t, Config{}, mon)
	r.info["127.0.0.1:9001"] = "run_id:" + runA + "\r\nrole:master\r\nslave0:127.0.0.1,9002,online\r\nslave1:ip=127.0.0.1,port=9003,state=online\r\n"
	r.info["127.0.0.1:9002"] = strings.Replace(replicaInfo(runB, "127.0.0.1", 9001), "replica_announced:1", "replica_announced:0", 1)
	r.info["127.0.0.1:9003"] = replicaInfo(runC, "127.0.0.1", 9001)
	r.tick(3 * time.Second)
	if got := r.cmd("REPLICAS", "m"); !strings.HasPrefix(got, "*1 ") || !strings.Contains(got, "127.0.0.1:9003") {
		t.Errorf("a replica that is not announced is not told: %s", got)
	}
	if n := len(r.m.View().Masters[0].Replicas); n != 2 {
		t.Errorf("%d replicas known", n)
	}
}

func TestSentinelPassword(t *testing.T) {
	r := newRig(t, Config{RequirePass: "own"}, mon, "known-sentinel m 127.0.0.1 7001 "+runB)
	wantLines(t, r.sent(r.take(), "127.0.0.1:7001", false)[:1], "AUTH own")
	r.cmd("CONFIG", "SET", "sentinel-pass", "theirs")
	r.cmd("CONFIG", "SET", "sentinel-user", "u")
	r.tick(1200 * time.Millisecond)
	wantLines(t, r.sent(r.take(), "127.0.0.1:7001", false)[:1], "AUTH u theirs")
}

func TestTickEvery(t *testing.T) {
	m := newRig(t, Config{}).m
	seen := map[time.Duration]bool{}
	for range 300 {
		d := m.TickEvery()
		if d > 100*time.Millisecond || d < 52*time.Millisecond {
			t.Fatal(d)
		}
		seen[d] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d different intervals", len(seen))
	}
}

func TestInfoSection(t *testing.T) {
	r := newRig(t, Config{}, mon)
	r.tick(31 * time.Second)
	r.now = r.now.Add(3 * time.Second)
	r.tick(0)
	v := r.m.View()
	want := "# Sentinel\r\nsentinel_masters:1\r\nsentinel_tilt:1\r\nsentinel_tilt_since_seconds:2\r\nsentinel_running_scripts:0\r\n" +
		"sentinel_scripts_queue_length:0\r\nsentinel_simulate_failure_flags:0\r\nmaster0:name=m,status=sdown,address=127.0.0.1:9001,slaves=0,sentinels=1\r\n"
	if got := v.InfoSection(r.now.Add(2500 * time.Millisecond)); got != want {
		t.Errorf("%q", got)
	}
}

// TestInfoSectionOfIPv6: unlike the names of replicas the address has no brackets.
func TestInfoSectionOfIPv6(t *testing.T) {
	v := newRig(t, Config{}, "monitor m 0:0::1 9001 1").m.View()
	if got := v.InfoSection(v.At); !strings.Contains(got, "address=::1:9001,") {
		t.Errorf("%q", got)
	}
}

func TestForcedFailoverThatFails(t *testing.T) {
	r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002", "failover-timeout m 5000")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9001)
	r.tick(3 * time.Second)
	r.cmd("FAILOVER", "m")
	r.tick(time.Second)
	v := r.m.View().Masters[0]
	if !slices.Equal(v.Flags, []string{"master", "failover_in_progress", "force_failover"}) || v.Why[0].Rule != RuleInProgress {
		t.Errorf("%q %v", v.Flags, v.Why)
	}
	r.take()
	r.tick(5 * time.Second) // its INFO goes on saying that it is a replica
	wantEvents(t, r.take(), "-failover-abort-slave-timeout master m 127.0.0.1 9001")
	v = r.m.View().Masters[0]
	if !slices.Equal(v.Flags, []string{"master"}) || v.Failover.LastAbort != "-failover-abort-slave-timeout" || slices.Contains(v.Replicas[0].Flags, "promoted") {
		t.Errorf("%q %+v", v.Flags, v.Failover)
	}
}

func TestReset(t *testing.T) {
	r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002", "known-sentinel m 127.0.0.1 7001 "+runB)
	r.cmd("IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "9001", "4", runB)
	r.tick(31 * time.Second)
	r.take()
	if got := r.cmd("RESET", "*"); got != ":1" {
		t.Error(got)
	}
	out := r.take()
	wantEvents(t, out, "+reset-master master m 127.0.0.1 9001")
	closed := 0
	for _, o := range out {
		if _, is := o.(Close); is {
			closed++
		}
	}
	v := r.m.View().Masters[0]
	if closed == 0 || v.SDown || len(v.Replicas)+len(v.Sentinels) != 0 || v.VotedFor != "" || v.VotedEpoch != 4 || !v.Failover.Cooldown.IsZero() {
		t.Errorf("%d closed, %+v", closed, v)
	}
}

// TestClockGoesBack: a clock that is put back is no better than one that leaps.
func TestClockGoesBack(t *testing.T) {
	r := newRig(t, Config{}, mon)
	r.take()
	r.now = r.now.Add(-time.Second)
	r.tick(0)
	wantEvents(t, r.take(), "+tilt #tilt mode entered")
	r.tick(30 * time.Second)
	if got := events(r.take()); len(got) == 0 || got[0] != "-tilt #tilt mode exited" {
		t.Errorf("%q", got)
	}
}

func TestRemovedMasterIsForgotten(t *testing.T) {
	r := newRig(t, Config{}, mon, "known-replica m 127.0.0.1 9002", "known-sentinel m 127.0.0.1 7001 "+runB)
	r.cmd("REMOVE", "m")
	r.take()
	r.tick(10 * time.Second)
	if out := r.take(); len(out) != 0 {
		t.Errorf("still busy: %v", out)
	}
	if len(r.m.conns) != 0 || len(r.dials) != 0 {
		t.Errorf("%d connections are left", len(r.m.conns))
	}
}
