package node

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"

	"redislab/node/command"
	"redislab/node/resp"
	"redislab/node/store"
)

// digest is the fingerprint of DEBUG DIGEST: 160 bits made of SHA-1 sums, which are the same on
// every server that holds the same data. Elements with an order are mixed in one after the other;
// those without are combined by exclusive or, so that their order does not matter.
type digest [sha1.Size]byte

// xor combines with the sum of b; the order of calls does not matter.
func (d *digest) xor(b []byte) {
	sum := sha1.Sum(b)
	for i := range d {
		d[i] ^= sum[i]
	}
}

// mix combines with b in a way that depends on what was there.
func (d *digest) mix(b []byte) {
	d.xor(b)
	*d = sha1.Sum(d[:])
}

// mixInt mixes a number in as four bytes in network order.
func (d *digest) mixInt(n int) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	d.mix(b[:])
}

func (d *digest) String() string { return hex.EncodeToString(d[:]) }

// add combines with a value: its type, its elements, and whether it expires.
func (d *digest) add(o *store.Object, expires bool) {
	d.mixInt(int(o.Kind()))
	switch v := o.Value().(type) {
	case *store.List:
		for e := range v.All() {
			d.mix(e)
		}
	case *store.Set:
		for m := range v.All() {
			d.xor(m)
		}
	case *store.Hash:
		for field, value := range v.All() {
			d.pair(field, value)
		}
	case *store.ZSet:
		for member, score := range v.All() {
			d.pair(member, resp.AppendDouble(nil, score))
		}
	default:
		d.mix(o.Bytes())
	}
	if expires {
		d.xor([]byte("!!expire!!"))
	}
}

// pair combines with two things that belong together.
func (d *digest) pair(a, b []byte) {
	var both digest
	both.mix(a)
	both.mix(b)
	d.xor(both[:])
}

// keyspaceDigest is the fingerprint of all databases; 40 zeros when they are empty.
func keyspaceDigest(ks *store.Keyspace) (d digest) {
	for i := range ks.Databases() {
		db := ks.DB(i)
		if db.Len() == 0 {
			continue
		}
		d.mixInt(i)
		db.Each(func(key string, o *store.Object) bool {
			var one digest
			one.mix([]byte(key))
			_, expires := db.ExpireAt([]byte(key))
			one.add(o, expires)
			d.xor(one[:])
			return true
		})
	}
	return d
}

func (n *Node) debugDigest(ctx *command.Ctx) {
	d := keyspaceDigest(n.ks)
	ctx.Simple(d.String())
}

// debugDigestValue answers the fingerprints of single values, their keys left out.
func (n *Node) debugDigestValue(ctx *command.Ctx) {
	ctx.Array(len(ctx.Argv) - 2)
	for _, key := range ctx.Argv[2:] {
		var d digest
		if o := ctx.DB.Peek(key); o != nil {
			_, expires := ctx.DB.ExpireAt(key)
			d.add(o, expires)
		}
		ctx.Simple(d.String())
	}
}
