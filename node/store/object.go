package store

import (
	"strconv"
	"unsafe"
)

// Kind is the type of a value as TYPE names it.
type Kind uint8

// The kinds, in the order of Redis's OBJ_ constants.
const (
	KindString Kind = iota
	KindList
	KindSet
	KindZSet
	KindHash
)

// String is what the TYPE command answers.
func (k Kind) String() string {
	return [...]string{"string", "list", "set", "zset", "hash"}[k]
}

// Value is what every collection type offers beside its own methods.
type Value interface {
	Kind() Kind
	Len() int         // elements
	Size() int        // approximate bytes of memory; must be O(1)
	Encoding() string // as OBJECT ENCODING names it
	Clone() Value     // a deep copy, for COPY
}

// Buf is a string that is changed in place (APPEND, SETRANGE, SETBIT); its encoding is "raw".
type Buf struct{ B []byte }

// Object is one value in the keyspace. Strings that are not changed in place stand in
// the object itself; everything else is a Value or a *Buf.
type Object struct {
	str   string
	obj   any
	lru   uint32 // LRU clock in seconds, or LFU: minutes<<8 | counter
	epoch uint16 // snapshot that has seen this object
	kind  Kind
	plain bool // a number that stays text, see NewPlain
}

// NewString makes a string object from a copy of b.
func NewString(b []byte) Object { return Object{str: string(b)} }

// NewText makes a string object.
func NewText(s string) Object { return Object{str: s} }

// NewInt makes a string object that holds a decimal number.
func NewInt(n int64) Object { return Object{str: strconv.FormatInt(n, 10)} }

// NewPlain makes a string object whose encoding is not "int" even when it holds a number
// (the result of INCRBYFLOAT).
func NewPlain(s string) Object { return Object{str: s, plain: true} }

// NewBuf makes a string object that can be changed in place.
func NewBuf(b []byte) Object { return Object{obj: &Buf{B: b}} }

// NewValue wraps a collection.
func NewValue(v Value) Object { return Object{obj: v, kind: v.Kind()} }

// Kind is the object's type.
func (o *Object) Kind() Kind { return o.kind }

// Value is the collection, nil for strings.
func (o *Object) Value() Value {
	v, _ := o.obj.(Value)
	return v
}

// Text is the string's bytes as text. It is good while the object is not changed: keep
// a copy (strings.Clone) beyond the command.
func (o *Object) Text() string {
	if b, ok := o.obj.(*Buf); ok {
		return unsafe.String(unsafe.SliceData(b.B), len(b.B))
	}
	return o.str
}

// Fixed is the string's text if it is not a buffer that is changed in place: text that may be kept for as long as one likes,
// under any lock or none.
func (o *Object) Fixed() (text string, ok bool) { return o.str, o.obj == nil && o.kind == KindString }

// Bytes is the string's bytes for reading only, under the same rule as Text.
func (o *Object) Bytes() []byte {
	if b, ok := o.obj.(*Buf); ok {
		return b.B
	}
	return unsafe.Slice(unsafe.StringData(o.str), len(o.str))
}

// Buf makes the string changeable in place and gives its buffer.
func (o *Object) Buf() *Buf {
	if b, ok := o.obj.(*Buf); ok {
		return b
	}
	b := &Buf{B: []byte(o.str)}
	o.obj, o.str = b, ""
	return b
}

// SetText replaces a string's content.
func (o *Object) SetText(s string) { o.str, o.obj, o.plain = s, nil, false }

// SetInt replaces a string's content by a decimal number.
func (o *Object) SetInt(n int64) { o.SetText(strconv.FormatInt(n, 10)) }

// Int is the string as a 64 bit integer, if it is written the way Redis writes one.
func (o *Object) Int() (int64, bool) { return ParseInt(o.Bytes()) }

// embstrLimit is OBJ_ENCODING_EMBSTR_SIZE_LIMIT.
const embstrLimit = 44

// Encoding is what OBJECT ENCODING answers.
func (o *Object) Encoding() string {
	if v := o.Value(); v != nil {
		return v.Encoding()
	}
	if o.obj != nil {
		return "raw"
	}
	if len(o.str) <= 20 && !o.plain {
		if _, ok := o.Int(); ok {
			return "int"
		}
	}
	if len(o.str) <= embstrLimit {
		return "embstr"
	}
	return "raw"
}

// objectOverhead is the Node with its Object and its place in the table.
const objectOverhead = int(unsafe.Sizeof(Node[Object]{})) + 8

// Size is the approximate memory of the value in bytes.
func (o *Object) Size() int {
	if v := o.Value(); v != nil {
		return v.Size()
	}
	if b, ok := o.obj.(*Buf); ok {
		return cap(b.B) + 32
	}
	return len(o.str)
}

// Clone is a deep copy that no snapshot has seen.
func (o *Object) Clone() Object {
	switch v := o.obj.(type) {
	case Value:
		return Object{obj: v.Clone(), kind: o.kind}
	case *Buf:
		return NewBuf(append([]byte(nil), v.B...))
	}
	return Object{str: o.str, plain: o.plain}
}

// ParseInt reads a 64 bit integer in the one form Redis takes for one: no blanks, no
// plus sign, no leading zeros.
func ParseInt(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	i, neg := 0, b[0] == '-'
	if neg {
		i++
	}
	if i == len(b) || b[i] == '0' && len(b) > 1 {
		return 0, false
	}
	var n uint64
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 || n > (1<<64-1-uint64(c))/10 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	if neg {
		return int64(-n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}
