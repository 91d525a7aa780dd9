package node

import (
	"regexp"
	"strconv"
	"testing"
)

// What differs in every conversation.
var (
	volatileTimes = hideMatch(`[0-9]{10}\.[0-9]{6}`, "TIME")
	volatilePorts = hideMatch(`127\.0\.0\.1:[0-9]+`, "127.0.0.1:PORT")
)

func TestConfigLikeRedis(t *testing.T) {
	compare(t, []compatCase{
		{name: "get and set", script: `
			config get
			config get maxmemory
			config get maxmemory hz nosuch MAXMEMORY
			config get slave-read-only
			config set
			config set hz
			config set hz 20 nosuch 1
			config get hz
			config set hz 20 maxmemory 100mb
			config get hz
			config get maxmemory
			config set hz 20 hz 30
			config set port abc
			config set maxmemory-policy nosuch
			config set databases 3
			config set appendonly maybe
			config foo
			config help
			config resetstat
			config resetstat x
			config rewrite
			config rewrite x
			hello 3
			config get maxmemory-samples
		`, hide: []hideRule{on("hello", hideInts), on("config get", sortItems(2))}},
		{name: "resetstat", hide: []hideRule{
			on("info stats", func(_ []string, r *reply) {
				r.text = keepLines(r.text, "total_commands_processed", "keyspace_hits", "keyspace_misses", "expired_keys", "evicted_keys",
					"total_error_replies", "unexpected_error_replies", "rejected_connections", "total_connections_received", "sync_full")
			}),
			on("info commandstats", hideMatch(`usec=[0-9]+,usec_per_call=[0-9.]+`, "usec")), on("info commandstats", sortLines),
		}, script: `
			get a
			set a 1
			get a
			nosuch
			get
			lpush a b
			config resetstat
			info stats
			info errorstats
			info commandstats
			get a
			get b
			exists a b
			get
			get a b
			config foo
			lpush a x
			nosuch
			multi
			nosuch
			exec
			multi
			lpush a x
			exec
			config set maxmemory x
			info stats
			info errorstats
			info commandstats
		`},
		{name: "hits", hide: []hideRule{on("info stats", func(_ []string, r *reply) {
			r.text = keepLines(r.text, "keyspace_hits", "keyspace_misses")
		}), on("spop", sortItems(1))}, script: `
			set a 1
			lpush l x
			config resetstat
			scan 0 type string
			info stats
			sadd s x y
			spop s 2
			info stats
		`},
		{name: "dir", args: []string{"--enable-protected-configs", "yes"}, script: `
			config set dir /nowhere/at/all
			config set dir /etc/passwd
			config set hz 17 dir /nowhere/at/all
			config get hz
			config set dir /tmp
			config get dir
		`},
		{name: "protected", script: `
			config set dir /tmp
			config set dbfilename x.rdb
			config set enable-debug-command no
		`},
	})
}

// TestInfoSectionsLikeRedis compares which sections there are, and which fields in them.
func TestInfoSectionsLikeRedis(t *testing.T) {
	names := func(_ []string, r *reply) {
		r.text = regexp.MustCompile(`(?m)^(cmdstat|latency_percentiles|errorstat)_.*\n|:.*$`).ReplaceAllString(r.text, "")
	}
	compare(t, []compatCase{{name: "names", hide: []hideRule{on("info", names), on("hello", hideInts)}, script: `
		info
		info all
		info everything
		info default
		info all nosuch
		info cpu Keyspace
		info nosuch
	`}})
}

