package replication

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/exercises/kit/wire"
	"redislab/lab"
)

const (
	newcomer                  = "newcomer"
	phaseLog kit.Key[[]phase] = "phases"
	buffered kit.Key[int64]   = "buffered"
	caught   kit.Key[int64]   = "caught"
	floodSet                  = 400 // writes while the replica is not ready
)

// phase is one stage of a full resynchronisation, as the pretend replica saw it.
type phase struct {
	name string
	ok   bool
	saw  string
}

// fullSync: the stages of a full resynchronisation.
func fullSync() kit.Exercise {
	return kit.Exercise{
		ID: "replication/full-sync", Chapter: chapter, Items: []int{186, 187},
		After: []string{"replication/psync-replies"},
		Topology: func() lab.Topology {
			t := with(lab.Single(), calm()).With(lab.Directive{Name: "repl-backlog-size", Value: "16kb"})
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: newcomer, Directives: calm()})
			return t
		},
		Steps: []kit.Step{
			{
				Name:    "stages",
				Predict: whereIsTheLateWrite(),
				Do:      walkThrough,
				Checks: []kit.Check{
					stage("link").For(186), stage("request").For(186), stage("snapshot").For(186),
					stage("late write").For(186), stage("stream").For(186),
				},
			},
			{
				Name:    "buffer",
				Predict: whoKeepsTheWrites(),
				Do:      floodSlowReplica,
				Checks:  []kit.Check{outputBufferCarried().For(187)},
			},
			{
				Name: "real",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "page", 2000, strings.Repeat("p", 100)); err != nil {
						return err
					}
					_, err := expect.Ask(ctx, r, newcomer, "SET", "mine", "old")
					return err
				},
				Commands: []kit.Cmd{follow(newcomer, master), at(master, "SET late arrived")},
				Checks: []kit.Check{
					expect.Follows(newcomer, master).For(186),
					expect.Logged(newcomer, "Flushing old data").For(186),
					expect.Logged(newcomer, "Loading DB in memory").For(186),
					expect.Get(newcomer, "page:1999", strings.Repeat("p", 100)).For(186).Named(
						"newcomer has loaded the snapshot", "newcomer 已载入快照"),
					expect.NoKey(newcomer, "mine").For(186),
					expect.Get(newcomer, "late", "arrived").For(186),
				},
			},
		},
	}
}

// walkThrough plays a replica through a full resynchronisation, with a write on
// the master while the snapshot is on its way.
func walkThrough(ctx context.Context, r *kit.Run) error {
	if err := fill(ctx, r, master, "page", 200, "text"); err != nil {
		return err
	}
	var log []phase
	note := func(name string, ok bool, saw string) {
		log = append(log, phase{name, ok, saw})
		phaseLog.Set(r, log)
		r.Measure(kit.T(name, stageZh(name)), saw)
	}
	c, rep, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	note("link", true, "PING and REPLCONF answered")
	note("request", rep.Full, rep.Line)
	if _, err := expect.Ask(ctx, r, master, "SET", "late", "write-during-snapshot"); err != nil {
		return err
	}
	snap, err := c.ReadSnapshot()
	if err != nil {
		return err
	}
	data := string(snap.Data)
	fine := strings.HasPrefix(data, "REDIS") && strings.Contains(data, "page:199")
	note("snapshot", fine, fmt.Sprintf("%d bytes that begin with %.9q", len(data), data))
	if err := c.AwaitStream(rep.Offset); err != nil {
		return err
	}
	offset, err := readUntilSet(c, "late", rep.Offset)
	if err != nil {
		return err
	}
	note("late write", !strings.Contains(data, "write-during-snapshot"),
		fmt.Sprintf("in the stream, at offset %d; in the snapshot: %v", offset, strings.Contains(data, "write-during-snapshot")))
	if _, err := expect.Ask(ctx, r, master, "SET", "after", "all"); err != nil {
		return err
	}
	end, err := readUntilSet(c, "after", offset)
	if err != nil {
		return err
	}
	_, now, err := position(ctx, r, master)
	note("stream", err == nil && end == now, fmt.Sprintf("offset %d, the master's is %d", end, now))
	return err
}

// readUntilSet reads the stream up to SET key … and returns the offset after it.
func readUntilSet(c *wire.Conn, key string, offset int64) (int64, error) {
	for {
		args, n, err := c.ReadCommand()
		if err != nil {
			return offset, err
		}
		offset += n
		if len(args) > 1 && strings.EqualFold(args[0], "set") && args[1] == key {
			return offset, nil
		}
	}
}

func stageZh(name string) string {
	return map[string]string{
		"link": "连接", "request": "请求", "snapshot": "快照", "late write": "快照期间的写入", "stream": "命令流",
	}[name]
}

func stage(name string) kit.Check {
	return kit.Check{
		Name: kit.T("stage seen: "+name, "观察到阶段："+stageZh(name)),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, p := range phaseLog.Or(r, nil) {
				if p.name != name {
					continue
				}
				if !p.ok {
					return p.saw, errors.New("not as it should be")
				}
				return p.saw, nil
			}
			return "", errors.New("not reached")
		},
	}
}

