package node

import (
	"fmt"

	"redislab/node/command"
	"redislab/node/store"
)

// What one entry of the slow log keeps of a command, as in Redis.
const (
	slowlogArgs  = 32  // words
	slowlogBytes = 128 // of a word
)

// slowEntry is one slow command.
type slowEntry struct {
	id     int64
	at     int64 // Unix seconds
	usec   int64
	argv   []string
	client string // ip:port
	name   string
}

// slowlog keeps the last slow commands, newest last.
type slowlog struct {
	entries []slowEntry
	max     int
	nextID  int64
}

// limit sets the greatest number of entries; what is beyond it goes.
func (s *slowlog) limit(max int) {
	s.max = max
	s.trim()
}

func (s *slowlog) trim() {
	if over := len(s.entries) - s.max; over > 0 {
		clear(s.entries[:over])
		s.entries = s.entries[over:]
	}
}

// add notes a command of c that took usec microseconds.
func (s *slowlog) add(n *Node, c *client, argv [][]byte, usec int64) {
	s.entries = append(s.entries, slowEntry{
		id: s.nextID, at: n.nowMs / 1000, usec: usec, client: c.peerName(), name: c.name,
		argv: slowWords(redacted(n.set, c.ctx.Spec, argv)),
	})
	s.nextID++
	s.trim()
}

// slowWords copies and shortens the words of a command.
func slowWords(argv [][]byte) []string {
	kept := min(len(argv), slowlogArgs)
	words := make([]string, kept)
	for i := range words {
		if i == kept-1 && kept < len(argv) {
			words[i] = fmt.Sprintf("... (%d more arguments)", len(argv)-kept+1)
			break
		}
		if over := len(argv[i]) - slowlogBytes; over > 0 {
			words[i] = fmt.Sprintf("%s... (%d more bytes)", argv[i][:slowlogBytes], over)
			continue
		}
		words[i] = string(argv[i])
	}
	return words
}

func (n *Node) slowlogHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"slowlog|get":   n.slowlogGet,
		"slowlog|len":   func(ctx *command.Ctx) { ctx.Int(int64(len(n.slow.entries))) },
		"slowlog|reset": func(ctx *command.Ctx) { n.slow.entries = nil; ctx.OK() },
		"slowlog|help":  command.ReplyHelp,
	}
}

func (n *Node) slowlogGet(ctx *command.Ctx) {
	count := int64(10)
	switch len(ctx.Argv) {
	case 2:
	case 3:
		var ok bool
		if count, ok = store.ParseInt(ctx.Argv[2]); !ok || count < -1 {
			ctx.Error("ERR count should be greater than or equal to -1")
			return
		}
	default:
		ctx.Error(command.UnknownSubcommandOrArgs(ctx.Argv))
		return
	}
	if count == -1 || count > int64(len(n.slow.entries)) {
		count = int64(len(n.slow.entries))
	}
	ctx.Array(int(count))
	for i := range int(count) {
		e := &n.slow.entries[len(n.slow.entries)-1-i]
		ctx.Array(6)
		ctx.Int(e.id)
		ctx.Int(e.at)
		ctx.Int(e.usec)
		ctx.Array(len(e.argv))
		for _, word := range e.argv {
			ctx.BulkString(word)
		}
		ctx.BulkString(e.client)
		ctx.BulkString(e.name)
	}
}
