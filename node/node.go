package node

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"redislab/node/command"
	"redislab/node/config"
	"redislab/node/data"
	"redislab/node/pubsub"
	"redislab/node/repl"
	"redislab/node/store"
)

// Node is one running server. All fields below mu belong to whoever is between enter
// and leave.
type Node struct {
	cfg    Config
	set    *config.Set
	net    Net
	clock  Clock
	log    *slog.Logger
	logOut *logFile
	// what the log needs to know without the lock
	logLevel   atomic.Int32
	logReplica atomic.Bool
	table      *command.Table

	ctx    context.Context // ends with the node
	cancel context.CancelFunc
	group  sync.WaitGroup
	done   chan struct{}
	err    error
	loop   *eventLoop
	lns    []net.Listener

	mu     sync.Mutex
	frozen chan struct{} // closed when the node thaws; nil while it runs
	holds  int
	killed bool

	wall      bool          // the clock is the system's
	lap       time.Duration // since the start, when the last command ended
	now       time.Time
	nowMs     int64
	startedAt time.Time
	rand      *mathrand.Rand
	runID     string

	ks           *store.Keyspace
	clients      map[uint64]*client
	clientMemory int64 // of all that maxmemory-clients limits
	bucketMoves  uint64
	pending      []*client // have output for their transports
	resuming     []*client // were unblocked in this batch
	monitors     map[*client]bool
	warnedHTTP   int64 // ms
	hub          *pubsub.Hub[*client]

	nextClientID uint64
	ops          []op // what the present unit of execution propagates
	inExec       bool
	unit         int // depth of nested units
	feedDB       int // database of the last propagated command, -1 unknown
	ready        readyKeys
	watchers     map[watchKey][]*client
	waiting      blockedClients
	pause        pauseState

	stats      stats
	cmdStats   []cmdStat // by Spec.ID
	errorStats map[string]int64
	slow       slowlog
	latency    latencyLog
	debug      debugState

	// settings read on every command, refreshed by applySettings
	settings     settings
	outputLimits [3]config.OutputLimit
	queryLimit   int64
	clientLimit  int64 // maxmemory-clients in bytes, 0 for none

	persist  persistence
	loading  loadState
	history  repl.History
	master   masterSide
	follower followerSide
	failover failoverState
	shutting shutdownState
	sentinel *sentinelShell // nil unless in sentinel mode
	timers   []Timer
	ticks    int64
	running  bool // the crons have been started
	wrotePID bool
}

// Start runs a node: it listens, loads the RDB file if there is one, and begins to
// replicate if told so. ctx bounds the start only.
func Start(ctx context.Context, cfg Config) (*Node, error) {
	cfg.Args = SentinelArgs(cfg.Args)
	set, err := config.Parse(cfg.Args, cfg.Stdin, func(name string) ([]byte, error) {
		return os.ReadFile(cfg.resolve(name))
	})
	if err != nil {
		return nil, err
	}
	if cfg.OwnProcess {
		// After the configuration was read: the file's name and `dir` are relative to where the process was started.
		dir := set.String("dir")
		if err := os.Chdir(dir); err != nil {
			return nil, set.Fatal("dir", fmt.Sprintf("Can't chdir to '%s': %s", dir, config.Reason(err)))
		}
	}
	n, err := newNode(cfg, set)
	if err != nil {
		return nil, err
	}
	if err := n.start(ctx); err != nil {
		n.Kill()
		return nil, err
	}
	return n, nil
}

