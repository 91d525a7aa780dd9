package rdb

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
)

// The containers of a quicklist's nodes.
const (
	nodePlain  = 1
	nodePacked = 2
)

// AppendSelectDB says which database the keys that follow belong to.
func AppendSelectDB(dst []byte, db int) []byte {
	return AppendLen(append(dst, opSelectDB), uint64(db))
}

// AppendKey begins a key: what is known about it, the layout of its value, its name. The
// value has to follow.
func AppendKey[T Text](dst []byte, s *Serializer, m Meta, t Type, key T) []byte {
	if m.HasExpire {
		dst = binary.LittleEndian.AppendUint64(append(dst, opExpireMS), uint64(m.ExpireMS))
	}
	if m.HasIdle {
		dst = AppendLen(append(dst, opIdle), m.Idle)
	}
	if m.HasFreq {
		dst = append(dst, opFreq, m.Freq)
	}
	return s.appendString(append(dst, byte(t)), view(key))
}

// AppendSet appends the value of TypeSet. The number of members is what n says, or, if that is wrong,
// what they turn out to be.
func AppendSet[T Text](dst []byte, s *Serializer, n int, members iter.Seq[T]) []byte {
	at, got := len(dst), 0
	dst = AppendLen(dst, uint64(n))
	for m := range members {
		dst = s.appendString(dst, view(m))
		got++
	}
	return fixLen(dst, at, n, got)
}

// AppendIntset appends the value of TypeSetIntset.
func AppendIntset(dst []byte, s *Serializer, members iter.Seq[int64]) []byte {
	s.ints = slices.AppendSeq(s.ints[:0], members)
	return s.appendPack(dst, isAppend(s.pack[:0], s.ints))
}

// AppendHash appends the value of TypeHash with n pairs of field and value.
func AppendHash[K, V Text](dst []byte, s *Serializer, n int, pairs iter.Seq2[K, V]) []byte {
	at, got := len(dst), 0
	dst = AppendLen(dst, uint64(n))
	for k, v := range pairs {
		dst = s.appendString(s.appendString(dst, view(k)), view(v))
		got++
	}
	return fixLen(dst, at, n, got)
}

// AppendHashListpack appends the value of TypeHashListpack.
func AppendHashListpack[K, V Text](dst []byte, s *Serializer, pairs iter.Seq2[K, V]) []byte {
	lp, n := lpBegin(s.pack[:0]), 0
	for k, v := range pairs {
		lp = lpAppend(lpAppend(lp, view(k)), view(v))
		n += 2
	}
	return s.appendPack(dst, lpFinish(lp, 0, n))
}

// AppendZSet appends the value of TypeZSet2 with n members. Redis goes from the highest score to the
// lowest, so that loading inserts at the head.
func AppendZSet[T Text](dst []byte, s *Serializer, n int, members iter.Seq2[T, float64]) []byte {
	at, got := len(dst), 0
	dst = AppendLen(dst, uint64(n))
	for m, score := range members {
		dst = s.appendString(dst, view(m))
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(score))
		got++
	}
	return fixLen(dst, at, n, got)
}

// AppendZSetListpack appends the value of TypeZSetListpack; members come from the
// lowest score to the highest, as readers expect them to stand.
func AppendZSetListpack[T Text](dst []byte, s *Serializer, members iter.Seq2[T, float64]) []byte {
	lp, n := lpBegin(s.pack[:0]), 0
	var digits [32]byte
	for m, score := range members {
		lp = lpAppend(lp, view(m))
		if i, ok := safeInt(score); ok {
			lp = lpAppendInt(lp, i)
		} else {
			lp = lpAppend(lp, appendScore(digits[:0], score))
		}
		n += 2
	}
	return s.appendPack(dst, lpFinish(lp, 0, n))
}

// AppendList appends the value of TypeListQuick2, divided into nodes as if the elements had been pushed one
// after the other; fill is list-max-listpack-size.
func AppendList[T Text](dst []byte, s *Serializer, fill int, elems iter.Seq[T]) []byte {
	at, nodes, n := len(dst), 0, 0
	dst = AppendLen(dst, 1)
	lp := lpBegin(s.pack[:0])
	flush := func() {
		if n == 0 {
			return
		}
		dst = s.appendPack(AppendLen(dst, nodePacked), lpFinish(lp, 0, n))
		lp, n, nodes = lpBegin(s.pack), 0, nodes+1
	}
	for e := range elems {
		b := view(e)
		switch {
		case len(b) >= plainLeast:
			flush()
			dst, nodes = AppendListPlainNode(dst, s, e), nodes+1
			continue
		case !nodeTakes(len(lp)+1, n, len(b), fill):
			flush()
		}
		lp = lpAppend(lp, b)
		n++
	}
	flush()
	return fixLen(dst, at, 1, nodes)
}

// plainLeast is the length from which an element has a node for itself.
const plainLeast = 1 << 30

// nodeTakes tells whether Redis puts an element of more bytes into a node of size bytes and
// count elements.
func nodeTakes(size, count, more, fill int) bool {
	const (
		overhead  = 8    // what Redis assumes an element takes beside its bytes
		safeLimit = 8192 // bytes, whatever a positive fill allows
	)
	limits := [...]int{4096, 8192, 16384, 32768, 65536}
	size += more + overhead
	if fill < 0 {
		return size <= limits[min(-fill, len(limits))-1]
	}
	return size <= safeLimit && count < fill
}

// AppendListNodes begins a value of TypeListQuick2 whose nodes the caller knows; so many
// calls of AppendListNode or AppendListPlainNode have to follow.
func AppendListNodes(dst []byte, nodes int) []byte { return AppendLen(dst, uint64(nodes)) }

// AppendListNode appends one packed node.
func AppendListNode[T Text](dst []byte, s *Serializer, elems iter.Seq[T]) []byte {
	lp, n := lpBegin(s.pack[:0]), 0
	for e := range elems {
		lp = lpAppend(lp, view(e))
		n++
	}
	return s.appendPack(AppendLen(dst, nodePacked), lpFinish(lp, 0, n))
}

// AppendListPlainNode appends a node that is one element.
func AppendListPlainNode[T Text](dst []byte, s *Serializer, elem T) []byte {
	return s.appendString(AppendLen(dst, nodePlain), view(elem))
}

// fixLen puts got in the place of the length want that was written at at.
func fixLen(dst []byte, at, want, got int) []byte {
	if want == got {
		return dst
	}
	var a, b [9]byte
	old, now := AppendLen(a[:0], uint64(want)), AppendLen(b[:0], uint64(got))
	return slices.Replace(dst, at, at+len(old), now...)
}

// AppendResizeDB says how many keys the present database holds, and how many of them expire.
func AppendResizeDB(dst []byte, keys, expires uint64) []byte {
	return AppendLen(AppendLen(append(dst, opResizeDB), keys), expires)
}
