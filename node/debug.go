package node

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"redislab/node/command"
	"redislab/node/store"
)

// debugState is what DEBUG changes about the node.
type debugState struct {
	slept      time.Duration // by DEBUG SLEEP, since the start
	sleep      Timer         // ends the present one
	cronPaused bool
	leaked     [][]byte
}

// debugCommand is a sub-command of DEBUG, which sees to its own arguments: COMMAND does not know them.
type debugCommand struct {
	name     string
	min, max int // number of words, DEBUG included; max 0: any
	run      func(n *Node, ctx *command.Ctx)
}

// debugCommands are those that mean something here. Those about Redis's own memory layout, its append only
// file or its cluster bus are refused like unknown ones.
var debugCommands = []debugCommand{
	{"help", 2, 2, func(_ *Node, ctx *command.Ctx) { command.ReplyHelp(ctx) }},
	{"segfault", 2, 0, crash("DEBUG SEGFAULT")},
	{"panic", 2, 0, crash("DEBUG PANIC")},
	{"assert", 2, 0, crash("DEBUG ASSERT")},
	{"oom", 2, 0, crash("DEBUG OOM")},
	{"restart", 2, 0, (*Node).debugRestart},
	{"crash-and-recover", 2, 0, (*Node).debugRestart},
	{"log", 3, 3, (*Node).debugLog},
	{"leak", 3, 3, (*Node).debugLeak},
	{"reload", 2, 0, (*Node).debugReload},
	{"object", 3, 3, (*Node).debugObject},
	{"sdslen", 3, 3, (*Node).debugSdslen},
	{"populate", 3, 5, (*Node).debugPopulate},
	{"digest", 2, 2, (*Node).debugDigest},
	{"digest-value", 2, 0, (*Node).debugDigestValue},
	{"protocol", 3, 3, (*Node).debugProtocol},
	{"sleep", 3, 3, (*Node).debugSleep},
	{"set-active-expire", 3, 3, (*Node).debugActiveExpire},
	{"replicate", 3, 0, (*Node).debugReplicate},
	{"error", 3, 3, (*Node).debugError},
	{"htstats", 3, 3, (*Node).debugTables},
	{"htstats-key", 3, 3, (*Node).debugTablesOf},
	{"change-repl-id", 2, 2, (*Node).debugChangeReplID},
	{"pause-cron", 3, 3, (*Node).debugPauseCron},
}

func (n *Node) debugHandlers() map[string]command.Handler {
	return map[string]command.Handler{"debug": n.cmdDebug}
}

func (n *Node) cmdDebug(ctx *command.Ctx) {
	words := len(ctx.Argv)
	for i := range debugCommands {
		d := &debugCommands[i]
		if isWord(ctx.Argv[1], d.name) && words >= d.min && (d.max == 0 || words <= d.max) {
			n.ks.Expiry = store.ExpiryIgnore // DEBUG looks at keys as they are
			d.run(n, ctx)
			return
		}
	}
	ctx.Error(command.UnknownSubcommandOrArgs(ctx.Argv))
}

// crash makes a sub-command that ends the node at once as a crash ends a process: no reply, no goodbye, nothing saved.
func crash(name string) func(*Node, *command.Ctx) {
	return func(n *Node, _ *command.Ctx) {
		n.warnf("=== REDIS BUG REPORT START: Cut & paste starting from here ===")
		n.warnf("Redis %s crashed on request: %s", Version, name)
		n.end(errors.New("crashed by " + name))
	}
}

// debugRestart cannot be done: whoever started the node starts it again.
func (n *Node) debugRestart(ctx *command.Ctx) {
	n.warnf("%s %s is refused: the node cannot start itself again", ctx.Argv[0], ctx.Argv[1])
	ctx.Error("ERR failed to restart the server. Check server logs.")
}

func (n *Node) debugLog(ctx *command.Ctx) {
	n.warnf("DEBUG LOG: %s", ctx.Argv[2])
	ctx.OK()
}

func (n *Node) debugLeak(ctx *command.Ctx) {
	n.debug.leaked = append(n.debug.leaked, append([]byte(nil), ctx.Argv[2]...))
	ctx.OK()
}

// debugError answers its argument as an error.
func (n *Node) debugError(ctx *command.Ctx) { ctx.Error(ctx.Arg(2)) }

func (n *Node) debugActiveExpire(ctx *command.Ctx) {
	n.settings.activeExpire = leadingInt(ctx.Argv[2]) != 0
	ctx.OK()
}

func (n *Node) debugPauseCron(ctx *command.Ctx) {
	n.debug.cronPaused = leadingInt(ctx.Argv[2]) != 0
	ctx.OK()
}

// leadingInt reads digits up to the first other character, as C's atoi.
func leadingInt(b []byte) int64 {
	s := strings.TrimLeft(string(b), " \t")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	v, _ := strconv.ParseInt(s[:end], 10, 64) // what is no number counts as 0
	return v
}

// debugReplicate puts its arguments into the replication stream without carrying them out.
func (n *Node) debugReplicate(ctx *command.Ctx) {
	n.propagateNow(-1, ctx.Argv[2:])
	ctx.OK()
}

// debugChangeReplID makes partial resyncs with the history so far impossible.
func (n *Node) debugChangeReplID(ctx *command.Ctx) {
	n.noticef("Changing replication IDs after receiving change-repl-id")
	n.history.Fresh(n.newID())
	ctx.OK()
}

// debugSleep freezes the whole node: clients, timers, replication. The reply is written now and sent
// after the sleep, because nothing is sent by a node that is frozen.
func (n *Node) debugSleep(ctx *command.Ctx) {
	ctx.OK()
	length := sleepLength(ctx.Argv[2])
	if length <= 0 {
		return
	}
	n.debug.slept += length
	n.freeze()
	n.debug.sleep = n.clock.AfterFunc(length, n.Resume)
}

// sleepLength reads seconds with a fraction; what is no number is none.
func sleepLength(b []byte) time.Duration {
	s := string(b)
	for len(s) > 0 {
		if v, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(v) {
			return time.Duration(min(max(v, 0), math.MaxInt32) * float64(time.Second))
		}
		s = s[:len(s)-1]
	}
	return 0
}
