package node

import (
	"strings"

	"redislab/node/command"
	"redislab/node/store"
)

func (n *Node) serverCommandHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"migrate": n.cmdMigrate, "info": n.cmdInfo,
		"flushdb": n.cmdFlushDB, "flushall": n.cmdFlushAll, "swapdb": n.cmdSwapDB,
		"time": n.cmdTime, "lastsave": func(ctx *command.Ctx) { ctx.Int(n.persist.lastSave) },
		"save": n.cmdSave, "bgsave": n.cmdBgsave, "shutdown": n.cmdShutdown, "lolwut": n.cmdLolwut,
	}
}

// intArg reads argument i as Redis reads integers: no blanks, plus sign or leading zeros.
func intArg(ctx *command.Ctx, i int) (int64, bool) { return store.ParseInt(ctx.Argv[i]) }

// isWord compares an argument with a word in lower case, in any mix of cases.
func isWord(arg []byte, word string) bool { return strings.EqualFold(string(arg), word) }

func (n *Node) cmdTime(ctx *command.Ctx) {
	now := n.clock.Now()
	ctx.Array(2)
	ctx.BulkInt(now.Unix())
	ctx.BulkInt(int64(now.Nanosecond() / 1000))
}

// emptyDB empties one database and gives the number of keys it had. Transactions that watch one of them are
// spoilt. Memory is left to the garbage collector, so SYNC and ASYNC are the same here.
func (n *Node) emptyDB(db *store.DB) int {
	n.touchAllWatched(db, nil)
	return db.Flush()
}

// flushAll empties all databases and gives the number of keys they had. Nothing is propagated.
func (n *Node) flushAll() (removed int) {
	for i := range n.ks.Databases() {
		removed += n.emptyDB(n.ks.DB(i))
	}
	return removed
}

// flushWords checks the argument of FLUSHDB and FLUSHALL.
func flushWords(ctx *command.Ctx) bool {
	if len(ctx.Argv) == 1 || len(ctx.Argv) == 2 && (isWord(ctx.Argv[1], "sync") || isWord(ctx.Argv[1], "async")) {
		return true
	}
	ctx.Error(command.ErrSyntax)
	return false
}

// cmdFlushDB is propagated even when the database is empty: it need not be so elsewhere.
func (n *Node) cmdFlushDB(ctx *command.Ctx) {
	if !flushWords(ctx) {
		return
	}
	n.persist.dirty += int64(n.emptyDB(ctx.DB))
	n.forcePropagate(ctx)
	ctx.OK()
}

// cmdFlushAll also does away with what a background save is about to write, and with the file there is: whoever
// flushes everything must not find it again after a restart.
func (n *Node) cmdFlushAll(ctx *command.Ctx) {
	if !flushWords(ctx) {
		return
	}
	n.persist.dirty += int64(n.flushAll())
	n.abortSave()
	if n.persist.savePoints {
		_ = n.saveUncounted() // the log tells when it fails; the flush is done all the same
	}
	n.forcePropagate(ctx)
	ctx.OK()
}

// abortSave ends a background save to disk that is under way, also one whose file replicas wait for: they ask
// again. Snapshots that go straight to replicas go on: they stand for the moment they were asked for.
func (n *Node) abortSave() {
	r := n.persist.running
	if r == nil || r.purpose == "replicas" && n.master.syncing != nil && n.master.syncing.diskless {
		return
	}
	r.abort = true
	n.endSnapshot(r)
}

func (n *Node) cmdSwapDB(ctx *command.Ctx) {
	first, ok := intArg(ctx, 1)
	if !ok || int64(int32(first)) != first {
		ctx.Error(command.ErrFirstDB)
		return
	}
	second, ok := intArg(ctx, 2)
	if !ok || int64(int32(second)) != second {
		ctx.Error(command.ErrSecondDB)
		return
	}
	a, b := n.dbAt(first), n.dbAt(second)
	if a == nil || b == nil {
		ctx.Error(command.ErrDBIndex)
		return
	}
	if a != b {
		n.touchAllWatched(a, b)
		n.touchAllWatched(b, a)
		n.ks.Swap(a.ID, b.ID)
		n.signalAll(a.ID)
		n.signalAll(b.ID)
	}
	ctx.Dirty++
	ctx.OK()
}

// dbAt gives a database by a number that may be anything.
func (n *Node) dbAt(id int64) *store.DB {
	if id < 0 || id >= int64(n.ks.Databases()) {
		return nil
	}
	return n.ks.DB(int(id))
}

// errBare is the error without a reason that Redis gives when saving fails; the log has the reason.
const errBare = "ERR"

// saveUncounted is save for those who are not counted in rdb_saves: FLUSHALL and DEBUG RELOAD.
func (n *Node) saveUncounted() error {
	counted := n.stats.saves
	defer func() { n.stats.saves = counted }()
	return n.save()
}

func (n *Node) cmdSave(ctx *command.Ctx) {
	if n.persist.running != nil {
		ctx.Error(command.ErrSaveRunning)
		return
	}
	if n.save() != nil {
		ctx.Error(errBare)
		return
	}
	ctx.OK()
}

// cmdBgsave starts a save in the background. Within a transaction it waits for the cron, as nothing is forked there.
func (n *Node) cmdBgsave(ctx *command.Ctx) {
	schedule := len(ctx.Argv) == 2 && isWord(ctx.Argv[1], "schedule")
	if len(ctx.Argv) > 1 && !schedule {
		ctx.Error(command.ErrSyntax)
		return
	}
	switch {
	case n.persist.running != nil:
		ctx.Error(command.ErrSaveRunning)
	case n.inExec:
		n.persist.scheduled = true
		ctx.Simple("Background saving scheduled")
	case n.bgsave(nil) != nil:
		ctx.Error(errBare)
	default:
		ctx.Simple("Background saving started")
	}
}

// parseShutdown reads the words of SHUTDOWN.
func parseShutdown(ctx *command.Ctx) (o shutdownOptions, abort, ok bool) {
	for _, a := range ctx.Argv[1:] {
		switch strings.ToLower(string(a)) {
		case "save":
			o.save = true
		case "nosave":
			o.nosave = true
		case "now":
			o.now = true
		case "force":
			o.force = true
		case "abort":
			abort = true
		default:
			return o, abort, false
		}
	}
	return o, abort, !(o.save && o.nosave) && !(abort && o != shutdownOptions{})
}

// cmdShutdown answers nothing when it works: the connection closes.
func (n *Node) cmdShutdown(ctx *command.Ctx) {
	o, abort, ok := parseShutdown(ctx)
	switch {
	case !ok:
		ctx.Error(command.ErrSyntax)
	case abort && n.abortShutdown():
		ctx.OK()
	case abort:
		ctx.Error(command.ErrNoShutdown)
	default:
		if text := n.beginShutdown(ctx.Client.(*client), o); text != "" {
			ctx.Error(text)
		}
	}
}

// art is what LOLWUT draws: a tower of replicas, one below the other.
const art = `
        .-------.
        |master |
        '---+---'
      .-----+-----.
  .---+---.   .---+---.
  |replica|   |replica|
  '-------'   '-------'

`

func (n *Node) cmdLolwut(ctx *command.Ctx) {
	if len(ctx.Argv) >= 3 && isWord(ctx.Argv[1], "version") {
		if _, ok := intArg(ctx, 2); !ok {
			ctx.Error(command.ErrNotInteger)
			return
		}
	}
	ctx.Verbatim("txt", art[1:]+"Redis ver. "+Version+"\n")
}
