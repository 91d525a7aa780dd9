package node

import (
	"regexp"
	"testing"
)

func TestProtocolLikeRedis(t *testing.T) {
	raw := func(name, bytes string) compatCase {
		return compatCase{name: name, script: "! \"" + bytes + "\"\n< 2"}
	}
	compare(t, []compatCase{
		raw("leading zero in a count", `*01\r\n$4\r\nPING\r\n`),
		raw("leading zero in a length", `*1\r\n$04\r\nPING\r\n`),
		raw("minus zero", `*-0\r\n`),
		raw("a browser", `POST / HTTP/1.1\r\nHost: localhost\r\n\r\nset a 1\r\n`),
		raw("host", `hOsT: x\r\n`),
		{name: "hello", hide: []hideRule{on("hello", hideInts)}, script: `
			hello 03
			hello +3
			hello 3
		`},
	})
}

func TestConnectionCommandsLikeRedis(t *testing.T) {
	compare(t, []compatCase{
		{name: "select", script: `
			select x
			select +1
			select 99999999999
			select 16
			select -1
			swapdb 99999999999 0
			swapdb 0 99999999999
		`},
		{name: "client", script: `
			client list id 99999 0 -1
			client list id 01
			client kill id 01
			client kill id 0
			client pause 1 x
			client pause 1 all x
			client pause 9223372036854775807
			set a 1
			client unblock 999 error x
			client unblock +9
			pubsub channels a b
			pubsub shardchannels a b
		`},
		{name: "only some commands when subscribed", script: `
			subscribe a
			client list
			config get hz
			get a
		`},
		{name: "reply off and on", script: `
			> client reply off
			> ping
			> client reply skip
			> ping
			client reply on
			> client reply skip
			> ping
			ping
			> client reply off
			reset
		`},
		{name: "pushes are not silenced", hide: []hideRule{on("hello", hideInts)}, script: `
			> client reply off
			subscribe a
			> ping
			b| publish a m
			< 1
			> unsubscribe
			< 1
			c| hello 3
			c| > client reply off
			c| subscribe a b
			c| < 1
			c| publish a own
			c| publish a own
			c| client reply on
		`},
		{name: "reply off in a transaction", script: `
			multi
			client reply off
			ping
			client reply on
			ping
			# The array's length is four, but two replies are missing in it.
			> exec
			> ping
			> ping
			< 1
			ping
		`},
		{name: "reset under skip", script: `
			> client reply skip
			> reset
			ping
			client no-evict on
			reset
			> multi
			< 1
			client info
		`, hide: []hideRule{on("client info", func(_ []string, r *reply) {
			r.text = regexp.MustCompile(`flags=\S+`).FindString(r.text)
		})}},
		{name: "a monitor is a replica", hide: []hideRule{volatileTimes, volatilePorts}, script: `
			monitor
			publish a m
			get a
			b| > client reply off
			< 1
			b| > monitor
			c| set x 1
			< 1
			b| client reply on
		`},
		{name: "silent and blocked", script: `
			> client reply skip
			> blpop q 0
			blocked 1
			b| rpush q 1
			ping
		`},
	})
}

func TestTransactionsLikeRedis(t *testing.T) {
	compare(t, []compatCase{
		{name: "refused", script: `
			exec x
			multi
			exec x
			exec
			multi
			multi
			set a 1
			exec
			multi
			discard x
			exec
			subscribe a
			exec
		`},
		{name: "refused, with a monitor", hide: []hideRule{volatileTimes, volatilePorts}, script: `
			m| monitor
			multi
			m| < 1
			subscribe a
			exec x
			m| < 1
			exec
			m| < 1
		`},
		{name: "paused before it is queued", script: `
			multi
			b| client pause 100000 write
			get a
			> set a 1
			blocked 1
			b| get a
			b| client unpause
			< 1
			exec
		`},
		{name: "subscribing inside", hide: []hideRule{on("hello", hideInts)}, script: `
			multi
			ssubscribe a
			subscribe b
			exec
			b| hello 3
			b| multi
			b| ssubscribe a
			b| psubscribe b*
			b| exec
		`},
		{name: "counted", hide: []hideRule{on("exec", func(_ []string, r *reply) {
			for _, item := range r.items {
				item.text = keepLines(item.text, "total_commands_processed")
			}
		})}, script: `
			config resetstat
			multi
			set a 1
			info stats
			exec
		`},
	})
}

func TestBlockedClientsLikeRedis(t *testing.T) {
	compare(t, []compatCase{
		{name: "served between the commands of a pipeline", script: `
			> blpop l 0
			blocked 1
			b| ! "LPUSH l a\r\nLLEN l\r\nDEL l\r\n"
			b| < 3
			< 1
			> bzpopmin z 0
			c| > blpop m 0
			blocked 2
			b| ! "ZADD z 1 a\r\nFLUSHALL\r\nLPUSH m a b\r\nLRANGE m 0 -1\r\n"
			b| < 4
			< 1
			c| < 1
		`},
		{name: "what takes the place of another value wakes nobody", script: `
			> bzpopmin z 0
			blocked 1
			b| set z text
			b| zadd other 1 a
			b| zunionstore z 1 other
			b| zadd z 2 b
			b| del z
			b| zadd z 3 c
			< 1
			> blpop l 0
			blocked 1
			b| set l text
			b| rpush numbers 2 1
			b| sort numbers store l
			b| lrange l 0 -1
			b| copy numbers l replace
			< 1
		`},
		{name: "killed in the transaction that pushes", hide: []hideRule{on("client id", hideInts)}, script: `
			> blpop l 0
			blocked 1
			b| client setname pusher
			b| multi
			b| lpush l a
			b| publish ch m
			b| client kill type normal
			b| exec
			b| lrange l 0 -1
		`},
		{name: "killed while paused, with the one that let go on", hide: []hideRule{on("exec", hideInts)}, script: `
			multi
			set x 1
			client kill type normal
			c| client pause 100000 write
			> exec
			blocked 1
			b| > set y 1
			blocked 2
			c| client unpause
			< 1
			b| < 1
			exists x y
		`},
		{name: "killed subscribers do not count", script: `
			subscribe ch
			b| multi
			b| client kill type pubsub
			b| publish ch m
			b| pubsub numsub ch
			b| exec
		`},
	})
}
