package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// wrongAddress: a sentinel's file names a replica as the master.
func wrongAddress() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/wrong-address", Items: []int{31},
		After:    []string{"sentinel/discovery"},
		Topology: classic,
		Begin:    roleLimits,
		Steps: []kit.Step{
			{
				Name:     "wrong",
				Predict:  whatOfTheWrongAddress(),
				Commands: monitorAt(first),
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s2, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")},
				Checks: []kit.Check{
					field(s1, "role-reported", "slave").For(31),
					names(s1, first).For(31), names(s2, master).For(31), names(s3, master).For(31),
					expect.Fails(first, "READONLY", "SET", "name", "king"),
					flagged(s1, "s_down").In(roleWithin).For(31),
					afterTheRoleLimit().For(31),
					notFlagged(s1, "o_down").For(31),
				},
			},
			{
				Name:     "fix",
				Commands: monitorAt(master),
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					allName(master).For(31),
					field(s1, "role-reported", "master").For(31),
					field(s1, "num-slaves", "2"), field(s1, "num-other-sentinels", "2"),
					notFlagged(s1, "s_down").For(31),
				},
			},
		},
	})
}

// monitorAt gives sentinel-1 an address to watch in place of the one it has.
func monitorAt(node string) []kit.Cmd {
	return []kit.Cmd{
		at(s1, "SENTINEL REMOVE mymaster"),
		at(s1, "SENTINEL MONITOR mymaster {host:"+node+"} {port:"+node+"} 2"),
		at(s1, "SENTINEL SET mymaster down-after-milliseconds {val:down-after-ms}"),
	}
}

const (
	roleWithin = 90 * time.Second       // above down-after and two INFO periods as they really are
	shortInfo  = time.Second            // the INFO period where time is real
	logLag     = 600 * time.Millisecond // events of processes come from their logs
)

// roleLimit is for how long a master may say that it is a replica: down-after and two INFO periods.
const roleLimit kit.Key[time.Duration] = "role-limit-duration"

// roleLimits notes it for prose, and makes sentinel-1 ask for INFO more often where time is real.
func roleLimits(ctx context.Context, r *kit.Run) error {
	period := infoPeriod
	if !r.Lab.Backend().Capabilities().SimulatedTime {
		period = shortInfo
		if _, err := expect.Ask(ctx, r, s1, "SENTINEL", "DEBUG", "info-period", strconv.FormatInt(period.Milliseconds(), 10)); err != nil {
			return err
		}
	}
	down := downAfter.Or(r, 0)
	roleLimit.Set(r, down+2*period)
	kit.Key[string]("info-period").Set(r, period.String())
	kit.Key[string]("role-limit").Set(r, (down + 2*period).String())
	kit.Key[string]("down-after-ms").Set(r, strconv.FormatInt(down.Milliseconds(), 10))
	return nil
}

// names expects a sentinel to give clients a node's address.
func names(sentinel, node string) kit.Check {
	return kit.Check{
		Name:   kit.T(sentinel+" names "+node+" as the master", sentinel+" 说主节点是 "+node),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			named, err := addrs(ctx, r)
			if err == nil && named[sentinel] != node {
				err = errors.New("another one")
			}
			return named[sentinel], err
		},
	}
}

// afterTheRoleLimit expects the time between SENTINEL MONITOR and +sdown to be the limit for a false role.
func afterTheRoleLimit() kit.Check {
	return kit.Check{
		Name:   kit.T("s_down came after down-after and two INFO periods", "s_down 出现在 down-after 加两个 INFO 周期之后"),
		Within: downWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			var began time.Time
			for _, e := range r.Lab.Events() {
				if e.Node != s1 || e.Kind != lab.EventSentinel {
					continue
				}
				switch e.Fields["name"] {
				case "+monitor":
					began = e.At
				case "+sdown":
					if e.Fields["role"] != "master" || began.IsZero() {
						continue
					}
					took, limit := e.At.Sub(began), roleLimit.Or(r, 0)
					r.Measure(kit.T("from SENTINEL MONITOR to s_down", "从 SENTINEL MONITOR 到 s_down"), took)
					if took < limit-logLag {
						return seconds(took), fmt.Errorf("sooner than %s", limit)
					}
					return seconds(took) + ", limit " + limit.String(), nil
				}
			}
			return "", errors.New("no +sdown in the events yet")
		},
	}
}

func whatOfTheWrongAddress() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A file says that the master is at replica-1's address. sentinel-1 is given that address. What comes of it?",
			"有份配置文件把副本 replica-1 的地址写成了主节点。把这个地址交给 sentinel-1，会怎样？"),
		Choices: []kit.Text{
			kit.T("INFO tells it the real master's address: it follows, and reports that one", "INFO 会告诉它真正主节点的地址：它跟过去，并报告那个地址"),
			kit.T("it is content: replica-1 answers every PING", "它很满意：replica-1 有 PING 必答"),
			kit.T("it goes on naming replica-1 as the master, and after a while holds it for down", "它一直把 replica-1 当主节点，过一阵子又认定它下线"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			f, err := fields(ctx, r, s1)
			switch {
			case err != nil:
				return 0, err
			case idAt(r, f["ip"]+":"+f["port"]) != first:
				return 0, nil
			case !strings.Contains(f["flags"], "s_down"):
				return 1, nil
			}
			return 2, nil
		},
		Explain: kit.T("A sentinel does not follow a replica to its master. It names the address that it was told, so clients get READONLY there. "+
			"It sees role-reported slave, and after {val:role-limit} (down-after and two INFO periods) holds such a master for down, though it answers. "+
			"The others do not agree, so nothing more happens. Only a failover, with a higher config-epoch, ever changes the address. "+
			"Output that shows another address than the file, with config-epoch 0, was not made with that file.",
			"哨兵不会从副本找到它的主节点。它报的就是被告知的地址，客户端到那里只能得到 READONLY。"+
				"它看到 role-reported 是 slave，过了 {val:role-limit}（down-after 加两个 INFO 周期），尽管对方有问必答，也认定它下线。"+
				"其他哨兵不同意，也就没有下文。只有故障转移（config-epoch 增大）才会改变地址。"+
				"输出里的地址与配置文件不同，而 config-epoch 又是 0，那就不是用这份文件跑出来的。"),
	}
}
