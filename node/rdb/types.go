package rdb

import "fmt"

// Version is the RDB version that is written, and the newest that is read.
const Version = 10

// Type is the byte that tells how a value is laid out.
type Type byte

// The value types up to version 10. What this package writes is marked "w".
const (
	TypeString        Type = 0 // w
	TypeList          Type = 1
	TypeSet           Type = 2 // w
	TypeZSet          Type = 3 // scores as text
	TypeHash          Type = 4 // w
	TypeZSet2         Type = 5 // w, scores in binary
	TypeModulePreGA   Type = 6
	TypeModule2       Type = 7
	TypeHashZipmap    Type = 9
	TypeListZiplist   Type = 10
	TypeSetIntset     Type = 11 // w
	TypeZSetZiplist   Type = 12
	TypeHashZiplist   Type = 13
	TypeListQuicklist Type = 14 // nodes are ziplists
	TypeStream        Type = 15
	TypeHashListpack  Type = 16 // w
	TypeZSetListpack  Type = 17 // w
	TypeListQuick2    Type = 18 // w, nodes are listpacks or plain strings
	TypeStream2       Type = 19
)

// The opcodes that stand where a type could.
const (
	opFunction2     = 245
	opFunctionPreGA = 246
	opModuleAux     = 247
	opIdle          = 248
	opFreq          = 249
	opAux           = 250
	opResizeDB      = 251
	opExpireMS      = 252
	opExpire        = 253
	opSelectDB      = 254
	opEOF           = 255
)

// Kind is what a value is to a client.
type Kind uint8

// The kinds, in the order of Redis's own numbering.
const (
	String Kind = iota
	List
	Set
	ZSet
	Hash
	otherKind // stream, module: not decoded
)

// String is what the TYPE command answers.
func (k Kind) String() string {
	names := [...]string{"string", "list", "set", "zset", "hash"}
	if int(k) >= len(names) {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return names[k]
}

// Kind is the kind of value that is laid out this way.
func (t Type) Kind() Kind {
	switch t {
	case TypeString:
		return String
	case TypeList, TypeListZiplist, TypeListQuicklist, TypeListQuick2:
		return List
	case TypeSet, TypeSetIntset:
		return Set
	case TypeZSet, TypeZSet2, TypeZSetZiplist, TypeZSetListpack:
		return ZSet
	case TypeHash, TypeHashZipmap, TypeHashZiplist, TypeHashListpack:
		return Hash
	}
	return otherKind
}

// Meta is what stands before a key. A real server writes the idle time only under an LRU
// maxmemory-policy and the frequency only under an LFU one.
type Meta struct {
	ExpireMS  int64  // milliseconds of Unix time
	Idle      uint64 // seconds since the last access
	Freq      uint8  // logarithmic access counter
	HasExpire bool
	HasIdle   bool
	HasFreq   bool
}

// Expires is the Meta of a key that expires at a time given in milliseconds of Unix time.
func Expires(ms int64) Meta { return Meta{ExpireMS: ms, HasExpire: true} }

// Node is one node of a quicklist.
type Node struct {
	Len   int  // elements
	Plain bool // one large element outside of a listpack
}

// Value is a decoded value. Which fields are set depends on its Kind.
type Value struct {
	Type   Type
	Str    []byte    // String
	Elems  [][]byte  // List, Set and ZSet: the elements; Hash: field, value, field, value …
	Scores []float64 // ZSet: one for each element
	Nodes  []Node    // List, if it was a quicklist: how the elements were divided
}

// Kind is what the value is to a client.
func (v *Value) Kind() Kind { return v.Type.Kind() }

// Len is the number of elements as LLEN, SCARD, ZCARD and HLEN count them, 1 for a string.
func (v *Value) Len() int {
	switch v.Kind() {
	case String:
		return 1
	case Hash:
		return len(v.Elems) / 2
	}
	return len(v.Elems)
}

// Duplicate finds a set member, sorted set member or hash field that comes twice. A real
// server refuses such a value; who inserts the elements into a table of its own sees
// it there and needs no second look.
func (v *Value) Duplicate() (elem []byte, found bool) {
	step := 1
	switch v.Kind() {
	case String, List:
		return nil, false
	case Hash:
		step = 2
	}
	seen := make(map[string]struct{}, v.Len())
	for i := 0; i < len(v.Elems); i += step {
		if _, dup := seen[string(v.Elems[i])]; dup {
			return v.Elems[i], true
		}
		seen[string(v.Elems[i])] = struct{}{}
	}
	return nil, false
}

// Entry is one key of a file. It and everything it points to are good only until the
// callback returns.
type Entry struct {
	DB  int
	Key []byte
	Meta
	Value Value
}
