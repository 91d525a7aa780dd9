package config

import "strings"

// setAttempts are CONFIG SETs, good and bad; each starts from what the ones before left.
func setAttempts() [][]string {
	long := strings.Repeat("a", 255)
	many := strings.TrimSpace(strings.Repeat("127.0.0.1 ", 16))
	var all [][]string
	one := func(name string, values ...string) {
		for _, v := range values {
			all = append(all, []string{name, v})
		}
	}
	one("foo", "1")
	one("FOO", "1")
	one("PORT", "x")
	one("loglevel", "DEBUG", "nosuch", "", "notice")
	one("maxmemory", "1k", "1KB", "1Mb", "1g", "1gb", "1b", "1t", "-1", "1.5gb", " 1", "1 ", "k", "0x10",
		"18446744073709551615", "18446744073709551616", "18014398509481984kb", "9223372036854775808", "50%", "1k1", "+1",
		"00001", "1\x00x", strings.Repeat("0", 130), "")
	one("maxmemory-clients", "50%", "101%", "100%", "0%", "-5%", "-5", "1.5%", "%", "1mb", "9223372036854775808",
		"18446744073709551615", "18446744073709551500", "0")
	one("timeout", "+5", "05", " 5", "5", "-0", "5 ", "", "-", "99999999999999999999", "2147483648", "2147483647", "5\x00", "0")
	one("hz", "0", "501", "10")
	one("slowlog-log-slower-than", "-2", "-1", "9223372036854775807", "9223372036854775808", "10000")
	one("save", "", "900 1", "900  1", "900", "0 1", "1 0", "1 -1", "a b", " 900 1", "900 1 ", "1 1 1 1 2 2",
		"99999999999999999999 1", "5 99999999999", `"900 1"`, "+3 0x1", "3 +1", "1 2147483648", "3600 1 300 100 60 10000")
	one("client-output-buffer-limit", "normal 1 2 3", "slave 1mb 1k 3", "replica 2mb 1k 3", "pubsub 2mb 1k",
		"master 2mb 1k 1", "foo 2mb 1k 1", "normal -1 1k 1", "normal 1 1k -1", "NORMAL 1 1k 1x", "NORMAL 1 1k 1", "",
		"normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60", "normal  0 0 0", "normal 1 1 1 normal 2 2 2",
		"normal 1 1 99999999999", "normal  0 0", "pubsub 1 1 1 bogus 1 1 1", "normal 0 0 0")
	one("oom-score-adj-values", "0 200", "0 200 3000", "0 200 x", "800 200 0", "-5 +1  5", "-5 +1 5", "", "0 200 800")
	one("notify-keyspace-events", "KEA", "Kg$lshzxetmdnE", "KgKgn", "KQ", "Em", "g$lshzxetd", "AKEmn", "g$lshzxetdKEmn",
		"ka", "m", "n", "d", "A", "AEKmng", "txzeshlg$d", "txzeshl$d", "EnmKdtxzeshlg", "K\x00Q", `"K"`, "")
	one("bind", many, many+" ::1", "", "-::1  127.0.0.1", "* -::*", "127.0.0.1")
	one("latency-tracking-info-percentiles", "50 99.9999999 100", "101", "-1", "a", "", "0 0.001 1e1 nan", "5_0",
		"0 0.001 1e1 0x10 1.10", "0x1p3 +5 -0", "--5", "50  99", "inf", "infinity", "1e999", "12.3456789 .5 5.", " 5", "5\x00",
		"50 99 99.9")
	one("shutdown-on-sigint", "save now", "NOW save force", "nosave now force", "save nosave", "default", "default now",
		"now now", "save  now", "", "default")
	one("dbfilename", "a/b", "", ".", "..", `a\b`, "x.rdb\x00/y", "x.rdb")
	one("dir", "/nonexistent", "/tmp", "", ".", "/tmp/", "..", "tmp")
	one("proc-title-template", "{title} {foo}", "{title", "{title} {listen-addr}", "plain", "{", "}", "{}", "", "{title}",
		" {title} ", "{{", "{{title}", "{title} {port} {tls-port} {unixsocket} {config-file} {server-mode} {listen-addr}")
	one("cluster-announce-hostname", "a_b", "a.b-C9", long, long+"a", "")
	one("maxclients", "0", "4294967296", "-1", "100")
	one("repl-backlog-size", "0", "1", "16kb", "-1", "20000", "1mb")
	one("proto-max-bulk-len", "1000", "1mb", "9223372036854775808", "512mb")
	one("cluster-link-sendbuf-limit", "1kb", "18446744073709551615", "0")
	one("list-max-listpack-size", "-3", "-2147483649", "-2147483648", "2147483648", "-2")
	one("active-expire-effort", "0", "11", "10", "1")
	one("activedefrag", "yes", "YES", "no", "maybe")
	one("tls-replication", "yes", "no")
	one("tls-port", "1", "0")
	one("masterauth", "a\x00b", "a b", "")
	one("masteruser", "a\x00b", "")
	one("appendonly", "maybe", "no", "NO")
	one("maxmemory-policy", "ALLKEYS-lru", "lru", "noeviction")
	one("sanitize-dump-payload", "clients", "no")
	one("repl-diskless-load", "swapdb", "x", "disabled")
	for _, name := range []string{"enable-debug-command", "replicaof", "slaveof", "databases", "Databases", "unixsocketperm",
		"lua-enable-deprecated-api", "use-exit-on-panic", "list-max-ziplist-entries", "include", "user", "rename-command",
		"loadmodule", "sentinel", "lua-replicate-commands", "TIMEOUT", "Slave-Priority", "a.b", ""} {
		one(name, "x")
	}
	return append(all, [][]string{
		{"timeout", "1", "timeout", "2"}, {"timeout", "1", "TIMEOUT", "2"}, {"slave-priority", "1", "replica-priority", "2"},
		{"slave-priority", "5", "replica-priority", "x"}, {"timeout", "1", "foo", "2"}, {"foo", "1", "timeout", "x"},
		{"timeout", "1", "port", "x"}, {"timeout", "1", "tcp-backlog", "5"}, {"tcp-backlog", "5", "foo", "1"},
		{"timeout", "1", "timeout", "2", "foo", "3"}, {"timeout", "7", "hz", "20", "loglevel", "xx"},
		{"timeout", "7", "loglevel", "warning"}, {"tcp-backlog", "5", "timeout", "1", "timeout", "2"},
		{"timeout", "7", "dir", "/nonexistent"}, {"hash-max-ziplist-value", "1kb", "hash-max-ziplist-entries", "9"},
		{"save", "1 1", "client-output-buffer-limit", "normal 1 1 1", "save", "2 2"}, {"timeout", "1", "hz"}, {"timeout"},
		{"save", "7 7", "timeout", "bad"}, {"lua-time-limit", "7"}, {"busy-reply-threshold", "-1"}, {},
	}...)
}

