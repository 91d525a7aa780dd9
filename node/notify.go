package node

import (
	"strconv"

	"redislab/node/command"
)

// Notify publishes a keyspace event on __keyspace@db__:key and __keyevent@db__:event as far as
// notify-keyspace-events asks for its class.
func (n *Node) Notify(class byte, event string, db int, key string) {
	if n.settings.notify[class] == 0 {
		return
	}
	prefix := "@" + strconv.Itoa(db) + "__:"
	if n.settings.notify['K'] != 0 {
		n.publish("__keyspace"+prefix+key, event)
	}
	if n.settings.notify['E'] != 0 {
		n.publish("__keyevent"+prefix+event, key)
	}
}

// notifyClasses turns the directive's letters into a look-up table.
func notifyClasses(flags string) (set [256]byte) {
	for i := range len(flags) {
		if flags[i] == 'A' {
			for _, class := range "g$lshzxetd" {
				set[class] = 1
			}
			continue
		}
		set[flags[i]] = 1
	}
	if set['K'] == 0 && set['E'] == 0 {
		return [256]byte{}
	}
	return set
}

// FromMaster tells whether a command comes from the replication link.
func (n *Node) FromMaster(ctx *command.Ctx) bool {
	c, _ := ctx.Client.(*client)
	return c != nil && c.is(flagMaster)
}

// ConfigBool gives a yes/no directive.
func (n *Node) ConfigBool(name string) bool { return n.set.Bool(name) }

// ConfigInt gives a numeric directive.
func (n *Node) ConfigInt(name string) int64 { return n.set.Int(name) }

// ConfigString gives a directive as text.
func (n *Node) ConfigString(name string) string { return n.set.String(name) }
