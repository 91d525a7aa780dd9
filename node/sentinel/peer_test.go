package sentinel_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"redislab/node/freeport"
	"redislab/node/sentinel"
)

// TestWithRealPeers lets the machine and two real sentinels watch real servers: they find each other, agree that the
// killed master is down, vote and end up with the same one. Which of them leads is left to chance; a second failover is the
// machine's.
func TestWithRealPeers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds of real time")
	}
	for _, program := range []string{"redis-server", "redis-sentinel"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not on PATH")
		}
	}
	ports := freePorts(t, 6)
	dir := t.TempDir()
	master := startProgram(t, dir, "redis-server", "--port", ports[0], "--bind", "127.0.0.1", "--save", "", "--dir", dir)
	for _, p := range ports[1:3] {
		startProgram(t, dir, "redis-server", "--port", p, "--bind", "127.0.0.1", "--save", "", "--dir", dir, "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", ports[0])
	}
	config := "sentinel monitor m 127.0.0.1 " + ports[0] + " 2\nsentinel down-after-milliseconds m 1500\nsentinel failover-timeout m 20000\n"
	for _, p := range ports[3:5] {
		file := filepath.Join(dir, p+".conf")
		if err := os.WriteFile(file, []byte("port "+p+"\nbind 127.0.0.1\n"+config), 0o600); err != nil {
			t.Fatal(err)
		}
		startProgram(t, dir, "redis-sentinel", file)
	}
	s := newShell(t, ports[5], config)
	s.wait("two replicas and two sentinels, all there", func(m sentinel.MasterView) bool {
		return len(m.Replicas) == 2 && m.Usable == 3 && m.Voters == 3 && m.Replicas[0].WhyNot == "" && m.Replicas[1].WhyNot == "" &&
			m.Replicas[0].MasterLinkUp && m.Replicas[1].MasterLinkUp && s.agree(ports[3:5], ports[0])
	})
	_ = master.Kill()
	second := s.settled("another master, followed by the other replica", true, ports[0], ports[3:5])
	s.m.Step(time.Now(), sentinel.Command{ID: 1 << 40, Args: []string{"FAILOVER", "m"}}) // one that the machine leads
	s.settled("the other one, by hand", false, second, ports[3:5])
}

// settled waits for another master than the last one, on which all agree, and which a replica follows if it has one left.
func (s *shell) settled(what string, follow bool, last string, sentinels []string) (port string) {
	s.wait(what, func(m sentinel.MasterView) bool {
		port = strconv.Itoa(m.Addr.Port)
		followed := !follow
		for _, r := range m.Replicas {
			followed = followed || r.MasterPort == m.Addr.Port && r.MasterLinkUp
		}
		return port != last && m.ConfigEpoch > 0 && m.Failover.State == sentinel.NoFailover && followed && s.agree(sentinels, port)
	})
	return port
}

func freePorts(t *testing.T, n int) []string {
	var ports []string
	for range n {
		ports = append(ports, strconv.Itoa(freeport.For(t)))
	}
	return ports
}

func startProgram(t *testing.T, dir, name string, args ...string) *os.Process {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process
}

// shell is the least that can carry a machine over real connections.
type shell struct {
	t       *testing.T
	m       *sentinel.Machine
	in      chan any // inputs, and requests of clients
	conns   map[sentinel.ConnID]chan<- []string
	clients map[uint64]net.Conn
	asked   uint64
}

type request struct {
	conn net.Conn
	args []string
	done chan bool
}

func newShell(t *testing.T, port, config string) *shell {
	var lines []sentinel.Directive
	for l := range strings.Lines(config) {
		lines = append(lines, sentinel.Directive{Args: strings.Fields(l)[1:], Text: l})
	}
	n, _ := strconv.Atoi(port)
	cfg := sentinel.Config{Port: n}
	state, err := sentinel.Load(lines, cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := &shell{t: t, m: sentinel.New(cfg, state, rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))), in: make(chan any, 1000),
		conns: map[sentinel.ConnID]chan<- []string{}, clients: map[uint64]net.Conn{}}
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go s.serve(c)
		}
	}()
	return s
}

