package data

import (
	"maps"

	"redislab/node/command"
)

// Handlers are the commands of this package by lower case name; a sub-command is named
// "container|sub".
func Handlers() map[string]command.Handler {
	all := map[string]command.Handler{}
	for _, table := range []map[string]command.Handler{
		stringHandlers(), keyHandlers(), expireHandlers(), objectHandlers(),
		bitmapHandlers(), dumpHandlers(), sortHandlers(),
		collectionHandlers(),
	} {
		maps.Copy(all, table)
	}
	return all
}
