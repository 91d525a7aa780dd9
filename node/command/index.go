package command

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// index finds Specs by name in any mix of cases without making garbage: an open hash table
// that is at most one third full and does not change while it is read.
type index struct {
	mask  uint64
	slots []indexSlot
}

type indexSlot struct {
	name  string // lower case
	upper string // what most clients send, for a quick comparison
	spec  *Spec
}

func newIndex(room int) *index {
	size := 8
	for size < 3*room {
		size *= 2
	}
	return &index{mask: uint64(size - 1), slots: make([]indexSlot, size)}
}

func (x *index) find(name []byte) *Spec {
	for i := hashName(name) & x.mask; ; i = (i + 1) & x.mask {
		s := &x.slots[i]
		if s.spec == nil {
			return nil
		}
		if len(s.name) != len(name) {
			continue
		}
		if s.upper == string(name) || s.name == string(name) || equalFold(s.name, name) {
			return s.spec
		}
	}
}

// add tells whether the name was new. The caller has made room for it.
func (x *index) add(name string, spec *Spec) bool {
	i := hashName([]byte(name)) & x.mask
	for ; x.slots[i].spec != nil; i = (i + 1) & x.mask {
		if x.slots[i].name == name {
			return false
		}
	}
	x.slots[i] = indexSlot{name, strings.ToUpper(name), spec}
	return true
}

const caseBits = 0x2020202020202020

// hashName mixes the first and the last eight bytes and the length. Setting the bit in which
// upper and lower case letters differ also joins some other bytes; equalFold tells those apart.
func hashName(b []byte) uint64 {
	var head, tail uint64
	switch n := len(b); {
	case n >= 8:
		head = binary.LittleEndian.Uint64(b)
		tail = binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		head = uint64(binary.LittleEndian.Uint32(b))
		tail = uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		head = uint64(b[0])<<16 | uint64(b[n/2])<<8 | uint64(b[n-1])
	}
	hi, lo := bits.Mul64((head|caseBits)^0x9e3779b97f4a7c15, (tail|caseBits)^0xbf58476d1ce4e5b9^uint64(len(b))<<56)
	return hi ^ lo
}

// equalFold compares a lower case name with bytes of the same length, ASCII letters in either case.
func equalFold(lower string, b []byte) bool {
	for i := range b {
		c := b[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
