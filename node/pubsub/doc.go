// Package pubsub is the hub of channels, patterns and shard channels. It knows its
// subscribers only by identity; who publishes writes the messages.
//
//	h := pubsub.New[*conn]()
//	h.Channels.Add("news", c)
//	for c := range h.Channels.Subscribers("news") { … }
package pubsub
