package single

import (
	"context"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const secret = "s3cret"

// password: requirepass shuts the door to everybody without the password.
func password() kit.Exercise {
	return kit.Exercise{
		ID: "single/password", Chapter: chapter, Items: []int{26},
		After: []string{"single/first-node"},
		Topology: func() lab.Topology {
			return lab.Single().With(lab.Directive{Name: "requirepass", Value: secret})
		},
		Steps: []kit.Step{
			{
				Name:    "closed",
				Predict: whatAboutPing(),
				Look:    []kit.Cmd{{Node: "master", Line: "GET vault"}},
				Checks: []kit.Check{
					expect.Stranger("master", "NOAUTH", "GET", "vault").For(26),
					expect.Stranger("master", "NOAUTH", "SET", "vault", "x").For(26),
				},
			},
			{
				Name:     "wrong",
				Commands: []kit.Cmd{{Node: "master", Line: "AUTH letmein"}},
				Checks: []kit.Check{
					expect.Refused("master", "WRONGPASS").For(26),
					expect.Stranger("master", "NOAUTH", "GET", "vault").For(26),
				},
			},
			{
				Name: "open",
				Commands: []kit.Cmd{
					{Node: "master", Line: "AUTH " + secret},
					{Node: "master", Line: "SET vault gold"},
				},
				Look: []kit.Cmd{{Node: "master", Line: "GET vault"}},
				Checks: []kit.Check{
					expect.Get("master", "vault", "gold").For(26),
					expect.Stranger("master", "NOAUTH", "GET", "vault").For(26),
				},
			},
		},
	}
}

func whatAboutPing() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You connect without a password and send PING. What comes back?",
			"不带密码连接上来，发送 PING，会得到什么？"),
		Choices: []kit.Text{
			kit.T("PONG: it reads no data", "PONG：它不读任何数据"),
			kit.T("an error: first the password", "报错：先给密码"),
			kit.T("nothing: the node hangs up", "什么都没有：节点直接断开"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := r.Ask(ctx, "master", "PING")
			switch {
			case err != nil:
				return 2, nil
			case v.Err() != nil:
				return 1, nil
			}
			return 0, nil
		},
		Explain: kit.T("NOAUTH Authentication required. Only AUTH, HELLO, QUIT and RESET are served before the password. "+
			"A health check that counts on PONG must log in, or take NOAUTH for a sign of life.",
			"NOAUTH Authentication required. 在给出密码之前，只有 AUTH、HELLO、QUIT 和 RESET 会被执行。"+
				"依赖 PONG 的健康检查要么先登录，要么把 NOAUTH 也算作存活。"),
	}
}
