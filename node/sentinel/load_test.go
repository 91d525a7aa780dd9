package sentinel

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLoadRefuses(t *testing.T) {
	cfg := Config{Executable: func(path string) bool { return path == "/ok" }}
	for _, c := range []struct{ lines, reason string }{
		{"monitor m 127.0.0.1 1 0", "Quorum must be 1 or greater."},
		{"monitor m 127.0.0.1 1 x", "Quorum must be 1 or greater."},
		{"monitor m 127.0.0.1 65536 1", "Invalid port number."},
		{"monitor m host 1 1", "Can't resolve instance hostname."},
		{mon + "\n" + mon, "Duplicate master name."},
		{"monitor m 127.0.0.1 1", "Unrecognized sentinel configuration statement."},
		{"nonsense", "Unrecognized sentinel configuration statement."},
		{"myid", "Unrecognized sentinel configuration statement."},
		{mon + "\ndown-after-milliseconds m", "Unrecognized sentinel configuration statement."},
		{"down-after-milliseconds m 1", "No such master with specified name."},
		{mon + "\ndown-after-milliseconds m 0", "negative or zero time parameter."},
		{mon + "\nfailover-timeout m -5", "negative or zero time parameter."},
		{mon + "\nmaster-reboot-down-after-period m -1", "negative time parameter."},
		{mon + "\nnotification-script m /no", "Notification script seems non existing or non executable."},
		{mon + "\nclient-reconfig-script m /no", "Client reconfiguration script seems non existing or non executable."},
		{"myid abc", "Malformed Sentinel id in myid option."},
		{"deny-scripts-reconfig maybe", "Please specify yes or no for the deny-scripts-reconfig options."},
		{"resolve-hostnames maybe", "Please specify yes or no for the resolve-hostnames option."},
		{"announce-hostnames maybe", "Please specify yes or no for the announce-hostnames option."},
		{mon + "\nknown-replica m 127.0.0.1 2\nknown-slave m 127.0.0.1 2", "Duplicate hostname and port for replica."},
		{mon + "\nknown-sentinel m 127.0.0.1 2 a\nknown-sentinel m 127.0.0.1 3 a", "Duplicate runid for sentinel."},
		{mon + "\nrename-command m A b\nrename-command m a c", "Same command renamed multiple times with rename-command."},
	} {
		_, err := Load(directivesOf(strings.Split(c.lines, "\n")), cfg)
		var e *LoadError
		if !errors.As(err, &e) || e.Reason != c.reason || e.Directive.Line != strings.Count(c.lines, "\n")+1 {
			t.Errorf("%q: %v", c.lines, err)
		}
	}
}

// everything is a file with every line that there is, in the order of writing.
func everything() []string {
	return []string{"myid " + testID, "deny-scripts-reconfig no", "resolve-hostnames yes", "announce-hostnames yes",
		"monitor m 127.0.0.1 9001 2", "down-after-milliseconds m 5000", "failover-timeout m 60000", "parallel-syncs m 3",
		"notification-script m /n", "client-reconfig-script m /c", "auth-pass m secret", "auth-user m bob",
		"master-reboot-down-after-period m 700", "config-epoch m 4", "leader-epoch m 6", "known-replica m 127.0.0.1 9002",
		"known-replica m 127.0.0.1 9003", "known-sentinel m 127.0.0.1 7001 " + runB, "rename-command m CONFIG guess",
		"monitor n 127.0.0.2 9101 1", "config-epoch n 0", "leader-epoch n 0",
		"current-epoch 9", `announce-ip "1.2.3.4"`, "announce-port 77", "sentinel-user u", "sentinel-pass p"}
}

// TestAddresses takes for an address what the C library takes for one.
func TestAddresses(t *testing.T) {
	for host, want := range map[string]string{"127.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "10.258": "10.0.1.2",
		"10.1.258": "10.1.1.2", "2130706433": "127.0.0.1", "0x7F.1": "127.0.0.1", "0xab.1": "171.0.0.1", "010.0.0.01": "8.0.0.1",
		"0:0:0:0:0:0:0:1": "::1", "256.0.0.1": "", "1.2.3.4.5": "", "1.": "", "": "", "0b1": "", "0o7": "", "1_0": "", "08": "", "host": ""} {
		if got, err := (&Config{}).resolve(false, host); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", host, got, err, want)
		}
	}
}

