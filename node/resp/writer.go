package resp

import (
	"math"
	"strconv"
)

// Writer appends replies to Buf in the protocol version Proto (2 or 3). It never
// fails and never blocks: whoever owns the buffer sends it. A type that RESP2 does not
// have is written as the type Redis falls back to for RESP2 clients (a map becomes a flat
// array, a double a bulk string, a null a null bulk …).
//
// Specification: the RESP protocol description, sections "RESP2" and "RESP3".
type Writer struct {
	Buf   []byte
	Proto int
}

// Reset drops what has been written and keeps the memory.
func (w *Writer) Reset() { w.Buf = w.Buf[:0] }

// Raw appends bytes that are already in protocol form.
func (w *Writer) Raw(b []byte) { w.Buf = append(w.Buf, b...) }

// RawString appends text that is already in protocol form.
func (w *Writer) RawString(s string) { w.Buf = append(w.Buf, s...) }

// OK writes the simple string OK.
func (w *Writer) OK() { w.Buf = append(w.Buf, "+OK\r\n"...) }

// Simple writes a simple string; s must not hold CR or LF.
func (w *Writer) Simple(s string) {
	w.Buf = append(w.Buf, '+')
	w.Buf = append(w.Buf, s...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// Error writes an error reply. The text carries its own code ("ERR …", "WRONGTYPE …");
// CR and LF in it become spaces as Redis does.
func (w *Writer) Error(s string) {
	w.Buf = append(w.Buf, '-')
	at := len(w.Buf)
	w.Buf = append(w.Buf, s...)
	for i := at; i < len(w.Buf); i++ {
		if w.Buf[i] == '\r' || w.Buf[i] == '\n' {
			w.Buf[i] = ' '
		}
	}
	w.Buf = append(w.Buf, '\r', '\n')
}

// Int writes an integer.
func (w *Writer) Int(n int64) {
	if n >= 0 && n < 10 {
		w.Buf = append(w.Buf, ':', byte('0'+n), '\r', '\n')
		return
	}
	w.header(':', n)
}

// Bool writes a boolean in RESP3 and 1 or 0 in RESP2.
func (w *Writer) Bool(b bool) {
	switch {
	case w.Proto >= 3 && b:
		w.RawString("#t\r\n")
	case w.Proto >= 3:
		w.RawString("#f\r\n")
	case b:
		w.Int(1)
	default:
		w.Int(0)
	}
}

// Bulk writes a bulk string.
func (w *Writer) Bulk(b []byte) {
	w.header('$', int64(len(b)))
	w.Buf = append(w.Buf, b...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// BulkString writes a bulk string.
func (w *Writer) BulkString(s string) {
	w.header('$', int64(len(s)))
	w.Buf = append(w.Buf, s...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// BulkInt writes an integer as a bulk string.
func (w *Writer) BulkInt(n int64) {
	var tmp [20]byte
	w.Bulk(strconv.AppendInt(tmp[:0], n, 10))
}

// Null writes the null of a single value: "_" in RESP3, a null bulk string in RESP2.
func (w *Writer) Null() {
	if w.Proto >= 3 {
		w.RawString("_\r\n")
		return
	}
	w.RawString("$-1\r\n")
}

// NullArray writes the null of an array: "_" in RESP3, a null array in RESP2.
func (w *Writer) NullArray() {
	if w.Proto >= 3 {
		w.RawString("_\r\n")
		return
	}
	w.RawString("*-1\r\n")
}

// Array starts an array of n elements.
func (w *Writer) Array(n int) { w.header('*', int64(n)) }

// Map starts a map of n pairs (2n elements in RESP2).
func (w *Writer) Map(n int) {
	if w.Proto >= 3 {
		w.header('%', int64(n))
		return
	}
	w.header('*', int64(2*n))
}

// Set starts a set of n elements (an array in RESP2).
func (w *Writer) Set(n int) {
	if w.Proto >= 3 {
		w.header('~', int64(n))
		return
	}
	w.header('*', int64(n))
}

// Push starts an out-of-band message of n elements (an array in RESP2).
func (w *Writer) Push(n int) {
	if w.Proto >= 3 {
		w.header('>', int64(n))
		return
	}
	w.header('*', int64(n))
}

// Attribute starts n attribute pairs; only for RESP3 connections.
func (w *Writer) Attribute(n int) { w.header('|', int64(n)) }

// Double writes a double: "," in RESP3, a bulk string in RESP2.
func (w *Writer) Double(f float64) {
	var tmp [40]byte
	s := AppendDouble(tmp[:0], f)
	if w.Proto >= 3 {
		w.Buf = append(w.Buf, ',')
		w.Buf = append(w.Buf, s...)
		w.Buf = append(w.Buf, '\r', '\n')
		return
	}
	w.Bulk(s)
}

// BigNumber writes a big number; a bulk string in RESP2.
func (w *Writer) BigNumber(s string) {
	if w.Proto >= 3 {
		w.Buf = append(w.Buf, '(')
		w.Buf = append(w.Buf, s...)
		w.Buf = append(w.Buf, '\r', '\n')
		return
	}
	w.BulkString(s)
}

// Verbatim writes a verbatim string with a three letter format ("txt", "mkd"); a bulk
// string in RESP2.
func (w *Writer) Verbatim(format, s string) {
	if w.Proto < 3 {
		w.BulkString(s)
		return
	}
	w.header('=', int64(len(s)+4))
	w.Buf = append(w.Buf, format...)
	w.Buf = append(w.Buf, ':')
	w.Buf = append(w.Buf, s...)
	w.Buf = append(w.Buf, '\r', '\n')
}

// Mark is a place in the reply where a length is still owed, see Defer.
type Mark int

// Defer remembers this place for an aggregate whose length is not known yet; give
// the length with PutArray, PutMap or PutSet once the elements are written.
func (w *Writer) Defer() Mark { return Mark(len(w.Buf)) }

// PutArray inserts an array header of n elements at m.
func (w *Writer) PutArray(m Mark, n int) { w.put(m, func() { w.Array(n) }) }

// PutSet inserts a set header of n elements at m.
func (w *Writer) PutSet(m Mark, n int) { w.put(m, func() { w.Set(n) }) }

// PutMap inserts a map header of n pairs at m.
func (w *Writer) PutMap(m Mark, n int) { w.put(m, func() { w.Map(n) }) }

func (w *Writer) put(m Mark, header func()) {
	end := len(w.Buf)
	header()
	var tmp [32]byte
	n := copy(tmp[:], w.Buf[end:])
	copy(w.Buf[int(m)+n:], w.Buf[m:end])
	copy(w.Buf[m:], tmp[:n])
}

func (w *Writer) header(kind byte, n int64) {
	if n >= 0 && n < 10 {
		w.Buf = append(w.Buf, kind, byte('0'+n), '\r', '\n')
		return
	}
	w.Buf = append(w.Buf, kind)
	w.Buf = strconv.AppendInt(w.Buf, n, 10)
	w.Buf = append(w.Buf, '\r', '\n')
}

// AppendDouble appends f as Redis prints doubles in replies: integers without a
// fraction, "inf", "-inf", "nan", otherwise 17 significant digits as C's "%.17g".
func AppendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case f == 0:
		if math.Signbit(f) {
			return append(dst, "-0"...)
		}
		return append(dst, '0')
	}
	if f > -1e15 && f < 1e15 && f == math.Trunc(f) {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	return appendG17(dst, f)
}

// appendG17 is C's "%.17g": strconv's 'g' switches to the exponent form at other
// places and pads the exponent alike, so only trailing zeros and the threshold differ.
func appendG17(dst []byte, f float64) []byte {
	var tmp [40]byte
	e := strconv.AppendFloat(tmp[:0], f, 'e', 16, 64)
	at := len(e) - 1
	for e[at] != 'e' {
		at--
	}
	exp, _ := strconv.Atoi(string(e[at+1:]))
	if exp < -4 || exp >= 17 {
		dst = append(dst, trimFraction(e[:at])...)
		return append(dst, e[at:]...)
	}
	var tmp2 [400]byte
	return append(dst, trimFraction(strconv.AppendFloat(tmp2[:0], f, 'f', 16-exp, 64))...)
}

func trimFraction(b []byte) []byte {
	dot := false
	for _, c := range b {
		dot = dot || c == '.'
	}
	if !dot {
		return b
	}
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}
