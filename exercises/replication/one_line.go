package replication

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

const solo = "solo"

const asSlaveof kit.Key[string] = "as-slaveof"

// oneLine: a single line makes a replica, under its old name or its new one.
func oneLine() kit.Exercise {
	return kit.Exercise{
		ID: "replication/one-line", Chapter: chapter, Items: []int{6, 7},
		After: []string{"replication/start-all"},
		Topology: func() lab.Topology {
			t := lab.OneToOne()
			t.Name = "with-and-without"
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: solo})
			return t
		},
		Steps: []kit.Step{
			{
				Name: "difference",
				Look: []kit.Cmd{at(first, "INFO replication"), at(solo, "INFO replication")},
				Checks: []kit.Check{
					oneLineApart().For(6),
					expect.Follows(first, master).For(6),
					expect.Role(solo, "master").For(6),
				},
			},
			{
				Name:     "slaveof",
				Predict:  oldWord(),
				Commands: []kit.Cmd{at(solo, "SLAVEOF {host:master} {port:master}")},
				Checks:   []kit.Check{expect.Follows(solo, master).For(6, 7), rememberState(asSlaveof)},
			},
			{
				Name:     "replicaof",
				Do:       func(ctx context.Context, r *kit.Run) error { return alone(ctx, r, solo) },
				Commands: []kit.Cmd{follow(solo, master)},
				Checks:   []kit.Check{expect.Follows(solo, master).For(7), sameState().For(7)},
			},
			{
				Name:     "file",
				Do:       oldWordInFile,
				Commands: []kit.Cmd{toLab("restart " + first)},
				Look:     []kit.Cmd{at(first, "CONFIG GET replicaof"), at(first, "CONFIG GET slaveof")},
				Checks:   []kit.Check{fileSays(first, "slaveof").For(7), expect.Follows(first, master).For(6, 7)},
			},
		},
	}
}

// meaning is a configuration file without what must differ from node to node.
func meaning(path string) (lines []string, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for _, l := range strings.Split(string(b), "\n") {
		f := strings.Fields(l)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		switch f[0] {
		case "port", "dir", "bind", "bind-source-addr":
			continue
		}
		lines = append(lines, strings.TrimSpace(l))
	}
	return lines, nil
}

func oneLineApart() kit.Check {
	return kit.Check{
		Name: kit.T("beside addresses and directory, one line tells the two files apart",
			"除地址和目录外，两个配置文件只差一行"),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			a, err := r.Node(first)
			if err != nil {
				return "", err
			}
			b, err := r.Node(solo)
			if err != nil {
				return "", err
			}
			la, err := meaning(a.ConfigFile())
			if err != nil {
				return "", err
			}
			lb, err := meaning(b.ConfigFile())
			if err != nil {
				return "", err
			}
			extra := difference(la, lb)
			if len(extra) != 1 || len(difference(lb, la)) != 0 || !strings.HasPrefix(extra[0], "replicaof ") {
				return fmt.Sprintf("%q", extra), errors.New("not one line that begins with replicaof")
			}
			return extra[0], nil
		},
	}
}

// difference lists what a has and b has not.
func difference(a, b []string) []string {
	in := map[string]bool{}
	for _, l := range b {
		in[l] = true
	}
	var out []string
	for _, l := range a {
		if !in[l] {
			out = append(out, l)
		}
	}
	return out
}

// replicaState is what INFO says about following a master.
func replicaState(ctx context.Context, r *kit.Run, node string) (string, error) {
	n, err := r.Node(node)
	if err != nil {
		return "", err
	}
	info, err := n.Info(ctx, "replication")
	if err != nil {
		return "", err
	}
	var out []string
	for _, f := range []string{"role", "master_host", "master_port", "master_link_status", "slave_read_only"} {
		out = append(out, f+":"+info[f])
	}
	return strings.Join(out, " "), nil
}

func rememberState(into kit.Key[string]) kit.Check {
	return kit.Check{
		Name: kit.T("what INFO says after SLAVEOF is noted", "记下 SLAVEOF 之后 INFO 的内容"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			s, err := replicaState(ctx, r, solo)
			into.Set(r, s)
			return s, err
		},
	}
}

func sameState() kit.Check {
	return kit.Check{
		Name:   kit.T("INFO says the same as after SLAVEOF", "INFO 的内容与 SLAVEOF 之后相同"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			before, err := asSlaveof.Get(r)
			if err != nil {
				return "", err
			}
			now, err := replicaState(ctx, r, solo)
			if err == nil && now != before {
				err = fmt.Errorf("before: %s", before)
			}
			return now, err
		},
	}
}

// alone makes a node a master again.
func alone(ctx context.Context, r *kit.Run, node string) error {
	_, err := expect.Ask(ctx, r, node, "REPLICAOF", "NO", "ONE")
	return err
}

// oldWordInFile stops the replica and writes its line the way Redis 4 did.
func oldWordInFile(_ context.Context, r *kit.Run) error {
	n, err := r.Node(first)
	if err != nil {
		return err
	}
	if err := n.Kill(); err != nil {
		return err
	}
	b, err := os.ReadFile(n.ConfigFile())
	if err != nil {
		return err
	}
	text := strings.Replace(string(b), "\nreplicaof ", "\nslaveof ", 1)
	return os.WriteFile(n.ConfigFile(), []byte(text), 0o644)
}

func fileSays(node, word string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("the file of %s says %s", node, word),
			fmt.Sprintf("%s 的配置文件里写的是 %s", node, word)),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			lines, err := meaning(n.ConfigFile())
			if err != nil {
				return "", err
			}
			for _, l := range lines {
				if strings.HasPrefix(l, word+" ") {
					return l, nil
				}
			}
			return strings.Join(lines, "; "), errors.New("no such line")
		},
	}
}

func oldWord() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The documents you may find say slaveof. Redis 5 renamed it to replicaof. What does this server say to SLAVEOF?",
			"你能找到的旧文档写的是 slaveof，Redis 5 把它改名为 replicaof。这个服务器对 SLAVEOF 会怎么回答？"),
		Choices: []kit.Text{
			kit.T("unknown command", "未知命令"),
			kit.T("it obeys", "照办"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			n, err := expect.Calls(ctx, r, solo, "slaveof")
			if err != nil || n == 0 {
				return 0, err
			}
			return 1, nil
		},
		Explain: kit.T("Both names are the same command, in files, as an argument and typed. New text says replicaof; "+
			"INFO still says role:slave, because programs read it.",
			"两个名字是同一条命令，写在文件里、作为启动参数、或直接输入都一样。新文档用 replicaof；"+
				"INFO 仍写 role:slave，因为有程序依赖它。"),
	}
}
