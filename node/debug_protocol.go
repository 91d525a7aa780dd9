package node

import (
	"strings"

	"redislab/node/command"
)

// protocolSamples answers a value of each type of the protocol, for people who write clients.
var protocolSamples = []struct {
	name string
	send func(ctx *command.Ctx)
}{
	{"string", func(ctx *command.Ctx) { ctx.BulkString("Hello World") }},
	{"integer", func(ctx *command.Ctx) { ctx.Int(12345) }},
	{"double", func(ctx *command.Ctx) { ctx.Double(3.141) }},
	{"bignum", func(ctx *command.Ctx) { ctx.BigNumber("1234567999999999999999999999999999999") }},
	{"null", func(ctx *command.Ctx) { ctx.Null() }},
	{"array", func(ctx *command.Ctx) {
		ctx.Array(3)
		sendInts(ctx, 0, 1, 2)
	}},
	{"set", func(ctx *command.Ctx) {
		ctx.Set(3)
		sendInts(ctx, 0, 1, 2)
	}},
	{"map", sendMap},
	{"attrib", sendAttribute},
	{"push", sendPush},
	{"verbatim", func(ctx *command.Ctx) { ctx.Verbatim("txt", "This is a verbatim\nstring") }},
	{"true", func(ctx *command.Ctx) { ctx.Bool(true) }},
	{"false", func(ctx *command.Ctx) { ctx.Bool(false) }},
}

func sendInts(ctx *command.Ctx, list ...int64) {
	for _, v := range list {
		ctx.Int(v)
	}
}

func sendMap(ctx *command.Ctx) {
	ctx.Map(3)
	for i := range 3 {
		ctx.Int(int64(i))
		ctx.Bool(i == 1)
	}
}

// sendAttribute is a reply with an attribute before it, which RESP2 does not have.
func sendAttribute(ctx *command.Ctx) {
	if ctx.Proto >= 3 {
		ctx.Attribute(1)
		ctx.BulkString("key-popularity")
		ctx.Array(2)
		ctx.BulkString("key:123")
		ctx.Int(90)
	}
	ctx.BulkString("Some real reply following the attribute")
}

// sendPush is a message out of turn, then the reply.
func sendPush(ctx *command.Ctx) {
	if ctx.Proto < 3 {
		ctx.Error("ERR RESP2 is not supported by this command")
		return
	}
	ctx.Push(2)
	ctx.BulkString("server-cpu-usage")
	ctx.Int(42)
	ctx.BulkString("Some real reply following the push reply")
}

func (n *Node) debugProtocol(ctx *command.Ctx) {
	var names []string
	for _, s := range protocolSamples {
		if isWord(ctx.Argv[2], s.name) {
			s.send(ctx)
			return
		}
		names = append(names, s.name)
	}
	ctx.Error("ERR Wrong protocol type name. Please use one of the following: " + strings.Join(names, "|"))
}
