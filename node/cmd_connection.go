package node

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math"
	"strings"

	"redislab/node/command"
)

func (n *Node) connectionHandlers() map[string]command.Handler {
	return map[string]command.Handler{
		"ping": n.cmdPing, "echo": func(ctx *command.Ctx) { ctx.Bulk(ctx.Argv[1]) },
		"auth": n.cmdAuth, "hello": n.cmdHello, "select": n.cmdSelect, "quit": n.cmdQuit, "reset": n.cmdReset,
	}
}

func (n *Node) cmdPing(ctx *command.Ctx) {
	if len(ctx.Argv) > 2 {
		ctx.Error(command.WrongArity("ping"))
		return
	}
	c := ctx.Client.(*client)
	switch {
	case ctx.Proto == 2 && n.subscriptions(c) > 0:
		ctx.Array(2)
		ctx.BulkString("pong")
		if len(ctx.Argv) == 2 {
			ctx.Bulk(ctx.Argv[1])
		} else {
			ctx.BulkString("")
		}
	case len(ctx.Argv) == 2:
		ctx.Bulk(ctx.Argv[1])
	default:
		ctx.Simple("PONG")
	}
}

func (n *Node) cmdSelect(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	id, ok := intArg(ctx, 1)
	switch {
	case !ok:
		ctx.Error(command.ErrNotInteger)
		return
	case int64(int32(id)) != id:
		ctx.Error(fmt.Sprintf(command.ErrNotBetweenF, math.MinInt32, math.MaxInt32))
		return
	}
	db := n.dbAt(id)
	if db == nil {
		ctx.Error(command.ErrDBIndex)
		return
	}
	c.db = db
	ctx.OK()
}

func (n *Node) cmdQuit(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	ctx.OK()
	c.flags |= flagCloseAfter
}

func (n *Node) cmdAuth(ctx *command.Ctx) {
	if len(ctx.Argv) > 3 {
		ctx.Error(command.ErrSyntax)
		return
	}
	c := ctx.Client.(*client)
	user, pass := "default", ctx.Argv[len(ctx.Argv)-1]
	if len(ctx.Argv) == 3 {
		user = ctx.Arg(1)
	} else if n.settings.requirepass == "" {
		ctx.Error(command.ErrAuthNoPassword)
		return
	}
	if !n.checkPassword(user, pass) {
		ctx.Error(command.ErrWrongPass)
		return
	}
	c.login()
	ctx.OK()
}

// checkPassword knows one user, "default"; without requirepass it takes any password.
func (n *Node) checkPassword(user string, pass []byte) bool {
	if user != "default" {
		return false
	}
	if n.settings.requirepass == "" {
		return true
	}
	want, got := sha256.Sum256([]byte(n.settings.requirepass)), sha256.Sum256(pass)
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// helloArgs are the options of HELLO.
type helloArgs struct {
	proto      int
	user, pass []byte
	name       *string
}

func (n *Node) cmdHello(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	args, problem := parseHello(ctx, c)
	if problem != "" {
		ctx.Error(problem)
		return
	}
	if args.user != nil {
		if !n.checkPassword(string(args.user), args.pass) {
			ctx.Error(command.ErrWrongPass)
			return
		}
		c.login()
	}
	if !c.authed {
		ctx.Error(command.ErrHelloNoAuth)
		return
	}
	if args.name != nil {
		c.name = *args.name
	}
	if args.proto != 0 {
		c.w.Proto = args.proto
	}
	n.replyHello(ctx, c)
}

func parseHello(ctx *command.Ctx, c *client) (args helloArgs, problem string) {
	argv := ctx.Argv[1:]
	if len(argv) == 0 {
		return args, ""
	}
	v, ok := intArg(ctx, 1)
	if !ok {
		return args, command.ErrProtoNotInteger
	}
	if v != 2 && v != 3 {
		return args, command.ErrNoProto
	}
	args.proto = int(v)
	for argv = argv[1:]; len(argv) > 0; {
		switch word := strings.ToUpper(string(argv[0])); {
		case word == "AUTH" && len(argv) > 2:
			args.user, args.pass = argv[1], argv[2]
			argv = argv[3:]
		case word == "SETNAME" && len(argv) > 1:
			name := string(argv[1])
			if !validClientName(name) {
				return args, command.ErrClientName
			}
			args.name = &name
			argv = argv[2:]
		default:
			return args, "ERR Syntax error in HELLO option '" + string(argv[0]) + "'"
		}
	}
	return args, ""
}

func (n *Node) replyHello(ctx *command.Ctx, c *client) {
	fields := 7
	if n.sentinel != nil {
		fields = 6 // no role
	}
	ctx.Map(fields)
	ctx.BulkString("server")
	ctx.BulkString("redis")
	ctx.BulkString("version")
	ctx.BulkString(Version)
	ctx.BulkString("proto")
	ctx.Int(int64(c.w.Proto))
	ctx.BulkString("id")
	ctx.Int(int64(c.id))
	ctx.BulkString("mode")
	ctx.BulkString(n.mode())
	if n.sentinel == nil {
		ctx.BulkString("role")
		if n.isReplica() {
			ctx.BulkString("replica")
		} else {
			ctx.BulkString("master")
		}
	}
	ctx.BulkString("modules")
	ctx.Array(0)
}

// cmdReset brings the connection back to the state of a new one.
func (n *Node) cmdReset(ctx *command.Ctx) {
	c := ctx.Client.(*client)
	if c.is(flagReplica|flagMaster) && !c.is(flagMonitor) {
		ctx.Error("ERR can only reset normal client connections")
		return
	}
	delete(n.monitors, c)
	c.flags &^= flagMonitor | flagReplica | flagReadonly | flagReplyOff | flagReplySkipNext
	if !c.is(flagReplySkip) {
		c.unmute()
	}
	n.discard(c)
	n.unsubscribeAll(c)
	c.db, c.name, c.w.Proto = n.ks.DB(0), "", 2
	c.authed = n.settings.requirepass == ""
	c.reader.Limits.Authenticated = c.authed
	ctx.Simple("RESET")
}
