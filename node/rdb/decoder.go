package rdb

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	sourceBuffer  = 128 << 10
	progressEvery = 2 << 20 // loading-process-events-interval-bytes
	oldestSum     = 5       // version since which a checksum stands at the end
)

// Handler takes what is in a file, and says how to read it. Functions that are nil are
// not called. What they get is good only until they return; their errors end the
// decoding. They must not use the reader that is being decoded from.
type Handler struct {
	// Aux gets a fact about the file.
	Aux func(key, val []byte) error
	// Resize gets how many keys a database holds. It is a hint and may be anything.
	Resize func(db int, keys, expires uint64) error
	// Entry gets a key with its value.
	Entry func(*Entry) error
	// Unsupported gets what is not decoded. When it returns nil, decoding goes on behind that. Without it
	// the UnsupportedError ends the decoding.
	Unsupported func(*UnsupportedError) error
	// Progress gets the number of bytes read, at least once in Every (default: 2 MiB) while reading goes on.
	Progress func(read int64) error
	Every    int64
	// Databases is how many there are; 0 does not limit them.
	Databases int
	// NoChecksum leaves the checksum at the end unchecked (rdbchecksum no).
	NoChecksum bool
}

// Stats tells about a file that was read.
type Stats struct {
	Version   int
	Keys      int64
	EmptyKeys int64 // collections without elements: left out, as Redis does
	Bytes     int64
	Checksum  bool // there was one, and it was compared
}

type decoder struct {
	reader
	h     Handler
	stats Stats
	entry Entry
	inKey bool
}

// Decode reads an RDB file up to its checksum. If r is a *bufio.Reader, not a byte more is taken from it; from any other
// reader more may have been read.
//
// An error is an *Error, which wraps one of the Err… values, the reader's error or the Handler's, or it
// is an *UnsupportedError.
func Decode(r io.Reader, h Handler) (Stats, error) {
	src, ok := r.(*bufio.Reader)
	if !ok {
		src = bufio.NewReaderSize(r, sourceBuffer)
	}
	d := &decoder{h: h}
	d.src, d.sum, d.progress, d.every = src, !h.NoChecksum, h.Progress, h.Every
	if d.every <= 0 {
		d.every = progressEvery
	}
	d.next = d.every
	err := d.file()
	at := d.offset()
	d.sum = false
	d.settle()
	d.stats.Bytes = at
	return d.stats, d.locate(err, at)
}

// locate adds where an error was met.
func (d *decoder) locate(err error, at int64) error {
	var unsupported *UnsupportedError
	if err == nil || errors.As(err, &unsupported) {
		return err
	}
	e := &Error{Offset: at, DB: d.entry.DB, Err: err}
	if d.inKey {
		e.Key = append([]byte{}, d.entry.Key...)
	}
	return e
}

func (d *decoder) file() error {
	if err := d.header(); err != nil {
		return err
	}
	for {
		op, err := d.byte()
		if err != nil {
			return err
		}
		if op == opEOF {
			return d.footer()
		}
		if err := d.opcode(op); err != nil {
			return err
		}
	}
}

func (d *decoder) header() error {
	p, err := d.fixed(9)
	if err != nil {
		return err
	}
	if string(p[:5]) != "REDIS" {
		return fmt.Errorf("%w: it begins with %s; is it an RDB file?", ErrSignature, quote(p[:5]))
	}
	for _, c := range p[5:] {
		if c < '0' || c > '9' {
			return fmt.Errorf("%w %s", ErrVersion, quote(p[5:]))
		}
		d.stats.Version = d.stats.Version*10 + int(c-'0')
	}
	if d.stats.Version < 1 || d.stats.Version > Version {
		return fmt.Errorf("%w %d: 1 to %d are known", ErrVersion, d.stats.Version, Version)
	}
	return nil
}

func (d *decoder) footer() error {
	if d.stats.Version < oldestSum {
		return nil
	}
	d.settle()
	got := d.crc
	d.sum = false
	want, err := d.uint64()
	if err != nil {
		return err
	}
	if d.h.NoChecksum || want == 0 {
		return nil
	}
	if got != want {
		return fmt.Errorf("%w expected: (%x) but got (%x)", ErrChecksum, want, got)
	}
	d.stats.Checksum = true
	return nil
}

// opcode carries out one opcode, or reads a key.
func (d *decoder) opcode(op byte) error {
	switch op {
	case opSelectDB:
		return d.selectDB()
	case opResizeDB:
		return d.resizeDB()
	case opAux:
		return d.aux()
	case opExpireMS, opExpire, opIdle, opFreq:
		return d.meta(op)
	case opFunction2, opFunctionPreGA, opModuleAux:
		return d.skipOpcode(op)
	}
	return d.key(Type(op))
}

func (d *decoder) selectDB() error {
	n, err := d.length()
	if err != nil {
		return err
	}
	if limit := uint64(d.h.Databases); limit > 0 && n >= limit || n > 1<<31-1 {
		return corrupt("Data file was created with a Redis server configured to handle more than %d databases (number %d is used)",
			d.h.Databases, n)
	}
	d.entry.DB = int(n)
	return nil
}

func (d *decoder) resizeDB() error {
	keys, err := d.length()
	if err != nil {
		return err
	}
	expires, err := d.length()
	if err != nil || d.h.Resize == nil {
		return err
	}
	return d.h.Resize(d.entry.DB, keys, expires)
}

func (d *decoder) aux() error {
	d.mem.reset()
	key, err := d.string(true)
	if err != nil {
		return err
	}
	val, err := d.string(true)
	if err != nil || d.h.Aux == nil {
		return err
	}
	return d.h.Aux(key, val)
}

// meta reads what is known about the key that follows.
func (d *decoder) meta(op byte) (err error) {
	m := &d.entry.Meta
	switch op {
	case opExpireMS:
		var ms uint64
		ms, err = d.uint64()
		m.ExpireMS, m.HasExpire = int64(ms), true
	case opExpire:
		var p []byte
		if p, err = d.fixed(4); err == nil {
			m.ExpireMS, m.HasExpire = int64(int32(binary.LittleEndian.Uint32(p)))*1000, true
		}
	case opIdle:
		m.Idle, err = d.length()
		m.HasIdle = true
	case opFreq:
		m.Freq, err = d.byte()
		m.HasFreq = true
	}
	return err
}

// key reads a key with its value and hands it over.
func (d *decoder) key(t Type) error {
	e := &d.entry
	if err := knownType(t); err != nil {
		return err
	}
	key, err := d.string(false)
	if err != nil {
		return err
	}
	e.Key, d.inKey = append(e.Key[:0], key...), true
	if t.Kind() == otherKind {
		err = d.skipValue(t)
	} else {
		err = d.deliver(t)
	}
	if err != nil {
		return err
	}
	e.Meta, d.inKey = Meta{}, false
	return nil
}

func (d *decoder) deliver(t Type) error {
	e := &d.entry
	if err := d.value(&e.Value, t); err != nil {
		return err
	}
	if e.Value.Len() == 0 {
		d.stats.EmptyKeys++
		return nil
	}
	d.stats.Keys++
	if d.h.Entry == nil {
		return nil
	}
	return d.h.Entry(e)
}
