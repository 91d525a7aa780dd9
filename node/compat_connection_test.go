package node

import "testing"

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
		{name: "silent and blocked", script: `
			> client reply skip
			> blpop q 0
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
