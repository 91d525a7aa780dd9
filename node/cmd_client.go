package node

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"redislab/node/command"
)

func (n *Node) clientHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"client|id":       func(ctx *command.Ctx) { ctx.Int(int64(ctx.Client.(*client).id)) },
		"client|getname":  n.clientGetName,
		"client|setname":  n.clientSetName,
		"client|info":     n.clientInfo,
		"client|list":     n.clientList,
		"client|kill":     n.clientKill,
		"client|pause":    n.clientPause,
		"client|unpause":  func(ctx *command.Ctx) { n.unpause(); ctx.OK() },
		"client|reply":    n.clientReply,
		"client|no-evict": n.clientNoEvict,
		"client|unblock":  n.clientUnblock,
		"client|getredir": func(ctx *command.Ctx) { ctx.Int(-1) },
		"client|help":     command.ReplyHelp,
		"client|setinfo":  func(ctx *command.Ctx) { n.clientSetInfo(ctx) },
	}
}

func validClientName(name string) bool {
	for i := range len(name) {
		if name[i] < '!' || name[i] > '~' {
			return false
		}
	}
	return true
}

func (n *Node) clientGetName(ctx *command.Ctx) {
	if name := ctx.Client.(*client).name; name != "" {
		ctx.BulkString(name)
		return
	}
	ctx.Null()
}

func (n *Node) clientSetName(ctx *command.Ctx) {
	if !validClientName(ctx.Arg(2)) {
		ctx.Error(command.ErrClientName)
		return
	}
	ctx.Client.(*client).name = ctx.Arg(2)
	ctx.OK()
}

func (n *Node) clientInfo(ctx *command.Ctx) {
	ctx.Verbatim("txt", ctx.Client.(*client).infoLine()+"\n")
}

// clientsByID gives all clients in the order in which they connected.
func (n *Node) clientsByID() []*client {
	list := make([]*client, 0, len(n.clients))
	for _, c := range n.clients {
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id < list[j].id })
	return list
}

func (n *Node) clientList(ctx *command.Ctx) {
	keep := func(*client) bool { return true }
	switch {
	case len(ctx.Argv) == 2:
	case len(ctx.Argv) == 4 && strings.EqualFold(ctx.Arg(2), "type"):
		kind, ok := clientType(ctx.Arg(3))
		if !ok {
			ctx.Error("ERR Unknown client type '" + ctx.Arg(3) + "'")
			return
		}
		keep = func(c *client) bool { return c.clientTypeName() == kind }
	case len(ctx.Argv) > 3 && strings.EqualFold(ctx.Arg(2), "id"):
		var ids []uint64
		for i := 3; i < len(ctx.Argv); i++ {
			id, ok := intArg(ctx, i)
			if !ok {
				ctx.Error(command.ErrClientID)
				return
			}
			ids = append(ids, uint64(id))
		}
		keep = func(c *client) bool { return slices.Contains(ids, c.id) }
	default:
		ctx.Error(command.ErrSyntax)
		return
	}
	var b strings.Builder
	for _, c := range n.clientsByID() {
		if keep(c) && !c.is(flagInternal) {
			b.WriteString(c.infoLine())
			b.WriteByte('\n')
		}
	}
	ctx.Verbatim("txt", b.String())
}

func clientType(word string) (string, bool) {
	switch w := strings.ToLower(word); w {
	case "normal", "pubsub", "master", "replica":
		return w, true
	case "slave":
		return "replica", true
	}
	return "", false
}

