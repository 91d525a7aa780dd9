package data

import (
	"strings"
	"testing"
)

func TestHashes(t *testing.T) {
	long := strings.Repeat("v", 65)
	compare(t, []script{
		{"set and get", []string{
			`HSET h a 1 b 2`, `HSET h a 3`, `HSET h a 3 c 4`, `HMSET h d 5 e 6`, `HSETNX h a 9`, `HSETNX h f 7`, `HSETNX n f 7`, `HGET h a`, `HGET h none`, `HGET none a`, `HMGET h a none f`, `HMGET none a b`,
			`HGETALL h`, `HKEYS h`, `HVALS h`, `HGETALL none`, `HKEYS none`, `HVALS none`, `HLEN h`, `HLEN none`, `HSTRLEN h a`, `HSTRLEN h none`, `HSTRLEN none a`, `HEXISTS h a`, `HEXISTS h none`, `HEXISTS none a`,
			`HSET h a`, `HSET h a 1 b`, `hset H a 1 b`, `HMSET h a`, `hmset h a 1 b`, `HSET h "" ""`, `HGET h ""`, `HSTRLEN h ""`, `OBJECT ENCODING h`, `HSET h a 1 a 2`, `HGET h a`,
		}},
		{"del", []string{
			`HSET h a 1 b 2 c 3`, `HDEL h a none`, `HDEL h none`, `HDEL none a`, `HGETALL h`, `HDEL h b c d`, `EXISTS h`, `HSET h a 1`, `HDEL h a a`,
		}},
		{"incr", []string{
			`HINCRBY h a 5`, `HINCRBY h a -7`, `HINCRBY h a x`, `HINCRBY h a 1.5`, `HSET h s abc f 1.5 m 9223372036854775807 n -9223372036854775808 z " 1"`, `HINCRBY h s 1`, `HINCRBY h f 1`, `HINCRBY h m 1`, `HINCRBY h m -1`, `HINCRBY h n -1`, `HINCRBY h n 1`, `HINCRBY h z 1`, `HINCRBY h a 0`, `HINCRBY none a 9223372036854775808`, `EXISTS none`, `HINCRBY none a -9223372036854775808`, `HGETALL h`,
		}},
		{"incr float", []string{
			`HINCRBYFLOAT h a 10.5`, `HINCRBYFLOAT h a 0.1`, `HINCRBYFLOAT h a -5`, `HINCRBYFLOAT h a 5.0e3`, `HINCRBYFLOAT h a x`, `HINCRBYFLOAT h a nan`, `HINCRBYFLOAT h a inf`, `HINCRBYFLOAT h a " 1"`, `HSET h s abc i inf`, `HINCRBYFLOAT h s 1`, `HINCRBYFLOAT h i 1`, `HINCRBYFLOAT h b 1e-7`, `HINCRBYFLOAT h c 3`, `HINCRBYFLOAT h c -3`, `HINCRBYFLOAT h d 1e20`, `HINCRBYFLOAT h d 1e4932`, `HINCRBYFLOAT h d 1e5000`, `HGET h d`, `HINCRBYFLOAT h e 0.30000000000000004`, `HINCRBYFLOAT h e 1.1`,
		}},
		{"wrong type", []string{
			`SET s v`, `HSET s a b`, `HSET s a`, `HSETNX s a b`, `HGET s a`, `HMGET s a`, `HGETALL s`, `HKEYS s`, `HVALS s`, `HDEL s a`, `HLEN s`, `HSTRLEN s a`, `HEXISTS s a`, `HINCRBY s a 1`, `HINCRBY s a x`, `HINCRBYFLOAT s a 1`, `HINCRBYFLOAT s a x`, `HRANDFIELD s`, `HRANDFIELD s 1`, `HRANDFIELD s x`, `HSCAN s 0`, `HSCAN s x`,
		}},
		{"encoding", []string{
			`HSET h a 1`, `OBJECT ENCODING h`, `HSET h b ` + long[1:], `OBJECT ENCODING h`, `HSET h b ` + long, `OBJECT ENCODING h`, `HDEL h b`, `OBJECT ENCODING h`, `sort> HKEYS h`, `HSET i ` + long + ` 1`, `OBJECT ENCODING i`, `HINCRBY j ` + long + ` 1`, `OBJECT ENCODING j`, `HSETNX k a ` + long, `OBJECT ENCODING k`,
			numbered("HSET m", "f%d 1", 512), `OBJECT ENCODING m`, `HSET m one 1`, `OBJECT ENCODING m`, `HLEN m`, `pairs> HGETALL m`, `sort> HVALS m`, `config> hash-max-listpack-entries 2`, `HSET n a 1 b 2`, `OBJECT ENCODING n`, `HSET n a 1 b 2 c 3`, `OBJECT ENCODING n`, `config> hash-max-listpack-value 3`, `HSET o a 123`, `HINCRBYFLOAT o a 1000`, `OBJECT ENCODING o`, `config> hash-max-listpack-entries 0`, `HSET p a 1`, `OBJECT ENCODING p`, `HMSET q a 1234`, `OBJECT ENCODING q`,
		}},
		{"random", []string{
			`HSET h a 1`, `HRANDFIELD h`, `HRANDFIELD none`, `HRANDFIELD h 1`, `HRANDFIELD h 5`, `HRANDFIELD h 0`, `HRANDFIELD h -3`, `HRANDFIELD h 2 WITHVALUES`, `HRANDFIELD h -2 withvalues`, `HRANDFIELD h x`, `HRANDFIELD h x WITHVALUES`, `HRANDFIELD h 1 WHAT`, `HRANDFIELD h 1 WITHVALUES x`, `HRANDFIELD none 1`, `HRANDFIELD none -1 WITHVALUES`, `HRANDFIELD h -9223372036854775808`, `HRANDFIELD h -9223372036854775807 WITHVALUES`, `HRANDFIELD h 9223372036854775807 WITHVALUES`, `HRANDFIELD h 4611686018427387903 WITHVALUES`, `HRANDFIELD h 4611686018427387904 WITHVALUES`, `HRANDFIELD h 9223372036854775807`, `HRANDFIELD h -4611686018427387905 WITHVALUES`,
			`HSET h b 2 c 3 d 4`, `HRANDFIELD h 4`, `HRANDFIELD h 10 WITHVALUES`, `any> HRANDFIELD h 2`, `any> HRANDFIELD h`,
		}},
		{"scan", []string{
			`HSET h a 1 b 2 c 3`, `HSCAN h 0`, `HSCAN h 0 MATCH a*`, `HSCAN h 0 MATCH * COUNT 1`, `HSCAN h 0 COUNT 0`, `HSCAN h 0 COUNT x`, `HSCAN h x`, `HSCAN h -1`, `HSCAN h 0 TYPE hash`, `HSCAN h 0 MATCH`, `HSCAN none 0`, `HSCAN none x`, `HSCAN none 0 WHAT`, `HSCAN h 0 MATCH [ab] MATCH b`, `HSCAN h 99`, `HSCAN h 18446744073709551616`,
			numbered("HSET m", "f%d 1", 600), `any> HSCAN m 0`, `any> HSCAN m 0 COUNT 1000`, `HSCAN m 0 MATCH none COUNT 1000000`, `HSCAN m 0 MATCH f77 COUNT 1000000`,
		}},
		{"expired", []string{
			`HSET h a 1`, `PEXPIRE h 40`, `sleep> 45`, `HGET h a`, `HSET h b 2`, `HGETALL h`, `PEXPIRE h 40`, `sleep> 45`, `HINCRBY h b 1`, `HGETALL h`, `EXPIRE h 1000`, `HSET h c 3`, `near> PTTL h`,
		}},
	})
}
