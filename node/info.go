package node

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"sort"
	"strings"
	"time"

	"redislab/node/command"
)

// infoText collects lines of INFO.
type infoText struct{ strings.Builder }

func (t *infoText) line(name string, value any) {
	switch v := value.(type) {
	case float64:
		fmt.Fprintf(t, "%s:%.2f\r\n", name, v)
	case bool:
		n := 0
		if v {
			n = 1
		}
		fmt.Fprintf(t, "%s:%d\r\n", name, n)
	default:
		fmt.Fprintf(t, "%s:%v\r\n", name, v)
	}
}

// field is one line: a name and how its value is found.
type field struct {
	name  string
	value func(n *Node) any
}

// infoSection is one section of INFO: either a table of fields or lines of its own making.
type infoSection struct {
	name   string // as the heading shows it
	usual  bool   // part of INFO without arguments
	fields []field
	lines  func(n *Node, t *infoText)
}

func constant(v any) func(*Node) any { return func(*Node) any { return v } }

// infoSections are the sections in the order in which Redis prints them.
func (n *Node) infoSections() []infoSection {
	all := []infoSection{
		{name: "Server", usual: true, fields: serverFields},
		{name: "Clients", usual: true, fields: clientFields},
		{name: "Memory", usual: true, lines: (*Node).memoryInfo},
		{name: "Persistence", usual: true, lines: (*Node).persistenceInfo},
		{name: "Stats", usual: true, fields: statsFields},
		{name: "Replication", usual: true, lines: (*Node).replicationInfo},
		{name: "CPU", usual: true, lines: (*Node).cpuInfo},
		{name: "Modules", usual: true, lines: func(*Node, *infoText) {}},
		{name: "Commandstats", lines: (*Node).commandStatsInfo},
		{name: "Errorstats", usual: true, lines: (*Node).errorStatsInfo},
		{name: "Latencystats", lines: (*Node).latencyStatsInfo},
		{name: "Cluster", usual: true, fields: []field{{"cluster_enabled", constant(0)}}},
		{name: "Keyspace", usual: true, lines: (*Node).keyspaceInfo},
	}
	if n.sentinel != nil {
		return n.sentinelInfoSections(all)
	}
	return all
}

func (n *Node) cmdInfo(ctx *command.Ctx) {
	text := n.infoFor(ctx.Argv[1:])
	if n.sentinel != nil {
		ctx.BulkString(text) // Redis's sentinel has an INFO of its own, which knows no verbatim strings
		return
	}
	ctx.Verbatim("txt", text)
}

// infoFor gives the sections asked for by name; "default", "all" and "everything" are groups.
func (n *Node) infoFor(words [][]byte) string {
	want := map[string]bool{}
	all, usual := false, len(words) == 0
	for _, w := range words {
		switch word := strings.ToLower(string(w)); word {
		case "all", "everything":
			all = true
		case "default":
			usual = true
		default:
			want[word] = true
		}
	}
	var t infoText
	for _, s := range n.infoSections() {
		key := strings.ToLower(s.name)
		listed := want[key] || usual && s.usual || all
		if !listed {
			continue
		}
		if t.Len() > 0 {
			t.WriteString("\r\n")
		}
		t.WriteString("# " + s.name + "\r\n")
		for _, f := range s.fields {
			t.line(f.name, f.value(n))
		}
		if s.lines != nil {
			s.lines(n, &t)
		}
	}
	return t.String()
}

