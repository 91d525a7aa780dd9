package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Observer sees what go-redis clients go through: the addresses they try, the errors and redirections they meet, and how
// long they find no writable master. Hook it into any client:
//
//	o := l.Observe()
//	c := o.Client(l.MustNode("master"))
//	c.Set(ctx, "k", 1, 0)
//	fmt.Println(o.Seen().Errors)
type Observer struct {
	lab *Lab
	end string

	mu      sync.Mutex
	seen    Seen
	outage  bool // the last write failed
	outages []Outage
}

// Seen is an observer's account so far.
type Seen struct {
	Dials     []DialSeen     // in order
	Commands  int            // sent, each in a pipeline counted, and the HELLO of each connection
	Failed    int            // of those
	Errors    map[string]int // by kind: the first word of an error reply ("READONLY"), "timeout", "refused", "closed", "no-sentinel", "other"
	Redirects int            // MOVED and ASK among them
	Outages   []Outage       // times when writes failed
}

// DialSeen is one attempt to connect.
type DialSeen struct {
	At    time.Time
	Addr  string
	Error string // "" when it worked
}

// Outage is a time without a writable master, from the first write that failed to the next that was acknowledged.
type Outage struct {
	From, To time.Time // To is zero while it lasts
	Failed   int       // writes
	First    string    // the error that began it
}

// Observe makes an observer. Its clients dial as ClientEnd, or as the named end of the lab's network.
func (l *Lab) Observe(end ...string) *Observer {
	o := &Observer{lab: l, end: ClientEnd}
	if len(end) > 0 {
		o.end = end[0]
	}
	return o
}

// Client is an observed client of one node, closed with the lab.
func (o *Observer) Client(n *Node, opts ...func(*redis.Options)) *redis.Client {
	ro := n.ClientOptions(o.end)
	for _, f := range opts {
		f(ro)
	}
	c := redis.NewClient(ro)
	c.AddHook(o)
	return n.lab.keep(c)
}

// Seen is the account so far.
func (o *Observer) Seen() Seen {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.seen
	s.Dials = append([]DialSeen(nil), s.Dials...)
	s.Outages = append([]Outage(nil), o.outages...)
	s.Errors = map[string]int{}
	for k, n := range o.seen.Errors {
		s.Errors[k] = n
	}
	return s
}

// Unwritable is the sum of the outages, an unfinished one counted up to now.
func (o *Observer) Unwritable() time.Duration {
	now := o.lab.Clock().Now()
	var sum time.Duration
	for _, out := range o.Seen().Outages {
		if out.To.IsZero() {
			out.To = now
		}
		sum += out.To.Sub(out.From)
	}
	return sum
}

// DialHook implements redis.Hook.
func (o *Observer) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := next(ctx, network, addr)
		o.noteDial(addr, err)
		return c, err
	}
}

func (o *Observer) noteDial(addr string, err error) {
	d := DialSeen{At: o.lab.Clock().Now(), Addr: addr}
	if err != nil {
		d.Error = err.Error()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen.Dials = append(o.seen.Dials, d)
}

// ProcessHook implements redis.Hook.
func (o *Observer) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		o.note(cmd, err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (o *Observer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		for _, cmd := range cmds {
			o.note(cmd, cmd.Err())
		}
		return err
	}
}

func (o *Observer) note(cmd redis.Cmder, err error) {
	now := o.lab.Clock().Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen.Commands++
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	kind := ""
	if err != nil {
		kind = ErrorKind(err)
		o.seen.Failed++
		if o.seen.Errors == nil {
			o.seen.Errors = map[string]int{}
		}
		o.seen.Errors[kind]++
		if kind == "MOVED" || kind == "ASK" {
			o.seen.Redirects++
		}
	}
	if isWrite(cmd.Name()) {
		o.noteWrite(now, kind, err)
	}
}

// noteWrite keeps the outages. A write that the server refused for its own sake (wrong type, syntax) found a master.
func (o *Observer) noteWrite(now time.Time, kind string, err error) {
	failed := err != nil && unavailable(kind)
	switch {
	case failed && !o.outage:
		o.outage = true
		o.outages = append(o.outages, Outage{From: now, Failed: 1, First: err.Error()})
		o.lab.Note(o.end, EventOutage, "a write failed: "+err.Error(), map[string]string{"error": kind})
	case failed:
		o.outages[len(o.outages)-1].Failed++
	case o.outage:
		o.outage = false
		last := &o.outages[len(o.outages)-1]
		last.To = now
		after := now.Sub(last.From).Round(time.Millisecond)
		o.lab.Note(o.end, EventWriting, fmt.Sprintf("writes work again, after %s", after), map[string]string{"after": after.String()})
	}
}

// ErrorKind sorts an error of a go-redis command: the first word of an error reply, or what happened to the connection as
// in [Seen]; "" for none.
func ErrorKind(err error) string {
	if err == nil {
		return ""
	}
	var said redis.Error
	if errors.As(err, &said) {
		word, _, _ := strings.Cut(said.Error(), " ")
		return word
	}
	var op *net.OpError
	var timeout interface{ Timeout() bool }
	text := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case strings.Contains(text, "connection refused"):
		return "refused"
	case strings.Contains(text, "EOF"), errors.Is(err, net.ErrClosed), strings.Contains(text, "closed"),
		strings.Contains(text, "connection reset"), errors.As(err, &op):
		return "closed"
	case strings.Contains(text, "all sentinels"):
		return "no-sentinel"
	}
	return "other"
}

// unavailable tells the errors that mean "no master takes this write now".
func unavailable(kind string) bool {
	switch kind {
	case "READONLY", "LOADING", "MASTERDOWN", "NOREPLICAS", "MISCONF", "CLUSTERDOWN", "TRYAGAIN", "timeout", "refused", "closed", "no-sentinel":
		return true
	}
	return false
}

// writeCommands are the commands that change data, among those that applications send.
const writeCommands = " append bitfield bitop blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin copy decr decrby del" +
	" expire expireat flushall flushdb geoadd getdel getex getset hdel hincrby hincrbyfloat hmset hset hsetnx incr incrby" +
	" incrbyfloat linsert lmove lmpop lpop lpush lpushx lrem lset ltrim mset msetnx move persist pexpire pexpireat pfadd" +
	" pfmerge psetex rename renamenx restore rpop rpoplpush rpush rpushx sadd sdiffstore set setbit setex setnx setrange" +
	" sinterstore smove sort spop srem sunionstore swapdb unlink xadd xdel xtrim zadd zdiffstore zincrby zinterstore zmpop" +
	" zpopmax zpopmin zrangestore zrem zremrangebylex zremrangebyrank zremrangebyscore zunionstore "

func isWrite(name string) bool { return strings.Contains(writeCommands, " "+strings.ToLower(name)+" ") }
