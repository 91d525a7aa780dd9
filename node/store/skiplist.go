package store

import "unsafe"

// skiplist keeps members in order of score, then of bytes. Links carry the number of
// elements they pass over ("spans", as in Redis's t_zset.c), so that ranks are found on the way.
type skiplist struct {
	head  *skipNode // has maxLevel links and no member
	tail  *skipNode
	n     int
	level int // links in use
	bytes int
	rng   uint64
}

type skipNode struct {
	member string
	score  float64
	prev   *skipNode // nil at the first element
	links  []skipLink
}

type skipLink struct {
	next *skipNode
	span int // elements to next; to the end of the list when next is nil
}

const maxLevel = 32

func newSkiplist() *skiplist {
	return &skiplist{head: newSkipNode(maxLevel), level: 1, rng: 0x9e3779b97f4a7c15}
}

// newSkipNode allocates a node and its links as one block: three quarters of all nodes
// have one link and fifteen sixteenths at most two.
func newSkipNode(level int) *skipNode {
	switch level {
	case 1:
		b := new(struct {
			n skipNode
			l [1]skipLink
		})
		b.n.links = b.l[:]
		return &b.n
	case 2:
		b := new(struct {
			n skipNode
			l [2]skipLink
		})
		b.n.links = b.l[:]
		return &b.n
	}
	return &skipNode{links: make([]skipLink, level)}
}

func (n *skipNode) size() int {
	return int(unsafe.Sizeof(skipNode{})) + len(n.links)*int(unsafe.Sizeof(skipLink{}))
}

func (n *skipNode) next() *skipNode { return n.links[0].next }

// before tells whether the node stands before (score, member).
func (n *skipNode) before(score float64, member string) bool {
	return n.score < score || n.score == score && n.member < member
}

// randomLevel is l with probability 3/4^l.
func (s *skiplist) randomLevel() int {
	s.rng ^= s.rng << 13
	s.rng ^= s.rng >> 7
	s.rng ^= s.rng << 17
	level := 1
	for r := s.rng >> 1; r&3 == 0 && level < maxLevel; r >>= 2 {
		level++
	}
	return level
}

// insert adds a member that is not in the list; the string is kept.
func (s *skiplist) insert(member string, score float64) *skipNode {
	n := newSkipNode(s.randomLevel())
	n.member, n.score = member, score
	s.link(n)
	return n
}

// link puts a node where it belongs.
func (s *skiplist) link(n *skipNode) {
	var path [maxLevel]*skipNode
	var rank [maxLevel]int
	x, at := s.head, 0
	for i := s.level - 1; i >= 0; i-- {
		for next := x.links[i].next; next != nil && next.before(n.score, n.member); next = x.links[i].next {
			at += x.links[i].span
			x = next
		}
		path[i], rank[i] = x, at
	}
	for ; s.level < len(n.links); s.level++ {
		path[s.level] = s.head
		s.head.links[s.level].span = s.n
	}
	for i := range n.links {
		from := &path[i].links[i]
		n.links[i] = skipLink{from.next, from.span - (at - rank[i])}
		*from = skipLink{n, at - rank[i] + 1}
	}
	for i := len(n.links); i < s.level; i++ {
		path[i].links[i].span++
	}
	n.prev = nil
	if path[0] != s.head {
		n.prev = path[0]
	}
	if next := n.next(); next != nil {
		next.prev = n
	} else {
		s.tail = n
	}
	s.n++
	s.bytes += n.size()
}

// path finds the last node before (score, member) on each level.
func (s *skiplist) path(score float64, member string, path *[maxLevel]*skipNode) *skipNode {
	x := s.head
	for i := s.level - 1; i >= 0; i-- {
		for next := x.links[i].next; next != nil && next.before(score, member); next = x.links[i].next {
			x = next
		}
		path[i] = x
	}
	return x.next()
}

// remove takes a node out.
func (s *skiplist) remove(n *skipNode) {
	var path [maxLevel]*skipNode
	s.path(n.score, n.member, &path)
	s.unlink(n, &path)
}

func (s *skiplist) unlink(n *skipNode, path *[maxLevel]*skipNode) {
	for i := range s.level {
		link := &path[i].links[i]
		if link.next != n {
			link.span--
			continue
		}
		link.next = n.links[i].next
		link.span += n.links[i].span - 1
	}
	if next := n.next(); next != nil {
		next.prev = n.prev
	} else {
		s.tail = n.prev
	}
	for s.level > 1 && s.head.links[s.level-1].next == nil {
		s.level--
	}
	s.n--
	s.bytes -= n.size()
}

// update gives a node another score; when its neighbours allow it stays where it is.
func (s *skiplist) update(n *skipNode, score float64) {
	prev, next := n.prev, n.next()
	if (prev == nil || prev.before(score, n.member)) && (next == nil || !next.before(score, n.member)) {
		n.score = score
		return
	}
	s.remove(n)
	n.score = score
	s.link(n)
}

// rank is the place of a node, counted from 0.
func (s *skiplist) rank(n *skipNode) int {
	x, at := s.head, 0
	for i := s.level - 1; i >= 0; i-- {
		for next := x.links[i].next; next != nil && !n.before(next.score, next.member); next = x.links[i].next {
			at += x.links[i].span
			x = next
		}
	}
	return at - 1
}

// at gives the node of a rank counted from 0, nil out of range.
func (s *skiplist) at(rank int) *skipNode {
	if rank < 0 || rank >= s.n {
		return nil
	}
	x, left := s.head, rank+1
	for i := s.level - 1; i >= 0; i-- {
		for x.links[i].next != nil && x.links[i].span <= left {
			left -= x.links[i].span
			x = x.links[i].next
		}
		if left == 0 {
			break
		}
	}
	return x
}

// firstNot gives the first node for which below is false and how many are before it; below
// must be true for a prefix of the list.
func (s *skiplist) firstNot(below func(member string, score float64) bool) (n *skipNode, rank int) {
	x := s.head
	for i := s.level - 1; i >= 0; i-- {
		for next := x.links[i].next; next != nil && below(next.member, next.score); next = x.links[i].next {
			rank += x.links[i].span
			x = next
		}
	}
	return x.next(), rank
}

// clone is a copy that shares only the members' bytes. Its nodes are handed to seen.
func (s *skiplist) clone(seen func(*skipNode)) *skiplist {
	c := newSkiplist()
	c.rng = s.rng
	for n := s.tail; n != nil; n = n.prev {
		seen(c.insert(n.member, n.score))
	}
	return c
}
