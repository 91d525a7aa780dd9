package data

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// collectionTemplates are commands on collections, see templates. Keys of one letter each hold
// any type.
func collectionTemplates() []string {
	return strings.Fields(strings.NewReplacer(" ", "_", "|", " ", "\n", " ").Replace(
		`LPUSH <l> <m>|RPUSH <l> <m> <m> <m>|LPUSH <l> <m> <m> <m>|RPUSHX <l> <m>|LPUSHX <l> <m>|LPOP <l>|RPOP <l>|LPOP <l> <n>|RPOP <l> <n>|LINDEX <l> <i>|LSET <l> <i> <m>
LRANGE <l> <i> <i>|LTRIM <l> <i> <i>|LREM <l> <i> <m>|LINSERT <l> <w> <m> <m>|LPOS <l> <m>|LPOS <l> <m> RANK <i> COUNT <n>|LPOS <l> <m> COUNT <n> MAXLEN <n>|LMOVE <l> <l> <e> <e>|RPOPLPUSH <l> <l>
LMPOP 2 <l> <l> <e> COUNT <n>|nb> BLPOP <l> <l> 0|nb> BLMOVE <l> <l> <e> <e> 0|nb> BRPOPLPUSH <l> <l> 0|nb> BLMPOP 0 2 <l> <l> <e> COUNT <n>|LLEN <l>|RPUSH <pl> <m> <m> <m>|LPUSH <pl> <m>|LPOP <pl>|LSET <pl> <i> <m>|LREM <pl> 1 <m>|LTRIM <pl> 1 -2|LRANGE <l> 0 -1|DUMP <pl>
HSET <h> <m> <m>|HSET <h> <m> <m> <m> <m>|HMSET <h> <m> <f>|HSETNX <h> <m> <m>|HGET <h> <m>|HMGET <h> <m> <m>|HDEL <h> <m> <m>|HINCRBY <h> <m> <i>|HINCRBYFLOAT <h> <m> <f>|HSTRLEN <h> <m>|HEXISTS <h> <m>
HLEN <h>|pairs> HGETALL <h>|sort> HKEYS <h>|sort> HVALS <h>|HDEL <h> <m>|OBJECT ENCODING <h>|sort> HRANDFIELD <h> 1000
SADD <s> <n>|SADD <s> <m> <m>|SADD <s> <n> <n> <n>|SREM <s> <m>|SREM <s> <n>|SMOVE <s> <s> <m>|SISMEMBER <s> <n>|SMISMEMBER <s> <m> <n>|SCARD <s>|sort> SMEMBERS <s>|sort> SINTER <s> <s>|sort> SUNION <s> <s> <s>
sort> SDIFF <s> <s> <s>|SINTERSTORE <s> <s> <s>|SUNIONSTORE <s> <s> <s>|SDIFFSTORE <s> <s> <s>|SINTERCARD 2 <s> <s> LIMIT <n>|OBJECT ENCODING <s>|sort> SPOP <s> 1000|sort> SRANDMEMBER <s> 1000
ZADD <z> <f> <m>|ZADD <z> <f> <m> <f> <m> <f> <m>|ZADD <z> <o> <f> <m>|ZADD <z> <o> <o> <f> <m> <f> <m>|ZINCRBY <z> <f> <m>|ZREM <z> <m> <m>|ZRANGE <z> <i> <i> <ro>|ZRANGE <z> <b> <b> BYSCORE <ro> <ro>
ZRANGE <q> <x> <x> BYLEX <ro>|ZRANGEBYSCORE <z> <b> <b> LIMIT <i> <i>|ZREVRANGEBYSCORE <z> <b> <b> WITHSCORES|ZREVRANGE <z> <i> <i>|ZREVRANGEBYLEX <q> <x> <x>|ZCOUNT <z> <b> <b>|ZLEXCOUNT <q> <x> <x>|ZRANK <z> <m>|ZREVRANK <z> <m>
ZSCORE <z> <m>|ZMSCORE <z> <m> <m>|ZCARD <z>|ZADD <q> 0 <m> 0 <m>|ZREM <q> <m>|ZPOPMIN <z>|ZPOPMAX <z> <n>|ZMPOP 2 <z> <z> MIN COUNT <n>|nb> BZPOPMIN <z> <z> 0|nb> BZMPOP 0 1 <z> MAX COUNT <n>|ZREMRANGEBYRANK <z> <i> <i>|ZREMRANGEBYSCORE <z> <b> <b>|ZREMRANGEBYLEX <q> <x> <x>
ZUNION 2 <z> <z> WITHSCORES|ZINTER 2 <z> <s> WITHSCORES|ZDIFF 3 <z> <z> <s> WITHSCORES|ZUNIONSTORE <z> 2 <z> <z> WEIGHTS <f> <f>|ZINTERSTORE <z> 2 <z> <z> AGGREGATE <a>|ZDIFFSTORE <z> 2 <z> <s>|ZINTERCARD 2 <z> <z>|ZRANGESTORE <z> <z> <i> <i>|ZRANGESTORE <z> <z> <b> <b> BYSCORE
ZRANGE <z> 0 -1 WITHSCORES|OBJECT ENCODING <z>|sort> ZRANDMEMBER <z> 1000|DEL <any>|EXPIRE <any> 1000|RENAME <any> <any>|COPY <any> <any> REPLACE|TYPE <any>|SET <any> str`))
}

