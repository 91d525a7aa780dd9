package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	compare(t, []script{
		{"del exists type", []string{
			`MSET a 1 b 2 c 3`, `EXISTS a a none b`, `DEL a none b a`, `UNLINK c c`, `DEL none`, `EXISTS a`, `SET a 1`, `TYPE a`, `TYPE none`, `TOUCH a none a`, `DBSIZE`,
			`DEL`, `EXISTS`, `TYPE`, `RANDOMKEY`, `DEL a`, `RANDOMKEY`, `DBSIZE`,
		}},
		{"keys", []string{
			`MSET one 1 two 2 three 3 "a[b" 1 "" 5`, `sort> KEYS *`, `sort> KEYS t*`, `sort> KEYS ?n?`, `sort> KEYS [ot]*`, `KEYS a\[b`, `KEYS nope*`, `sort> KEYS [^o]*`, `KEYS ""`, `sort> KEYS **`,
			`sort> KEYS *e*`, `KEYS`, `sort> SCAN 0 COUNT 100 MATCH x*`,
		}},
		{"odd patterns", []string{
			`MSET a 1 b 2 - 3 ] 4 "]a]" 5 "a\\" 6 * 7 abc 8 ^ 9 A 10`, `sort> KEYS [a-`, `sort> KEYS [a-]`, `sort> KEYS [`, `sort> KEYS [^`, `sort> KEYS []a]`, `sort> KEYS [\]]`, `sort> KEYS "a\\"`, `sort> KEYS \a`, `sort> KEYS \*`, `sort> KEYS [c-a]`, `sort> KEYS [abc`,
			`sort> KEYS [^a-c]`, `sort> KEYS a[`, `sort> KEYS ?[b]*`, `sort> KEYS [\a]`, `sort> KEYS [a\-c]`, `sort> KEYS *[`, `sort> KEYS ***`, `sort> KEYS [^]`,
		}},
		{"rename", []string{
			`SET a 1`, `RENAME a b`, `RENAME a b`, `RENAME b b`, `RENAMENX b b`, `RENAMENX none x`, `SET c 3 EX 1000`, `SET d 4`, `RENAMENX c d`, `RENAME c d`, `near> PTTL d`, `GET d`, `RENAMENX d e`, `near> PTTL e`,
			`SET f 1`, `RENAME f e`, `TTL e`, `RENAME a`, `RENAMENX a b c`,
		}},
		{"move", []string{
			`SET a 1`, `MOVE a 1`, `MOVE a 1`, `MOVE a 0`, `MOVE a 16`, `MOVE a -1`, `MOVE a x`, `MOVE a 99999999999`, `SET a 2`, `MOVE a 1`, `SELECT 1`, `GET a`, `EXPIRE a 1000`, `MOVE a 5`, `MOVE a 2`, `SELECT 2`, `EXISTS a`, `SELECT 5`, `TTL a`, `GET a`,
		}},
		{"copy", []string{
			`SET a 1 EX 1000`, `COPY a b`, `COPY a b`, `COPY a b REPLACE`, `near> PTTL b`, `COPY none x`, `COPY a a`, `COPY a a DB 0`, `COPY a a DB 1`, `COPY a a DB 1`, `COPY a a DB 1 REPLACE`, `COPY a b DB`, `COPY a b DB x`, `COPY a b DB 16`, `COPY a b DB 99999999999`,
			`COPY a b WHAT`, `SELECT 1`, `near> PTTL a`, `SELECT 0`, `APPEND r xx`, `COPY r r2`, `APPEND r y`, `GET r2`, `OBJECT ENCODING r2`, `copy a none replace db 3`,
			`COPY none b REPLACE`, `EXISTS b`,
		}},
		{"object", []string{
			`MSET i 123 s abc big 20000 neg -5`, `OBJECT ENCODING i`, `OBJECT ENCODING s`, `OBJECT ENCODING none`, `OBJECT REFCOUNT s`, `OBJECT REFCOUNT i`, `OBJECT REFCOUNT big`, `OBJECT REFCOUNT neg`, `OBJECT IDLETIME s`, `OBJECT IDLETIME none`, `OBJECT FREQ s`, `OBJECT FREQ none`,
			`SET long aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee`, `OBJECT ENCODING long`, `SET long aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee`, `OBJECT ENCODING long`,
			`APPEND i 4`, `OBJECT ENCODING i`, `INCR i`, `OBJECT ENCODING i`, `APPEND fresh 12`, `OBJECT ENCODING fresh`, `SETRANGE fresh2 0 12`, `OBJECT ENCODING fresh2`, `INCRBYFLOAT f 5`, `OBJECT ENCODING f`, `COPY f f2`, `OBJECT ENCODING f2`,
			`SET x 12345678901234567890`, `OBJECT ENCODING x`, `SET x 1234567890123456789`, `OBJECT ENCODING x`, `SET x 00`, `OBJECT ENCODING x`, `SET x -1`, `OBJECT ENCODING x`, `GETSET x 55`, `OBJECT ENCODING x`, `SET x ""`, `OBJECT ENCODING x`,
			`MSETNX m 5`, `OBJECT ENCODING m`, `SET x 1.5`, `OBJECT ENCODING x`, `SETBIT x 0 0`, `OBJECT ENCODING x`, `SETRANGE m 0 ""`, `OBJECT ENCODING m`,
			`OBJECT`, `OBJECT HELP`, `OBJECT WHAT`, `OBJECT ENCODING`, `OBJECT ENCODING a b`, `MEMORY USAGE none`, `any> MEMORY USAGE x`, `MEMORY USAGE x SAMPLES`, `MEMORY USAGE x SAMPLES -1`, `MEMORY USAGE x SAMPLES x`, `any> MEMORY USAGE x SAMPLES 0`, `MEMORY USAGE x WHAT 1`,
			`any> MEMORY USAGE x SAMPLES 5 SAMPLES 6`,
		}},
		{"object lfu", []string{
			`config> maxmemory-policy allkeys-lfu`, `SET k v`, `OBJECT FREQ k`, `OBJECT IDLETIME k`, `OBJECT FREQ none`, `SET k w`, `any> OBJECT FREQ k`, `SET n 5`, `OBJECT REFCOUNT n`, `config> maxmemory 104857600`, `SET n 5`, `OBJECT REFCOUNT n`,
		}},
		{"words end at a zero byte", []string{
			`SET k v "EX\x00" 1000`, `GETEX k "PERSIST\x00x"`, `COPY k j "replace\x00"`, `RPUSH l b a`, `SORT l "ALPHA\x00"`, `BITCOUNT k 0 0 "bit\x00"`, `BITOP "AND\x00" d k`, `any> SCAN "0\x00"`, `SCAN "0\x00" "COUNTx" 1`, `INCRBYFLOAT q "1\x00"`, `EXPIRE k 10 "a\x00b"`, `SETEX k "10\x00" v`,
		}},
		{"scan errors", []string{
			`SCAN`, `SCAN x`, `SCAN -1 `, `SCAN 1x`, `SCAN " 0"`, `SCAN ""`, `SCAN +0`, `SCAN ++0`, `SCAN 18446744073709551616`, `SCAN 0 COUNT`, `SCAN 0 COUNT 0`, `SCAN 0 COUNT x`, `SCAN 0 COUNT -5`, `SCAN 0 MATCH`, `SCAN 0 WHAT 1`, `SCAN 0 TYPE`,
			`SET a 1`, `SCAN 0`, `SCAN 0 MATCH b*`, `SCAN 0 TYPE string`, `SCAN 0 TYPE STRING`, `SCAN 0 TYPE hash`, `SCAN 0 TYPE nonsense`, `SCAN 0 TYPE ""`, `SCAN 0 MATCH a COUNT 5 TYPE string`, `SCAN 0 COUNT 9223372036854775807`, `SCAN 0 COUNT 9223372036854775808`,
		}},
	})
}

