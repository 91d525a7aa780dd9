package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"redislab/node/command"
)

// shutdownOptions are the words of SHUTDOWN.
type shutdownOptions struct{ save, nosave, now, force bool }

// shutdownState is a shutdown that waits for replicas to catch up.
type shutdownState struct {
	active  bool
	options shutdownOptions
	callers []*client // whose SHUTDOWN is not answered yet
	timer   Timer
}

// Stop ends the node as SIGTERM does: replicas get a chance to catch up, the data set is
// saved if there are save points, files are removed. When saving fails the node goes
// on and the error is given.
func (n *Node) Stop(ctx context.Context) error {
	if !n.enter() {
		return nil
	}
	n.warnf("Received shutdown signal, scheduling shutdown...")
	text := n.beginShutdown(nil, shutdownOptions{})
	n.leave()
	if text != "" {
		return errors.New(text)
	}
	select {
	case <-n.done:
		return n.err
	case <-ctx.Done():
		return fmt.Errorf("stopping the node: %w", context.Cause(ctx))
	}
}

// beginShutdown starts to shut down; the lock is held. A text is the error for the
// caller: the shutdown did not happen.
func (n *Node) beginShutdown(c *client, o shutdownOptions) string {
	if n.shutting.active {
		n.awaitShutdown(c)
		return ""
	}
	wait := time.Duration(n.set.Int("shutdown-timeout")) * time.Second
	n.emit("node.stopping")
	if !o.now && wait > 0 && n.replicasBehind() {
		n.noticef("Waiting for replicas before shutting down.")
		n.shutting = shutdownState{active: true, options: o}
		n.awaitShutdown(c)
		n.pauseClients(false, n.nowMs+wait.Milliseconds())
		n.shutting.timer = n.clock.AfterFunc(wait, func() {
			if n.enter() {
				n.finishShutdown()
				n.leave()
			}
		})
		return ""
	}
	return n.shutdownNow(o)
}

// awaitShutdown makes the caller wait; nil when it was a signal.
func (n *Node) awaitShutdown(c *client) {
	if c != nil {
		c.block = &blocked{shutdown: true}
		n.waiting.count++
		n.shutting.callers = append(n.shutting.callers, c)
	}
}

// shutdownFailed answers those who wait for a shutdown that will not come.
func (n *Node) shutdownFailed() {
	for _, c := range slices.Clone(n.shutting.callers) {
		n.unblock(c)
		mark := c.begin()
		c.w.Error(command.ErrShutdown)
		c.afterReply(mark)
		n.resuming = append(n.resuming, c)
	}
	n.shutting = shutdownState{}
	n.unpause()
}

// replicasBehind tells whether a replica lacks bytes of the stream.
func (n *Node) replicasBehind() bool {
	for _, l := range n.master.links {
		if l.state == online && l.ackOffset != n.history.Offset {
			return true
		}
	}
	return false
}

// finishShutdown ends a shutdown that waited.
func (n *Node) finishShutdown() {
	s := n.shutting
	if !s.active {
		return
	}
	s.timer.Stop()
	if n.shutdownNow(s.options) != "" {
		n.shutdownFailed()
	}
}

// abortShutdown takes a waiting shutdown back.
func (n *Node) abortShutdown() bool {
	if !n.shutting.active {
		return false
	}
	n.shutting.timer.Stop()
	n.shutdownFailed()
	n.warnf("Shutdown manually aborted.")
	return true
}

// shutdownNow saves what is to be saved and ends the node.
func (n *Node) shutdownNow(o shutdownOptions) string {
	n.warnf("User requested shutdown...")
	n.closeSnapshot()
	if n.sentinel == nil && (o.save || n.persist.savePoints && !o.nosave) {
		n.noticef("Saving the final RDB snapshot before exiting.")
		if r := n.persist.running; r != nil {
			n.endSnapshot(r)
		}
		if err := n.save(); err != nil && !o.force {
			n.warnf("Error trying to save the DB, can't exit.")
			return command.ErrShutdown
		}
	}
	if name := n.set.String("pidfile"); name != "" && n.wrotePID {
		n.noticef("Removing the pid file.")
		os.Remove(n.path(name))
	}
	name := "Redis"
	if n.sentinel != nil {
		name = "Sentinel"
	}
	n.warnf("%s is now ready to exit, bye bye...", name)
	n.end(nil)
	return ""
}

// writePID writes pidfile when one is configured or the node runs in the background.
func (n *Node) writePID() error {
	name := n.set.String("pidfile")
	if name == "" || !n.cfg.OwnProcess {
		return nil
	}
	if err := os.WriteFile(n.path(name), fmt.Appendf(nil, "%d\n", os.Getpid()), 0o644); err != nil {
		return fmt.Errorf("Failed to write PID file: %w", rootCause(err))
	}
	n.wrotePID = true
	return nil
}
