package repl

// Backlog is the ring with the last bytes of the replication stream. One serves all
// replicas. Offsets count the bytes of the stream, the first byte being 1 as in Redis.
type Backlog struct {
	buf  []byte
	next int64 // offset the next byte will get
	have int   // valid bytes before next
}

// NewBacklog makes a ring of size bytes whose first byte will have offset next.
func NewBacklog(size int, next int64) *Backlog {
	return &Backlog{buf: make([]byte, size), next: next}
}

// Append adds bytes of the stream.
func (b *Backlog) Append(p []byte) {
	b.next += int64(len(p))
	if len(p) >= len(b.buf) {
		p = p[len(p)-len(b.buf):]
	}
	at := int((b.next - int64(len(p))) % int64(len(b.buf)))
	n := copy(b.buf[at:], p)
	copy(b.buf, p[n:])
	b.have = min(b.have+len(p), len(b.buf))
}

// First is the offset of the oldest byte held (repl_backlog_first_byte_offset).
func (b *Backlog) First() int64 { return b.next - int64(b.have) }

// Len is the number of bytes held (repl_backlog_histlen).
func (b *Backlog) Len() int { return b.have }

// Size is the ring's size in bytes.
func (b *Backlog) Size() int { return len(b.buf) }

// Has tells whether the stream can go on at offset: either a byte that is held, or the
// one that comes next.
func (b *Backlog) Has(offset int64) bool { return offset >= b.First() && offset <= b.next }

// From copies the bytes from offset on; offset must be one Has accepts.
func (b *Backlog) From(offset int64) []byte {
	out := make([]byte, 0, b.next-offset)
	for offset < b.next {
		at := int(offset % int64(len(b.buf)))
		end := min(int64(len(b.buf)), int64(at)+b.next-offset)
		out = append(out, b.buf[at:end]...)
		offset += end - int64(at)
	}
	return out
}

// Resize keeps as many of the last bytes as fit.
func (b *Backlog) Resize(size int) *Backlog {
	nb := NewBacklog(size, b.First())
	nb.Append(b.From(b.First()))
	return nb
}
