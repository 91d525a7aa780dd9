package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// both runs the steps on small and on big encodings.
func both(name string, steps ...string) []script {
	return []script{
		{name + " listpack", steps},
		{name + " skiplist", append([]string{`config> zset-max-listpack-entries 0`}, steps...)},
	}
}

func TestSortedSets(t *testing.T) {
	long := strings.Repeat("m", 65)
	var all []script
	all = append(all, both("add",
		`ZADD z 1 a 2 b 3 c`, `ZADD z 1 a 5 b 4 d`, `ZADD z CH 1 a 6 b 4 e`, `ZADD z NX 9 a 9 f`, `ZADD z XX 8 a 8 none`, `ZADD z GT 7 a 10 a`, `ZADD z LT 20 a 2 a`, `ZADD z GT CH 1 a 3 a 1 new`, `ZADD z XX GT CH 9 a 9 none`, `ZADD none XX 1 a`, `EXISTS none`, `ZADD none XX INCR 1 a`,
		`ZADD z INCR 5 a`, `ZADD z NX INCR 5 a`, `ZADD z XX INCR 5 none2`, `ZADD z GT INCR -5 a`, `ZADD z LT INCR -5 a`, `ZADD z INCR 1 a 2 b`, `ZADD z NX XX 1 a`, `ZADD z NX GT 1 a`, `ZADD z GT LT 1 a`, `ZADD z NX LT 1 a`, `ZADD z 1`, `ZADD z 1 a 2`, `ZADD z NX`, `ZADD z NX 1 a b`, `ZADD z x a`, `ZADD z 1 a x b`, `ZADD z`, `ZADD z WHAT 1 a`,
		`ZADD z inf i -inf j`, `ZADD z INCR -inf i`, `ZINCRBY z inf j`, `ZINCRBY z 1 a`, `ZINCRBY z -0.5 a`, `ZINCRBY z x a`, `ZINCRBY z 1 fresh`, `ZINCRBY z 0 a`, `ZINCRBY none nan a`, `ZINCRBY fresh 2.5 a`, `zincrby fresh 1e20 a`, `ZADD z nan a`, `ZADD z 0 a`, `ZADD z -0 a`, `ZSCORE z a`, `ZADD z -0 minus`, `ZSCORE z minus`, `ZADD z 0 minus`, `ZSCORE z minus`,
		`ZRANGE z 0 -1 WITHSCORES`, `ZCARD z`, `ZCARD none`, `ZADD z ch 1 a`, `ZADD z CH CH 1 q`, `ZADD z 1 "" 2 ""`, `ZSCORE z ""`)...)
	all = append(all, both("scores",
		`ZADD z 1e20 b 1e15 c 123456789012345678 d 0.1 e 1e-5 f 1e17 g 4503599627370496 h 1e16 i 0x10 j inf k -inf l 1e-320 m 3.14159265358979 n 1.7976931348623157e308 o 100000000000000000000 p 0.30000000000000004 q 1e21 r 12345678901234567 s -1e15 t -123.456 u 1e22 v 9007199254740993 w .5 x 5. y +7 Z`, `ZRANGE z 0 -1 WITHSCORES`, `ZSCAN z 0 COUNT 1000 MATCH b`, `ZSCAN z 0 COUNT 1000 MATCH c`, `ZSCAN z 0 COUNT 1000 MATCH d`, `ZSCAN z 0 COUNT 1000 MATCH e`, `ZSCAN z 0 COUNT 1000 MATCH f`, `ZSCAN z 0 COUNT 1000 MATCH g`, `ZSCAN z 0 COUNT 1000 MATCH k`, `ZSCAN z 0 COUNT 1000 MATCH l`, `ZSCAN z 0 COUNT 1000 MATCH m`, `ZSCAN z 0 COUNT 1000 MATCH q`, `ZSCAN z 0 COUNT 1000 MATCH s`, `ZSCAN z 0 COUNT 1000 MATCH t`, `ZSCAN z 0 COUNT 1000 MATCH x`, `ZSCORE z d`, `ZMSCORE z b none f`, `ZMSCORE none a`,
		`ZADD z 1e-400 a`, `ZADD z 1e400 a`, `ZADD z 1_0 a`, `ZADD z 0x1_0 a`, `ZADD z " 1" a`, `ZADD z "1 " a`, `ZADD z "" a`, `ZADD z 0x a`, `ZADD z 1e a`, `ZADD z infinity a`, `ZADD z -INF a`, `ZADD z 0x1p4 a`, `ZADD z 0e999999 a`, `ZADD z 1e-330 a`, `ZADD z infx a`, `ZADD z - a`, `ZADD z . a`, `ZADD z 0x.8 a`, `ZSCORE z a`, `ZADD z 00012 a`, `ZSCORE z a`)...)
	all = append(all, both("rem rank",
		`ZADD z 1 a 2 b 3 c 3 d 3 e`, `ZRANK z a`, `ZRANK z d`, `ZREVRANK z a`, `ZREVRANK z d`, `ZRANK z none`, `ZRANK none a`, `ZREVRANK none a`, `ZSCORE z b`, `ZSCORE z none`, `ZSCORE none a`, `ZREM z a none`, `ZREM z none`, `ZREM none a`, `ZREM z b c d e f`, `EXISTS z`, `ZADD z 1 a`, `ZREM z a a`)...)
	all = append(all, both("count and remove",
		`ZADD z 1 a 2 b 3 c 4 d 5 e`, `ZCOUNT z 2 4`, `ZCOUNT z (2 (4`, `ZCOUNT z -inf +inf`, `ZCOUNT z 4 2`, `ZCOUNT z x 2`, `ZCOUNT z 1 (x`, `ZCOUNT none 1 2`, `ZCOUNT none x 2`, `ZCOUNT z "" 9`, `ZCOUNT z " 2" 9`, `ZCOUNT z "(" 9`, `ZCOUNT z 1e400 9`, `ZCOUNT z -1e400 1e400`, `ZCOUNT z nan 1`, `ZCOUNT z (inf inf`, `ZCOUNT z 0x2 9`, `ZCOUNT z "2\x00x" 9`, `ZCOUNT z "2 " 9`, `ZCOUNT z 1e-400 9`,
		`ZREMRANGEBYRANK z 0 0`, `ZREMRANGEBYRANK z -1 -1`, `ZREMRANGEBYRANK z 5 9`, `ZREMRANGEBYRANK z x 9`, `ZREMRANGEBYRANK none 0 1`, `ZREMRANGEBYRANK none x 1`, `ZRANGE z 0 -1`, `ZREMRANGEBYSCORE z (2 3`, `ZREMRANGEBYSCORE z 10 20`, `ZREMRANGEBYSCORE z x 20`, `ZREMRANGEBYSCORE none 0 20`, `ZREMRANGEBYSCORE z -inf +inf`, `EXISTS z`,
		`ZADD z 0 a 0 b 0 c 0 d 0 e`, `ZLEXCOUNT z - +`, `ZLEXCOUNT z [b [d`, `ZLEXCOUNT z (b (d`, `ZLEXCOUNT z + -`, `ZLEXCOUNT z b d`, `ZLEXCOUNT z -x +`, `ZLEXCOUNT z "" +`, `ZLEXCOUNT none - +`, `ZLEXCOUNT none x +`, `ZLEXCOUNT z ( [`, `ZLEXCOUNT z [ +`, `ZREMRANGEBYLEX z [b (d`, `ZREMRANGEBYLEX z x y`, `ZREMRANGEBYLEX none - +`, `ZRANGE z 0 -1`, `ZREMRANGEBYLEX z (e +`, `ZREMRANGEBYLEX z - +`, `EXISTS z`,
		`ZADD z 1 a 2 b 3 c`, `ZREMRANGEBYRANK z 0 -1`, `EXISTS z`)...)
	all = append(all, both("range",
		`ZADD z 1 a 2 b 3 c 4 d 5 e`, `ZRANGE z 0 -1`, `ZRANGE z 1 2 WITHSCORES`, `ZRANGE z -2 -1`, `ZRANGE z 3 1`, `ZRANGE z 5 9`, `ZRANGE z 0 1 REV`, `ZRANGE z -2 -1 REV WITHSCORES`, `ZREVRANGE z 0 1`, `ZREVRANGE z 1 -2 WITHSCORES`, `ZREVRANGE z 0 1 REV`, `ZREVRANGE z 0 1 BYSCORE`, `ZRANGE z x 1`, `ZRANGE z 0 1 WHAT`, `ZRANGE none 0 1`, `ZRANGE none x 1`, `ZRANGE z 0 1 LIMIT 0 1`, `ZRANGE z 0 1 LIMIT 0 -1`, `ZRANGE z 0 1 LIMIT 1`, `ZRANGE z 0 1 LIMIT x 1`, `ZRANGE z 0 1 BYLEX BYSCORE`, `ZRANGE z 0 1 REV REV`, `ZRANGE z 0 9223372036854775807`, `ZRANGE z -9223372036854775808 -1`, `ZREVRANGE z 0 1 LIMIT 0 2`,
		`ZRANGE z 2 4 BYSCORE`, `ZRANGE z (2 (4 BYSCORE WITHSCORES`, `ZRANGE z 4 2 BYSCORE REV`, `ZRANGE z 2 4 BYSCORE REV`, `ZRANGE z -inf +inf BYSCORE LIMIT 1 2`, `ZRANGE z +inf -inf BYSCORE REV LIMIT 1 2`, `ZRANGE z -inf +inf BYSCORE LIMIT -1 2`, `ZRANGE z -inf +inf BYSCORE LIMIT 1 -1`, `ZRANGE z -inf +inf BYSCORE LIMIT 9 2`, `ZRANGE z -inf +inf BYSCORE LIMIT 0 0`, `ZRANGE z x 4 BYSCORE`,
		`ZRANGEBYSCORE z 2 4`, `ZRANGEBYSCORE z (1 +inf WITHSCORES LIMIT 1 2`, `ZRANGEBYSCORE z 4 2`, `ZREVRANGEBYSCORE z 4 2`, `ZREVRANGEBYSCORE z +inf (2 WITHSCORES LIMIT 1 1`, `ZRANGEBYSCORE z 2 4 REV`, `ZRANGEBYSCORE z 2 4 BYLEX`, `ZRANGEBYSCORE z x 4`, `ZRANGEBYSCORE none 2 x`, `ZRANGEBYSCORE none 2 4`, `ZREVRANGEBYSCORE z 4 2 LIMIT 0 -5`, `ZRANGEBYSCORE z 2 4 LIMIT 0`,
		`DEL z`, `ZADD z 0 a 0 b 0 c 0 d 0 e`, `ZRANGE z [b [d BYLEX`, `ZRANGE z - + BYLEX LIMIT 1 2`, `ZRANGE z + - BYLEX REV LIMIT 1 2`, `ZRANGE z (b + BYLEX WITHSCORES`, `ZRANGE z (d (b BYLEX REV`, `ZRANGE z b d BYLEX`, `ZRANGEBYLEX z [b (e`, `ZRANGEBYLEX z - + LIMIT 0 2`, `ZRANGEBYLEX z + -`, `ZREVRANGEBYLEX z + -`, `ZREVRANGEBYLEX z (d [b`, `ZREVRANGEBYLEX z [b [d`, `ZRANGEBYLEX z - + WITHSCORES`, `ZRANGEBYLEX z x y`, `ZRANGEBYLEX none - +`, `ZRANGEBYLEX z - + LIMIT -1 2`, `ZREVRANGEBYLEX z [bb -`)...)
	all = append(all, both("range store",
		`ZADD z 1 a 2 b 3 c 4 d`, `ZRANGESTORE d z 0 -1`, `ZRANGE d 0 -1 WITHSCORES`, `ZRANGESTORE d z 1 2 REV`, `ZRANGE d 0 -1 WITHSCORES`, `ZRANGESTORE d z (1 3 BYSCORE LIMIT 0 1`, `ZRANGE d 0 -1`, `ZRANGESTORE d z 3 1 BYSCORE REV`, `ZRANGESTORE d z [a [b BYLEX`, `ZRANGESTORE d z 0 -1 WITHSCORES`, `ZRANGESTORE d none 0 -1`, `EXISTS d`, `ZRANGESTORE d none 0 -1`, `ZRANGESTORE d z 7 8`, `ZRANGESTORE z z 0 1`, `ZRANGE z 0 -1`, `SET s v`, `ZRANGESTORE s z 0 -1`, `ZRANGE s 0 -1`, `SET s v`, `ZRANGESTORE d s 0 -1`, `ZRANGESTORE d none x y`, `ZRANGESTORE d z 0 1 LIMIT 0 1`, `OBJECT ENCODING d`, `ZRANGESTORE d z -1 -1`, `OBJECT ENCODING d`, `ZRANGESTORE s none 0 1`, `EXISTS s`)...)
	all = append(all, both("pop",
		`ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h`, `ZPOPMIN z`, `ZPOPMAX z`, `ZPOPMIN z 2`, `ZPOPMAX z 2`, `ZPOPMIN z 0`, `ZPOPMIN z -1`, `ZPOPMIN z x`, `ZPOPMIN z 1 2`, `ZPOPMIN none`, `ZPOPMIN none 0`, `ZPOPMAX none 2`, `ZPOPMIN none x`, `ZPOPMIN z 1`, `ZPOPMAX z 10`, `EXISTS z`, `ZADD z 1 a`, `ZPOPMIN z`,
		`ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h`, `ZMPOP 1 z MIN`, `ZMPOP 2 none z MAX COUNT 2`, `ZMPOP 1 none MIN`, `ZMPOP 1 z MIN COUNT 0`, `ZMPOP 0 z MIN`, `ZMPOP x z MIN`, `ZMPOP 1 z UP`, `ZMPOP 2 z MIN`, `ZMPOP 1 z MIN COUNT 1 COUNT 1`, `ZMPOP 1 z MIN COUNT`, `BZPOPMIN z 0`, `BZPOPMAX none z 0`, `BZMPOP 0 1 z MIN COUNT 2`, `BZMPOP 0 1 z MAX COUNT 100`, `EXISTS z`,
		`nb> BZPOPMIN z 0`, `nb> BZPOPMAX z z2 1`, `nb> BZMPOP 0 1 z MIN`, `BZPOPMIN z x`, `BZPOPMIN z -1`, `BZMPOP x 1 z MIN`, `BZMPOP 0 0 z MIN`, `SET s v`, `BZPOPMIN s 0`, `BZPOPMAX none s 0`, `BZMPOP 0 1 s MIN`, `ZMPOP 1 s MIN`, `ZMPOP 2 none s MIN`, `ZPOPMIN s`, `ZPOPMIN s 0`, `ZPOPMIN s x`)...)
	all = append(all, script{"encoding", []string{
		`ZADD z 1 a`, `OBJECT ENCODING z`, `ZADD z 1 ` + long[1:], `OBJECT ENCODING z`, `ZADD z 1 ` + long, `OBJECT ENCODING z`, `ZREM z ` + long, `OBJECT ENCODING z`, `ZADD y 1 ` + long, `OBJECT ENCODING y`, numbered("ZADD x", "1 %d", 128), `OBJECT ENCODING x`, `ZADD x 2 5`, `OBJECT ENCODING x`, `ZADD x 1 one`, `OBJECT ENCODING x`, `ZRANGE x 0 -1 WITHSCORES`, `ZRANK x 77`, `ZUNIONSTORE w 1 x`, `OBJECT ENCODING w`, `ZREM x one`, `ZUNIONSTORE w 1 x`, `OBJECT ENCODING w`, `OBJECT ENCODING x`, `ZINTERSTORE w 2 z z`, `OBJECT ENCODING w`, `ZDIFFSTORE w 1 y`, `OBJECT ENCODING w`, `ZRANGESTORE w x 0 -1`, `OBJECT ENCODING w`, `ZADD x 1 one`, `ZRANGESTORE w x 0 -1`, `OBJECT ENCODING w`, `ZRANGESTORE w x 1 1 BYSCORE LIMIT 0 2`, `OBJECT ENCODING w`, `ZRANGESTORE w y 0 -1`, `OBJECT ENCODING w`, `ZRANGESTORE w x -inf inf BYSCORE`, `OBJECT ENCODING w`,
	}})
	compare(t, all)
}

