package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"redislab/node/sentinel"
)

// Redis stands in for a Redis server: enough of one to be watched, promoted and told whom to follow. It has an offset
// instead of data.
type Redis struct {
	*RedisDisk
	host    *Host
	runID   string
	loading time.Time // until then it loads its data

	master    string // whom it follows, "" for nobody
	link      *Conn  // to the master
	linkUp    bool
	downSince time.Time
	heard     time.Time // last word from the master

	replicas []*Conn
	clients  []*Conn
	subs     []*Conn
}

// RedisDisk is what a server keeps over restarts, and its settings.
type RedisDisk struct {
	Offset   uint64
	Master   string // replicaof, as CONFIG REWRITE wrote it
	Priority int
	Password string
	RunID    string        // given, not drawn
	SyncTime time.Duration // how long a full sync takes
	LoadTime time.Duration // how long the next start takes
	Hidden   bool          // replica-announced no
}

// NewRedis adds a server that is not started yet.
func NewRedis(w *World, name, addr string, d *RedisDisk) *Host {
	return w.Host(name, addr, func(h *Host) Process {
		r := &Redis{RedisDisk: d, host: h, runID: d.RunID, master: d.Master, downSince: w.Now()}
		if r.runID == "" || h.life > 1 {
			r.runID = fmt.Sprintf("%016x%016x%08x", w.rand.Uint64(), w.rand.Uint64(), w.rand.Uint32())
		}
		r.loading = w.Now().Add(d.LoadTime)
		d.LoadTime = 0
		h.After(0, r.cron)
		return r
	})
}

// IsMaster tells whether it follows nobody.
func (r *Redis) IsMaster() bool { return r.master == "" }

// Follows is the address of its master, and whether the link stands.
func (r *Redis) Follows() (master string, up bool) { return r.master, r.linkUp }

// Write lets a master's stream grow by n bytes.
func (r *Redis) Write(n uint64) {
	if r.IsMaster() {
		r.Offset += n
		r.feed(streamed{n, ""})
	}
}

// The messages of replication.
type (
	wantSync struct{} // a replica asks for the data
	noSync   struct{} // the master has no master itself at the moment
	synced   struct{ offset uint64 }
	streamed struct { // the stream goes on
		bytes   uint64
		message string // a published one
	}
)

const replTimeout = 60 * time.Second

// cron looks after replication every second.
func (r *Redis) cron() {
	now := r.host.world.now
	switch {
	case r.loading.After(now):
	case r.master == "":
		r.feed(streamed{})
	case r.link == nil:
		r.link, r.heard = r.host.Dial(r.master), now
		r.link.Send(wantSync{})
	case now.Sub(r.heard) > replTimeout:
		r.link.Close()
		r.lostMaster()
	default:
		r.feed(streamed{})
	}
	r.host.After(time.Second, r.cron)
}

func (r *Redis) lostMaster() {
	if r.linkUp {
		r.downSince = r.host.world.now
	}
	r.link, r.linkUp = nil, false
}

func (r *Redis) feed(s streamed) {
	for _, c := range r.replicas {
		c.Send(s)
	}
}

// follow makes it follow another master, or nobody.
func (r *Redis) follow(master string) {
	if master == r.master {
		return
	}
	if r.link != nil {
		r.link.Close()
	}
	r.link, r.linkUp, r.downSince = nil, false, r.host.world.now
	if r.master == "" && master != "" {
		for _, c := range r.replicas {
			c.Close()
		}
		r.replicas = nil
	}
	r.master = master
	r.host.Logf("follows %s", orNobody(master))
}

func orNobody(addr string) string {
	if addr == "" {
		return "nobody"
	}
	return addr
}

// session is what the server knows of a client.
type session struct {
	authed bool
	multi  [][]string
	queue  bool
}

// Accept takes a client.
func (r *Redis) Accept(c *Conn) {
	c.Tag = &session{authed: r.Password == ""}
	r.clients = append(r.clients, c)
}

// Connected has nothing to do: the sync is asked for already.
func (r *Redis) Connected(*Conn) {}

// Closed forgets a connection.
func (r *Redis) Closed(c *Conn, _ string) {
	if c == r.link {
		r.lostMaster()
		return
	}
	r.drop(c)
}

func (r *Redis) drop(c *Conn) {
	for _, list := range []*[]*Conn{&r.clients, &r.subs, &r.replicas} {
		*list = slices.DeleteFunc(*list, func(o *Conn) bool { return o == c })
	}
}

// Receive takes a command, or a word of replication.
func (r *Redis) Receive(c *Conn, msg any) {
	switch msg := msg.(type) {
	case []string:
		for _, v := range r.command(c, msg) {
			c.Send(v)
		}
	case wantSync:
		r.serveSync(c)
	case noSync:
		r.link.Close()
		r.lostMaster()
	case synced:
		r.heard, r.linkUp, r.Offset = r.host.world.now, true, msg.offset
	case streamed:
		r.heard = r.host.world.now
		r.Offset += msg.bytes
		if msg.message != "" {
			r.deliver(msg.message)
		}
		if msg.bytes > 0 || msg.message != "" {
			r.feed(msg)
		}
	}
}

