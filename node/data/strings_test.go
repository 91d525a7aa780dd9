package data

import "testing"

func TestStrings(t *testing.T) {
	compare(t, []script{
		{"set and get", []string{
			`SET k v`, `GET k`, `get K`, `SET k ""`, `GET k`, `STRLEN k`, `GET none`, `STRLEN none`,
			`SET k "a\r\n\x00b"`, `GET k`, `GET`, `SET k`, `GET a b`,
			`SET k v WHAT`, `SET k v NX XX`, `SET k v EX`, `SET k v EX 10 PX 10`, `SET k v KEEPTTL EX 10`,
			`SET k v EX 10 KEEPTTL`, `SET k v PERSIST`, `SET k v EX 10 EX 20`, `near> SET k v GET GET`,
			`SET k v NX NX`, `SET k v XX XX`,
		}},
		{"set with expiry", []string{
			`SET k v EX 100`, `SET k v PX 100000`, `SET k v EXAT 33177117420`, `SET k v PXAT 33177117420000`,
			`SET k w KEEPTTL`, `set k v px 100000 get nx`, `set k v px 100000 get`,
			`SET k v EX 0`, `SET k v EX -1`, `SET k v PX 0`, `SET k v EX x`, `SET k v EX 9223372036854775807`,
			`SET k v PX 9223372036854775807`, `SET k v EX 9223372036854775`, `SET k v PXAT 9223372036854775807`,
			`SET k v PXAT 1`, `GET k`, `SET k v EXAT 1`, `GET k`,
			`SETEX k 100 v`, `SETEX k 0 v`, `SETEX k x v`, `PSETEX k 100000 v`, `PSETEX k -5 v`, `GET k`, `SET k v`, `GET k`,
			`SET k v NX EX 100`, `SET j v NX EX 100`, `SET j v XX EX 200`, `SET none v XX`,
		}},
		{"set get", []string{
			`SET k v GET`, `SET k w GET`, `SET k x NX GET`, `SET n x NX GET`, `SET none x XX GET`, `GET none`,
			`SET k z XX GET`, `set k gEt gEt`, `GET k`,
		}},
		{"setnx getset getdel", []string{
			`SETNX k 1`, `SETNX k 2`, `GET k`, `SET k 1 EX 1000`, `GETSET k 2`, `GETSET new 3`, `getset new 4`,
			`GETDEL k`, `GETDEL k`, `GETDEL new`,
		}},
		{"getex", []string{
			`GETEX none`, `SET k v`, `GETEX k`, `GETEX k EX 100`, `GETEX k PX 100000`, `GETEX k EXAT 33177117420`,
			`GETEX k PXAT 33177117420000`, `GETEX k PERSIST`, `GETEX k PERSIST`, `GETEX k EX 0`, `GETEX k EX x`,
			`GETEX k EX 10 PERSIST`, `GETEX k KEEPTTL`, `GETEX k NX`, `GETEX k GET`, `GETEX k EX`, `GETEX k EX 1 PX 1`,
			`GETEX none EX 0`, `GETEX none EX x`, `GETEX k PXAT 1`, `GET k`, `SET k v`, `GETEX k EXAT 1`, `GET k`, `SET k v`, `config> lazyfree-lazy-expire yes`,
			`GETEX k EXAT 1`,
		}},
		{"many", []string{
			`MSET a 1 b 2 a 3`, `MGET a b c`, `MSET a`, `MSET a 1 b`, `MSETNX x 1 y 2`, `MSETNX x 1 z 2`, `MGET x y z`,
			`MSETNX x`, `MSETNX x 1 y`, `MSETNX q 1 q 2`, `GET q`, `mset a 1 b 2`,
		}},
		{"append and ranges", []string{
			`APPEND k ab`, `APPEND k cd`, `APPEND k ""`, `GET k`, `APPEND n 12`, `APPEND n 3`, `INCR n`,
			`SETRANGE k 1 XY`, `SETRANGE k 8 Z`, `GET k`, `SETRANGE k -1 a`, `SETRANGE k x a`, `SETRANGE k 0 ""`,
			`SETRANGE none 5 ""`, `GET none`, `SETRANGE none 3 a`, `GET none`, `SETRANGE k 536870911 ab`,
			`SETRANGE k 9223372036854775807 ab`, `SETRANGE none2 536870911 ab`,
			`GETRANGE k 0 -1`, `GETRANGE k 1 2`, `GETRANGE k -3 -1`, `GETRANGE k -100 100`, `GETRANGE k 5 1`,
			`GETRANGE k -1 -5`, `GETRANGE k 100 200`, `GETRANGE none 0 -1`, `GETRANGE k x 1`, `GETRANGE k 1 x`,
			`GETRANGE k -9223372036854775808 9223372036854775807`, `SUBSTR k 0 1`, `GETRANGE k -100 -50`, `GETRANGE k -50 -100`, `GETRANGE none -50 -100`, `GETRANGE none 0 0`,
			`GETRANGE k 0 -100`, `SET i 12345`, `SETRANGE i 1 xx`, `GET i`, `GETRANGE i 0 0`,
		}},
		{"counting", []string{
			`INCR n`, `INCR n`, `DECR n`, `INCRBY n 10`, `DECRBY n 5`, `GET n`, `INCRBY n x`, `INCRBY n 1.5`, `DECRBY n ""`,
			`SET n 9223372036854775807`, `INCR n`, `DECRBY n -1`, `SET n -9223372036854775808`, `DECR n`,
			`DECRBY n -9223372036854775808`, `INCRBY n -1`, `SET n abc`, `INCR n`, `SET n " 1"`, `INCR n`, `SET n 01`, `INCR n`, `SET n -0`, `INCR n`,
			`SET n +1`, `INCR n`, `SET n 9223372036854775808`, `INCR n`, `SET n "1\x00"`, `INCR n`, `SET n 5 EX 1000`, `INCR n`,
			`INCRBY n 9223372036854775808`, `SET n ""`, `INCR n`, `incrby q -7`,
		}},
	})
}

