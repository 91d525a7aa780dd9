package node

import "redislab/node/store"

// localExpiry are the keys with an expiry that clients wrote on a writable replica. The master knows nothing of
// them and will never delete them, so the replica does; all others are the master's business.
type localExpiry map[dbKey]struct{}

// noteLocalWrite is called for every changed key; writes of clients on a replica are told by how they look expired
// keys up.
func (n *Node) noteLocalWrite(db *store.DB, key []byte) {
	if n.isReplica() && n.ks.Expiry == store.ExpiryHide {
		n.follower.touched = append(n.follower.touched, dbKey{db.ID, string(key)})
	}
}

// noteLocalExpiry looks at the end of a command which of the keys it wrote have an expiry.
func (n *Node) noteLocalExpiry() {
	f := &n.follower
	for _, k := range f.touched {
		if _, ok := n.ks.DB(k.db).ExpireAt([]byte(k.key)); !ok {
			continue
		}
		if f.own == nil {
			f.own = localExpiry{}
		}
		f.own[k] = struct{}{}
	}
	f.touched = f.touched[:0]
}

// expireLocal deletes those of them whose time has come.
func (n *Node) expireLocal() {
	if len(n.follower.own) == 0 || n.loading.active {
		return
	}
	n.ks.Expiry = store.ExpiryDelete
	for k := range n.follower.own {
		db := n.ks.DB(k.db)
		due := db.Expired(k.key)
		if due {
			db.Exists([]byte(k.key)) // looking at it deletes it
		}
		if _, ok := db.ExpireAt([]byte(k.key)); due || !ok {
			delete(n.follower.own, k)
		}
	}
	n.ks.Settle()
}
