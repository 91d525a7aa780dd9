package proc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"redislab/lab"
	"redislab/lab/clock"
	"redislab/lab/netfault"
)

// Backend runs nodes as child processes.
type Backend struct {
	name    string
	program string
	spawner *spawner
	fabric  *netfault.Fabric
	faults  bool // the machine has loopback addresses for all
	work    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	hosts  map[string]string // by node: the loopback address of its process
	inner  map[string]string // by public address: where the process listens
}

// Redis is a backend of real redis-server processes, the program found on PATH.
func Redis() (*Backend, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("real Redis nodes need redis-server on PATH (Debian: apt install redis-server): %w", err)
	}
	return RedisAt(path)
}

// RedisAt is a backend of real redis-server processes of the given program.
func RedisAt(path string) (*Backend, error) { return newBackend("proc-redis", path) }

// NodeAt is a backend of processes of the lab's own node program.
func NodeAt(path string) (*Backend, error) { return newBackend("proc-node", path) }

func newBackend(name, program string) (*Backend, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", name, err)
	}
	return &Backend{
		name: name, program: path, spawner: newSpawner(), fabric: netfault.New(clock.Wall{}, uint64(os.Getpid())),
		faults: ownHosts(), hosts: map[string]string{}, inner: map[string]string{},
	}, nil
}

// ownHosts tells whether processes can have loopback addresses of their own, as on Linux.
func ownHosts() bool {
	l, err := net.Listen("tcp", host(1)+":0")
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// host is the loopback address of the process of the nth node.
func host(n int) string { return fmt.Sprintf("127.0.%d.%d", 1+n/250, 1+n%250) }

// Name implements lab.Backend.
func (b *Backend) Name() string { return b.name }

// Capabilities implements lab.Backend.
func (b *Backend) Capabilities() lab.Capabilities {
	return lab.Capabilities{
		Faults: b.faults, OneWay: b.faults, Delay: b.faults, Pause: true, RealRedis: b.name == "proc-redis",
	}
}

// Faults implements lab.Backend.
func (b *Backend) Faults() lab.FaultPlane {
	if !b.faults {
		return nil
	}
	return b.fabric
}

// Clock implements lab.Backend: processes live on wall time.
func (b *Backend) Clock() lab.Clock { return clock.Wall{} }

// Place implements lab.Backend.
func (b *Backend) Place(_ context.Context, id string, port int) (lab.Place, error) {
	public, err := b.fabric.Reserve(id, port)
	if err != nil {
		return lab.Place{}, err
	}
	if !b.faults {
		return lab.Place{Addr: public, Directives: []lab.Directive{{Name: "bind", Value: "127.0.0.1"}}}, nil
	}
	_, number, err := net.SplitHostPort(public)
	if err != nil {
		return lab.Place{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	own := host(len(b.hosts))
	b.hosts[id] = own
	b.inner[public] = net.JoinHostPort(own, number)
	b.fabric.RegisterSource(id, own)
	return lab.Place{Addr: public, Announce: "127.0.0.1", Directives: []lab.Directive{
		{Name: "bind", Value: own}, {Name: "bind-source-addr", Value: own},
	}}, nil
}

// Dial implements lab.Backend.
func (b *Backend) Dial(ctx context.Context, from, addr string) (net.Conn, error) {
	if from == lab.LabEnd {
		addr = b.innerAddr(addr)
	}
	return b.fabric.Dial(ctx, from, addr)
}

// Listen implements lab.Listener.
func (b *Backend) Listen(id string) (net.Listener, error) { return b.fabric.Serve(id) }

// innerAddr is where the process of a public address listens.
func (b *Backend) innerAddr(public string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if own, ok := b.inner[public]; ok {
		return own
	}
	return public
}

// Launch implements lab.Backend.
func (b *Backend) Launch(ctx context.Context, spec lab.LaunchSpec) (lab.Instance, error) {
	b.mu.Lock()
	closed := b.closed
	b.mu.Unlock()
	if closed {
		return nil, lab.ErrClosed
	}
	if !b.faults {
		b.fabric.Release(spec.Addr) // the process listens there itself
	}
	if spec.Role == lab.SentinelRole {
		b.fabric.RegisterDialer(spec.ID, netfault.Sentinel)
	}
	from := logSize(spec.LogFile)
	p, err := b.start(spec)
	if err != nil {
		return nil, err
	}
	proxy, err := b.open(ctx, p, spec)
	if err != nil {
		err = errors.Join(err, p.signal(syscall.SIGKILL))
		<-p.ended
		return nil, err
	}
	b.work.Go(func() { follow(spec.LogFile, from, p.ended, spec.Observe) })
	b.work.Go(func() {
		<-p.ended
		if proxy != nil {
			_ = proxy.Close() // its port is free then, whatever it says
		}
		close(p.done)
	})
	return p, nil
}

// open makes the node's public address work, once the process accepts connections.
func (b *Backend) open(ctx context.Context, p *process, spec lab.LaunchSpec) (*netfault.Proxy, error) {
	if err := b.awaitAccept(ctx, p, b.innerAddr(spec.Addr)); err != nil || !b.faults {
		return nil, err
	}
	return b.fabric.Forward(spec.ID, spec.Addr, b.innerAddr(spec.Addr))
}

const acceptPace = 3 * time.Millisecond

// awaitAccept waits until the node answers and has loaded its data.
func (b *Backend) awaitAccept(ctx context.Context, p *process, addr string) error {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		if ping(ctx, addr) {
			return nil
		}
		t.Reset(acceptPace)
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended at once: %w", b.program, cmpErr(p.err))
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer on %s: %w", b.program, addr, ctx.Err())
		case <-t.C:
		}
	}
}

func cmpErr(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// ping tells whether a node answers; an answer that asks for a password is one, a word of loading is none.
func ping(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	defer c.Close()
	deadline, _ := ctx.Deadline()
	if c.SetDeadline(deadline) != nil {
		return false
	}
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	buf := make([]byte, 64)
	n, err := c.Read(buf)
	return err == nil && n >= 5 && (string(buf[:5]) == "+PONG" || string(buf[:5]) == "-NOAU")
}

// Close implements lab.Backend.
func (b *Backend) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	b.mu.Unlock()
	b.work.Wait()
	b.spawner.close()
	return b.fabric.Close()
}
