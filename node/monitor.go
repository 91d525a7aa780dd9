package node

import (
	"fmt"

	"redislab/node/command"
)

func (n *Node) monitorHandlers() map[string]command.Handler {
	return map[string]command.Handler{"monitor": n.cmdMonitor}
}

// cmdMonitor makes the connection a monitor. Redis keeps monitors among its replicas, which is why
// one may not read keys any more; a connection that is one already gets no second answer.
func (n *Node) cmdMonitor(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	switch {
	case n.inExec:
		ctx.Error("ERR MONITOR isn't allowed for DENY BLOCKING client")
	case c.is(flagReplica | flagMonitor):
	default:
		c.flags |= flagReplica | flagMonitor
		n.monitors[c] = true
		ctx.OK()
	}
}

// feedMonitors shows a command to all monitors: when, in which database, from where, and its words.
func (n *Node) feedMonitors(c *client, argv [][]byte) {
	now := n.clock.Now()
	line := fmt.Appendf(nil, "%d.%06d [%d %s]", now.Unix(), now.Nanosecond()/1000, c.db.ID, c.peerName())
	for _, a := range redacted(n.set, c.ctx.Spec, argv) {
		line = appendQuoted(append(line, ' '), a)
	}
	for m := range n.monitors {
		if m.is(flagReplyOff) {
			continue
		}
		m.w.Simple(string(line))
		m.pushed()
	}
}

// peerName is where a client is connected from, as MONITOR shows it.
func (c *client) peerName() string {
	if c.ip() == c.addr || isUnixAddr(c.addr) {
		return "unix:" + c.laddr
	}
	return c.addr
}

// isUnixAddr tells an address that addrText made from a Unix socket.
func isUnixAddr(addr string) bool {
	return len(addr) > 1 && addr[len(addr)-2:] == ":0"
}

// appendQuoted writes b between double quotes, with C's escapes for what cannot be printed.
func appendQuoted(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range b {
		switch {
		case c == '\\' || c == '"':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c == '\a':
			dst = append(dst, `\a`...)
		case c == '\b':
			dst = append(dst, `\b`...)
		case c >= ' ' && c <= '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', 'x', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}