var serverFields = []field{
	{"redis_version", constant(Version)},
	{"redis_git_sha1", constant("00000000")},
	{"redis_git_dirty", constant(0)},
	{"redis_build_id", constant("0")},
	{"redis_mode", func(n *Node) any { return n.mode() }},
	{"os", func(*Node) any { return osName() }},
	{"arch_bits", constant(64)},
	{"monotonic_clock", constant("POSIX clock_gettime")},
	{"multiplexing_api", func(n *Node) any {
		if n.loop != nil {
			return "epoll"
		}
		return "goroutines"
	}},
	{"atomicvar_api", constant("go")},
	{"gcc_version", constant("0.0.0")},
	{"process_id", func(*Node) any { return os.Getpid() }},
	{"process_supervised", constant("no")},
	{"run_id", func(n *Node) any { return n.runID }},
	{"tcp_port", func(n *Node) any { return n.port() }},
	{"server_time_usec", func(n *Node) any { return n.now.UnixMicro() }},
	{"uptime_in_seconds", func(n *Node) any { return int64(n.now.Sub(n.startedAt) / time.Second) }},
	{"uptime_in_days", func(n *Node) any { return int64(n.now.Sub(n.startedAt) / (24 * time.Hour)) }},
	{"hz", func(n *Node) any { return n.settings.hz }},
	{"configured_hz", func(n *Node) any { return n.settings.hz }},
	{"lru_clock", func(n *Node) any { return n.nowMs / 1000 & (1<<24 - 1) }},
	{"executable", func(n *Node) any { return n.cfg.Executable }},
	{"config_file", func(n *Node) any { return n.set.File() }},
	{"io_threads_active", constant(0)},
}

var clientFields = []field{
	{"connected_clients", func(n *Node) any {
		return n.countClients("normal") + n.countClients("pubsub") + n.countClients("master")
	}},
	{"cluster_connections", constant(0)},
	{"maxclients", func(n *Node) any { return n.set.Int("maxclients") }},
	{"client_recent_max_input_buffer", func(n *Node) any { return n.biggest(func(c *client) int { return cap(c.in) }) }},
	{"client_recent_max_output_buffer", func(n *Node) any { return n.biggest(func(c *client) int { return len(c.w.Buf) + c.sent }) }},
	{"blocked_clients", func(n *Node) any { return n.waiting.count + len(n.pause.waiting) }},
	{"tracking_clients", constant(0)},
	{"clients_in_timeout_table", func(n *Node) any { return n.countBlocked() }},
}

func (n *Node) countClients(kind string) (count int) {
	for _, c := range n.clients {
		if !c.is(flagInternal) && c.clientTypeName() == kind {
			count++
		}
	}
	return count
}

func (n *Node) biggest(size func(*client) int) (most int) {
	for _, c := range n.clients {
		most = max(most, size(c))
	}
	return most
}

func (n *Node) countBlocked() (count int) {
	for _, c := range n.clients {
		if c.block != nil && c.block.timer != nil {
			count++
		}
	}
	return count
}

