package command

import (
	"slices"
	"strings"
)

// NewSentinelTable makes the table of a node in sentinel mode: SENTINEL, and of the other commands those that
// Redis Sentinel has. Handlers for the rest are left out.
func NewSentinelTable(handlers ...map[string]Handler) (*Table, error) {
	return tableOf(append(allGroups[:len(allGroups):len(allGroups)], sentinelTable), inSentinel, handlers)
}

// inSentinel tells whether sentinel mode serves a command, by its full name.
func inSentinel(full string) bool {
	name, _, _ := strings.Cut(full, "|")
	return slices.Contains(sentinelServed[:], name)
}

// SentinelSubcommands are the full names of all sub-commands of SENTINEL.
func SentinelSubcommands() []string {
	var list []string
	for i := range sentinelTable {
		for _, sub := range sentinelTable[i].Subs {
			list = append(list, sub.FullName())
		}
	}
	return list
}
