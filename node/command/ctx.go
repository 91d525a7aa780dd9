package command

import (
	"time"
	"unsafe"

	"redislab/node/resp"
	"redislab/node/store"
)

// Handler carries out one command: it reads c.Argv and appends exactly one reply.
type Handler func(c *Ctx)

// Ctx is what a handler works with for the length of one command. Argv and whatever was
// looked up are good until the handler returns; a handler copies what it keeps.
type Ctx struct {
	*resp.Writer

	Spec *Spec
	Argv [][]byte
	DB   *store.DB
	Keys *store.Keyspace
	Now  int64 // milliseconds of Unix time; the same for the whole command

	// Server is the part of the node that data handlers may use.
	Server Server
	// Client is the node's own connection type; handlers outside the node do not look into it.
	Client any

	// Dirty counts changes to the data set. A command that leaves it at zero is not propagated.
	Dirty int
	// Replaced are the commands to propagate instead of Argv, see Propagate.
	Replaced [][][]byte
	// NoPropagate keeps the command from replicas and log although it changed data.
	NoPropagate bool
	// CanBlock is false inside MULTI and for replicated commands: blocking commands answer at
	// once as if their time had run out.
	CanBlock bool
	// Blocked is set by Block.
	Blocked *Block
	// Retry is true when a blocked command is tried again because a key became ready.
	Retry bool
	// Ready is the key that became ready: with it, Retry serves the command from that key alone.
	Ready string
}

// Server is what data handlers may ask of the node.
type Server interface {
	// Notify publishes a keyspace event; it does not keep the key. class is one of Redis's event class letters
	// ('g' generic, '$' string, 'l' list, 's' set, 'h' hash, 'z' sorted set, 'x' expired, 'e' evicted, 'm' key miss, 'n' new key).
	Notify(class byte, event string, db int, key string)
	// FromMaster tells whether the command comes from the replication link (or a load).
	FromMaster(c *Ctx) bool
	// Lazy settings.
	ConfigBool(name string) bool
	ConfigInt(name string) int64
	ConfigString(name string) string
}

// Block is a command that waits for keys or time.
type Block struct {
	Keys     []string      // any of them may wake the command; empty when it only waits for time
	Kind     store.Kind    // the type of value that wakes it
	Timeout  time.Duration // 0 waits for ever
	OnExpiry func(c *Ctx)  // writes the reply when the time has run out
}

// Changed tells all who must know that the value at key changed: watchers, keyspace
// events, and propagation (it counts one change).
func (c *Ctx) Changed(class byte, event string, key []byte) {
	c.DB.Modified(key)
	c.Server.Notify(class, event, c.DB.ID, text(key))
	c.Dirty++
}

// Notify publishes a keyspace event for key in the command's database.
func (c *Ctx) Notify(class byte, event string, key []byte) {
	c.Server.Notify(class, event, c.DB.ID, text(key))
}

// text is b as text for as long as b does not change.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Propagate replaces what replicas and log get for this command. It may be called more
// than once: all are sent in order, as one transaction when they are several. The arguments are copied.
func (c *Ctx) Propagate(argv ...[]byte) {
	size := 0
	for _, a := range argv {
		size += len(a)
	}
	own, block := make([][]byte, len(argv)), make([]byte, 0, size)
	for i, a := range argv {
		at := len(block)
		block = append(block, a...)
		own[i] = block[at:len(block):len(block)]
	}
	c.Replaced = append(c.Replaced, own)
}

// PropagateStrings is Propagate for words at hand as strings.
func (c *Ctx) PropagateStrings(argv ...string) {
	own := make([][]byte, len(argv))
	for i, a := range argv {
		own[i] = []byte(a)
	}
	c.Replaced = append(c.Replaced, own)
}

// Wait makes the command wait, see Block; the handler writes no reply. The command is run again
// with Retry set each time one of the keys becomes ready, and OnExpiry answers when the
// time is over.
func (c *Ctx) Wait(b Block) { c.Blocked = &b }

// Arg is argument i as text (a copy).
func (c *Ctx) Arg(i int) string { return string(c.Argv[i]) }
