package rdb

import "encoding/binary"

// dumpFooter is the length of what follows the value in a DUMP payload: two bytes of
// version, eight of checksum.
const dumpFooter = 2 + 8

// AppendDumpFooter makes a DUMP payload of what was appended since start: the byte of the
// Type and the value.
//
//	p := append([]byte(nil), byte(rdb.TypeString))
//	p = rdb.AppendDumpFooter(rdb.AppendString(p, s, "v"), 0)
func AppendDumpFooter(dst []byte, start int) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, Version)
	return binary.LittleEndian.AppendUint64(dst, CRC64(0, dst[start:]))
}

// VerifyDump checks the footer of a DUMP payload; the error is ErrDump.
func VerifyDump(p []byte) error {
	at := len(p) - dumpFooter
	if at < 0 {
		return ErrDump
	}
	if binary.LittleEndian.Uint16(p[at:]) > Version {
		return ErrDump
	}
	if binary.LittleEndian.Uint64(p[at+2:]) != CRC64(0, p[:at+2]) {
		return ErrDump
	}
	return nil
}

// DecodeDump reads the payload of a RESTORE. The error is ErrDump when the footer does not fit, and
// otherwise what Decode would give ("Bad data format" to a client). The value may point into p.
// Bytes between the value and the footer are of no interest, as in Redis.
func DecodeDump(p []byte) (*Value, error) {
	if err := VerifyDump(p); err != nil {
		return nil, err
	}
	d := &decoder{}
	d.win = p[:len(p)-dumpFooter]
	v := new(Value)
	if err := d.dump(v); err != nil {
		return nil, d.locate(err, d.offset())
	}
	return v, nil
}

func (d *decoder) dump(v *Value) error {
	op, err := d.byte()
	if err != nil {
		return err
	}
	t := Type(op)
	if err := knownType(t); err != nil {
		return err
	}
	if t.Kind() == otherKind {
		return d.skipValue(t)
	}
	if err := d.value(v, t); err != nil {
		return err
	}
	if v.Len() == 0 {
		return corrupt("a %s without elements", v.Kind())
	}
	return nil
}
