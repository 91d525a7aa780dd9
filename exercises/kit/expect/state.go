package expect

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redislab/exercises/kit"
)

// SyncWithin is how long replicas may take to attach: real ones look for their
// master once a second.
const SyncWithin = 8 * time.Second

// Field reads one field of INFO.
func Field(ctx context.Context, r *kit.Run, node, section, field string) (string, error) {
	n, err := r.Node(node)
	if err != nil {
		return "", err
	}
	info, err := n.Info(ctx, section)
	if err != nil {
		return "", err
	}
	v, ok := info[field]
	if !ok {
		return "", fmt.Errorf("%s: INFO %s has no field %s", node, section, field)
	}
	return v, nil
}

// Number reads one field of INFO as a number.
func Number(ctx context.Context, r *kit.Run, node, section, field string) (int64, error) {
	v, err := Field(ctx, r, node, section, field)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %s is %q, no number", node, field, v)
	}
	return n, nil
}

// Info expects a field of INFO.
func Info(node, section, field, want string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("INFO %s on %s says %s:%s", section, node, field, want),
			fmt.Sprintf("%s 的 INFO %s 显示 %s:%s", node, section, field, want)),
		Within: SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := Field(ctx, r, node, section, field)
			if err == nil && v != want {
				err = errors.New("not " + want)
			}
			return field + ":" + v, err
		},
	}
}

// Role expects what a node says it is: "master" or "slave", the protocol's words.
func Role(node, want string) kit.Check {
	return Info(node, "replication", "role", want)
}

// LinkUp expects a replica to be in sync with its master.
func LinkUp(node string) kit.Check { return Info(node, "replication", "master_link_status", "up") }

// LinkDown expects a replica to have lost its master.
func LinkDown(node string) kit.Check { return Info(node, "replication", "master_link_status", "down") }

// Replicas expects how many replicas a node counts.
func Replicas(node string, want int) kit.Check {
	return Info(node, "replication", "connected_slaves", strconv.Itoa(want))
}

// Follows expects a replica to have another node of the lab as its master.
func Follows(replica, master string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s is an attached replica of %s", replica, master),
			fmt.Sprintf("%s 是 %s 的副本，且连接正常", replica, master)),
		Within: SyncWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			m, err := r.Node(master)
			if err != nil {
				return "", err
			}
			n, err := r.Node(replica)
			if err != nil {
				return "", err
			}
			info, err := n.Info(ctx, "replication")
			if err != nil {
				return "", err
			}
			addr := info["master_host"] + ":" + info["master_port"]
			seen := fmt.Sprintf("role %s, master %s, link %s", info["role"], addr, info["master_link_status"])
			if info["role"] != "slave" || addr != m.Addr() || info["master_link_status"] != "up" {
				return seen, fmt.Errorf("not attached to %s", m.Addr())
			}
			return seen, nil
		},
	}
}

// Config expects a directive's value.
func Config(node, name, want string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("CONFIG GET %s on %s is %q", name, node, want),
			fmt.Sprintf("%s 的 CONFIG GET %s 是 %q", node, name, want)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := ConfigValue(ctx, r, node, name)
			if err == nil && v != want {
				err = fmt.Errorf("not %q", want)
			}
			return v, err
		},
	}
}

// ConfigValue reads one directive.
func ConfigValue(ctx context.Context, r *kit.Run, node, name string) (string, error) {
	n, err := r.Node(node)
	if err != nil {
		return "", err
	}
	m, err := n.Client().ConfigGet(ctx, name).Result()
	if err != nil {
		return "", fmt.Errorf("%s: CONFIG GET %s: %w", node, name, err)
	}
	v, ok := m[name]
	if !ok {
		return "", fmt.Errorf("%s knows no directive %s", node, name)
	}
	return v, nil
}

// Up expects a node to answer PING on a fresh connection. An error reply counts:
// whoever refuses is alive.
func Up(node string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" answers PING", node+" 能回答 PING"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := r.Ask(ctx, node, "PING")
			return v.String(), err
		},
	}
}

// Down expects a node to accept no connection.
func Down(node string) kit.Check {
	return kit.Check{
		Name: kit.T(node+" is down", node+" 已经停掉"),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			if v, err := r.Ask(ctx, node, "PING"); err == nil {
				return v.String(), errors.New("it still answers")
			}
			return "no answer from " + n.Addr(), nil
		},
	}
}

// Logged expects a line in a node's log.
func Logged(node, part string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("the log of %s has %q", node, part),
			fmt.Sprintf("%s 的日志里有 %q", node, part)),
		Within: SyncWithin,
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			logs := n.Logs()
			for i := len(logs) - 1; i >= 0; i-- {
				if strings.Contains(logs[i], part) {
					return logs[i], nil
				}
			}
			return fmt.Sprintf("%d lines", len(logs)), errors.New("none of them says so")
		},
	}
}