func TestStringsWrongType(t *testing.T) {
	steps := []string{
		`RPUSH l a`, `SET s v`,
		`GET l`, `SET l v GET`, `SET l v NX`, `SET l v NX GET`, `SETNX l v`, `GETSET l v`, `GETDEL l`, `GETEX l`, `GETEX l EX 0`, `GETEX l WHAT`, `MGET s l s`, `APPEND l x`, `STRLEN l`,
		`SETRANGE l 0 x`, `SETRANGE l -1 x`, `SETRANGE l 0 ""`, `SETRANGE l 536870912 x`, `GETRANGE l 0 1`, `GETRANGE l x 1`, `SUBSTR l 0 1`, `INCR l`, `DECR l`, `INCRBY l 1`, `INCRBY l x`, `DECRBY l 1`, `INCRBYFLOAT l 1`, `INCRBYFLOAT l x`,
		`LCS l s`, `LCS s l WHAT`, `SETBIT l 0 1`, `SETBIT l x 1`, `SETBIT l 0 x`, `GETBIT l 0`, `BITCOUNT l`, `BITCOUNT l x 1`, `BITPOS l 1`, `BITPOS l 2`, `BITOP AND d s l`, `BITOP NOT d l`, `BITOP WHAT d l`, `BITFIELD l`, `BITFIELD l GET u8 0`, `BITFIELD l SET u8 0 1`,
		`BITFIELD_RO l SET u8 0 1`, `SORT l BY l`, `SORT s`, `SORT s WHAT`, `TYPE l`, `OBJECT REFCOUNT l`, `RENAME l m`, `COPY m l`, `LRANGE l 0 -1`, `EXPIRE l 100`, `COPY l m REPLACE`, `near> PTTL m`, `MOVE m 1`, `SCAN 0 TYPE list`, `SET l v`, `MSET m 1`, `BITOP OR m s`,
		`RPUSH n a`, `BITOP OR n s s`, `GET n`, `RPUSH o a`, `SETEX o 100 v`, `TYPE o`, `RPUSH q a`, `MSETNX q 1 w 2`, `GETSET q 1`, `SET q 1 XX`, `UNLINK q`, `RPUSH l2 a`, `GETDEL l2`, `DEL l2`,
	}
	compare(t, []script{{"wrong type", steps}})
}

