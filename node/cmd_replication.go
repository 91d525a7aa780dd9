package node

import (
	"fmt"
	"strconv"
	"strings"

	"redislab/node/command"
	"redislab/node/repl"
)

func (n *Node) replicationHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"replicaof": n.cmdReplicaof, "slaveof": n.cmdReplicaof, "role": n.cmdRole, "wait": n.cmdWait,
		"replconf": n.cmdReplconf, "psync": n.cmdSync, "sync": n.cmdSync, "failover": n.cmdFailover,
	}
}

func (n *Node) cmdReplicaof(ctx *command.Ctx) {
	if n.failover.state != failoverNone {
		ctx.Error(command.ErrReplicaofFailover)
		return
	}
	host, word := ctx.Arg(1), ctx.Arg(2)
	if strings.EqualFold(host, "no") && strings.EqualFold(word, "one") {
		if n.isReplica() {
			n.unfollow()
			n.noticef("MASTER MODE enabled (user request from '%s')", ctx.Client.(*client).infoLine())
		}
		ctx.OK()
		return
	}
	if ctx.Client.(*client).is(flagReplica) {
		ctx.Error("ERR Command is not valid when client is a replica.")
		return
	}
	port, ok := intArg(ctx, 2)
	if !ok || port < 0 || port > 65535 {
		ctx.Error(command.ErrMasterPort)
		return
	}
	if strings.EqualFold(n.follower.host, host) && n.follower.port == int(port) {
		n.noticef("REPLICAOF would result into synchronization with the master we are already connected with. No operation performed.")
		ctx.Simple("OK Already connected to specified master")
		return
	}
	n.follow(host, int(port))
	n.noticef("REPLICAOF %s:%d enabled (user request from '%s')", host, port, ctx.Client.(*client).infoLine())
	ctx.OK()
}

func (n *Node) cmdRole(ctx *command.Ctx) {
	if n.isReplica() {
		f := &n.follower
		ctx.Array(5)
		ctx.BulkString("slave")
		ctx.BulkString(f.host)
		ctx.Int(int64(f.port))
		ctx.BulkString(f.state.String())
		offset := int64(-1)
		if f.client != nil {
			offset = n.history.Offset
		}
		ctx.Int(offset)
		return
	}
	ctx.Array(3)
	ctx.BulkString("master")
	ctx.Int(n.history.Offset)
	m, count := ctx.Defer(), 0
	for _, l := range n.master.links {
		if l.state != online {
			continue
		}
		ctx.Array(3)
		ctx.BulkString(n.replicaIP(l))
		ctx.BulkString(strconv.Itoa(l.port))
		ctx.BulkString(strconv.FormatInt(l.ackOffset, 10))
		count++
	}
	ctx.PutArray(m, count)
}

func (n *Node) replicaIP(l *replicaLink) string {
	if l.ip != "" {
		return l.ip
	}
	return l.c.ip()
}

func (n *Node) replicationInfo(t *infoText) {
	if n.isReplica() {
		n.followerInfo(t)
	} else {
		t.line("role", "master")
	}
	t.line("connected_slaves", len(n.master.links))
	if n.settings.minReplicas > 0 && n.settings.minReplicasLag > 0 {
		t.line("min_slaves_good_slaves", n.goodReplicas())
	}
	for i, l := range n.master.links {
		lag := int64(0)
		if l.state == online {
			lag = n.lag(l)
		}
		t.line(fmt.Sprintf("slave%d", i), fmt.Sprintf("ip=%s,port=%d,state=%s,offset=%d,lag=%d", n.replicaIP(l), l.port, l.state, l.ackOffset, lag))
	}
	t.line("master_failover_state", n.failover.state.String())
	t.line("master_replid", n.history.ID)
	t.line("master_replid2", n.history.ID2)
	t.line("master_repl_offset", n.history.Offset)
	t.line("second_repl_offset", n.history.Second)
	b := n.master.backlog
	t.line("repl_backlog_active", b != nil)
	t.line("repl_backlog_size", n.set.Int("repl-backlog-size"))
	if b == nil {
		t.line("repl_backlog_first_byte_offset", 0)
		t.line("repl_backlog_histlen", 0)
		return
	}
	t.line("repl_backlog_first_byte_offset", b.First())
	t.line("repl_backlog_histlen", b.Len())
}

