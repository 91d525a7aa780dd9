package store

import "math/rand/v2"

// The 24 bits beside each object are, as in Redis's evict.c, either the second of the
// last use (LRU) or sixteen bits of minutes with an eight bit logarithmic counter (LFU).

const (
	lruMask    = 1<<24 - 1
	lfuInitial = 5
)

func (ks *Keyspace) lruClock() uint32 { return uint32(ks.Now/1000) & lruMask }
func (ks *Keyspace) minutes() uint32  { return uint32(ks.Now/60000) & 0xffff }

func (ks *Keyspace) freshLRU() uint32 {
	if ks.Policy.LFU {
		return ks.minutes()<<8 | lfuInitial
	}
	return ks.lruClock()
}

// touch marks an object as used now.
func (ks *Keyspace) touch(o *Object) {
	if !ks.Policy.LFU {
		o.lru = ks.lruClock()
		return
	}
	o.lru = ks.minutes()<<8 | uint32(ks.logIncrement(ks.decayed(o)))
}

// decayed is the LFU counter less one for each decay period since the last access.
func (ks *Keyspace) decayed(o *Object) uint8 {
	counter := uint8(o.lru)
	if ks.Policy.LFUDecayTime <= 0 {
		return counter
	}
	elapsed := (ks.minutes() - o.lru>>8) & 0xffff
	periods := elapsed / uint32(ks.Policy.LFUDecayTime)
	if periods > uint32(counter) {
		return 0
	}
	return counter - uint8(periods)
}

func (ks *Keyspace) logIncrement(counter uint8) uint8 {
	if counter == 255 {
		return counter
	}
	base := max(float64(counter)-lfuInitial, 0)
	if randFloat(ks.Rand) < 1/(base*float64(ks.Policy.LFULogFactor)+1) {
		counter++
	}
	return counter
}

func randFloat(r *rand.Rand) float64 {
	if r == nil {
		return 1
	}
	return r.Float64()
}

// Idle is the number of seconds since the object was used (LRU policies).
func (ks *Keyspace) Idle(o *Object) int64 {
	return int64((ks.lruClock() - o.lru) & lruMask)
}

// Freq is the logarithmic access counter after decay (LFU policies).
func (ks *Keyspace) Freq(o *Object) int { return int(ks.decayed(o)) }

// SetIdle makes the object look unused for so many seconds (RESTORE IDLETIME, RDB).
func (ks *Keyspace) SetIdle(o *Object, seconds int64) {
	if ks.Policy.LFU {
		return
	}
	now := int64(ks.lruClock())
	if seconds > now { // before the clock last wrapped: as old as can be told
		o.lru = uint32((now + lruMask/2) % lruMask)
		return
	}
	o.lru = uint32(now - seconds)
}

// SetFreq sets the access counter (RESTORE FREQ, RDB).
func (ks *Keyspace) SetFreq(o *Object, freq uint8) {
	if ks.Policy.LFU {
		o.lru = ks.minutes()<<8 | uint32(freq)
	}
}
