package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// specialServer: a sentinel is a Redis server that keeps no data and passes none on.
func specialServer() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/special-server", Items: []int{192, 193, 285},
		After:    []string{"sentinel/first-look"},
		Topology: oneByName,
		Steps: []kit.Step{
			{
				Name:     "no-data",
				Commands: []kit.Cmd{at(s1, "SET name king"), at(s1, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"), at(master, "SET name king")},
				Look:     []kit.Cmd{at(s1, "ROLE"), at(s1, "INFO server")},
				Checks: []kit.Check{
					expect.Get(master, "name", "king").For(193),
					expect.Fails(s1, "ERR unknown command 'SET', with args beginning with: 'name' 'king'", "SET", "name", "king").For(192),
					expect.Fails(s1, "ERR unknown command 'GET', with args beginning with: 'name'", "GET", "name").For(192),
					expect.Info(s1, "server", "redis_mode", "sentinel").For(192),
				},
			},
			{
				Name: "two-ways",
				Look: []kit.Cmd{at(s1, "ROLE"), at(s2, "ROLE"), at(s2, "INFO server")},
				Checks: []kit.Check{
					startedDifferently(s1, s2).For(285),
					expect.Reply(s1, "[sentinel [mymaster]]", "ROLE").For(285), expect.Reply(s2, "[sentinel [mymaster]]", "ROLE").For(285),
					expect.Info(s2, "server", "redis_mode", "sentinel").For(285),
					expect.Fails(s2, "ERR unknown command 'GET'", "GET", "name").For(192, 285),
					field(s2, "num-other-sentinels", "2").For(285),
				},
			},
			{
				Name:    "directly",
				Predict: whoCarriesTheData(),
				Do:      writeABulk,
				Checks: []kit.Check{
					askedThenDirect().For(193),
					bulkWentTo(master, true).For(193),
					bulkWentTo(s1, false).For(193), bulkWentTo(s2, false).For(193), bulkWentTo(s3, false).For(193),
				},
			},
			{
				Name:     "without",
				Do:       writerAndLateClient,
				Commands: []kit.Cmd{toLab(strings.Join([]string{"kill", s1, s2, s3}, " "))},
				Look:     []kit.Cmd{at(master, "LLEN "+writerKey)},
				Checks: []kit.Check{
					expect.Down(s1), expect.Down(s2), expect.Down(s3),
					writesWithoutSentinels().For(193),
					lateClientFindsNobody().For(193),
				},
			},
		},
	})
}

// oneByName starts the second sentinel as redis-sentinel, the others as redis-server with --sentinel.
func oneByName() lab.Topology {
	t := classic()
	for i := range t.Nodes {
		t.Nodes[i].ByName = t.Nodes[i].ID == s2
	}
	return t
}

// startedDifferently expects the lab to have started two sentinels in different ways.
func startedDifferently(a, b string) kit.Check {
	return noted(kit.T(a+" and "+b+" were started in different ways", a+" 与 "+b+" 的启动方式不同"), func(r *kit.Run) (string, error) {
		way := func(id string) string {
			if r.Lab.MustNode(id).Spec().ByName {
				return "by name"
			}
			return "by --sentinel"
		}
		seen := fmt.Sprintf("%s %s, %s %s", a, way(a), b, way(b))
		if way(a) == way(b) {
			return seen, errors.New("that is the same")
		}
		return seen, nil
	})
}

const (
	bulkKeys  = 100
	bulkValue = 10_000 // bytes
	bulkBytes = bulkKeys * bulkValue
)

const bulkClient kit.Key[*lab.Observer] = "bulk-client"

// carried is how many bytes a node had received before the bulk, and until after it.
func carried(node string) kit.Key[[2]int64] { return kit.Key[[2]int64]("carried:" + node) }

// writeABulk writes a megabyte through a client that knows the sentinels, and counts what each node was sent meanwhile.
func writeABulk(ctx context.Context, r *kit.Run) error {
	count := func(i int) error {
		for _, n := range r.Lab.Nodes() {
			bytes, err := expect.Number(ctx, r, n.ID(), "stats", "total_net_input_bytes")
			if err != nil {
				return err
			}
			c := carried(n.ID()).Or(r, [2]int64{})
			c[i] = bytes
			carried(n.ID()).Set(r, c)
		}
		return nil
	}
	if err := count(0); err != nil {
		return err
	}
	seen := r.Lab.Observe()
	bulkClient.Set(r, seen)
	c := seen.FailoverClient(lab.MyMaster)
	value := strings.Repeat("x", bulkValue)
	for i := range bulkKeys {
		if err := c.Set(ctx, fmt.Sprint("bulk:", i), value, 0).Err(); err != nil {
			return err
		}
	}
	return count(1)
}

