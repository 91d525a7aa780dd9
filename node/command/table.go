package command

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Table holds the commands a node serves. It does not change after it was made (see Rename)
// and may be read by many goroutines.
type Table struct {
	specs  []*Spec // served commands by name, sub-commands within them
	byID   []*Spec // commands and sub-commands
	byName *index  // what clients may call, see Rename
}

// NewTable makes the table of all commands for which a handler is given, by names like "get"
// and "config|get". The handlers of COMMAND and its sub-commands are the table's own.
func NewTable(handlers ...map[string]Handler) (*Table, error) {
	return tableOf(allGroups[:], func(string) bool { return true }, handlers)
}

// tableOf binds those of the handlers that are wanted to the rows of groups.
func tableOf(groups [][]Spec, wanted func(name string) bool, handlers []map[string]Handler) (*Table, error) {
	t := &Table{}
	bound, err := merge(append(handlers, t.handlers())...)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(bound, func(name string, _ Handler) bool { return !wanted(name) })
	b := binder{bound: bound, room: make([]Spec, 0, len(bound)+containers)}
	for _, group := range groups {
		for i := range group {
			if s := b.served(&group[i]); s != nil {
				t.specs = append(t.specs, s)
			}
		}
	}
	if len(b.used) != len(bound) {
		return nil, fmt.Errorf("handlers for commands that Redis 7.0 does not have: %s", strings.Join(b.unused(), ", "))
	}
	slices.SortFunc(t.specs, func(a, b *Spec) int { return strings.Compare(a.Name, b.Name) })
	t.number()
	return t, nil
}

func merge(handlers ...map[string]Handler) (map[string]Handler, error) {
	size := 0
	for _, m := range handlers {
		size += len(m)
	}
	bound := make(map[string]Handler, size)
	for _, m := range handlers {
		for name, h := range m {
			if h == nil {
				return nil, fmt.Errorf("the handler of %q is nil", name)
			}
			if _, dup := bound[name]; dup {
				return nil, fmt.Errorf("two handlers for %q", name)
			}
			bound[name] = h
		}
	}
	return bound, nil
}

// containers is more than there are container commands.
const containers = 32

// binder makes a table's own copies of the generated rows and gives them their handlers.
type binder struct {
	bound map[string]Handler
	used  []string
	room  []Spec // the copies, together
}

// bind copies a row if there is a handler for it.
func (b *binder) bind(row *Spec) *Spec {
	h := b.bound[row.FullName()]
	if h == nil {
		return nil
	}
	b.used = append(b.used, row.FullName())
	own := b.copy(row)
	own.Handler = h
	return own
}

func (b *binder) copy(row *Spec) *Spec {
	b.room = append(b.room, *row) // never beyond its capacity: the copies must not move
	own := &b.room[len(b.room)-1]
	own.Subs = nil
	return own
}

// served gives a command with those of its sub-commands that have handlers; nil when there is
// nothing.
func (b *binder) served(row *Spec) *Spec {
	own := b.bind(row)
	if len(row.Subs) == 0 {
		return own
	}
	var subs, extras []*Spec
	for _, sub := range row.Subs {
		if s := b.bind(sub); s != nil {
			subs = append(subs, s)
		}
	}
	for i := range extraSubs {
		if extraSubs[i].Parent != row.Name {
			continue
		}
		if s := b.bind(&extraSubs[i]); s != nil {
			extras = append(extras, s)
		}
	}
	if len(subs)+len(extras) == 0 {
		return own
	}
	if own == nil {
		own = b.copy(row) // a container without a command of its own
	}
	own.Subs, own.extras = subs, extras
	own.subs = newIndex(len(subs) + len(extras))
	for _, s := range own.allSubs() {
		own.subs.add(s.Name, s)
	}
	return own
}

// unused are the names of handlers that no row took.
func (b *binder) unused() []string {
	var list []string
	for name := range b.bound {
		if !slices.Contains(b.used, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func (s *Spec) allSubs() []*Spec { return append(s.Subs[:len(s.Subs):len(s.Subs)], s.extras...) }

func (t *Table) number() {
	t.byName = newIndex(len(t.specs))
	add := func(s *Spec) {
		s.ID = len(t.byID)
		t.byID = append(t.byID, s)
	}
	for _, s := range t.specs {
		t.byName.add(s.Name, s)
		add(s)
		for _, sub := range s.allSubs() {
			add(sub)
		}
	}
}

// Rename lets clients call a command by another name, or not at all when to is empty: the
// directive rename-command. Use it before the table is shared.
func (t *Table) Rename(from, to string) error {
	from, to = strings.ToLower(from), strings.ToLower(to)
	s := t.byName.find([]byte(from))
	if s == nil {
		//lint:ignore ST1005 Redis's text
		return errors.New("No such command in rename-command")
	}
	next := newIndex(len(t.specs))
	for _, slot := range t.byName.slots {
		if slot.spec != nil && slot.name != from {
			next.add(slot.name, slot.spec)
		}
	}
	if to != "" && !next.add(to, s) {
		//lint:ignore ST1005 Redis's text
		return errors.New("Target command name already exists")
	}
	if to == "" {
		t.specs = slices.DeleteFunc(t.specs, func(one *Spec) bool { return one == s })
	}
	t.byName = next
	return nil
}

// Outcome says what Lookup found.
type Outcome uint8

// The outcomes of Lookup.
const (
	Found Outcome = iota
	NoCommand
	NoSubcommand // of the container command in the Spec
	BadArity     // for the command in the Spec
)

// Lookup finds the command that argv calls, by name in any mix of cases, and checks its arity.
// It makes no garbage. Outcome.Error has the reply when the outcome is not Found.
func (t *Table) Lookup(argv [][]byte) (*Spec, Outcome) {
	if len(argv) == 0 {
		return nil, NoCommand
	}
	s := t.byName.find(argv[0])
	if s == nil {
		return nil, NoCommand
	}
	if s.subs != nil && len(argv) > 1 {
		sub := s.subs.find(argv[1])
		if sub == nil {
			return s, NoSubcommand
		}
		s = sub
	}
	if !s.ArityOK(len(argv)) || s.Handler == nil {
		return s, BadArity
	}
	return s, Found
}

// Find gives a command by its full name ("get", "config|get"), in any mix of cases; nil when it is
// not served.
func (t *Table) Find(full string) *Spec { return t.byFullName([]byte(full)) }

func (t *Table) byFullName(full []byte) *Spec {
	name, sub, isSub := bytes.Cut(full, []byte{'|'})
	s := t.byName.find(name)
	if s == nil || !isSub {
		return s
	}
	if s.subs == nil {
		return nil
	}
	return s.subs.find(sub)
}

// Specs are the served commands by name; sub-commands are in their Subs. Do not change them.
func (t *Table) Specs() []*Spec { return t.specs }

// Len is the number of served commands and sub-commands: the bound of Spec.ID.
func (t *Table) Len() int { return len(t.byID) }

// ByID gives the command or sub-command with that ID.
func (t *Table) ByID(id int) *Spec { return t.byID[id] }

// Documented are all commands of Redis 7.0 with nil handlers, served or not, by name: for
// tables in documents. Do not change what they point to.
func Documented() []Spec {
	var list []Spec
	for _, group := range allGroups {
		list = append(list, group...)
	}
	slices.SortFunc(list, func(a, b Spec) int { return strings.Compare(a.Name, b.Name) })
	return list
}
