package store

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"math/rand/v2"
	"unsafe"
)

// ZSet is a sorted set value: a sorted block ("listpack") while members are few and
// short, a skiplist with a Dict beside it ("skiplist") from then on.
type ZSet struct {
	small pack // entries are the score's 8 bytes and the member, in order
	list  *skiplist
	dict  *Dict[*skipNode]
	bytes int // members and nodes of dict
}

// zsetNode is a Dict entry's own memory and its bucket.
const zsetNode = int(unsafe.Sizeof(Node[*skipNode]{})) + 8

// NewZSet makes an empty sorted set for members up to longest bytes. Redis chooses the encoding
// when the key is made, by the first member.
func NewZSet(lim *Limits, longest int) *ZSet {
	z := new(ZSet)
	if lim.ZSetEntries == 0 || longest > lim.ZSetValue {
		z.convert()
	}
	return z
}

// Kind is KindZSet.
func (z *ZSet) Kind() Kind { return KindZSet }

// Len is the number of members.
func (z *ZSet) Len() int {
	if z.list != nil {
		return z.list.n
	}
	return z.small.n
}

// Size is the approximate memory in bytes.
func (z *ZSet) Size() int {
	size := z.bytes + z.small.size() + 64
	if z.list != nil {
		size += z.list.bytes
	}
	return size
}

// Encoding is "listpack" or "skiplist".
func (z *ZSet) Encoding() string {
	if z.list != nil {
		return "skiplist"
	}
	return "listpack"
}

// Clone is a deep copy.
func (z *ZSet) Clone() Value {
	if z.list == nil {
		return &ZSet{small: z.small.clone()}
	}
	c := &ZSet{dict: new(Dict[*skipNode]), bytes: z.bytes}
	c.list = z.list.clone(func(n *skipNode) {
		e, _ := c.dict.Insert(n.member)
		e.Val = n
	})
	return c
}

// Expect makes room in an empty sorted set for members that are about to be set.
func (z *ZSet) Expect(lim *Limits, members [][]byte) {
	if z.list == nil && len(members) <= lim.ZSetEntries {
		z.small.reserve(packedSize(members, scoreSize))
		return
	}
	if z.list == nil {
		z.convert()
	}
	z.dict.Expect(len(members))
}

// Grow gives the set its big form, whatever the limits.
func (z *ZSet) Grow() {
	if z.list == nil {
		z.convert()
	}
}

func (z *ZSet) convert() {
	old := z.small
	z.small, z.list, z.dict = pack{}, newSkiplist(), new(Dict[*skipNode])
	for pos := old.head; pos < len(old.buf); {
		e, next := old.at(pos)
		z.put(e[8:], entryScore(e))
		pos = next
	}
}

// Compact makes a result that has just been built small again if it is small enough.
func (z *ZSet) Compact(lim *Limits) {
	if z.list == nil || z.list.n > lim.ZSetEntries {
		return
	}
	for n := z.list.head.next(); n != nil; n = n.next() {
		if len(n.member) > lim.ZSetValue {
			return
		}
	}
	var p pack
	for n := z.list.head.next(); n != nil; n = n.next() {
		score := scoreBytes(n.score)
		p.pushBack(score[:], view(n.member))
	}
	*z = ZSet{small: p}
}

// scoreSize is what a score takes in the block.
const scoreSize = 8

// scoreBytes is a score as it stands in the block. Redis's listpack has no negative zero.
func scoreBytes(score float64) (b [scoreSize]byte) {
	if score == 0 {
		score = 0
	}
	binary.LittleEndian.PutUint64(b[:], math.Float64bits(score))
	return b
}

func entryScore(e []byte) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(e))
}

// Score gives a member's score.
func (z *ZSet) Score(member []byte) (score float64, ok bool) {
	if z.list != nil {
		n := z.dict.Find(member)
		if n == nil {
			return 0, false
		}
		return n.Val.score, true
	}
	pos, _, ok := z.findSmall(member)
	if !ok {
		return 0, false
	}
	e, _ := z.small.at(pos)
	return entryScore(e), true
}

// findSmall gives the place and rank of a member in the block.
func (z *ZSet) findSmall(member []byte) (pos, rank int, ok bool) {
	for pos = z.small.head; pos < len(z.small.buf); rank++ {
		e, next := z.small.at(pos)
		if len(e)-8 == len(member) && bytes.Equal(e[8:], member) {
			return pos, rank, true
		}
		pos = next
	}
	return 0, 0, false
}