// infoLine is the client's line in CLIENT LIST.
func (c *client) infoLine() string {
	n := c.n
	cmd := "NULL"
	if c.ctx.Spec != nil && c.last == nil {
		cmd = c.ctx.Spec.FullName()
	} else if c.ctx.Spec != nil {
		cmd = c.ctx.Spec.FullName()
	}
	queued := -1
	multiMem := 0
	if c.multi != nil {
		queued, multiMem = len(c.multi.queue), c.multi.size
	}
	events := "r"
	if len(c.w.Buf)+c.sent > 0 {
		events = "rw"
	}
	out := len(c.w.Buf) + c.sent
	line := fmt.Sprintf("id=%d addr=%s laddr=%s fd=%d name=%s age=%d idle=%d flags=%s db=%d sub=%d psub=%d ssub=%d multi=%d qbuf=%d qbuf-free=%d argv-mem=%d multi-mem=%d rbs=%d rbp=%d obl=%d oll=%d omem=%d tot-mem=%d events=%s cmd=%s user=%s redir=-1 resp=%d",
		c.id, c.addr, c.laddr, c.fd(), c.name, (n.nowMs-c.created)/1000, (n.nowMs-c.lastActive)/1000, c.flagLetters(), c.db.ID,
		n.hub.Channels.Count(c), n.hub.Patterns.Count(c), n.hub.Shard.Count(c), queued,
		len(c.in), max(cap(c.in)-len(c.in), 0), c.argvMemory(), multiMem, cap(c.w.Buf), out,
		min(out, 16<<10), max(0, (out-16<<10+16<<10-1)/(16<<10)), max(0, out-16<<10), c.memory(), events, cmd, c.user, c.w.Proto)
	return line
}

func (c *client) fd() int {
	if f, ok := c.t.(interface{ descriptor() int }); ok {
		return f.descriptor()
	}
	return 8
}

func (c *client) flagLetters() string {
	var b strings.Builder
	for _, f := range []struct {
		on     bool
		letter byte
	}{
		{c.is(flagMonitor), 'O'},
		{c.is(flagReplica) && !c.is(flagMonitor), 'S'},
		{c.is(flagMaster), 'M'},
		{c.n.subscriptions(c) > 0, 'P'},
		{c.multi != nil, 'x'},
		{c.block != nil, 'b'},
		{c.is(flagDirtyCAS), 'd'},
		{c.is(flagCloseAfter), 'c'},
		{c.is(flagCloseNow), 'A'},
		{strings.HasSuffix(c.addr, ":0"), 'U'},
		{c.is(flagReadonly), 'r'},
		{c.is(flagNoEvict), 'e'},
	} {
		if f.on {
			b.WriteByte(f.letter)
		}
	}
	if b.Len() == 0 {
		return "N"
	}
	return b.String()
}

// killFilter is what CLIENT KILL selects by.
type killFilter struct {
	addr, laddr, kind, user string
	id                      uint64
	skipMe                  bool
}

func (n *Node) clientKill(ctx *command.Ctx) {
	if len(ctx.Argv) == 3 {
		n.killByAddr(ctx)
		return
	}
	f, problem := parseKill(ctx)
	if problem != "" {
		ctx.Error(problem)
		return
	}
	killed := 0
	for _, c := range n.clientsByID() {
		if f.matches(c, ctx.Client.(*client)) {
			n.killClient(c, ctx.Client.(*client))
			killed++
		}
	}
	ctx.Int(int64(killed))
}

func (n *Node) killByAddr(ctx *command.Ctx) {
	for _, c := range n.clientsByID() {
		if c.addr == ctx.Arg(2) {
			n.killClient(c, ctx.Client.(*client))
			ctx.OK()
			return
		}
	}
	ctx.Error("ERR No such client")
}

// killClient closes a connection; the caller's own only after the reply.
func (n *Node) killClient(c, caller *client) {
	if c == caller {
		c.flags |= flagCloseAfter
		return
	}
	c.closeAsync()
	if !c.is(flagMaster) && (!c.is(flagReplica) || c.is(flagMonitor)) {
		n.drop(c) // at once: what it waited for goes to others, messages do not count it
	}
}

func parseKill(ctx *command.Ctx) (f killFilter, problem string) {
	f.skipMe = true
	for i := 2; i < len(ctx.Argv); i += 2 {
		if i+1 >= len(ctx.Argv) {
			return f, command.ErrSyntax
		}
		value := ctx.Arg(i + 1)
		switch strings.ToLower(ctx.Arg(i)) {
		case "id":
			id, ok := intArg(ctx, i+1)
			if !ok || id < 1 {
				return f, command.ErrClientIDZero
			}
			f.id = uint64(id)
		case "addr":
			f.addr = value
		case "laddr":
			f.laddr = value
		case "user":
			if value != "default" {
				return f, "ERR No such user '" + value + "'"
			}
			f.user = value
		case "type":
			kind, ok := clientType(value)
			if !ok {
				return f, "ERR Unknown client type '" + value + "'"
			}
			f.kind = kind
		case "skipme":
			switch strings.ToLower(value) {
			case "yes":
				f.skipMe = true
			case "no":
				f.skipMe = false
			default:
				return f, command.ErrSyntax
			}
		default:
			return f, command.ErrSyntax
		}
	}
	return f, ""
}