func newNode(cfg Config, set *config.Set) (*Node, error) {
	n := &Node{
		cfg: cfg, set: set, net: cfg.Net, clock: cfg.Clock,
		done:    make(chan struct{}),
		clients: map[uint64]*client{}, monitors: map[*client]bool{}, hub: pubsub.New[*client](),
		watchers: map[watchKey][]*client{}, errorStats: map[string]int64{},
		feedDB: -1,
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	if n.net == nil {
		n.net = &realNet{source: n.dialSource}
	}
	if n.clock == nil {
		n.clock, n.wall = wallClock{}, true
	}
	n.seedRandom()
	n.runID = n.newID()
	n.history = repl.NewHistory(n.newID())
	n.ks = store.NewKeyspace(int(set.Int("databases")), n.rand)
	n.ks.Hooks = store.Hooks{Modified: n.keyModified, Expired: n.keyExpired, Added: n.keyAdded, New: n.keyNew, Missed: n.keyMissed}
	if err := n.openLog(); err != nil {
		return nil, err
	}
	if err := n.loadSentinel(); err != nil {
		n.logOut.Close()
		return nil, err
	}
	table, err := n.newTable()
	if err != nil {
		return nil, fmt.Errorf("building the command table: %w", err)
	}
	if err := renameCommands(table, set); err != nil {
		return nil, err
	}
	n.table = table
	n.cmdStats = make([]cmdStat, table.Len())
	n.startedAt = n.clock.Now()
	n.now, n.nowMs = n.startedAt, n.startedAt.UnixMilli()
	n.persist.lastSave = n.startedAt.Unix()
	n.persist.lastOK = true
	n.waiting.init()
	n.ready.init()
	n.follower.state = linkNone
	return n, n.applySettings(nil)
}

// newTable makes the table of the commands that are served in the node's mode.
func (n *Node) newTable() (*command.Table, error) {
	if n.set.Sentinel() {
		own := n.serverHandlers()
		maps.Copy(own, n.sentinelHandlers())
		return command.NewSentinelTable(own)
	}
	return command.NewTable(data.Handlers(), n.serverHandlers())
}

// renameCommands carries the rename-command directives out.
func renameCommands(table *command.Table, set *config.Set) error {
	for _, line := range set.RenamedCommands() {
		if err := table.Rename(line.Args[0], line.Args[1]); err != nil {
			return line.Fatal(err.Error())
		}
	}
	return nil
}

// dialSource is bind-source-addr: where the node's own connections come from.
func (n *Node) dialSource() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.set.String("bind-source-addr")
}

func (n *Node) seedRandom() {
	var seed [16]byte
	if n.cfg.Seed != 0 {
		binary.LittleEndian.PutUint64(seed[:], n.cfg.Seed)
	} else if _, err := rand.Read(seed[:]); err != nil {
		binary.LittleEndian.PutUint64(seed[:], uint64(time.Now().UnixNano()))
	}
	n.rand = mathrand.New(mathrand.NewPCG(binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])))
}

// newID makes 40 hexadecimal digits, the form of run and replication IDs.
func (n *Node) newID() string {
	var raw [20]byte
	for i := range raw {
		raw[i] = byte(n.rand.Uint32())
	}
	return hex.EncodeToString(raw[:])
}

func (n *Node) start(ctx context.Context) error {
	if err := n.enterDir(); err != nil {
		return err
	}
	if err := n.writePID(); err != nil {
		n.warnf("%v", err)
	}
	n.logBanner()
	if n.cfg.Net == nil {
		if loop, err := newEventLoop(n); err == nil {
			n.loop = loop
			n.group.Go(loop.run)
		}
	}
	if n.sentinel != nil {
		return n.startSentinel()
	}
	if err := n.listenAndLoad(ctx); err != nil {
		return err
	}
	n.mu.Lock()
	n.tick()
	if host, port, ok := n.set.ReplicaOf(); ok {
		n.follow(host, port)
	}
	n.armCron()
	n.mu.Unlock()
	n.noticef("Ready to accept connections")
	n.emit("node.ready", "addr", n.Addr().String(), "runid", n.runID)
	return nil
}

// listenAndLoad looks for the data before it listens, so that nobody is served without it.
func (n *Node) listenAndLoad(ctx context.Context) error {
	f, unreadable := n.findDump()
	if f != nil {
		defer f.Close()
	}
	if err := n.listen(); err != nil {
		return err
	}
	if f == nil {
		return unreadable // nil when there is no file
	}
	return n.loadFromDisk(ctx, f)
}

// resolve makes a path relative to WorkDir absolute.
func (c *Config) resolve(path string) string {
	if filepath.IsAbs(path) || c.WorkDir == "" {
		return path
	}
	return filepath.Join(c.WorkDir, path)
}

// path is where a file of the node's own (RDB, pid, log) is: relative to `dir`.
func (n *Node) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(n.dir(), name)
}

