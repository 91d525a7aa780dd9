package node

import (
	"cmp"
	"math/bits"
	"slices"
)

// maxmemory-clients: when the buffers of normal clients and subscribers together reach it, those who use most are
// disconnected until the rest fits. Nothing of this is kept while there is no limit.

// minClientLimit keeps a limit that was set too low from locking everybody out.
const minClientLimit = 128 << 10

// clientLimit is maxmemory-clients in bytes, 0 for no limit. A negative setting is a percentage of maxmemory.
func clientLimit(setting, maxmemory int64) int64 {
	switch {
	case setting > 0:
		return max(setting, minClientLimit)
	case setting < 0 && maxmemory > 0:
		return max(int64(float64(maxmemory)*-float64(setting)/100), minClientLimit)
	}
	return 0
}

// clientShare is what a client counts for in the sum.
type clientShare struct {
	bytes  int64
	bucket int    // of clients of about the same size, 0 for none
	since  uint64 // when it came there, in the order of such moves
}

// smallestBucket is where the first bucket ends; each one after it holds clients up to twice as large.
const smallestBucket = 32 << 10

func bucketOf(size int64) int { return 1 + bits.Len64(uint64(size/smallestBucket)) }

// What a client takes beside its buffers, and what an entry of its tables does, in bytes.
const (
	clientBytes       = 1500
	queuedBytes       = 128
	watchedBytes      = 96
	subscriptionBytes = 96
)

// memory is what the client takes.
func (c *client) memory() int64 {
	size := clientBytes + cap(c.in) + c.reader.Held() + cap(c.w.Buf) + c.sent + c.argvMemory() +
		len(c.watched)*watchedBytes + c.n.subscriptions(c)*subscriptionBytes
	if c.multi != nil {
		size += c.multi.size + len(c.multi.queue)*queuedBytes
	}
	return int64(size)
}

// argvMemory is the size of the command that runs, or waits to run.
func (c *client) argvMemory() (size int) {
	argv := c.ctx.Argv
	if c.block != nil {
		argv = c.block.argv
	}
	for _, a := range argv {
		size += len(a)
	}
	return size
}

// account brings up to date what the client counts for. It is called wherever its buffers may have changed.
func (c *client) account() {
	if c.n.clientLimit > 0 && !c.is(flagNoEvict) {
		c.recount()
	}
}

func (c *client) recount() {
	n, share := c.n, &c.share
	was := share.bytes
	share.bytes = 0
	if kind := c.clientTypeName(); (kind == "normal" || kind == "pubsub") && !c.is(flagCloseNow) && n.clients[c.id] == c {
		share.bytes = c.memory()
	}
	n.clientMemory += share.bytes - was
	if c.is(flagNoEvict) || share.bytes == 0 {
		share.bucket = 0
	} else if bucket := bucketOf(share.bytes); bucket != share.bucket {
		n.bucketMoves++
		share.bucket, share.since = bucket, n.bucketMoves
	}
}

// recountNoEvict sees to those whose size is not followed as it changes, as in Redis: one of them that reads a large
// reply at once makes nobody leave.
func (n *Node) recountNoEvict() {
	if n.clientLimit == 0 {
		return
	}
	for _, c := range n.clients {
		if c.is(flagNoEvict) {
			c.recount()
		}
	}
}

// limitClients takes a new limit.
func (n *Node) limitClients(limit int64) {
	was := n.clientLimit
	n.clientLimit = limit
	switch {
	case limit == 0:
		n.clientMemory = 0
		for _, c := range n.clients {
			c.share = clientShare{}
		}
	case was == 0:
		for _, c := range n.clientsByID() {
			c.recount()
		}
	}
}

// evictClients disconnects clients until the rest fits: the largest first, but only as exactly as the buckets are,
// within which it is first come, first gone. current is the client whose input is being worked on, or nil.
func (n *Node) evictClients(current *client) {
	switch {
	case n.clientLimit == 0 || n.clientMemory < n.clientLimit:
		return
	case n.loop != nil && !n.loop.booked():
		n.loop.rouse() // the sum still holds output that the loop may have written by now
		return
	}
	for _, c := range n.evictionOrder() {
		n.noticef("Evicting client: %s", c.infoLine())
		n.stats.evictedClients++
		c.closeAsync()
		c.recount()
		if c != current {
			n.drop(c) // at once, as when it is killed
		}
		if n.clientMemory < n.clientLimit {
			return
		}
	}
	n.warnf("Over client maxmemory after evicting all evictable clients")
}

func (n *Node) evictionOrder() (list []*client) {
	for _, c := range n.clients {
		if c.share.bucket > 0 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *client) int {
		return cmp.Or(cmp.Compare(b.share.bucket, a.share.bucket), cmp.Compare(a.share.since, b.share.since))
	})
	return list
}

// evictsItself makes room before a client's command, and tells whether the client had to go itself. Within a
// command of another client nobody goes: it may be the other one.
func (n *Node) evictsItself(c *client) bool {
	if n.unit > 0 {
		return false
	}
	n.evictClients(c)
	return c.is(flagCloseNow)
}
