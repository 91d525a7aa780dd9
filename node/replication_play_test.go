package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// A play is a scenario that is run twice, on real servers and on ours. All that the servers say is
// written down with ports, IDs and figures that depend on the moment replaced by names, so
// that the two transcripts can be compared word by word.
type play struct {
	t      testing.TB
	kind   server
	actors []*actor
	ids    map[string]string
	out    []string
}

// actor is one server of a play.
type actor struct {
	p    *play
	name string
	addr string
	dir  string
	args []string
	node *Node // nil for a real server
	pid  int   // of a real server that was sent a signal
	c    *redis.Client
}

// compare runs the scenario on both kinds.
func comparePlays(t *testing.T, scenario func(p *play)) {
	t.Helper()
	t.Parallel()
	var want, got []string
	t.Run("on", func(t *testing.T) {
		t.Run("real", func(t *testing.T) { t.Parallel(); want = transcript(t, real7, scenario) })
		t.Run("ours", func(t *testing.T) { t.Parallel(); got = transcript(t, ours, scenario) })
	})
	if t.Failed() || want == nil {
		return // also when there is no real server
	}
	shown := 0
	for i := range max(len(want), len(got)) {
		if shown == 8 {
			break
		}
		w, g := "(nothing)", "(nothing)"
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			shown++
			t.Errorf("line %d:\nreal %s\nours %s", i, w, g)
		}
	}
	if t.Failed() {
		t.Logf("the real server's whole transcript:\n%s", strings.Join(want, "\n"))
	}
}

func transcript(t *testing.T, kind server, scenario func(p *play)) []string {
	t.Helper()
	p := &play{t: t, kind: kind, ids: map[string]string{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the play so far:\n%s", strings.Join(p.out, "\n"))
		}
	})
	scenario(p)
	return p.out
}

// start brings a server up. Pings stay away: offsets are counted to the byte.
func (p *play) start(name string, args ...string) *actor {
	p.t.Helper()
	return p.startIn(name, p.t.TempDir(), args...)
}

func (p *play) startIn(name, dir string, args ...string) *actor {
	p.t.Helper()
	a := &actor{p: p, name: name, dir: dir, args: append([]string{"--repl-ping-replica-period", "3600"}, args...)}
	if p.kind.name == ours.name {
		a.node = testNodeIn(p.t, dir, a.args...)
		a.addr = a.node.Addr().String()
	} else {
		a.addr = redisPeer(p.t, dir, a.args...)
	}
	a.c = testClient(p.t, a.addr)
	p.actors = append(p.actors, a)
	return a
}

// restart brings a server that ended up again, on the same port and folder.
func (a *actor) restart() {
	a.p.t.Helper()
	_, port := hostPort(a.p.t, a.addr)
	if a.p.kind.name == ours.name {
		a.node = testNodeIn(a.p.t, a.dir, append(slices.Clone(a.args), "--port", port)...)
		return
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		a.p.t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		a.p.t.Fatal(err)
	}
	if tryPeer(a.p.t, path, a.dir, number, a.args) == "" {
		a.p.t.Fatalf("port %s was taken by somebody else", port)
	}
}

// kill ends a server as kill -9 does.
func (a *actor) kill() {
	a.p.t.Helper()
	if a.node != nil {
		a.node.Kill()
		return
	}
	pid, err := strconv.Atoi(a.info("server")["process_id"])
	if err != nil {
		a.p.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		a.p.t.Fatal(err)
	}
	a.ended()
}

// shutdown ends a server by SHUTDOWN.
func (a *actor) shutdown(words ...any) {
	a.p.t.Helper()
	_ = a.c.Do(context.Background(), append([]any{"SHUTDOWN"}, words...)...)
	a.ended()
}

// ended waits until nobody listens any more.
func (a *actor) ended() {
	a.p.t.Helper()
	eventually(a.p.t, a.name+" ends", func() error {
		conn, err := net.Dial("tcp", a.addr)
		if err != nil {
			return nil
		}
		conn.Close()
		return errors.New("it still listens")
	})
	if a.node != nil {
		<-a.node.Done()
	}
}