// files are configuration files, good and bad.
func files() []string {
	all := []string{"foo bar", "FOO Bar baz", "port", "port 1 2", `port "1`, "port 1\n\n  # c\nport abc", "save 10 1\nsave \"\"\nsave 20 2",
		"save 10 1\nsave 20 2", `save ""`, `save "900 1 300 10"`, "save 900", "save 10 1 20 2\nsave 5 5", "save", `save "900 '1"`,
		`save "  900   1 "`, "save 10 1\nsave \"\"", `save " "`, "save 10 1\nsave \" \"", `save +5 " 6"`, "save 10 1\nsave",
		`save '3600 1' '60 5'`, `save "" ""`, `save 1 1 ""`, "bind", `bind ""`, "bind 127.0.0.1 ::1", `bind "127.0.0.1 -::1"`,
		`bind "a 'b"`, `bind "" ""`, `bind " "`, `bind "127.0.0.1" "::1 -x"`, "bind 127.0.0.1\nbind ::1",
		"bind" + strings.Repeat(" 127.0.0.1", 17), `bind "` + strings.Repeat(" 127.0.0.1", 17) + `"`, "loglevel", "loglevel foo",
		"LOGLEVEL notice x", "client-output-buffer-limit normal 1 2", `client-output-buffer-limit "normal 1 2 3"`,
		"client-output-buffer-limit slave 1mb 1mb 5", "client-output-buffer-limit", `client-output-buffer-limit ""`,
		"client-output-buffer-limit normal 1 1 1 slave 2 2", "oom-score-adj-values 1 2", `oom-score-adj-values "1 2 3"`,
		"oom-score-adj-values 1 2 x", "oom-score-adj-values", `oom-score-adj-values "" 1 2`, "notify-keyspace-events KEA x",
		"notify-keyspace-events", "notify-keyspace-events 'KEA'", "notify-keyspace-events KEQ", `notify-keyspace-events ""`,
		"latency-tracking-info-percentiles", "latency-tracking-info-percentiles 1 2", `latency-tracking-info-percentiles " 1  2"`,
		`latency-tracking-info-percentiles ""`, "latency-tracking-info-percentiles 101", "shutdown-on-sigint save now",
		`shutdown-on-sigint "save  now"`, "shutdown-on-sigint", "shutdown-on-sigint bad", "shutdown-on-sigterm save nosave",
		"shutdown-on-sigint now\nshutdown-on-sigint save", "replicaof no one", "replicaof NO ONE", `replicaof "127.0.0.1 5"`,
		"slaveof a", "slaveof 127.0.0.1 b", "slaveof 127.0.0.1 65536", "slaveof 127.0.0.1 -1", "slaveof 127.0.0.1 5 6",
		"slaveof 127.0.0.1 0", "slaveof 127.0.0.1 5x", `slaveof 127.0.0.1 " 5"`, `slaveof 127.0.0.1 ""`,
		"slaveof 127.0.0.1 4294967297", "slaveof 127.0.0.1 99999999999", "replicaof 127.0.0.1 5\nreplicaof no one", "include",
		"include a b", "include /nonexistent", "include /nonexistent/*", "include nosuch", "rename-command get",
		`rename-command get ""`, "user", "loadmodule", "a.b", "sentinel", "sentinel monitor a b c d",
		"sentinel foo bar", "list-max-ziplist-entries 5", "list-max-ziplist-entries", "list-max-ziplist-value 5 6",
		"lua-replicate-commands no", "lua-replicate-commands", "cluster-enabled yes\nslaveof 127.0.0.1 5",
		"slaveof 127.0.0.1 5\ncluster-enabled yes", "cluster-enabled yes\nslaveof no one", "hz 0", "hz 1000",
		"repl-backlog-size 1", "port 1 # c", "port\t7", `"port" 7`, `dir ""`, "dir", "dir a b", "dir /tmp", "dir /tmp\ndir ..",
		"dbfilename a/b", "appendfilename a/b", `appenddirname ""`, "appenddirname a/b", "unixsocketperm 777",
		"unixsocketperm 1000", "unixsocketperm 8", "unixsocketperm -1", "unixsocketperm 0x1", `unixsocketperm "+7"`,
		`unixsocketperm " 7"`, `unixsocketperm "7 "`, `unixsocketperm ""`, "databases 0", "databases 99999999999",
		"databases 5", "maxmemory 1x", "maxmemory 10%", "maxmemory 3gb", "maxmemory-clients 200%", "maxmemory-clients 3%",
		"enable-debug-command maybe", "enable-debug-command LOCAL", "port 1\r", "  port   1  ", `port "a\x31"`, `port "\x31"`,
		`port '1'2`, `port "1"2`, `port '1`, `proc-title-template "{x}"`, `proc-title-template "{title} {{x} {port}"`,
		`proc-title-template "{title} "`, `proc-title-template "{server-mode}"`, "cluster-announce-hostname a_b",
		"timeout 5\ntimeout 6", "TIMEOUT 5", "timeout -1", "timeout 1 2 3", "use-exit-on-panic yes",
		"lua-enable-deprecated-api yes", "lua-enable-deprecated-api x", "activedefrag yes", "supervised systemd",
		`masterauth "a b"`, `masterauth "a\"b\n\\\a\b\t\r\q\x4"`, `masterauth 'a\'b\n'`, `masterauth a"b"`, `masterauth "a\x00b"`,
		`masteruser "a\x00b"`, "requirepass", "syslog-facility LOCAL3", `syslog-ident ""`, "daemonize maybe", `"" 5`,
		"\x00port 5\ntimeout 5", "port 5\x00 6\ntimeout 5", "slave-read-only no\nreplica-read-only yes",
		"replica-announced maybe", "'' x", `port "7\`, strings.Repeat("x", 2000) + " 1", "timeout x\nfoo",
		`  bad   "quoted x"  y`, "\xff\xfe 1", "port 6379é", "timeout\v5", "timeout 5\f", "aclfile \"\"", "lua-time-limit 7",
		"hash-max-ziplist-entries 7\nhash-max-ziplist-value 8\nzset-max-ziplist-entries 9\nlist-max-ziplist-size 3",
		"oom-score-adj relative", "io-threads 129", "tcp-backlog -1", "socket-mark-id 4294967295", "tls-port x",
		"tls-auth-clients optional\ntls-cert-file x", "# only a comment", "", "\n\n", "timeout 5", "syslog-enabled maybe",
		"replica-announce-ip 127.0.0.1\nslave-announce-port 7\nmin-slaves-to-write 1\nmin-slaves-max-lag 0",
	}
	for i, conf := range all {
		if conf != "timeout 5" { // one without a newline at its end
			all[i] += "\n"
		}
	}
	return all
}

// commandLines are arguments of redis-server; --port and --unixsocket follow them.
func commandLines() [][]string {
	return [][]string{{"--timeout", "5"}, {"--timeout 5"}, {"--timeout", "5", "--hz", "20"}, {"--timeout", "5", "6"}, {"--timeout"},
		{"--save", "", "--timeout", "3"}, {"--save", "--timeout", "3"}, {"--save"}, {"--save", "5 6"}, {"--save", "5", "6"},
		{"--save", "5", "6", "--save", "7", "8"}, {"--save 5 6", "--save", "7 8"}, {"--masterauth", "--foo"},
		{"--masterauth", "--foo", "--timeout", "5"}, {"--masterauth", "--timeout", "5"}, {"--bind", "127.0.0.1", "::1"},
		{"--bind", "127.0.0.1", "-::1"}, {"--bind", "-::1"}, {"--slaveof", "127.0.0.1", "5"}, {"--slaveof", "127.0.0.1 5"},
		{"--replicaof", "no one"}, {"--SAVE"}, {"--SAVE", "--timeout", "3"}, {"--masterauth", "a b\n\"c\x01é"}, {"--timeout", "5", "-"},
		{"-", "--timeout", "5"}, {"--timeout", "-", "5"}, {"--foo"}, {"--"}, {"--", "5"}, {"/nonexistent", "5"}, {"--timeout", "5\n6"},
		{"--timeout 5\nhz 20"}, {`--timeout "5"`}, {`--timeout "5`}, {"--replica-read-only", "no", "--dir", "/tmp"},
		{"--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru"}, {"--shutdown-on-sigint", "save", "now"},
		{"--shutdown-on-sigint", "save now"}, {"-x"}, {`--save ""`}, {"--save ", "--timeout", "3"}, {"--timeout ", "7"},
		{"--save", "  "}, {"--save", "3 1", ""}, {"--port", "é\x01"}, {"--appendonly", "no"}, {"--client-output-buffer-limit",
			"normal 1 1 1", "--client-output-buffer-limit", "pubsub", "2", "2", "2"}, {"--notify-keyspace-events", "KEA"},
		{"--notify-keyspace-events", ""}, {"--masterauth", ""}, {"--loglevel", "verbose", "--databases", "3"},
		{"--include", "/nonexistent"}, {"--timeout=5"}, {"--Timeout", "5"}, {"--cluster-enabled", "yes", "--slaveof", "127.0.0.1 1"}}
}

