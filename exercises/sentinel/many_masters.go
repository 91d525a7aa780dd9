package sentinel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// A second master beside "mymaster", and its replica.
const (
	sessions        = "sessions"
	sessionsMaster  = "sessions-master"
	sessionsReplica = "sessions-replica"
)

// manyMasters: the same sentinels watch two masters; what happens to one is nothing to the other.
func manyMasters() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/many-masters", Items: []int{48, 214, 288},
		After:    []string{"sentinel/failover"},
		Topology: twoMasters,
		Steps: []kit.Step{
			{
				Name: "two-names",
				Look: []kit.Cmd{at(s1, "SENTINEL MASTERS"), at(s1, "SENTINEL CKQUORUM "+sessions)},
				Checks: []kit.Check{
					watchesBoth(s1).For(48, 214, 288), watchesBoth(s2).For(288), watchesBoth(s3).For(288),
					enough(s1, lab.MyMaster, 3), enough(s1, sessions, 3),
				},
			},
			{
				Name:     "one-fails",
				Commands: []kit.Cmd{toLab("kill " + master)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTERS")},
				Checks: []kit.Check{
					takenOver(master).For(48, 214),
					settled(master),
					untouched(sessions).In(downWithin).For(48, 214, 288),
					namedAs(s1, sessions, sessionsMaster).For(48),
					expect.Replicas(sessionsMaster, 1).For(48),
					expect.Reply(sessionsMaster, "OK", "SET", "user", "7").For(48),
				},
			},
			{
				Name:    "the-other",
				Predict: mustTheSecondWait(),
				Do:      noteBegin,
				Commands: []kit.Cmd{
					toLab("kill " + sessionsMaster),
				},
				Checks: []kit.Check{
					namedAs(s1, sessions, sessionsReplica).For(48, 214),
					namedAs(s2, sessions, sessionsReplica), namedAs(s3, sessions, sessionsReplica),
					triedSoon().For(288),
				},
			},
		},
	})
}

func twoMasters() lab.Topology {
	t := lab.OneToMany(1)
	t.Name = "two masters"
	t.Nodes = append(t.Nodes, lab.NodeSpec{ID: sessionsMaster}, lab.NodeSpec{ID: sessionsReplica, Follows: sessionsMaster})
	return t.WithSentinels(3,
		lab.Watch{Name: sessions, Master: sessionsMaster, Quorum: 2,
			Settings: settings(lab.Directive{Name: "failover-timeout", Value: soonAgain})},
		lab.Watch{Name: lab.MyMaster, Master: master, Quorum: 2, Settings: settings()}, // {val:failover-timeout} is that of the last
	).WithSplitPorts(dataPorts, sentinelPorts)
}

// watchesBoth expects SENTINEL MASTERS to list both masters, one replica each.
func watchesBoth(sentinel string) kit.Check {
	return kit.Check{
		Name: kit.T("SENTINEL MASTERS on "+sentinel+" lists mymaster and sessions, a replica each",
			sentinel+" 的 SENTINEL MASTERS 列出 mymaster 和 sessions，各有一个副本"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(sentinel)
			if err != nil {
				return "", err
			}
			list, err := n.Do(ctx, "SENTINEL", "MASTERS").Slice()
			if err != nil {
				return "", err
			}
			replicas := map[string]string{}
			for _, m := range list {
				f := pairs(m)
				replicas[f["name"]] = f["num-slaves"]
			}
			if len(replicas) != 2 || replicas[lab.MyMaster] != "1" || replicas[sessions] != "1" {
				err = errors.New("not these two")
			}
			return fmt.Sprint(replicas), err
		},
	}
}

// untouched expects that no sentinel has found the master of that name down or tried to replace it in this step, and that its
// address and its epoch are what they were.
func untouched(name string) kit.Check {
	mark := kit.Key[uint64]("untouched:" + name)
	before := kit.Key[string]("state:" + name)
	state := func(ctx context.Context, r *kit.Run) (string, error) {
		f, err := fieldsOf(ctx, r, s1, name)
		return fmt.Sprintf("%s:%s, config-epoch %s, flags %s", f["ip"], f["port"], f["config-epoch"], f["flags"]), err
	}
	return kit.Check{
		Name: kit.T(name+" is untouched: same address and epoch, never o_down, no failover", name+" 不受影响：地址、纪元不变，没有 o_down，也没有切换"),
		Begin: func(ctx context.Context, r *kit.Run) error {
			mark.Set(r, lastSeq(r))
			s, err := state(ctx, r)
			before.Set(r, s)
			return err
		},
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			for _, event := range []string{"+odown", "+try-failover", "+switch-master"} {
				if e, ok := firstSince(r, mark.Or(r, 0), both(about(name), said("", event))); ok {
					return e.Node + ": " + e.Text, errors.New("something happened")
				}
			}
			now, err := state(ctx, r)
			if was := before.Or(r, ""); err == nil && now != was {
				err = errors.New("it was " + was)
			}
			return now, err
		},
	}
}

// sinceFirst is the time from the latest attempt to replace the first master to the first attempt to replace the second.
func sinceFirst(r *kit.Run) (time.Duration, error) {
	tried := said("", "+try-failover")
	var of time.Time
	for _, e := range r.Lab.Events() {
		if about(lab.MyMaster)(e) && tried(e) {
			of = e.At
		}
	}
	second, ok := firstSince(r, stepBegan.Or(r, 0), both(about(sessions), tried))
	if !ok || of.IsZero() {
		return 0, errors.New("no attempt yet")
	}
	return second.At.Sub(of), nil
}

func triedSoon() kit.Check {
	return noted(kit.T("the second failover did not wait for 2 × failover-timeout after the first", "第二次切换没有等到第一次之后的 2 × failover-timeout"),
		func(r *kit.Run) (string, error) {
			took, err := sinceFirst(r)
			if limit := 2 * failoverTimeout.Or(r, 0); err == nil && took >= limit {
				err = fmt.Errorf("not below %s", limit)
			}
			return seconds(took) + " after the first", err
		})
}

func mustTheSecondWait() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("After a failover sentinels leave a master alone for 2 × failover-timeout ({val:failover-timeout} here). mymaster has just been failed over. Now sessions-master dies. When do the sentinels start to replace it?",
			"一次故障转移之后，哨兵在 2 × failover-timeout（这里 failover-timeout 是 {val:failover-timeout}）内不会再动这个主节点。mymaster 刚刚切换过，现在 sessions-master 死了。哨兵多久之后开始替换它？"),
		Choices: []kit.Text{
			kit.T("as soon as they agree that it is down", "一旦达成一致，认定它下线，就开始"),
			kit.T("when the wait after the first failover is over", "等第一次切换之后的静默期过去"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			took, err := sinceFirst(r)
			if took < 2*failoverTimeout.Or(r, 0) {
				return 0, err
			}
			return 1, err
		},
		Explain: kit.T("A sentinel keeps everything by the name: limits, epoch, votes, the time of the last attempt. Two masters share its process and its links to the other sentinels, no more.",
			"哨兵的一切都按名字分开记：时限、纪元、投票、上次尝试的时间。两个主节点共用的只是哨兵进程，以及它与其他哨兵之间的连接。"),
	}
}