// floodSlowReplica holds a pretend replica between its snapshot and its first
// acknowledgement, and writes far more than the backlog is meant to hold.
func floodSlowReplica(ctx context.Context, r *kit.Run) error {
	c, rep, err := asReplica(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ReadSnapshot(); err != nil {
		return err
	}
	// A diskless master sends no command before the replica says that it has loaded.
	if err := fill(ctx, r, master, "flood", floodSet, strings.Repeat("f", 500)); err != nil {
		return err
	}
	if _, err := expect.Ask(ctx, r, master, "SET", "flood:end", "x"); err != nil {
		return err
	}
	held, err := outputBuffer(ctx, r)
	if err != nil {
		return err
	}
	buffered.Set(r, held)
	if err := c.AwaitStream(rep.Offset); err != nil {
		return err
	}
	end, err := readUntilSet(c, "flood:end", rep.Offset)
	if err != nil {
		return err
	}
	caught.Set(r, end-rep.Offset)
	r.Measure(kit.T("held in the replica's output buffer", "该副本输出缓冲区里的字节数"), held)
	r.Measure(kit.T("received after the acknowledgement", "确认之后收到的字节数"), end-rep.Offset)
	return nil
}

// outputBuffer is the memory that waits to be sent to replicas.
func outputBuffer(ctx context.Context, r *kit.Run) (int64, error) {
	list, err := expect.Ask(ctx, r, master, "CLIENT", "LIST", "TYPE", "REPLICA")
	if err != nil {
		return 0, err
	}
	var sum int64
	for f := range strings.FieldsSeq(list) {
		if v, ok := strings.CutPrefix(f, "omem="); ok {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("CLIENT LIST: %q: %w", f, err)
			}
			sum += n
		}
	}
	return sum, nil
}

func outputBufferCarried() kit.Check {
	return kit.Check{
		Name: kit.T("the replica's output buffer held the writes, and every byte arrived",
			"写入存放在该副本的输出缓冲区里，每个字节都送到了"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			got, err := caught.Get(r)
			if err != nil {
				return "", err
			}
			size, err := expect.Number(ctx, r, master, "replication", "repl_backlog_size")
			if err != nil {
				return "", err
			}
			held := buffered.Or(r, 0)
			seen := fmt.Sprintf("%d bytes waited, %d arrived; the backlog is set to %d", held, got, size)
			if got < 200_000 || held < 150_000 || size != minBacklog {
				return seen, errors.New("about 200000 should have waited and arrived")
			}
			return seen, nil
		},
	}
}

func whereIsTheLateWrite() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A key is written on the master after the snapshot was begun and before the replica has it. Where will the replica find it?",
			"在快照已经开始、副本还没收到时，主节点上写入了一个键。副本会在哪里看到它？"),
		Choices: []kit.Text{
			kit.T("in the snapshot", "在快照里"),
			kit.T("in the command stream after the snapshot", "在快照之后的命令流里"),
			kit.T("nowhere, until the next full copy", "哪里都没有，要等下一次全量同步"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			for _, p := range phaseLog.Or(r, nil) {
				if p.name == "late write" {
					if p.ok {
						return 1, nil
					}
					return 0, nil
				}
			}
			return 2, nil
		},
		Explain: kit.T("The snapshot is the data at one offset. Everything written after that offset waits and is sent behind it, as commands. "+
			"So the copy is exact although nobody had to stop writing.",
			"快照是某个偏移量时刻的数据。此后写入的一切都会先等着，再以命令的形式跟在快照后面发出。所以不必停止写入，副本也能完全一致。"),
	}
}

func whoKeepsTheWrites() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The backlog is set to 16 KiB. 200 KB are written while a replica is still loading. Who keeps them for it?",
			"积压缓冲区设为 16 KiB。副本还在载入时，写入了 200 KB。谁替它保存？"),
		Choices: []kit.Text{
			kit.T("the backlog: what does not fit is lost, and the sync starts over", "积压缓冲区：装不下的丢弃，重新同步"),
			kit.T("an output buffer of that replica", "该副本的输出缓冲区"),
			kit.T("nobody: the replica reads them from the snapshot", "没有人：副本会从快照里读到"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			got, err := caught.Get(r)
			if err != nil || got < 200_000 {
				return 0, err
			}
			return 1, nil
		},
		Explain: kit.T("{val:buffered} bytes waited in the replica's output buffer, {val:caught} arrived. You may read that the backlog keeps them; "+
			"the backlog is for replicas that come back. The output buffer has its own limit, client-output-buffer-limit replica: beyond 256 MB the link is cut.",
			"该副本的输出缓冲区里存了 {val:buffered} 字节，送到 {val:caught} 字节。有资料说由积压缓冲区保存，其实积压缓冲区是给重连的副本用的。"+
				"输出缓冲区另有上限 client-output-buffer-limit replica：超过 256 MB 连接会被断开。"),
	}
}
