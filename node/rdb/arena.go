package rdb

import "strconv"

const (
	arenaFirst = 1 << 10
	arenaMost  = 1 << 18
)

// arena is memory for the parts of one value. What was handed out stays where it is
// until reset.
type arena struct{ free []byte }

// reset takes everything back. Only the newest block is used again.
func (a *arena) reset() { a.free = a.free[:0] }

// alloc gives n bytes with any content.
func (a *arena) alloc(n int) []byte {
	if cap(a.free)-len(a.free) < n {
		if n > arenaMost/4 {
			return make([]byte, n)
		}
		a.free = make([]byte, 0, max(n, min(2*cap(a.free), arenaMost), arenaFirst))
	}
	at := len(a.free)
	a.free = a.free[:at+n]
	return a.free[at : at+n : at+n]
}

// decimal gives the digits of n.
func (a *arena) decimal(n int64) []byte {
	const most = 20 // len("-9223372036854775808")
	if cap(a.free)-len(a.free) < most {
		a.alloc(most)
		a.free = a.free[:len(a.free)-most]
	}
	at := len(a.free)
	a.free = appendDecimal(a.free, n)
	return a.free[at:len(a.free):len(a.free)]
}

func appendDecimal(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
