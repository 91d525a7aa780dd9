package command

import "strings"

// Flags are the properties of a command that COMMAND INFO lists.
type Flags uint32

// The flags of Redis 7.0, in the order COMMAND INFO prints them. MayReplicate and
// Protected are never printed; they sit behind the others.
const (
	Write Flags = 1 << iota
	ReadOnly
	DenyOOM
	Module
	Admin
	PubSub
	NoScript
	Blocking
	Loading
	Stale
	SkipMonitor
	SkipSlowlog
	Asking
	Fast
	NoAuth
	NoMandatoryKeys
	NoAsyncLoading
	NoMulti
	MovableKeys
	AllowBusy

	MayReplicate // may send something to replicas although it is no Write (PUBLISH, EVAL, PFCOUNT)
	Protected    // refused unless enable-debug-command or enable-module-command allows it
)

// flagNames are the printed names, lowest bit first.
var flagNames = [...]string{
	"write", "readonly", "denyoom", "module", "admin", "pubsub", "noscript", "blocking",
	"loading", "stale", "skip_monitor", "skip_slowlog", "asking", "fast", "no_auth",
	"no_mandatory_keys", "no_async_loading", "no_multi", "movablekeys", "allow_busy",
}

// Spec is all there is to know about one command (or sub-command) besides what it does.
// Rows are data: COMMAND, gates, key extraction and the README's table are made from them.
type Spec struct {
	Name       string // lower case; sub-commands carry only their own part ("get" of "config|get")
	Parent     string // container command of a sub-command, else ""
	Arity      int    // > 0 exactly, < 0 at least; counts the name(s)
	Flags      Flags
	ACL        []string // categories without @
	KeySpecs   []KeySpec
	Tips       []string
	Group      string
	Since      string
	Summary    string
	Complexity string
	History    [][2]string // version and what changed in it
	DocFlags   []string
	Replaced   string // replaced_by
	Deprecated string // deprecated_since
	Args       []Arg
	Subs       []*Spec

	// FirstKey, LastKey and Step are the old way to say where keys are (COMMAND INFO).
	FirstKey, LastKey, Step int
	// GetKeys finds keys that the key specs cannot say (SORT … STORE, MIGRATE …).
	// It appends to dst. Use Keys instead.
	GetKeys func(dst []KeyRef, argv [][]byte) []KeyRef

	Handler Handler // nil when a later part of the product carries the command

	Extra bool // not in Redis 7.0: served, but not listed by COMMAND

	// ID numbers the commands and sub-commands of a Table from 0, so that figures can be kept
	// in a slice beside it (see Table.Len).
	ID int

	full   string // of a sub-command
	subs   *index
	extras []*Spec
}

// FullName is the name as errors, INFO commandstats and COMMAND print it: "get", "config|get".
func (s *Spec) FullName() string {
	if s.Parent == "" {
		return s.Name
	}
	return s.full
}

// ArityOK tells whether a command of argc words (its names included) can be right.
func (s *Spec) ArityOK(argc int) bool {
	return s.Arity > 0 && argc == s.Arity || s.Arity <= 0 && argc >= -s.Arity
}

// IsContainer tells whether the command has sub-commands.
func (s *Spec) IsContainer() bool { return len(s.Subs) != 0 }

// InCategory tells whether the command is in an ACL category (without @, in any mix of cases).
func (s *Spec) InCategory(category string) bool {
	for _, c := range s.ACL {
		if strings.EqualFold(c, category) {
			return true
		}
	}
	return false
}

// Arg documents one argument (COMMAND DOCS).
type Arg struct {
	Name       string
	Type       ArgType
	Key        int // number of the argument's key spec counted from 1; 0 when it is no key
	Token      string
	Since      string
	Deprecated string
	Flags      ArgFlags
	Args       []Arg // of a block or oneof
}

// ArgType is the kind of an argument.
type ArgType uint8

// The kinds of Redis 7.0.
const (
	StringArg ArgType = iota
	IntegerArg
	DoubleArg
	KeyArg
	PatternArg
	UnixTimeArg
	PureToken
	OneOf
	BlockArg
)

var argTypeNames = [...]string{
	"string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof", "block",
}

// String is the name COMMAND DOCS prints.
func (t ArgType) String() string { return argTypeNames[t] }

// ArgFlags are the properties of an argument.
type ArgFlags uint8

// The flags of Redis 7.0, in the order COMMAND DOCS prints them.
const (
	Optional ArgFlags = 1 << iota
	Multiple
	MultipleToken
)

var argFlagNames = [...]string{"optional", "multiple", "multiple_token"}
