// Temporary stand-in so that package node compiles: helper for server commands, DELETE pieces as your real ones land.
package node

import "redislab/node/command"

type latencyLog struct{}

func (l *latencyLog) add(int64, string, int64) {}

func (n *Node) latencyHandlers() map[string]command.Handler       { return nil }
func (n *Node) memoryHandlers() map[string]command.Handler        { return nil }
func (n *Node) serverCommandHandlers() map[string]command.Handler { return map[string]command.Handler{"info": n.cmdInfo} }
func (n *Node) debugHandlers() map[string]command.Handler         { return nil }

func (n *Node) flushAll() {
	for i := range n.ks.Databases() {
		n.ks.DB(i).Flush()
	}
}
