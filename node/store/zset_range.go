package store

// ScoreRange is an interval of scores; an "Ex" bound is not part of it.
type ScoreRange struct {
	Min, Max     float64
	MinEx, MaxEx bool
}

func (r *ScoreRange) below(score float64) bool {
	return score < r.Min || r.MinEx && score == r.Min
}

func (r *ScoreRange) upTo(score float64) bool {
	return score < r.Max || !r.MaxEx && score == r.Max
}

func (r *ScoreRange) empty() bool {
	return r.Min > r.Max || r.Min == r.Max && (r.MinEx || r.MaxEx)
}

// LexBound is one end of an interval of members: Inf -1 and 1 stand for the ends of all
// strings, with 0 it is Text.
type LexBound struct {
	Inf  int
	Text string
	Ex   bool
}

// compare is the order of a member and the bound.
func (b *LexBound) compare(member string) int {
	switch {
	case b.Inf != 0:
		return -b.Inf
	case member < b.Text:
		return -1
	case member > b.Text:
		return 1
	}
	return 0
}

// LexRange is an interval of members.
type LexRange struct{ Min, Max LexBound }

func (r *LexRange) below(member string) bool {
	c := r.Min.compare(member)
	return c < 0 || c == 0 && r.Min.Ex
}

func (r *LexRange) upTo(member string) bool {
	c := r.Max.compare(member)
	return c < 0 || c == 0 && !r.Max.Ex
}

func (r *LexRange) empty() bool {
	switch {
	case r.Min.Inf > 0 || r.Max.Inf < 0:
		return true
	case r.Min.Inf < 0 || r.Max.Inf > 0:
		return false
	}
	return r.Min.Text > r.Max.Text || r.Min.Text == r.Max.Text && (r.Min.Ex || r.Max.Ex)
}

// Span is a run of neighbouring members: ranks from First up to (without) End.
type Span struct{ First, End int }

// Len is the number of members in the span.
func (s Span) Len() int { return s.End - s.First }

// ByScore finds the members whose scores are in the interval.
func (z *ZSet) ByScore(r *ScoreRange) Span {
	if r.empty() {
		return Span{}
	}
	return z.span(func(_ string, score float64) bool { return r.below(score) },
		func(_ string, score float64) bool { return r.upTo(score) })
}

// ByLex finds the members in the interval; it means something only where all scores are equal.
func (z *ZSet) ByLex(r *LexRange) Span {
	if r.empty() {
		return Span{}
	}
	return z.span(func(m string, _ float64) bool { return r.below(m) },
		func(m string, _ float64) bool { return r.upTo(m) })
}

func (z *ZSet) span(below, upTo func(string, float64) bool) Span {
	first, end := z.countWhile(below), z.countWhile(upTo)
	return Span{first, max(first, end)}
}

// countWhile is the length of the prefix for which is holds.
func (z *ZSet) countWhile(is func(member string, score float64) bool) int {
	if z.list != nil {
		_, rank := z.list.firstNot(is)
		return rank
	}
	rank := 0
	for pos := z.small.head; pos < len(z.small.buf); rank++ {
		e, next := z.small.at(pos)
		if !is(text(e[8:]), entryScore(e)) {
			break
		}
		pos = next
	}
	return rank
}

// Cursor is a place in a sorted set, good until the set changes.
type Cursor struct {
	z    *ZSet
	node *skipNode
	pos  int // in the block; -1 is nowhere
}

// At gives the cursor of a rank.
func (z *ZSet) At(rank int) Cursor {
	c := Cursor{z: z, pos: -1}
	switch {
	case z.list != nil:
		c.node = z.list.at(rank)
	case rank >= 0 && rank < z.small.n:
		c.pos = z.small.seek(rank)
	}
	return c
}

// Valid tells whether there is a member at the cursor.
func (c *Cursor) Valid() bool { return c.node != nil || c.pos >= 0 }

// Member is the member at the cursor.
func (c *Cursor) Member() []byte {
	if c.node != nil {
		return view(c.node.member)
	}
	e, _ := c.z.small.at(c.pos)
	return e[8:]
}

// Score is the score at the cursor.
func (c *Cursor) Score() float64 {
	if c.node != nil {
		return c.node.score
	}
	e, _ := c.z.small.at(c.pos)
	return entryScore(e)
}

// Next goes to the member behind.
func (c *Cursor) Next() {
	if c.node != nil {
		c.node = c.node.next()
		return
	}
	if _, c.pos = c.z.small.at(c.pos); c.pos == c.z.small.end() {
		c.pos = -1
	}
}

// Prev goes to the member before.
func (c *Cursor) Prev() {
	switch {
	case c.node != nil:
		c.node = c.node.prev
	case c.pos == c.z.small.first():
		c.pos = -1
	default:
		c.pos = c.z.small.before(c.pos)
	}
}

// DeleteSpan removes a run of members.
func (z *ZSet) DeleteSpan(s Span) {
	if s.Len() <= 0 {
		return
	}
	if z.list == nil {
		from := z.small.seek(s.First)
		to := from
		for range s.Len() {
			_, to = z.small.at(to)
		}
		z.small.remove(from, to, s.Len())
		return
	}
	n := z.list.at(s.First)
	var path [maxLevel]*skipNode
	z.list.path(n.score, n.member, &path)
	for range s.Len() {
		next := n.next()
		z.list.unlink(n, &path)
		z.dict.DeleteString(n.member)
		z.bytes -= zsetNode + len(n.member)
		n = next
	}
}
