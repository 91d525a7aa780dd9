package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// firstLook: what runs, what a sentinel says of it, and what its file must tell it.
func firstLook() kit.Exercise {
	ex := lesson(kit.Exercise{
		ID: "sentinel/first-look", Items: []int{30, 32, 33, 38, 284},
		After:    []string{"replication/no-election"},
		Topology: fullFileAndShortFiles,
		Steps: []kit.Step{
			{
				Name: "listening",
				Look: []kit.Cmd{at(s1, "SENTINEL MASTERS"), at(s2, "SENTINEL MASTERS"), at(s3, "SENTINEL MASTERS")},
				Checks: []kit.Check{
					allListen(3, 3).For(30, 38),
					watchesTheMaster(s1).For(30), watchesTheMaster(s2).For(30), watchesTheMaster(s3).For(30),
				},
			},
			{
				Name: "fields",
				Look: []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(master, "INFO server")},
				Checks: []kit.Check{
					field(s1, "name", lab.MyMaster).For(32),
					nameTheNode(s1).For(32),
					runIDIsTheNodes(s1).For(32),
					field(s1, "flags", "master").For(32),
				},
			},
			{
				Name:   "file",
				Look:   []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s2, "SENTINEL MASTER mymaster")},
				Checks: documentedFile(),
			},
			{
				Name:     "shorten",
				Predict:  whoElseShortens(),
				Commands: []kit.Cmd{at(s1, "SENTINEL SET mymaster down-after-milliseconds 5000"), toLab("restart " + s1)},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster"), at(s2, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					restarted(s1),
					field(s1, "down-after-milliseconds", "5000").For(33),
					field(s2, "down-after-milliseconds", "30000").For(33),
					fileSays(s1, "sentinel down-after-milliseconds mymaster 5000", true).For(284),
				},
			},
		},
	})
	ex.Short = nil // it is about the very values, and waits for none of them
	return ex
}

// fullFileAndShortFiles gives the first sentinel all lines of the documents' file, and the others only the line that counts.
func fullFileAndShortFiles() lab.Topology {
	w := lab.Watch{Name: lab.MyMaster, Master: master, Quorum: 2}
	full := w
	full.Settings = settings()
	return lab.OneToMany(2).WithSentinels(1, full).WithSentinels(2, w).WithSplitPorts(dataPorts, sentinelPorts)
}

// documentedFile expects the settings of the documents at a sentinel that was given them and at one that was not.
func documentedFile() []kit.Check {
	var all []kit.Check
	for _, row := range []struct{ name, value string }{
		{"quorum", "2"}, {"down-after-milliseconds", "30000"}, {"parallel-syncs", "1"}, {"failover-timeout", "180000"},
	} {
		items := []int{284}
		if row.name == "down-after-milliseconds" {
			items = append(items, 33)
		}
		all = append(all, field(s1, row.name, row.value).For(items...), field(s2, row.name, row.value).For(items...))
	}
	return append(all,
		fileSays(s1, "port {port:"+s1+"}", true).For(284),
		fileSays(s1, "sentinel monitor mymaster {host:"+master+"} {port:"+master+"} 2", true).For(284),
		fileSays(s1, "sentinel down-after-milliseconds mymaster", false).For(284),
		fileSays(s1, "sentinel failover-timeout mymaster", false).For(284),
	)
}

// allListen expects so many servers and sentinels, each at an address of its own and answering.
func allListen(servers, sentinels int) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%d servers and %d sentinels listen and answer", servers, sentinels),
			fmt.Sprintf("%d 个服务器和 %d 个哨兵都在监听并应答", servers, sentinels)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			var up []string
			seen := map[string]bool{}
			for _, n := range r.Lab.Nodes() {
				if _, err := r.Ask(ctx, n.ID(), "PING"); err != nil {
					return strings.Join(up, " "), err
				}
				seen[n.Addr()] = true
				up = append(up, n.Addr())
			}
			if len(seen) != servers+sentinels || len(r.Lab.Sentinels()) != sentinels {
				return strings.Join(up, " "), errors.New("not as many")
			}
			return strings.Join(up, " "), nil
		},
	}
}

