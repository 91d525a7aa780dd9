package data

import "testing"

func TestSort(t *testing.T) {
	compare(t, []script{
		{"numbers", []string{
			`RPUSH l 3 1 2 10 -5 2.5`, `SORT l`, `SORT l DESC`, `SORT l ASC`, `SORT l DESC ASC`, `SORT l ALPHA`, `SORT l ALPHA DESC`, `SORT l LIMIT 1 2`, `SORT l LIMIT 0 0`, `SORT l LIMIT 4 100`, `SORT l LIMIT 100 5`, `SORT l LIMIT -5 2`, `SORT l LIMIT 1 -1`,
			`SORT l LIMIT x 1`, `SORT l LIMIT 1 x`, `SORT l LIMIT 1`, `SORT l WHAT`, `SORT l BY`, `SORT l GET`, `SORT l STORE`, `SORT_RO l STORE d`, `SORT_RO l`, `SORT none`, `SORT none STORE d`, `SORT`, `RPUSH m a 1`, `SORT m`, `SORT m ALPHA`, `SORT m STORE d`,
			`RPUSH n 1 inf -inf 0x10 "" " 7"`, `SORT n`, `RPUSH o "7 "`, `SORT o`, `RPUSH p nan`, `SORT p`, `RPUSH r 1 01 1.0`, `SORT r`, `SORT r DESC`, `SORT l LIMIT 9223372036854775807 9223372036854775807`, `SORT l LIMIT 1 9223372036854775807`,
			`RPUSH u 1_0`, `SORT u`, `RPUSH v "1\x00abc" 0`, `SORT v`, `SORT l BY`, `SORT l LIMIT 1 2 LIMIT 0 1`,
		}},
		{"patterns", []string{
			`RPUSH l 1 2 3`, `MSET w1 30 w2 10 w3 20 d1 one d3 three`, `HSET h1 f 5 g x`, `HSET h2 f 4`, `HSET h3 f 6`, `SORT l BY w*`, `SORT l BY w* DESC`, `SORT l BY w* GET #`, `SORT l BY w* GET d* GET #`, `SORT l GET d*`, `SORT l BY h*->f`, `SORT l BY h*->f GET h*->g`,
			`SORT l BY nosort`, `SORT l BY nosort DESC`, `SORT l BY nosort LIMIT 1 1`, `SORT l BY nosort DESC LIMIT 0 2`, `SORT l BY none*`, `SORT l BY none* DESC`, `SORT l BY d* ALPHA`, `SORT l BY d* ALPHA DESC`, `SORT l BY d*`, `SORT l GET constant`, `SORT l GET w*->f`, `SORT l GET h*`, `SORT l GET h*->`,
			`SORT l BY w* STORE out`, `LRANGE out 0 -1`, `SORT l BY w* GET d* GET # STORE out`, `LRANGE out 0 -1`, `TYPE out`, `SORT none STORE out`, `EXISTS out`, `SORT l STORE l`, `LRANGE l 0 -1`, `SORT l LIMIT 5 1 STORE out`, `sort l limit 0 2 store out`, `SET t x EX 1000`, `SORT l STORE t`, `TTL t`,
			`SORT l BY w*x`, `MSET 1-k 3 2-k 2 3-k 1`, `SORT l BY *-k`, `SORT l BY *-k GET *-k`, `SET w1 abc`, `SORT l BY w*`, `SORT l BY w* ALPHA GET w*`, `SORT l BY # DESC`, `SORT l BY *`, `SORT l GET *`, `SORT l BY h*->none`, `SORT l BY h1->f*`, `SORT l GET -> GET *->f`,
			`SORT l BY w* STORE out GET nope*`, `LRANGE out 0 -1`,
		}},
		{"kinds", []string{
			`SADD s 3 1 2`, `SORT s`, `SORT s DESC LIMIT 0 2`, `SADD a x z y`, `SORT a ALPHA`, `SORT a`, `SORT a BY nosort STORE d`, `LRANGE d 0 -1`, `sort> SORT a BY nosort`, `ZADD z 3 1 2 2 1 3`, `SORT z`, `SORT z BY nosort`, `SORT z BY nosort DESC`, `SORT z BY nosort LIMIT 1 1`, `SORT z BY nosort DESC LIMIT 1 2`,
			`SORT z BY nosort LIMIT 5 1`, `SORT z BY nosort DESC STORE d`, `LRANGE d 0 -1`, `SORT z ALPHA DESC`, `SET str x`, `SORT str`, `HSET h f v`, `SORT h`, `SORT h STORE d`, `SORT a BY nosort DESC STORE d`, `LRANGE d 0 -1`, `SORT s BY nosort LIMIT 0 2 STORE d`, `LRANGE d 0 -1`,
			`ZADD y 1 a`, `SORT y`, `OBJECT ENCODING y`, `ZADD x 1 a`, `SORT_RO x ALPHA`, `OBJECT ENCODING x`, `ZRANGE x 0 -1 WITHSCORES`, `ZADD w 1 1`, `SORT w WHAT`, `OBJECT ENCODING w`,
		}},
		// Last, and nothing else beside it: after this the real server takes every number for
		// one out of range, because it never resets errno.
		{"out of range", []string{`RPUSH q 1e400`, `SORT q`, `RPUSH r 1e-400`, `SORT r`}},
	})
}