func TestSlowlogLikeRedis(t *testing.T) {
	hide := []hideRule{on("slowlog get", func(_ []string, r *reply) {
		first := 0
		for i, entry := range r.items {
			id, _ := strconv.Atoi(entry.items[0].text)
			if i == 0 {
				first = id
			}
			entry.items[0].text = strconv.Itoa(id - first) // how many were before the script is no matter
			entry.items[1].text, entry.items[2].text = "TIME", "USEC"
		}
	}), volatilePorts, on("hello", hideInts)}
	compare(t, []compatCase{
		{name: "edges", args: []string{"--slowlog-log-slower-than", "-1"}, hide: hide, script: `
			slowlog
			slowlog foo
			slowlog get a
			slowlog get -2
			slowlog get -1
			slowlog get 01
			slowlog get 1 2
			slowlog len
			slowlog len x
			slowlog reset x
			slowlog help
		`},
		{name: "what is kept", args: []string{"--slowlog-log-slower-than", "0", "--slowlog-max-len", "6"}, hide: hide, script: `
			slowlog reset
			slowlog get
			client setname tester
			mset a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p 16
			set long 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
			slowlog get
			slowlog len
			nosuchcommand
			get
			get missing
			lpush long x
			multi
			set x 1
			exec
			slowlog get 3
			slowlog get -1
			slowlog len
			config set slowlog-max-len 2
			slowlog len
			config set slowlog-max-len 0
			get a
			slowlog get
			config set slowlog-max-len 6
			slowlog get
		`},
		{name: "secrets", args: []string{"--slowlog-log-slower-than", "0"}, hide: hide, script: `
			slowlog reset
			auth secret
			auth default secret
			hello 2 auth default secret setname me
			config set masterauth secret hz 11 requirepass secret
			config set hz 10 masterauth ""
			slowlog get
		`},
		{name: "sleep is slow", args: []string{"--slowlog-log-slower-than", "200000"}, hide: hide, script: `
			debug sleep 0.25
			get a
			slowlog get
		`},
	})
}

func TestMonitorLikeRedis(t *testing.T) {
	compare(t, []compatCase{{name: "lines", hide: []hideRule{volatileTimes, volatilePorts, on("hello", hideInts)}, script: `
		m| monitor
		ping
		m| < 1
		set "a\x00\n\r\t\a\b\"\\\xff" "plain text"
		m| < 1
		select 3
		m| < 1
		multi
		get a
		set b 1
		exec
		m| < 4
		auth secret
		auth default secret
		hello 2 auth default x
		m| < 3
		config get hz
		client list id 9999
		debug sleep 0
		nosuchcommand
		get
		get x
		m| < 1
		ping
		m| < 1
		> blpop list 0
		m| < 1
		b| select 3
		m| < 1
		b| rpush list v
		m| < 1
		< 1
		m| ping
		m| < 1
		m| get a
		m| set a 1
		m| > monitor
		m| reset
		m| ping
		get x
		m| get x
		multi
		monitor
		exec
		monitor x
	`}})
}

func TestLatencyLikeRedis(t *testing.T) {
	times := []hideRule{
		on("latency latest", hideInts), on("latency history", hideInts),
		on("latency graph", hideMatch(`[0-9]+`, "N")),
		on("latency histogram", hideHistogram), on("hello", hideInts),
	}
	compare(t, []compatCase{
		{name: "nothing seen", script: `
			latency
			latency foo
			latency latest
			latency history command
			latency history
			latency graph command
			latency graph
			latency reset
			latency reset command
			latency doctor
			config set latency-monitor-threshold 100
			latency doctor
			latency doctor x
			latency histogram nosuch
			latency help
			hello 3
			latency doctor
		`, hide: []hideRule{on("hello", hideInts)}},
		{name: "sleep", args: []string{"--latency-monitor-threshold", "200"}, hide: times, script: `
			debug sleep 0.25
			latency latest
			latency history command
			latency history nosuch
			latency graph command
			latency reset nosuch command
			latency reset
			latency latest
		`},
		{name: "histogram", hide: times, script: `
			config resetstat
			set a 1
			set b 2
			get a
			config get hz
			latency histogram set
			latency histogram get set nosuch
			latency histogram config
			latency histogram config|get
			config set latency-tracking no
			get a
			latency histogram get
			hello 3
			latency histogram get
			config resetstat
			latency histogram get
		`},
	})
}

