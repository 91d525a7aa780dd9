package lab

import (
	"context"
	"net"
	"slices"
	"time"

	"redislab/lab/clock"
	"redislab/lab/netfault"
)

// Time in a lab; see package clock.
type (
	Clock        = clock.Clock
	Timer        = clock.Timer
	ControlClock = clock.Control
)

// Faults of links; see package netfault.
type (
	Fault = netfault.Rule
	Class = netfault.Class
)

// The classes of links, for faults on one of them only.
const (
	AnyClass        = netfault.AnyClass
	ClientLink      = netfault.Client
	ReplicationLink = netfault.Replication
	BusLink         = netfault.Bus
	SentinelLink    = netfault.Sentinel // from a sentinel to anything it watches or talks to
)

// The ends of links that are no nodes.
const (
	ClientEnd = netfault.ClientEnd // clients: redis-cli, programs, and the lab's clients without a name
	LabEnd    = "lab"              // the lab itself, whose view no fault disturbs
)

// Capability names something a backend can do and an exercise may need.
type Capability string

// The capabilities.
const (
	CanFault     Capability = "faults"  // cut, isolate, partition, heal
	CanOneWay    Capability = "one-way" // cut one direction
	CanDelay     Capability = "delay"   // delay and drop
	CanPause     Capability = "pause"   // freeze a node
	CanClock     Capability = "clock"   // the lab's clock can be paused, stepped and sped up
	CanEvents    Capability = "events"  // nodes tell typed events, in causal order
	CanSim       Capability = "sim"     // time is simulated: waiting costs nothing
	CanRealRedis Capability = "real"    // nodes are real redis-server processes
)

// Capabilities is what a backend can do.
type Capabilities struct {
	Faults, OneWay, Delay, Pause, SimulatedTime, ClockControl, Events, RealRedis bool
}

// List names the capabilities.
func (c Capabilities) List() []Capability {
	var out []Capability
	for _, row := range []struct {
		has  bool
		name Capability
	}{
		{c.Faults, CanFault}, {c.OneWay, CanOneWay}, {c.Delay, CanDelay}, {c.Pause, CanPause},
		{c.ClockControl, CanClock}, {c.Events, CanEvents}, {c.SimulatedTime, CanSim}, {c.RealRedis, CanRealRedis},
	} {
		if row.has {
			out = append(out, row.name)
		}
	}
	return out
}

// Has tells one capability.
func (c Capabilities) Has(name Capability) bool { return slices.Contains(c.List(), name) }

// Missing lists which of the needed capabilities are absent.
func (c Capabilities) Missing(needs ...Capability) []Capability {
	var out []Capability
	for _, n := range needs {
		if !c.Has(n) {
			out = append(out, n)
		}
	}
	return out
}

// Backend is a place where nodes run. One backend serves one lab and is closed with it.
type Backend interface {
	Name() string // "inproc", "inproc-sim", "proc-node", "proc-redis"
	Capabilities() Capabilities
	// Place gives a node its address, before anything of it exists. A port of 0 asks for any free one.
	Place(ctx context.Context, id string, port int) (Place, error)
	// Launch starts the node, again after it ended. It returns once the node accepts connections.
	Launch(ctx context.Context, spec LaunchSpec) (Instance, error)
	// Dial connects to a node as the end named from: ClientEnd, a client's own name, or LabEnd.
	Dial(ctx context.Context, from, addr string) (net.Conn, error)
	// Faults is the network's fault control; nil when the backend has none.
	Faults() FaultPlane
	Clock() Clock
	Close() error
}

// Place is where a node will be found.
type Place struct {
	Addr       string      // host:port, for clients and for other nodes
	Directives []Directive // what the node's configuration must say for it
	Announce   string      // the IP address to announce, where it differs from the one it has; "" for none
}

// LaunchSpec is what a backend needs to start a node.
type LaunchSpec struct {
	ID         string
	Addr       string // as Place gave it
	Dir        string // the node's own folder: its disk
	ConfigFile string
	LogFile    string
	Role       Role
	ByName     bool              // as in NodeSpec
	Observe    func(Observation) // must not block
}

// Observation is what a node tells about itself.
type Observation struct {
	At     time.Time
	Kind   string
	Fields map[string]string
	Text   string
}

// Instance is a running node.
type Instance interface {
	Addr() string
	PID() int
	Kill() error                    // no goodbye, nothing flushed
	Stop(ctx context.Context) error // like SIGTERM
	Pause() error                   // like SIGSTOP
	Resume() error
	Logs() []string // the last lines
	Done() <-chan struct{}
	Err() error // after Done: nil when the node ended in order
}

// SentinelInstance is an Instance that can be asked what it knows as a sentinel. Others are asked by command, which tells less.
type SentinelInstance interface {
	Instance
	// SentinelView is the sentinel's picture, its Masters' NodeIDs still empty; false when the node is no sentinel.
	SentinelView() (SentinelView, bool)
}

// FaultPlane carries faults out. netfault.Fabric is one.
type FaultPlane interface {
	Apply(Fault) error
	Heal() // all of them
	HealLink(a, b string)
	Rules() []Fault
}