var statsFields = []field{
	{"total_connections_received", func(n *Node) any { return n.stats.connections }},
	{"total_commands_processed", func(n *Node) any { return n.stats.commands }},
	{"instantaneous_ops_per_sec", func(n *Node) any { return int64(n.stats.ops.value()) }},
	{"total_net_input_bytes", func(n *Node) any { return n.stats.inputBytes }},
	{"total_net_output_bytes", func(n *Node) any { return n.stats.outputBytes }},
	{"total_net_repl_input_bytes", func(n *Node) any { return n.stats.inputReplBytes }},
	{"total_net_repl_output_bytes", func(n *Node) any { return n.stats.outputReplBytes }},
	{"instantaneous_input_kbps", func(n *Node) any { return n.stats.input.value() / 1024 }},
	{"instantaneous_output_kbps", func(n *Node) any { return n.stats.output.value() / 1024 }},
	{"instantaneous_input_repl_kbps", func(n *Node) any { return n.stats.inputRepl.value() / 1024 }},
	{"instantaneous_output_repl_kbps", func(n *Node) any { return n.stats.outputRepl.value() / 1024 }},
	{"rejected_connections", func(n *Node) any { return n.stats.rejectedConns }},
	{"sync_full", func(n *Node) any { return n.stats.syncFull }},
	{"sync_partial_ok", func(n *Node) any { return n.stats.syncPartialOK }},
	{"sync_partial_err", func(n *Node) any { return n.stats.syncPartialError }},
	{"expired_keys", func(n *Node) any { return n.ks.Stats.Expired }},
	{"expired_stale_perc", func(n *Node) any { return n.ks.Stats.ExpiredStale * 100 }},
	{"expired_time_cap_reached_count", func(n *Node) any { return n.ks.Stats.ExpiredTimeCapReached }},
	{"expire_cycle_cpu_milliseconds", func(n *Node) any { return n.stats.expireCPU.Milliseconds() }},
	{"evicted_keys", func(n *Node) any { return n.ks.Stats.Evicted }},
	{"evicted_clients", func(n *Node) any { return n.stats.evictedClients }},
	{"total_eviction_exceeded_time", func(n *Node) any { return n.stats.evictExceededMs }},
	{"current_eviction_exceeded_time", func(n *Node) any { return n.exceededFor() }},
	{"keyspace_hits", func(n *Node) any { return n.ks.Stats.Hits }},
	{"keyspace_misses", func(n *Node) any { return n.ks.Stats.Misses }},
	{"pubsub_channels", func(n *Node) any { return n.hub.Channels.Len() }},
	{"pubsub_patterns", func(n *Node) any { return n.hub.Patterns.Len() }},
	{"pubsubshard_channels", func(n *Node) any { return n.hub.Shard.Len() }},
	{"latest_fork_usec", constant(0)},
	{"total_forks", func(n *Node) any { return n.stats.totalForks }},
	{"migrate_cached_sockets", constant(0)},
	{"slave_expires_tracked_keys", func(n *Node) any { return len(n.follower.own) }},
	{"active_defrag_hits", constant(0)},
	{"active_defrag_misses", constant(0)},
	{"active_defrag_key_hits", constant(0)},
	{"active_defrag_key_misses", constant(0)},
	{"total_active_defrag_time", constant(0)},
	{"current_active_defrag_time", constant(0)},
	{"tracking_total_keys", constant(0)},
	{"tracking_total_items", constant(0)},
	{"tracking_total_prefixes", constant(0)},
	{"unexpected_error_replies", func(n *Node) any { return n.stats.unexpectedErrors }},
	{"total_error_replies", func(n *Node) any { return n.stats.errorReplies }},
	{"dump_payload_sanitizations", constant(0)},
	{"total_reads_processed", func(n *Node) any { return n.stats.reads }},
	{"total_writes_processed", func(n *Node) any { return n.stats.writes }},
	{"io_threaded_reads_processed", constant(0)},
	{"io_threaded_writes_processed", constant(0)},
	{"reply_buffer_shrinks", constant(0)},
	{"reply_buffer_expands", constant(0)},
}

// human prints bytes as INFO's *_human fields do.
func human(bytes int64) string {
	if bytes < 1024 {
		return fmt.Sprintf("%dB", bytes)
	}
	value, units := float64(bytes), "KMGTP"
	for i := range len(units) {
		value /= 1024
		if value < 1024 || i == len(units)-1 {
			return fmt.Sprintf("%.2f%c", value, units[i])
		}
	}
	return ""
}

// memoryFigures is what the process and the data set use, in bytes.
type memoryFigures struct {
	used, dataset, overhead, startup  int64
	heap, active, resident, rss       int64
	backlog, replicas, normal, keymap int64
}

// startupMemory stands for what an empty node uses besides keys and buffers.
const startupMemory = 850 << 10

func (n *Node) memory() memoryFigures {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	m := memoryFigures{startup: startupMemory}
	m.heap = int64(samples[0].Value.Uint64())
	m.active = m.heap + int64(samples[1].Value.Uint64())
	m.resident = int64(samples[2].Value.Uint64() - samples[3].Value.Uint64())
	m.rss = residentBytes(m.resident)
	for _, c := range n.clients {
		size := c.memory()
		if c.clientTypeName() == "replica" {
			m.replicas += size
		} else {
			m.normal += size
		}
	}
	if b := n.master.backlog; b != nil {
		m.backlog = int64(b.Len())
	}
	for i := range n.ks.Databases() {
		m.keymap += int64(n.ks.DB(i).Len()) * 56
	}
	m.overhead = m.startup + m.normal + m.replicas + m.backlog + m.keymap
	m.used = m.startup + m.normal + m.replicas + m.backlog + n.ks.Used()
	m.dataset = max(m.used-m.overhead, 0)
	n.stats.peakMemory = max(n.stats.peakMemory, m.used)
	return m
}

