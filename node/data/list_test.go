package data

import (
	"fmt"
	"strings"
	"testing"
)

// numbered is prefix followed by n numbered words.
func numbered(prefix, format string, n int) string {
	var b strings.Builder
	b.WriteString(prefix)
	for i := range n {
		fmt.Fprintf(&b, " "+format, i)
	}
	return b.String()
}

func TestLists(t *testing.T) {
	compare(t, []script{
		{"push", []string{
			`LPUSH l a b c`, `RPUSH l d e`, `LRANGE l 0 -1`, `LLEN l`, `LLEN none`, `LPUSHX l z`, `RPUSHX l y x`,
			`LPUSHX none a`, `RPUSHX none a b`, `EXISTS none`, `LPUSH l`, `RPUSHX l`, `LPUSH l ""`, `LRANGE l 0 0`, `RPUSH l 0 -1 007 "a\x00\r\n"`,
			`LRANGE l -4 -1`, `OBJECT ENCODING l`, `TYPE l`, `lpush l A`,
		}},
		{"pop", []string{
			`RPUSH l a b c d e f g`, `LPOP l`, `RPOP l`, `LPOP l 2`, `RPOP l 2`, `LPOP l 0`, `RPOP l 0`, `LPOP l -1`, `LPOP l x`, `LPOP l 1 2`,
			`LPOP none`, `LPOP none 1`, `LPOP none 0`, `RPOP none`, `RPOP none 3`, `LPOP none -1`, `LPOP l 10`, `LPOP l`, `EXISTS l`, `RPUSH l a`, `RPOP l`,
			`RPUSH l 1 2 3`, `RPOP l 3`, `RPUSH l 1 2 3`, `LPOP l 9223372036854775807`, `LPOP l 9223372036854775808`,
		}},
		{"index set range", []string{
			`RPUSH l a b c d e`, `LINDEX l 0`, `LINDEX l -1`, `LINDEX l 4`, `LINDEX l 5`, `LINDEX l -5`, `LINDEX l -6`, `LINDEX l x`, `LINDEX none x`, `LINDEX none 0`,
			`LINDEX l 9223372036854775807`, `LINDEX l -9223372036854775808`,
			`LSET l 0 A`, `LSET l -1 E`, `LSET l 5 F`, `LSET l -6 F`, `LSET l x F`, `LSET none 0 a`, `LSET none x a`, `LRANGE l 0 -1`,
			`LRANGE l 1 2`, `LRANGE l -2 10`, `LRANGE l 3 1`, `LRANGE l -100 100`, `LRANGE l 5 9`, `LRANGE l 0 -6`, `LRANGE l x 1`, `LRANGE l 1 x`, `LRANGE none 0 1`, `LRANGE none x y`,
			`LRANGE l -9223372036854775808 9223372036854775807`,
		}},
		{"trim", []string{
			`RPUSH l a b c d e`, `LTRIM l 1 3`, `LRANGE l 0 -1`, `LTRIM l 0 -1`, `LTRIM l -2 -1`, `LRANGE l 0 -1`, `LTRIM l 5 9`, `EXISTS l`, `LTRIM none 0 1`, `LTRIM none x 1`, `LTRIM l 0 x`,
			`RPUSH l a b c`, `LTRIM l 2 1`, `RPUSH l a b c`, `LTRIM l 0 -100`, `RPUSH l a b c`, `LTRIM l -100 0`, `LRANGE l 0 -1`,
		}},
		{"rem", []string{
			`RPUSH l a b a c a b a`, `LREM l 2 a`, `LRANGE l 0 -1`, `LREM l -1 a`, `LRANGE l 0 -1`, `LREM l 0 b`, `LRANGE l 0 -1`, `LREM l 0 x`, `LREM l x a`, `LREM none 0 a`, `LREM none x a`,
			`LREM l -9223372036854775808 a`, `LREM l -9223372036854775807 a`, `LREM l 9223372036854775807 c`, `EXISTS l`, `RPUSH l 10 010 10 "10 "`, `LREM l 0 10`, `LRANGE l 0 -1`,
		}},
		{"insert", []string{
			`RPUSH l a b a`, `LINSERT l BEFORE a x`, `LINSERT l after b y`, `LRANGE l 0 -1`, `LINSERT l BEFORE none y`, `LINSERT l middle a y`, `LINSERT none before a b`, `LINSERT none middle a b`,
			`LINSERT l after a z`, `LRANGE l 0 -1`, `LINSERT l before a`, `RPUSH m a`, `LINSERT m AFTER a b`, `LINSERT m BEFORE a 0`, `LRANGE m 0 -1`,
		}},
		{"pos", []string{
			`RPUSH l a b c 1 2 3 c c`, `LPOS l c`, `LPOS l none`, `LPOS none c`, `LPOS l c RANK 2`, `LPOS l c RANK -1`, `LPOS l c RANK -3`, `LPOS l c RANK 4`, `LPOS l c RANK 0`, `LPOS l c RANK x`,
			`LPOS l c COUNT 2`, `LPOS l c COUNT 0`, `LPOS l c COUNT 0 RANK 2`, `LPOS l c COUNT 2 RANK -1`, `LPOS l c COUNT -1`, `LPOS l c COUNT x`, `LPOS l c MAXLEN 2`, `LPOS l c MAXLEN 3`, `LPOS l c MAXLEN 0 COUNT 0`,
			`LPOS l c MAXLEN 7 COUNT 0`, `LPOS l c MAXLEN 2 RANK -1 COUNT 0`, `LPOS l c MAXLEN -1`, `LPOS l c MAXLEN x`, `LPOS l c WHAT 1`, `LPOS l c RANK`, `LPOS none c COUNT 1`, `LPOS none c RANK 0`, `LPOS l none COUNT 1`,
			`LPOS l c RANK -9223372036854775808`, `LPOS l c rank 1 RANK 2`, `LPOS l c RANK 9223372036854775807`, `LPOS l c`,
		}},
	})
}