// Set gives a member (copied when it is new) a score and tells whether it was added.
func (z *ZSet) Set(lim *Limits, member []byte, score float64) (added bool) {
	z.Change(lim, member, func(old float64, there bool) (float64, bool) {
		added = !there
		return score, !there || score != old
	})
	return added
}

// Change looks a member up and lets decide say, by its present score, which score it gets; with
// set false nothing is changed.
func (z *ZSet) Change(lim *Limits, member []byte, decide func(old float64, there bool) (score float64, set bool)) {
	if z.list != nil {
		z.changeBig(member, decide)
		return
	}
	if pos, _, ok := z.findSmall(member); ok {
		e, next := z.small.at(pos)
		if score, set := decide(entryScore(e), true); set {
			z.small.remove(pos, next, 1)
			z.insertSmall(member, score)
		}
		return
	}
	score, set := decide(0, false)
	switch {
	case !set:
	case z.small.n+1 > lim.ZSetEntries || len(member) > lim.ZSetValue:
		z.convert()
		z.put(member, score)
	default:
		z.insertSmall(member, score)
	}
}

func (z *ZSet) changeBig(member []byte, decide func(old float64, there bool) (score float64, set bool)) {
	n := z.dict.Find(member)
	if n != nil {
		if score, set := decide(n.Val.score, true); set {
			z.list.update(n.Val, score)
		}
		return
	}
	if score, set := decide(0, false); set {
		z.put(member, score)
	}
}

func (z *ZSet) insertSmall(member []byte, score float64) {
	b := scoreBytes(score)
	pos := z.small.head
	for pos < len(z.small.buf) {
		e, next := z.small.at(pos)
		if s := entryScore(e); s > score || s == score && bytes.Compare(e[8:], member) > 0 {
			z.small.insert(pos, b[:], member)
			return
		}
		pos = next
	}
	z.small.pushBack(b[:], member)
}

// put adds a member that is not there to the big encoding; Dict and skiplist share its bytes.
func (z *ZSet) put(member []byte, score float64) {
	e := z.dict.add(string(member), hashString(text(member)))
	e.Val = z.list.insert(e.key, score)
	z.bytes += zsetNode + len(member)
}

// Remove takes a member out and tells whether it was there.
func (z *ZSet) Remove(member []byte) bool {
	if z.list != nil {
		n := z.dict.Delete(member)
		if n == nil {
			return false
		}
		z.list.remove(n.Val)
		z.bytes -= zsetNode + len(n.key)
		return true
	}
	pos, _, ok := z.findSmall(member)
	if !ok {
		return false
	}
	_, next := z.small.at(pos)
	z.small.remove(pos, next, 1)
	return true
}

// Rank is the place of a member counted from 0 in ascending order.
func (z *ZSet) Rank(member []byte) (rank int, ok bool) {
	if z.list == nil {
		_, rank, ok = z.findSmall(member)
		return rank, ok
	}
	n := z.dict.Find(member)
	if n == nil {
		return 0, false
	}
	return z.list.rank(n.Val), true
}

// All gives members and scores in ascending order. They are good until the set changes, which it
// must not meanwhile.
func (z *ZSet) All() iter.Seq2[[]byte, float64] {
	return func(yield func([]byte, float64) bool) {
		for c := z.At(0); c.Valid(); c.Next() {
			if !yield(c.Member(), c.Score()) {
				return
			}
		}
	}
}

// Scan visits the members of a cursor and gives the next one, see Dict.Scan; a block is
// visited as a whole.
func (z *ZSet) Scan(cursor uint64, fn func(member []byte, score float64)) uint64 {
	if z.list != nil {
		return z.dict.Scan(cursor, func(n *Node[*skipNode]) { fn(view(n.key), n.Val.score) })
	}
	for m, score := range z.All() {
		fn(m, score)
	}
	return 0
}

// Random gives a random member of a set that is not empty, good until the set changes.
func (z *ZSet) Random(r *rand.Rand) (member []byte, score float64) {
	if z.list != nil {
		n := fairRandom(z.dict, r).Val
		return view(n.member), n.score
	}
	e, _ := z.small.at(z.small.seek(r.IntN(z.small.n)))
	return e[8:], entryScore(e)
}
