package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/exercises/kit/wire"
	"redislab/lab"
)

// mute is a master that has been told not to know PSYNC.
const mute = "mute"

const (
	fullLine kit.Key[string] = "fullresync"
	contLine kit.Key[string] = "continue"
	contBare kit.Key[string] = "continue-bare"
	fullID   kit.Key[string] = "full-id"
	fullAt   kit.Key[int64]  = "full-offset"
)

// replies: the three things a master may answer to PSYNC.
func replies() kit.Exercise {
	return kit.Exercise{
		ID: "replication/psync-replies", Chapter: chapter, Items: []int{177},
		After: []string{"replication/first-sync"},
		Topology: func() lab.Topology {
			t := with(lab.OneToOne(), calm())
			t.Name = "with-mute"
			t.Nodes = append(t.Nodes, lab.NodeSpec{ID: mute, Directives: []lab.Directive{{Name: "rename-command", Value: `PSYNC ""`}}})
			return t
		},
		Steps: []kit.Step{
			{
				Name:    "fullresync",
				Predict: whichID(),
				Do:      askForAll,
				Checks:  []kit.Check{fullResyncLine().For(177)},
			},
			{
				Name:    "continue",
				Predict: doesContinueNameAnID(),
				Do:      askForTheRest,
				Checks:  []kit.Check{continueLines().For(177)},
			},
			{
				Name: "error",
				Do: func(ctx context.Context, r *kit.Run) error {
					_, err := expect.Ask(ctx, r, mute, "SET", "voice", "none")
					return err
				},
				Commands: []kit.Cmd{follow(first, mute)},
				Checks: []kit.Check{
					psyncFails(mute, "ERR unknown command").For(177),
					expect.Follows(first, mute),
					expect.Logged(first, "Retrying with SYNC").For(177),
					expect.Get(first, "voice", "none").For(177),
				},
			},
			{
				Name:     "not-now",
				Commands: []kit.Cmd{toLab("kill " + mute)},
				Checks:   []kit.Check{expect.LinkDown(first), psyncFails(first, "NOMASTERLINK").For(177)},
			},
		},
	}
}

func askForAll(ctx context.Context, r *kit.Run) error {
	if _, err := expect.Ask(ctx, r, master, "SET", "history", "begins"); err != nil {
		return err
	}
	rep, err := askOnce(ctx, r, master, "?", -1)
	if err != nil {
		return err
	}
	fullLine.Set(r, rep.Line)
	fullID.Set(r, rep.ID)
	fullAt.Set(r, rep.Offset)
	r.Measure(kit.T("PSYNC ? -1 →", "PSYNC ? -1 →"), rep.Line)
	return nil
}

func fullResyncLine() kit.Check {
	return kit.Check{
		Name: kit.T("PSYNC ? -1 is answered by FULLRESYNC with the master's replication id and offset",
			"PSYNC ? -1 的回答是 FULLRESYNC，带有主节点的复制标识和偏移量"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, offset, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			line := fullLine.Or(r, "")
			if want := fmt.Sprintf("+FULLRESYNC %s %d", id, offset); line != want {
				return line, errors.New("not " + want)
			}
			return line, nil
		},
	}
}

// askForTheRest asks twice for what comes after now: once as a replica that
// knows PSYNC2, once as one of Redis 3.
func askForTheRest(ctx context.Context, r *kit.Run) error {
	id, offset, err := position(ctx, r, master)
	if err != nil {
		return err
	}
	rep, err := askOnce(ctx, r, master, id, offset+1)
	if err != nil {
		return err
	}
	contLine.Set(r, rep.Line)
	c, err := r.Wire(ctx, master)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	old, err := c.PSync(id, offset+1)
	if err != nil {
		return err
	}
	contBare.Set(r, old.Line)
	r.Measure(kit.T("PSYNC id offset+1 →", "PSYNC 标识 偏移量+1 →"), rep.Line)
	r.Measure(kit.T("the same without capa psync2 →", "同样的请求，不声明 capa psync2 →"), old.Line)
	return nil
}

func continueLines() kit.Check {
	return kit.Check{
		Name: kit.T("PSYNC with id and offset + 1 is answered by CONTINUE", "带标识和偏移量+1 的 PSYNC 得到 CONTINUE"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			id, _, err := position(ctx, r, master)
			if err != nil {
				return "", err
			}
			a, b := contLine.Or(r, ""), contBare.Or(r, "")
			seen := fmt.Sprintf("%q and %q", a, b)
			if a != "+CONTINUE "+id || b != "+CONTINUE" {
				return seen, errors.New("not CONTINUE with the id, and without")
			}
			return seen, nil
		},
	}
}

// psyncFails expects an error reply to PSYNC ? -1.
func psyncFails(node, prefix string) kit.Check {
	return kit.Check{
		Name:   kit.T(node+" answers PSYNC with "+prefix, node+" 用 "+prefix+" 回答 PSYNC"),
		Within: expect.SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			rep, err := askOnce(ctx, r, node, "?", -1)
			if err != nil {
				return "", err
			}
			var said wire.ReplyError
			if !errors.As(rep.Err, &said) || !strings.HasPrefix(string(said), prefix) {
				return rep.Line, errors.New("not " + prefix)
			}
			return rep.Line, nil
		},
	}
}

func whichID() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("The master answers +FULLRESYNC <id> <offset>. Which id is that?", "主节点回答 +FULLRESYNC <id> <offset>。这是哪个标识？"),
		Choices: []kit.Text{
			kit.T("run_id: this process", "run_id：当前进程"),
			kit.T("master_replid: the history of the data", "master_replid：数据的历史"),
			kit.T("a new one for each replica", "每个副本各不相同的新标识"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			id, err := fullID.Get(r)
			if err != nil {
				return 0, err
			}
			run, err := expect.Field(ctx, r, master, "server", "run_id")
			if err != nil {
				return 0, err
			}
			repl, _, err := position(ctx, r, master)
			switch id {
			case run:
				return 0, err
			case repl:
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("{val:full-id} is master_replid, and {val:full-offset} the byte up to which the coming snapshot counts. "+
			"The replica stores both and asks with them next time.",
			"{val:full-id} 就是 master_replid，{val:full-offset} 是接下来的快照所对应的字节位置。副本把两者都存下来，下次带着它们来问。"),
	}
}

func doesContinueNameAnID() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("A replica asks with the right id and offset and gets +CONTINUE. Does the answer carry an id as well?",
			"副本带着正确的标识和偏移量来问，得到 +CONTINUE。这个回答里也带标识吗？"),
		Choices: []kit.Text{
			kit.T("never", "从不带"),
			kit.T("when the replica has said that it knows PSYNC2", "副本声明支持 PSYNC2 时才带"),
			kit.T("always", "总是带"),
		},
		Answer: func(_ context.Context, r *kit.Run) (int, error) {
			a, err := contLine.Get(r)
			b := contBare.Or(r, "")
			switch {
			case a == "+CONTINUE":
				return 0, err
			case b == "+CONTINUE":
				return 1, err
			}
			return 2, err
		},
		Explain: kit.T("REPLCONF capa psync2 came before. The id in CONTINUE may differ from the one asked for: "+
			"then the history goes on under a new id, after a failover.",
			"之前发过 REPLCONF capa psync2。CONTINUE 里的标识可能与请求的不同：这说明发生过主从切换，历史以新的标识继续。"),
	}
}
