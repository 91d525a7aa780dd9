package inproc

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"os"
	"sync"
	"time"

	"redislab/lab"
	"redislab/lab/clock"
	"redislab/lab/netfault"
	"redislab/node"
)

// Backend runs nodes in this process.
type Backend struct {
	clock  clock.Clock
	fabric *netfault.Fabric
	sim    bool
	seed   uint64

	mu    sync.Mutex
	lives uint64 // started so far
}

// Option adjusts a backend.
type Option func(*Backend)

// Seed makes all chance in nodes and network repeatable. Without it, Sim is repeatable anyway and New is not.
func Seed(seed uint64) Option { return func(b *Backend) { b.seed = seed } }

// New is a backend on loopback TCP, with a lab clock.
func New(opts ...Option) *Backend {
	b := &Backend{clock: clock.NewControlled()}
	for _, o := range opts {
		o(b)
	}
	b.fabric = netfault.New(b.clock, b.seed+uint64(os.Getpid()))
	return b
}

// Sim is a backend for simulated time. Make it, and all that uses it, inside one testing/synctest bubble.
func Sim(opts ...Option) *Backend {
	b := &Backend{clock: clock.Wall{}, sim: true, seed: 1}
	for _, o := range opts {
		o(b)
	}
	b.fabric = netfault.NewMemory(b.clock, b.seed)
	return b
}

// Name implements lab.Backend.
func (b *Backend) Name() string {
	if b.sim {
		return "inproc-sim"
	}
	return "inproc"
}

// Capabilities implements lab.Backend.
func (b *Backend) Capabilities() lab.Capabilities {
	return lab.Capabilities{
		Faults: true, OneWay: true, Delay: true, Pause: true, Events: true, SimulatedTime: b.sim, ClockControl: !b.sim,
	}
}

// Place implements lab.Backend.
func (b *Backend) Place(_ context.Context, id string, port int) (lab.Place, error) {
	addr, err := b.fabric.Reserve(id, port)
	if err != nil {
		return lab.Place{}, err
	}
	return lab.Place{Addr: addr, Directives: []lab.Directive{{Name: "bind", Value: "127.0.0.1"}}}, nil
}

// Dial implements lab.Backend.
func (b *Backend) Dial(ctx context.Context, from, addr string) (net.Conn, error) {
	return b.fabric.Dial(ctx, from, addr)
}

// Listen implements lab.Listener.
func (b *Backend) Listen(id string) (net.Listener, error) { return b.fabric.Serve(id) }

// Faults implements lab.Backend.
func (b *Backend) Faults() lab.FaultPlane { return b.fabric }

// Clock implements lab.Backend.
func (b *Backend) Clock() lab.Clock { return b.clock }

// Close implements lab.Backend.
func (b *Backend) Close() error { return b.fabric.Close() }

// Launch implements lab.Backend.
func (b *Backend) Launch(ctx context.Context, spec lab.LaunchSpec) (lab.Instance, error) {
	args := []string{spec.ConfigFile}
	if spec.Role == lab.SentinelRole {
		args = append(args, "--sentinel")
		if spec.ByName { // there is no program here that could have a name: the argument is enough, wherever it stands
			args = node.SentinelArgs([]string{"--sentinel", spec.ConfigFile})
		}
		b.fabric.RegisterDialer(spec.ID, netfault.Sentinel)
	}
	n, err := node.Start(ctx, node.Config{
		Args: args, Net: b.fabric.Node(spec.ID), Clock: nodeClock{b.clock}, Seed: b.nodeSeed(spec.ID),
		WorkDir: spec.Dir, Observe: func(e node.Event) {
			spec.Observe(lab.Observation{At: e.At, Kind: e.Kind, Fields: e.Fields, Text: text(spec.ID, e)})
		},
	})
	if err != nil {
		return nil, fmt.Errorf("in this process: %w", err)
	}
	return &instance{node: n, spec: spec}, nil
}

// nodeSeed differs for every node and every life of it.
func (b *Backend) nodeSeed(id string) uint64 {
	if b.seed == 0 {
		return 0 // the node draws one itself
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lives++
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s", b.seed, b.lives, id)
	return h.Sum64() | 1
}

// nodeClock is the lab's clock as a node takes it.
type nodeClock struct{ clock clock.Clock }

func (c nodeClock) Now() time.Time { return c.clock.Now() }

func (c nodeClock) AfterFunc(d time.Duration, f func()) node.Timer { return c.clock.AfterFunc(d, f) }

// instance is one life of a node.
type instance struct {
	node *node.Node
	spec lab.LaunchSpec
}

func (i *instance) Addr() string          { return i.spec.Addr }
func (i *instance) PID() int              { return os.Getpid() }
func (i *instance) Done() <-chan struct{} { return i.node.Done() }
func (i *instance) Err() error            { return i.node.Err() }
func (i *instance) Logs() []string        { return lab.Tail(i.spec.LogFile, 500) }

func (i *instance) Kill() error {
	i.node.Kill()
	return nil
}

func (i *instance) Stop(ctx context.Context) error { return i.node.Stop(ctx) }

func (i *instance) Pause() error {
	i.node.Pause()
	return nil
}

func (i *instance) Resume() error {
	i.node.Resume()
	return nil
}