// hideHistogram keeps the number of calls and hides how long they took.
func hideHistogram(_ []string, r *reply) {
	r.each(func(r *reply) {
		for i := 0; i+1 < len(r.items); i++ {
			if r.items[i].text == "histogram_usec" {
				r.items[i+1].items = nil
				r.items[i+1].text = "STEPS"
			}
		}
	})
	sortItems(2)(nil, r)
}

func TestMemoryLikeRedis(t *testing.T) {
	hide := []hideRule{on("memory stats", func(_ []string, r *reply) {
		for i := 1; i < len(r.items); i += 2 {
			switch v := r.items[i]; {
			case v.kind == ':' || v.kind == ',':
				v.text = "N"
			case v.kind == '$':
				v.text = "F"
			}
		}
	}), on("memory stats", hideInts)}
	compare(t, []compatCase{{name: "replies", hide: append(hide, on("hello", hideInts)), script: `
		memory
		memory foo
		memory doctor
		memory doctor x
		memory stats
		set a 1
		memory stats
		select 3
		set b 1 ex 100
		memory stats
		memory purge
		memory malloc-stats x
		memory help
		hello 3
		memory stats
		memory doctor
	`}})
}

func TestServerCommandsLikeRedis(t *testing.T) {
	dirty := []hideRule{on("info persistence", func(_ []string, r *reply) {
		r.text = keepLines(r.text, "rdb_changes_since_last_save", "rdb_saves", "rdb_last_bgsave_status")
	}), on("time", hideItems), on("lastsave", hideInts)}
	compare(t, []compatCase{
		{name: "flush", hide: dirty, script: `
			mset a 1 b 2 c 3
			info persistence
			flushall foo
			flushdb async sync
			flushdb async x
			dbsize
			flushdb async
			info persistence
			flushdb
			flushall
			info persistence
			set a 1
			select 5
			set b 1
			flushall sync
			dbsize
			info persistence
			select 0
			dbsize
		`},
		{name: "flush with save points", args: []string{"--save", "1000 1000"}, hide: dirty, script: `
			mset a 1 b 2
			save
			info persistence
			mset a 1 b 2
			flushall
			info persistence
			set a 1
			flushdb
			info persistence
		`},
		{name: "watch and flush", script: `
			set a 1
			b| watch a
			flushall
			b| multi
			b| exec
			b| watch a
			flushall
			b| multi
			b| exec
			set a 1
			b| select 1
			b| watch a
			swapdb 0 1
			b| multi
			b| exec
			b| watch other
			swapdb 0 1
			b| multi
			b| exec
			mset here 1 there 1
			b| select 0
			b| watch elsewhere
			c| select 1
			c| set elsewhere 1
			swapdb 0 1
			b| multi
			b| exec
		`},
		{name: "swapdb", hide: dirty, script: `
			swapdb 0 a
			swapdb a 0
			swapdb 0 99
			swapdb -1 0
			swapdb 0
			set a 1
			swapdb 0 1
			info persistence
			get a
			select 1
			get a
			b| select 2
			swapdb 3 3
			info persistence
			> blpop list 0
			b| rpush list x
			b| swapdb 1 2
			< 1
			> blpop list 0
			b| rpush list y
			b| swapdb 2 1
			< 1
		`},
		{name: "save", hide: dirty, script: `
			set a 1
			save x
			save
			info persistence
			time
			time x
			lastsave
			bgsave foo
			bgsave schedule x
			multi
			save
			bgsave
			shutdown
			exec
			discard
			multi
			bgsave
			exec
		`},
		{name: "shutdown words", script: `
			shutdown foo
			shutdown abort
			shutdown abort save
			shutdown save nosave
			shutdown nosave abort now
			lolwut version x
			ping
			shutdown nosave
		`},
		{name: "failed save", hide: dirty, script: `
			config set dbfilename x/y
			save
		`},
	})
}

