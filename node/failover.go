package node

import (
	"errors"
	"strings"
	"time"

	"redislab/node/command"
	"redislab/node/repl"
)

// failoverPhase is where a coordinated failover (FAILOVER) is.
type failoverPhase int

const (
	failoverNone    failoverPhase = iota
	failoverWaiting               // writes are paused until the target has everything
	failoverRunning               // we follow the target and ask it to take over
)

// String is how INFO prints it.
func (p failoverPhase) String() string {
	return [...]string{"no-failover", "waiting-for-sync", "failover-in-progress"}[p]
}

// failoverState is the failover under way. The old master pauses writes, waits for the target to
// catch up, then follows it with a PSYNC that says FAILOVER: the target promotes itself
// on that word. No acknowledged write is lost.
type failoverState struct {
	state  failoverPhase
	host   string // target, "" for any replica
	port   int
	force  bool
	timer  Timer
	expire int64 // ms, 0 without a timeout
}

// failoverArgs are the words of FAILOVER.
type failoverArgs struct {
	abort, force bool
	host         string
	port         int64
	timeout      int64
}

func parseFailover(ctx *command.Ctx) (a failoverArgs, problem string) {
	for i := 1; i < len(ctx.Argv); i++ {
		left := len(ctx.Argv) - i - 1
		switch word := strings.ToLower(ctx.Arg(i)); {
		case word == "timeout" && left >= 1 && a.timeout == 0:
			v, ok := intArg(ctx, i+1)
			if !ok {
				return a, command.ErrNotInteger
			}
			if v <= 0 {
				return a, command.ErrFailoverTimeout
			}
			a.timeout = v
			i++
		case word == "abort" && len(ctx.Argv) == 2:
			a.abort = true
		case word == "to" && left >= 2 && a.host == "":
			a.host = ctx.Arg(i + 1)
			v, ok := intArg(ctx, i+2)
			if !ok {
				return a, command.ErrNotInteger
			}
			a.port = v
			i += 2
		case word == "force" && !a.force:
			a.force = true
		default:
			return a, command.ErrSyntax
		}
	}
	return a, ""
}

func (n *Node) cmdFailover(ctx *command.Ctx) {
	a, problem := parseFailover(ctx)
	if problem != "" {
		ctx.Error(problem)
		return
	}
	f := &n.failover
	switch {
	case a.abort && f.state == failoverNone:
		ctx.Error(command.ErrNoFailover)
		return
	case a.abort:
		n.abortFailover("Failover manually aborted")
		ctx.OK()
		return
	case f.state != failoverNone:
		ctx.Error(command.ErrFailoverRunning)
		return
	case n.isReplica():
		ctx.Error(command.ErrFailoverOnReplica)
		return
	case len(n.master.links) == 0:
		ctx.Error(command.ErrFailoverNoReplicas)
		return
	case a.force && (a.timeout == 0 || a.host == ""):
		ctx.Error(command.ErrFailoverForce)
		return
	}
	if a.host != "" {
		switch l := n.replicaAt(a.host, int(a.port)); {
		case l == nil:
			ctx.Error(command.ErrFailoverNotReplica)
			return
		case l.state != online:
			ctx.Error(command.ErrFailoverNotOnline)
			return
		}
	}
	n.beginFailover(a)
	ctx.OK()
}

func (n *Node) beginFailover(a failoverArgs) {
	n.failover = failoverState{state: failoverWaiting, host: a.host, port: int(a.port), force: a.force}
	if a.host == "" {
		n.noticef("FAILOVER requested to any replica.")
	} else {
		n.noticef("FAILOVER requested to %s:%d.", a.host, a.port)
	}
	n.emit("repl.failover", "state", "waiting-for-sync")
	n.pause.failover = true
	if a.timeout > 0 {
		n.failover.expire = n.nowMs + a.timeout
		n.failover.timer = n.clock.AfterFunc(time.Duration(a.timeout)*time.Millisecond, func() {
			if n.enter() {
				n.checkFailover()
				n.leave()
			}
		})
	}
	// No GETACK: it would move the offset the target has to reach.
	n.checkFailover()
}

// replicaAt finds a replica by the address it announced.
func (n *Node) replicaAt(host string, port int) *replicaLink {
	for _, l := range n.master.links {
		if n.replicaIP(l) == host && l.port == port {
			return l
		}
	}
	return nil
}

// checkFailover goes on with a failover that waits: when the target has caught up, or
// its time is over.
func (n *Node) checkFailover() {
	if n.shutting.active && !n.replicasBehind() {
		n.finishShutdown()
		return
	}
	f := &n.failover
	if f.state != failoverWaiting {
		return
	}
	for _, l := range n.master.links {
		if l.state != online || l.ackOffset != n.history.Offset {
			continue
		}
		if f.host == "" || n.replicaIP(l) == f.host && l.port == f.port {
			n.handOver(n.replicaIP(l), l.port)
			return
		}
	}
	if f.expire == 0 || n.nowMs < f.expire {
		return
	}
	if f.force {
		n.noticef("Failover to %s:%d time out exceeded, failing over.", f.host, f.port)
		n.handOver(f.host, f.port)
		return
	}
	n.abortFailover("Replica never caught up before timeout")
}

// handOver follows the target; the handshake's PSYNC carries FAILOVER.
func (n *Node) handOver(host string, port int) {
	n.noticef("Failover target %s:%d is synced, failing over.", host, port)
	n.failover.state, n.failover.host, n.failover.port = failoverRunning, host, port
	n.emit("repl.failover", "state", "failover-in-progress")
	n.follow(host, port)
}

// failoverAnswered looks at the target's answer to our PSYNC FAILOVER.
func (n *Node) failoverAnswered(l *link, v repl.Verdict) error {
	if err := l.enter(); err != nil {
		return err
	}
	defer n.leave()
	if n.failover.state != failoverRunning {
		return nil
	}
	if v == repl.Continue || v == repl.Full {
		n.clearFailover()
		return nil
	}
	n.abortFailover("Failover target rejected psync request")
	return errors.New("the failover target refused")
}

// abortFailover makes the node the master it was.
func (n *Node) abortFailover(reason string) {
	running := n.failover.state == failoverRunning
	n.noticef("Aborting failover: %s", reason)
	if running {
		n.unfollow()
	}
	n.clearFailover()
}

func (n *Node) clearFailover() {
	if t := n.failover.timer; t != nil {
		t.Stop()
	}
	n.failover = failoverState{}
	n.pause.failover = false
	n.emit("repl.failover", "state", "no-failover")
	if !n.pause.all && !n.pause.writes {
		n.releasePaused()
	}
}

// acceptFailover answers the FAILOVER of a master that hands over to us: we promote
// ourselves and serve its PSYNC. It gives false after an error reply.
func (n *Node) acceptFailover(ctx *command.Ctx) bool {
	if !strings.EqualFold(ctx.Arg(3), "failover") {
		return true
	}
	if !n.isReplica() {
		ctx.Error(command.ErrPsyncFailoverMaster)
		return false
	}
	if !strings.EqualFold(ctx.Arg(1), n.history.ID) {
		ctx.Error(command.ErrPsyncFailoverReplid)
		return false
	}
	n.noticef("Failover request received for replid %s.", ctx.Arg(1))
	n.unfollow()
	return true
}