func TestListMoves(t *testing.T) {
	compare(t, []script{
		{"move", []string{
			`RPUSH l a b c d`, `LMOVE l m LEFT RIGHT`, `LMOVE l m right left`, `LRANGE m 0 -1`, `LMOVE l l LEFT RIGHT`, `LRANGE l 0 -1`, `LMOVE none m LEFT LEFT`, `LMOVE l m UP LEFT`, `LMOVE l m LEFT UP`, `LMOVE l m left`,
			`RPOPLPUSH l m`, `RPOPLPUSH l l`, `RPOPLPUSH l m`, `EXISTS l`, `LRANGE m 0 -1`, `RPOPLPUSH none m`, `RPUSH one x`, `LMOVE one one LEFT RIGHT`, `RPOPLPUSH one one`, `LRANGE one 0 -1`,
			`SET s v`, `LMOVE m s LEFT LEFT`, `LRANGE m 0 -1`, `RPOPLPUSH s m`, `RPOPLPUSH none s`, `LMOVE one new left left`, `EXISTS one`,
		}},
		{"mpop", []string{
			`RPUSH l a b c d e`, `LMPOP 1 l LEFT`, `LMPOP 2 none l RIGHT COUNT 2`, `LMPOP 1 none LEFT`, `LMPOP 1 l LEFT COUNT 0`, `LMPOP 1 l LEFT COUNT x`, `LMPOP 0 l LEFT`, `LMPOP x l LEFT`, `LMPOP -1 l LEFT`,
			`LMPOP 2 l LEFT`, `LMPOP 3 l LEFT COUNT 1`, `LMPOP 1 l UP`, `LMPOP 1 l LEFT COUNT`, `LMPOP 1 l LEFT COUNT 1 COUNT 2`, `LMPOP 1 l LEFT WHAT 1`, `LMPOP 1 l LEFT COUNT 1 x`, `LMPOP 1 l`, `SET s v`, `LMPOP 2 s l LEFT`, `LMPOP 2 l s LEFT`, `LMPOP 2 l s LEFT COUNT 10`, `LMPOP 2 l s LEFT`, `EXISTS l`,
		}},
		{"blocking that need not", []string{
			`RPUSH l a b c d e f g h`, `BLPOP l 0`, `BRPOP none l 0`, `BLMOVE l m LEFT right 0`, `BRPOPLPUSH l m 0`, `BLMPOP 0 2 none l RIGHT COUNT 2`, `BLMPOP 0 1 l LEFT`, `BLMPOP 0 1 l left COUNT 100`,
			`nb> BLPOP l 0`, `nb> BRPOP l m2 1`, `nb> BLMOVE l m LEFT LEFT 0`, `nb> BRPOPLPUSH l m 0.5`, `nb> BLMPOP 0 1 l LEFT`,
			`BLPOP m x`, `BLPOP m -1`, `BLPOP m 1e300`, `BLPOP m inf`, `BLPOP m nan`, `BLPOP m " 1"`, `BLPOP m ""`, `BLPOP m 9223372036854776`, `BLPOP m 1 2`, `BLMOVE m l LEFT UP x`, `BLMOVE m l LEFT LEFT x`, `BRPOPLPUSH m l -0.1`, `BLMPOP x 0 l LEFT`, `BLMPOP x 1 l LEFT`, `BLMPOP -1 1 m LEFT`, `BLMPOP 0 1 m LEFT COUNT 0`,
			`SET s v`, `BLPOP s 0`, `BLPOP none s 0`, `BLPOP m s 0x10`, `RPUSH m x y`, `BLMOVE s m LEFT LEFT 0`, `BLMOVE m s LEFT LEFT 0`, `BRPOPLPUSH s m 0`, `BLMPOP 0 2 none s LEFT`, `BLMPOP 0 2 m s LEFT`,
		}},
		{"wrong type", []string{
			`SET s v`, `LPUSH s a`, `RPUSHX s a`, `LPOP s`, `LPOP s 1`, `LPOP s x`, `LLEN s`, `LINDEX s 0`, `LINDEX s x`, `LSET s 0 a`, `LRANGE s 0 1`, `LTRIM s 0 1`, `LREM s 0 a`, `LINSERT s before a b`, `LPOS s a`, `LPOS s a RANK 0`, `LMOVE s l LEFT LEFT`,
			`HSET s a b`, `SADD s a`, `ZADD s 1 a`, `RPUSH l a`, `GET l`, `HGET l a`, `SADD l a`, `ZADD l 1 a`, `INCR l`,
		}},
	})
}

