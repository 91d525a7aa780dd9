package node

// freeMemory evicts keys until the data set fits maxmemory and tells whether it does not.
func (n *Node) freeMemory() (oom bool) {
	s := &n.settings
	if s.maxmemory == 0 || n.isReplica() && n.set.Bool("replica-ignore-maxmemory") {
		return false
	}
	for n.countedMemory() > s.maxmemory {
		if s.maxmemoryPolicy == "noeviction" || n.loading.active || n.pauseBlocksExpiry() {
			return n.exceeded(true)
		}
		dbID, key, ok := n.ks.Evict(s.maxmemoryPolicy, s.maxmemorySamples)
		if !ok {
			return n.exceeded(true)
		}
		n.beginUnit()
		db := n.ks.DB(dbID)
		db.Delete([]byte(key))
		n.ks.Stats.Evicted++
		db.Modified([]byte(key))
		n.propagateDelete(dbID, key, n.set.Bool("lazyfree-lazy-eviction"))
		n.Notify('e', "evicted", dbID, key)
		n.endUnit(nil)
	}
	return n.exceeded(false)
}

// countedMemory is what maxmemory bounds: the data set, clients and the backlog, without what replicas
// still have to get.
func (n *Node) countedMemory() int64 {
	used := startupMemory + n.ks.Used() + int64(len(n.clients))*1500
	if b := n.master.backlog; b != nil {
		used += int64(b.Len())
	}
	return used
}

// exceeded keeps the figures of INFO about time spent above the limit.
func (n *Node) exceeded(is bool) bool {
	switch {
	case is && n.stats.evictStart == 0:
		n.stats.evictStart = n.nowMs
	case !is && n.stats.evictStart != 0:
		n.stats.evictExceededMs += n.nowMs - n.stats.evictStart
		n.stats.evictStart = 0
	}
	return is
}

func (n *Node) exceededFor() int64 {
	if n.stats.evictStart == 0 {
		return 0
	}
	return n.nowMs - n.stats.evictStart
}
