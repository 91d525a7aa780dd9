package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// lateKey is written to the old master while it still takes itself for one.
const lateKey = "late"

// oldMaster: the dead master comes back, as a master for some seconds, and is made a replica.
func oldMaster() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/old-master", Items: []int{35, 36, 49, 225},
		After:    []string{"sentinel/failover"},
		Topology: classic,
		Begin:    whereTimeIsReal(askMoreOften),
		Steps: []kit.Step{
			{
				Name: "before",
				Look: []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					field(s1, "config-epoch", "0").For(36),
					field(s1, "role-reported", "master").For(35),
					reportedSince("before").For(35),
				},
			},
			{
				Name:     "switch",
				Commands: []kit.Cmd{toLab("kill " + master)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s1, "SENTINEL REPLICAS mymaster")},
				Checks: []kit.Check{
					takenOver(master),
					epochRisen().For(36),
					reportedAnew().For(35),
				},
			},
			{
				Name:     "return",
				Predict:  whatComesBack(),
				Commands: []kit.Cmd{toLab("restart " + master), at(master, "SET "+lateKey+" yes")},
				Look:     []kit.Cmd{at(s1, "SENTINEL REPLICAS mymaster"), at(master, "ROLE")},
				Checks: []kit.Check{
					told("", "+convert-to-slave").In(returnWithin).For(225),
					demotedAfterHellos().For(225),
					followsNewMaster(master).For(49),
					expect.NoKey(master, lateKey).In(expect.SyncWithin).For(49),
				},
			},
		},
	})
}

// helloPeriods is how long a sentinel lets a replica that says it is a master be one: somebody else may know better.
const helloPeriods = 4 * 2 * time.Second

// reported is how long the watched master has been saying what it is.
func reported(ctx context.Context, r *kit.Run) (time.Duration, error) {
	f, err := fields(ctx, r, s1)
	if err != nil {
		return 0, err
	}
	ms, err := strconv.Atoi(f["role-reported-time"])
	if err != nil {
		return 0, fmt.Errorf("role-reported-time is %q", f["role-reported-time"])
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// reportedSince expects role-reported-time to grow while nothing changes.
func reportedSince(name string) kit.Check {
	base := kit.Key[time.Duration]("reported:" + name)
	return kit.Check{
		Name:  kit.T("role-reported-time grows", "role-reported-time 一直在增长"),
		Begin: func(ctx context.Context, r *kit.Run) error { return note(ctx, r, base) },
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := base.Get(r)
			if err != nil {
				return "", err
			}
			now, err := reported(ctx, r)
			if err == nil && now <= before {
				err = errors.New("it does not grow")
			}
			return fmt.Sprintf("%d ms, then %d ms", before.Milliseconds(), now.Milliseconds()), err
		},
	}
}

func note(ctx context.Context, r *kit.Run, key kit.Key[time.Duration]) error {
	d, err := reported(ctx, r)
	if err == nil {
		key.Set(r, d)
	}
	return err
}

// reportedAnew expects role-reported-time to count from the failover: another node reports now.
func reportedAnew() kit.Check {
	const began kit.Key[time.Time] = "switch-step-began"
	return kit.Check{
		Name: kit.T("role-reported-time counts from the switch", "role-reported-time 从切换时重新计起"),
		Begin: func(_ context.Context, r *kit.Run) error {
			began.Set(r, r.Lab.Clock().Now())
			return nil
		},
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := began.Get(r)
			if err != nil {
				return "", err
			}
			d, err := reported(ctx, r)
			elapsed := r.Lab.Clock().Now().Sub(from)
			if err == nil && d >= elapsed-downAfter.Or(r, 0)/2 {
				err = errors.New("it does not begin with the switch")
			}
			return fmt.Sprintf("%d ms; the step began %d ms ago", d.Milliseconds(), elapsed.Milliseconds()), err
		},
	}
}

// demotion finds when the old master came back and when it was told to follow.
func demotion(r *kit.Run) (back, told time.Time) {
	for _, e := range r.Lab.Events() {
		switch {
		case e.Kind == lab.EventStarted && e.Node == master:
			back, told = e.At, time.Time{}
		case e.Kind == lab.EventSentinel && e.Fields["name"] == "+convert-to-slave" && told.IsZero():
			told = e.At
		}
	}
	return back, told
}

// demotedAfterHellos expects the sentinels to have let the old master be for four hello periods.
func demotedAfterHellos() kit.Check {
	return kit.Check{
		Name:   kit.T("it was a master for 8 s at least before it was told", "被告知之前，它至少当了 8 秒主节点"),
		Within: returnWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			back, told := demotion(r)
			if back.IsZero() || told.IsZero() {
				return "", errors.New("not told yet")
			}
			took := told.Sub(back)
			demotionText.Set(r, seconds(took))
			r.Measure(kit.T("from its return to its demotion", "从回来到被降级"), took)
			if took < helloPeriods {
				return seconds(took), fmt.Errorf("sooner than %s", helloPeriods)
			}
			return seconds(took), nil
		},
	}
}

const demotionText kit.Key[string] = "demotion-after"

// followsNewMaster expects a node to be an attached replica of the one that took over.
func followsNewMaster(node string) kit.Check {
	return kit.Check{
		Name:   kit.T(node+" is an attached replica of the new master", node+" 是新主节点的副本，且连接正常"),
		Within: returnWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			to, err := newMaster.Get(r)
			if err != nil {
				return "", err
			}
			return expect.Follows(node, to).Probe(ctx, r)
		},
	}
}

func whatComesBack() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The old master's own file knows nothing of a new one. It is started again, and a client that still has its address writes to it at once. What becomes of the node, and of the write?",
			"旧主节点自己的配置文件里没有新主节点。现在把它重新启动，一个还记着它地址的客户端立刻向它写入。这个节点和这次写入会怎样？"),
		Choices: []kit.Text{
			kit.T("it starts as a replica: the write is refused", "它一启动就是副本：写入被拒绝"),
			kit.T("it is a master for some seconds and takes the write; then it becomes a replica, and the write is gone", "它先当几秒主节点并接受写入；随后变成副本，写入丢失"),
			kit.T("it is the master again: it was there first", "它重新成为主节点：毕竟它是原来的"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			back, told := demotion(r)
			role, err := expect.Field(ctx, r, master, "replication", "role")
			switch {
			case err != nil:
				return 0, err
			case role == "master":
				return 2, nil
			case told.Sub(back) < time.Second:
				return 0, nil
			}
			return 1, nil
		},
		Explain: kit.T("It was demoted after {val:demotion-after}. Sentinels wait for four hello periods of 2 s before they correct a node that says it is a master, "+
			"because another sentinel may know of a newer configuration; then the next INFO brings the order. What the node took meanwhile is thrown away with its data. "+
			"In production, clients should ask the sentinels for the address, and min-replicas-to-write 1 makes a lonely master refuse.",
			"{val:demotion-after} 后它才被降级。遇到自称主节点的节点，哨兵先等四个 hello 周期（每个 2 秒），因为别的哨兵可能掌握更新的配置；之后下一次 INFO 到来时才下令。"+
				"这段时间里它接受的写入会随旧数据一起丢弃。生产环境中，客户端应向哨兵询问地址；配上 min-replicas-to-write 1，孤立的主节点就会拒绝写入。"),
	}
}
