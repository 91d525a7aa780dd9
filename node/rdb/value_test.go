package rdb

import (
	"iter"
	"slices"
)

// appendValue writes a decoded value again, in the layout it had.
func appendValue(dst []byte, s *Serializer, v *Value) []byte {
	switch v.Type {
	case TypeString:
		return AppendString(dst, s, v.Str)
	case TypeSet:
		return AppendSet(dst, s, len(v.Elems), slices.Values(v.Elems))
	case TypeSetIntset:
		return AppendIntset(dst, s, intsOf(v.Elems))
	case TypeHash:
		return AppendHash(dst, s, len(v.Elems)/2, pairsOf(v.Elems))
	case TypeHashListpack:
		return AppendHashListpack(dst, s, pairsOf(v.Elems))
	case TypeZSet2:
		return AppendZSet(dst, s, len(v.Elems), scoredOf(v))
	case TypeZSetListpack:
		return AppendZSetListpack(dst, s, scoredOf(v))
	case TypeListQuick2:
		dst = AppendListNodes(dst, len(v.Nodes))
		elems := v.Elems
		for _, n := range v.Nodes {
			if n.Plain {
				dst = AppendListPlainNode(dst, s, elems[0])
			} else {
				dst = AppendListNode(dst, s, slices.Values(elems[:n.Len]))
			}
			elems = elems[n.Len:]
		}
		return dst
	}
	panic("appendValue: a type that is not written")
}

func dumpOf(s *Serializer, v *Value) []byte {
	return AppendDumpFooter(appendValue([]byte{byte(v.Type)}, s, v), 0)
}

func intsOf(elems [][]byte) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, e := range elems {
			if n, _ := parseInt(e); !yield(n) {
				return
			}
		}
	}
}

func pairsOf(elems [][]byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for i := 0; i < len(elems); i += 2 {
			if !yield(elems[i], elems[i+1]) {
				return
			}
		}
	}
}

func scoredOf(v *Value) iter.Seq2[[]byte, float64] {
	return func(yield func([]byte, float64) bool) {
		for i, e := range v.Elems {
			if !yield(e, v.Scores[i]) {
				return
			}
		}
	}
}

// texts copies elements out.
func texts(elems [][]byte) []string {
	out := make([]string, len(elems))
	for i, e := range elems {
		out[i] = string(e)
	}
	return out
}
