package rdb

import (
	"encoding/binary"
	"fmt"
	"io"
)

// encoderBuffer is how much an Encoder collects before it writes.
const encoderBuffer = 64 << 10

// Options are the choices redis.conf gives for writing.
type Options struct {
	Compress bool // rdbcompression
	Checksum bool // rdbchecksum
}

// Encoder writes an RDB file. After an error it does nothing more; every method and at the
// end Close tell of it.
type Encoder struct {
	w    io.Writer
	s    *Serializer
	buf  []byte
	crc  uint64
	sum  bool
	size int64
	err  error
}

// NewEncoder makes an Encoder that writes to w.
func NewEncoder(w io.Writer, o Options) *Encoder {
	return &Encoder{w: w, s: NewSerializer(o.Compress), sum: o.Checksum}
}

// Header writes the signature with the version.
func (e *Encoder) Header() error {
	return e.Append(func(dst []byte, _ *Serializer) []byte { return fmt.Appendf(dst, "REDIS%04d", Version) })
}

// Aux writes a fact about the file, like "redis-ver".
func (e *Encoder) Aux(key, val string) error {
	return e.Append(func(dst []byte, s *Serializer) []byte {
		return AppendString(AppendString(append(dst, opAux), s, key), s, val)
	})
}

// SelectDB says which database the keys that follow belong to.
func (e *Encoder) SelectDB(db int) error {
	return e.Append(func(dst []byte, _ *Serializer) []byte { return AppendSelectDB(dst, db) })
}

// ResizeDB tells the reader how many keys to make room for, and how many of them expire.
func (e *Encoder) ResizeDB(keys, expires uint64) error {
	return e.Append(func(dst []byte, _ *Serializer) []byte {
		return AppendLen(AppendLen(append(dst, opResizeDB), keys), expires)
	})
}

// Append has fn append to the Encoder's buffer, with the Encoder's Serializer:
//
//	e.Append(func(dst []byte, s *rdb.Serializer) []byte {
//		return rdb.AppendString(rdb.AppendKey(dst, s, rdb.Meta{}, rdb.TypeString, "k"), s, "v")
//	})
func (e *Encoder) Append(fn func(dst []byte, s *Serializer) []byte) error {
	if e.err != nil {
		return e.err
	}
	e.buf = fn(e.buf, e.s)
	if len(e.buf) >= encoderBuffer {
		return e.Flush()
	}
	return nil
}

// Write takes what the Append functions made elsewhere.
func (e *Encoder) Write(records []byte) (int, error) {
	if len(e.buf)+len(records) < encoderBuffer && e.err == nil {
		e.buf = append(e.buf, records...)
		return len(records), nil
	}
	if err := e.Flush(); err != nil {
		return 0, err
	}
	if e.put(records); e.err != nil {
		return 0, e.err
	}
	return len(records), nil
}

// Flush writes what was collected.
func (e *Encoder) Flush() error {
	if len(e.buf) > 0 {
		e.put(e.buf)
		e.buf = e.buf[:0]
		if cap(e.buf) > scratchMost {
			e.buf = nil
		}
	}
	return e.err
}

// Size is the number of bytes written, not counting what was only collected.
func (e *Encoder) Size() int64 { return e.size }

// Close writes the end mark, the checksum and what was collected. It does not close the
// writer.
func (e *Encoder) Close() error {
	e.Append(func(dst []byte, _ *Serializer) []byte { return append(dst, opEOF) })
	if err := e.Flush(); err != nil {
		return err
	}
	e.buf = binary.LittleEndian.AppendUint64(e.buf, e.crc)
	return e.Flush()
}

func (e *Encoder) put(p []byte) {
	if e.err != nil {
		return
	}
	if e.sum {
		e.crc = CRC64(e.crc, p)
	}
	n, err := e.w.Write(p)
	e.size += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		e.err = fmt.Errorf("rdb: writing at byte %d: %w", e.size, err)
	}
}
