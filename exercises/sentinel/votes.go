package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// votes: a round of an election that nobody wins, the next one, and how a vote is given.
func votes() kit.Exercise {
	return withShort(lesson(kit.Exercise{
		ID: "sentinel/votes", Items: []int{222},
		After:    []string{"sentinel/o-down"},
		Topology: oneCandidate,
		Steps: []kit.Step{
			{
				Name:     "rounds",
				Predict:  whoLeads(),
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					told(s1, "+try-failover").For(222),
					told(s1, "-failover-abort-not-elected").In(electionWithin).For(222),
					votesIn("1", 1).For(222),
					told(s1, "+elected-leader").In(retryWithin).For(222),
					votesIn("2", 2).For(222),
					triedAgainLater().For(222),
					takenOver(master),
					addrKnown(),
				},
			},
			{
				Name:     "by-hand",
				Predict:  whatIsBobTold(),
				Commands: []kit.Cmd{at(s2, voteFor("7", "alice")), at(s2, voteFor("7", "bob"))},
				Checks: []kit.Check{
					told(s2, "+vote-for-leader").For(222),
					firstComeFirstServed().For(222),
				},
			},
			{
				Name:     "restart",
				Commands: []kit.Cmd{toLab("restart " + s2), at(s2, voteFor("7", "bob"))},
				Checks: []kit.Check{
					restarted(s2),
					fileSays(s2, "sentinel leader-epoch "+lab.MyMaster+" 7", true).For(222),
					noSecondVote().For(222),
				},
			},
		},
	}), "failover-timeout", "3000")
}

const (
	electionWithin = time.Minute      // until a candidate gives up
	retryWithin    = 10 * time.Minute // until it tries again
)

// oneCandidate has sentinel-1 hold the master for down by itself; the others would need much longer, and only vote. They have
// given away their votes of epoch 1: so their files say.
func oneCandidate() lab.Topology {
	t := classic()
	for i := range t.Nodes {
		n := &t.Nodes[i]
		switch {
		case n.ID == s1:
			n.Watches[0].Quorum = 1
		case n.Sentinel:
			n.Watches[0].Settings = []lab.Directive{
				{Name: "down-after-milliseconds", Value: "3600000"}, {Name: "failover-timeout", Value: "180000"},
				{Name: "leader-epoch", Value: "1"},
			}
		}
	}
	return t
}

// votesIn expects so many votes at least for sentinel-1 in an epoch, and for the first epoch no more: its own.
func votesIn(epoch string, want int) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("votes for sentinel-1 in epoch %s: %d", epoch, want),
			fmt.Sprintf("纪元 %s 中投给 sentinel-1 的票：%d", epoch, want)),
		Await:  kit.T(fmt.Sprintf("%d votes in epoch %s (or more from the second on)", want, epoch), fmt.Sprintf("纪元 %s 有 %d 票（第二轮起可更多）", epoch, want)),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			var voters []string
			for _, e := range r.Lab.Events() {
				if e.Fields["name"] == "+vote-for-leader" && strings.HasSuffix(e.Fields["payload"], " "+epoch) {
					voters = append(voters, e.Node)
				}
			}
			seen := fmt.Sprintf("%d: %s", len(voters), strings.Join(voters, ", "))
			if len(voters) < want || want == 1 && len(voters) > 1 {
				return seen, errors.New("not as many")
			}
			return seen, nil
		},
	}
}

// triedAgainLater expects the second attempt two failover-timeouts after the first.
func triedAgainLater() kit.Check {
	return noted(kit.T("the next attempt came 2 × failover-timeout after the first", "下一次尝试在第一次之后 2 × failover-timeout"), func(r *kit.Run) (string, error) {
		gap, err := retryGap(r)
		if err != nil {
			return "", err
		}
		gapText.Set(r, seconds(gap))
		r.Measure(kit.T("from one attempt to the next", "两次尝试之间"), gap)
		if least := 2 * failoverTimeout.Or(r, 0); gap < least-lag {
			return seconds(gap), fmt.Errorf("sooner than %s", least)
		}
		return seconds(gap), nil
	})
}

const gapText kit.Key[string] = "retry-gap"

// retryGap is the time from sentinel-1's first attempt to its second.
func retryGap(r *kit.Run) (time.Duration, error) {
	tries := when(r, said(s1, "+try-failover"))
	if len(tries) < 2 {
		return 0, fmt.Errorf("%d attempts so far", len(tries))
	}
	return tries[1].Sub(tries[0]), nil
}

// addrKnown notes the new master's address as commands take it: {val:new-addr}.
func addrKnown() kit.Check {
	return noted(kit.T("the new master's address is known", "新主节点的地址已知"), func(r *kit.Run) (string, error) {
		id, err := newMaster.Get(r)
		if err != nil {
			return "", err
		}
		n, err := r.Node(id)
		if err != nil {
			return "", err
		}
		addr := fmt.Sprintf("%s %d", n.Host(), n.Port())
		kit.Key[string]("new-addr").Set(r, addr)
		return addr, nil
	})
}

