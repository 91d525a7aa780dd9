package sentinel

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/freeport"
	"redislab/node/store"
)

// oracleLines is what both sentinels begin with. Nobody listens on the masters' ports.
func oracleLines() []string {
	return []string{"monitor m 127.0.0.1 1 2", "down-after-milliseconds m 60000", "known-replica m 127.0.0.1 2",
		"known-sentinel m 127.0.0.1 3 " + runB, "monitor m2 127.0.0.1 4 1", "announce-ip 127.0.0.1", "leader-epoch m 3", "current-epoch 3"}
}

// oracleCommands are put to a real redis-sentinel and to the machine, in this order.
func oracleCommands() [][]string {
	var list [][]string
	for _, l := range []string{"HELP", "FOO", "master", "MASTER nope", "MASTERS x", "REPLICAS nope", "SLAVES nope", "SENTINELS nope", "MYID x",
		"GET-MASTER-ADDR-BY-NAME m", "GET-MASTER-ADDR-BY-NAME nope", "CKQUORUM m2", "CKQUORUM nope", "FAILOVER nope", "FAILOVER m",
		"MONITOR a b 1 1", "MONITOR a 127.0.0.1 x 1", "MONITOR a 127.0.0.1 1 x", "MONITOR a 127.0.0.1 1 0", "MONITOR a 127.0.0.1 70000 1",
		"MONITOR a 127.0.0.1 -1 1", "MONITOR m 127.0.0.1 1 1", "MONITOR a 127.0.0.1 5 1", "REMOVE nope", "REMOVE a", "RESET zz*", "RESET",
		"IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 0 *", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 0 *", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 x *",
		"IS-MASTER-DOWN-BY-ADDR host 1 1 *", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 2 abc", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 5 abc",
		"IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 5 abd", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 4 abd", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 6 abd",
		"IS-MASTER-DOWN-BY-ADDR 127.0.0.1 9 6 abd", "IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1", "SIMULATE-FAILURE", "SIMULATE-FAILURE x",
		"SIMULATE-FAILURE help", "SIMULATE-FAILURE CRASH-AFTER-ELECTION crash-after-promotion", "CONFIG GET *", "CONFIG GET ann*", "CONFIG GET",
		"CONFIG", "CONFIG FOO x", "CONFIG SET foo 1", "CONFIG SET announce-port x", "CONFIG SET announce-port 65536", "CONFIG SET announce-port 7",
		"CONFIG SET resolve-hostnames x", "CONFIG SET announce-hostnames yes", "CONFIG SET announce-hostnames no", "CONFIG SET sentinel-user u",
		"CONFIG SET sentinel-pass p", "CONFIG GET sentinel-*", "SET m", "SET m quorum", "SET nope quorum 1", "SET m quorum x", "SET m quorum 0",
		"SET m quorum 3 foo bar", "SET m down-after-milliseconds 0", "SET m down-after-milliseconds 4000", "SET m failover-timeout -1",
		"SET m failover-timeout 70000", "SET m parallel-syncs 0", "SET m parallel-syncs 5", "SET m notification-script /bin/true",
		"SET m client-reconfig-script /bin/true", "SET m auth-pass pw", "SET m auth-user me", "SET m rename-command a", "SET m rename-command a b",
		"SET m rename-command A c", "SET m rename-command x X", "SET m master-reboot-down-after-period -1", "SET m master-reboot-down-after-period 9",
		"SET m nonsense 1", "DEBUG", "DEBUG info-period", "DEBUG info-period 0", "DEBUG INFO-period 11000", "DEBUG foo 1", "DEBUG", "PENDING-SCRIPTS",
		"INFO-CACHE", "INFO-CACHE nope", "INFO-CACHE m2", "FLUSHCONFIG", "FLUSHCONFIG x"} {
		list = append(list, strings.Fields(l))
	}
	return append(list, []string{}, []string{"SET", "m", "rename-command", "", "b"}, []string{"SET", "m", "rename-command", "b", ""},
		[]string{"SET", "m2", "auth-pass", ""})
}

