package node

import (
	"maps"

	"redislab/node/command"
)

// serverHandlers are the handlers of all commands that are about the connection or the server
// rather than about values (those are package data's).
func (n *Node) serverHandlers() map[string]command.Handler {
	all := map[string]command.Handler{}
	for _, group := range []map[string]command.Handler{
		n.connectionHandlers(), n.clientHandlers(), n.pubsubHandlers(), n.transactionHandlers(),
		n.serverCommandHandlers(), n.configHandlers(), n.slowlogHandlers(), n.latencyHandlers(),
		n.memoryHandlers(), n.monitorHandlers(), n.debugHandlers(), n.replicationHandlers(),
	} {
		maps.Copy(all, group)
	}
	return all
}