// watchesTheMaster expects SENTINEL MASTERS to list the master and nothing else.
func watchesTheMaster(sentinel string) kit.Check {
	return kit.Check{
		Name: kit.T("SENTINEL MASTERS on "+sentinel+" lists mymaster only", sentinel+" 的 SENTINEL MASTERS 只列出 mymaster"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(sentinel)
			if err != nil {
				return "", err
			}
			list, err := n.Do(ctx, "SENTINEL", "MASTERS").Slice()
			if err != nil {
				return "", err
			}
			if len(list) != 1 {
				return fmt.Sprint(len(list), " masters"), errors.New("not one")
			}
			f := pairs(list[0])
			seen := f["name"] + " " + f["ip"] + ":" + f["port"]
			if f["name"] != lab.MyMaster || idAt(r, f["ip"]+":"+f["port"]) != master {
				err = errors.New("not the master")
			}
			return seen, err
		},
	}
}

// nameTheNode expects ip and port to be the master's.
func nameTheNode(sentinel string) kit.Check {
	return kit.Check{
		Name: kit.T("ip and port are those of the node "+master, "ip 和 port 就是节点 "+master+" 的"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fields(ctx, r, sentinel)
			if err == nil && idAt(r, f["ip"]+":"+f["port"]) != master {
				err = errors.New("no, not " + r.Lab.MustNode(master).Addr())
			}
			return "ip " + f["ip"] + ", port " + f["port"], err
		},
	}
}

// runIDIsTheNodes expects the run id of SENTINEL MASTER to be the one the master itself tells.
func runIDIsTheNodes(sentinel string) kit.Check {
	return kit.Check{
		Name: kit.T("runid has 40 characters, and is what INFO says on the master", "runid 有 40 个字符，与主节点 INFO 中的一致"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fields(ctx, r, sentinel)
			if err != nil {
				return "", err
			}
			own, err := expect.Field(ctx, r, master, "server", "run_id")
			if err == nil && (len(f["runid"]) != 40 || f["runid"] != own) {
				err = fmt.Errorf("the master says %q", own)
			}
			return f["runid"], err
		},
	}
}

func whoElseShortens() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("You will set down-after-milliseconds to 5000 on sentinel-1, and restart it. Which sentinels have 5000 then?",
			"你要在 sentinel-1 上把 down-after-milliseconds 设为 5000，再重启它。之后哪些哨兵是 5000？"),
		Choices: []kit.Text{
			kit.T("all three: they tell each other", "三个都是：它们会互相通知"),
			kit.T("sentinel-1 only", "只有 sentinel-1"),
			kit.T("none: the restart brings the old value back", "都不是：重启后又变回旧值"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			short := 0
			for _, s := range r.Lab.Sentinels() {
				f, err := fields(ctx, r, s.ID())
				if err != nil {
					return 0, err
				}
				ms, err := strconv.Atoi(f["down-after-milliseconds"])
				if err != nil {
					return 0, err
				}
				if ms == 5000 {
					short++
				}
			}
			switch short {
			case 0:
				return 2, nil
			case 1:
				return 1, nil
			}
			return 0, nil
		},
		Explain: kit.T("Settings are each sentinel's own; only the master's address travels between them. SENTINEL SET writes the file at once, so "+
			"the value survives the restart. In production, send the same SENTINEL SET to every sentinel: with different limits they "+
			"do not come to the same view.",
			"每个哨兵的设置都是自己的，哨兵之间只传播主节点的地址。SENTINEL SET 会立刻写入配置文件，所以重启后值还在。"+
				"生产环境中，要把同一条 SENTINEL SET 发给每个哨兵：时限不同，它们就得不出相同的结论。"),
	}
}