// askedThenDirect expects the client to have dialled a sentinel first and the master afterwards.
func askedThenDirect() kit.Check {
	return noted(kit.T("the client connected to a sentinel first, then to the master", "客户端先连哨兵，再连主节点"), func(r *kit.Run) (string, error) {
		o, err := bulkClient.Get(r)
		if err != nil {
			return "", err
		}
		var dialled []string
		for _, d := range o.Seen().Dials {
			dialled = append(dialled, idAt(r, d.Addr))
		}
		seen := strings.Join(dialled, ", ")
		for i, id := range dialled {
			if n := r.Lab.Node(id); id == master && i > 0 {
				return seen, nil
			} else if n == nil || n.Spec().Role() != lab.SentinelRole {
				break
			}
		}
		return seen, errors.New("not in this order")
	})
}

// bulkWentTo expects a node to have been sent the bulk, or next to nothing.
func bulkWentTo(node string, all bool) kit.Check {
	name := kit.T(fmt.Sprintf("%s was sent the whole megabyte", node), node+" 收到了整整 1 MB")
	if !all {
		name = kit.T(fmt.Sprintf("%s was sent nothing of it", node), node+" 没有收到这些数据")
	}
	return noted(name, func(r *kit.Run) (string, error) {
		c, err := carried(node).Get(r)
		got := c[1] - c[0]
		seen := fmt.Sprintf("%d bytes", got)
		if err == nil && (all && got < bulkBytes || !all && got > bulkBytes/4) {
			err = fmt.Errorf("the bulk has %d", bulkBytes)
		}
		return seen, err
	})
}

const (
	lateClient  kit.Key[*redis.Client] = "late-client"
	writtenThen kit.Key[int]           = "written-when-all-were-dead"
)

// writerAndLateClient starts a writer, and makes a client that will connect only when the sentinels are dead.
func writerAndLateClient(ctx context.Context, r *kit.Run) error {
	lateClient.Set(r, r.Lab.FailoverClient(lab.MyMaster))
	return startWriter(ctx, r)
}

// writesWithoutSentinels expects the writer to go on with what it knows.
func writesWithoutSentinels() kit.Check {
	const more = 20
	return kit.Check{
		Name:   kit.T("the client that is connected writes on, without a gap", "已连接的客户端继续写，毫无中断"),
		Within: 10 * time.Second,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			for _, s := range r.Lab.Sentinels() {
				if s.State() == lab.StateUp {
					return "", errors.New(s.ID() + " lives")
				}
			}
			w, err := theWriter.Get(r)
			if err != nil {
				return "", err
			}
			s := w.seen.Seen()
			done := s.Commands - s.Failed
			if _, err := writtenThen.Get(r); err != nil {
				writtenThen.Set(r, done)
			}
			since := done - writtenThen.Or(r, done)
			seen := fmt.Sprintf("%d writes since all sentinels are dead, %d outages", since, len(s.Outages))
			if since < more || len(s.Outages) > 0 {
				return seen, fmt.Errorf("%d and none are awaited", more)
			}
			return seen, nil
		},
	}
}

// lateClientFindsNobody expects a client that connects now to get nowhere, though the master is well.
func lateClientFindsNobody() kit.Check {
	return kit.Check{
		Name: kit.T("a client that connects now finds no master", "这时新来的客户端找不到主节点"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			c, err := lateClient.Get(r)
			if err != nil {
				return "", err
			}
			if r.Lab.MustNode(s1).State() == lab.StateUp {
				return "", errors.New(s1 + " lives") // it would connect
			}
			err = c.Ping(ctx).Err()
			if err == nil {
				return "PONG", errors.New("it has found one")
			}
			if kind := lab.ErrorKind(err); kind != "no-sentinel" && kind != "refused" {
				return "", err
			}
			return err.Error(), nil
		},
	}
}

func whoCarriesTheData() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A client is given the sentinels' addresses and no other. It will write 1 MB. How much of it goes through the sentinels?",
			"有个客户端只拿到了哨兵的地址。它要写入 1 MB 数据。其中有多少经过哨兵？"),
		Choices: []kit.Text{
			kit.T("all of it: they pass it on to the master", "全部：由哨兵转发给主节点"),
			kit.T("the first command: then the client is sent elsewhere", "第一条命令：之后客户端被引到别处"),
			kit.T("nothing of it", "完全没有"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			most := int64(0)
			for _, s := range r.Lab.Sentinels() {
				c, err := carried(s.ID()).Get(r)
				if err != nil {
					return 0, err
				}
				most = max(most, c[1]-c[0])
			}
			switch {
			case most >= bulkBytes:
				return 0, nil
			case most > bulkBytes/4:
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("A sentinel is a directory, not a proxy. The client asks it one question, gets an address, and opens its own connection to the master. "+
			"So sentinels need hardly any bandwidth, and the clients must be able to reach the data nodes themselves: mind firewalls and containers.",
			"哨兵是问讯处，不是代理。客户端只问它一个问题，拿到地址，然后自己去连主节点。所以哨兵几乎不占带宽，而客户端必须能直接访问数据节点：要留意防火墙和容器网络。"),
	}
}
