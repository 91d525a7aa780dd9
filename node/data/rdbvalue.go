package data

import (
	"fmt"
	"slices"

	"redislab/node/rdb"
	"redislab/node/store"
)

// AppendEntry appends a key with its value as it stands in an RDB file, in the same
// encoding in which Redis would write it.
func AppendEntry(dst []byte, s *rdb.Serializer, meta rdb.Meta, key string, o *store.Object) []byte {
	dst = rdb.AppendKey(dst, s, meta, rdbType(o), key)
	return AppendValue(dst, s, o)
}

// rdbType is the layout AppendValue writes an object in.
func rdbType(o *store.Object) rdb.Type {
	switch v := o.Value().(type) {
	case *store.List:
		return rdb.TypeListQuick2
	case *store.Hash:
		if v.Encoding() == "listpack" {
			return rdb.TypeHashListpack
		}
		return rdb.TypeHash
	case *store.Set:
		if v.Encoding() == "intset" {
			return rdb.TypeSetIntset
		}
		return rdb.TypeSet
	case *store.ZSet:
		if v.Encoding() == "listpack" {
			return rdb.TypeZSetListpack
		}
		return rdb.TypeZSet2
	}
	return rdb.TypeString
}

// AppendValue appends an object's value; the byte of its type stands before it.
func AppendValue(dst []byte, s *rdb.Serializer, o *store.Object) []byte {
	switch v := o.Value().(type) {
	case *store.List:
		return appendList(dst, s, v)
	case *store.Hash:
		if v.Encoding() == "listpack" {
			return rdb.AppendHashListpack(dst, s, v.All())
		}
		return rdb.AppendHash(dst, s, v.Len(), v.All())
	case *store.Set:
		if ints, _, ok := v.Ints(); ok {
			return rdb.AppendIntset(dst, s, slices.Values(ints))
		}
		return rdb.AppendSet(dst, s, v.Len(), v.All())
	case *store.ZSet:
		if v.Encoding() == "listpack" {
			return rdb.AppendZSetListpack(dst, s, v.All())
		}
		return rdb.AppendZSet(dst, s, v.Len(), v.All())
	}
	return rdb.AppendString(dst, s, o.Text())
}

func appendList(dst []byte, s *rdb.Serializer, l *store.List) []byte {
	nodes := 0
	for range l.Chunks() {
		nodes++
	}
	dst = rdb.AppendListNodes(dst, nodes)
	for c := range l.Chunks() {
		dst = rdb.AppendListNode(dst, s, c.All())
	}
	return dst
}

// ObjectOf makes an object of a decoded value. Elements are copied; an element that comes twice in
// a set, a hash or a sorted set is an error, as in Redis.
func ObjectOf(v *rdb.Value, lim *store.Limits) (store.Object, error) {
	var made store.Value
	switch v.Kind() {
	case rdb.String:
		return store.NewString(v.Str), nil
	case rdb.List:
		l := store.NewList(lim)
		l.PushAll(v.Elems)
		made = l
	case rdb.Set:
		set := store.NewSet()
		set.Expect(lim, v.Elems)
		for _, e := range v.Elems {
			if !set.Add(lim, e) {
				return store.Object{}, fmt.Errorf("the set has the member %q twice", e)
			}
		}
		made = set
	case rdb.Hash:
		h := store.NewHash()
		h.Expect(lim, v.Elems)
		for i := 0; i+1 < len(v.Elems); i += 2 {
			if !h.Set(lim, v.Elems[i], v.Elems[i+1]) {
				return store.Object{}, fmt.Errorf("the hash has the field %q twice", v.Elems[i])
			}
		}
		made = h
	case rdb.ZSet:
		z := store.NewZSet(lim, 0)
		z.Expect(lim, v.Elems)
		for i, e := range v.Elems {
			if !z.Set(lim, e, v.Scores[i]) {
				return store.Object{}, fmt.Errorf("the sorted set has the member %q twice", e)
			}
		}
		made = z
	default:
		return store.Object{}, fmt.Errorf("a value of type %d is not supported", v.Type)
	}
	return store.NewValue(made), nil
}
