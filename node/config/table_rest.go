package config

func observation() []directive {
	return []directive{
		{"notify-keyspace-events", "", eventClasses{}, "", Live, 0},
		{"slowlog-log-slower-than", "", number{min: -1, max: anyInt64}, "10000", Live, 0},
		{"slowlog-max-len", "", upTo(anyInt64), "128", Live, 0},
		{"latency-monitor-threshold", "", upTo(anyInt64), "0", Live, 0},
		{"latency-tracking", "", yesNo{}, "yes", Live, 0},
		{"latency-tracking-info-percentiles", "", percentiles{}, "50 99 99.9", Live, multi},
	}
}

func appendOnly() []directive {
	return []directive{
		{"appendonly", "", yesNo{}, "no", Live, unready},
		{"appendfilename", "", text{check: fileName("appendfilename", false, "filename")}, "appendonly.aof", Kept, fixed},
		{"appenddirname", "", text{check: fileName("appenddirname", false, "dirname")}, "appendonlydir", Kept, fixed},
		{"appendfsync", "", words("everysec", "always", "no"), "everysec", Kept, 0},
		{"no-appendfsync-on-rewrite", "", yesNo{}, "no", Kept, 0},
		{"auto-aof-rewrite-percentage", "", upTo(anyInt32), "100", Kept, 0},
		{"auto-aof-rewrite-min-size", "", sizeOf(0, anyInt64), "67108864", Kept, 0},
		{"aof-load-truncated", "", yesNo{}, "yes", Kept, 0},
		{"aof-use-rdb-preamble", "", yesNo{}, "yes", Kept, 0},
		{"aof-timestamp-enabled", "", yesNo{}, "no", Kept, 0},
		{"aof-rewrite-incremental-fsync", "", yesNo{}, "yes", Kept, 0},
		{"aof-disable-auto-gc", "", yesNo{}, "no", Kept, 0},
	}
}

func clustering() []directive {
	return []directive{
		{"cluster-enabled", "", yesNo{}, "no", Kept, fixed},
		{"cluster-config-file", "", text{}, "nodes.conf", Kept, fixed},
		{"cluster-node-timeout", "", upTo(anyInt64), "15000", Kept, 0},
		{"cluster-port", "", upTo(anyPort), "0", Kept, fixed},
		{"cluster-replica-validity-factor", "cluster-slave-validity-factor", upTo(anyInt32), "10", Kept, 0},
		{"cluster-replica-no-failover", "cluster-slave-no-failover", yesNo{}, "no", Kept, 0},
		{"cluster-migration-barrier", "", upTo(anyInt32), "1", Kept, 0},
		{"cluster-allow-replica-migration", "", yesNo{}, "yes", Kept, 0},
		{"cluster-require-full-coverage", "", yesNo{}, "yes", Kept, 0},
		{"cluster-allow-reads-when-down", "", yesNo{}, "no", Kept, 0},
		{"cluster-allow-pubsubshard-when-down", "", yesNo{}, "yes", Kept, 0},
		{"cluster-link-sendbuf-limit", "", sizeOf(0, anyUint64), "0", Kept, 0},
		{"cluster-announce-ip", "", text{absent: true}, "", Kept, 0},
		{"cluster-announce-hostname", "", text{absent: true, check: hostName}, "", Kept, 0},
		{"cluster-announce-port", "", upTo(anyPort), "0", Kept, 0},
		{"cluster-announce-tls-port", "", upTo(anyPort), "0", Kept, 0},
		{"cluster-announce-bus-port", "", upTo(anyPort), "0", Kept, 0},
		{"cluster-preferred-endpoint-type", "", words("ip", "hostname", "unknown-endpoint"), "ip", Kept, 0},
	}
}