func TestExpire(t *testing.T) {
	compare(t, []script{
		{"expire", []string{
			`SET k v`, `TTL k`, `PTTL k`, `EXPIRETIME k`, `PEXPIRETIME k`, `TTL none`, `PTTL none`, `EXPIRETIME none`, `PEXPIRETIME none`, `EXPIRE k 100`, `TTL k`, `near> PTTL k`, `PEXPIRE k 100000`, `EXPIREAT k 33177117420`, `EXPIRETIME k`, `PEXPIRETIME k`,
			`PEXPIREAT k 33177117420500`, `EXPIRETIME k`, `PEXPIRETIME k`, `PERSIST k`, `PERSIST k`, `PERSIST none`, `EXPIRE none 100`, `EXPIRE k x`, `EXPIRE k 9223372036854775807`, `EXPIRE k -9223372036854775808`, `EXPIRE k 9223372036854775`, `PEXPIRE k 9223372036854775807`,
			`EXPIREAT k 9223372036854776`, `PEXPIREAT k 9223372036854775807`, `EXPIRE none x`, `EXPIRE k 10 WHAT`, `EXPIRE k x WHAT`, `EXPIRE k`, `pexpireat k 33177117420500`, `expire k 5000 gt`, `expire k 5000 lt`,
		}},
		{"in the past", []string{
			`SET k v`, `EXPIRE k 0`, `EXISTS k`, `SET k v`, `EXPIRE k -1`, `SET k v`, `PEXPIREAT k 1`, `SET k v`, `EXPIREAT k 0`, `SET k v`, `PEXPIREAT k -1`, `EXPIRE k -1`, `config> lazyfree-lazy-expire yes`, `SET k v`, `PEXPIRE k 0`, `DBSIZE`,
		}},
		{"conditions", []string{
			`SET k v`, `EXPIRE k 100 XX`, `EXPIRE k 100 GT`, `EXPIRE k 100 NX`, `EXPIRE k 200 NX`, `EXPIRE k 200 XX`, `EXPIRE k 100 GT`, `EXPIRE k 300 GT`, `EXPIRE k 400 LT`, `EXPIRE k 50 LT`, `PERSIST k`, `EXPIRE k 500 LT`, `EXPIRE k 5 XX GT`, `EXPIRE k 600 XX LT`,
			`EXPIRE k 5 NX XX`, `EXPIRE k 5 NX GT`, `EXPIRE k 5 NX LT`, `EXPIRE k 5 GT LT`, `EXPIRE k 5 NX GT LT`, `EXPIRE k -5 GT`, `EXISTS k`, `EXPIRE k -5 LT`, `EXISTS k`, `PEXPIREAT none 5 XX`, `EXPIRE k 5 NX NX`, `PEXPIREAT k 33177117420500 NX`,
			`SET k v`, `EXPIRE k 100 nx`, `EXPIRE none 100 nx`,
		}},
		{"lazy expiry", []string{
			`SET k v PX 1`, `sleep> 5`, `GET k`, `SET k v PX 1`, `sleep> 5`, `EXISTS k`, `SET k v PX 1`, `sleep> 5`, `TTL k`, `SET k v PX 1`, `sleep> 5`, `DEL k`, `SET k v PX 1`, `sleep> 5`, `SET k w`, `TTL k`,
			`SET k v PX 1`, `sleep> 5`, `SET k w KEEPTTL`, `TTL k`, `SET k v PX 1`, `sleep> 5`, `INCR k`, `TTL k`, `DEL k`, `SET k v PX 1`, `sleep> 5`, `APPEND k x`, `GET k`, `SET k v PX 1`, `sleep> 5`, `SETNX k 5`, `PEXPIRE k 40`, `sleep> 45`, `MSETNX k 6 j 7`,
			`SET a 1`, `PEXPIRE k 40`, `sleep> 45`, `RENAME a k`, `PEXPIRE k 40`, `sleep> 45`, `RENAME k z`, `SET k v PX 1`, `sleep> 5`, `SCAN 0`, `SET k v PX 1`, `sleep> 5`, `KEYS *`, `DBSIZE`, `SCAN 0 MATCH z`, `SCAN 0 TYPE list`, `SCAN 0 TYPE string`, `DBSIZE`,
			`SET k v PX 1`, `sleep> 5`, `MSET k 1 l 2`, `SET k v PX 1`, `sleep> 5`, `GETEX k PERSIST`, `SET k v PX 1`, `sleep> 5`, `COPY l k`, `SET k v PX 1`, `sleep> 5`, `COPY k l REPLACE`, `SET k 9 PX 1`, `sleep> 5`, `INCRBYFLOAT k 1.5`,
			`SET k v PX 1`, `sleep> 5`, `SET k v XX`, `SET k v PX 1`, `sleep> 5`, `SET k v GET NX`, `SET k v PX 1`, `sleep> 5`, `SETBIT k 5 1`, `SET k v PX 1`, `sleep> 5`, `BITOP AND k none`, `SET k v PX 1`, `sleep> 5`, `BITOP OR k l l`, `PEXPIRE k 40`, `sleep> 45`, `PERSIST k`,
			`SET k v PX 1`, `sleep> 5`, `GETDEL k`, `SET k v PX 1`, `sleep> 5`, `MOVE k 1`, `SET k v PX 1`, `sleep> 5`, `OBJECT ENCODING k`, `SET k v PX 1`, `sleep> 5`, `MGET k l`, `SET k v PX 1`, `sleep> 5`, `TYPE k`, `SET k v PX 1`, `sleep> 5`, `UNLINK k l`,
			`SET k v PX 1`, `sleep> 5`, `GETSET k w`, `SET k v PX 1`, `sleep> 5`, `EXPIRE k 100`, `SET k v PX 1`, `sleep> 5`, `TOUCH k`, `SET k v PX 1`, `sleep> 5`, `any> MEMORY USAGE k`, `DEL a z k l j`, `SET k v PX 1`, `sleep> 5`, `RANDOMKEY`, `DBSIZE`,
		}},
	})
}

