package node

import (
	"time"

	"redislab/node/store"
)

// Two clocks drive what happens by itself: the server cron, `hz` times a second, and the
// replication cron, once a second, as in Redis.

const replicationPeriod = time.Second

// armCron starts both; the lock is held.
func (n *Node) armCron() {
	n.running = true
	n.every(func() time.Duration { return time.Second / time.Duration(max(n.settings.hz, 1)) }, n.serverCron)
	n.every(func() time.Duration { return replicationPeriod }, n.replicationCron)
}

// every runs fn between enter and leave again and again until the node ends.
func (n *Node) every(period func() time.Duration, fn func()) {
	slot := len(n.timers)
	n.timers = append(n.timers, nil)
	var tick func()
	tick = func() {
		if !n.enter() {
			return
		}
		fn()
		if !n.killed {
			n.timers[slot] = n.clock.AfterFunc(period(), tick)
		}
		n.leave()
	}
	n.timers[slot] = n.clock.AfterFunc(period(), tick)
}

// stopTimers stops everything that would wake the node up again.
func (n *Node) stopTimers() {
	for _, t := range n.timers {
		if t != nil {
			t.Stop()
		}
	}
	for _, t := range []Timer{n.pause.timer, n.debug.sleep} {
		if t != nil {
			t.Stop()
		}
	}
	for _, c := range n.clients {
		if c.block != nil && c.block.timer != nil {
			c.block.timer.Stop()
		}
	}
}

// activeExpireBudget is the share of time the active expiry may take: 25 % of each tick.
const activeExpireBudget = 25

func (n *Node) serverCron() {
	if n.debug.cronPaused {
		return
	}
	n.ticks++
	n.stats.ops.sample(n.nowMs, n.stats.commands)
	n.stats.input.sample(n.nowMs, n.stats.inputBytes)
	n.stats.output.sample(n.nowMs, n.stats.outputBytes)
	n.stats.inputRepl.sample(n.nowMs, n.stats.inputReplBytes)
	n.stats.outputRepl.sample(n.nowMs, n.stats.outputReplBytes)
	n.expireCron()
	n.clientsCron()
	n.recountNoEvict()
	n.evictClients(nil)
	n.saveCron()
	if n.cfg.OwnProcess && n.ticks%10 == 0 {
		tuneGC(n.ks.Used())
	}
}

// expireCron deletes keys whose time has come, within its budget of real time: how long we may hold
// the processor is no matter of the node's clock.
func (n *Node) expireCron() {
	if n.isReplica() && n.settings.activeExpire {
		n.expireLocal()
	}
	if !n.settings.activeExpire || n.isReplica() || n.pauseBlocksExpiry() || n.loading.active {
		return
	}
	began := time.Now()
	limit := time.Second * activeExpireBudget / 100 / time.Duration(max(n.settings.hz, 1))
	stale := 10 - min(9, int(n.set.Int("active-expire-effort"))-1)
	n.ks.Expiry = store.ExpiryDelete
	rounds := 0
	n.ks.ActiveExpire(stale, func() bool {
		rounds++
		return rounds%16 != 0 || time.Since(began) < limit
	})
	n.ks.Settle()
	took := time.Since(began)
	n.stats.expireCPU += took
	n.noteLatency("expire-cycle", took)
}

// clientsCron closes idle clients and those whose output stays above the soft limit.
func (n *Node) clientsCron() {
	for _, c := range n.clients {
		if c.is(flagInternal | flagCloseNow) {
			continue
		}
		idle := n.nowMs - c.lastActive
		if t := n.settings.timeout; t > 0 && idle > t*1000 && !c.is(flagReplica|flagMaster) && c.block == nil && n.subscriptions(c) == 0 {
			n.verbosef("Closing idle client")
			c.closeAsync()
			continue
		}
		c.checkOutputLimit()
	}
}

// bgsaveRetry is how long a failed background save is left alone, in seconds.
const bgsaveRetry = 5

// saveCron starts a background save when a save point is reached.
func (n *Node) saveCron() {
	p := &n.persist
	if p.running != nil || n.loading.active {
		return
	}
	now := n.now.Unix()
	if p.scheduled && (now-p.lastTry > bgsaveRetry || p.lastOK) {
		p.scheduled = false
		_ = n.bgsave(nil)
		return
	}
	for _, sp := range n.set.SavePoints() {
		if p.dirty >= sp.Changes && now-p.lastSave > sp.Seconds && (now-p.lastTry > bgsaveRetry || p.lastOK) {
			n.noticef("%d changes in %d seconds. Saving...", sp.Changes, sp.Seconds)
			_ = n.bgsave(nil)
			return
		}
	}
}

// replicationCron keeps links alive and notices dead ones.
func (n *Node) replicationCron() {
	f, m := &n.follower, &n.master
	n.linkTimeouts()
	if n.isReplica() && f.state == linkConnect {
		n.noticef("Connecting to MASTER %s:%d", f.host, f.port)
		f.generation++
		n.startLink()
	}
	if f.state == linkConnected {
		n.sendAck()
	}
	m.cronSeconds++
	if len(m.links) > 0 {
		if m.cronSeconds%max(n.settings.replPingPeriod, 1) == 0 && n.propagates() && !n.pause.failover {
			n.feedStream(appendCommand(nil, "ping"))
		}
		n.sayNewline()
		n.timeoutReplicas()
		n.maybeStartSync()
	}
	n.expireBacklog()
	n.checkFailover()
}

// expireBacklog drops the backlog of a master without replicas after repl-backlog-ttl. The ID goes
// with it: nobody could tell later what was written meanwhile.
func (n *Node) expireBacklog() {
	m := &n.master
	ttl := n.set.Int("repl-backlog-ttl")
	if len(m.links) > 0 || m.backlog == nil || n.isReplica() || ttl == 0 || n.nowMs-m.noneSince <= ttl*1000 {
		return
	}
	n.history.Fresh(n.newID())
	m.backlog = nil
	n.noticef("Replication backlog freed after %d seconds without connected replicas.", ttl)
}
