package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const otherMaster = "other"

// switching: leaving a master, and changing to another.
func switching() kit.Exercise {
	return kit.Exercise{
		ID: "operations/switching", Chapter: operations, Items: []int{258, 259, 260},
		After: []string{"operations/three-ways"},
		Topology: func() lab.Topology {
			t := lab.OneToOne()
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: otherMaster}, lab.NodeSpec{ID: solo})
			return t
		},
		Steps: []kit.Step{
			{
				Name: "leave",
				Do: func(ctx context.Context, r *kit.Run) error {
					if err := fill(ctx, r, master, "old", 10, "x"); err != nil {
						return err
					}
					if err := fill(ctx, r, otherMaster, "new", 5, "x"); err != nil {
						return err
					}
					return caughtUp(ctx, r, master, first)
				},
				Commands: []kit.Cmd{at(first, "REPLICAOF NO ONE"), at(master, "SET later write")},
				Look:     []kit.Cmd{at(first, "DBSIZE"), at(first, "GET later")},
				Checks: []kit.Check{
					expect.Role(first, "master").For(258),
					expect.Replicas(master, 0).For(258),
					expect.Get(master, "later", "write").For(258),
					expect.Reply(first, "10", "DBSIZE").For(258),
					expect.NoKey(first, "later").For(258),
				},
			},
			{
				Name:     "change",
				Predict:  keysAfterSwitch(),
				Commands: []kit.Cmd{follow(first, otherMaster)},
				Checks: []kit.Check{
					expect.Follows(first, otherMaster).For(259),
					expect.NoKey(first, "old:0").For(259),
					expect.Get(first, "new:0", "x").For(259),
					expect.Reply(first, "5", "DBSIZE").For(259),
				},
			},
			{
				Name:     "steps",
				Commands: []kit.Cmd{follow(first, master)},
				Look:     []kit.Cmd{at(first, "INFO replication")},
				Checks: []kit.Check{
					expect.Follows(first, master).For(260),
					loggedInOrder(first,
						"Connecting to MASTER", "Full resync from master",
						"Flushing old data", "Loading DB in memory", "Finished with success").For(260),
					expect.Reply(first, "11", "DBSIZE").For(260),
				},
			},
			{
				Name:     "wrong-target",
				Commands: []kit.Cmd{follow(otherMaster, solo)},
				Checks: []kit.Check{
					expect.Follows(otherMaster, solo).For(259),
					expect.Reply(otherMaster, "0", "DBSIZE").For(259),
				},
			},
		},
	}
}

// loggedInOrder expects these words in a node's log, from the last time
// that the first of them is there.
func loggedInOrder(node string, parts ...string) kit.Check {
	return kit.Check{
		Name:   kit.T("its log has, in order: "+strings.Join(parts, "; "), "它的日志依次有："+strings.Join(parts, "；")),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			found := 0
			for _, l := range n.Logs() {
				switch {
				case strings.Contains(l, parts[0]): // a new beginning
					found = 1
				case found < len(parts) && strings.Contains(l, parts[found]):
					found++
				}
			}
			seen := fmt.Sprintf("%d of %d", found, len(parts))
			if found < len(parts) {
				return seen, errors.New("awaiting " + parts[found])
			}
			return seen, nil
		},
	}
}

func keysAfterSwitch() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The node holds 10 keys of its old master. It is pointed at another, which holds 5 others. How many keys does it have then?",
			"节点上有旧主节点的 10 个键。把它指向另一个主节点，那里有 5 个别的键。之后它有多少个键？"),
		Choices: []kit.Text{kit.T("15: both sets", "15：两份都有"), kit.T("5: those of the new master", "5：只有新主节点的"), kit.T("10: its own", "10：它自己的")},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			n, err := expect.Ask(ctx, r, first, "DBSIZE")
			switch n {
			case "15":
				return 0, err
			case "5":
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("A replica is a copy of its master and nothing else: what it had before is dropped before the new set is loaded, without a question.",
			"副本就是主节点的拷贝，仅此而已：载入新数据之前，原有的一切都会被清空，不会再问你一句。"),
	}
}