func TestDebugLikeRedis(t *testing.T) {
	compare(t, []compatCase{
		{name: "edges", script: `
			debug
			debug foo
			debug help
			debug help x
			debug sleep
			debug sleep a
			debug sleep -1
			debug sleep 0 0
			debug object
			debug object nokey
			debug object a b
			debug sdslen
			debug sdslen nokey
			rpush list a
			debug sdslen list
			set n 12
			debug sdslen n
			debug log
			debug log hello
			debug log a b
			debug error
			debug error "OOPS it\nwent wrong"
			debug leak
			debug leak x
			debug set-active-expire
			debug set-active-expire 0
			debug set-active-expire x
			debug pause-cron 1
			debug pause-cron 0
			debug replicate
			debug replicate set a b
			get a
			debug change-repl-id x
			debug change-repl-id
			debug digest x
			debug digest-value
			debug reload foo
			debug htstats
			debug htstats a
			debug htstats 99
			debug htstats 1
			debug htstats-key nokey
			debug htstats-key list
			debug htstats-key list full
			debug jmap
			debug ziplist n
			debug stringmatch-len a b
		`},
		{name: "populate", script: `
			debug populate
			debug populate a
			debug populate -1
			debug populate 0
			debug populate 2
			get key:0
			get key:1
			set key:2 own
			debug populate 3
			get key:2
			dbsize
			debug populate 2 other
			get other:1
			debug populate 2 sized 3
			get sized:1
			debug populate 2 long 10
			get long:1
			debug populate 2 zero 0
			get zero:1
			debug populate 2 p -1
			debug populate 2 p 1 1
		`},
		{name: "protocol", hide: []hideRule{on("hello", hideInts)}, script: `
			debug protocol
			debug protocol foo
			debug protocol string
			debug protocol integer
			debug protocol double
			debug protocol bignum
			debug protocol null
			debug protocol array
			debug protocol set
			debug protocol map
			debug protocol attrib
			debug protocol push
			debug protocol verbatim
			debug protocol true
			debug protocol false
			hello 3
			debug protocol string
			debug protocol double
			debug protocol bignum
			debug protocol null
			debug protocol set
			debug protocol map
			debug protocol attrib
			< 1
			debug protocol push
			< 1
			debug protocol verbatim
			debug protocol true
			debug protocol FALSE
		`},
		{name: "object", hide: []hideRule{on("debug object", hideMatch(`at:0x[0-9a-f]+|lru:[0-9]+|idle:[0-9]+`, "X"))}, script: `
			set s hello
			debug object s
			set n 12345
			debug object n
			set neg -5
			debug object neg
			append s world
			debug object s
			rpush l a b c
			debug object l
			sadd ints 1 2 3
			debug object ints
			sadd words a b c
			debug object words
			hset h a 1 b 2
			debug object h
			zadd z 1 a 2.5 b
			debug object z
			expire s 100
			debug object s
		`},
	})
}

func TestDebugDigestLikeRedis(t *testing.T) {
	compare(t, []compatCase{{name: "all types", script: `
		debug digest
		set s hello
		debug digest
		set n 12345
		set bin "\x00\xff\r\n"
		set empty ""
		append s world
		incr n
		incrbyfloat f 3.14
		debug digest
		rpush l a b 3 "" a
		debug digest-value l
		sadd ints 3 1 2 -7
		sadd words c b a
		hset h f1 v1 f2 2 f3 ""
		zadd z 1 a 2.5 b -inf c +inf d 1e16 e 0.1 f 3.0000000000000004e-5 g -0 h 123456789.5 i 1e300 j 1e-300 k
		debug digest-value s n bin empty f ints words h z nokey
		debug digest
		config set set-max-intset-entries 1 hash-max-listpack-entries 1 zset-max-listpack-entries 1 list-max-listpack-size 1
		sadd ints 99
		hset h more 1
		zadd z 7 more
		rpush l more
		object encoding z
		debug digest-value ints h z l
		debug digest
		expire s 1000
		expire z 1000
		debug digest-value s z
		debug digest
		select 9
		set other db
		debug digest
		debug reload
		debug digest
		debug reload nosave
		debug digest
		debug reload noflush merge
		debug digest
		flushall
		debug digest
	`}})
}