func (n *Node) followerInfo(t *infoText) {
	f := &n.follower
	status := "down"
	if f.state == linkConnected {
		status = "up"
	}
	lastIO := int64(-1)
	if f.client != nil {
		lastIO = (n.nowMs - f.lastIO) / 1000
	}
	offset := n.history.Offset
	if f.client == nil && !f.cached {
		offset = 1 // Redis's figure as long as there is no place in a history
	}
	t.line("role", "slave")
	t.line("master_host", f.host)
	t.line("master_port", f.port)
	t.line("master_link_status", status)
	t.line("master_last_io_seconds_ago", lastIO)
	t.line("master_sync_in_progress", f.state == linkTransfer)
	unread := 0
	if f.client != nil {
		unread = len(f.client.in) // a part of a command, or what a pause holds
	}
	t.line("slave_read_repl_offset", offset+int64(len(f.unapplied)+unread))
	t.line("slave_repl_offset", offset)
	if f.state == linkTransfer {
		perc := 0.0 // Redis's own figures, odd as they are before the size is known (-1) or without one (0)
		if f.syncTotal != 0 {
			perc = float64(f.syncRead) / float64(f.syncTotal) * 100
		}
		t.line("master_sync_total_bytes", f.syncTotal)
		t.line("master_sync_read_bytes", f.syncRead)
		t.line("master_sync_left_bytes", f.syncTotal-f.syncRead)
		t.line("master_sync_perc", perc)
		t.line("master_sync_last_io_seconds_ago", (n.nowMs-f.lastIO)/1000)
	}
	if f.state != linkConnected {
		down := int64(-1)
		if f.downSince != 0 {
			down = (n.nowMs - f.downSince) / 1000
		}
		t.line("master_link_down_since_seconds", down)
	}
	t.line("slave_priority", n.set.Int("replica-priority"))
	t.line("slave_read_only", n.settings.readOnly)
	t.line("replica_announced", n.set.Bool("replica-announced"))
}

// savedStream tells whether an RDB file should carry our place in the replication
// history, and which database the stream has selected.
func (n *Node) savedStream() (db int, ok bool) {
	if n.isReplica() {
		return n.follower.streamDB, n.follower.client != nil || n.follower.cached
	}
	if n.master.backlog == nil {
		return 0, false
	}
	return max(n.feedDB, 0), true
}

// recoverStream takes up the place in history that an RDB file of ours carries: a
// replica offers it to its master, a master takes it as its second ID for the replicas it had.
func (n *Node) recoverStream(l *loader) {
	aux := l.aux
	id := aux["repl-id"]
	offset, err := strconv.ParseInt(aux["repl-offset"], 10, 64)
	if len(id) != len(repl.NoID) || err != nil || offset < 0 {
		return
	}
	if _, _, replica := n.set.ReplicaOf(); replica {
		n.history.ID, n.history.Offset = id, offset
		n.follower.cached = true
		n.follower.streamDB, _ = strconv.Atoi(aux["repl-stream-db"])
		return
	}
	n.history.ID2, n.history.Second = id, offset+1
	n.history.Offset += offset
	n.createBacklog()
	// The replicas still have the keys we found expired.
	for _, k := range l.expired {
		n.propagateNow(k.db, [][]byte{[]byte("DEL"), []byte(k.key)})
	}
}

// port is the port clients connect to.
func (n *Node) port() int {
	if p := n.set.Int("port"); p != 0 || len(n.lns) == 0 {
		return int(p)
	}
	_, port := splitAddr(n.lns[0].Addr().String())
	return port
}

func splitAddr(addr string) (host string, port int) {
	host = hostOf(addr)
	if i := strings.LastIndexByte(addr, ':'); i >= 0 {
		port, _ = strconv.Atoi(addr[i+1:])
	}
	return host, port
}
