package command

import (
	"bytes"
	"math"
)

// These find keys that key specs cannot tell. The tables bind them to commands, see gen.

const (
	readKey  = KeyRO | KeyAccess
	writeKey = KeyOW | KeyUpdate
	bothKey  = KeyRW | KeyAccess | KeyUpdate
)

// sortKeys: SORT key [BY x] [LIMIT a b] [GET x …] [STORE key]; the last STORE counts.
func sortKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	dst = sortReadOnlyKeys(dst, argv)
	store := 0
	for i := 2; i < len(argv); i++ {
		switch {
		case isWord(argv[i], "limit"):
			i += 2
		case isWord(argv[i], "get"), isWord(argv[i], "by"):
			i++
		case isWord(argv[i], "store") && i+1 < len(argv):
			store = i + 1
		}
	}
	if store != 0 {
		dst = append(dst, KeyRef{store, writeKey})
	}
	return dst
}

// sortReadOnlyKeys: the keys that BY and GET make up are not known before the command runs.
func sortReadOnlyKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	if len(argv) < 2 {
		return dst
	}
	return append(dst, KeyRef{1, readKey})
}

// migrateKeys: MIGRATE host port key|"" db timeout [COPY] [REPLACE] [AUTH p | AUTH2 u p] [KEYS key …].
func migrateKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	const flags = KeyRW | KeyAccess | KeyDelete
	if len(argv) < 4 {
		return dst
	}
	for i := 6; i < len(argv); i++ {
		switch {
		case isWord(argv[i], "auth"):
			i++
		case isWord(argv[i], "auth2"):
			i += 2
		case isWord(argv[i], "keys"):
			if len(argv[3]) > 0 {
				return dst // a syntax error that the command reports
			}
			for i++; i < len(argv); i++ {
				dst = append(dst, KeyRef{i, flags})
			}
			return dst
		}
	}
	return append(dst, KeyRef{3, flags})
}

// setKeys: SET reads its key only with the GET option.
func setKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	if len(argv) < 2 {
		return dst
	}
	for i := 3; i < len(argv); i++ {
		if isWord(argv[i], "get") {
			return append(dst, KeyRef{1, bothKey})
		}
	}
	return append(dst, KeyRef{1, writeKey})
}

// bitfieldKeys: BITFIELD only reads when all its operations are GET.
func bitfieldKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	if len(argv) < 2 {
		return dst
	}
	for i := 2; i < len(argv); i++ {
		left := len(argv) - i - 1
		switch {
		case isWord(argv[i], "get") && left >= 2:
			i += 2
		case isWord(argv[i], "overflow") && left >= 1:
			i++
		default: // a change, or a syntax error that is taken for one
			return append(dst, KeyRef{1, bothKey})
		}
	}
	return append(dst, KeyRef{1, readKey})
}

// georadiusKeys: the last STORE or STOREDIST names the destination.
func georadiusKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	if len(argv) < 2 {
		return dst
	}
	dst = append(dst, KeyRef{Pos: 1})
	store := 0
	for i := 5; i+1 < len(argv); i++ {
		if isWord(argv[i], "store") || isWord(argv[i], "storedist") {
			store = i + 1
			i++
		}
	}
	if store != 0 {
		dst = append(dst, KeyRef{Pos: store})
	}
	return dst
}

// xreadKeys: the first half of what follows STREAMS.
func xreadKeys(dst []KeyRef, argv [][]byte) []KeyRef {
	for i := 1; i < len(argv); i++ {
		switch {
		case isWord(argv[i], "block"), isWord(argv[i], "count"):
			i++
		case isWord(argv[i], "group"):
			i += 2
		case isWord(argv[i], "noack"):
		case isWord(argv[i], "streams"):
			n := len(argv) - i - 1
			if n%2 != 0 {
				return dst
			}
			for at := i + 1; at <= i+n/2; at++ {
				dst = append(dst, KeyRef{Pos: at})
			}
			return dst
		default:
			return dst
		}
	}
	return dst
}

func numkeysAt1(dst []KeyRef, argv [][]byte) []KeyRef { return numkeys(dst, argv, 0, 1) }

func numkeysAt2(dst []KeyRef, argv [][]byte) []KeyRef { return numkeys(dst, argv, 0, 2) }

func numkeysAfterStore(dst []KeyRef, argv [][]byte) []KeyRef { return numkeys(dst, argv, 1, 2) }

// numkeys is the old, lenient way to read "numkeys key …", which Redis falls back to when
// the number is not one to the key specs: "2x" counts as 2. The flags are not known.
func numkeys(dst []KeyRef, argv [][]byte, store, count int) []KeyRef {
	if count >= len(argv) {
		return dst
	}
	n := leadingInt(argv[count])
	if n < 1 || n > len(argv)-count-1 {
		return dst
	}
	for i := count + 1; i <= count+n; i++ {
		dst = append(dst, KeyRef{Pos: i})
	}
	if store != 0 {
		dst = append(dst, KeyRef{Pos: store})
	}
	return dst
}

// leadingInt is C's atoi: what number the bytes begin with, cut to 32 bits.
func leadingInt(b []byte) int {
	b = bytes.TrimLeft(b, " \t\n\v\f\r")
	sign := int64(1)
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	n := int64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		if n > (math.MaxInt64-9)/10 {
			return 0 // C gives 0 or -1: no number of keys in either case
		}
		n = n*10 + int64(c-'0')
	}
	return int(int32(sign * n))
}
