package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// spare is a server that nobody has told the sentinels of.
const spare = "spare"

// discovery: sentinels are told the master's address and find out the rest.
func discovery() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/discovery", Items: []int{37, 216, 218, 283},
		After: []string{"sentinel/first-look"}, Needs: []lab.Capability{lab.CanFault},
		Topology: oneReplicaKnown,
		Begin:    noteWhatIsKnown,
		Steps: []kit.Step{
			{
				Name:     "replica",
				Predict:  whoTellsOfTheReplica(),
				Do:       clockOn(foundReplica),
				Commands: []kit.Cmd{at(spare, "REPLICAOF {host:"+master+"} {port:"+master+"}")},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s1, "SENTINEL REPLICAS mymaster")},
				Checks: []kit.Check{
					expect.Follows(spare, master),
					counts(s1, "num-slaves", "2", foundReplica).For(37, 216),
					counts(s2, "num-slaves", "2", foundReplica).For(37, 216),
					told(s1, "+slave").In(discoveryWithin).For(216),
					nobodyTold(s1, spare).For(37, 216),
				},
			},
			{
				Name:     "sentinel",
				Do:       clockOn(foundSentinel),
				Commands: []kit.Cmd{at(s3, "SENTINEL MONITOR mymaster {host:"+master+"} {port:"+master+"} 2")},
				Look:     []kit.Cmd{at(s3, "SENTINEL SENTINELS mymaster"), at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					counts(s3, "num-other-sentinels", "2", foundSentinel).For(218),
					counts(s1, "num-other-sentinels", "2", foundSentinel).For(218),
					counts(s2, "num-other-sentinels", "2", foundSentinel).For(218),
					counts(s3, "num-slaves", "2", foundSentinel).For(216),
				},
			},
			{
				Name:     "file",
				Commands: []kit.Cmd{toLab("cut " + s3 + " " + master), toLab("restart " + s3)},
				Look:     []kit.Cmd{at(s3, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					restarted(s3), cutOff(s3, master),
					fileKnows(s3, "known-replica", first, spare).For(283),
					fileKnows(s3, "known-sentinel", s1, s2).For(283),
					fileKnows(s1, "known-replica", first, spare).For(283),
					fileKnows(s1, "known-sentinel", s2, s3).For(218, 283),
					field(s3, "num-slaves", "2").In(time.Second).For(283),
					field(s3, "num-other-sentinels", "2").In(time.Second).For(283),
				},
			},
		},
	})
}

// oneReplicaKnown is a master with one replica and two sentinels; another server and another sentinel know nothing yet.
func oneReplicaKnown() lab.Topology {
	t := lab.OneToMany(1)
	t.Nodes = append(t.Nodes, lab.NodeSpec{ID: spare})
	t = t.WithSentinels(2, lab.Watch{Name: lab.MyMaster, Master: master, Quorum: 2, Settings: settings()})
	return t.WithSentinels(1).WithSplitPorts(dataPorts, sentinelPorts)
}

const foundReplica, foundSentinel = "found-replica", "found-sentinel"

// noteWhatIsKnown keeps the counts of the beginning for prose.
func noteWhatIsKnown(ctx context.Context, r *kit.Run) error {
	f, err := fields(ctx, r, s1)
	kit.Key[string]("num-slaves").Set(r, f["num-slaves"])
	kit.Key[string]("num-other-sentinels").Set(r, f["num-other-sentinels"])
	return err
}

// clockOn notes when a step begins.
func clockOn(name string) func(context.Context, *kit.Run) error {
	return func(_ context.Context, r *kit.Run) error {
		kit.Key[time.Time](name).Set(r, r.Lab.Clock().Now())
		return nil
	}
}

// discoveryWithin is above the INFO period, ten seconds, and what comes before and after it.
const discoveryWithin = 20 * time.Second

// counts expects a count of SENTINEL MASTER, and measures how long it took since clockOn.
func counts(sentinel, name, want, since string) kit.Check {
	c := field(sentinel, name, want).In(discoveryWithin)
	look := c.Probe
	c.Probe = func(ctx context.Context, r *kit.Run) (string, error) {
		seen, err := look(ctx, r)
		if took := kit.Key[string](since + sentinel); err == nil && took.Or(r, "") == "" {
			d := r.Lab.Clock().Now().Sub(kit.Key[time.Time](since).Or(r, time.Time{}))
			took.Set(r, seconds(d))
			r.Measure(kit.T(sentinel+" knows it after", sentinel+" 知道它用了"), d)
		}
		return seen + ", after " + kit.Key[string](since+sentinel).Or(r, "…"), err
	}
	return c
}

