package single

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// ownFiles: every node needs a log and an RDB file of its own.
func ownFiles() kit.Exercise {
	return kit.Exercise{
		ID: "single/own-files", Chapter: chapter, Items: []int{3},
		After:    []string{"single/rdb-compression"},
		Topology: twoAlone,
		Steps: []kit.Step{
			{
				Name: "apart",
				Commands: []kit.Cmd{
					{Node: "blue", Line: "SET owner blue"},
					{Node: "blue", Line: "SAVE"},
					{Node: "green", Line: "SET owner green"},
					{Node: "green", Line: "SAVE"},
				},
				Look: []kit.Cmd{{Node: "blue", Line: "CONFIG GET dbfilename"}, {Node: "green", Line: "CONFIG GET dir"}},
				Checks: []kit.Check{
					filesDiffer().For(3),
					hasFile("blue", "dump-8001.rdb"),
					hasFile("green", "dump-8002.rdb"),
				},
			},
			{
				Name:    "shared",
				Predict: whoseData(),
				Commands: []kit.Cmd{
					{Node: "green", Line: `CONFIG SET dir "{dir:blue}" dbfilename dump-8001.rdb`},
					{Node: "green", Line: "SAVE"},
					{Node: kit.LabNode, Line: "kill blue"},
					{Node: kit.LabNode, Line: "restart blue"},
				},
				Checks: []kit.Check{expect.Get("blue", "owner", "green").For(3)},
			},
			{
				Name: "repair",
				Commands: []kit.Cmd{
					{Node: "green", Line: `CONFIG SET dir "{dir:green}" dbfilename dump-8002.rdb`},
					{Node: "green", Line: "SAVE"},
					{Node: "blue", Line: "SET owner blue"},
					{Node: "blue", Line: "SAVE"},
					{Node: kit.LabNode, Line: "kill blue"},
					{Node: kit.LabNode, Line: "restart blue"},
				},
				Checks: []kit.Check{
					expect.Get("blue", "owner", "blue"),
					expect.Get("green", "owner", "green"),
					filesDiffer(),
				},
			},
		},
	}
}

func twoAlone() lab.Topology {
	own := func(file string) []lab.Directive {
		return []lab.Directive{{Name: "dbfilename", Value: file}, {Name: "enable-protected-configs", Value: "yes"}}
	}
	return lab.Topology{Name: "two-alone", Nodes: []lab.NodeSpec{
		{ID: "blue", Directives: own("dump-8001.rdb")},
		{ID: "green", Directives: own("dump-8002.rdb")},
	}}
}

// files are the places a node writes to.
func files(ctx context.Context, r *kit.Run, node string) (rdb, log string, err error) {
	dir, err := expect.ConfigValue(ctx, r, node, "dir")
	if err != nil {
		return "", "", err
	}
	name, err := expect.ConfigValue(ctx, r, node, "dbfilename")
	if err != nil {
		return "", "", err
	}
	n, err := r.Node(node)
	if err != nil {
		return "", "", err
	}
	log, err = expect.ConfigValue(ctx, r, node, "logfile")
	if !filepath.IsAbs(log) {
		log = filepath.Join(n.Dir(), log)
	}
	return filepath.Join(dir, name), log, err
}

func filesDiffer() kit.Check {
	return kit.Check{
		Name: kit.T("blue and green write to different log and RDB files", "blue 和 green 的日志文件与 RDB 文件都不相同"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			rdbB, logB, err := files(ctx, r, "blue")
			if err != nil {
				return "", err
			}
			rdbG, logG, err := files(ctx, r, "green")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("blue %s, green %s", rdbB, rdbG)
			if rdbB == rdbG || logB == logG {
				return seen, errors.New("a file is shared")
			}
			return seen, nil
		},
	}
}

func hasFile(node, name string) kit.Check {
	return kit.Check{
		Name: kit.T(fmt.Sprintf("%s has its snapshot %s", node, name), fmt.Sprintf("%s 有自己的快照 %s", node, name)),
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			path := filepath.Join(n.Dir(), name)
			if _, err := os.Stat(path); err != nil {
				return "", fmt.Errorf("%s is not there", path)
			}
			return path, nil
		},
	}.For(3)
}

func whoseData() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("green saves into blue's file, blue is killed and starts again. What does GET owner say on blue?",
			"green 保存到 blue 的文件里，随后 blue 被杀掉又重新启动。在 blue 上 GET owner 会得到什么？"),
		Choices: []kit.Text{
			kit.T("blue: every node knows its own file", "blue：每个节点认得自己的文件"),
			kit.T("green: a file has no owner", "green：文件不认主人"),
			kit.T("nothing: blue refuses a foreign file", "什么也没有：blue 会拒绝别人的文件"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			v, err := expect.Ask(ctx, r, "blue", "GET", "owner")
			switch v {
			case "blue":
				return 0, err
			case "green":
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("An RDB file carries no name of the node that wrote it. Whoever starts with it takes it for its own: "+
			"blue's data are gone and no error was raised. That is why each node gets its own directory or file name.",
			"RDB 文件里没有写下它属于哪个节点。谁用它启动，谁就把它当成自己的：blue 的数据没了，而且没有任何报错。"+
				"所以每个节点都要有自己的目录或文件名。"),
	}
}