func tls() []directive {
	file := text{absent: true}
	return []directive{
		{"tls-port", "", upTo(anyPort), "0", Kept, 0},
		{"tls-cert-file", "", file, "", Kept, 0},
		{"tls-key-file", "", file, "", Kept, 0},
		{"tls-key-file-pass", "", file, "", Kept, 0},
		{"tls-client-cert-file", "", file, "", Kept, 0},
		{"tls-client-key-file", "", file, "", Kept, 0},
		{"tls-client-key-file-pass", "", file, "", Kept, 0},
		{"tls-dh-params-file", "", file, "", Kept, 0},
		{"tls-ca-cert-file", "", file, "", Kept, 0},
		{"tls-ca-cert-dir", "", file, "", Kept, 0},
		{"tls-auth-clients", "", words("no", "yes", "optional"), "yes", Kept, 0},
		{"tls-replication", "", yesNo{}, "no", Kept, 0},
		{"tls-cluster", "", yesNo{}, "no", Kept, 0},
		{"tls-protocols", "", file, "", Kept, 0},
		{"tls-ciphers", "", file, "", Kept, 0},
		{"tls-ciphersuites", "", file, "", Kept, 0},
		{"tls-prefer-server-ciphers", "", yesNo{}, "no", Kept, 0},
		{"tls-session-caching", "", yesNo{}, "yes", Kept, 0},
		{"tls-session-cache-size", "", upTo(anyInt32), "20480", Kept, 0},
		{"tls-session-cache-timeout", "", upTo(anyInt32), "300", Kept, 0},
	}
}

// platform holds what belongs to Redis's C code, its allocator and its threads.
func platform() []directive {
	absent := text{absent: true}
	return []directive{
		{"activerehashing", "", yesNo{}, "yes", Kept, 0},
		{"activedefrag", "", yesNo{check: noDefrag}, "no", Kept, 0},
		{"active-defrag-ignore-bytes", "", sizeOf(1, anyInt64), "104857600", Kept, 0},
		{"active-defrag-threshold-lower", "", upTo(1000), "10", Kept, 0},
		{"active-defrag-threshold-upper", "", upTo(1000), "100", Kept, 0},
		{"active-defrag-cycle-min", "", number{min: 1, max: 99}, "1", Kept, 0},
		{"active-defrag-cycle-max", "", number{min: 1, max: 99}, "25", Kept, 0},
		{"active-defrag-max-scan-fields", "", number{min: 1, max: anyInt64}, "1000", Kept, 0},
		{"jemalloc-bg-thread", "", yesNo{}, "yes", Kept, 0},
		{"io-threads", "", number{min: 1, max: 128}, "1", Kept, fixed},
		{"io-threads-do-reads", "", yesNo{}, "no", Kept, fixed},
		{"server_cpulist", "", absent, "", Kept, fixed},
		{"bio_cpulist", "", absent, "", Kept, fixed},
		{"aof_rewrite_cpulist", "", absent, "", Kept, fixed},
		{"bgsave_cpulist", "", absent, "", Kept, fixed},
		{"oom-score-adj", "", oomModes(), "no", Kept, 0},
		{"oom-score-adj-values", "", oomValues{}, "0 200 800", Kept, multi},
		{"disable-thp", "", yesNo{}, "yes", Kept, fixed},
		{"busy-reply-threshold", "lua-time-limit", upTo(anyInt64), "5000", Kept, 0},
	}
}

// internals are Redis's own knobs for its tests.
func internals() []directive {
	delay := number{min: -1 << 31, max: anyInt32}
	return []directive{
		{"use-exit-on-panic", "", yesNo{}, "no", Kept, hidden},
		{"rdb-key-save-delay", "", delay, "0", Kept, hidden},
		{"key-load-delay", "", delay, "0", Kept, hidden},
		{"watchdog-period", "", upTo(anyInt32), "0", Kept, hidden},
		{"loading-process-events-interval-bytes", "", number{min: 1024, max: anyInt32}, "2097152", Kept, hidden},
		{"lua-enable-deprecated-api", "", yesNo{}, "no", Kept, hidden | fixed},
	}
}
