package data

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// templates are commands whose words in angle brackets are replaced by one of many: good ones
// mostly, bad ones now and then.
func templates() []string {
	return strings.Split(`GET <k>|SET <k> <v>|SET <k> <v> <so>|SET <k> <v> <so> <so>|SET <k> <v> <so> <so> <so>|SETNX <k> <v>|SETEX <k> <t> <v>
PSETEX <k> <t> <v>|GETSET <k> <v>|GETDEL <k>|GETEX <k> <so>|GETEX <k> <so> <so>|GETEX <k>|MGET <k> <k>|MSET <k> <v> <k> <v>|MSETNX <k> <v> <k> <v>
APPEND <k> <v>|STRLEN <k>|SETRANGE <k> <i> <v>|GETRANGE <k> <i> <i>|INCR <k>|DECR <k>|INCRBY <k> <n>|DECRBY <k> <n>|INCRBYFLOAT <k> <f>
LCS <k> <k> <lo>|LCS <k> <k> <lo> <lo>|SETBIT <k> <i> <b>|GETBIT <k> <i>|BITCOUNT <k>|BITCOUNT <k> <i> <i>|BITCOUNT <k> <i> <i> <u>|BITPOS <k> <b> <i>
BITPOS <k> <b> <i> <i> <u>|BITPOS <k> <b>|BITOP <op> <k> <k> <k>|BITOP <op> <k> <k>|BITFIELD <k> SET <ty> <i> <n> GET <ty> <i>|BITFIELD <k> OVERFLOW <ov> INCRBY <ty> <i> <n>
DEL <k>|UNLINK <k> <k>|EXISTS <k> <k>|TYPE <k>|TOUCH <k> <k>|RENAME <k> <k>|RENAMENX <k> <k>|MOVE <k> <db>|COPY <k> <k>|COPY <k> <k> REPLACE|COPY <k> <k> DB <db> REPLACE
EXPIRE <k> <t>|EXPIRE <k> <t> <eo>|PEXPIRE <k> <t> <eo> <eo>|EXPIREAT <k> <t>|PEXPIREAT <k> 33177117420000 <eo>|near> TTL <k>|near> PTTL <k>|near> EXPIRETIME <k>|PERSIST <k>|OBJECT ENCODING <k>
SORT <k>|SORT <k> <ro> STORE <k>|SORT <k> <ro>|SORT <k> <ro> <ro>|DUMP <k>|sort> KEYS <p>|DBSIZE|SELECT <sd>|RPUSH <k> <f> <n>|LRANGE <k> 0 -1|SADD i<k> <n>|ZADD z<k> <b> <f>|SORT z<k> <ro>|HSET h<k> f <f>`, "|")
}

func choices(of string) []string {
	return map[string][]string{
		"k": {"a", "b", "c"}, "sd": {"0", "0", "1"}, "db": {"0", "0", "1", "1", "16", "x"}, "b": {"0", "1", "2"}, "p": {"*", "[ab]", "?*", "a"},
		"v":  {"12", "-7", "abc", `""`, "3.5", `"\x00\xff"`, "9223372036854775807", "hello", "012", "xyzzyxabcabcxyzzy"},
		"n":  {"1", "-1", "100", "-250", "9223372036854775807", "-9223372036854775808", "x", "1.5", "0"},
		"f":  {"0.1", "-2.5", "1e3", "3", "x", "inf", "0.000001"},
		"i":  {"0", "1", "-1", "5", "12", "-7", "100", "x"},
		"t":  {"1000", "100000", "-1", "0", "33177117420", "x", "9223372036854775807"},
		"so": {"NX", "XX", "GET", "KEEPTTL", "PERSIST", "EX 1000", "PX 500000", "EXAT 33177117420", "PXAT 33177117420000", "PXAT 5", "EX", "EX 0", "bad"},
		"lo": {"IDX", "LEN", "MINMATCHLEN 2", "WITHMATCHLEN", "bad"}, "u": {"BIT", "BYTE", "bad"},
		"op": {"AND", "OR", "XOR", "NOT", "bad"}, "ty": {"u1", "i8", "u7", "i64", "u63", "u64", "i3", "x"}, "ov": {"WRAP", "SAT", "FAIL", "bad"},
		"eo": {"NX", "XX", "GT", "LT", "bad"},
		"ro": {"ASC", "DESC", "ALPHA", "LIMIT 0 2", "LIMIT 1 -1", "BY nosort", "BY *", "GET #", "GET *", "BY h*->f", "GET h*->f", "bad"},
	}[of]
}

func randomStep(r *rand.Rand, from []string) string {
	step := strings.TrimSpace(from[r.IntN(len(from))])
	for {
		before, rest, ok := strings.Cut(step, "<")
		if !ok {
			return step
		}
		name, after, _ := strings.Cut(rest, ">")
		w := choices(name)
		step = before + w[r.IntN(len(w))] + after
	}
}

// TestRandomScripts throws random commands at both sides.
func TestRandomScripts(t *testing.T) {
	var from []string
	for _, s := range templates() {
		from = append(from, strings.Split(s, "\n")...)
	}
	var scripts []script
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 4))
		s := script{name: fmt.Sprint("seed", seed), steps: []string{`config> rdbcompression yes`}}
		for range 400 {
			s.steps = append(s.steps, randomStep(r, from))
		}
		scripts = append(scripts, s)
	}
	compare(t, scripts)
}
