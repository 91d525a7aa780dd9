package replication

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/exercises/kit/wire"
	"redislab/lab"
)

const (
	offsetBase kit.Key[int64] = "offset-before"
	setSize    kit.Key[int64] = "set-size"
	exTyped    kit.Key[int64] = "ex-typed"
	exSent     kit.Key[int64] = "ex-sent"
)

// offsets: positions in the replication stream, counted in bytes.
func offsets() kit.Exercise {
	return kit.Exercise{
		ID: "replication/offsets", Chapter: chapter, Items: []int{179, 180},
		After:    []string{"replication/first-sync"},
		Topology: func() lab.Topology { return with(lab.OneToOne(), calm()) },
		Steps: []kit.Step{
			{
				Name:     "equal",
				Commands: []kit.Cmd{at(master, "SET warm up")},
				Look:     []kit.Cmd{at(master, "INFO replication"), at(first, "INFO replication")},
				Checks:   []kit.Check{expect.Get(first, "warm", "up"), offsetsEqual().For(179)},
			},
			{
				Name:     "bytes",
				Predict:  howManyBytes(),
				Do:       noteOffset,
				Commands: []kit.Cmd{at(master, "SET name king")},
				Checks: []kit.Check{
					grewBy(master, func(context.Context, *kit.Run) (int64, error) {
						return wire.Size("SET", "name", "king"), nil
					}).For(180),
					grewBy(first, func(context.Context, *kit.Run) (int64, error) {
						return wire.Size("SET", "name", "king"), nil
					}).For(180),
				},
			},
			{
				Name:     "reads",
				Do:       noteOffset,
				Commands: []kit.Cmd{at(master, "GET name"), at(master, "STRLEN name"), at(master, "SET name queen")},
				Checks: []kit.Check{
					grewBy(master, func(context.Context, *kit.Run) (int64, error) {
						return wire.Size("SET", "name", "queen"), nil
					}).For(180),
					offsetsEqual().For(179),
				},
			},
			{
				Name:     "rewritten",
				Predict:  isItSentAsTyped(),
				Do:       noteOffset,
				Commands: []kit.Cmd{at(master, "SET session abc EX 1000")},
				Checks:   []kit.Check{grewBy(master, sizeOfSession).For(180), offsetsEqual().For(179)},
			},
		},
	}
}

func noteOffset(ctx context.Context, r *kit.Run) error {
	_, offset, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	offsetBase.Set(r, offset)
	offsetsSeen(master).Set(r, nil)
	offsetsSeen(first).Set(r, nil)
	return caughtUp(ctx, r, master, first)
}

// offsetsSeen are the offsets that a node was seen at during a step.
func offsetsSeen(node string) kit.Key[[]int64] { return kit.Key[[]int64]("offsets:" + node) }

// grewBy expects a node's offset to have grown by so many bytes, since noteOffset
// or since a later look: who typed something else first can still get it right.
func grewBy(node string, want func(context.Context, *kit.Run) (int64, error)) kit.Check {
	return kit.Check{
		Name: kit.T(
			"the offset of "+node+" has grown by the size of the command on the wire",
			node+" 的偏移量增加了命令在网络上的字节数"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			size, err := want(ctx, r)
			if err != nil {
				return "", err
			}
			field := "master_repl_offset"
			if node != master {
				field = "slave_repl_offset"
			}
			now, err := expect.Number(ctx, r, node, "replication", field)
			if err != nil {
				return "", err
			}
			from := append([]int64{offsetBase.Or(r, 0)}, offsetsSeen(node).Or(r, nil)...)
			offsetsSeen(node).Set(r, append(from[1:], now))
			if !slices.Contains(from, now-size) {
				return fmt.Sprintf("+%d bytes", now-from[0]), fmt.Errorf("+%d is awaited", size)
			}
			setSize.Set(r, size)
			return fmt.Sprintf("+%d bytes", size), nil
		},
	}
}

// offsetsEqual compares the three places where the offset can be read.
func offsetsEqual() kit.Check {
	return kit.Check{
		Name:   kit.T("master, replica and the master's list of replicas agree on the offset", "主节点、副本以及主节点的副本列表，偏移量一致"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			m, err := r.Node(master)
			if err != nil {
				return "", err
			}
			info, err := m.Info(ctx, "replication")
			if err != nil {
				return "", err
			}
			own, err := expect.Field(ctx, r, first, "replication", "slave_repl_offset")
			if err != nil {
				return "", err
			}
			at, listed := info["master_repl_offset"], field(info["slave0"], "offset")
			seen := fmt.Sprintf("master %s, replica %s, acknowledged %s", at, own, listed)
			if at != own || at != listed {
				return seen, errors.New("not equal")
			}
			return seen, nil
		},
	}
}

// field reads one value of a line like ip=…,port=…,offset=….
func field(line, name string) string {
	for f := range strings.SplitSeq(line, ",") {
		if v, ok := strings.CutPrefix(f, name+"="); ok {
			return v
		}
	}
	return ""
}

// sizeOfSession is the size of what a master sends instead of SET … EX: the
// moment of expiry, not the time left.
func sizeOfSession(ctx context.Context, r *kit.Run) (int64, error) {
	at, err := expect.Ask(ctx, r, master, "PEXPIRETIME", "session")
	if err != nil {
		return 0, err
	}
	if n, err := strconv.ParseInt(at, 10, 64); err != nil || n < 0 {
		return 0, errors.New("session has no expiry yet")
	}
	sent := wire.Size("SET", "session", "abc", "PXAT", at)
	exSent.Set(r, sent)
	exTyped.Set(r, wire.Size("SET", "session", "abc", "EX", "1000"))
	return sent, nil
}

func howManyBytes() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("SET name king: 13 characters as you type it. By how much do the offsets grow?",
			"SET name king，输入的是 13 个字符。偏移量会增加多少？"),
		Choices: []kit.Text{
			kit.T("1: one command", "1：一条命令"),
			kit.T("13: what was typed", "13：输入的字符数"),
			kit.T("33: the command as it is on the wire", "33：命令在网络上的样子"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			n, err := setSize.Get(r)
			switch n {
			case 1:
				return 0, err
			case 13:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:set-size} bytes: *3 $3 SET $4 name $4 king, each with its line end. An offset is a position in that stream of bytes, "+
			"on both sides.",
			"{val:set-size} 字节：*3 $3 SET $4 name $4 king，每一段都带行尾。偏移量就是这个字节流里的位置，两边都一样。"),
	}
}

func isItSentAsTyped() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("SET session abc EX 1000 means: gone in 1000 seconds. Does the replica get it as typed?",
			"SET session abc EX 1000 表示 1000 秒后过期。副本收到的和输入的一样吗？"),
		Choices: []kit.Text{
			kit.T("yes, word by word", "一样，一字不差"),
			kit.T("no: a longer command", "不一样：变长了"),
			kit.T("no: the replica gets SET only, and a DEL later", "不一样：只发 SET，过期时再发 DEL"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			sent, err := exSent.Get(r)
			typed := exTyped.Or(r, 0)
			switch {
			case sent == typed:
				return 0, err
			case sent > typed:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:ex-typed} bytes as typed, {val:ex-sent} on the link: EX became PXAT, a moment on the clock. "+
			"A replica that hears it late must not let the key live longer.",
			"照原样是 {val:ex-typed} 字节，实际发送 {val:ex-sent} 字节：EX 变成了 PXAT，一个确定的时刻。这样副本晚收到也不会让键多活一会儿。"),
	}
}