// TestDoubles compares how doubles of every size are read, kept and written.
func TestDoubles(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var steps []string
	for range 40 {
		var add strings.Builder
		add.WriteString("ZADD z")
		for i := range 50 {
			f := math.Float64frombits(r.Uint64())
			switch {
			case math.IsNaN(f):
				f = 0.5
			case i%5 == 1:
				f = float64(r.Int64N(1<<62)) / float64(int64(1)<<r.IntN(62))
			case i%5 == 2:
				f = math.Trunc(math.Pow(10, float64(r.IntN(24)))) + float64(r.IntN(3)-1)
			case i%5 == 3:
				f = float64(r.IntN(100000)) / 1000
			}
			fmt.Fprintf(&add, " %s %d", strconv.FormatFloat(f, "eg"[i%2], -1, 64), i)
		}
		steps = append(steps, add.String(), `ZRANGE z 0 -1 WITHSCORES`, `ZSCAN z 0 COUNT 1000 MATCH 7`, `ZINCRBY z 0.1 3`)
	}
	compare(t, both("doubles", steps...))
}

func TestSortedSetAlgebra(t *testing.T) {
	var all []script
	all = append(all, both("combine",
		`ZADD a 1 x 2 y 3 z`, `ZADD b 10 y 20 z 30 w`, `SADD s y z q`, `ZUNION 2 a b`, `ZUNION 2 a b WITHSCORES`, `ZINTER 2 a b WITHSCORES`, `ZDIFF 2 a b WITHSCORES`, `ZDIFF 2 a b`, `ZUNION 3 a b s WITHSCORES`, `ZINTER 3 a b s WITHSCORES`, `ZDIFF 2 s a WITHSCORES`, `ZUNION 1 none`, `ZINTER 2 a none WITHSCORES`, `ZDIFF 2 none a`, `ZDIFF 2 a a`, `ZINTER 2 a a WITHSCORES`, `ZUNION 2 a a WITHSCORES`, `ZINTER 2 s s WITHSCORES`,
		`ZUNION 2 a b WEIGHTS 2 3 WITHSCORES`, `ZUNION 2 a b AGGREGATE MIN WITHSCORES`, `ZUNION 2 a b AGGREGATE max WITHSCORES`, `ZINTER 2 a b WEIGHTS -1 0.5 AGGREGATE MAX WITHSCORES`, `ZUNION 2 a b WEIGHTS 1`, `ZUNION 2 a b WEIGHTS 1 x`, `ZUNION 2 a b AGGREGATE`, `ZUNION 2 a b AGGREGATE avg`, `ZUNION 2 a b WHAT`, `ZUNION 0 a`, `ZUNION -1 a`, `ZUNION x a`, `ZUNION 3 a b`, `ZDIFF 2 a b WEIGHTS 1 2`, `ZDIFF 2 a b AGGREGATE MIN`, `zdiff 0 a`, `ZINTERCARD 0 a`, `ZUNIONSTORE d 0 a`, `ZUNIONSTORE d 1 a WITHSCORES`, `ZUNION 2 a b WITHSCORES WEIGHTS 1 2 WITHSCORES AGGREGATE SUM`,
		`ZINTERCARD 2 a b`, `ZINTERCARD 2 a b LIMIT 1`, `ZINTERCARD 2 a b LIMIT 0`, `ZINTERCARD 2 a b LIMIT -1`, `ZINTERCARD 2 a b LIMIT x`, `ZINTERCARD 2 a b LIMIT`, `ZINTERCARD 2 a b WITHSCORES`, `ZINTERCARD 2 a none`, `ZINTERCARD 2 s a`,
		`ZUNIONSTORE d 2 a b`, `ZRANGE d 0 -1 WITHSCORES`, `OBJECT ENCODING d`, `ZINTERSTORE d 2 a b WEIGHTS 2 1 AGGREGATE MIN`, `ZRANGE d 0 -1 WITHSCORES`, `ZDIFFSTORE d 2 a b`, `ZRANGE d 0 -1 WITHSCORES`, `ZINTERSTORE d 2 a none`, `EXISTS d`, `ZINTERSTORE d 2 a none`, `ZUNIONSTORE a 2 a a`, `ZRANGE a 0 -1 WITHSCORES`, `EXPIRE a 1000`, `ZUNIONSTORE a 1 b`, `TTL a`, `SET str v`, `ZUNION 2 a str`, `ZINTER 2 none str`, `ZDIFFSTORE d 2 none str`, `ZUNIONSTORE str 1 a`, `TYPE str`, `ZDIFFSTORE str 1 none`, `ZDIFFSTORE d 1 s`, `ZRANGE d 0 -1 WITHSCORES`,
		`ZADD i inf x -inf y`, `ZADD j -inf x inf y 0 z`, `ZUNION 2 i j WITHSCORES`, `ZUNION 2 i j WEIGHTS 0 1 WITHSCORES`, `ZINTER 2 i j WITHSCORES WEIGHTS 0 0`, `ZINTER 2 i j WITHSCORES WEIGHTS inf 1 AGGREGATE MIN`, `ZADD k 0.1 x 0.2 y`, `ZADD l 0.2 x 0.1 y 1 z`, `ZADD m 0.3 x 1 a 2 b 3 c`, `ZUNION 3 m l k WITHSCORES`, `ZINTER 3 m l k WITHSCORES`)...)
	all = append(all, script{"random and scan", []string{
		`ZADD z 1 a`, `ZRANDMEMBER z`, `ZRANDMEMBER none`, `ZRANDMEMBER z 1`, `ZRANDMEMBER z 5 WITHSCORES`, `ZRANDMEMBER z -2 WITHSCORES`, `ZRANDMEMBER z 0`, `ZRANDMEMBER z x`, `ZRANDMEMBER z 1 WHAT`, `ZRANDMEMBER z 1 WITHSCORES x`, `ZRANDMEMBER none 1`, `ZRANDMEMBER z -9223372036854775807 WITHSCORES`, `ZRANDMEMBER z -9223372036854775808`, `ZADD z 2 b 3 c`, `ZSCAN z 0 COUNT 1000`, `sort> ZRANDMEMBER z 3`, `sort> ZRANDMEMBER z 10`, `any> ZRANDMEMBER z 2 WITHSCORES`, `any> ZRANDMEMBER z`,
		`ZSCAN z 0`, `ZSCAN z 0 MATCH [ab]`, `ZSCAN z 0 COUNT 1`, `ZSCAN none 0`, `ZSCAN z x`, `ZSCAN z 0 COUNT 0`, numbered("ZADD y", "1.5 m%d", 200), `any> ZSCAN y 0`, `ZSCAN y 0 MATCH m77 COUNT 100000`,
	}}, script{"wrong type", []string{
		`SET s v`, `ZADD s 1 a`, `ZADD s x a`, `ZADD s XX 1 a`, `ZINCRBY s 1 a`, `ZREM s a`, `ZCARD s`, `ZSCORE s a`, `ZMSCORE s a`, `ZRANK s a`, `ZREVRANK s a`, `ZCOUNT s 1 2`, `ZCOUNT s x 2`, `ZLEXCOUNT s - +`, `ZRANGE s 0 1`, `ZRANGEBYSCORE s 1 2`, `ZREVRANGEBYLEX s + -`, `ZREMRANGEBYRANK s 0 1`, `ZREMRANGEBYSCORE s 0 1`, `ZREMRANGEBYLEX s - +`, `ZRANDMEMBER s`, `ZRANDMEMBER s 1`, `ZSCAN s 0`, `ZPOPMAX s`,
	}}, script{"expired", []string{
		`ZADD z 1 a`, `PEXPIRE z 40`, `sleep> 45`, `ZADD z 2 b`, `ZRANGE z 0 -1`, `PEXPIRE z 40`, `sleep> 45`, `ZPOPMIN z`, `ZADD d 1 a`, `PEXPIRE d 40`, `sleep> 45`, `ZUNIONSTORE d 1 none`, `ZADD d 1 a`, `PEXPIRE d 40`, `sleep> 45`, `ZINCRBY d 1 a`, `TTL d`,
	}})
	compare(t, all)
}