func collectionChoices() map[string][]string {
	members := []string{"a", "b", "c", "dd", `""`, "12", "-3", "007", strings.Repeat("long", 10), "1.5", `"\x00"`, "g", "h", "i"}
	return map[string][]string{
		"l": {"l1", "l1", "l2", "l3", "other"}, "h": {"h1", "h1", "h2", "other"}, "s": {"s1", "s1", "s2", "s3", "other"}, "z": {"z1", "z1", "z2", "z3", "other", "s1"},
		"pl": {"p1", "p2"}, "q": {"q1", "q2"},
		"any": {"l1", "h1", "s1", "z1", "l2", "h2", "s2", "z2", "other", "other"},
		"m":   members, "n": {"1", "2", "3", "5", "0", "-1", "x", "70000", "4294967296"}, "i": {"0", "1", "-1", "2", "-2", "5", "-6", "100", "x"},
		"w": {"BEFORE", "after", "x"}, "e": {"LEFT", "right", "LEFT", "x"}, "f": {"1", "2", "-1.5", "0", "3.25", "1e3", "inf", "-inf", "x", "-0"},
		"b": {"-inf", "+inf", "(1", "2", "(3.25", "-2", "x", "1000"}, "x": {"-", "+", "[b", "(b", "[h", "(dd", "x"}, "o": {"NX", "XX", "GT", "LT", "CH", "INCR"},
		"ro": {"WITHSCORES", "REV", "LIMIT 1 2", "LIMIT 0 -1"}, "a": {"SUM", "MIN", "MAX"},
	}
}

func fill(r *rand.Rand, template string, choices map[string][]string) string {
	step := strings.ReplaceAll(template, "_", " ")
	for {
		before, rest, ok := strings.Cut(step, "<")
		if !ok {
			return step
		}
		name, after, _ := strings.Cut(rest, ">")
		w := choices[name]
		step = before + w[r.IntN(len(w))] + after
	}
}

// TestRandomCollections throws random commands at both sides, with thresholds that make
// collections change their encoding now and then.
func TestRandomCollections(t *testing.T) {
	templates, choices := collectionTemplates(), collectionChoices()
	var scripts []script
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := script{name: fmt.Sprint("seed", seed), steps: []string{
			`config> rdbcompression no`, fmt.Sprintf(`config> list-max-listpack-size %d`, []int{-2, 3, 1}[seed%3]),
			fmt.Sprintf(`config> zset-max-listpack-entries %d`, []int{128, 4, 0}[seed%3]), fmt.Sprintf(`config> hash-max-listpack-entries %d`, []int{3, 512}[seed%2]),
			fmt.Sprintf(`config> set-max-intset-entries %d`, []int{512, 2}[seed%2]), fmt.Sprintf(`config> zset-max-listpack-value %d`, []int{64, 30}[seed%2]),
		}}
		for range 600 {
			s.steps = append(s.steps, fill(r, templates[r.IntN(len(templates))], choices))
		}
		scripts = append(scripts, s)
	}
	compare(t, scripts)
}
