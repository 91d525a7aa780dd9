package command

// KeyFlags say what a command does with a key.
type KeyFlags uint16

// The flags of Redis 7.0, in the order COMMAND INFO prints them.
const (
	KeyRO KeyFlags = 1 << iota
	KeyRW
	KeyOW
	KeyRM
	KeyAccess
	KeyUpdate
	KeyInsert
	KeyDelete
	KeyNotKey     // looks like a key and is none (a shard channel)
	KeyIncomplete // the spec does not find all keys
	KeyVariable   // the flags depend on the arguments
)

var keyFlagNames = [...]string{
	"RO", "RW", "OW", "RM", "access", "update", "insert", "delete", "not_key", "incomplete", "variable_flags",
}

// KeySpec is one rule by which keys are found among the arguments: first a place to
// begin, then the keys from there on.
type KeySpec struct {
	Notes string
	Flags KeyFlags
	Begin Begin
	Find  Find
}

// Begin says where the first key (or the number of keys) is.
type Begin struct {
	Kind      SearchKind // Unknown, AtIndex or AfterKeyword
	Index     int
	Keyword   string
	StartFrom int // where the search for Keyword starts; negative: from the end, backwards
}

// Find says which arguments are keys once the beginning is known.
type Find struct {
	Kind    SearchKind // Unknown, Range or KeyNum
	LastKey int        // Range: relative to the first key, or to the end when negative
	Limit   int        // Range with LastKey -1: the keys are the first 1/Limit of the rest
	KeyStep int
	// KeyNum: where their number is and where the first one is, relative to the beginning.
	NumIndex, FirstKey int
}

// SearchKind is the kind of a Begin or a Find.
type SearchKind uint8

// The kinds of Redis 7.0.
const (
	Unknown SearchKind = iota
	AtIndex
	AfterKeyword
	Range
	KeyNum
)

// KeyRef is one key of a command: its place in argv and what the command does with it.
type KeyRef struct {
	Pos   int
	Flags KeyFlags
}