// nobodyTold expects a sentinel to have a node among its replicas that no file of a sentinel has named at the start.
func nobodyTold(sentinel, node string) kit.Check {
	return kit.Check{
		Name: kit.T("SENTINEL REPLICAS on "+sentinel+" lists "+node+", which no sentinel was told of",
			sentinel+" 的 SENTINEL REPLICAS 列出了 "+node+"，而没有人告诉过哨兵"),
		Within: discoveryWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(sentinel)
			if err != nil {
				return "", err
			}
			list, err := n.Do(ctx, "SENTINEL", "REPLICAS", lab.MyMaster).Slice()
			if err != nil {
				return "", err
			}
			var ids []string
			for _, e := range list {
				f := pairs(e)
				ids = append(ids, idAt(r, f["ip"]+":"+f["port"]))
			}
			slices.Sort(ids)
			if !slices.Contains(ids, node) {
				err = errors.New(node + " is not among them")
			}
			return strings.Join(ids, ", "), err
		},
	}
}

// fileKnows expects a sentinel's file to name certain nodes in lines that it wrote itself.
func fileKnows(sentinel, directive string, nodes ...string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("the file of %s has %s for %s", sentinel, directive, strings.Join(nodes, " and ")),
			fmt.Sprintf("%s 的配置文件里有 %s 的 %s 行", sentinel, strings.Join(nodes, " 和 "), directive)),
		Within: discoveryWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			lines, err := linesWith(r, sentinel, "sentinel "+directive+" "+lab.MyMaster)
			var ids []string
			for _, l := range lines {
				if w := strings.Fields(l); len(w) >= 5 { // sentinel known-replica mymaster IP PORT …
					ids = append(ids, idAt(r, w[3]+":"+w[4]))
				}
			}
			slices.Sort(ids)
			if err == nil && !slices.Equal(ids, slices.Sorted(slices.Values(nodes))) {
				err = errors.New("the file differs")
			}
			return directive + ": " + strings.Join(ids, ", "), err
		},
	}
}

// cutOff expects the link between two nodes to be cut, so that neither can have learnt anything from the other.
func cutOff(a, b string) kit.Check {
	return noted(kit.T("the link between "+a+" and "+b+" is cut", a+" 与 "+b+" 之间的连接已切断"), func(r *kit.Run) (string, error) {
		for _, f := range r.Lab.Faults() {
			if f.From == a && f.To == b || f.From == b && f.To == a {
				return f.String(), nil
			}
		}
		return fmt.Sprint(len(r.Lab.Faults()), " faults"), errors.New("none of them does that")
	})
}

func whoTellsOfTheReplica() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You will make "+spare+" a replica of the master. The sentinels know one replica and are told nothing. What do they do?",
			"你要让 "+spare+" 成为主节点的副本。哨兵现在认识一个副本，没有人通知它们。它们会怎样？"),
		Choices: []kit.Text{
			kit.T("nothing: their files must be changed and they must be restarted", "什么也不做：要改配置文件并重启"),
			kit.T("they know it within about 10 seconds", "10 秒左右就会知道它"),
			kit.T("they refuse it: it is not in their files", "拒绝它：配置文件里没有"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			f, err := fields(ctx, r, s1)
			switch {
			case err != nil:
				return 0, err
			case f["num-slaves"] == "2":
				return 1, nil
			}
			if role, err := expect.Field(ctx, r, spare, "replication", "role"); err != nil || role == "master" {
				return 2, err
			}
			return 0, nil
		},
		Explain: kit.T("sentinel-1 knew it after {val:found-replica"+s1+"}. Every 10 seconds a sentinel asks the master for INFO, and the lines slave0, slave1 … name the replicas. "+
			"Take care when you remove one: sentinels never forget a replica by themselves. SENTINEL RESET on each of them, one after the other, makes them look again.",
			"sentinel-1 用了 {val:found-replica"+s1+"} 就知道了。哨兵每 10 秒向主节点要一次 INFO，其中 slave0、slave1……各行就是副本。"+
				"撤掉副本时要当心：哨兵自己从不忘记副本。要在每个哨兵上逐个执行 SENTINEL RESET，它们才会重新查看。"),
	}
}
