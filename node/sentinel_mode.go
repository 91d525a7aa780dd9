package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"redislab/node/config"
	"redislab/node/sentinel"
	"redislab/node/store"
)

// A node in sentinel mode (the argument --sentinel) keeps no data: it watches others. Package sentinel decides, the files
// sentinel_*.go carry out what it wants: connections, the configuration file, scripts, events.
//
//	redislab-node sentinel.conf --sentinel

// sentinelShell is what surrounds the machine. All of it belongs to whoever is between enter and leave.
type sentinelShell struct {
	cfg        sentinel.Config
	state      sentinel.State // until the machine is made
	machine    *sentinel.Machine
	links      map[sentinel.ConnID]*sentinelLink
	scripts    map[int]context.CancelFunc
	asked      uint64                     // the last Command
	answers    map[uint64]sentinel.Answer // of Commands, until they are taken
	saveFailed bool
}

// ErrSimulatedCrash is what Err gives when SENTINEL SIMULATE-FAILURE has ended the node. Its exit status is 99.
var ErrSimulatedCrash = errors.New("the sentinel has crashed as SENTINEL SIMULATE-FAILURE told it to")

// SentinelArgs brings a command line that begins with "--sentinel file" into the order that redis-server knows, "file
// --sentinel". Others stay as they are.
func SentinelArgs(args []string) []string {
	if len(args) < 2 || args[0] != "--sentinel" || strings.HasPrefix(args[1], "-") {
		return args
	}
	return append(append([]string{args[1]}, args[2:]...), args[0])
}

// loadSentinel reads the "sentinel …" lines.
func (n *Node) loadSentinel() error {
	if !n.set.Sentinel() {
		return nil
	}
	s := &sentinelShell{links: map[sentinel.ConnID]*sentinelLink{}, scripts: map[int]context.CancelFunc{},
		answers: map[uint64]sentinel.Answer{},
		cfg:     sentinel.Config{RequirePass: n.set.String("requirepass"), Resolve: n.resolveHost, Executable: n.executable, Match: store.Match}}
	var directives []sentinel.Directive
	for _, line := range n.set.SentinelLines() {
		directives = append(directives, sentinel.Directive{Args: line.Args, Line: line.Num, Text: line.Text})
	}
	state, err := sentinel.Load(directives, s.cfg)
	var refused *sentinel.LoadError
	if errors.As(err, &refused) {
		d := refused.Directive
		return &config.FatalError{Line: d.Line, Text: d.Text, Reason: refused.Reason}
	}
	if err != nil {
		return fmt.Errorf("reading the sentinel directives: %w", err)
	}
	s.state, n.sentinel = state, s
	return n.checkSentinelFile()
}

// checkSentinelFile makes sure that the state can be kept.
func (n *Node) checkSentinelFile() error {
	var err error
	if path := n.set.File(); path == "" {
		err = errors.New("Sentinel needs config file on disk to save state. Exiting...")
	} else if f, e := os.OpenFile(path, os.O_WRONLY, 0); e != nil {
		err = fmt.Errorf("Sentinel config file %s is not writable: %s. Exiting...", path, config.Reason(e))
	} else {
		f.Close()
	}
	return err
}

// executable tells whether a script can be run.
func (n *Node) executable(path string) bool {
	info, err := os.Stat(n.path(path))
	return err == nil && info.Mode().Perm()&0o111 != 0
}

// resolveTimeout bounds how long a host name may hold everything up.
const resolveTimeout = 5 * time.Second

func (n *Node) resolveHost(host string) (string, error) {
	ctx, cancel := context.WithTimeout(n.ctx, resolveTimeout)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", fmt.Errorf("resolving %s: %w", host, err)
	}
	return list[0].Unmap().String(), nil
}

// startSentinel listens and makes the machine, which has to know the port. Clients wait for both.
func (n *Node) startSentinel() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.listen(); err != nil {
		return err
	}
	n.tick()
	s := n.sentinel
	s.cfg.Port = n.port()
	s.machine = sentinel.New(s.cfg, s.state, n.rand)
	n.armCron()
	n.sentinelTick()
	n.every(s.machine.TickEvery, n.sentinelTick)
	n.emit("node.ready", "addr", n.lns[0].Addr().String(), "runid", n.runID)
	return nil
}

func (n *Node) sentinelTick() {
	n.sentinel.machine.Tick(n.now)
	n.sentinelCarryOut()
}

// sentinelStep gives the machine an input and does what it wants then.
func (n *Node) sentinelStep(in sentinel.Input) {
	n.sentinel.machine.Step(n.now, in)
	n.sentinelCarryOut()
}

func (n *Node) sentinelCarryOut() {
	for _, out := range n.sentinel.machine.Drain() {
		if n.killed {
			return
		}
		n.sentinelOutput(out)
	}
}

func (n *Node) sentinelOutput(out sentinel.Output) {
	s := n.sentinel
	switch out := out.(type) {
	case sentinel.Save:
		n.sentinelSave(out)
	case sentinel.Dial:
		n.sentinelDial(out)
	case sentinel.Send:
		if l := s.links[out.Conn]; l != nil {
			l.send(out.Args)
		}
	case sentinel.Close:
		if l := s.links[out.Conn]; l != nil {
			delete(s.links, out.Conn)
			l.cancel()
		}
	case sentinel.Event:
		n.sentinelEvent(out)
	case sentinel.Log:
		n.logf(sentinelLevel(out.Level), "%s", out.Text)
	case sentinel.Script:
		n.runSentinelScript(out)
	case sentinel.KillScript:
		if kill := s.scripts[out.ID]; kill != nil {
			kill()
		}
	case sentinel.Answer:
		s.answers[out.ID] = out
	case sentinel.Crash:
		n.end(ErrSimulatedCrash)
	}
}

// SentinelView tells what the sentinel knows; false when the node is none.
func (n *Node) SentinelView() (sentinel.View, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sentinel == nil || n.sentinel.machine == nil {
		return sentinel.View{}, false
	}
	return n.sentinel.machine.View(), true
}
