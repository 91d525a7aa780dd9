package lab

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"redislab/lab/netfault"
)

// ClientOptions are the go-redis options of a client at the given end of the lab's network (ClientEnd, or a name that
// starts with it): the first answer counts (no retries), contexts are obeyed, and nothing is sent but what the caller
// asks for, beside HELLO.
func (n *Node) ClientOptions(end string) *redis.Options {
	return &redis.Options{
		Addr:                     n.Addr(),
		Password:                 n.password(),
		Dialer:                   n.lab.Dialer(end),
		MaxRetries:               -1,
		ContextTimeoutEnabled:    true,
		DisableIdentity:          true,
		DialerRetries:            1,
		PoolSize:                 n.lab.poolSize(),
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// simPool is more connections than any test has goroutines: where all are taken, go-redis waits with a timer that it
// keeps for the next client of the process, and a timer of one bubble is fatal in another. They are made when needed.
const simPool = 10_000

// poolSize is for a client's options; 0 is go-redis's own size.
func (l *Lab) poolSize() int {
	if l.backend.Capabilities().SimulatedTime {
		return simPool
	}
	return 0
}

// Client is a go-redis client of this node. Without options it is one and the same as long as the node lives; with
// options it is a new one, made from ClientOptions changed by them. The lab closes both.
func (n *Node) Client(opts ...func(*redis.Options)) *redis.Client {
	if len(opts) > 0 {
		o := n.ClientOptions(ClientEnd)
		for _, f := range opts {
			f(o)
		}
		return n.lab.keep(redis.NewClient(o))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.client == nil {
		n.client = n.lab.keep(redis.NewClient(n.ClientOptions(ClientEnd)))
	}
	return n.client
}

// dropClient forgets the cached client, whose connections ended with the node's life.
func (n *Node) dropClient() {
	n.mu.Lock()
	c := n.client
	n.client = nil
	n.mu.Unlock()
	if c != nil {
		n.lab.unkeep(c)
		_ = c.Close() // its connections are dead anyway
	}
	n.lab.watch.reset(n)
}

// keep makes Close close the client.
func (l *Lab) keep(c *redis.Client) *redis.Client {
	l.keepOpen(c)
	return c
}

func (l *Lab) keepOpen(c io.Closer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = c.Close() // commands on it say that it is closed
		return
	}
	l.clients = append(l.clients, c)
}

func (l *Lab) unkeep(c io.Closer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, o := range l.clients {
		if o == c {
			l.clients = append(l.clients[:i:i], l.clients[i+1:]...)
			return
		}
	}
}

// Dialer connects clients of any kind to the lab's nodes, as the named end of its network, so that faults of class
// client meet them.
func (l *Lab) Dialer(end string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		if !netfault.IsClient(end) {
			return nil, fmt.Errorf("a client's name is %q or starts with %q, unlike %q", ClientEnd, ClientEnd+"-", end)
		}
		return l.backend.Dial(ctx, end, addr)
	}
}

// Do sends one command to the node over its cached client.
func (n *Node) Do(ctx context.Context, args ...any) *redis.Cmd { return n.Client().Do(ctx, args...) }

// Info is one section of INFO as the node's client sees it; "" asks for the default ones.
func (n *Node) Info(ctx context.Context, section string) (map[string]string, error) {
	var sections []string
	if section != "" {
		sections = append(sections, section)
	}
	text, err := n.Client().Info(ctx, sections...).Result()
	if err != nil {
		return nil, fmt.Errorf("node %s: INFO %s: %w", n.spec.ID, section, err)
	}
	out := map[string]string{}
	parseInfo(text, out)
	return out, nil
}

// Role is what the node itself says it is.
func (n *Node) Role(ctx context.Context) (Role, error) {
	info, err := n.Info(ctx, "replication")
	if err != nil {
		return "", err
	}
	return roleOf(info["role"]), nil
}

func roleOf(word string) Role {
	if word == "slave" { // the protocol's word
		return Replica
	}
	return Role(word)
}

// Tail is the last lines of a file, at most n; none when there is no such file. Backends show logs with it.
func Tail(path string, n int) []string {
	const most = 256 << 10
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil
	}
	from := max(0, st.Size()-most)
	buf := make([]byte, st.Size()-from)
	got, _ := f.ReadAt(buf, from)
	lines := strings.Split(strings.TrimRight(string(buf[:got]), "\n"), "\n")
	if from > 0 && len(lines) > 1 {
		lines = lines[1:] // began in the middle
	}
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines[max(0, len(lines)-n):]
}
