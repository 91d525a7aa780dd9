package replication

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	guarded                   = "guarded"
	keyHolder                 = "key-holder"
	inOrder   kit.Key[string] = "in-order"
)

// handshake: what a replica says to its master, from the first word on.
func handshake() kit.Exercise {
	return kit.Exercise{
		ID: "operations/handshake", Chapter: operations, Items: []int{203, 204, 205, 206, 207, 262},
		After: []string{"replication/first-sync", "replication/passwords"},
		Topology: func() lab.Topology {
			t := with(isolated(master, newcomer, guarded, keyHolder), traced(), calm())
			t = t.With(lab.Directive{Name: "repl-diskless-sync", Value: "no"})
			return t.WithNode(guarded, lab.Directive{Name: "requirepass", Value: "secret"}).
				WithNode(keyHolder, lab.Directive{Name: "masterauth", Value: "secret"})
		},
		Steps: []kit.Step{
			{
				Name:     "words",
				Commands: []kit.Cmd{follow(newcomer, master)},
				Look:     []kit.Cmd{at(master, "SLOWLOG GET 20")},
				Checks: []kit.Check{
					expect.Follows(newcomer, master),
					said(master, "PING", "REPLCONF listening-port", "REPLCONF capa", "PSYNC").For(206),
					expect.Rises(master, "stats", "sync_full", 1).For(203),
					expect.Logged(master, "Starting BGSAVE for SYNC with target: disk").For(203),
				},
			},
			{
				Name:     "password",
				Commands: []kit.Cmd{follow(keyHolder, guarded)},
				Checks: []kit.Check{
					expect.Follows(keyHolder, guarded).For(262),
					said(guarded, "AUTH", "REPLCONF listening-port", "REPLCONF capa", "PSYNC").For(206, 262),
					expect.Refused(guarded, "NOAUTH").For(206).Named(
						"its PING came before AUTH, and was refused", "它的 PING 在 AUTH 之前，被拒绝了"),
				},
			},
			{
				Name:   "heartbeat",
				Checks: []kit.Check{expect.Called(master, "replconf", 2).For(207), heartbeat().For(207)},
			},
			{
				Name:   "order",
				Do:     thousandInOrder,
				Checks: []kit.Check{keptOrder().For(205)},
			},
			{
				Name: "reconnect",
				Do: func(ctx context.Context, r *kit.Run) error {
					return errors.Join(noteSyncs(ctx, r, master), noteTrace(ctx, r, master))
				},
				Commands: []kit.Cmd{at(master, "CLIENT KILL TYPE replica")},
				Checks: []kit.Check{
					resynced(master, 0, 1).For(204),
					askedByID(master).For(204),
				},
			},
			{
				Name:     "stranger",
				Commands: []kit.Cmd{at(master, "PSYNC 0123456789012345678901234567890123456789 1")},
				Checks:   []kit.Check{expect.Rises(master, "stats", "sync_partial_err", 1).For(204)},
			},
		},
	}
}

// said expects these words, in this order, on the connection of the first PSYNC.
func said(node string, words ...string) kit.Check {
	return kit.Check{
		Name:   kit.T("the replica said: "+strings.Join(words, ", "), "副本依次说了："+strings.Join(words, "、")),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			logs, err := n.Client().SlowLogGet(ctx, -1).Result()
			if err != nil {
				return "", err
			}
			slices.Reverse(logs)
			asked := onlyPSync(logs)
			if len(asked) == 0 {
				return "", errors.New("no PSYNC yet")
			}
			var got []string
			for _, l := range logs {
				word := strings.Join(l.Args[:min(2, len(l.Args))], " ")
				// An address of its own to announce is a matter of configuration.
				if l.ClientAddr == asked[0].Client && l.ID <= asked[0].ID && word != "REPLCONF ip-address" {
					got = append(got, word)
				}
			}
			seen := strings.Join(got, ", ")
			if !slices.EqualFunc(got, words, func(g, w string) bool {
				return strings.HasPrefix(strings.ToUpper(g), strings.ToUpper(w))
			}) {
				return seen, errors.New("not those words")
			}
			return seen, nil
		},
	}
}

// heartbeat expects the master to know where its replica stands, and since when.
func heartbeat() kit.Check {
	return kit.Check{
		Name:   kit.T("the master knows the replica's offset, at most one second old", "主节点知道副本的偏移量，最多是一秒前的"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			line, err := expect.Field(ctx, r, master, "replication", "slave0")
			if err != nil {
				return "", err
			}
			_, end, err := position(ctx, r, master)
			f := fieldsOf(line)
			lag, e := strconv.Atoi(f["lag"])
			if err = errors.Join(err, e); err == nil && (lag > 1 || f["offset"] != fmt.Sprint(end)) {
				err = fmt.Errorf("the master's offset is %d", end)
			}
			return line, err
		},
	}
}

// fieldsOf splits a=1,b=2.
func fieldsOf(line string) map[string]string {
	m := map[string]string{}
	for f := range strings.SplitSeq(line, ",") {
		k, v, _ := strings.Cut(f, "=")
		m[k] = v
	}
	return m
}

// thousandInOrder writes a thousand commands and reads them back as a replica.
func thousandInOrder(ctx context.Context, r *kit.Run) error {
	c, rep, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ReadSnapshot(); err != nil {
		return err
	}
	n, err := r.Node(master)
	if err != nil {
		return err
	}
	p := n.Client().Pipeline()
	for i := range 500 {
		p.Incr(ctx, "seq")
		p.RPush(ctx, "order", i+1)
	}
	if _, err := p.Exec(ctx); err != nil {
		return err
	}
	if err := c.AwaitStream(rep.Offset); err != nil {
		return err
	}
	from := time.Now()
	for i := 0; i < 1000; {
		args, _, err := c.ReadCommand()
		if err != nil {
			return err
		}
		want := "incr seq"
		if i%2 == 1 {
			want = fmt.Sprintf("rpush order %d", i/2+1)
		}
		got := strings.ToLower(strings.Join(args, " "))
		if i == 0 && got != want || got == "ping" { // SELECT comes first
			continue
		}
		if got != want {
			return fmt.Errorf("command %d is %q, not %q", i, got, want)
		}
		i++
	}
	inOrder.Set(r, "1000 commands")
	r.Measure(kit.T("1000 commands read from the stream in", "从流中读出 1000 条命令用时"), time.Since(from))
	return nil
}

func keptOrder() kit.Check {
	return noted(kit.T("1000 commands arrived in the order in which they were executed", "1000 条命令按执行顺序到达"),
		func(r *kit.Run) (string, error) { return inOrder.Get(r) })
}
