package rdb

import (
	"encoding/binary"
	"slices"
)

// An intset: bytes of one number (4: it is 2, 4 or 8), how many (4), the numbers in
// ascending order, each once. All is little-endian.
const isHeader = 8

// isAppend appends the intset of values, which it sorts.
func isAppend(dst []byte, values []int64) []byte {
	if !slices.IsSorted(values) {
		slices.Sort(values)
	}
	width := 2
	if n := len(values); n > 0 {
		width = max(isWidth(values[0]), isWidth(values[n-1]))
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(width))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(values)))
	for _, v := range values {
		switch width {
		case 2:
			dst = binary.LittleEndian.AppendUint16(dst, uint16(v))
		case 4:
			dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
		default:
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

func isWidth(v int64) int {
	switch {
	case v == int64(int16(v)):
		return 2
	case v == int64(int32(v)):
		return 4
	}
	return 8
}

// isElems checks an intset and appends its numbers to dst as decimal text, which lies in mem.
func isElems(dst [][]byte, mem *arena, blob []byte) ([][]byte, error) {
	if len(blob) < isHeader {
		return dst, corrupt("malformed intset: %d bytes are too few", len(blob))
	}
	width, count := binary.LittleEndian.Uint32(blob), binary.LittleEndian.Uint32(blob[4:])
	if width != 2 && width != 4 && width != 8 {
		return dst, corrupt("malformed intset: numbers of %d bytes", width)
	}
	nums := blob[isHeader:]
	if uint64(len(nums)) != uint64(width)*uint64(count) {
		return dst, corrupt("malformed intset: %d bytes for %d numbers of %d", len(nums), count, width)
	}
	var prev int64
	for i := 0; i < len(nums); i += int(width) {
		v := signed(nums[i : i+int(width)])
		if i > 0 && v <= prev {
			return dst, corrupt("malformed intset: %d comes after %d", v, prev)
		}
		dst, prev = append(dst, mem.decimal(v)), v
	}
	return dst, nil
}
