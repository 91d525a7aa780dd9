package sim

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"math/rand/v2"

	"redislab/node/sentinel"
)

// Sentinel runs a sentinel.Machine as its real shell does.
type Sentinel struct {
	*SentinelDisk
	host    *Host
	machine *sentinel.Machine
	conns   map[sentinel.ConnID]*Conn
	askers  map[uint64]*Conn
	asked   uint64
	replies map[uint64]string
}

// SentinelDisk is a sentinel's configuration file, and who looks at what it does.
type SentinelDisk struct {
	Lines   []string // without the word sentinel
	OnEvent func(h *Host, e sentinel.Event)
	OnSave  func(h *Host, s sentinel.State)
	Config  sentinel.Config
}

// NewSentinel adds a sentinel that is not started yet.
func NewSentinel(w *World, name, addr string, d *SentinelDisk) *Host {
	d.Config.Port = int(netip.MustParseAddrPort(addr).Port())
	return w.Host(name, addr, func(h *Host) Process {
		s := &Sentinel{SentinelDisk: d, host: h, conns: map[sentinel.ConnID]*Conn{}, askers: map[uint64]*Conn{}, replies: map[uint64]string{}}
		state, err := sentinel.Load(directives(d.Lines), d.Config)
		if err != nil {
			panic(err) // the file is what the machine wrote itself, or the test
		}
		s.machine = sentinel.New(d.Config, state, rand.New(rand.NewPCG(w.rand.Uint64(), w.rand.Uint64())))
		h.After(0, s.tick)
		return s
	})
}

func directives(lines []string) []sentinel.Directive {
	list := make([]sentinel.Directive, 0, len(lines))
	for i, l := range lines {
		args := strings.Fields(l)
		for j := range args {
			args[j] = strings.Trim(args[j], `"`)
		}
		list = append(list, sentinel.Directive{Args: args, Line: i + 1, Text: l})
	}
	return list
}

// Machine is the machine that runs.
func (s *Sentinel) Machine() *sentinel.Machine { return s.machine }

// Command gives a SENTINEL command and its reply in RESP.
func (s *Sentinel) Command(args ...string) string {
	s.asked++
	id := s.asked
	s.step(sentinel.Command{ID: id, Proto: 2, Args: args})
	reply := s.replies[id]
	delete(s.replies, id)
	return reply
}

func (s *Sentinel) tick() {
	s.machine.Tick(s.host.world.now)
	s.carryOut()
	s.host.After(s.machine.TickEvery(), s.tick)
}

func (s *Sentinel) step(in sentinel.Input) {
	s.machine.Step(s.host.world.now, in)
	s.carryOut()
}

// carryOut does what the machine wants, unless the sentinel is crashed meanwhile.
func (s *Sentinel) carryOut() {
	for _, out := range s.machine.Drain() {
		if s.host.proc != Process(s) {
			return
		}
		s.output(out)
	}
}

func (s *Sentinel) output(out sentinel.Output) {
	switch out := out.(type) {
	case sentinel.Save:
		s.save(out)
	case sentinel.Dial:
		c := s.host.Dial(netip.AddrPortFrom(netip.MustParseAddr(out.IP), uint16(out.Port)).String())
		c.Tag = out.Conn
		s.conns[out.Conn] = c
	case sentinel.Send:
		if c := s.conns[out.Conn]; c != nil {
			c.Send(out.Args)
		}
	case sentinel.Close:
		if c := s.conns[out.Conn]; c != nil {
			c.Close()
			delete(s.conns, out.Conn)
		}
	case sentinel.Event:
		if out.Level != sentinel.Debug {
			s.host.Logf("%s %s", out.Name, out.Payload)
		}
		if s.OnEvent != nil {
			s.OnEvent(s.host, out)
		}
	case sentinel.Script:
		s.host.Logf("runs %s", strings.Join(out.Argv, " "))
		s.host.After(50*time.Millisecond, func() { s.step(sentinel.ScriptDone{ID: out.ID}) })
	case sentinel.Answer:
		s.answer(out)
	case sentinel.Crash:
		s.host.Logf("crashes as it was told to")
		s.host.Crash()
	}
}

func (s *Sentinel) save(out sentinel.Save) {
	s.Lines = s.Lines[:0]
	for _, l := range out.Lines {
		s.Lines = append(s.Lines, strings.TrimPrefix(l.Text, "sentinel "))
	}
	if s.OnSave != nil {
		s.OnSave(s.host, out.State)
	}
}

func (s *Sentinel) answer(out sentinel.Answer) {
	c := s.askers[out.ID]
	delete(s.askers, out.ID)
	if c == nil {
		s.replies[out.ID] = string(out.Reply)
		return
	}
	v, _, err := sentinel.ParseValue(out.Reply)
	if err != nil {
		panic(err)
	}
	c.Send(v)
}

// Accept takes a client, in general another sentinel.
func (s *Sentinel) Accept(*Conn) {}

// Connected tells the machine.
func (s *Sentinel) Connected(c *Conn) {
	local, _, _ := strings.Cut(c.Local(), ":")
	s.step(sentinel.LinkUp{Conn: c.Tag.(sentinel.ConnID), Local: local})
}

// Closed tells the machine.
func (s *Sentinel) Closed(c *Conn, why string) {
	if id, ours := c.Tag.(sentinel.ConnID); ours {
		delete(s.conns, id)
		s.step(sentinel.LinkDown{Conn: id, Err: why})
	}
}

// Receive takes a reply on a connection of ours, and a command on others.
func (s *Sentinel) Receive(c *Conn, msg any) {
	if id, ours := c.Tag.(sentinel.ConnID); ours {
		s.step(sentinel.Reply{Conn: id, Value: msg.(sentinel.Value)})
		return
	}
	args := slices.Clone(msg.([]string))
	switch strings.ToUpper(args[0]) {
	case "PING":
		c.Send(status("PONG"))
	case "PUBLISH":
		s.step(sentinel.Hello{Payload: args[2]})
		c.Send(integer(1))
	case "SENTINEL":
		s.asked++
		s.askers[s.asked] = c
		s.step(sentinel.Command{ID: s.asked, Proto: 2, Args: args[1:]})
	default:
		c.Send(status("OK"))
	}
}