// rewriteCase is a file, what happens to the server, and so what CONFIG REWRITE has to do.
type rewriteCase struct {
	conf      string
	args      []string
	sets      [][]string
	replicaOf string
}

func rewrites() []rewriteCase {
	return []rewriteCase{
		{conf: ""},
		{conf: "\n"},
		{conf: "# c\n\n\n\n  port 5\n\n\nsave 10 1\nsave 20 2\nsave 30 3\n# end"},
		{conf: "# c\nPORT 5\nslave-read-only no\nmaxmemory 1000000\nhash-max-ziplist-value 1024\nslave-priority 7\n",
			sets: [][]string{{"save", "5 5"}, {"maxmemory", "2gb"}, {"bind", "127.0.0.1"},
				{"client-output-buffer-limit", "slave 1gb 1000 7"}, {"timeout", "5"}}},
		{conf: "requirepass foo\nmasterauth \"a b\"\nrename-command get foo\nloglevel notice\nlogfile \"\"\n\n" + signature + "\n"},
		{conf: "timeout 7\n", sets: [][]string{{"requirepass", "secret \xff"}}},
		{conf: "bind 127.0.0.1\nbind ::1\ntimeout 1\ntimeout 2\nhz 10\nunixsocketperm 755\n" +
			"latency-tracking-info-percentiles 50 99 99.9\noom-score-adj-values 0 200 800\nnotify-keyspace-events \"\"\ndir .\n",
			sets: [][]string{{"latency-tracking-info-percentiles", "1 2.5"}, {"notify-keyspace-events", "KEA"},
				{"maxmemory-clients", "5%"}, {"shutdown-on-sigint", "save now"}, {"masterauth", "x\n\"\x01y"}}},
		{conf: "slaveof 127.0.0.1 1\nlist-max-ziplist-entries 5\nlua-replicate-commands yes\ninclude /nonexist*\nsave \"\"\n" +
			"syslog-ident \"\"\nmasteruser \"\"\n", replicaOf: "127.0.0.1 2"},
		{conf: "slaveof 127.0.0.1 1\nreplicaof 127.0.0.1 3\n\n\nreplica-announce-ip 1.2.3.4\nslave-announce-ip 5.6.7.8\n" +
			"maxmemory 0\nrepl-backlog-size 1\n", replicaOf: "no one", sets: [][]string{{"replica-announce-ip", ""}}},
		{conf: "port 0 \n  save  \"\"  \n#x\n", args: []string{"--timeout", "3", "--save", "9 9"}, sets: [][]string{{"bind", ""}}},
		{conf: "user default on nopass ~* &* +@all\nlua-time-limit 7\nslave-announce-port 5\nmin-slaves-to-write 1\n" +
			"min-replicas-to-write 2\n", sets: [][]string{{"min-slaves-to-write", "0"}, {"requirepass", "a b"}}},
		{conf: "user default on nopass sanitize-payload ~* &* +@all\nmaxmemory 9223372036854775807\nmaxmemory-clients 0%\nsave\n"},
		{conf: "\r\n port 0\r\ntimeout   \"5\"\r\n#x\r\n\"timeout\" 6\n",
			sets: [][]string{{"latency-tracking-info-percentiles", ""}, {"save", ""}}},
		{conf: "include x*\nsentinel\nINCLUDE y*\nRename-Command get x\n" + signature + "\n" + signature + "\n"},
		{conf: "cluster-enabled yes\nproc-title-template \"{title} {{x} {port}\"\nlogfile \"\"\npidfile \"\"\nunixsocketperm 0\n" +
			"oom-score-adj relative\nshutdown-on-sigint default\ncluster-announce-hostname \"\"\naclfile \"\"\n"},
		{conf: "client-output-buffer-limit pubsub 1 1 1\nclient-output-buffer-limit normal 2 2 2\n# between\nbind * -::*\n" +
			"maxmemory-clients 1mb\nproto-max-bulk-len 1048577\n", sets: [][]string{{"maxmemory-clients", "3%"}, {"hz", "999"}}},
		{conf: "key-load-delay 3\nrepl-ping-slave-period 7\nrepl-timeout 61\nloglevel warning\n",
			sets: [][]string{{"rdb-key-save-delay", "1"}, {"key-load-delay", "0"}, {"loglevel", "notice"}}},
	}
}