// TestScanComplete walks a keyspace with every option set and must see each key that stays.
func TestScanComplete(t *testing.T) {
	p := newPeer(t, 2)
	for i := range 500 {
		p.run(fmt.Sprintf("SET key:%03d v", i))
	}
	seen := map[string]bool{}
	cursor := "0"
	for {
		_, parts := elements([]byte(p.run("SCAN " + cursor + " MATCH key:* COUNT 7 TYPE string")))
		_, keys := elements([]byte(parts[1]))
		for _, k := range keys {
			seen[strings.Split(k, "\r\n")[1]] = true
		}
		if cursor = strings.Split(parts[0], "\r\n")[1]; cursor == "0" {
			break
		}
		// Deleting and adding others while the walk goes on must not hide any.
		p.run(fmt.Sprintf("DEL other:%d", len(seen)))
		p.run(fmt.Sprintf("SET other:%d v", len(seen)+1))
	}
	if len(seen) != 500 {
		t.Fatalf("saw %d of 500 keys", len(seen))
	}
}

func TestKeysPatternOrder(t *testing.T) {
	p := newPeer(t, 2)
	p.run("MSET b 1 a 2 c 3")
	_, keys := elements([]byte(p.run("KEYS *")))
	slices.Sort(keys)
	if got := strings.Join(keys, ""); got != "$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n" {
		t.Fatalf("%q", got)
	}
}