func residentBytes(fallback int64) int64 {
	data, err := os.ReadFile("/proc/self/statm")
	var total, resident int64
	if err == nil {
		if _, err := fmt.Sscan(string(data), &total, &resident); err == nil {
			return resident * int64(os.Getpagesize())
		}
	}
	return fallback
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "0.00%"
	}
	return fmt.Sprintf("%.2f%%", float64(part)*100/float64(whole))
}

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return math.Round(float64(a)*100/float64(b)) / 100
}

func (n *Node) memoryInfo(t *infoText) {
	m := n.memory()
	sized := func(name string, v int64) {
		t.line(name, v)
		t.line(name+"_human", human(v))
	}
	sized("used_memory", m.used)
	sized("used_memory_rss", m.rss)
	sized("used_memory_peak", n.stats.peakMemory)
	t.line("used_memory_peak_perc", percent(m.used, n.stats.peakMemory))
	t.line("used_memory_overhead", m.overhead)
	t.line("used_memory_startup", m.startup)
	t.line("used_memory_dataset", m.dataset)
	t.line("used_memory_dataset_perc", percent(m.dataset, m.used-m.startup))
	t.line("allocator_allocated", m.heap)
	t.line("allocator_active", m.active)
	t.line("allocator_resident", m.resident)
	sized("total_system_memory", totalMemory())
	for _, f := range []string{"used_memory_lua", "used_memory_vm_eval"} {
		t.line(f, 0)
	}
	t.line("used_memory_lua_human", "0B")
	for _, f := range []string{"used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions", "number_of_libraries", "used_memory_vm_functions", "used_memory_vm_total"} {
		t.line(f, 0)
	}
	t.line("used_memory_vm_total_human", "0B")
	t.line("used_memory_functions", 0)
	sized("used_memory_scripts", 0)
	sized("maxmemory", n.settings.maxmemory)
	t.line("maxmemory_policy", n.settings.maxmemoryPolicy)
	t.line("allocator_frag_ratio", ratio(m.active, m.heap))
	t.line("allocator_frag_bytes", m.active-m.heap)
	t.line("allocator_rss_ratio", ratio(m.resident, m.active))
	t.line("allocator_rss_bytes", m.resident-m.active)
	t.line("rss_overhead_ratio", ratio(m.rss, m.resident))
	t.line("rss_overhead_bytes", m.rss-m.resident)
	t.line("mem_fragmentation_ratio", ratio(m.rss, m.used))
	t.line("mem_fragmentation_bytes", m.rss-m.used)
	t.line("mem_not_counted_for_evict", m.replicas)
	t.line("mem_replication_backlog", m.backlog)
	t.line("mem_total_replication_buffers", m.backlog+m.replicas)
	t.line("mem_clients_slaves", m.replicas)
	t.line("mem_clients_normal", m.normal)
	t.line("mem_cluster_links", 0)
	t.line("mem_aof_buffer", 0)
	t.line("mem_allocator", "go-"+strings.TrimPrefix(runtime.Version(), "go"))
	for _, f := range []string{"active_defrag_running", "lazyfree_pending_objects", "lazyfreed_objects"} {
		t.line(f, 0)
	}
}