// voteFor asks for a vote, as a candidate would.
func voteFor(epoch, candidate string) string {
	return "SENTINEL IS-MASTER-DOWN-BY-ADDR {val:new-addr} " + epoch + " " + candidate
}

// ballot asks sentinel-2: whom it voted for last, and in which epoch. Epoch 0 asks for no vote, whoever the candidate is.
func ballot(ctx context.Context, r *kit.Run, epoch, candidate string) (leader, inEpoch string, err error) {
	v, err := ask(ctx, r, s2, strings.Fields(r.Expand(voteFor(epoch, candidate)))...)
	if err != nil {
		return "", "", err
	}
	words := v.Strings()
	if len(words) != 3 {
		return "", "", fmt.Errorf("%s answers %q", s2, words)
	}
	return words[1], words[2], nil
}

// firstComeFirstServed expects the vote of epoch 7 to be the first candidate's, whoever asks later.
func firstComeFirstServed() kit.Check {
	return kit.Check{
		Name: kit.T("whoever asks for the vote of epoch 7 later is told alice", "之后再来要纪元 7 的票，得到的都是 alice"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			leader, epoch, err := ballot(ctx, r, "0", "carol")
			if err == nil && epoch == "7" { // given: asking once more gives nothing away
				leader, epoch, err = ballot(ctx, r, "7", "carol")
			}
			if err == nil && (leader != "alice" || epoch != "7") {
				err = errors.New("not alice in epoch 7")
			}
			return "asked by carol: " + leader + ", epoch " + epoch, err
		},
	}
}

// noSecondVote expects a sentinel that has forgotten whom it voted for to know still that it has voted.
func noSecondVote() kit.Check {
	return kit.Check{
		Name:   kit.T("no vote of epoch 7 is left after the restart", "重启之后，纪元 7 的票也不会再投一次"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			leader, epoch, err := ballot(ctx, r, "7", "bob")
			if err == nil && (leader != "*" || epoch != "7") {
				err = errors.New("not * in epoch 7")
			}
			return "asked by bob: " + leader + ", epoch " + epoch, err
		},
	}
}

func whoLeads() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("For sentinel-1 the quorum is 1 here: its own opinion makes the master o_down. But sentinel-2 and sentinel-3 have already given away their votes of epoch 1. The master will be killed. What will sentinel-1 do?",
			"这里 sentinel-1 的 quorum 是 1：凭自己的看法就能判定主节点 o_down。但 sentinel-2 和 sentinel-3 在纪元 1 的票已经投给别人了。现在杀掉主节点，sentinel-1 会怎样？"),
		Choices: []kit.Text{
			kit.T("promote a replica: it has its quorum", "提升一个副本：它已满足 quorum"),
			kit.T("give up, wait 2 × failover-timeout, and win in epoch 2", "放弃，等 2 × failover-timeout，然后在纪元 2 胜出"),
			kit.T("ask the other two again and again in epoch 1", "在纪元 1 里反复向另外两个要票"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			gap, err := retryGap(r)
			switch {
			case err != nil:
				return 0, nil
			case gap >= 2*failoverTimeout.Or(r, 0)-lag:
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("One vote of three is no majority, and a vote is given once an epoch. After the election's time, 10 s or failover-timeout if that is shorter, sentinel-1 gave up; {val:retry-gap} after its first attempt it tried again, "+
			"in epoch 2, and got the votes. So a split vote costs 2 × failover-timeout without a master. Sentinels avoid it by acting at slightly different moments; an odd number of them helps.",
			"三票中得一票不算多数，而每个纪元每个哨兵只投一次票。选举时限是 10 秒（failover-timeout 更短则以它为准），到时 sentinel-1 就放弃；距第一次尝试 {val:retry-gap} 后，它在纪元 2 再试，拿到了票。"+
				"所以一次选票分散的代价，是 2 × failover-timeout 的时间没有主节点。哨兵靠彼此错开一点时间来避免，奇数个哨兵也有帮助。"),
	}
}

func whatIsBobTold() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You play two candidates. alice asks sentinel-2 for its vote of epoch 7, then bob asks for it. What is bob told?",
			"你来扮演两个候选者。alice 先向 sentinel-2 要纪元 7 的票，接着 bob 也来要。bob 会得到什么回答？"),
		Choices: []kit.Text{
			kit.T("an error", "报错"),
			kit.T("bob, epoch 7: the latest counts", "bob，纪元 7：以最后的为准"),
			kit.T("alice, epoch 7", "alice，纪元 7"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			leader, _, err := ballot(ctx, r, "0", "carol")
			if leader == "bob" {
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("First come, first served. Whoever asks later learns who has the vote, and candidates count the answers. Nothing is checked: sentinel-2 knows nobody called alice. "+
			"Keep sentinels' ports away from strangers.",
			"先到先得。后来者会得知票投给了谁，候选者据此计票。这里没有任何校验：sentinel-2 并不认识什么 alice。所以哨兵的端口不要让外人连得上。"),
	}
}
