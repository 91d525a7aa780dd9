package lab

import (
	"context"
	"fmt"
	"net"

	"github.com/redis/go-redis/v9"
)

// Sentinels lists the sentinels in display order.
func (l *Lab) Sentinels() []*Node {
	var out []*Node
	for _, n := range l.Nodes() {
		if n.spec.Sentinel {
			out = append(out, n)
		}
	}
	return out
}

// FailoverOptions are those of a go-redis FailoverClient at the given end of the lab's network: it is told the
// sentinels that live and nothing else. The first answer counts, as with ClientOptions.
func (l *Lab) FailoverOptions(end, master string) *redis.FailoverOptions {
	var addrs []string
	password := ""
	for _, n := range l.Sentinels() {
		if s := n.State(); s == StateUp || s == StatePaused {
			addrs = append(addrs, n.Addr())
		}
		for _, w := range n.spec.Watches {
			if m := l.Node(w.Master); w.Name == master && m != nil {
				password = m.password()
			}
		}
	}
	if l.backend.Capabilities().SimulatedTime && len(addrs) > 1 {
		// go-redis asks several at once and waits for a lock meanwhile, which stops simulated time. It learns of the others.
		addrs = addrs[:1]
	}
	return &redis.FailoverOptions{
		MasterName: master, SentinelAddrs: addrs, Password: password, Dialer: l.Dialer(end),
		MaxRetries: -1, ContextTimeoutEnabled: true, DisableIdentity: true, DialerRetries: 1,
		PoolSize: l.poolSize(),
	}
}

// FailoverClient is a go-redis client that asks the sentinels for the named master, closed with the lab.
func (l *Lab) FailoverClient(master string, opts ...func(*redis.FailoverOptions)) *redis.Client {
	return l.Observe().FailoverClient(master, opts...)
}

// FailoverClient is an observed client that asks the sentinels for the named master, closed with the lab. Seen lists all
// addresses that it tried, sentinels included.
func (o *Observer) FailoverClient(master string, opts ...func(*redis.FailoverOptions)) *redis.Client {
	fo := o.lab.FailoverOptions(o.end, master)
	for _, f := range opts {
		f(fo)
	}
	dial := fo.Dialer
	fo.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		o.noteDial(addr, err)
		return c, err
	}
	c := redis.NewFailoverClient(fo)
	c.AddHook(failoverHook{o})
	return o.lab.keep(c)
}

// failoverHook leaves the dials out: at that level go-redis does not know yet where it will connect to.
type failoverHook struct{ *Observer }

// DialHook implements redis.Hook.
func (failoverHook) DialHook(next redis.DialHook) redis.DialHook { return next }

// SentinelClient is a new go-redis client of a sentinel, closed with the lab.
func (n *Node) SentinelClient() *redis.SentinelClient {
	c := redis.NewSentinelClient(n.ClientOptions(ClientEnd))
	n.lab.keepOpen(c)
	return c
}

// MasterAddr is the address that the first sentinel to answer gives for the named master.
func (l *Lab) MasterAddr(ctx context.Context, name string) (string, error) {
	var last error = fmt.Errorf("no sentinel of this lab lives")
	for _, n := range l.Sentinels() {
		if n.State() != StateUp {
			continue
		}
		addr, err := n.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).StringSlice()
		if err == nil && len(addr) == 2 {
			return net.JoinHostPort(addr[0], addr[1]), nil
		}
		last = fmt.Errorf("sentinel %s: %q is not watched: %w", n.ID(), name, err)
	}
	return "", last
}
