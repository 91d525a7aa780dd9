package sentinel

import (
	"context"
	"errors"

	"redislab/exercises/kit"
)

// chose tells whether the choice of the step was the candidate at a place in the order of run IDs.
func chose(r *kit.Run, place int) (bool, error) {
	list, err := ranked.Get(r)
	if err != nil || place >= len(list) {
		return false, errors.Join(err, errors.New("no candidates"))
	}
	return chosen.Or(r, "") == list[place].id, nil
}

func answerIf(place int, yes, no int) func(context.Context, *kit.Run) (int, error) {
	return func(_ context.Context, r *kit.Run) (int, error) {
		if ok, err := chose(r, place); !ok || err != nil {
			return no, err
		}
		return yes, nil
	}
}

func whoOfEquals() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Four candidates have the same priority and the same data. Which one will be promoted?", "四个候选副本优先级相同，数据也相同。会提升哪一个？"),
		Choices: []kit.Text{
			kit.T("the first one in SENTINEL REPLICAS", "SENTINEL REPLICAS 里排第一的"),
			kit.T("the one with the smallest run id", "run id 最小的"),
			kit.T("a random one", "随机一个"),
		},
		Answer: answerIf(0, 1, 2),
		Explain: kit.T("{val:chosen}: of equals the one whose run id comes first. That is as good as random, but all sentinels would choose the same.",
			"{val:chosen}：条件相同时选 run id 排在前面的。这和随机差不多，但每个哨兵都会选出同一个。"),
	}
}

func whoHasMore() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The candidate with the smallest run id has been cut from the master, and has less data than the others. Which one will be promoted?",
			"run id 最小的候选副本已与主节点断开，数据比别的少。会提升哪一个？"),
		Choices: []kit.Text{
			kit.T("that one: the run id decides", "还是它：由 run id 决定"),
			kit.T("one that has more data", "数据更多的那些中的一个"),
		},
		Answer: answerIf(0, 0, 1),
		Explain: kit.T("{val:chosen}. The offset, how far a replica has read the master's stream, comes before the run id. The sentinel knows it from INFO, so it may be up to ten seconds old, a second while the master is down.",
			"{val:chosen}。复制偏移量（副本读到主节点数据流的哪个位置）先于 run id。哨兵从 INFO 得知它，所以可能是十秒前的值；主节点下线期间则是一秒。"),
	}
}

func whoIsPreferred() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Again {val:laggard} has less data than the others. This time its replica-priority is lowered from 100 to 10. Which one will be promoted?",
			"这次数据较少的还是 {val:laggard}，但它的 replica-priority 从 100 降到了 10。会提升哪一个？"),
		Choices: []kit.Text{
			kit.T("one that has more data", "数据更多的那些中的一个"),
			kit.T("{val:laggard}: the lower number comes first", "{val:laggard}：数值小的优先"),
			kit.T("not {val:laggard}: the higher number comes first", "不会是 {val:laggard}：数值大的优先"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			if chosen.Or(r, "") == laggard.Or(r, "none") {
				return 1, nil
			}
			return 0, nil
		},
		Explain: kit.T("The priority comes before the data: {val:chosen} is the master, and what it had not received is lost. Use priorities for machines that should not be masters, and 0 for one that must not; "+
			"leave equals equal, so that the data decide.",
			"优先级先于数据：{val:chosen} 成了主节点，它没收到的数据就丢了。优先级应该用来标出不宜当主节点的机器，绝不能当的设为 0；同等的机器保持相同优先级，让数据来决定。"),
	}
}