func TestLoadAndSave(t *testing.T) {
	read := slices.Clone(everything())
	for i, l := range read {
		read[i] = strings.ReplaceAll(l, `"`, "")
	}
	slices.Reverse(read) // the order is of no importance, but among equals
	r := newRig(t, Config{}, read[:len(read)-1]...)
	s := r.m.State()
	slices.Reverse(s.Masters)
	slices.Reverse(s.Masters[0].Replicas)
	timing := DefaultTiming()
	var lines []string
	for _, l := range s.lines(&timing) {
		if l.Default {
			t.Errorf("%s is not the default", l.Text)
		}
		lines = append(lines, strings.TrimPrefix(l.Text, "sentinel "))
	}
	if !slices.Equal(lines, everything()) {
		t.Errorf("written:\n%s", strings.Join(lines, "\n"))
	}
	again, err := Load(directivesOf(func() []string {
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], `"`, "")
		}
		return lines
	}()), Config{})
	if err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("read again: %v\n%+v\n%+v", err, again, s)
	}
}

func TestLinesOfDefaults(t *testing.T) {
	s := State{MyID: testID, Masters: []MasterState{{Name: "m", Host: "h", Port: 1, Settings: defaultSettings(&Timing{DefaultDownAfter: 30 * time.Second, DefaultFailoverTimeout: 3 * time.Minute}, 2)}}}
	timing := DefaultTiming()
	want := []Line{{"sentinel myid " + testID, false}, {"sentinel deny-scripts-reconfig yes", true}, {"sentinel resolve-hostnames no", true},
		{"sentinel announce-hostnames no", true}, {"sentinel monitor m h 1 2", false}, {"sentinel config-epoch m 0", false},
		{"sentinel leader-epoch m 0", false}, {"sentinel current-epoch 0", false}}
	if got := s.lines(&timing); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestOwned: every kind of line that is written is known as such, so that stale ones are removed.
func TestOwned(t *testing.T) {
	always := []string{"sentinel myid", "sentinel deny-scripts-reconfig", "sentinel resolve-hostnames", "sentinel announce-hostnames", "sentinel current-epoch"}
	for _, l := range everything() {
		kind := "sentinel " + strings.Fields(l)[0]
		if slices.Contains(Owned(), kind) == slices.Contains(always, kind) {
			t.Errorf("%s", kind)
		}
	}
}

// TestPromotedReplicaInFile: a leader that dies after the promotion finds the new master in its file.
func TestPromotedReplicaInFile(t *testing.T) {
	r := newRig(t, Config{}, "monitor m 127.0.0.1 9001 1", "known-replica m 127.0.0.1 9002", "known-replica m 127.0.0.1 9003")
	r.info["127.0.0.1:9001"] = masterInfo(runA)
	r.info["127.0.0.1:9002"] = replicaInfo(runB, "127.0.0.1", 9001)
	r.tick(3 * time.Second)
	r.cmd("FAILOVER", "m")
	r.tick(500 * time.Millisecond)
	r.info["127.0.0.1:9002"] = masterInfo(runB)
	r.take()
	for len(events(r.out)) == 0 {
		r.tick(100 * time.Millisecond)
	}
	for _, o := range r.take() {
		if s, ok := o.(Save); ok {
			m := s.State.Masters[0]
			if m.Port != 9002 || m.ConfigEpoch != 1 || !slices.Equal(m.Replicas, []HostPort{{"127.0.0.1", 9001}, {"127.0.0.1", 9003}}) {
				t.Errorf("saved %+v", m)
			}
			return
		}
	}
	t.Error("the promotion is not saved")
}

func TestRepr(t *testing.T) {
	if got := repr("a\"b\\c\n\x01é"); got != `"a\"b\\c\n\x01\xc3\xa9"` {
		t.Error(got)
	}
}
