package single

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// secondInterface stands for another network card of the machine.
const secondInterface = "127.0.0.2"

const firstInterface kit.Key[string] = "bind"

// bind: a node can only be reached through the interfaces it listens on.
func bind() kit.Exercise {
	return kit.Exercise{
		ID: "single/bind", Chapter: chapter, Items: []int{10},
		After:    []string{"single/first-node"},
		Topology: lab.Single,
		Steps: []kit.Step{
			{
				Name:    "one",
				Predict: whatMeetsTheClient(),
				Do: func(ctx context.Context, r *kit.Run) error {
					v, err := expect.ConfigValue(ctx, r, "master", "bind")
					firstInterface.Set(r, v)
					return err
				},
				Look:   []kit.Cmd{{Node: "master", Line: "CONFIG GET bind"}},
				Checks: []kit.Check{expect.Up("master").For(10), refusedOn(secondInterface)},
			},
			{
				Name:     "two",
				Commands: []kit.Cmd{{Node: "master", Line: `CONFIG SET bind "{val:bind} ` + secondInterface + `"`}},
				Checks:   []kit.Check{expect.Up("master"), servedOn(secondInterface)},
			},
			{
				Name:     "back",
				Commands: []kit.Cmd{{Node: "master", Line: `CONFIG SET bind "{val:bind}"`}},
				Checks:   []kit.Check{expect.Up("master"), refusedOn(secondInterface)},
			},
		},
	}
}

// through connects to the node by way of an interface, and says PING.
func through(ctx context.Context, r *kit.Run, host string) (string, error) {
	port, err := expect.ConfigValue(ctx, r, "master", "port")
	if err != nil {
		return "", err
	}
	addr := net.JoinHostPort(host, port)
	c, err := r.WireAddr(ctx, addr)
	if err != nil {
		return addr, err
	}
	defer func() { _ = c.Close() }()
	v, err := c.Do("PING")
	return addr + " answers " + v.String(), err
}

func refusedOn(host string) kit.Check {
	return kit.Check{
		Name: kit.T("a connection to "+host+" is refused", "连接 "+host+" 被拒绝"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			seen, err := through(ctx, r, host)
			if err == nil {
				return seen, errors.New("it was accepted")
			}
			if !errors.Is(err, syscall.ECONNREFUSED) && !strings.Contains(err.Error(), "refused") {
				return seen, err
			}
			return fmt.Sprintf("%s: connection refused", seen), nil
		},
	}.For(10)
}

func servedOn(host string) kit.Check {
	return kit.Check{
		Name: kit.T("the node answers on "+host, "节点在 "+host+" 上有回答"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			return through(ctx, r, host)
		},
	}.For(10)
}

func whatMeetsTheClient() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The node is bound to one address. A client comes in by another address of the same machine. What happens?",
			"节点只绑定了一个地址。客户端从同一台机器的另一个地址进来，会怎样？"),
		Choices: []kit.Text{
			kit.T("it is served: it is the same machine", "正常服务：反正是同一台机器"),
			kit.T("it may connect but each command is refused", "可以连接，但每条命令都被拒绝"),
			kit.T("the connection itself is refused", "连接本身就被拒绝"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			seen, err := through(ctx, r, secondInterface)
			switch {
			case err != nil:
				return 2, nil
			case strings.HasSuffix(seen, "PONG"):
				return 0, nil
			}
			return 1, nil
		},
		Explain: kit.T("Redis is not listening there, so the operating system refuses for it. "+
			"bind 0.0.0.0 listens on every interface: convenient, and open to everybody who can reach the machine. "+
			"With no password and no bind, protected mode refuses strangers.",
			"Redis 没有在那里监听，由操作系统直接拒绝。bind 0.0.0.0 会在所有网卡上监听：方便，但凡能访问这台机器的人都能连上。"+
				"既没有密码也没有 bind 时，保护模式会拒绝外来连接。"),
	}
}
