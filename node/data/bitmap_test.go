package data

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestBitmaps(t *testing.T) {
	compare(t, []script{
		{"bits", []string{
			`SETBIT k 7 1`, `SETBIT k 7 1`, `SETBIT k 7 0`, `GETBIT k 7`, `SETBIT k 100 0`, `STRLEN k`, `SETBIT k 50 0`, `GET k`,
			`GETBIT k 1000`, `GETBIT none 0`, `SETBIT k -1 1`, `SETBIT k x 1`, `SETBIT k 4294967296 1`, `SETBIT k #1 1`, `GETBIT k -1`,
			`SETBIT k 1 2`, `SETBIT k 1 -1`, `SETBIT k 1 x`, `SET n 1234`, `SETBIT n 6 1`, `GET n`, `GETBIT n 2`, `GETBIT k x`,
			`SETBIT new 0 0`, `GET new`, `SET t abc EX 1000`, `SETBIT t 1 0`,
		}},
		{"bitcount", []string{
			`SET k foobar`, `BITCOUNT k`, `BITCOUNT k 0 0`, `BITCOUNT k 1 1`, `BITCOUNT k 0 -1`, `BITCOUNT k -2 -1`, `BITCOUNT k 1`, `BITCOUNT k 5 30 BIT`,
			`BITCOUNT k 5 30 BYTE`, `BITCOUNT k 1 1 byte`, `BITCOUNT k 1 1 nibble`, `BITCOUNT k -30 -5 bit`, `BITCOUNT k 3 1`, `BITCOUNT k -1 -3`, `BITCOUNT k -1 -3 x`,
			`BITCOUNT k x 1`, `BITCOUNT k 1 x`, `BITCOUNT none`, `BITCOUNT none 0 0 x`, `BITCOUNT none x 0`, `BITCOUNT k 0 0 bit bit`, `BITCOUNT k 100 200`, `BITCOUNT k -100 -200`, `BITCOUNT k -200 -100`, `BITCOUNT k 0 -200`, `BITCOUNT k 0 -200 BIT`, `BITCOUNT k -100 -50`,
			`SET e ""`, `BITCOUNT e`, `BITCOUNT e 0 -1`, `BITCOUNT k 0 9223372036854775807`, `BITCOUNT k -9223372036854775808 -1 bit`,
		}},
		{"bitpos", []string{
			`SET k "\xff\xf0\x00"`, `BITPOS k 0`, `BITPOS k 1`, `BITPOS k 1 2`, `BITPOS k 0 2`, `BITPOS k 2`, `BITPOS k x`, `BITPOS k -1`, `BITPOS k 0 0 0`, `BITPOS k 0 0 -1`,
			`SET f "\xff\xff"`, `BITPOS f 0`, `BITPOS f 0 0`, `BITPOS f 0 0 -1`, `BITPOS f 0 1 1`, `BITPOS f 0 5`, `BITPOS f 0 3 9 bit`, `BITPOS f 1 3 9 bit`, `BITPOS f 1 16 20 BIT`,
			`BITPOS k 1 12 15 BIT`, `BITPOS k 0 9 11 BIT`, `BITPOS k 0 9 12 BIT`, `BITPOS k 0 9 12 WHAT`, `BITPOS none 0`, `BITPOS none 1`, `BITPOS none 1 x`, `SET z "\x00\x00"`, `BITPOS z 1`, `BITPOS z 1 -1`,
			`SET e ""`, `BITPOS e 0`, `BITPOS e 1`, `BITPOS e 0 0`, `BITPOS e 0 0 -1`, `BITPOS k 0 -1 -3`, `BITPOS k 0 x`, `BITPOS k 0 1 x`, `BITPOS k 1 0 0 BIT x`, `BITPOS f 0 -2`, `BITPOS f 0 -1 -1 byte`,
			`BITPOS none 3`, `BITPOS k 1 -100 -200`, `BITPOS k 1 0 -200`, `BITPOS z 0 -100 -200`, `BITPOS f 1 -100 -200 BIT`, `BITPOS k 1 -200 -100`, `BITPOS k 0 0 9223372036854775807`, `BITPOS f 0 2`, `BITPOS f 0 1`, `BITPOS f 1 2`,
		}},
		{"bitop", []string{
			`MSET a abcdef b "\x00\xffq" c ""`, `BITOP AND d a b`, `GET d`, `BITOP OR d a b`, `GET d`, `BITOP xor d a b`, `GET d`, `BITOP NOT d a`, `GET d`, `BITOP NOT d a b`,
			`BITOP AND d a none`, `GET d`, `BITOP AND d none none2`, `EXISTS d`, `BITOP AND d none`, `BITOP XOR d a c`, `BITOP NAND d a b`, `BITOP NOT d c`, `BITOP OR a a b`, `GET a`,
			`BITOP AND d a`, `BITOP AND d`, `SET t x EX 1000`, `BITOP OR t a b`, `TTL t`, `OBJECT ENCODING t`, `bitop or x a a a`,
		}},
	})
}

