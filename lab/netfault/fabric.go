package netfault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"redislab/lab/clock"
)

// LabEnd is the end of the lab's own connections, which no rule touches.
const LabEnd = "lab"

// Fabric is the network of one lab: the rules in force, whose address is whose, and the connections.
type Fabric struct {
	clock clock.Clock

	mu      sync.Mutex
	rand    *rand.Rand
	rules   []Rule
	links   map[ends]*link
	owners  map[string]owner  // by host:port: who listens there, or will
	dialers map[string]Class  // by node: the class of all that it dials, where that is its own
	sources map[string]string // by host: the node that dials from there
	dialled map[string]string // by host:port of a dialling socket: the end it belongs to
	held    map[string]net.Listener
	open    map[*conn]struct{}
	closed  bool
	life    context.Context // ends with Close, and with it the dials that wait
	end     context.CancelFunc
	ports   int     // tried so far
	memory  *memory // nil: loopback TCP
	work    sync.WaitGroup
}

type owner struct {
	id    string
	class Class
}

// NewMemory makes a network without sockets, for time simulated by testing/synctest. Addresses look like those of the
// loopback interface; nobody outside can connect.
func NewMemory(c clock.Clock, seed uint64) *Fabric {
	f := New(c, seed)
	f.memory = &memory{listeners: map[string]*memListener{}, port: firstEphemeral}
	return f
}

// New makes a network of loopback TCP connections on the given clock. The seed decides which packets get lost.
func New(c clock.Clock, seed uint64) *Fabric {
	life, end := context.WithCancel(context.Background())
	return &Fabric{
		clock: c, life: life, end: end, rand: rand.New(rand.NewPCG(seed, seed)),
		links: map[ends]*link{}, owners: map[string]owner{}, sources: map[string]string{}, dialers: map[string]Class{},
		dialled: map[string]string{},
		held:    map[string]net.Listener{}, open: map[*conn]struct{}{},
	}
}

func (f *Fabric) chance() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rand.Float64()
}

// Apply adds a rule. One of the same kind, between the same ends and for the same class is replaced.
func (f *Fabric) Apply(r Rule) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("fault %q: %w", r, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(slices.DeleteFunc(slices.Clone(f.rules), r.replaces), r)
	f.relink()
	return nil
}

func (r Rule) replaces(old Rule) bool {
	same := r.From == old.From && r.To == old.To || !r.OneWay && r.From == old.To && r.To == old.From
	return same && r.Kind == old.Kind && r.OneWay == old.OneWay && r.Class == old.Class
}

// Heal ends all rules.
func (f *Fabric) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
	f.relink()
}

// HealLink ends the rules that name these two ends.
func (f *Fabric) HealLink(a, b string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = slices.DeleteFunc(slices.Clone(f.rules), func(r Rule) bool {
		return r.From == a && r.To == b || r.From == b && r.To == a
	})
	f.relink()
}

// Rules lists the rules in force, oldest first.
func (f *Fabric) Rules() []Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.rules)
}

func (f *Fabric) relink() {
	for e, l := range f.links {
		l.set(conditionOf(f.rules, e.from, e.to, e.class))
	}
}

// link is the link in one direction; the lab's own are never broken.
func (f *Fabric) link(from, to string, class Class) *link {
	e := ends{from, to, class}
	if from == LabEnd || to == LabEnd {
		return newLink(e, condition{})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.links[e]
	if l == nil {
		l = newLink(e, conditionOf(f.rules, from, to, class))
		f.links[e] = l
	}
	return l
}

// Register says that a node listens at an address, or will. AnyClass leaves the class of connections there to who
// dials; Bus makes them bus links.
func (f *Fabric) Register(id, addr string, class Class) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owners[addr] = owner{id, class}
}

// RegisterDialer says that whatever a node dials is a link of that class, as with a sentinel.
func (f *Fabric) RegisterDialer(id string, class Class) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dialers[id] = class
}

// RegisterSource says that a node dials from a host of its own.
func (f *Fabric) RegisterSource(id, host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sources[host] = id
}

// classOf is the class of what from dials at an owner's address.
func (f *Fabric) classOf(o owner, from string) Class {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case IsClient(from) || from == LabEnd:
		return Client
	case f.dialers[from] != AnyClass:
		return f.dialers[from]
	case o.class != AnyClass:
		return o.class
	}
	return Replication
}

func (f *Fabric) owner(addr string) owner {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.owners[addr]
}

// How Linux dials: a SYN that is not answered is sent again after 1 s, 2 s … six times, then the dial fails.
const (
	firstSyn  = time.Second
	synTimes  = 7
	dialLimit = 127 * time.Second
)

// pass waits until a dial gets through: for the handshake's way there and back, and while either way is cut.
func (f *Fabric) pass(ctx context.Context, from, to string, class Class) error {
	there, back := f.link(from, to, class), f.link(to, from, class)
	if there.isClear.Load() && back.isClear.Load() {
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(f.life, cancel)()
	gaveUp := make(chan struct{})
	t := f.clock.AfterFunc(dialLimit, func() { close(gaveUp) })
	defer t.Stop()
	for {
		a, aChanged := there.state()
		b, bChanged := back.state()
		if !a.cut && !b.cut {
			err := f.handshake(ctx, a, b)
			if f.life.Err() != nil {
				return net.ErrClosed
			}
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-gaveUp:
			return errTimedOut()
		case <-aChanged:
		case <-bChanged:
		}
	}
}

func (f *Fabric) handshake(ctx context.Context, there, back condition) error {
	wait := there.delay + back.delay
	if p := 1 - (1-there.drop)*(1-back.drop); p > 0 {
		again, lost := lossy(p, f.chance, firstSyn, dialLimit, synTimes)
		wait += again
		if lost {
			if err := f.clock.Sleep(ctx, wait); err != nil {
				return err
			}
			return errTimedOut()
		}
	}
	return f.clock.Sleep(ctx, wait)
}

// Close ends the network: held ports and all connections. Use it after the nodes have ended.
func (f *Fabric) Close() error {
	f.end() // before the links work again: a dial that waits must not get through
	f.Heal()
	f.mu.Lock()
	f.closed = true
	held, open := f.held, f.open
	f.held, f.open = map[string]net.Listener{}, map[*conn]struct{}{}
	f.mu.Unlock()
	for _, l := range held {
		_ = l.Close() // nobody was told of it
	}
	for c := range open {
		c.abort()
	}
	f.work.Wait()
	return nil
}
