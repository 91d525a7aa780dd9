package store

// expireSample is ACTIVE_EXPIRE_CYCLE_KEYS_PER_LOOP.
const expireSample = 20

// ActiveExpire deletes keys whose time has come without waiting for somebody to ask for
// them. Like Redis's expire.c it takes samples of each database and goes on with it while more than
// `stale` per cent of a sample had expired and within() allows.
func (ks *Keyspace) ActiveExpire(stale int, within func() bool) {
	if ks.Expiry != ExpiryDelete {
		return
	}
	var sampled, expired int
	for _, db := range ks.dbs {
		for db.Expires() > 0 {
			n, dead := db.expireSome()
			sampled, expired = sampled+n, expired+dead
			if !within() {
				ks.Stats.ExpiredTimeCapReached++
				ks.noteStale(sampled, expired)
				return
			}
			if n == 0 || dead*100/n <= stale {
				break
			}
		}
	}
	ks.noteStale(sampled, expired)
}

func (ks *Keyspace) noteStale(sampled, expired int) {
	perc := 0.0
	if sampled > 0 {
		perc = float64(expired) / float64(sampled)
	}
	ks.Stats.ExpiredStale = perc*0.05 + ks.Stats.ExpiredStale*0.95
}

// expireSome looks at about one sample of keys with expiry and deletes the dead ones.
func (db *DB) expireSome() (sampled, dead int) {
	var due []string
	var ttl, live int64
	for buckets := 0; sampled < expireSample && buckets < 20*expireSample; buckets++ {
		db.cursor = db.exp().Scan(db.cursor, func(n *Node[int64]) {
			sampled++
			if db.ks.Now > n.Val {
				due = append(due, n.key)
				return
			}
			ttl += n.Val - db.ks.Now
			live++
		})
		if db.cursor == 0 {
			break
		}
	}
	for _, key := range due {
		db.expire(key)
	}
	if live > 0 {
		db.averageTTL(ttl / live)
	}
	return sampled, len(due)
}

// averageTTL keeps a running average in which the new sample weighs 2 %.
func (db *DB) averageTTL(ttl int64) {
	if db.AvgTTL == 0 {
		db.AvgTTL = ttl
		return
	}
	db.AvgTTL = db.AvgTTL/50*49 + ttl/50
}
