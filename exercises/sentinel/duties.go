package sentinel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// duties: watching, telling, failing over, and knowing where the master is, in one failure.
func duties() kit.Exercise {
	return lesson(kit.Exercise{
		ID: "sentinel/duties", Items: []int{42, 44},
		After:    []string{"sentinel/failover"},
		Topology: scriptable,
		Steps: []kit.Step{
			{
				Name:   "watch",
				Look:   []kit.Cmd{at(master, "INFO commandstats"), at(s1, "SENTINEL MASTERS")},
				Checks: []kit.Check{pinged().For(42)},
			},
			{
				Name:     "script",
				Do:       writeScript,
				Commands: []kit.Cmd{at(s1, "SENTINEL SET mymaster notification-script {dir:sentinel-1}/"+scriptName)},
				Look:     []kit.Cmd{at(s2, "SENTINEL SET mymaster notification-script {dir:sentinel-1}/"+scriptName)},
				Checks: []kit.Check{
					fileSays(s1, "sentinel notification-script "+lab.MyMaster, true).For(44),
					deniesScripts(s2).For(44),
				},
			},
			{
				Name:     "tell",
				Do:       subscribe,
				Commands: []kit.Cmd{toLab("kill " + master)},
				Checks: []kit.Check{
					scriptHeard("+sdown", "master "+lab.MyMaster).For(42, 44),
					subscriberHeard("+sdown", "master "+lab.MyMaster).For(42, 44),
				},
			},
			{
				Name: "provide",
				Look: []kit.Cmd{at(s2, "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")},
				Checks: []kit.Check{
					takenOver(master).For(42),
					subscriberHeard("+switch-master", lab.MyMaster).For(44),
					newClientWrites().For(42),
				},
			},
		},
	})
}

// scriptable is the classic topology in which sentinel-1 lets commands set scripts.
func scriptable() lab.Topology {
	return classic().WithNode(s1, lab.Directive{Name: "sentinel", Value: "deny-scripts-reconfig no"})
}

// The script and what it writes, in the folder of sentinel-1.
const (
	scriptName = "notify.sh"
	scriptLog  = "notified.txt"
	scriptText = "#!/bin/sh\necho \"$1 $2\" >> \"${0%/*}/" + scriptLog + "\"\n"
)

func writeScript(_ context.Context, r *kit.Run) error {
	n, err := r.Node(s1)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(n.Dir(), scriptName), []byte(scriptText), 0o755); err != nil {
		return fmt.Errorf("writing the script: %w", err)
	}
	return nil
}

// pinged expects the master to be sent a PING a second by each sentinel.
func pinged() kit.Check {
	return expect.Called(master, "ping", 3).Named("the sentinels ping the master, each of them once a second", "每个哨兵每秒 PING 主节点一次")
}

// deniesScripts expects a sentinel to refuse what is the default everywhere: a script set by command.
func deniesScripts(sentinel string) kit.Check {
	return kit.Check{
		Name: kit.T(sentinel+" refuses a script by command, as by default", sentinel+" 按默认设置拒绝用命令设置脚本"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := r.Ask(ctx, sentinel, "SENTINEL", "SET", lab.MyMaster, "notification-script", "/bin/true")
			if err == nil && !strings.Contains(v.Str, "denied for security reasons") {
				err = errors.New("it does not")
			}
			return v.Str, err
		},
	}
}

// scriptHeard expects the script to have been called with an event and its description.
func scriptHeard(event, about string) kit.Check {
	return kit.Check{
		Name:   kit.T(s1+" has called the script with "+event, s1+" 用 "+event+" 调用了脚本"),
		Within: downWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(s1)
			if err != nil {
				return "", err
			}
			text, err := os.ReadFile(filepath.Join(n.Dir(), scriptLog))
			if err != nil && !os.IsNotExist(err) {
				return "", err
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			return find(lines, event+" "+about)
		},
	}
}

// find gives the first line with a prefix.
func find(lines []string, prefix string) (string, error) {
	for _, l := range lines {
		if strings.HasPrefix(l, prefix) {
			return l, nil
		}
	}
	return fmt.Sprintf("%d lines", len(lines)), errors.New("none begins with " + prefix)
}

// subscriber keeps what a connection with PSUBSCRIBE * was told.
type subscriber struct {
	mu    sync.Mutex
	heard []string // channel and payload
}

const theSubscriber kit.Key[*subscriber] = "subscriber"

// subscribe listens to all events of sentinel-2.
func subscribe(ctx context.Context, r *kit.Run) error {
	n, err := r.Node(s2)
	if err != nil {
		return err
	}
	events := n.Client().PSubscribe(ctx, "*")
	if _, err := events.Receive(ctx); err != nil { // the confirmation
		return errors.Join(err, events.Close())
	}
	s := &subscriber{}
	theSubscriber.Set(r, s)
	r.Background(func(life context.Context) {
		stop := context.AfterFunc(life, func() { _ = events.Close() })
		defer stop()
		for {
			m, err := events.ReceiveMessage(life)
			if err != nil {
				return
			}
			s.note(m.Channel + " " + m.Payload)
		}
	})
	return nil
}

func (s *subscriber) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, line)
}

func (s *subscriber) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

// subscriberHeard expects the subscriber at sentinel-2 to have been told of an event.
func subscriberHeard(event, about string) kit.Check {
	return kit.Check{
		Name:   kit.T("a subscriber at "+s2+" was told "+event, s2+" 上的订阅者收到了 "+event),
		Within: failoverWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			s, err := theSubscriber.Get(r)
			if err != nil {
				return "", err
			}
			return find(s.lines(), event+" "+about)
		},
	}
}

// newClientWrites expects a client that is made now, and told the sentinels only, to write at once.
func newClientWrites() kit.Check {
	return kit.Check{
		Name:   kit.T("a new client that knows only the sentinels can write", "只知道哨兵地址的新客户端可以写"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			c := r.Lab.FailoverClient(lab.MyMaster)
			defer func() { _ = c.Close() }()
			said, err := c.Set(ctx, "after", "switch", 0).Result()
			return "SET after switch: " + said, err
		},
	}
}
