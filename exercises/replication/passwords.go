package replication

import (
	"context"
	"errors"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const (
	masterSecret  = "m-secret"
	replicaSecret = "r-secret"
)

// passwords: the master's password, the replica's login, and the replica's own
// password are three different things.
func passwords() kit.Exercise {
	return kit.Exercise{
		ID: "replication/passwords", Chapter: chapter, Items: []int{27, 28},
		After: []string{"single/password", "replication/first-write"},
		Topology: func() lab.Topology {
			return lab.OneToMany(2).
				With(lab.Directive{Name: "masterauth", Value: masterSecret}).
				WithNode(master, lab.Directive{Name: "requirepass", Value: masterSecret})
		},
		Steps: []kit.Step{
			{
				Name:    "open-replica",
				Predict: doesTheReplicaAsk(),
				Do: func(ctx context.Context, r *kit.Run) error {
					if _, err := expect.Ask(ctx, r, master, "SET", "plan", "secret"); err != nil {
						return err
					}
					return caughtUp(ctx, r, master, first, second)
				},
				Look: []kit.Cmd{at(master, "GET plan"), at(first, "GET plan")},
				Checks: []kit.Check{
					expect.Stranger(master, "NOAUTH", "GET", "plan").For(28),
					strangerReads(first, "plan", "secret").For(28),
				},
			},
			{
				Name:     "own-password",
				Commands: []kit.Cmd{at(first, "CONFIG SET requirepass "+replicaSecret)},
				Checks: []kit.Check{
					expect.Stranger(first, "NOAUTH", "GET", "plan").For(28),
					loginWorks(first, replicaSecret, "GET", "plan").For(28),
					loginFails(first, masterSecret).For(28),
					strangerReads(second, "plan", "secret").For(28),
				},
			},
			{
				Name: "locked-out",
				Commands: []kit.Cmd{
					at(second, `CONFIG SET masterauth ""`),
					at(master, "AUTH "+masterSecret),
					at(master, "CLIENT KILL TYPE replica"),
				},
				Checks: []kit.Check{
					expect.LinkDown(second).For(27),
					expect.Logged(second, "NOAUTH").For(27),
					loginSees(first, replicaSecret, "master_link_status:up").For(27),
				},
			},
			{
				Name:     "let-in",
				Commands: []kit.Cmd{at(second, "CONFIG SET masterauth "+masterSecret)},
				Checks:   []kit.Check{expect.LinkUp(second).For(27), expect.Replicas(master, 2)},
			},
		},
	}
}

// strangerReads expects a client without a password to read a key.
func strangerReads(node, key, want string) kit.Check {
	return kit.Check{
		Name: kit.T("without a password, "+key+" can be read on "+node, "不带密码也能在 "+node+" 上读到 "+key),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := r.Ask(ctx, node, "GET", key)
			if err == nil && v.Plain() != want {
				err = errors.New("not " + want)
			}
			return v.String(), err
		},
	}
}

// loggedIn sends a command after AUTH on one raw connection.
func loggedIn(ctx context.Context, r *kit.Run, node, password string, args ...string) (string, error) {
	c, err := r.Wire(ctx, node)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	v, err := c.Do("AUTH", password)
	if err != nil {
		return "", err
	}
	if v.Err() != nil || len(args) == 0 {
		return v.Str, v.Err()
	}
	v, err = c.Do(args...)
	if err != nil {
		return "", err
	}
	return v.Plain(), v.Err()
}

func loginWorks(node, password string, args ...string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" lets "+password+" in", node+" 接受密码 "+password),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			return loggedIn(ctx, r, node, password, args...)
		},
	}
}

func loginSees(node, password, part string) kit.Check {
	return kit.Check{
		Name:   kit.T("INFO replication on "+node+" says "+part, node+" 的 INFO replication 显示 "+part),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := loggedIn(ctx, r, node, password, "INFO", "replication")
			if err == nil && !strings.Contains(v, part) {
				err = errors.New("it does not say " + part)
			}
			for l := range strings.Lines(v) {
				if strings.HasPrefix(l, "master_link_status") {
					return strings.TrimSpace(l), err
				}
			}
			return "", err
		},
	}
}

func loginFails(node, password string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" does not take the master's password", node+" 不接受主节点的密码"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := loggedIn(ctx, r, node, password)
			if err == nil {
				return v, errors.New("it was let in")
			}
			if !strings.HasPrefix(err.Error(), "WRONGPASS") {
				return "", err
			}
			return err.Error(), nil
		},
	}
}

func doesTheReplicaAsk() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Only the master has a password. A client without one reads plan from replica-1. What happens?",
			"只有主节点设了密码。不带密码的客户端从 replica-1 读取 plan，会怎样？"),
		Choices: []kit.Text{
			kit.T("NOAUTH: the password protects the data wherever they are", "NOAUTH：密码保护数据，不管数据在哪"),
			kit.T("it reads the secret", "读到了机密"),
			kit.T("the replica checks with the master", "副本去问主节点"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := r.Ask(ctx, second, "GET", "plan")
			if err != nil || v.Err() != nil {
				return 0, err
			}
			return 1, nil
		},
		Explain: kit.T("A password belongs to a node, not to the data. The claim \"clients of a replica need no password\" is only true as long as "+
			"nobody gave the replica one. Give every node the same requirepass and masterauth.",
			"密码属于节点，不属于数据。“客户端访问副本不需要密码”只在没人给副本设密码时成立。请给每个节点设置相同的 requirepass 和 masterauth。"),
	}
}
