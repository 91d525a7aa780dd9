package rdb

import "encoding/binary"

// A zipmap (before Redis 2.6): number of pairs (1 byte, zmMany and above: too many to say), pairs,
// zmEnd. A pair: length and bytes of the field, length of the value, number of unused bytes
// behind the value (1 byte), the value, the unused bytes. A length is one byte or zmBigLen and four.
const (
	zmMany   = 254
	zmBigLen = 254
	zmEnd    = 255
)

// zmElems checks a zipmap and appends fields and values to dst; they point into blob.
func zmElems(dst [][]byte, blob []byte) ([][]byte, error) {
	if len(blob) < 2 || blob[len(blob)-1] != zmEnd {
		return dst, corrupt("malformed zipmap: no end mark")
	}
	want, before := int(blob[0]), len(dst)
	for p := blob[1 : len(blob)-1]; len(p) > 0; {
		field, rest, err := zmString(p, 0)
		if err != nil {
			return dst, err
		}
		value, rest, err := zmString(rest, 1)
		if err != nil {
			return dst, err
		}
		dst, p = append(dst, field, value), rest
	}
	if got := (len(dst) - before) / 2; want < zmMany && want != got {
		return dst, corrupt("malformed zipmap: it says %d pairs and has %d", want, got)
	}
	return dst, nil
}

// zmString reads a field (free = 0) or a value (free = 1: a byte counts the unused ones).
func zmString(p []byte, free int) (s, rest []byte, err error) {
	n, head := 0, 1
	if len(p) > 0 {
		n = int(p[0])
	}
	if n == zmBigLen && len(p) >= 5 {
		n, head = int(binary.LittleEndian.Uint32(p[1:])), 5
	}
	head += free
	if len(p) < head || n > len(p)-head {
		return nil, nil, corrupt("malformed zipmap: a string runs over the end")
	}
	unused := 0
	if free > 0 {
		unused = int(p[head-1])
	}
	if unused > len(p)-head-n {
		return nil, nil, corrupt("malformed zipmap: a string runs over the end")
	}
	return p[head : head+n : head+n], p[head+n+unused:], nil
}