// TestLimits: proto-max-bulk-len bounds what strings may grow to, and LCS's table.
func TestLimits(t *testing.T) {
	compare(t, []script{{"limits", []string{
		`config> proto-max-bulk-len 1048576`, `SETRANGE k 1048575 a`, `SETRANGE k 1048576 a`, `SETRANGE k 1048574 ab`, `SETRANGE k 1048575 ab`, `APPEND k a`, `APPEND none a`, `STRLEN k`, `SETBIT k 8388607 1`, `SETBIT k 8388608 1`, `GETBIT k 8388608`,
		`BITFIELD k GET u8 8388600 GET u8 #1048575`, `BITFIELD k GET u8 #1048576`, `SETRANGE a 599 x`, `SETRANGE b 599 x`, `LCS a b`, `LCS a b LEN`, `SETRANGE c 9 x`, `LCS a c LEN`, `LCS a b IDX LEN`,
	}}})
}

func TestIncrByFloat(t *testing.T) {
	steps := []string{
		`SET k 10.50`, `INCRBYFLOAT k 0.1`, `INCRBYFLOAT k -5`, `INCRBYFLOAT k 5.0e3`, `GET k`, `INCRBYFLOAT new 0.1`,
		`SET k 3.0`, `INCRBYFLOAT k 0`, `SET k abc`, `INCRBYFLOAT k 1`, `INCRBYFLOAT k abc`, `INCRBYFLOAT n abc`, `SET k 1`,
		`INCRBYFLOAT k nan`, `INCRBYFLOAT k inf`, `INCRBYFLOAT k -inf`, `INCRBYFLOAT k infinity`, `INCRBYFLOAT k +Inf`, `INCRBYFLOAT k ""`,
		`INCRBYFLOAT k " 1"`, `INCRBYFLOAT k "1 "`, `INCRBYFLOAT k 0x10`, `INCRBYFLOAT k 0x1p-3`, `INCRBYFLOAT k 0x.8`, `INCRBYFLOAT k 0x`,
		`INCRBYFLOAT k 1e`, `INCRBYFLOAT k .5`, `INCRBYFLOAT k 5.`, `INCRBYFLOAT k .`, `INCRBYFLOAT k +.25`, `INCRBYFLOAT k 1_000`,
		`INCRBYFLOAT k 1e400`, `SET k 0`, `INCRBYFLOAT k 1e4933`, `INCRBYFLOAT k 1e-5000`, `INCRBYFLOAT k 0e99999`, `INCRBYFLOAT k -0.0`,
		`SET k 1.1897e4932`, `INCRBYFLOAT k 1.1897e4932`, `SET k 0`, `INCRBYFLOAT k 0.000003814697265625`, `SET k 0`,
		`INCRBYFLOAT k 3.5e-17`, `INCRBYFLOAT k 17179869184`, `SET k 99999999999999999`, `INCRBYFLOAT k 0.3`,
		`SET k 5 EX 1000`, `INCRBYFLOAT k 1.5`, `incrbyfloat k -6.5`, `INCRBYFLOAT k -0`, `INCRBYFLOAT k 1e-17`, `INCRBYFLOAT k -1e-18`,
		`SET k -0.000000000000000001`, `INCRBYFLOAT k 0`,
	}
	for _, n := range []string{"0.1", "0.2", "0.3", "1.1", "2.675", "1e-7", "123456.789", "3.14159", "0.7", "1e15", "0.01"} {
		steps = append(steps, "SET k 0")
		for range 4 {
			steps = append(steps, "INCRBYFLOAT k "+n)
		}
	}
	compare(t, []script{{"incrbyfloat", steps}})
}

func TestLCS(t *testing.T) {
	compare(t, []script{{"lcs", []string{
		`MSET a ohmytext b mynewtext`, `LCS a b`, `LCS a b LEN`, `LCS a b IDX`, `LCS a b IDX MINMATCHLEN 4`,
		`LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN`, `LCS a b IDX LEN`, `LCS a b WHAT`, `LCS a b MINMATCHLEN`,
		`LCS a b MINMATCHLEN x`, `LCS a b IDX MINMATCHLEN -1`, `LCS a none`, `LCS none none IDX`, `LCS none none LEN`, `LCS a`,
		`MSET x abcabcabc y cbacbacba`, `LCS x y IDX WITHMATCHLEN`, `LCS x y`, `LCS x x IDX`, `MSET p aaaa q aa`, `LCS p q IDX WITHMATCHLEN`,
		`LCS q p IDX WITHMATCHLEN`, `MSET u axbxc v abc`, `LCS u v IDX`, `LCS v u IDX WITHMATCHLEN LEN`, `LCS a b WITHMATCHLEN`,
		`SET n 12345`, `SET m 2345`, `LCS n m IDX`, `MSET e "" f abc`, `LCS e f IDX`,
	}}})
}
