package data

import (
	"math/rand/v2"

	"redislab/node/command"
)

// sparse tells when a sample is small enough that picking at random and leaving out what came
// before is cheaper than walking the collection.
const sparse = 3

// distinct picks count different elements: pick gives the key of a random one, keep writes the one
// that was picked last.
func distinct(count int, pick func() []byte, keep func()) {
	seen := make(map[string]struct{}, count)
	for len(seen) < count {
		key := pick()
		if _, again := seen[string(key)]; !again {
			seen[string(key)] = struct{}{}
			keep()
		}
	}
}

// selection walks a collection and says of each element in turn whether it belongs to a
// random sample, every sample of the size having the same chance (Knuth's selection sampling).
type selection struct {
	r     *rand.Rand
	left  int // elements still to come
	want  int // still to be picked
	count int // size of the sample
}

// sample picks up to count of n elements.
func sample(r *rand.Rand, n int, count int64) *selection {
	size := int(min(count, int64(n)))
	return &selection{r: r, left: n, want: size, count: size}
}

func (s *selection) next() bool {
	pick := s.want == s.left || s.r.IntN(s.left) < s.want
	s.left--
	if pick {
		s.want--
	}
	return pick
}

// repeat writes n times what one writes.
func repeat(n int64, one func()) {
	for range n {
		one()
	}
}

// pairsHeader starts an array of n pairs: nested in RESP3, flat in RESP2; without extra (values,
// scores) they are single elements.
func pairsHeader(c *command.Ctx, n int, extra bool) {
	if extra && c.Proto < 3 {
		n *= 2
	}
	c.Array(n)
}

// pairHeader starts one pair of such an array.
func pairHeader(c *command.Ctx, extra bool) {
	if extra && c.Proto >= 3 {
		c.Array(2)
	}
}

// randomCount reads the count and the optional word behind it (WITHVALUES, WITHSCORES) of
// HRANDFIELD and ZRANDMEMBER.
func randomCount(c *command.Ctx, word string) (count int64, extra, ok bool) {
	if count, ok = signedCount(c, 2); !ok {
		return 0, false, false
	}
	switch {
	case len(c.Argv) == 3:
		return count, false, true
	case len(c.Argv) > 4 || !is(c.Argv[3], word):
		c.Error(command.ErrSyntax)
		return 0, false, false
	case count < -maxPairs || count > maxPairs:
		c.Error(command.ErrOutOfRange)
		return 0, false, false
	}
	return count, true, true
}

// maxPairs is half of the largest integer: a RESP2 reply has two elements for each pair.
const maxPairs = 1<<62 - 1