func (r *Redis) serveSync(c *Conn) {
	if r.loading.After(r.host.world.now) || r.master != "" && !r.linkUp {
		c.Send(noSync{})
		return
	}
	r.clients = slices.DeleteFunc(r.clients, func(o *Conn) bool { return o == c })
	r.host.After(r.SyncTime, func() {
		if c.open && (r.master == "" || r.linkUp) {
			r.replicas = append(r.replicas, c)
			c.Send(synced{r.Offset})
		}
	})
}

func (r *Redis) deliver(message string) {
	for _, c := range r.subs {
		c.Send(sentinel.Value{Kind: '*', Items: []sentinel.Value{bulk("message"), bulk("__sentinel__:hello"), bulk(message)}})
	}
}

func bulk(s string) sentinel.Value          { return sentinel.Value{Kind: '$', Text: s} }
func status(s string) sentinel.Value        { return sentinel.Value{Kind: '+', Text: s} }
func errorOf(s string) sentinel.Value       { return sentinel.Value{Kind: '-', Text: s} }
func integer(n int64) sentinel.Value        { return sentinel.Value{Kind: ':', Int: n} }
func one(v sentinel.Value) []sentinel.Value { return []sentinel.Value{v} }

// command answers a command.
func (r *Redis) command(c *Conn, args []string) []sentinel.Value {
	s := c.Tag.(*session)
	name := strings.ToUpper(args[0])
	switch {
	case name == "AUTH":
		if args[len(args)-1] != r.Password {
			return one(errorOf("WRONGPASS invalid username-password pair or user is disabled."))
		}
		s.authed = true
		return one(status("OK"))
	case !s.authed:
		return one(errorOf("NOAUTH Authentication required."))
	case name == "MULTI":
		s.queue, s.multi = true, nil
		return one(status("OK"))
	case name == "EXEC":
		s.queue = false
		for _, queued := range s.multi {
			r.execute(c, queued)
		}
		return one(sentinel.Value{Kind: '*'})
	case s.queue:
		s.multi = append(s.multi, args)
		return one(status("QUEUED"))
	}
	return r.execute(c, args)
}

func (r *Redis) execute(c *Conn, args []string) []sentinel.Value {
	loading := r.loading.After(r.host.world.now)
	switch name := strings.ToUpper(args[0]); {
	case name == "INFO":
		return one(bulk(r.info()))
	case name == "CLIENT" && args[1] == "KILL":
		r.kill(c, args[3])
	case name == "SUBSCRIBE":
		r.subs = append(r.subs, c)
		return one(sentinel.Value{Kind: '*', Items: []sentinel.Value{bulk("subscribe"), bulk(args[1]), integer(1)}})
	case name == "PUBLISH":
		r.deliver(args[2])
		r.feed(streamed{0, args[2]})
		return one(integer(int64(len(r.subs))))
	case loading:
		return one(errorOf("LOADING Redis is loading the dataset in memory"))
	case name == "PING":
		return one(status("PONG"))
	case name == "SLAVEOF" || name == "REPLICAOF":
		master := args[1] + ":" + args[2]
		if strings.EqualFold(args[1], "NO") {
			master = ""
		}
		r.follow(master)
	case name == "CONFIG":
		r.Master = r.master
	}
	return one(status("OK"))
}

// kill closes the clients of a type, but not the one that asks for it.
func (r *Redis) kill(c *Conn, kind string) {
	list := slices.Clone(r.subs)
	if kind == "normal" {
		list = slices.DeleteFunc(slices.Clone(r.clients), func(o *Conn) bool { return slices.Contains(r.subs, o) })
	}
	for _, o := range list {
		if o != c {
			o.Close()
			r.drop(o)
		}
	}
}

// info gives the lines of INFO that a sentinel reads.
func (r *Redis) info() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("# Server")
	line("run_id:%s", r.runID)
	line("# Replication")
	if r.master == "" {
		line("role:master")
	} else {
		host, port, _ := strings.Cut(r.master, ":")
		line("role:slave")
		line("master_host:%s", host)
		line("master_port:%s", port)
		line("master_link_status:%s", map[bool]string{true: "up", false: "down"}[r.linkUp])
		line("slave_repl_offset:%d", r.Offset)
		if !r.linkUp {
			line("master_link_down_since_seconds:%d", int(r.host.world.now.Sub(r.downSince).Seconds()))
		}
		line("slave_priority:%d", r.Priority)
		line("replica_announced:%d", map[bool]int{true: 0, false: 1}[r.Hidden])
	}
	line("connected_slaves:%d", len(r.replicas))
	for i, c := range r.replicas {
		host, port, _ := strings.Cut(c.remote, ":")
		n, _ := strconv.Atoi(port)
		line("slave%d:ip=%s,port=%d,state=online,offset=%d,lag=0", i, host, n, r.Offset)
	}
	return b.String()
}
