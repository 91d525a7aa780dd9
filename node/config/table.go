package config

// Effect says what a directive does in this server.
type Effect string

const (
	Live  Effect = "live"  // acted upon, and CONFIG SET changes it while the server runs (unless immutable)
	Start Effect = "start" // acted upon when the server starts
	Kept  Effect = "kept"  // read, validated, shown and rewritten as Redis does, but without effect here
)

// trait marks what is special about a directive.
type trait int

const (
	fixed   trait = 1 << iota // CONFIG SET refuses it: "can't set immutable config"
	guarded                   // CONFIG SET needs enable-protected-configs
	secret                    // its value must not show up in MONITOR, SLOWLOG and logs
	hidden                    // CONFIG GET shows it only when asked by its full name
	unready                   // CONFIG SET is refused while the data set is loading
	multi                     // takes several arguments
)

// directive is a row of the table.
type directive struct {
	name, alias string // the alias is the older name
	kind        kind
	def         string // as CONFIG GET shows it
	effect      Effect
	traits      trait
}

// table lists every directive that CONFIG GET of Redis 7.0 knows. It is a function so that no caller can change it.
func table() [][]directive {
	return [][]directive{network(), general(), snapshots(), replication(), clients(), memoryUse(), encodings(),
		observation(), appendOnly(), clustering(), tls(), platform(), internals()}
}

func network() []directive {
	return []directive{
		{"bind", "", addresses{}, "* -::*", Live, multi},
		{"bind-source-addr", "", text{absent: true}, "", Live, 0},
		{"port", "", upTo(anyPort), "6379", Live, 0},
		{"protected-mode", "", yesNo{}, "yes", Live, 0},
		{"tcp-backlog", "", upTo(anyInt32), "511", Start, fixed},
		{"tcp-keepalive", "", upTo(anyInt32), "300", Live, 0},
		{"timeout", "", upTo(anyInt32), "0", Live, 0},
		{"unixsocket", "", text{absent: true}, "", Start, fixed},
		{"unixsocketperm", "", number{max: 0o777, in: octal, unsigned: true}, "0", Start, fixed},
		{"socket-mark-id", "", number{max: 1<<32 - 1, unsigned: true}, "0", Kept, fixed},
	}
}

func general() []directive {
	protection := words("no", "yes", "local")
	return []directive{
		{"daemonize", "", yesNo{}, "no", Start, fixed},
		{"supervised", "", words("upstart", "systemd", "auto", "no"), "no", Kept, fixed},
		{"pidfile", "", text{absent: true}, "", Start, fixed},
		{"loglevel", "", words("debug", "verbose", "notice", "warning"), "notice", Live, 0},
		{"logfile", "", text{}, "", Start, fixed},
		{"syslog-enabled", "", yesNo{}, "no", Kept, fixed},
		{"syslog-ident", "", text{}, "redis", Kept, fixed},
		{"syslog-facility", "", words("user", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
			"local7"), "local0", Kept, fixed},
		{"databases", "", number{min: 1, max: anyInt32}, "16", Start, fixed},
		{"always-show-logo", "", yesNo{}, "no", Start, fixed},
		{"set-proc-title", "", yesNo{}, "yes", Kept, fixed},
		{"proc-title-template", "", text{check: procTitle}, "{title} {listen-addr} {server-mode}", Kept, 0},
		{"crash-log-enabled", "", yesNo{}, "yes", Kept, 0},
		{"crash-memcheck-enabled", "", yesNo{}, "yes", Kept, 0},
		{"ignore-warnings", "", text{}, "", Kept, 0},
		{"hz", "", upTo(anyInt32), "10", Live, 0},
		{"dynamic-hz", "", yesNo{}, "yes", Live, 0},
		{"shutdown-timeout", "", upTo(anyInt32), "10", Live, 0},
		{"shutdown-on-sigint", "", shutdownOn(), "default", Live, multi},
		{"shutdown-on-sigterm", "", shutdownOn(), "default", Live, multi},
		{"requirepass", "", text{absent: true, binary: true}, "", Live, secret},
		{"enable-protected-configs", "", protection, "no", Start, fixed},
		{"enable-debug-command", "", protection, "no", Start, fixed},
		{"enable-module-command", "", protection, "no", Start, fixed},
		{"aclfile", "", text{}, "", Kept, fixed},
		{"acllog-max-len", "", upTo(anyInt64), "128", Kept, 0},
		{"acl-pubsub-default", "", words("allchannels", "resetchannels"), "resetchannels", Kept, 0},
	}
}

func snapshots() []directive {
	return []directive{
		{"save", "", savePoints{}, "3600 1 300 100 60 10000", Live, multi},
		{"stop-writes-on-bgsave-error", "", yesNo{}, "yes", Live, 0},
		{"rdbcompression", "", yesNo{}, "yes", Live, 0},
		{"rdbchecksum", "", yesNo{}, "yes", Start, fixed},
		{"sanitize-dump-payload", "", words("no", "yes", "clients"), "no", Kept, 0},
		{"dbfilename", "", text{check: fileName("dbfilename", true, "filename")}, "dump.rdb", Live, guarded},
		{"rdb-del-sync-files", "", yesNo{}, "no", Live, 0},
		{"dir", "", directory{}, ".", Live, guarded | unready},
		{"rdb-save-incremental-fsync", "", yesNo{}, "yes", Kept, 0},
	}
}