func (f *killFilter) matches(c, me *client) bool {
	switch {
	case c.is(flagInternal):
		return false
	case f.addr != "" && c.addr != f.addr, f.laddr != "" && c.laddr != f.laddr:
		return false
	case f.id != 0 && c.id != f.id, f.kind != "" && c.clientTypeName() != f.kind:
		return false
	case f.user != "" && c.user != f.user, f.skipMe && c == me:
		return false
	}
	return true
}

func (n *Node) clientPause(ctx *command.Ctx) {
	all := true
	if len(ctx.Argv) > 4 {
		ctx.Error(command.UnknownSubcommandOrArgs(ctx.Argv))
		return
	}
	if len(ctx.Argv) == 4 {
		switch strings.ToLower(ctx.Arg(3)) {
		case "write":
			all = false
		case "all":
		default:
			ctx.Error("ERR CLIENT PAUSE mode must be WRITE or ALL")
			return
		}
	}
	ms, ok := intArg(ctx, 2)
	switch {
	case !ok:
		ctx.Error(command.ErrTimeoutInt)
		return
	case ms < 0:
		ctx.Error(command.ErrTimeoutNegative)
		return
	}
	n.pauseClients(all, n.nowMs+ms)
	ctx.OK()
}

func (n *Node) clientReply(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	switch strings.ToLower(ctx.Arg(2)) {
	case "on":
		c.unmute()
		c.flags &^= flagReplyOff | flagReplySkip | flagReplySkipNext
		ctx.OK()
	case "off":
		c.flags |= flagReplyOff
		c.mute()
	case "skip":
		if !c.is(flagReplyOff) {
			c.flags |= flagReplySkipNext
		}
	default:
		ctx.Error(command.ErrSyntax)
	}
}

func (n *Node) clientNoEvict(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	switch strings.ToLower(ctx.Arg(2)) {
	case "on":
		c.flags |= flagNoEvict
		c.share.bucket = 0 // but its bytes still count
	case "off":
		c.flags &^= flagNoEvict
	default:
		ctx.Error(command.ErrSyntax)
		return
	}
	ctx.OK()
}

func (n *Node) clientUnblock(ctx *command.Ctx) {
	fail := false
	if len(ctx.Argv) > 4 {
		ctx.Error(command.UnknownSubcommandOrArgs(ctx.Argv))
		return
	}
	if len(ctx.Argv) == 4 {
		switch strings.ToLower(ctx.Arg(3)) {
		case "timeout":
		case "error":
			fail = true
		default:
			ctx.Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
			return
		}
	}
	id, ok := intArg(ctx, 2)
	if !ok {
		ctx.Error(command.ErrNotInteger)
		return
	}
	c := n.clients[uint64(id)]
	if c == nil || c.block == nil || c.block.paused || c.block.shutdown {
		ctx.Int(0)
		return
	}
	n.endBlock(c, fail)
	ctx.Int(1)
}

// endBlock ends a wait before its time, as if it had timed out or with an error.
func (n *Node) endBlock(c *client, fail bool) {
	switch {
	case fail:
		n.unblock(c)
		mark := c.begin()
		c.w.Error(command.ErrUnblocked)
		c.afterReply(mark)
		n.resuming = append(n.resuming, c)
	case c.block.wait:
		n.finishWait(c)
	default:
		n.expireBlock(c)
	}
}

// clientSetInfo keeps what a client library says of itself. Redis has this since 7.2; we take it because
// libraries send it on every connection.
func (n *Node) clientSetInfo(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	value := ctx.Arg(3)
	if !validClientName(value) {
		ctx.Error("ERR " + ctx.Arg(2) + " cannot contain spaces, newlines or special characters.")
		return
	}
	switch strings.ToLower(ctx.Arg(2)) {
	case "lib-name":
		c.libName = value
	case "lib-ver":
		c.libVer = value
	default:
		ctx.Error("ERR Unrecognized option '" + ctx.Arg(2) + "'")
		return
	}
	ctx.OK()
}
