package node

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"redislab/node/resp"
	"redislab/node/store"
)

// settings are the directives that are looked at for every command, key or tick, in the
// form the code wants them. applySettings makes them anew when a directive changes.
type settings struct {
	maxmemory        int64
	maxmemoryPolicy  string
	maxmemorySamples int
	serveStale       bool
	readOnly         bool
	stopWrites       bool
	minReplicas      int
	minReplicasLag   int64
	slowlogSlower    int64
	latencyLimit     int64
	latencyTracking  bool
	lazyExpire       bool
	notify           [256]byte
	hz               int64
	timeout          int64
	replTimeout      int64
	replPingPeriod   int64
	requirepass      string
	activeExpire     bool
}

var zeroStoreStats store.Stats

// applySettings carries directives into effect. changed is nil at the start, else the
// names that CONFIG SET gave; an error makes CONFIG SET take them back.
func (n *Node) applySettings(changed []string) error {
	s := n.set
	was := n.settings
	n.settings = settings{
		maxmemory: s.Int("maxmemory"), maxmemoryPolicy: s.String("maxmemory-policy"),
		maxmemorySamples: int(s.Int("maxmemory-samples")),
		serveStale:       s.Bool("replica-serve-stale-data"), readOnly: s.Bool("replica-read-only"),
		stopWrites: s.Bool("stop-writes-on-bgsave-error"), minReplicas: int(s.Int("min-replicas-to-write")),
		minReplicasLag: s.Int("min-replicas-max-lag"), slowlogSlower: s.Int("slowlog-log-slower-than"),
		latencyLimit: s.Int("latency-monitor-threshold"), latencyTracking: s.Bool("latency-tracking"),
		lazyExpire: s.Bool("lazyfree-lazy-expire"), notify: notifyClasses(s.String("notify-keyspace-events")),
		hz: s.Int("hz"), timeout: s.Int("timeout"), replTimeout: s.Int("repl-timeout"),
		replPingPeriod: s.Int("repl-ping-replica-period"), requirepass: s.String("requirepass"),
		activeExpire: was.activeExpire,
	}
	if changed == nil {
		n.settings.activeExpire = true
	}
	n.logLevel.Store(int32(logLevels[s.String("loglevel")]))
	n.outputLimits = s.OutputLimits()
	n.queryLimit = s.Int("client-query-buffer-limit")
	n.limitClients(clientLimit(s.Int("maxmemory-clients"), n.settings.maxmemory))
	n.persist.savePoints = len(s.SavePoints()) > 0
	n.slow.limit(int(s.Int("slowlog-max-len")))
	n.ks.Limits = store.Limits{
		HashEntries: int(s.Int("hash-max-listpack-entries")), HashValue: int(s.Int("hash-max-listpack-value")),
		ZSetEntries: int(s.Int("zset-max-listpack-entries")), ZSetValue: int(s.Int("zset-max-listpack-value")),
		SetIntEntries: int(s.Int("set-max-intset-entries")),
		ListSize:      int(s.Int("list-max-listpack-size")),
	}
	n.ks.Policy = store.Policy{
		LFU:          strings.HasSuffix(n.settings.maxmemoryPolicy, "lfu"),
		LFULogFactor: int(s.Int("lfu-log-factor")), LFUDecayTime: int(s.Int("lfu-decay-time")),
	}
	for _, effect := range settingEffects {
		if changed != nil && slices.Contains(changed, effect.name) {
			if err := effect.do(n, was); err != nil {
				return err
			}
		}
	}
	return nil
}

// settingEffects is what CONFIG SET does beyond changing a value.
var settingEffects = []struct {
	name string
	do   func(n *Node, was settings) error
}{
	{"dir", func(n *Node, _ settings) error { return n.changeDir() }},
	{"requirepass", func(n *Node, _ settings) error { n.passwordChanged(); return nil }},
	{"repl-backlog-size", func(n *Node, _ settings) error { n.resizeBacklog(); return nil }},
	{"proto-max-bulk-len", func(n *Node, _ settings) error { n.limitsChanged(); return nil }},
	{"masterauth", func(*Node, settings) error { return nil }},
	{"maxmemory", func(n *Node, _ settings) error { n.freeMemory(); return nil }},
	{"bind", func(n *Node, _ settings) error { return n.rebind("bind", "Failed to bind to specified addresses.") }},
	{"port", func(n *Node, _ settings) error {
		return n.rebind("port", "Unable to listen on this port. Check server logs.")
	}},
}

func (n *Node) changeDir() error {
	info, err := os.Stat(n.dir())
	if err != nil {
		return fmt.Errorf("%w", rootCause(err))
	}
	if !info.IsDir() {
		return fmt.Errorf("Not a directory")
	}
	return nil
}

// passwordChanged lets connected clients be; new ones have to log in. Without a password
// everybody is the default user again.
func (n *Node) passwordChanged() {
	if n.settings.requirepass != "" {
		return
	}
	for _, c := range n.clients {
		c.login()
	}
}

func (c *client) login() {
	c.authed = true
	c.reader.Limits.Authenticated = true
}

func (n *Node) limitsChanged() {
	for _, c := range n.clients {
		limits := resp.DefaultLimits()
		limits.MaxBulk, limits.Authenticated = n.set.Int("proto-max-bulk-len"), c.authed
		c.reader.Limits = limits
	}
}

// Garbage collection trades memory for processor time. A node's live data is one big
// heap that rarely dies, so the default of "as much garbage as data" would double its
// memory: allow headroom in bytes for small heaps and a quarter for large ones.
const (
	gcHeadroom   = 96 << 20
	gcMinPercent = 25
	gcMaxPercent = 400
)

// tuneGC follows the size of the data set. It changes a setting of the whole process, so only a node that is
// the process calls it.
func tuneGC(used int64) {
	percent := gcMaxPercent
	if used > 0 {
		percent = int(min(max(gcHeadroom*100/used, gcMinPercent), gcMaxPercent))
	}
	debug.SetGCPercent(percent)
}
