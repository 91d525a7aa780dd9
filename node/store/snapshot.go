package store

// A Snapshot is the whole keyspace as it was when the snapshot began, handed out
// piece by piece while commands go on.
//
// Redis forks and lets the kernel copy the pages that change. We do the same by key: a
// walk (Step) hands every object to Emit in the order of the tables, and a command that is about to
// change or delete an object the walk has not reached yet has it emitted first. The
// object's epoch tells which is which: it equals the keyspace's while the object is new
// or was emitted. Emit is called under the caller's lock and must only copy the object out; what it
// costs is bounded by the size of one value.
type Snapshot struct {
	ks     *Keyspace
	emit   func(Saved)
	parts  []part
	at     int    // parts[at] is being walked
	cursor uint64 // in it
	done   bool
}

// Saved is one key of a snapshot. Object is good only during the call.
type Saved struct {
	DB       int
	Key      string
	Object   *Object
	ExpireAt int64 // milliseconds of Unix time, 0 without an expiry
}

// part is one database. It keeps the tables themselves, so FLUSHDB and SWAPDB, which
// give the database other tables, do not touch it.
type part struct {
	id      int
	keys    *Dict[Object]
	expires *Dict[int64]
}

// BeginSnapshot starts a snapshot; nil when one is under way already.
func (ks *Keyspace) BeginSnapshot(emit func(Saved)) *Snapshot {
	if ks.snap != nil {
		return nil
	}
	ks.nextEpoch()
	s := &Snapshot{ks: ks, emit: emit}
	for _, db := range ks.dbs {
		if db.Len() > 0 {
			s.parts = append(s.parts, part{db.ID, db.dict(), db.exp()})
		}
	}
	ks.snap = s
	return s
}

// nextEpoch makes every object "not seen yet".
func (ks *Keyspace) nextEpoch() {
	ks.epoch++
	if ks.epoch != 0 {
		return
	}
	for _, db := range ks.dbs {
		db.dict().Each(func(n *Node[Object]) bool { n.Val.epoch = 0; return true })
	}
	ks.epoch = 1
}

// Parts gives for each database in the snapshot its number, keys and keys with expiry.
func (s *Snapshot) Parts() (counts [][3]int) {
	for _, p := range s.parts {
		counts = append(counts, [3]int{p.id, p.keys.Len(), p.expires.Len()})
	}
	return counts
}

// Step walks up to n buckets and tells whether the whole keyspace has been emitted.
func (s *Snapshot) Step(n int) bool {
	for ; n > 0 && s.at < len(s.parts); n-- {
		p := s.parts[s.at]
		s.cursor = p.keys.Scan(s.cursor, func(e *Node[Object]) { s.save(p, e) })
		if s.cursor == 0 {
			s.at++
		}
	}
	s.done = s.at == len(s.parts)
	return s.done
}

// Close ends the snapshot, finished or not.
func (s *Snapshot) Close() {
	if s.ks.snap == s {
		s.ks.snap = nil
	}
}

func (s *Snapshot) save(p part, n *Node[Object]) {
	if n.Val.epoch == s.ks.epoch {
		return
	}
	n.Val.epoch = s.ks.epoch
	var at int64
	if p.expires.Len() != 0 {
		if e := p.expires.FindString(n.key); e != nil {
			at = e.Val
		}
	}
	s.emit(Saved{DB: p.id, Key: n.key, Object: &n.Val, ExpireAt: at})
}

// beforeWrite lets a running snapshot have the object as it is now.
func (ks *Keyspace) beforeWrite(db *DB, n *Node[Object]) {
	if ks.snap == nil || n.Val.epoch == ks.epoch {
		return
	}
	for _, p := range ks.snap.parts {
		if p.keys == db.keys {
			ks.snap.save(p, n)
			return
		}
	}
}