// wait runs the machine until something is so.
func (s *shell) wait(what string, done func(sentinel.MasterView) bool) {
	s.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		select {
		case in := <-s.in:
			if r, is := in.(request); is {
				s.request(r)
			} else {
				s.m.Step(time.Now(), in.(sentinel.Input))
			}
		case <-time.After(s.m.TickEvery()):
			s.m.Tick(time.Now())
			if v := s.m.View(); len(v.Masters) == 1 && done(v.Masters[0]) {
				return
			}
		}
		s.carryOut()
		if time.Now().After(deadline) {
			s.t.Fatalf("not within a minute: %s\n%+v", what, s.m.View().Masters[0].Why)
		}
	}
}

func (s *shell) carryOut() {
	for _, out := range s.m.Drain() {
		switch out := out.(type) {
		case sentinel.Dial:
			send := make(chan []string, 1000)
			s.conns[out.Conn] = send
			go s.talk(out, send)
		case sentinel.Send:
			if c := s.conns[out.Conn]; c != nil {
				c <- out.Args
			}
		case sentinel.Close:
			if c := s.conns[out.Conn]; c != nil {
				close(c)
				delete(s.conns, out.Conn)
			}
		case sentinel.Answer:
			if c := s.clients[out.ID]; c != nil {
				_, _ = c.Write(out.Reply)
			}
			delete(s.clients, out.ID)
		case sentinel.Event:
			s.t.Logf("%s %s", out.Name, out.Payload)
		}
	}
}

// talk is a connection of ours.
func (s *shell) talk(d sentinel.Dial, send <-chan []string) {
	c, err := net.Dial("tcp", net.JoinHostPort(d.IP, strconv.Itoa(d.Port)))
	if err != nil {
		s.in <- sentinel.LinkDown{Conn: d.Conn, Err: err.Error()}
		return
	}
	defer c.Close()
	s.in <- sentinel.LinkUp{Conn: d.Conn, Local: c.LocalAddr().(*net.TCPAddr).IP.String()}
	go func() {
		err := readValues(c, func(v sentinel.Value) { s.in <- sentinel.Reply{Conn: d.Conn, Value: v} })
		s.in <- sentinel.LinkDown{Conn: d.Conn, Err: fmt.Sprint(err)}
	}()
	for args := range send {
		if _, err := c.Write(encode(args)); err != nil {
			return
		}
	}
}

func encode(args []string) []byte {
	text := fmt.Sprintf("*%d\r\n", len(args))
	for _, a := range args {
		text += fmt.Sprintf("$%d\r\n%s\r\n", len(a), a)
	}
	return []byte(text)
}

func readValues(c io.Reader, take func(sentinel.Value)) error {
	var got []byte
	buf := make([]byte, 1<<16)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return err
		}
		for got = append(got, buf[:n]...); ; {
			v, used, err := sentinel.ParseValue(got)
			if err != nil {
				return err
			}
			if used == 0 {
				break
			}
			got = got[used:]
			take(v)
		}
	}
}

// serve is a connection of another sentinel.
func (s *shell) serve(c net.Conn) {
	defer c.Close()
	_ = readValues(c, func(v sentinel.Value) {
		r := request{conn: c, done: make(chan bool)}
		for _, i := range v.Items {
			r.args = append(r.args, i.Text)
		}
		s.in <- r
	})
}

func (s *shell) request(r request) {
	switch strings.ToUpper(r.args[0]) {
	case "PING":
		_, _ = r.conn.Write([]byte("+PONG\r\n"))
	case "PUBLISH":
		s.m.Step(time.Now(), sentinel.Hello{Payload: r.args[2]})
		_, _ = r.conn.Write([]byte(":1\r\n"))
	case "SENTINEL":
		s.asked++
		s.clients[s.asked] = r.conn
		s.m.Step(time.Now(), sentinel.Command{ID: s.asked, Proto: 2, Args: r.args[1:]})
	default:
		_, _ = r.conn.Write([]byte("+OK\r\n"))
	}
}

// agree tells whether real sentinels hold a port for the master's and know all the others.
func (s *shell) agree(sentinels []string, port string) bool {
	for _, p := range sentinels {
		c, err := net.Dial("tcp", "127.0.0.1:"+p)
		if err != nil {
			return false
		}
		_, _ = c.Write(append(encode([]string{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", "m"}), encode([]string{"SENTINEL", "CKQUORUM", "m"})...))
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		var text string
		_ = readValues(c, func(v sentinel.Value) {
			if text += v.Text + " "; len(v.Items) == 2 {
				text += v.Items[1].Text
			} else {
				c.Close()
			}
		})
		if !strings.Contains(text, port) || !strings.Contains(text, "OK 3 usable") {
			return false
		}
	}
	return true
}
