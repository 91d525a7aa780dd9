package node

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"redislab/node/command"
	"redislab/node/data"
	"redislab/node/rdb"
)

// migration is one MIGRATE: keys on their way to another server. In Redis nothing else runs
// meanwhile, so the keys are in one place or the other, never in both for anyone to see. Here the
// node is frozen while the conversation with the target goes on outside the lock.
type migration struct {
	addr          string
	db            int // on the target
	timeout       time.Duration
	copy, replace bool
	auth          []string // AUTH and its arguments, nil for none
	keys          [][]byte
	home          int    // database here
	request       []byte // everything that is sent
}

const defaultMigrateTimeout = time.Second

// Replies of MIGRATE that no other command has.
const (
	errMigrateWrite = "IOERR error or timeout writing to target instance"
	errMigrateRead  = "IOERR error or timeout reading to target instance"
	errMigrateKeys  = "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string"
	errMigrateReply = "ERR Target instance replied with error: "
)

func (n *Node) cmdMigrate(ctx *command.Ctx) {
	m, problem := parseMigrate(ctx)
	if problem != "" {
		ctx.Error(problem)
		return
	}
	n.packMigration(ctx, m)
	if len(m.keys) == 0 {
		ctx.Simple("NOKEY")
		return
	}
	c := ctx.Client.(*client)
	if !ctx.CanBlock {
		// Inside a transaction the reply has its place in EXEC's: talk to the target at
		// once, as Redis always does.
		moved, text := m.talk(n)
		n.finishMigration(c, m, moved, text)
		return
	}
	c.block = &blocked{migrating: true}
	n.freeze()
	n.group.Go(func() {
		moved, text := m.talk(n)
		n.mu.Lock()
		if n.killed {
			n.mu.Unlock()
			return
		}
		n.tick()
		n.thaw()
		c.block = nil
		mark := c.begin()
		n.finishMigration(c, m, moved, text)
		c.afterReply(mark)
		n.resuming = append(n.resuming, c)
		n.leave()
	})
}

func parseMigrate(ctx *command.Ctx) (m *migration, problem string) {
	argv := ctx.Argv
	m = &migration{addr: net.JoinHostPort(string(argv[1]), string(argv[2])), home: ctx.DB.ID, keys: argv[3:4]}
	for i := 6; i < len(argv); i++ {
		left := len(argv) - i - 1
		switch word := strings.ToLower(string(argv[i])); {
		case word == "copy":
			m.copy = true
		case word == "replace":
			m.replace = true
		case word == "auth" && left >= 1:
			m.auth = []string{"AUTH", string(argv[i+1])}
			i++
		case word == "auth2" && left >= 2:
			m.auth = []string{"AUTH", string(argv[i+1]), string(argv[i+2])}
			i += 2
		case word == "keys":
			if len(argv[3]) != 0 {
				return nil, errMigrateKeys
			}
			m.keys = argv[i+1:]
			i = len(argv)
		default:
			return nil, command.ErrSyntax
		}
	}
	ms, ok := intArg(ctx, 5)
	db, dbOK := intArg(ctx, 4)
	if !ok || !dbOK {
		return nil, command.ErrNotInteger
	}
	m.timeout = time.Duration(ms) * time.Millisecond
	if ms <= 0 {
		m.timeout = defaultMigrateTimeout
	}
	m.db = int(db)
	return m, ""
}

// packMigration keeps the keys that exist and builds what is sent: AUTH, SELECT, a RESTORE for each.
func (n *Node) packMigration(ctx *command.Ctx, m *migration) {
	if m.auth != nil {
		m.request = appendCommand(m.request, m.auth...)
	}
	m.request = appendCommand(m.request, "SELECT", strconv.Itoa(m.db))
	ser := rdb.NewSerializer(n.set.Bool("rdbcompression"))
	asked := m.keys
	m.keys = nil
	for _, key := range asked {
		o := ctx.DB.Get(key)
		if o == nil {
			continue
		}
		ttl := int64(0)
		if at, ok := ctx.DB.ExpireAt(key); ok {
			ttl = max(at-n.nowMs, 1)
		}
		words := [][]byte{[]byte("RESTORE"), key, strconv.AppendInt(nil, ttl, 10), data.Payload(o, ser)}
		if m.replace {
			words = append(words, []byte("REPLACE"))
		}
		m.request = appendArgs(m.request, words)
		m.keys = append(m.keys, append([]byte(nil), key...))
	}
}

// talk sends the request and reads one reply for each command. moved are the keys the target
// has now; text is the first error.
func (m *migration) talk(n *Node) (moved [][]byte, text string) {
	ctx, cancel := context.WithCancel(n.ctx)
	defer cancel()
	timer := n.clock.AfterFunc(m.timeout, cancel)
	defer timer.Stop()
	conn, err := n.net.Dial(ctx, "tcp", m.addr)
	if err != nil {
		return nil, errMigrateWrite
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	if _, err := conn.Write(m.request); err != nil {
		return nil, errMigrateWrite
	}
	r := bufio.NewReader(conn)
	before := 1
	if m.auth != nil {
		before++
	}
	refused := false
	for range before {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, errMigrateRead
		}
		if line[0] == '-' && text == "" {
			text, refused = errMigrateReply+strings.TrimSpace(line[1:]), true
		}
	}
	for _, key := range m.keys {
		line, err := r.ReadString('\n')
		if err != nil {
			return moved, errMigrateRead
		}
		switch {
		case line[0] == '-' && text == "":
			text = errMigrateReply + strings.TrimSpace(line[1:])
		case line[0] != '-' && !refused:
			moved = append(moved, key)
		}
	}
	return moved, text
}

// finishMigration deletes what has moved and answers.
func (n *Node) finishMigration(c *client, m *migration, moved [][]byte, text string) {
	if !m.copy && len(moved) > 0 {
		n.beginUnit()
		db := n.ks.DB(m.home)
		for _, key := range moved {
			db.Delete(key)
			db.Modified(key)
			n.Notify('g', "del", m.home, string(key))
		}
		n.persist.dirty += int64(len(moved))
		if n.propagates() {
			n.ops = append(n.ops, op{m.home, append([][]byte{[]byte("DEL")}, moved...)})
		}
		n.endUnit(c)
	}
	if text != "" {
		c.w.Error(text)
		return
	}
	c.w.OK()
}
