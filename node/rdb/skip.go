package rdb

// Streams, modules and functions are read past, not decoded, so that a file with them can be told from a broken one.

// The parts of a module's data, each told by a length before it.
const (
	modEOF = iota
	modSint
	modUint
	modFloat
	modDouble
	modString
)

// skipOpcode reads past what belongs to no key.
func (d *decoder) skipOpcode(op byte) error {
	u := &UnsupportedError{Offset: d.offset() - 1, What: "function"}
	var err error
	switch op {
	case opFunctionPreGA:
		u.What = "function of a Redis 7.0 release candidate"
		return d.unsupported(u, errNoLayout)
	case opFunction2:
		err = d.skipStrings(1)
	case opModuleAux:
		u.What = "module data"
		if u.Name, err = d.moduleName(); err == nil {
			err = d.skipModule()
		}
	}
	return d.unsupported(u, err)
}

// skipValue reads past a value.
func (d *decoder) skipValue(t Type) error {
	u := &UnsupportedError{What: "stream", DB: d.entry.DB, Offset: d.offset()}
	if d.inKey {
		u.Key = append([]byte{}, d.entry.Key...)
	}
	var err error
	switch t {
	case TypeStream, TypeStream2:
		err = d.skipStream(t == TypeStream2)
	case TypeModule2:
		u.What = "module value"
		if u.Name, err = d.moduleName(); err == nil {
			err = d.skipModule()
		}
	case TypeModulePreGA:
		u.What, err = "module value of a Redis 4.0 release candidate", errNoLayout
	}
	return d.unsupported(u, err)
}

// errNoLayout says that there is no telling where something ends.
var errNoLayout = corrupt("its layout is not known")

// unsupported reports u, unless reading past it failed for another reason.
func (d *decoder) unsupported(u *UnsupportedError, err error) error {
	if err == errNoLayout {
		return u
	}
	if err != nil {
		return err
	}
	if d.h.Unsupported == nil {
		return u
	}
	return d.h.Unsupported(u)
}

// moduleName reads a module's identity: nine characters of six bits and ten bits of version.
func (d *decoder) moduleName() (string, error) {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	id, err := d.length()
	if err != nil {
		return "", err
	}
	var name [9]byte
	for i := range name {
		name[i] = set[id>>(58-6*i)&0x3f]
	}
	return string(name[:]), nil
}

func (d *decoder) skipModule() error {
	for {
		op, err := d.length()
		if err != nil {
			return err
		}
		switch op {
		case modEOF:
			return nil
		case modSint, modUint:
			err = d.skipLens(1)
		case modFloat:
			err = d.skipBytes(4)
		case modDouble:
			err = d.skipBytes(8)
		case modString:
			err = d.skipStrings(1)
		default:
			err = corrupt("unknown part %d of a module's data", op)
		}
		if err != nil {
			return err
		}
	}
}

// skipStream reads past a stream: its blocks (first ID, listpack), its counters, its groups.
func (d *decoder) skipStream(second bool) error {
	counters, groupCounters := uint64(3), uint64(2)
	if second { // first ID, greatest deleted ID and entries added; entries read
		counters, groupCounters = 8, 3
	}
	return d.steps(
		func() error { return d.each(func() error { return d.skipStrings(2) }) },
		func() error { return d.skipLens(counters) },
		func() error { return d.each(func() error { return d.skipGroup(groupCounters) }) },
	)
}

// skipGroup reads past a consumer group: name, counters, pending entries (ID, time,
// deliveries), consumers (name, time, IDs of pending entries).
func (d *decoder) skipGroup(counters uint64) error {
	pending := func() error {
		if err := d.skipBytes(16 + 8); err != nil {
			return err
		}
		return d.skipLens(1)
	}
	consumer := func() error {
		return d.steps(
			func() error { return d.skipStrings(1) },
			func() error { return d.skipBytes(8) },
			func() error { return d.each(func() error { return d.skipBytes(16) }) },
		)
	}
	return d.steps(
		func() error { return d.skipStrings(1) },
		func() error { return d.skipLens(counters) },
		func() error { return d.each(pending) },
		func() error { return d.each(consumer) },
	)
}

// steps goes through the steps up to the first error.
func (d *decoder) steps(run ...func() error) error {
	for _, step := range run {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each reads a count and runs one so many times.
func (d *decoder) each(one func() error) error {
	n, err := d.length()
	for ; err == nil && n > 0; n-- {
		err = one()
	}
	return err
}

func (d *decoder) skipStrings(n int) error {
	for range n {
		if _, err := d.string(false); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) skipLens(n uint64) error {
	for range n {
		if _, err := d.length(); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) skipBytes(n uint64) error {
	_, err := d.bytes(n, false)
	return err
}
