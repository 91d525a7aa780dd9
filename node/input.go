package node

import (
	"redislab/node/command"
)

// feed takes bytes that came from the client's connection, carries out the commands in them
// and keeps the rest. data is not kept: it may be the transport's own buffer.
func (c *client) feed(data []byte) {
	c.lastActive = c.n.nowMs
	c.n.stats.inputBytes += int64(len(data))
	c.n.stats.reads++
	if c.is(flagMaster) {
		c.n.masterInput(c, data)
		return
	}
	c.absorb(data)
	c.account()
}

func (c *client) absorb(data []byte) {
	if len(c.in) > 0 || c.stalled() {
		c.in = append(c.in, data...)
		if c.overQueryLimit() {
			return
		}
		c.consumeBuffered()
		return
	}
	used := c.consume(data)
	if used < len(data) && !c.is(flagCloseAfter|flagCloseNow) {
		c.in = append(c.in, data[used:]...)
		c.overQueryLimit()
	}
}

// stalled tells whether input has to wait: the client is blocked, or is about to be closed, or a command
// of this batch froze the node.
func (c *client) stalled() bool {
	return c.n.frozen != nil || c.block != nil || c.is(flagCloseAfter|flagCloseNow|flagPaused)
}

// consumeBuffered works on input that had to wait.
func (c *client) consumeBuffered() {
	used := c.consume(c.in)
	if used > len(c.in) {
		return // one that it let go on killed it
	}
	rest := copy(c.in, c.in[used:])
	c.in = c.in[:rest]
	if rest == 0 && cap(c.in) > 64<<10 {
		c.in = nil
	}
}

// overQueryLimit closes a client whose unparsed input outgrows client-query-buffer-limit.
func (c *client) overQueryLimit() bool {
	if int64(len(c.in)) <= c.n.queryLimit {
		return false
	}
	c.n.warnf("Closing client that reached max query buffer length: %s (qbuf initial bytes: %q)", c.infoLine(), c.in[:min(64, len(c.in))])
	c.n.stats.queryLimitDisconnects++
	c.closeAsync()
	return true
}

// consume carries out the whole commands at the start of buf and gives their length.
func (c *client) consume(buf []byte) (used int) {
	c.n.lap = c.n.sinceStart()
	for used < len(buf) && !c.stalled() {
		argv, size, err := c.reader.Next(buf[used:])
		if err != nil {
			c.protocolError(err, buf[used:])
			return len(buf)
		}
		if size == 0 {
			break
		}
		used += size
		if len(argv) > 0 {
			c.process(argv)
		} else if c.replica != nil {
			c.replica.ackTime = c.n.nowMs // a newline: it is alive, busy with its snapshot
		}
	}
	if len(c.w.Buf) > 0 || c.is(flagCloseAfter|flagCloseNow) {
		c.ready()
	}
	return used
}

func (c *client) protocolError(err error, data []byte) {
	c.n.debugf("%s from client: %s. Query buffer: %q", err, c.infoLine(), data[:min(128, len(data))])
	c.w.Error(command.ErrPrefix + err.Error())
	c.n.stats.errorReplies++
	c.n.countError("ERR")
	c.flags |= flagCloseAfter
	c.ready()
}

// resume lets a client that is not blocked any more go on with what it sent meanwhile.
func (c *client) resume() {
	if len(c.in) > 0 && !c.stalled() {
		c.consumeBuffered()
	}
	c.account()
	c.ready()
}
