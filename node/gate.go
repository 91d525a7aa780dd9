package node

import (
	"fmt"

	"redislab/node/command"
)

// gate says why a command may not run now, "" when it may. The order is that of
// processCommand in Redis's server.c: it decides which of two reasons a client sees.
func (n *Node) gate(c *client, spec *command.Spec, argv [][]byte) string {
	flags := spec.Flags
	if spec.Name == "exec" && c.multi != nil {
		flags |= c.multi.flags
	}
	s := &n.settings
	if !c.authed && spec.Flags&command.NoAuth == 0 {
		return command.ErrNoAuth
	}
	if c.multi != nil && spec.Flags&command.NoMulti != 0 {
		return command.ErrNotInMulti
	}
	if spec.Flags&command.Protected != 0 && !n.allowsProtected(c, spec) {
		return command.DebugNotAllowed(spec.Name)
	}
	write := flags&command.Write != 0
	if s.maxmemory > 0 && !c.is(flagMaster) {
		// A queue takes memory too, so nothing may be put there either.
		denied := flags&command.DenyOOM != 0 || c.multi != nil && !transactional(spec)
		if oom := n.freeMemory(); oom && denied {
			return command.ErrOOM
		}
	}
	if write || spec.Name == "ping" {
		if text := n.writeRefusal(c, write); text != "" {
			return text
		}
	}
	if c.w.Proto == 2 && n.subscriptions(c) > 0 && !allowedInPubSub(spec) {
		return fmt.Sprintf(command.ErrPubSubContext, spec.FullName())
	}
	if n.isReplica() && n.follower.state != linkConnected && !s.serveStale && flags&command.Stale == 0 {
		return command.ErrMasterDown
	}
	if n.loading.active && spec.Flags&command.Loading == 0 {
		return command.ErrLoading
	}
	if c.is(flagReplica) && flags&(command.Write|command.ReadOnly|command.MayReplicate) != 0 {
		return command.ErrReplicaInteract
	}
	return ""
}

// writeRefusal holds the rules for writes: the last save failed, too few replicas, or this is a
// read-only replica. PING shares the first.
func (n *Node) writeRefusal(c *client, write bool) string {
	s := &n.settings
	if !n.isReplica() && s.stopWrites && n.persist.savePoints && !n.persist.lastOK {
		return command.ErrMisconf
	}
	if !write {
		return ""
	}
	if !n.isReplica() && s.minReplicas > 0 && s.minReplicasLag > 0 && n.goodReplicas() < s.minReplicas {
		return command.ErrNoReplicas
	}
	if n.isReplica() && s.readOnly && !c.is(flagMaster) {
		return command.ErrReadOnly
	}
	return ""
}

func allowedInPubSub(spec *command.Spec) bool {
	switch spec.Name {
	case "ping", "subscribe", "ssubscribe", "sunsubscribe", "unsubscribe", "psubscribe", "punsubscribe", "quit", "reset":
		return true
	}
	return false
}

// allowsProtected applies enable-debug-command and its like.
func (n *Node) allowsProtected(c *client, spec *command.Spec) bool {
	name := spec.Name
	if spec.Parent != "" {
		name = spec.Parent
	}
	switch n.set.String("enable-" + name + "-command") {
	case "yes":
		return true
	case "local":
		return isLocal(c.ip())
	}
	return false
}