var (
	hexID = regexp.MustCompile(`(?i)\b[0-9a-f]{40}\b`)
	noID  = strings.Repeat("0", 40)
	// Real Redis takes the lag between two clocks, of which one is a tick behind: it can be -1. Elsewhere -1 is not a moment.
	moments = regexp.MustCompile(`\b(?:(lag=)-?|(master_last_io_seconds_ago:|master_sync_last_io_seconds_ago:|master_link_down_since_seconds:|rdb_last_bgsave_time_sec:))\d+`)
)

// plain replaces what differs from run to run.
func (p *play) plain(text string) string {
	text = hexID.ReplaceAllStringFunc(text, func(id string) string {
		if id == noID {
			return "none"
		}
		id = strings.ToLower(id)
		if p.ids[id] == "" {
			p.ids[id] = "id" + strconv.Itoa(len(p.ids)+1)
		}
		return p.ids[id]
	})
	for _, a := range p.actors {
		_, port, _ := net.SplitHostPort(a.addr)
		text = strings.ReplaceAll(text, port, "<"+a.name+">")
	}
	return moments.ReplaceAllString(text, "${1}${2}n")
}

func (p *play) note(format string, args ...any) {
	p.out = append(p.out, p.plain(fmt.Sprintf(format, args...)))
}

// do carries a command out and writes its reply down.
func (a *actor) do(words ...any) any {
	reply, err := a.c.Do(context.Background(), words...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		reply = err
	}
	a.p.note("%s %v → %v", a.name, words, reply)
	return reply
}

// quietly carries a command out that has to work.
func (a *actor) quietly(words ...any) any {
	a.p.t.Helper()
	reply, err := a.c.Do(context.Background(), words...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		a.p.t.Fatalf("%s %v: %v", a.name, words, err)
	}
	return reply
}

func (a *actor) info(section string) map[string]string { return info(a.p.t, a.c, section) }

// show writes INFO replication and ROLE down. A difference of a block of memory in how long
// a backlog is makes none: it starts where its size says.
func (a *actor) show() {
	fields := a.info("replication")
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.p.note("%s %s:%s", a.name, name, fields[name])
	}
	a.do("ROLE")
}

// stats writes fields of a section down.
func (a *actor) fields(section string, names ...string) {
	have := a.info(section)
	for _, name := range names {
		value, ok := have[name]
		if !ok {
			value = "(absent)"
		}
		a.p.note("%s %s:%s", a.name, name, value)
	}
}

func (a *actor) follows(master *actor) {
	a.p.t.Helper()
	host, port := hostPort(a.p.t, master.addr)
	a.do("REPLICAOF", host, port)
}

// synced waits until the replicas have all their master has, and the master knows.
func (a *actor) synced(replicas ...*actor) {
	a.p.t.Helper()
	for _, r := range replicas {
		inSync(a.p.t, a.c, r.c)
	}
	a.acked(len(replicas))
}

// acked waits until a master has heard from replicas that they have everything.
func (a *actor) acked(replicas int) {
	a.p.t.Helper()
	eventually(a.p.t, a.name+": the replicas' acknowledgements", func() error {
		m := a.info("replication")
		for i := range replicas {
			line := m["slave"+strconv.Itoa(i)]
			if !strings.Contains(line, "state=online") || !strings.Contains(line, ",offset="+m["master_repl_offset"]+",") {
				return fmt.Errorf("%q at offset %s", line, m["master_repl_offset"])
			}
		}
		return nil
	})
}

// until waits for a field to have a value.
func (a *actor) until(section, name, want string) {
	a.p.t.Helper()
	eventually(a.p.t, a.name+": "+name, func() error {
		if got := a.info(section)[name]; got != want {
			return fmt.Errorf("%q, want %q", got, want)
		}
		return nil
	})
}