func TestBitfield(t *testing.T) {
	compare(t, []script{
		{"bitfield", []string{
			`BITFIELD k`, `BITFIELD k GET u8 0`, `BITFIELD k SET u8 0 255 GET u8 0 INCRBY u8 0 10`, `BITFIELD k OVERFLOW SAT INCRBY u8 0 300 OVERFLOW FAIL INCRBY u8 0 1 GET u8 0`,
			`BITFIELD k SET i5 #2 -7 GET i5 #2 GET u5 #2`, `BITFIELD k INCRBY i5 #2 100 OVERFLOW sat INCRBY i5 #2 100 INCRBY i5 #2 -100`, `BITFIELD k SET i64 8 -9223372036854775808 INCRBY i64 8 -1`,
			`BITFIELD k OVERFLOW SAT INCRBY i64 8 9223372036854775807 INCRBY i64 8 9223372036854775807 INCRBY i64 8 -1 OVERFLOW FAIL INCRBY i64 8 9`,
			`BITFIELD k SET u63 3 9223372036854775807 INCRBY u63 3 1 OVERFLOW SAT INCRBY u63 3 -9223372036854775808 GET u63 3`, `BITFIELD k SET u8 0 -1 OVERFLOW SAT SET u8 0 -1 SET i8 0 -200 SET i8 0 200 SET u8 0 256`,
			`BITFIELD k GET u64 0`, `BITFIELD k GET i65 0`, `BITFIELD k GET i0 0`, `BITFIELD k GET x8 0`, `BITFIELD k GET u 0`, `BITFIELD k GET u8 -1`, `BITFIELD k GET u8 #-1`, `BITFIELD k GET u8 x`, `BITFIELD k GET u8`,
			`BITFIELD k SET u8 0`, `BITFIELD k SET u8 0 x`, `BITFIELD k OVERFLOW x`, `BITFIELD k OVERFLOW`, `BITFIELD k WHAT`, `BITFIELD k SET u8 4294967296 1`, `BITFIELD k GET u8 1000 GET i64 30`,
			`BITFIELD_RO k GET u8 0 GET i8 1`, `BITFIELD_RO k SET u8 0 1`, `BITFIELD_RO none GET u8 0`, `BITFIELD_RO k`, `BITFIELD k OVERFLOW FAIL SET u4 100 16`, `STRLEN k`, `BITFIELD fresh OVERFLOW FAIL SET u4 0 16`, `EXISTS fresh`,
			`BITFIELD fresh2 SET u4 0 0`, `BITFIELD fresh2 SET u4 0 0`, `BITFIELD fresh3 SET u4 0 1 GET u4 0 SET u4 4 2`, `SET n 12`, `BITFIELD n INCRBY u8 0 1`, `GET n`, `BITFIELD k INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1 GET u2 0`,
			`BITFIELD k GET u8 0 OVERFLOW FAIL`, `BITFIELD_RO k OVERFLOW SAT GET u8 0`, `BITFIELD k SET u8 #1 7 GET u8 #1 GET u8 8`,
		}},
	})
}

// TestBitfieldRandom throws random fields of all widths at both.
func TestBitfieldRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var steps []string
	for range 400 {
		width := 1 + r.IntN(63)
		op := []string{"SET", "INCRBY"}[r.IntN(2)]
		over := []string{"WRAP", "SAT", "FAIL"}[r.IntN(3)]
		value := int64(r.Uint64()) >> r.IntN(64)
		steps = append(steps, fmt.Sprintf("BITFIELD k OVERFLOW %s %s %c%d %d %d GET i64 %d",
			over, op, "iu"[r.IntN(2)], width, r.IntN(120), value, r.IntN(150)))
		steps = append(steps, fmt.Sprintf("BITCOUNT k %d %d BIT", r.IntN(300)-150, r.IntN(300)-150))
		steps = append(steps, fmt.Sprintf("BITPOS k %d %d %d BIT", r.IntN(2), r.IntN(300)-150, r.IntN(300)-150))
	}
	compare(t, []script{{"random", steps}})
}
