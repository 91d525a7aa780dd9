package node

import (
	"fmt"
	"runtime/debug"
	"strings"

	"redislab/node/command"
)

func (n *Node) memoryHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"memory|stats": n.memoryStats, "memory|doctor": n.memoryDoctor, "memory|purge": n.memoryPurge,
		// What Redis says when it was built without jemalloc.
		"memory|malloc-stats": func(ctx *command.Ctx) { ctx.BulkString("Stats not supported for the current allocator") },
		"memory|help":         command.ReplyHelp,
	}
}

// memoryPurge gives free memory back to the system. That takes a while for a large heap, so it
// happens beside the commands.
func (n *Node) memoryPurge(ctx *command.Ctx) {
	n.group.Go(debug.FreeOSMemory)
	ctx.OK()
}

// memoryStat is one line of MEMORY STATS; the value is an int64 or a float64.
type memoryStat struct {
	name  string
	value any
}

func (n *Node) memoryStats(ctx *command.Ctx) {
	m := n.memory()
	dbs := n.databaseStats()
	stats := n.memoryFields(&m)
	// The databases stand between the caches and overhead.total.
	ctx.Map(len(stats) + len(dbs))
	for _, s := range stats {
		if s.name == "overhead.total" {
			for _, db := range dbs {
				db.reply(ctx)
			}
		}
		ctx.BulkString(s.name)
		switch v := s.value.(type) {
		case float64:
			ctx.Double(v)
		case int64:
			ctx.Int(v)
		}
	}
}

// databaseStat is the overhead of the tables of one database.
type databaseStat struct{ id, main, expires, slots int64 }

func (d databaseStat) reply(ctx *command.Ctx) {
	ctx.BulkString(fmt.Sprintf("db.%d", d.id))
	ctx.Map(3)
	ctx.BulkString("overhead.hashtable.main")
	ctx.Int(d.main)
	ctx.BulkString("overhead.hashtable.expires")
	ctx.Int(d.expires)
	ctx.BulkString("overhead.hashtable.slot-to-keys")
	ctx.Int(d.slots)
}

// Bytes that a key, and its time to expire, take in the tables of a database beside the text.
const (
	keyEntry    = 56
	expiryEntry = 40
)

func (n *Node) databaseStats() (list []databaseStat) {
	for i := range n.ks.Databases() {
		db := n.ks.DB(i)
		if db.Len() > 0 {
			list = append(list, databaseStat{id: int64(i), main: int64(db.Len()) * keyEntry, expires: int64(db.Expires()) * expiryEntry})
		}
	}
	return list
}

func (n *Node) memoryFields(m *memoryFigures) []memoryStat {
	keys := int64(n.ks.Size())
	perKey := int64(0)
	if keys > 0 {
		perKey = (m.used - m.startup) / keys
	}
	return []memoryStat{
		{"peak.allocated", n.stats.peakMemory}, {"total.allocated", m.used}, {"startup.allocated", m.startup},
		{"replication.backlog", m.backlog}, {"clients.slaves", m.replicas}, {"clients.normal", m.normal},
		{"cluster.links", int64(0)}, {"aof.buffer", int64(0)}, {"lua.caches", int64(0)}, {"functions.caches", int64(0)},
		{"overhead.total", m.overhead}, {"keys.count", keys}, {"keys.bytes-per-key", perKey},
		{"dataset.bytes", m.dataset}, {"dataset.percentage", share(m.dataset, m.used-m.startup)},
		{"peak.percentage", share(m.used, n.stats.peakMemory)},
		{"allocator.allocated", m.heap}, {"allocator.active", m.active}, {"allocator.resident", m.resident},
		{"allocator-fragmentation.ratio", quotient(m.active, m.heap)}, {"allocator-fragmentation.bytes", m.active - m.heap},
		{"allocator-rss.ratio", quotient(m.resident, m.active)}, {"allocator-rss.bytes", m.resident - m.active},
		{"rss-overhead.ratio", quotient(m.rss, m.resident)}, {"rss-overhead.bytes", m.rss - m.resident},
		{"fragmentation", quotient(m.rss, m.used)}, {"fragmentation.bytes", m.rss - m.used},
	}
}

func quotient(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func share(part, whole int64) float64 { return quotient(part, whole) * 100 }

// Answers of MEMORY DOCTOR when there is nothing to report, as Redis words them.
const (
	doctorEmpty   = "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n"
	doctorHealthy = "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n"
)

// memoryIssue is something MEMORY DOCTOR looks for.
type memoryIssue struct {
	found  bool
	advice string
}

// What counts as an issue, as in Redis.
const (
	littleMemory = 5 << 20
	someMemory   = 10 << 20
	clientMemory = 200 << 10
)

func (n *Node) memoryDoctor(ctx *command.Ctx) {
	ctx.Verbatim("txt", n.memoryReport())
}

func (n *Node) memoryReport() string {
	m := n.memory()
	if m.used < littleMemory {
		return doctorEmpty
	}
	replicas := int64(len(n.master.links))
	normal := int64(len(n.clients)) - replicas
	var b strings.Builder
	for _, issue := range []memoryIssue{
		{quotient(n.stats.peakMemory, m.used) > 1.5, "Peak: the data set was more than half as large again in the past. Memory that was freed since may still count as resident; MEMORY PURGE gives it back."},
		{quotient(m.rss, m.used) > 1.4 && m.rss-m.used > someMemory, "Resident memory: the process holds over 1.4 times what the data set takes. Go's garbage collector needs room beside live data, and several nodes in one process share this figure."},
		{normal > 0 && quotient(m.normal, normal) > clientMemory, "Clients: their buffers take over 200 kB each on average. Look for clients that ask for much and read slowly with CLIENT LIST (fields omem and qbuf)."},
		{replicas > 0 && quotient(m.replicas, replicas) > someMemory, "Replicas: their output buffers take over 10 MB each. A replica or its link is too slow; see client-output-buffer-limit."},
	} {
		if issue.found {
			b.WriteString(" * " + issue.advice + "\n\n")
		}
	}
	if b.Len() == 0 {
		return doctorHealthy
	}
	return "Sam, I detected a few issues in this Redis instance memory implants:\n\n" + b.String()
}
