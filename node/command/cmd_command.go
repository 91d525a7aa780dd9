package command

import (
	"redislab/node/store"
)

// handlers are the handlers of COMMAND and its sub-commands: they answer from the table.
func (t *Table) handlers() map[string]Handler {
	return map[string]Handler{
		"command":                 t.replyAll,
		"command|count":           t.replyCount,
		"command|docs":            t.replyDocs,
		"command|getkeys":         func(c *Ctx) { t.replyKeys(c, false) },
		"command|getkeysandflags": func(c *Ctx) { t.replyKeys(c, true) },
		"command|help":            ReplyHelp,
		"command|info":            t.replyInfo,
		"command|list":            t.replyList,
	}
}

// replyAll answers COMMAND.
func (t *Table) replyAll(c *Ctx) {
	c.Array(len(t.specs))
	for _, s := range t.specs {
		writeInfo(c.Writer, s)
	}
}

// replyCount answers COMMAND COUNT.
func (t *Table) replyCount(c *Ctx) { c.Int(int64(len(t.specs))) }

// replyInfo answers COMMAND INFO [name …].
func (t *Table) replyInfo(c *Ctx) {
	if len(c.Argv) == 2 {
		t.replyAll(c)
		return
	}
	c.Array(len(c.Argv) - 2)
	for _, name := range c.Argv[2:] {
		if s := t.listed(name); s != nil {
			writeInfo(c.Writer, s)
		} else {
			c.Null()
		}
	}
}

// listed is what COMMAND tells about under a full name.
func (t *Table) listed(full []byte) *Spec {
	if s := t.byFullName(full); s != nil && !s.Extra {
		return s
	}
	return nil
}

// replyDocs answers COMMAND DOCS [name …]; unknown names are left out.
func (t *Table) replyDocs(c *Ctx) {
	if len(c.Argv) == 2 {
		c.Map(len(t.specs))
		for _, s := range t.specs {
			c.BulkString(s.FullName())
			writeDocs(c.Writer, s)
		}
		return
	}
	mark, n := c.Defer(), 0
	for _, name := range c.Argv[2:] {
		if s := t.listed(name); s != nil {
			c.BulkString(s.FullName())
			writeDocs(c.Writer, s)
			n++
		}
	}
	c.PutMap(mark, n)
}

// replyList answers COMMAND LIST [FILTERBY MODULE|ACLCAT|PATTERN value]. Sub-commands are listed
// behind their containers.
func (t *Table) replyList(c *Ctx) {
	keep := func(*Spec) bool { return true }
	if len(c.Argv) > 2 {
		if keep = listFilter(c.Argv[2:]); keep == nil {
			c.Error(ErrSyntax)
			return
		}
	}
	mark, n := c.Defer(), 0
	for _, s := range t.specs {
		if keep(s) {
			c.BulkString(s.FullName())
			n++
		}
		for _, sub := range s.Subs {
			if keep(sub) {
				c.BulkString(sub.FullName())
				n++
			}
		}
	}
	c.PutArray(mark, n)
}

// listFilter is nil for a syntax error.
func listFilter(args [][]byte) func(*Spec) bool {
	if len(args) != 3 || !isWord(args[0], "filterby") {
		return nil
	}
	value := string(args[2])
	switch {
	case isWord(args[1], "module"):
		return func(*Spec) bool { return false } // there are no modules
	case isWord(args[1], "aclcat"):
		return func(s *Spec) bool { return s.InCategory(value) }
	case isWord(args[1], "pattern"):
		return func(s *Spec) bool { return store.Match(value, s.FullName(), true) }
	}
	return nil
}

// replyKeys answers COMMAND GETKEYS and COMMAND GETKEYSANDFLAGS.
func (t *Table) replyKeys(c *Ctx, withFlags bool) {
	argv := c.Argv[2:]
	s, outcome := t.Lookup(argv)
	switch {
	case outcome == NoCommand || outcome == NoSubcommand:
		c.Error(ErrCommandInvalid)
		return
	case !s.HasKeys():
		c.Error(ErrCommandNoKeys)
		return
	case outcome == BadArity:
		c.Error(ErrCommandArity)
		return
	}
	keys, err := s.Keys(argv)
	if (err != nil || len(keys) == 0) && s.Flags&NoMandatoryKeys == 0 {
		c.Error(ErrCommandArgs)
		return
	}
	c.Array(len(keys))
	for _, k := range keys {
		if !withFlags {
			c.Bulk(argv[k.Pos])
			continue
		}
		c.Array(2)
		c.Bulk(argv[k.Pos])
		writeFlags(c.Writer, uint32(k.Flags), keyFlagNames[:])
	}
}
