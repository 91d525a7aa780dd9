package store

import (
	"slices"
	"strconv"
)

// intset is a sorted set of integers, the small encoding of sets.
type intset []int64

// parseMember tells whether b is an integer as Redis writes one, the only form an
// intset can give back unchanged.
func parseMember(b []byte) (int64, bool) { return ParseInt(b) }

func (s intset) has(v int64) bool {
	_, ok := slices.BinarySearch(s, v)
	return ok
}

func (s *intset) add(v int64) bool {
	at, ok := slices.BinarySearch(*s, v)
	if ok {
		return false
	}
	*s = slices.Insert(*s, at, v)
	return true
}

func (s *intset) remove(v int64) bool {
	at, ok := slices.BinarySearch(*s, v)
	if ok {
		*s = slices.Delete(*s, at, at+1)
	}
	return ok
}

// width is the number of bytes Redis uses for each member.
func (s intset) width() int {
	if len(s) == 0 {
		return 2
	}
	lo, hi := s[0], s[len(s)-1]
	switch {
	case lo >= -1<<15 && hi < 1<<15:
		return 2
	case lo >= -1<<31 && hi < 1<<31:
		return 4
	}
	return 8
}

func formatMember(dst []byte, v int64) []byte { return strconv.AppendInt(dst[:0], v, 10) }
