package data

import (
	"strings"
	"testing"
)

func TestSets(t *testing.T) {
	compare(t, []script{
		{"members", []string{
			`SADD s a b c a`, `SADD s a`, `SADD s d`, `SCARD s`, `SCARD none`, `SISMEMBER s a`, `SISMEMBER s z`, `SISMEMBER none a`, `SMISMEMBER s a z b`, `SMISMEMBER none a b`, `sort> SMEMBERS s`, `SMEMBERS none`, `SREM s a z`, `SREM s z`, `SREM none a`, `SREM s b c d e`, `EXISTS s`, `SADD s`, `SREM s`, `SADD s x`, `SREM s x x`, `SADD s ""`, `SMEMBERS s`,
		}},
		{"integers", []string{
			`SADD s 3 1 2 10 -5`, `SMEMBERS s`, `OBJECT ENCODING s`, `SISMEMBER s 01`, `SISMEMBER s 1`, `SREM s 01`, `SREM s 1`, `SADD s 9223372036854775807 -9223372036854775808 70000`, `SMEMBERS s`, `OBJECT ENCODING s`, `SADD s 9223372036854775808`, `OBJECT ENCODING s`, `sort> SMEMBERS s`, `SREM s 9223372036854775808`, `OBJECT ENCODING s`, `SADD t 1 a`, `OBJECT ENCODING t`, `SADD u -0`, `OBJECT ENCODING u`, `SADD v ""`, `OBJECT ENCODING v`,
			numbered("SADD w", "%d", 512), `OBJECT ENCODING w`, `SADD w 511`, `OBJECT ENCODING w`, `SADD w 512`, `OBJECT ENCODING w`, `SCARD w`, `config> set-max-intset-entries 2`, `SADD x 1 2`, `OBJECT ENCODING x`, `SADD x 3`, `OBJECT ENCODING x`, `config> set-max-intset-entries 0`, `SADD y 1`, `OBJECT ENCODING y`,
		}},
		{"move", []string{
			`SADD s a b 1`, `SADD t x`, `SMOVE s t a`, `SMOVE s t none`, `SMOVE none t a`, `SMOVE s new 1`, `OBJECT ENCODING new`, `SADD t b`, `SMOVE s t b`, `EXISTS s`, `sort> SMEMBERS t`, `SMOVE t t a`, `SMOVE t t none`, `SET str v`, `SMOVE t str a`, `SMOVE str t a`, `SMOVE none str a`, `SMOVE t str none`, `SMOVE str str a`,
		}},
		{"pop", []string{
			`SADD s a`, `SPOP s`, `SPOP s`, `SPOP none 1`, `SPOP none 0`, `SPOP none -1`, `SPOP none x`, `SADD s a b c`, `SPOP s 0`, `SPOP s -1`, `SPOP s x`, `SPOP s 1 2`, `sort> SPOP s 5`, `EXISTS s`, `SADD s 1`, `SPOP s 1`, `SADD s 5 6`, `SPOP s 2`, `config> lazyfree-lazy-server-del yes`, `SADD s a`, `SPOP s 1`, `config> lazyfree-lazy-user-del yes`, `SADD s a`, `SPOP s 1`,
		}},
		{"random", []string{
			`SADD s a`, `SRANDMEMBER s`, `SRANDMEMBER none`, `SRANDMEMBER s 3`, `SRANDMEMBER s -3`, `SRANDMEMBER s 0`, `SRANDMEMBER none 3`, `SRANDMEMBER none x`, `SRANDMEMBER s x`, `SRANDMEMBER s 1 1`, `SRANDMEMBER s -9223372036854775808`, `SADD s b c d`, `sort> SRANDMEMBER s 4`, `sort> SRANDMEMBER s 5`, `any> SRANDMEMBER s 2`, `SADD i 1 2 3`, `sort> SRANDMEMBER i 3`, `SRANDMEMBER s 9223372036854775807 x`, `sort> SRANDMEMBER s 9223372036854775807`,
		}},
		{"inter", []string{
			`SADD a 1 2 3 4`, `SADD b 2 3 4 x`, `SADD c 3 4 5`, `SADD e z`, `SINTER a b c`, `SINTER a`, `SINTER a a`, `SINTER a none`, `SINTER none`, `SINTER a e`, `sort> SINTER b`, `SINTERSTORE d a b c`, `SMEMBERS d`, `OBJECT ENCODING d`, `SINTERSTORE d a none`, `EXISTS d`, `SINTERSTORE d a none`, `SINTERSTORE a a b`, `SMEMBERS a`, `SINTERSTORE new a e`, `SINTERSTORE a e a`, `EXISTS a`, `SINTERSTORE b b b`, `sort> SMEMBERS b`, `OBJECT ENCODING b`,
			`SADD a 1 2 3 4`, `SINTERCARD 2 a c`, `SINTERCARD 2 a c LIMIT 1`, `SINTERCARD 2 a c LIMIT 0`, `SINTERCARD 2 a c LIMIT -1`, `SINTERCARD 2 a c LIMIT x`, `SINTERCARD 2 a c LIMIT`, `SINTERCARD 2 a c WHAT 1`, `SINTERCARD 0 a`, `SINTERCARD -1 a`, `SINTERCARD x a`, `SINTERCARD 3 a c`, `SINTERCARD 1 none`, `SINTERCARD 2 a none LIMIT 1`, `SINTERCARD 2 a c LIMIT 1 LIMIT 2`, `SINTERCARD 2 a a LIMIT 3`,
		}},
		{"union", []string{
			`SADD a 1 2 3`, `SADD b 3 4`, `SADD c x y`, `SUNION a b`, `sort> SUNION a b c none`, `SUNION none`, `SUNIONSTORE d a b`, `OBJECT ENCODING d`, `SUNIONSTORE d a b c`, `OBJECT ENCODING d`, `SCARD d`, `SUNIONSTORE d none`, `EXISTS d`, `SUNIONSTORE d none`, `SUNIONSTORE a a c`, `sort> SMEMBERS a`, `SUNION b b`,
		}},
		{"diff", []string{
			`SADD a 1 2 3 4`, `SADD b 3 4 x`, `SADD c 1`, `SDIFF a b`, `SDIFF a b c`, `SDIFF a none`, `SDIFF none a`, `SDIFF a a`, `SDIFF a`, `SDIFF a none a`, `SDIFFSTORE d a b`, `SMEMBERS d`, `OBJECT ENCODING d`, `SDIFFSTORE d a a`, `EXISTS d`, `SDIFFSTORE d a a`, `SDIFFSTORE b b a`, `SMEMBERS b`, `OBJECT ENCODING b`, `EXPIRE a 1000`, `SDIFFSTORE a a c`, `TTL a`,
		}},
		{"wrong type", []string{
			`SET s v`, `SADD s a`, `SREM s a`, `SCARD s`, `SISMEMBER s a`, `SMISMEMBER s a`, `SMEMBERS s`, `SPOP s`, `SPOP s 1`, `SPOP s x`, `SRANDMEMBER s`, `SRANDMEMBER s 1`, `SADD a 1`, `SINTER a s`, `SINTER none s`, `SINTER s none`, `SINTERCARD 2 none s`, `SINTERSTORE d none s`, `SUNION a s`, `SUNIONSTORE d a s`, `SDIFF none s`, `SDIFFSTORE d a s`, `SUNIONSTORE s a`, `SMEMBERS s`, `SSCAN s 0`, `SET t v`, `SINTERSTORE t a none`, `EXISTS t`, `SSCAN t 0`,
		}},
		{"scan", []string{
			`SADD s 1 2 3`, `SSCAN s 0`, `SSCAN s 0 MATCH [12]`, `SSCAN s 0 COUNT 1`, `SSCAN s 5`, `SADD t a`, `SSCAN t 0`, `SSCAN t 0 MATCH b*`, `SSCAN none 0`, `SSCAN s x`, `SSCAN s 0 COUNT 0`, `SSCAN s 0 x`, numbered("SADD u", "m%d", 300), `any> SSCAN u 0`, `SSCAN u 0 COUNT 1000000 MATCH m299`,
		}},
		{"expired", []string{
			`SADD s a`, `PEXPIRE s 40`, `sleep> 45`, `SADD s b`, `SMEMBERS s`, `SADD d 1`, `PEXPIRE d 40`, `sleep> 45`, `SINTERSTORE d none`, `SADD d 1`, `PEXPIRE d 40`, `sleep> 45`, `SUNIONSTORE d s`, `TTL d`, `SADD x 1`, `PEXPIRE x 40`, `sleep> 45`, `SMOVE s x b`, `SMEMBERS x`,
		}},
	})
}

// Random members are compared as a whole: after popping nothing must be left or come twice.
func TestSetPopReplicates(t *testing.T) {
	for _, size := range []int{10, 600} {
		p := newPeer(t, 2)
		p.run(numbered("SADD s", "%d", size))
		p.propagated = nil
		p.run("SPOP s 4")
		p.run("SPOP s")
		if len(p.propagated) != 5 {
			t.Fatalf("5 pops propagate %q", p.propagated)
		}
		for _, line := range p.propagated {
			word := strings.Split(line, "|")
			if word[1] != "SREM" || p.run("SISMEMBER s "+word[3]) != ":0\r\n" || p.run("SADD s "+word[3]) != ":1\r\n" {
				t.Errorf("popping propagates %q", line)
			}
		}
	}
}
