package command

import "redislab/node/resp"

// writeInfo writes a command's row of COMMAND and COMMAND INFO.
func writeInfo(w *resp.Writer, s *Spec) {
	w.Array(10)
	w.BulkString(s.FullName())
	w.Int(int64(s.Arity))
	writeFlags(w, uint32(s.Flags), flagNames[:])
	w.Int(int64(s.FirstKey))
	w.Int(int64(s.LastKey))
	w.Int(int64(s.Step))
	w.Set(len(s.ACL))
	for _, category := range s.ACL {
		w.Simple("@" + category)
	}
	w.Set(len(s.Tips))
	for _, tip := range s.Tips {
		w.BulkString(tip)
	}
	w.Set(len(s.KeySpecs))
	for i := range s.KeySpecs {
		writeKeySpec(w, &s.KeySpecs[i])
	}
	if s.IsContainer() {
		w.Array(len(s.Subs))
	} else {
		w.Set(0) // an empty set, but an array when there are any: Redis 7.0's way
	}
	for _, sub := range s.Subs {
		writeInfo(w, sub)
	}
}

// writeFlags writes a set of words: the names of the bits set. Bits without a name are not
// written.
func writeFlags(w *resp.Writer, flags uint32, names []string) {
	n := 0
	for i := range names {
		if flags&(1<<i) != 0 {
			n++
		}
	}
	w.Set(n)
	for i, name := range names {
		if flags&(1<<i) != 0 {
			w.Simple(name)
		}
	}
}

func writeKeySpec(w *resp.Writer, k *KeySpec) {
	fields := 3
	if k.Notes != "" {
		fields++
	}
	w.Map(fields)
	if k.Notes != "" {
		writePair(w, "notes", k.Notes)
	}
	w.BulkString("flags")
	writeFlags(w, uint32(k.Flags), keyFlagNames[:])
	w.BulkString("begin_search")
	switch b := &k.Begin; b.Kind {
	case AtIndex:
		writeSearch(w, "index", intField{"index", b.Index})
	case AfterKeyword:
		w.Map(2)
		writePair(w, "type", "keyword")
		w.BulkString("spec")
		w.Map(2)
		writePair(w, "keyword", b.Keyword)
		intField{"startfrom", b.StartFrom}.write(w)
	default:
		writeSearch(w, "unknown")
	}
	w.BulkString("find_keys")
	switch f := &k.Find; f.Kind {
	case Range:
		writeSearch(w, "range", intField{"lastkey", f.LastKey}, intField{"keystep", f.KeyStep}, intField{"limit", f.Limit})
	case KeyNum:
		writeSearch(w, "keynum", intField{"keynumidx", f.NumIndex}, intField{"firstkey", f.FirstKey}, intField{"keystep", f.KeyStep})
	default:
		writeSearch(w, "unknown")
	}
}

type intField struct {
	name  string
	value int
}

func (f intField) write(w *resp.Writer) {
	w.BulkString(f.name)
	w.Int(int64(f.value))
}

func writeSearch(w *resp.Writer, kind string, fields ...intField) {
	w.Map(2)
	writePair(w, "type", kind)
	w.BulkString("spec")
	w.Map(len(fields))
	for _, f := range fields {
		f.write(w)
	}
}

func writePair(w *resp.Writer, name, value string) {
	w.BulkString(name)
	w.BulkString(value)
}

// writeDocs writes a command's entry of COMMAND DOCS.
func writeDocs(w *resp.Writer, s *Spec) {
	mark, n := w.Defer(), 0
	for _, f := range [...][2]string{
		{"summary", s.Summary}, {"since", s.Since}, {"group", s.Group}, {"complexity", s.Complexity},
	} {
		n += optionalPair(w, f[0], f[1])
	}
	if len(s.DocFlags) != 0 {
		n++
		w.BulkString("doc_flags")
		w.Set(len(s.DocFlags))
		for _, f := range s.DocFlags {
			w.Simple(f)
		}
	}
	n += optionalPair(w, "deprecated_since", s.Deprecated)
	n += optionalPair(w, "replaced_by", s.Replaced)
	if len(s.History) != 0 {
		n++
		w.BulkString("history")
		w.Set(len(s.History))
		for _, h := range s.History {
			w.Array(2)
			w.BulkString(h[0])
			w.BulkString(h[1])
		}
	}
	if len(s.Args) != 0 {
		n++
		w.BulkString("arguments")
		writeArgs(w, s.Args)
	}
	if len(s.Subs) != 0 {
		n++
		w.BulkString("subcommands")
		w.Map(len(s.Subs))
		for _, sub := range s.Subs {
			w.BulkString(sub.FullName())
			writeDocs(w, sub)
		}
	}
	w.PutMap(mark, n)
}

func optionalPair(w *resp.Writer, name, value string) int {
	if value == "" {
		return 0
	}
	writePair(w, name, value)
	return 1
}

func writeArgs(w *resp.Writer, args []Arg) {
	w.Array(len(args))
	for i := range args {
		writeArg(w, &args[i])
	}
}

func writeArg(w *resp.Writer, a *Arg) {
	mark, n := w.Defer(), 2
	writePair(w, "name", a.Name)
	writePair(w, "type", a.Type.String())
	if a.Key != 0 {
		n++
		intField{"key_spec_index", a.Key - 1}.write(w)
	}
	if a.Token != "" || a.Name == "empty_string" { // MIGRATE's "" is a token
		n++
		writePair(w, "token", a.Token)
	}
	n += optionalPair(w, "since", a.Since)
	n += optionalPair(w, "deprecated_since", a.Deprecated)
	if a.Flags != 0 {
		n++
		w.BulkString("flags")
		writeFlags(w, uint32(a.Flags), argFlagNames[:])
	}
	if len(a.Args) != 0 {
		n++
		w.BulkString("arguments")
		writeArgs(w, a.Args)
	}
	w.PutMap(mark, n)
}
