package node

import "time"

// The node is logically single-threaded: whoever runs a command, a timer or a piece of a snapshot does
// so between enter and leave. Nothing waits inside: no I/O that can block, no sleep. A
// node that is frozen (DEBUG SLEEP, a paused process) keeps everybody outside, on a channel rather
// than on the mutex, so that simulated time can go on meanwhile.

// enter takes the execution lock, waiting while the node is frozen. It gives false, without
// the lock, when the node has ended.
func (n *Node) enter() bool {
	for {
		n.mu.Lock()
		switch {
		case n.killed:
			n.mu.Unlock()
			return false
		case n.frozen == nil:
			n.tick()
			return true
		}
		gate := n.frozen
		n.mu.Unlock()
		<-gate
	}
}

// tick reads the clock once for all that runs until leave.
func (n *Node) tick() {
	n.now = n.clock.Now()
	n.nowMs = n.now.UnixMilli()
	n.ks.Now = n.nowMs
	n.lap = n.now.Sub(n.startedAt)
}

// sinceStart is the time since the node started, by which commands are timed: the cheaper of
// the two clocks where there is a choice. Within a batch the end of one command is the beginning of the
// next.
func (n *Node) sinceStart() time.Duration {
	if n.wall {
		return time.Since(n.startedAt)
	}
	return n.clock.Now().Sub(n.startedAt)
}

// leave serves what the commands made ready, hands output to the transports and
// unlocks.
func (n *Node) leave() {
	n.flushBatch()
	n.mu.Unlock()
}

// flushBatch ends a batch of commands.
func (n *Node) flushBatch() {
	n.serveReady()
	for len(n.resuming) > 0 {
		c := n.resuming[0]
		n.resuming = n.resuming[1:]
		c.resume()
		n.serveReady()
	}
	n.resuming = nil
	for i, c := range n.pending {
		c.queued = false
		n.pending[i] = nil
		c.t.notify()
	}
	n.pending = n.pending[:0]
}

// Pause stops the node as SIGSTOP stops a process: sockets stay open, nothing moves.
func (n *Node) Pause() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.freeze()
}

// freeze keeps everybody outside once the lock is free again. Who holds it now may go on, but
// takes no more input and sends no output: see stalled and the transports.
func (n *Node) freeze() {
	n.holds++
	if n.frozen == nil {
		n.frozen = make(chan struct{})
	}
}

// Resume undoes one Pause.
func (n *Node) Resume() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.thaw()
}

// thaw undoes one freeze. With the last one, what had come from clients before the freeze and was not
// looked at any more gets its turn.
func (n *Node) thaw() {
	if n.holds == 0 {
		return
	}
	n.holds--
	if n.holds > 0 || n.frozen == nil {
		return
	}
	close(n.frozen)
	n.frozen = nil
	n.tick()
	for _, c := range n.clients {
		if len(c.in) > 0 && !c.stalled() && !c.is(flagMaster) {
			n.resuming = append(n.resuming, c)
		}
	}
	n.flushBatch()
	if n.loop != nil {
		n.loop.rouse() // it kept the output back
	}
}
