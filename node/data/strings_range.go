package data

import (
	"redislab/node/command"
	"redislab/node/store"
)

// fits tells whether a string of size bytes may grow by more; the error has been answered
// when it may not. What comes from the master is always taken.
func fits(c *command.Ctx, size, more int64) bool {
	if c.Server.FromMaster(c) {
		return true
	}
	total := size + more
	if total > c.Server.ConfigInt("proto-max-bulk-len") || total < size || total < more {
		c.Error(command.ErrTooLong)
		return false
	}
	return true
}

func appendTo(c *command.Ctx) {
	key, more := c.Argv[1], c.Argv[2]
	o, ok := lookupEdit(c, key, store.KindString)
	if !ok {
		return
	}
	total := len(more)
	if o == nil {
		c.DB.Put(key, store.NewString(more))
	} else {
		total += len(o.Bytes())
		if !fits(c, int64(total-len(more)), int64(len(more))) {
			return
		}
		b := o.Buf()
		b.B = append(b.B, more...)
	}
	c.Changed('$', "append", key)
	c.Int(int64(total))
}

func setrange(c *command.Ctx) {
	key, piece := c.Argv[1], c.Argv[3]
	offset, ok := intArg(c, 2)
	if !ok {
		return
	}
	if offset < 0 {
		c.Error(command.ErrOffsetRange)
		return
	}
	o, ok := lookupEdit(c, key, store.KindString)
	if !ok {
		return
	}
	if len(piece) == 0 {
		size := 0
		if o != nil {
			size = len(o.Bytes())
		}
		c.Int(int64(size))
		return
	}
	if !fits(c, offset, int64(len(piece))) {
		return
	}
	if o == nil {
		o = c.DB.Put(key, store.NewBuf(make([]byte, int(offset)+len(piece))))
	}
	b := o.Buf()
	b.B = grow(b.B, int(offset)+len(piece))
	copy(b.B[offset:], piece)
	c.Changed('$', "setrange", key)
	c.Int(int64(len(b.B)))
}

// grow makes b at least n bytes long, with zeros.
func grow(b []byte, n int) []byte {
	if n <= len(b) {
		return b
	}
	if n <= cap(b) {
		old := len(b)
		b = b[:n]
		clear(b[old:])
		return b
	}
	return append(b, make([]byte, n-len(b))...)
}

func getrange(c *command.Ctx) {
	start, ok := intArg(c, 2)
	if !ok {
		return
	}
	end, ok := intArg(c, 3)
	if !ok {
		return
	}
	o, ok := lookup(c, c.Argv[1], store.KindString)
	if !ok {
		return
	}
	var b []byte
	if o != nil {
		b = o.Bytes()
	}
	if start < 0 && end < 0 && start > end {
		b = nil
	}
	from, to := clampRange(start, end, int64(len(b)))
	c.Bulk(b[from:to])
}

// clampRange turns an inclusive range whose ends may count from the back into a half-open one
// inside a string of n bytes. An end before the beginning becomes the first byte, as in Redis.
func clampRange(start, end, n int64) (from, to int64) {
	if start < 0 {
		start = max(start+n, 0)
	}
	if end < 0 {
		end = max(end+n, 0)
	}
	end = min(end, n-1)
	if start > end {
		return 0, 0
	}
	return start, end + 1
}
