package node

import (
	"strings"

	"redislab/node/command"
	"redislab/node/pubsub"
	"redislab/node/store"
)

func (n *Node) pubsubHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"subscribe":    n.subscriber("subscribe", &n.hub.Channels),
		"psubscribe":   n.subscriber("psubscribe", &n.hub.Patterns),
		"ssubscribe":   n.subscriber("ssubscribe", &n.hub.Shard),
		"unsubscribe":  n.unsubscriber("unsubscribe", &n.hub.Channels),
		"punsubscribe": n.unsubscriber("punsubscribe", &n.hub.Patterns),
		"sunsubscribe": n.unsubscriber("sunsubscribe", &n.hub.Shard),
		"publish":      n.cmdPublish, "spublish": n.cmdSPublish,
		"pubsub|channels":      func(ctx *command.Ctx) { listTopics(ctx, &n.hub.Channels) },
		"pubsub|numsub":        func(ctx *command.Ctx) { countTopics(ctx, &n.hub.Channels) },
		"pubsub|numpat":        func(ctx *command.Ctx) { ctx.Int(int64(n.hub.Patterns.Len())) },
		"pubsub|shardchannels": func(ctx *command.Ctx) { listTopics(ctx, &n.hub.Shard) },
		"pubsub|shardnumsub":   func(ctx *command.Ctx) { countTopics(ctx, &n.hub.Shard) },
		"pubsub|help":          command.ReplyHelp,
	}
}

type topics = pubsub.Topics[*client]

// subscriptions is the number that decides whether the client is in the subscribed state.
func (n *Node) subscriptions(c *client) int {
	return n.hub.Channels.Count(c) + n.hub.Patterns.Count(c) + n.hub.Shard.Count(c)
}

// shown is the count in confirmations: shard channels are counted apart.
func (n *Node) shown(c *client, t *topics) int {
	if t == &n.hub.Shard {
		return n.hub.Shard.Count(c)
	}
	return n.hub.Channels.Count(c) + n.hub.Patterns.Count(c)
}

func (n *Node) subscriber(word string, t *topics) command.Handler {
	return func(ctx *command.Ctx) {
		c := ctx.Client.(*client)
		// In a transaction Redis lets the old ones pass: they worked there before it minded.
		if !ctx.CanBlock && (c.multi == nil || t == &n.hub.Shard) {
			ctx.Error("ERR " + strings.ToUpper(word) + " isn't allowed for a DENY BLOCKING client")
			return
		}
		for _, name := range ctx.Argv[1:] {
			t.Add(string(name), c)
			confirm(c, word, string(name), n.shown(c, t))
		}
	}
}

func (n *Node) unsubscriber(word string, t *topics) command.Handler {
	return func(ctx *command.Ctx) {
		c := ctx.Client.(*client)
		if len(ctx.Argv) > 1 {
			for _, name := range ctx.Argv[1:] {
				t.Remove(string(name), c)
				confirm(c, word, string(name), n.shown(c, t))
			}
			return
		}
		names := t.Of(c)
		for _, name := range names {
			t.Remove(name, c)
			confirm(c, word, name, n.shown(c, t))
		}
		if len(names) == 0 {
			mark := len(c.w.Buf)
			c.w.Push(3)
			c.w.BulkString(word)
			c.w.Null()
			c.w.Int(int64(n.shown(c, t)))
			c.keep(mark)
		}
	}
}

func confirm(c *client, word, name string, count int) {
	mark := len(c.w.Buf)
	c.w.Push(3)
	c.w.BulkString(word)
	c.w.BulkString(name)
	c.w.Int(int64(count))
	c.keep(mark)
}

func (n *Node) unsubscribeAll(c *client) {
	for _, t := range []*topics{&n.hub.Channels, &n.hub.Patterns, &n.hub.Shard} {
		for _, name := range t.Of(c) {
			t.Remove(name, c)
		}
	}
}

// publish sends a message to the subscribers of a channel and of the patterns it matches,
// and gives their number.
func (n *Node) publish(channel, message string) int {
	got := n.deliver(&n.hub.Channels, "message", channel, message)
	if n.hub.Patterns.Len() == 0 {
		return got
	}
	for _, pattern := range n.hub.Patterns.Names() {
		if !store.Match(pattern, channel, false) {
			continue
		}
		for c := range n.hub.Patterns.Subscribers(pattern) {
			mark := len(c.w.Buf)
			c.w.Push(4)
			c.w.BulkString("pmessage")
			c.w.BulkString(pattern)
			c.w.BulkString(channel)
			c.w.BulkString(message)
			c.keep(mark)
			c.pushed()
			got++
		}
	}
	return got
}

func (n *Node) deliver(t *topics, word, channel, message string) (got int) {
	for c := range t.Subscribers(channel) {
		mark := len(c.w.Buf)
		c.w.Push(3)
		c.w.BulkString(word)
		c.w.BulkString(channel)
		c.w.BulkString(message)
		c.keep(mark)
		c.pushed()
		got++
	}
	return got
}

func (n *Node) cmdPublish(ctx *command.Ctx) {
	got := n.publish(ctx.Arg(1), ctx.Arg(2))
	n.forcePropagate(ctx)
	ctx.Int(int64(got))
}

func (n *Node) cmdSPublish(ctx *command.Ctx) {
	got := n.deliver(&n.hub.Shard, "smessage", ctx.Arg(1), ctx.Arg(2))
	n.forcePropagate(ctx)
	ctx.Int(int64(got))
}

// forcePropagate sends a command to replicas although it changed no data.
func (n *Node) forcePropagate(ctx *command.Ctx) {
	if n.propagates() && !ctx.Client.(*client).is(flagMaster) {
		n.ops = append(n.ops, op{ctx.DB.ID, ctx.Argv})
	}
}

func listTopics(ctx *command.Ctx, t *topics) {
	if len(ctx.Argv) > 3 {
		ctx.Error(command.UnknownSubcommandOrArgs(ctx.Argv))
		return
	}
	m, count := ctx.Defer(), 0
	for _, name := range t.Names() {
		if len(ctx.Argv) < 3 || store.Match(ctx.Arg(2), name, false) {
			ctx.BulkString(name)
			count++
		}
	}
	ctx.PutArray(m, count)
}

func countTopics(ctx *command.Ctx, t *topics) {
	ctx.Array(2 * (len(ctx.Argv) - 2))
	for _, name := range ctx.Argv[2:] {
		ctx.Bulk(name)
		ctx.Int(int64(t.NumSub(string(name))))
	}
}