// TestAgainstRealSentinel compares replies and what is written to the file with a real one's.
func TestAgainstRealSentinel(t *testing.T) {
	conn, file := startSentinel(t)
	r := newRig(t, Config{Port: 1, Match: store.Match}, oracleLines()...)
	for _, args := range oracleCommands() {
		for _, proto := range []int{2, 3} {
			want := ask(t, conn, proto, args)
			r.step(Command{ID: 1, Proto: proto, Args: args})
			var got string
			for _, o := range r.take() {
				if a, ok := o.(Answer); ok {
					got = string(a.Reply)
				}
			}
			if got != want {
				t.Errorf("SENTINEL %q, RESP%d:\n got %q\nwant %q", args, proto, got, want)
			}
		}
	}
	for _, args := range [][]string{{"MASTER", "m"}, {"MASTER", "m2"}, {"REPLICAS", "m"}, {"SENTINELS", "m"}} {
		want := steady(ask(t, conn, 2, args))
		r.step(Command{ID: 1, Proto: 2, Args: args})
		out := r.take()
		if got := steady(string(out[len(out)-1].(Answer).Reply)); got != want {
			t.Errorf("SENTINEL %q:\n got %q\nwant %q", args, got, want)
		}
	}
	compareFile(t, r, file)
}

// compareFile compares the sentinel lines of the files.
func compareFile(t *testing.T, r *rig, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "sentinel ") {
			want = append(want, line)
		}
	}
	state := r.m.State()
	for _, l := range state.lines(&r.m.timing) {
		if !l.Default || slices.Contains(want, l.Text) { // a default stays where the line was something else once
			got = append(got, l.Text)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("file:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// steady leaves the names of fields, and the values that do not depend on time.
func steady(reply string) string {
	words := strings.Split(reply, "\r\n")
	for i := 0; i+2 < len(words); i++ {
		switch words[i] {
		case "last-ping-sent", "last-ok-ping-reply", "last-ping-reply", "role-reported-time", "last-hello-message", "flags", "link-pending-commands":
			words[i+1], words[i+2] = "", ""
		}
	}
	return strings.Join(words, " ")
}

// startSentinel starts a real one on a free port.
func startSentinel(t *testing.T) (net.Conn, string) {
	path, err := exec.LookPath("redis-sentinel")
	if err != nil {
		t.Skip("redis-sentinel is not on PATH: nothing to compare with")
	}
	port := freeport.For(t)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\nsentinel myid %s\n", port, testID)
	for _, line := range oracleLines() {
		text += "sentinel " + line + "\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			t.Cleanup(func() { c.Close() })
			return c, file
		}
		if time.Now().After(deadline) {
			t.Fatal("redis-sentinel does not come up: ", err)
		}
	}
}

// ask gives a SENTINEL command, between two PINGs that show where the reply begins and ends.
func ask(t *testing.T, c net.Conn, proto int, args []string) string {
	t.Helper()
	var b bytes.Buffer
	write := func(words ...string) {
		fmt.Fprintf(&b, "*%d\r\n", len(words))
		for _, w := range words {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
		}
	}
	write("HELLO", strconv.Itoa(proto))
	write("PING", "begins")
	write(append([]string{"SENTINEL"}, args...)...)
	write("PING", "ends")
	if _, err := c.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	const begin, end = "$6\r\nbegins\r\n", "$4\r\nends\r\n"
	var got []byte
	buf := make([]byte, 1<<16)
	for !bytes.HasSuffix(got, []byte(end)) {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("SENTINEL %q: %v after %q", args, err, got)
		}
		got = append(got, buf[:n]...)
	}
	_, reply, _ := strings.Cut(string(got), begin)
	return strings.TrimSuffix(reply, end)
}