func TestListChunks(t *testing.T) {
	long := strings.Repeat("x", 5000)
	compare(t, []script{
		{"chunks", []string{
			numbered("RPUSH l", "element:%d", 2000), `LLEN l`, `LINDEX l 1000`, `LRANGE l 500 520`, `LRANGE l -520 -500`, `LSET l 700 ` + long, `LSET l 701 ` + long, `LINSERT l BEFORE element:1200 ` + long, `LINSERT l AFTER element:1201 ` + long,
			`LRANGE l 690 710`, `LRANGE l 1190 1210`, `LREM l 1 ` + long, `LPOS l element:1999`, `LTRIM l 300 -300`, `LRANGE l 0 10`, `LPOP l 1000`, `RPOP l 400`, `LLEN l`, `DUMP none`,
		}},
		{"chunks of three", []string{
			`config> list-max-listpack-size 3`, numbered("RPUSH l", "%d", 20), numbered("LPUSH l", "%d", 20), `LRANGE l 0 -1`, `LINSERT l before 7 x`, `LINSERT l after 7 y`, `LRANGE l 0 -1`, `LREM l -1 7`, `LREM l 0 3`, `LPOP l 5`, `RPOP l 5`, `LRANGE l 0 -1`,
		}},
		{"expired", []string{
			`RPUSH l a`, `PEXPIRE l 40`, `sleep> 45`, `RPUSH l b`, `LRANGE l 0 -1`, `PEXPIRE l 40`, `sleep> 45`, `LPOP l`, `RPUSH l c`, `PEXPIRE l 40`, `sleep> 45`, `LLEN l`, `RPUSH l d`, `EXPIRE l 1000`, `LPUSH l e`, `near> PTTL l`, `RPUSH m x`, `PEXPIRE m 40`, `sleep> 45`, `LMOVE l m LEFT LEFT`, `LRANGE m 0 -1`,
		}},
	})
}

// Both servers must cut a list into the same nodes: DUMP shows them.
func TestListNodes(t *testing.T) {
	big := strings.Repeat("b", 9000)
	compare(t, []script{
		{"by size", []string{`config> rdbcompression no`,
			numbered("RPUSH l", "element:%d", 3000), `DUMP l`, numbered("LPUSH l", "%d", 3000), `DUMP l`, `RPUSH l ` + big, `RPUSH l a`, `LPUSH l ` + big, `LPUSH l a`, `DUMP l`, `LPOP l 1000`, `RPOP l 1000`, `DUMP l`, `LTRIM l 100 -100`, `DUMP l`,
		}},
		{"by count", []string{`config> rdbcompression no`,
			`config> list-max-listpack-size 5`, numbered("RPUSH l", "element:%d", 33), numbered("LPUSH l", "-%d", 33), `DUMP l`,
		}},
		{"small", []string{`config> rdbcompression no`, `config> list-max-listpack-size -1`, numbered("RPUSH l", "element:%d", 3000), `DUMP l`}},
	})
}
