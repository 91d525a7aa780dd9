package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
)

// NodeState is what the lab knows about a node's life.
type NodeState string

// The states of a node.
const (
	StateUp      NodeState = "up"
	StatePaused  NodeState = "paused"
	StateStopped NodeState = "stopped" // ended in order, or not started yet
	StateKilled  NodeState = "killed"  // ended without a goodbye
)

// Node is a handle on one node of a lab, through all its lives.
type Node struct {
	lab   *Lab
	spec  NodeSpec
	place Place
	dir   string

	op sync.Mutex // one of launch, kill, stop, pause, resume at a time

	mu     sync.Mutex
	state  NodeState
	inst   Instance // of the current or last life
	asked  bool     // the lab ended this life itself
	client *redis.Client
	life   int
}

// ID is the node's name in the lab.
func (n *Node) ID() string { return n.spec.ID }

// Spec is what the node was asked to be.
func (n *Node) Spec() NodeSpec { return n.spec }

// Addr is the node's host:port for clients, the same in every life.
func (n *Node) Addr() string { return n.place.Addr }

// Host is the host part of Addr.
func (n *Node) Host() string {
	host, _, _ := net.SplitHostPort(n.place.Addr)
	return host
}

// Port is the port part of Addr.
func (n *Node) Port() int {
	_, port, _ := net.SplitHostPort(n.place.Addr)
	p, _ := strconv.Atoi(port)
	return p
}

// Dir is the node's own folder: its disk.
func (n *Node) Dir() string { return n.dir }

// State tells whether the node lives.
func (n *Node) State() NodeState {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state
}

// PID is the process the node runs in, 0 when it does not run.
func (n *Node) PID() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inst == nil || n.state == StateKilled || n.state == StateStopped {
		return 0
	}
	return n.inst.PID()
}

// Logs are the last lines of the node's log, of all its lives.
func (n *Node) Logs() []string { return Tail(n.LogFile(), 500) }

func (n *Node) launch(ctx context.Context) error {
	n.op.Lock()
	defer n.op.Unlock()
	return n.launchLocked(ctx)
}

func (n *Node) launchLocked(ctx context.Context) error {
	if n.lab.life.Err() != nil {
		return fmt.Errorf("node %s: %w", n.spec.ID, ErrClosed)
	}
	n.mu.Lock()
	n.life++
	life := n.life
	n.asked = false
	n.mu.Unlock()
	inst, err := n.lab.backend.Launch(ctx, LaunchSpec{
		ID: n.spec.ID, Addr: n.place.Addr, Dir: n.dir, ConfigFile: n.ConfigFile(), LogFile: n.LogFile(),
		Role: n.spec.Role(), ByName: n.spec.ByName, Observe: n.observe,
	})
	if err != nil {
		return fmt.Errorf("node %s: starting: %w%s", n.spec.ID, err, lastWords(n.Logs()))
	}
	n.mu.Lock()
	n.inst, n.state = inst, StateUp
	n.mu.Unlock()
	n.dropClient()
	n.lab.Note(n.spec.ID, EventStarted, n.spec.ID+" started on "+n.place.Addr, map[string]string{"addr": n.place.Addr})
	n.lab.work.Go(func() { n.mind(inst, life) })
	return nil
}

// lastWords adds what the node itself said to an error about it.
func lastWords(logs []string) string {
	if len(logs) == 0 {
		return ""
	}
	if len(logs) > 5 {
		logs = logs[len(logs)-5:]
	}
	text := "; its log ends:"
	for _, l := range logs {
		text += "\n  " + l
	}
	return text
}

func (n *Node) observe(o Observation) {
	if o.At.IsZero() {
		o.At = n.lab.Clock().Now()
	}
	n.lab.events.publish(Event{At: o.At, Node: n.spec.ID, Kind: o.Kind, Fields: o.Fields, Text: o.Text})
}

// mind notices when the node ends by itself: SHUTDOWN, a crash, somebody's kill.
func (n *Node) mind(inst Instance, life int) {
	<-inst.Done()
	n.mu.Lock()
	mine := n.life == life && !n.asked
	if mine {
		n.state = StateStopped
		if inst.Err() != nil {
			n.state = StateKilled
		}
	}
	n.mu.Unlock()
	if !mine {
		return
	}
	n.dropClient()
	text := n.spec.ID + " ended by itself"
	if err := inst.Err(); err != nil {
		text += ": " + err.Error()
	}
	n.lab.Note(n.spec.ID, EventExited, text, nil)
}