func replication() []directive {
	return []directive{
		{"replicaof", "slaveof", upstream{}, "", Live, fixed | multi},
		{"masterauth", "", text{absent: true, binary: true}, "", Live, secret},
		{"masteruser", "", text{absent: true}, "", Live, secret},
		{"replica-serve-stale-data", "slave-serve-stale-data", yesNo{}, "yes", Live, 0},
		{"replica-read-only", "slave-read-only", yesNo{}, "yes", Live, 0},
		{"repl-diskless-sync", "", yesNo{}, "yes", Live, 0},
		{"repl-diskless-sync-delay", "", upTo(anyInt32), "5", Live, 0},
		{"repl-diskless-sync-max-replicas", "", upTo(anyInt32), "0", Live, 0},
		{"repl-diskless-load", "", words("disabled", "on-empty-db", "swapdb"), "disabled", Kept, unready},
		{"repl-ping-replica-period", "repl-ping-slave-period", number{min: 1, max: anyInt32}, "10", Live, 0},
		{"repl-timeout", "", number{min: 1, max: anyInt32}, "60", Live, 0},
		{"repl-disable-tcp-nodelay", "", yesNo{}, "no", Live, 0},
		{"repl-backlog-size", "", sizeOf(1, anyInt64), "1048576", Live, 0},
		{"repl-backlog-ttl", "", upTo(anyInt64), "3600", Live, 0},
		{"replica-priority", "slave-priority", upTo(anyInt32), "100", Live, 0},
		{"replica-announced", "", yesNo{}, "yes", Live, 0},
		{"replica-announce-ip", "slave-announce-ip", text{absent: true}, "", Live, 0},
		{"replica-announce-port", "slave-announce-port", upTo(anyPort), "0", Live, 0},
		{"replica-ignore-maxmemory", "slave-ignore-maxmemory", yesNo{}, "yes", Live, 0},
		{"replica-ignore-disk-write-errors", "", yesNo{}, "no", Live, 0},
		{"replica-lazy-flush", "slave-lazy-flush", yesNo{}, "no", Live, 0},
		{"min-replicas-to-write", "min-slaves-to-write", upTo(anyInt32), "0", Live, 0},
		{"min-replicas-max-lag", "min-slaves-max-lag", upTo(anyInt32), "10", Live, 0},
		{"propagation-error-behavior", "", words("ignore", "panic", "panic-on-replicas"), "ignore", Kept, 0},
	}
}

func clients() []directive {
	return []directive{
		{"maxclients", "", number{min: 1, max: 1<<32 - 1, unsigned: true}, "10000", Live, 0},
		{"client-query-buffer-limit", "", sizeOf(1<<20, anyInt64), "1073741824", Live, 0},
		{"client-output-buffer-limit", "", bufferLimits{},
			"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", Live, multi},
		{"proto-max-bulk-len", "", sizeOf(1<<20, anyInt64), "536870912", Live, 0},
		{"maxmemory-clients", "", number{min: -100, max: anyInt64, in: relative}, "0", Live, 0},
		{"tracking-table-max-keys", "", upTo(anyInt64), "1000000", Kept, 0},
	}
}

func memoryUse() []directive {
	return []directive{
		{"maxmemory", "", sizeOf(0, anyUint64), "0", Live, 0},
		{"maxmemory-policy", "", words("volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
			"allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"), "noeviction", Live, 0},
		{"maxmemory-samples", "", number{min: 1, max: anyInt32}, "5", Live, 0},
		{"maxmemory-eviction-tenacity", "", upTo(100), "10", Kept, 0},
		{"lfu-log-factor", "", upTo(anyInt32), "10", Live, 0},
		{"lfu-decay-time", "", upTo(anyInt32), "1", Live, 0},
		{"active-expire-effort", "", number{min: 1, max: 10}, "1", Live, 0},
		{"lazyfree-lazy-eviction", "", yesNo{}, "no", Live, 0},
		{"lazyfree-lazy-expire", "", yesNo{}, "no", Live, 0},
		{"lazyfree-lazy-server-del", "", yesNo{}, "no", Live, 0},
		{"lazyfree-lazy-user-del", "", yesNo{}, "no", Live, 0},
		{"lazyfree-lazy-user-flush", "", yesNo{}, "no", Live, 0},
	}
}

func encodings() []directive {
	return []directive{
		{"hash-max-listpack-entries", "hash-max-ziplist-entries", upTo(anyInt64), "512", Live, 0},
		{"hash-max-listpack-value", "hash-max-ziplist-value", sizeOf(0, anyInt64), "64", Live, 0},
		{"list-max-listpack-size", "list-max-ziplist-size", number{min: -1 << 31, max: anyInt32}, "-2", Live, 0},
		{"list-compress-depth", "", upTo(anyInt32), "0", Kept, 0},
		{"set-max-intset-entries", "", upTo(anyInt64), "512", Live, 0},
		{"zset-max-listpack-entries", "zset-max-ziplist-entries", upTo(anyInt64), "128", Live, 0},
		{"zset-max-listpack-value", "zset-max-ziplist-value", sizeOf(0, anyInt64), "64", Live, 0},
		{"hll-sparse-max-bytes", "", sizeOf(0, anyInt64), "3000", Kept, 0},
		{"stream-node-max-bytes", "", sizeOf(0, anyInt64), "4096", Kept, 0},
		{"stream-node-max-entries", "", upTo(anyInt64), "100", Kept, 0},
	}
}
