package sentinel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// validReplies: which answers to PING keep a server up, and which do not.
func validReplies() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/valid-replies", Items: []int{220},
		After:    []string{"sentinel/links"},
		Topology: func() lab.Topology { return watched(1, 0) },
		Begin:    noTakeover,
		Steps: []kit.Step{
			{
				Name:    "one-by-one",
				Predict: whichRepliesCount(),
				Do:      watchPretenders,
				Look:    []kit.Cmd{at(s1, "SENTINEL MASTERS"), at(s1, "SENTINEL MASTER loading"), at(s1, "SENTINEL MASTER busy")},
				Checks:  pretendersJudged(),
			},
			{
				Name:     "password",
				Commands: []kit.Cmd{at(master, "CONFIG SET requirepass secret"), at(master, "CLIENT KILL TYPE normal")},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Checks: []kit.Check{
					expect.Stranger(master, "NOAUTH", "PING").For(220),
					flagged(s1, "s_down").For(220),
				},
			},
			{
				Name:     "auth-pass",
				Commands: []kit.Cmd{at(s1, "SENTINEL SET mymaster auth-pass secret")},
				Look:     []kit.Cmd{at(s1, "SENTINEL MASTER mymaster")},
				Checks:   []kit.Check{notFlagged(s1, "s_down").For(220)},
			},
		},
	})
}

// answers are replies to PING, what they are called here, and whether a sentinel takes them for a sign of life.
func answers() []struct {
	name, reply string
	valid       bool
} {
	return []struct {
		name, reply string
		valid       bool
	}{
		{"pong", "+PONG\r\n", true},
		{"loading", "-LOADING Redis is loading the dataset in memory\r\n", true},
		{"masterdown", "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n", true},
		{"noauth", "-NOAUTH Authentication required.\r\n", false},
		{"busy", "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n", false},
		{"misconf", "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n", false},
		{"unknown", "-ERR unknown command 'PING', with args beginning with: \r\n", false},
		{"silent", "", false},
	}
}

const (
	judgedFrom kit.Key[time.Time]  = "judged-from"
	busyOne    kit.Key[*pretender] = "busy-pretender"
)

// noTakeover raises the quorum above the one sentinel there is: what it holds for down stays its own opinion.
func noTakeover(ctx context.Context, r *kit.Run) error {
	_, err := expect.Ask(ctx, r, s1, "SENTINEL", "SET", lab.MyMaster, "quorum", "2")
	return err
}

// watchPretenders starts a server for each answer and lets the sentinel watch them all, with the limit of the master.
func watchPretenders(ctx context.Context, r *kit.Run) error {
	for _, a := range answers() {
		p, addr, err := pretend(r, a.name, a.reply)
		if err != nil {
			return err
		}
		if a.name == "busy" {
			busyOne.Set(r, p)
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return err
		}
		limit := fmt.Sprint(downAfter.Or(r, 0).Milliseconds())
		for _, words := range [][]string{
			{"SENTINEL", "MONITOR", a.name, host, port, "2"},
			{"SENTINEL", "SET", a.name, "down-after-milliseconds", limit},
		} {
			if _, err := expect.Ask(ctx, r, s1, words...); err != nil {
				return err
			}
		}
	}
	judgedFrom.Set(r, r.Lab.Clock().Now())
	return nil
}

// pretendersJudged expects each of them to be down or up, long enough after it was first asked.
func pretendersJudged() []kit.Check {
	var all []kit.Check
	for _, a := range answers() {
		if !a.valid {
			all = append(all, judged(a.name, a.reply, false).For(220))
		}
	}
	for _, a := range answers() { // after the others, when the limit has passed
		if a.valid {
			all = append(all, judged(a.name, a.reply, true).For(220))
		}
	}
	return append(all, scriptKilled())
}

func judged(name, reply string, up bool) kit.Check {
	reply, _, _ = strings.Cut(strings.TrimSpace(reply), " ")
	if reply == "" {
		reply = "silence"
	}
	text := kit.T("who answers "+reply+" is s_down", "回答 "+reply+" 的被标记为 s_down")
	if up {
		text = kit.T("who answers "+reply+" is up", "回答 "+reply+" 的算正常")
	}
	return kit.Check{
		Name: text, Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fieldsOf(ctx, r, s1, name)
			if err != nil {
				return "", err
			}
			seen := name + ": flags " + f["flags"]
			passed := r.Lab.Clock().Now().Sub(judgedFrom.Or(r, time.Time{}))
			switch {
			case hasFlag(f, "s_down") == up:
				err = errors.New("not so")
			case up && passed < downAfter.Or(r, 0)+2*pingPeriod:
				err = errors.New("the limit has not passed yet")
			}
			return seen, err
		},
	}
}

// scriptKilled expects the sentinel to have tried to end the script of the server that says it is busy.
func scriptKilled() kit.Check {
	return kit.Check{
		Name:   kit.T("who answers -BUSY was sent SCRIPT KILL", "回答 -BUSY 的收到了 SCRIPT KILL"),
		Within: expect.SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			p, err := busyOne.Get(r)
			if err != nil {
				return "", err
			}
			n := p.times("SCRIPT KILL")
			if n == 0 {
				err = errors.New("not yet")
			}
			return fmt.Sprintf("%d times", n), err
		},
	}
}

func whichRepliesCount() *kit.Predict {
	return &kit.Predict{
		Question: kit.T("Seven servers answer every PING at once, each with another reply; an eighth says nothing. After {val:down-after}, which of them are up in the sentinel's eyes?",
			"有七个服务器对每个 PING 都立刻回答，各答各的；第八个一声不吭。过了 {val:down-after}，哨兵认为哪些是正常的？"),
		Choices: []kit.Text{
			kit.T("the seven: whoever answers is alive", "七个都正常：有回答就活着"),
			kit.T("only the one that says PONG", "只有回答 PONG 的那个"),
			kit.T("those that say PONG, LOADING or MASTERDOWN", "回答 PONG、LOADING 或 MASTERDOWN 的"),
		},
		Answer: func(ctx context.Context, r *kit.Run) (int, error) {
			var up []string
			for _, a := range answers() {
				f, err := fieldsOf(ctx, r, s1, a.name)
				if err != nil {
					return 0, err
				}
				if !hasFlag(f, "s_down") {
					up = append(up, a.name)
				}
			}
			switch strings.Join(up, " ") {
			case "pong":
				return 1, nil
			case "pong loading masterdown":
				return 2, nil
			case "pong loading masterdown noauth busy misconf unknown":
				return 0, nil
			}
			return 0, fmt.Errorf("up are %v", up)
		},
		Explain: kit.T("LOADING and MASTERDOWN count as signs of life: the first passes, the second is a replica's honest word about its master. Every other error counts as silence, since no client could work there. "+
			"So a forgotten password or a renamed PING looks just like a dead server. BUSY has a remedy of its own: once the limit has passed, the sentinel sends SCRIPT KILL.",
			"LOADING 和 MASTERDOWN 算活着：前者会过去，后者是副本在如实说明主节点的情况。其他错误一律等于没有回答，因为客户端在那里也干不了活。"+
				"所以忘了配密码、或者把 PING 改了名，看起来就和服务器死了一样。BUSY 另有办法：时限一过，哨兵就发 SCRIPT KILL。"),
	}
}
