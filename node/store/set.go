package store

import (
	"iter"
	"math/rand/v2"
	"slices"
	"unsafe"
)

// Set is a set value: sorted integers ("intset") while all members are integers and they are
// few, a Dict ("hashtable") from then on.
type Set struct {
	ints  intset
	dict  *Dict[struct{}]
	bytes int // keys and nodes of dict
}

// setNode is a Dict entry's own memory and its bucket.
const setNode = int(unsafe.Sizeof(Node[struct{}]{})) + 8

// intsetLimit is the most members an intset ever has.
const intsetLimit = 1 << 30

// NewSet makes an empty set.
func NewSet() *Set { return new(Set) }

// Kind is KindSet.
func (s *Set) Kind() Kind { return KindSet }

// Len is the number of members.
func (s *Set) Len() int {
	if s.dict != nil {
		return s.dict.Len()
	}
	return len(s.ints)
}

// Size is the approximate memory in bytes.
func (s *Set) Size() int { return s.bytes + cap(s.ints)*8 + 48 }

// Encoding is "intset" or "hashtable".
func (s *Set) Encoding() string {
	if s.dict != nil {
		return "hashtable"
	}
	return "intset"
}

// Clone is a deep copy.
func (s *Set) Clone() Value {
	if s.dict == nil {
		return &Set{ints: slices.Clone(s.ints)}
	}
	c := &Set{dict: new(Dict[struct{}]), bytes: s.bytes}
	s.dict.Each(func(n *Node[struct{}]) bool {
		c.dict.Insert(n.key)
		return true
	})
	return c
}

// Add puts a copy of a member in and tells whether it is new.
func (s *Set) Add(lim *Limits, member []byte) bool {
	if s.dict == nil {
		v, ok := parseMember(member)
		if ok {
			added := s.ints.add(v)
			if added && len(s.ints) > min(lim.SetIntEntries, intsetLimit) {
				s.convert()
			}
			return added
		}
		s.convert()
	}
	return s.put(member)
}

// Expect makes room in an empty set for members that are about to be added.
func (s *Set) Expect(lim *Limits, members [][]byte) {
	for _, m := range members {
		if _, ok := parseMember(m); !ok || len(members) > min(lim.SetIntEntries, intsetLimit) {
			s.convert()
			s.dict.Expect(len(members))
			return
		}
	}
	s.ints = make(intset, 0, len(members))
}

func (s *Set) put(member []byte) bool {
	_, added := s.dict.InsertBytes(member)
	if added {
		s.bytes += setNode + len(member)
	}
	return added
}

func (s *Set) convert() {
	old := s.ints
	s.ints, s.dict = nil, new(Dict[struct{}])
	var tmp [20]byte
	for _, v := range old {
		s.put(formatMember(tmp[:], v))
	}
}

// Remove takes a member out and tells whether it was there.
func (s *Set) Remove(member []byte) bool {
	if s.dict == nil {
		v, ok := parseMember(member)
		return ok && s.ints.remove(v)
	}
	n := s.dict.Delete(member)
	if n == nil {
		return false
	}
	s.bytes -= setNode + len(n.key)
	return true
}

// Has tells whether member is in the set.
func (s *Set) Has(member []byte) bool {
	if s.dict == nil {
		v, ok := parseMember(member)
		return ok && s.ints.has(v)
	}
	return s.dict.Find(member) != nil
}

// All gives the members in the order of the encoding. Each is good for its step only,
// and the set must not change meanwhile.
func (s *Set) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if s.dict != nil {
			s.dict.Each(func(n *Node[struct{}]) bool { return yield(view(n.key)) })
			return
		}
		var tmp [20]byte
		for _, v := range s.ints {
			if !yield(formatMember(tmp[:], v)) {
				return
			}
		}
	}
}

// Ints gives the members of an intset in order and the bytes Redis uses for each; ok is false for the other encoding.
func (s *Set) Ints() (members []int64, width int, ok bool) {
	return s.ints, s.ints.width(), s.dict == nil
}

// Scan visits the members of a cursor and gives the next one, see Dict.Scan; an intset is
// visited as a whole.
func (s *Set) Scan(cursor uint64, fn func(member []byte)) uint64 {
	if s.dict != nil {
		return s.dict.Scan(cursor, func(n *Node[struct{}]) { fn(view(n.key)) })
	}
	for m := range s.All() {
		fn(m)
	}
	return 0
}

// Random gives a copy-free random member of a set that is not empty: it is good until the set
// changes or tmp is used again.
func (s *Set) Random(r *rand.Rand, tmp []byte) []byte {
	if s.dict == nil {
		return formatMember(tmp, s.ints[r.IntN(len(s.ints))])
	}
	return view(fairRandom(s.dict, r).key)
}

// Pop removes a random member of a set that is not empty and gives it, see Random.
func (s *Set) Pop(r *rand.Rand, tmp []byte) []byte {
	if s.dict == nil {
		at := r.IntN(len(s.ints))
		v := s.ints[at]
		s.ints = slices.Delete(s.ints, at, at+1)
		return formatMember(tmp, v)
	}
	n := s.dict.DeleteString(fairRandom(s.dict, r).key)
	s.bytes -= setNode + len(n.key)
	return view(n.key)
}
