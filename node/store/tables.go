package store

// Table tells the shape of one hash table.
type Table struct {
	Size   int   // buckets
	Used   int   // entries
	Chains []int // by length: the number of buckets with chains of that length
}

// Filled is the number of buckets that are not empty.
func (t Table) Filled() int { return t.Size - t.Chains[0] }

// Tables tells the shape of the table, and while it is being resized of the one that entries move to.
func (d *Dict[V]) Tables() (list []Table) {
	for i := range d.ht {
		ht := &d.ht[i]
		if i > 0 && !d.rehashing() {
			break
		}
		t := Table{Size: len(ht.buckets), Used: ht.used, Chains: []int{0}}
		for _, n := range ht.buckets {
			length := 0
			for ; n != nil; n = n.next {
				length++
			}
			for len(t.Chains) <= length {
				t.Chains = append(t.Chains, 0)
			}
			t.Chains[length]++
		}
		list = append(list, t)
	}
	return list
}

// Tables tells the shapes of the tables of keys and of expiry times.
func (db *DB) Tables() (keys, expires []Table) { return db.dict().Tables(), db.exp().Tables() }

// Tables tells the shape of the value's hash table; ok is false for values that have none.
func (o *Object) Tables() (list []Table, ok bool) {
	switch v := o.Value().(type) {
	case *Set:
		if v.dict != nil {
			return v.dict.Tables(), true
		}
	case *Hash:
		if v.dict != nil {
			return v.dict.Tables(), true
		}
	case *ZSet:
		if v.dict != nil {
			return v.dict.Tables(), true
		}
	}
	return nil, false
}
