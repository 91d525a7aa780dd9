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

// readOnly: replicas refuse writes.
func readOnly() kit.Exercise {
	return kit.Exercise{
		ID: "replication/read-only", Chapter: chapter, Items: []int{16, 17},
		After:    []string{"replication/first-write"},
		Topology: lab.OneToOne,
		Steps: []kit.Step{
			{
				Name:     "refused",
				Predict:  writeOnReplica(),
				Commands: []kit.Cmd{at(first, "SET city Paris")},
				Look:     []kit.Cmd{at(first, "CONFIG GET replica-read-only")},
				Checks: []kit.Check{
					expect.Refused(first, "READONLY").For(16),
					expect.NoKey(first, "city").For(16),
					expect.NoKey(master, "city").For(16),
					expect.Config(first, "replica-read-only", "yes").For(16),
				},
			},
			{
				Name:     "master-both",
				Commands: []kit.Cmd{at(master, "SET city Paris"), at(master, "STRLEN city")},
				Checks: []kit.Check{
					expect.Get(master, "city", "Paris").For(17),
					expect.Called(master, "strlen", 1).For(17).Named(
						"the master has served your read too", "主节点也为你执行了读命令"),
					expect.Get(first, "city", "Paris"),
				},
			},
			{
				Name:    "which",
				Predict: isConfigRefused(),
				Look:    []kit.Cmd{at(first, "DEL city"), at(first, "EXPIRE city 100"), at(first, "FLUSHALL")},
				Checks:  []kit.Check{writesRefused().For(16), readsServed().For(16)},
			},
		},
	}
}

func writeOnReplica() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You send SET to a replica. What does it do?", "把 SET 发给副本，它会怎么做？"),
		Choices: []kit.Text{
			kit.T("store it, for itself only", "存下来，但只有它自己有"),
			kit.T("pass it on to the master", "转交给主节点"),
			kit.T("refuse", "拒绝"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := r.Ask(ctx, first, "SET", "city:probe", "x")
			if err != nil || v.Kind == '-' {
				return 2, err
			}
			if got, err := expect.Ask(ctx, r, master, "GET", "city:probe"); err != nil || got == "x" {
				return 1, err
			}
			return 0, nil
		},
		Explain: kit.T("READONLY You can't write against a read only replica. Data flow one way, from the master to the replicas; "+
			"it is up to the client to find the master.",
			"READONLY You can't write against a read only replica. 数据只朝一个方向流动，从主节点到副本；找到主节点是客户端自己的事。"),
	}
}

// writesRefused tries one write of each kind.
func writesRefused() kit.Check {
	writes := [][]string{
		{"SET", "city", "Rome"}, {"DEL", "city"}, {"EXPIRE", "city", "100"}, {"INCR", "n"}, {"LPUSH", "l", "x"},
		{"RENAME", "city", "town"}, {"FLUSHALL"},
	}
	return kit.Check{
		Name: kit.T("the replica refuses every kind of write", "副本拒绝各种写命令"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			var names []string
			for _, w := range writes {
				v, err := r.Ask(ctx, first, w...)
				if err != nil {
					return "", err
				}
				if !strings.HasPrefix(v.Str, "READONLY") {
					return v.String(), fmt.Errorf("%s was not refused", w[0])
				}
				names = append(names, w[0])
			}
			return "READONLY for " + strings.Join(names, ", "), nil
		},
	}
}

func readsServed() kit.Check {
	reads := [][]string{{"GET", "city"}, {"TTL", "city"}, {"DBSIZE"}, {"TYPE", "city"}, {"CONFIG", "SET", "maxclients", "9000"}}
	return kit.Check{
		Name: kit.T("it serves reads and commands about itself", "副本执行读命令和管理自身的命令"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			var names []string
			for _, w := range reads {
				v, err := r.Ask(ctx, first, w...)
				if err != nil {
					return "", err
				}
				if v.Err() != nil {
					return v.String(), errors.New(w[0] + " was refused")
				}
				names = append(names, w[0])
			}
			return strings.Join(names, ", "), nil
		},
	}
}

func isConfigRefused() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("DEL, EXPIRE and FLUSHALL on a replica are refused as well. And CONFIG SET?",
			"在副本上执行 DEL、EXPIRE、FLUSHALL 同样被拒绝。那 CONFIG SET 呢？"),
		Choices: []kit.Text{
			kit.T("refused: it changes the node", "拒绝：它会改变节点"),
			kit.T("allowed: it changes no key", "允许：它不改变任何键"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := r.Ask(ctx, first, "CONFIG", "SET", "maxclients", "9000")
			if err != nil || v.Err() != nil {
				return 0, err
			}
			return 1, nil
		},
		Explain: kit.T("Read-only is about the data set. A replica still obeys CONFIG, DEBUG or SHUTDOWN from anybody who can connect: "+
			"it is no protection against strangers.",
			"只读针对的是数据集。凡是能连上来的人，副本照样听从他的 CONFIG、DEBUG 或 SHUTDOWN：只读并不能防外人。"),
	}
}