func (n *Node) dir() string { return n.cfg.resolve(n.set.String("dir")) }

// enterDir checks `dir`. A process that is the node's alone is in there already.
func (n *Node) enterDir() error {
	info, err := os.Stat(n.dir())
	if err == nil && !info.IsDir() {
		err = errors.New("not a directory")
	}
	if err != nil {
		return fmt.Errorf("Can't chdir to '%s': %w", n.set.String("dir"), err)
	}
	return nil
}

// listen opens the port on every bind address. As in Redis, an address with a leading
// '-' may be unavailable.
func (n *Node) listen() error {
	port := n.set.Int("port")
	if port == 0 && !n.cfg.AnyPort && n.set.String("unixsocket") == "" {
		return errors.New("Configured to not listen anywhere, exiting.")
	}
	for _, host := range n.set.Bind() {
		if port == 0 && !n.cfg.AnyPort {
			break
		}
		optional := host != "" && host[0] == '-'
		if optional {
			host = host[1:]
		}
		if host == "*" {
			host = ""
		}
		if host == "::*" {
			host = "::"
		}
		ln, err := n.net.Listen("tcp", net.JoinHostPort(host, strconv.FormatInt(port, 10)))
		if err != nil {
			if optional {
				continue
			}
			n.warnf("Could not create server TCP listening socket %s:%d: %v", host, port, rootCause(err))
			n.warnf("Failed listening on port %d (TCP), aborting.", port)
			return fmt.Errorf("Failed listening on port %d (TCP), aborting: %w", port, err)
		}
		n.lns = append(n.lns, ln)
		n.group.Go(func() { n.accept(ln) })
	}
	if len(n.lns) == 0 && port != 0 {
		return fmt.Errorf("Failed listening on port %d (TCP), aborting.", port)
	}
	return n.listenUnix()
}

func (n *Node) listenUnix() error {
	path := n.set.String("unixsocket")
	if path == "" {
		return nil
	}
	path = n.path(path)
	_ = os.Remove(path)
	ln, err := n.net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("Failed opening Unix socket: bind: %w", err)
	}
	if perm := n.set.Int("unixsocketperm"); perm != 0 {
		if err := os.Chmod(path, os.FileMode(perm)); err != nil {
			return fmt.Errorf("setting the mode of the Unix socket: %w", rootCause(err))
		}
	}
	n.lns = append(n.lns, ln)
	n.group.Go(func() { n.accept(ln) })
	return nil
}

func rootCause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// Addr is the address of the first listener.
func (n *Node) Addr() net.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.lns) == 0 {
		return &net.TCPAddr{}
	}
	return n.lns[0].Addr()
}

// Done is closed when the node has ended.
func (n *Node) Done() <-chan struct{} { return n.done }

// Err says why the node ended; nil for an ordinary end. It is good after Done.
func (n *Node) Err() error { return n.err }

// RunID is the 40 digit identity of this start.
func (n *Node) RunID() string { return n.runID }

// PID is the process the node runs in.
func (n *Node) PID() int { return os.Getpid() }

// Settings gives the directives in force.
func (n *Node) Settings() *config.Set { return n.set }

// Kill ends the node as kill -9 would: connections drop, nothing is saved. It returns
// when nothing of the node runs any more.
func (n *Node) Kill() {
	n.mu.Lock()
	n.end(nil)
	n.mu.Unlock()
	<-n.done
}

// end makes everything of the node stop; the lock is held. It does not wait for it, see
// Done.
func (n *Node) end(err error) {
	if n.killed {
		return
	}
	n.killed, n.err = true, err
	if n.frozen != nil {
		close(n.frozen)
		n.frozen, n.holds = nil, 0
	}
	n.cancel()
	for _, ln := range n.lns {
		ln.Close()
	}
	for _, c := range n.clients {
		if s, ok := c.t.(*stream); ok {
			s.conn.Close()
		}
	}
	if conn := n.follower.conn; conn != nil {
		conn.Close()
	}
	n.stopTimers()
	n.closeSnapshot()
	if n.loop != nil {
		n.loop.rouse()
	}
	go func() {
		n.group.Wait()
		n.logOut.Close()
		close(n.done)
	}()
}
