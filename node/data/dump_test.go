package data

import (
	"fmt"
	"strings"
	"testing"
)

// quoted writes bytes so that SplitArgs reads them back.
func quoted(b string) string {
	var s strings.Builder
	s.WriteByte('"')
	for i := range len(b) {
		fmt.Fprintf(&s, `\x%02x`, b[i])
	}
	s.WriteByte('"')
	return s.String()
}

// dumped gives the payload of the key that a few commands make.
func dumped(t *testing.T, key string, lines ...string) string {
	t.Helper()
	p := newPeer(t, 2)
	p.set("rdbcompression", "yes")
	for _, l := range lines {
		p.run(l)
	}
	reply := p.run("DUMP " + key)
	return strings.TrimSuffix(reply[strings.Index(reply, "\r\n")+2:], "\r\n")
}

func TestDumpRestore(t *testing.T) {
	text := quoted(dumped(t, "k", "SET k hello"))
	number := quoted(dumped(t, "k", "SET k 12345"))
	long := quoted(dumped(t, "k", "SET k "+strings.Repeat("ab", 300)))
	raw := dumped(t, "k", "SET k hello")
	damaged := quoted(raw[:2] + "X" + raw[3:])
	compare(t, []script{
		{"dump", []string{
			`config> rdbcompression yes`, `DUMP none`, `DUMP`, `SET k hello`, `DUMP k`, `SET k 12345`, `DUMP k`, `SET k -1`, `DUMP k`, `SET k 100000`, `DUMP k`, `SET k 10000000000`, `DUMP k`, `SET k ""`, `DUMP k`, `SET k 012`, `DUMP k`,
			`SET k v EX 1000`, `DUMP k`,
		}},
		{"restore", []string{
			`RESTORE k 0 ` + text, `GET k`, `RESTORE k 0 ` + text, `RESTORE k 0 ` + number + ` REPLACE`, `GET k`, `OBJECT ENCODING k`, `RESTORE l 0 ` + long, `STRLEN l`, `RESTORE k 0 bad`, `RESTORE b 0 bad`, `RESTORE b 0 ` + damaged, `RESTORE b -1 ` + text,
			`RESTORE b x ` + text, `RESTORE b 100000 ` + text, `near> PTTL b`, `RESTORE c 33177117420500 ` + text + ` ABSTTL`, `PEXPIRETIME c`, `RESTORE d 1 ` + text + ` ABSTTL`, `EXISTS d`, `RESTORE c 1 ` + text + ` ABSTTL REPLACE`, `EXISTS c`, `restore e 5000000 ` + text + ` replace`,
			`RESTORE f 0 ` + text + ` IDLETIME 1000`, `OBJECT IDLETIME f`, `RESTORE g 0 ` + text + ` FREQ 10`, `RESTORE h 0 ` + text + ` IDLETIME -1`, `RESTORE h 0 ` + text + ` IDLETIME x`, `RESTORE h 0 ` + text + ` FREQ 256`, `RESTORE h 0 ` + text + ` FREQ -1`,
			`RESTORE h 0 ` + text + ` FREQ 1 IDLETIME 1`, `RESTORE h 0 ` + text + ` IDLETIME 1 FREQ 1`, `RESTORE h 0 ` + text + ` WHAT`, `RESTORE h 0 ` + text + ` IDLETIME`, `RESTORE h x bad WHAT`, `RESTORE k x bad`, `RESTORE h x bad`, `RESTORE h -1 bad`, `RESTORE h 0 ""`, `RESTORE h 0`,
			`SET k v EX 1000`, `RESTORE k 0 ` + text + ` REPLACE`, `TTL k`, `RESTORE i 9223372036854775807 ` + text + ` ABSTTL`, `RESTORE-ASKING j 0 ` + text,
		}},
		{"restore with lfu", []string{
			`config> maxmemory-policy volatile-lfu`, `RESTORE f 0 ` + text + ` FREQ 200`, `OBJECT FREQ f`, `RESTORE g 0 ` + text + ` IDLETIME 10`, `OBJECT FREQ g`,
		}},
	})
}

// TestDumpCollections lets each side read what the other one wrote.
func TestDumpCollections(t *testing.T) {
	build := map[string][]string{
		"l": {`RPUSH l a b 1 2 300 -5 "" ` + strings.Repeat("x", 5000), `RPUSH l ` + strings.Repeat("y", 9000)},
		"i": {`SADD i 1 2 3`},
		"j": {`SADD j 1 70000 -5000000000`},
		"s": {`SADD s a b c`},
		"h": {`HSET h f 1 g two`},
		"H": {`HSET H f ` + strings.Repeat("z", 100)},
		"z": {`ZADD z 1 a 2.5 b -inf c inf d 1e20 e`},
		"Z": {`ZADD Z 1 ` + strings.Repeat("m", 70)},
	}
	read := map[string]string{
		"l": "LRANGE l 0 -1", "i": "SMEMBERS i", "j": "SMEMBERS j", "s": "sort> SMEMBERS s", "h": "HGETALL h", "H": "HGETALL H",
		"z": "ZRANGE z 0 -1 WITHSCORES", "Z": "ZRANGE Z 0 -1 WITHSCORES",
	}
	var scripts []script
	for key, lines := range build {
		p := quoted(dumped(t, key, lines...))
		steps := append([]string{`config> rdbcompression yes`}, lines...)
		if key != "s" { // the order of a hash table's elements is each server's own
			steps = append(steps, "DUMP "+key)
		}
		steps = append(steps, "DEL "+key, "RESTORE "+key+" 0 "+p, read[key], "OBJECT ENCODING "+key)
		scripts = append(scripts, script{key, steps})
	}
	compare(t, scripts)
}
