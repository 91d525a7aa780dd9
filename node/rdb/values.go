package rdb

import (
	"math"
	"slices"
)

// elemSize is what an element of a Value takes beside its bytes.
const elemSize = 24

// loaders reads the values of each type; nil: the type does not exist or is not decoded.
var loaders = [...]func(*reader, *Value) error{
	TypeString:        (*reader).stringValue,
	TypeList:          (*reader).plainElems,
	TypeSet:           (*reader).plainElems,
	TypeZSet:          func(r *reader, v *Value) error { return r.scored(v, (*reader).textScore) },
	TypeHash:          (*reader).plainPairs,
	TypeZSet2:         func(r *reader, v *Value) error { return r.scored(v, (*reader).binaryScore) },
	TypeHashZipmap:    func(r *reader, v *Value) error { return r.packed(v, zipmapOf) },
	TypeListZiplist:   func(r *reader, v *Value) error { return r.packed(v, zlElems) },
	TypeSetIntset:     func(r *reader, v *Value) error { return r.packed(v, isElems) },
	TypeZSetZiplist:   func(r *reader, v *Value) error { return r.packedScored(v, zlElems) },
	TypeHashZiplist:   func(r *reader, v *Value) error { return r.packedPairs(v, zlElems) },
	TypeListQuicklist: (*reader).quicklist,
	TypeHashListpack:  func(r *reader, v *Value) error { return r.packedPairs(v, lpElems) },
	TypeZSetListpack:  func(r *reader, v *Value) error { return r.packedScored(v, lpElems) },
	TypeListQuick2:    (*reader).quicklist2,
	TypeStream2:       nil,
}

// unpack checks a packed structure and appends its elements.
type unpack func(dst [][]byte, mem *arena, blob []byte) ([][]byte, error)

func zipmapOf(dst [][]byte, _ *arena, blob []byte) ([][]byte, error) { return zmElems(dst, blob) }

// knownType refuses types that do not exist.
func knownType(t Type) error {
	switch {
	case int(t) < len(loaders) && loaders[t] != nil:
	case t == TypeModulePreGA, t == TypeModule2, t == TypeStream, t == TypeStream2:
	default:
		return corrupt("unknown type or opcode %d", t)
	}
	return nil
}

// value reads a value of a type that has a loader.
func (r *reader) value(v *Value, t Type) error {
	r.mem.reset()
	if cap(v.Elems) > scratchMost/32 {
		v.Elems, v.Scores = nil, nil
	}
	*v = Value{Type: t, Elems: v.Elems[:0], Scores: v.Scores[:0], Nodes: v.Nodes[:0]}
	return loaders[t](r, v)
}

func (r *reader) stringValue(v *Value) (err error) {
	v.Str, err = r.string(false)
	return err
}

func (r *reader) plainElems(v *Value) error {
	n, err := r.length()
	if err != nil {
		return err
	}
	return r.elems(v, n)
}

func (r *reader) plainPairs(v *Value) error {
	n, err := r.length()
	if err != nil {
		return err
	}
	if n > math.MaxUint64/2 {
		return corrupt("a hash of %d fields", n)
	}
	return r.elems(v, 2*n)
}

func (r *reader) elems(v *Value, n uint64) error {
	v.Elems = slices.Grow(v.Elems, int(min(n, believed/elemSize)))
	for ; n > 0; n-- {
		s, err := r.string(true)
		if err != nil {
			return err
		}
		v.Elems = append(v.Elems, s)
	}
	return nil
}

func (r *reader) scored(v *Value, read func(*reader) (float64, error)) error {
	n, err := r.length()
	if err != nil {
		return err
	}
	v.Elems = slices.Grow(v.Elems, int(min(n, believed/elemSize)))
	v.Scores = slices.Grow(v.Scores, int(min(n, believed/elemSize)))
	for ; n > 0; n-- {
		s, err := r.string(true)
		if err != nil {
			return err
		}
		score, err := read(r)
		if err != nil {
			return err
		}
		v.Elems, v.Scores = append(v.Elems, s), append(v.Scores, score)
	}
	return nil
}

func (r *reader) binaryScore() (float64, error) {
	u, err := r.uint64()
	if err != nil {
		return 0, err
	}
	return checkScore(math.Float64frombits(u))
}

func (r *reader) textScore() (float64, error) {
	n, err := r.byte()
	if err != nil {
		return 0, err
	}
	switch n {
	case doubleNaN:
		return checkScore(math.NaN())
	case doublePosInf:
		return math.Inf(1), nil
	case doubleNegInf:
		return math.Inf(-1), nil
	}
	p, err := r.bytes(uint64(n), false)
	if err != nil {
		return 0, err
	}
	return parseScore(p)
}

func (r *reader) packed(v *Value, un unpack) error {
	blob, err := r.string(true)
	if err != nil {
		return err
	}
	v.Elems, err = un(v.Elems, &r.mem, blob)
	return err
}

func (r *reader) packedPairs(v *Value, un unpack) error {
	if err := r.packed(v, un); err != nil {
		return err
	}
	if len(v.Elems)%2 != 0 {
		return corrupt("a hash of %d fields and values", len(v.Elems))
	}
	return nil
}

// packedScored reads member, score, member, score … and sets the scores apart.
func (r *reader) packedScored(v *Value, un unpack) error {
	if err := r.packed(v, un); err != nil {
		return err
	}
	if len(v.Elems)%2 != 0 {
		return corrupt("a sorted set of %d members and scores", len(v.Elems))
	}
	n := len(v.Elems) / 2
	for i := range n {
		score, err := parseScore(v.Elems[2*i+1])
		if err != nil {
			return err
		}
		v.Elems[i], v.Scores = v.Elems[2*i], append(v.Scores, score)
	}
	v.Elems = v.Elems[:n]
	return nil
}

func (r *reader) quicklist(v *Value) error {
	return r.nodes(v, func() error { return r.node(v, nodePacked, zlElems) })
}

func (r *reader) quicklist2(v *Value) error {
	return r.nodes(v, func() error {
		container, err := r.length()
		if err != nil {
			return err
		}
		return r.node(v, container, lpElems)
	})
}

// nodes reads a count and so many nodes.
func (r *reader) nodes(v *Value, read func() error) error {
	n, err := r.length()
	if err != nil {
		return err
	}
	for ; n > 0; n-- {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// node reads one node. An empty one is left out, as Redis does.
func (r *reader) node(v *Value, container uint64, un unpack) (err error) {
	before := len(v.Elems)
	switch container {
	case nodePacked:
		err = r.packed(v, un)
	case nodePlain:
		if err = r.elems(v, 1); err == nil && len(v.Elems[before]) == 0 {
			err = corrupt("a list's plain node is empty")
		}
	default:
		err = corrupt("a list's node has the unknown container %d", container)
	}
	if n := len(v.Elems) - before; err == nil && n > 0 {
		v.Nodes = append(v.Nodes, Node{Len: n, Plain: container == nodePlain})
	}
	return err
}