// running is the instance when the node lives, paused or not.
func (n *Node) running(doing string) (Instance, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inst == nil || n.state == StateStopped || n.state == StateKilled {
		return nil, fmt.Errorf("node %s: cannot %s a node that is %s", n.spec.ID, doing, n.state)
	}
	return n.inst, nil
}

// Kill ends the node at once: no goodbye, nothing flushed.
func (n *Node) Kill() error {
	n.op.Lock()
	defer n.op.Unlock()
	return n.finish("kill", StateKilled, EventKilled, func(i Instance) error { return i.Kill() })
}

// Stop ends the node in order, as SIGTERM does: it saves when save points are set.
func (n *Node) Stop(ctx context.Context) error {
	n.op.Lock()
	defer n.op.Unlock()
	if n.State() == StatePaused { // a frozen process cannot act on SIGTERM
		if err := n.resumeLocked(); err != nil {
			return err
		}
	}
	return n.finish("stop", StateStopped, EventStopped, func(i Instance) error { return i.Stop(ctx) })
}

func (n *Node) finish(doing string, state NodeState, event string, end func(Instance) error) error {
	inst, err := n.running(doing)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.asked = true
	n.mu.Unlock()
	if err := end(inst); err != nil {
		n.mu.Lock()
		n.asked = false
		n.mu.Unlock()
		return fmt.Errorf("node %s: %s: %w", n.spec.ID, doing, err)
	}
	n.mu.Lock()
	n.state = state
	n.mu.Unlock()
	n.dropClient()
	n.lab.Note(n.spec.ID, event, n.spec.ID+" "+string(state), nil)
	return nil
}

// Restart starts the node again with the same address and disk; one that still runs is stopped first.
func (n *Node) Restart(ctx context.Context) error {
	if s := n.State(); s == StateUp || s == StatePaused {
		if err := n.Stop(ctx); err != nil {
			return err
		}
	}
	return n.launch(ctx)
}

// Pause freezes the node, as SIGSTOP does: its sockets stay open, nothing answers.
func (n *Node) Pause() error {
	n.op.Lock()
	defer n.op.Unlock()
	if n.State() == StatePaused {
		return nil
	}
	return n.freeze("pause", StatePaused, EventPaused, func(i Instance) error { return i.Pause() })
}

// Resume lets a paused node go on.
func (n *Node) Resume() error {
	n.op.Lock()
	defer n.op.Unlock()
	return n.resumeLocked()
}

func (n *Node) resumeLocked() error {
	if n.State() == StateUp {
		return nil
	}
	return n.freeze("resume", StateUp, EventResumed, func(i Instance) error { return i.Resume() })
}

func (n *Node) freeze(doing string, state NodeState, event string, do func(Instance) error) error {
	if !n.lab.backend.Capabilities().Pause {
		return fmt.Errorf("node %s: %s: %w", n.spec.ID, doing, errCannot(n.lab.backend, CanPause))
	}
	inst, err := n.running(doing)
	if err != nil {
		return err
	}
	if err := do(inst); err != nil {
		return fmt.Errorf("node %s: %s: %w", n.spec.ID, doing, err)
	}
	n.mu.Lock()
	n.state = state
	n.mu.Unlock()
	n.lab.Note(n.spec.ID, event, n.spec.ID+" "+doing+"d", nil)
	return nil
}

// end is the node's end at the lab's Close.
func (n *Node) end() error {
	n.op.Lock()
	defer n.op.Unlock()
	inst, err := n.running("end")
	if err != nil {
		return nil // it has ended already
	}
	n.mu.Lock()
	n.asked = true
	n.state = StateKilled
	n.mu.Unlock()
	if err := inst.Kill(); err != nil {
		return fmt.Errorf("node %s: %w", n.spec.ID, err)
	}
	return nil
}

// ErrUnsupported is what a backend's missing capability makes of a request.
var ErrUnsupported = errors.New("not supported by this backend")

func errCannot(b Backend, c Capability) error {
	return fmt.Errorf("backend %s lacks %q: %w", b.Name(), c, ErrUnsupported)
}
