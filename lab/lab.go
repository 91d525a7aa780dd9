package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Lab is a running topology.
type Lab struct {
	backend  Backend
	dir      string
	ownDir   bool // made by Start, so removed by Close
	defaults []Directive
	events   stream
	ledger   *Ledger
	watch    watcher
	stop     context.CancelFunc // ends what runs in the background
	life     context.Context
	work     sync.WaitGroup

	mu       sync.Mutex
	topology Topology
	nodes    []*Node
	clients  []io.Closer
	closed   bool
}

// Option adjusts a lab.
type Option func(*Lab)

// Dir keeps the nodes' folders below dir instead of in a temporary folder, and leaves them there after Close. Nodes find
// their data again when another lab starts there.
func Dir(dir string) Option { return func(l *Lab) { l.dir = dir } }

// Defaults sets directives for all nodes that a NodeSpec's own may override. They replace the lab's, which are
// "repl-diskless-sync-delay 0".
func Defaults(directives ...Directive) Option { return func(l *Lab) { l.defaults = directives } }

// Start launches every node of the topology, masters first, and returns when all accept connections. The backend
// belongs to the lab from here on, also when Start fails: it is closed then.
func Start(ctx context.Context, t Topology, b Backend, opts ...Option) (*Lab, error) {
	life, stop := context.WithCancel(context.Background())
	l := &Lab{
		backend: b, topology: Topology{Name: t.Name}, life: life, stop: stop,
		defaults: []Directive{{"repl-diskless-sync-delay", "0"}},
	}
	l.ledger = newLedger()
	for _, o := range opts {
		o(l)
	}
	if err := l.start(ctx, t.clone()); err != nil {
		return nil, errors.Join(fmt.Errorf("starting lab %q on %s: %w", t.Name, b.Name(), err), l.Close())
	}
	return l, nil
}

func (l *Lab) start(ctx context.Context, t Topology) error {
	if err := t.Validate(); err != nil {
		return err
	}
	order, err := t.startOrder()
	if err != nil {
		return err
	}
	if err := l.makeDir(); err != nil {
		return err
	}
	for _, s := range t.Nodes { // all have an address before any is started
		if _, err := l.place(ctx, s); err != nil {
			return err
		}
	}
	sentinels := 0
	for _, s := range order {
		n := l.Node(s.ID)
		if s.Sentinel {
			if err := l.beforeSentinel(ctx, sentinels); err != nil {
				return err
			}
			sentinels++
		}
		if err := n.configure(); err != nil {
			return err
		}
		if err := n.launch(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) makeDir() error {
	if l.dir == "" {
		dir, err := os.MkdirTemp("", "redislab-")
		if err != nil {
			return fmt.Errorf("making the lab's folder: %w", err)
		}
		l.dir, l.ownDir = dir, true
		return nil
	}
	abs, err := filepath.Abs(l.dir)
	if err != nil {
		return fmt.Errorf("finding the lab's folder: %w", err)
	}
	l.dir = abs
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return fmt.Errorf("making the lab's folder: %w", err)
	}
	return nil
}

// place adds a node to the lab, with an address and a folder, not yet running.
func (l *Lab) place(ctx context.Context, s NodeSpec) (*Node, error) {
	if l.life.Err() != nil {
		return nil, fmt.Errorf("node %s: %w", s.ID, ErrClosed)
	}
	place, err := l.backend.Place(ctx, s.ID, s.Port)
	if err != nil {
		return nil, fmt.Errorf("node %s: finding an address: %w", s.ID, err)
	}
	n := &Node{lab: l, spec: s, place: place, dir: filepath.Join(l.dir, s.ID), state: StateStopped}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, fmt.Errorf("node %s: %w", s.ID, ErrClosed)
	}
	// Under the lock, so that Close does not remove the lab's folder before there is a new one in it.
	if err := os.MkdirAll(n.dir, 0o755); err != nil {
		return nil, fmt.Errorf("node %s: making its folder: %w", s.ID, err)
	}
	l.topology.Nodes = append(l.topology.Nodes, s)
	l.nodes = append(l.nodes, n)
	return n, nil
}

// ErrClosed is the error of using a lab after Close.
var ErrClosed = errors.New("lab is closed")

// AddNode starts one more node. Its master must be in the lab.
func (l *Lab) AddNode(ctx context.Context, s NodeSpec) (*Node, error) {
	t := l.Topology()
	t.Nodes = append(t.Nodes, s)
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("adding node %q: %w", s.ID, err)
	}
	n, err := l.place(ctx, s)
	if err != nil {
		return nil, err
	}
	err = n.configure()
	if err == nil {
		err = n.launch(ctx)
	}
	if err != nil {
		l.forget(n)
		return nil, err
	}
	return n, nil
}

func (l *Lab) forget(n *Node) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, o := range l.nodes {
		if o == n {
			l.nodes = append(l.nodes[:i:i], l.nodes[i+1:]...)
			l.topology.Nodes = append(l.topology.Nodes[:i:i], l.topology.Nodes[i+1:]...)
			return
		}
	}
}

// Topology is what the lab was asked to run, with nodes added since.
func (l *Lab) Topology() Topology {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.topology.clone()
}

// Nodes lists the nodes in display order.
func (l *Lab) Nodes() []*Node {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*Node(nil), l.nodes...)
}

// Node finds a node; nil when there is none of that ID.
func (l *Lab) Node(id string) *Node {
	for _, n := range l.Nodes() {
		if n.spec.ID == id {
			return n
		}
	}
	return nil
}

// MustNode finds a node that the caller knows to exist; it panics otherwise.
func (l *Lab) MustNode(id string) *Node {
	n := l.Node(id)
	if n == nil {
		panic(fmt.Sprintf("lab has no node %q: it has %v", id, l.ids()))
	}
	return n
}

func (l *Lab) ids() []string {
	var ids []string
	for _, n := range l.Nodes() {
		ids = append(ids, n.spec.ID)
	}
	return ids
}

// Backend is where the nodes run.
func (l *Lab) Backend() Backend { return l.backend }

// Clock is the time the nodes run on.
func (l *Lab) Clock() Clock { return l.backend.Clock() }

// ControlClock is the lab's clock when it can be paused and stepped; false where it cannot.
func (l *Lab) ControlClock() (ControlClock, bool) {
	c, ok := l.backend.Clock().(ControlClock)
	return c, ok
}

// Ledger is the lab's account of stamped writes.
func (l *Lab) Ledger() *Ledger { return l.ledger }

// Dir is the folder that holds the nodes' folders.
func (l *Lab) Dir() string { return l.dir }

// Close ends every node and leaves nothing behind: no process, port, goroutine or file (but those of the Dir option).
// It may be called more than once.
func (l *Lab) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	nodes, clients := l.nodes, l.clients
	l.mu.Unlock()

	l.stop()
	if f := l.backend.Faults(); f != nil {
		f.Heal() // what hangs on a cut link can end
	}
	for _, c := range clients {
		_ = c.Close() // a client may have been closed by whoever asked for it
	}
	var errs []error
	for i := len(nodes) - 1; i >= 0; i-- {
		errs = append(errs, nodes[i].end())
	}
	l.watch.close()
	errs = append(errs, l.backend.Close())
	l.work.Wait()
	l.events.close()
	if l.ownDir {
		if err := os.RemoveAll(l.dir); err != nil {
			errs = append(errs, fmt.Errorf("removing the lab's folder: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing lab: %w", err)
	}
	return nil
}