func (n *Node) persistenceInfo(t *infoText) {
	p := &n.persist
	status := "ok"
	if !p.lastOK {
		status = "err"
	}
	now := n.now.Unix()
	t.line("loading", n.loading.active)
	t.line("async_loading", 0)
	for _, f := range []string{"current_cow_peak", "current_cow_size", "current_cow_size_age"} {
		t.line(f, 0)
	}
	done, total := p.progress()
	t.line("current_fork_perc", ratio(done*100, total))
	t.line("current_save_keys_processed", done)
	t.line("current_save_keys_total", total)
	t.line("rdb_changes_since_last_save", p.dirty)
	t.line("rdb_bgsave_in_progress", p.running != nil)
	t.line("rdb_last_save_time", p.lastSave)
	t.line("rdb_last_bgsave_status", status)
	t.line("rdb_last_bgsave_time_sec", p.lastSeconds())
	t.line("rdb_current_bgsave_time_sec", p.currentSeconds(now))
	t.line("rdb_saves", n.stats.saves)
	t.line("rdb_last_cow_size", 0)
	t.line("rdb_last_load_keys_expired", p.loadedExpired)
	t.line("rdb_last_load_keys_loaded", p.loadedKeys)
	for _, f := range []field{
		{"aof_enabled", constant(0)}, {"aof_rewrite_in_progress", constant(0)}, {"aof_rewrite_scheduled", constant(0)},
		{"aof_last_rewrite_time_sec", constant(-1)}, {"aof_current_rewrite_time_sec", constant(-1)},
		{"aof_last_bgrewrite_status", constant("ok")}, {"aof_rewrites", constant(0)},
		{"aof_rewrites_consecutive_failures", constant(0)}, {"aof_last_write_status", constant("ok")},
		{"aof_last_cow_size", constant(0)}, {"module_fork_in_progress", constant(0)}, {"module_fork_last_cow_size", constant(0)},
	} {
		t.line(f.name, f.value(n))
	}
	if n.loading.active {
		n.loadingInfo(t)
	}
}

func (n *Node) cpuInfo(t *infoText) {
	sys, user := cpuTimes()
	for _, f := range []struct {
		name string
		v    time.Duration
	}{
		{"used_cpu_sys", sys}, {"used_cpu_user", user}, {"used_cpu_sys_children", 0}, {"used_cpu_user_children", 0},
		{"used_cpu_sys_main_thread", sys}, {"used_cpu_user_main_thread", user},
	} {
		t.line(f.name, fmt.Sprintf("%.6f", f.v.Seconds()))
	}
}

func (n *Node) commandStatsInfo(t *infoText) {
	for id := range n.cmdStats {
		st := &n.cmdStats[id]
		if st.calls == 0 && st.rejected == 0 && st.failed == 0 {
			continue
		}
		per := 0.0
		if st.calls > 0 {
			per = float64(st.usec) / float64(st.calls)
		}
		t.line("cmdstat_"+n.table.ByID(id).FullName(), fmt.Sprintf("calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
			st.calls, st.usec, per, st.rejected, st.failed))
	}
}

func (n *Node) errorStatsInfo(t *infoText) {
	codes := make([]string, 0, len(n.errorStats))
	for code := range n.errorStats {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		t.line("errorstat_"+code, fmt.Sprintf("count=%d", n.errorStats[code]))
	}
}

func (n *Node) latencyStatsInfo(t *infoText) {
	for id := range n.cmdStats {
		hist := n.cmdStats[id].hist
		if hist == nil || hist.TotalCount() == 0 {
			continue
		}
		var parts []string
		for _, p := range n.set.Percentiles() {
			text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", p), "0"), ".")
			parts = append(parts, fmt.Sprintf("p%s=%.3f", text, float64(hist.ValueAtQuantile(p))/1000))
		}
		t.line("latency_percentiles_usec_"+n.table.ByID(id).FullName(), strings.Join(parts, ","))
	}
}

func (n *Node) keyspaceInfo(t *infoText) {
	for i := range n.ks.Databases() {
		db := n.ks.DB(i)
		if db.Len() == 0 && db.Expires() == 0 {
			continue
		}
		t.line(fmt.Sprintf("db%d", i), fmt.Sprintf("keys=%d,expires=%d,avg_ttl=%d", db.Len(), db.Expires(), db.AvgTTL))
	}
}
