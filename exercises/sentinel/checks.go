package sentinel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/lab"
)

// The waits of checks: each is above the real limit and what comes after it. Where limits are short it is not used up.
const (
	downWithin     = 45 * time.Second  // until a sentinel notices
	failoverWithin = 75 * time.Second  // until a new master is announced
	returnWithin   = 100 * time.Second // until an old master that has come back is demoted
)

// fields is SENTINEL MASTER of the watched master at one sentinel.
func fields(ctx context.Context, r *kit.Run, sentinel string) (map[string]string, error) {
	return fieldsOf(ctx, r, sentinel, lab.MyMaster)
}

// fieldsOf is SENTINEL MASTER of the master of that name.
func fieldsOf(ctx context.Context, r *kit.Run, sentinel, name string) (map[string]string, error) {
	n, err := r.Node(sentinel)
	if err != nil {
		return nil, err
	}
	reply, err := n.Do(ctx, "SENTINEL", "MASTER", name).Result()
	if err != nil {
		return nil, fmt.Errorf("%s: SENTINEL MASTER %s: %w", sentinel, name, err)
	}
	return pairs(reply), nil
}

// pairs is a reply of names and values: a map in RESP3, a list in RESP2.
func pairs(reply any) map[string]string {
	out := map[string]string{}
	switch reply := reply.(type) {
	case map[any]any:
		for k, v := range reply {
			out[fmt.Sprint(k)] = fmt.Sprint(v)
		}
	case []any:
		for i := 0; i+1 < len(reply); i += 2 {
			out[fmt.Sprint(reply[i])] = fmt.Sprint(reply[i+1])
		}
	}
	return out
}

// field expects a field of SENTINEL MASTER.
func field(sentinel, name, want string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("SENTINEL MASTER on %s says %s %s", sentinel, name, want),
			fmt.Sprintf("%s 的 SENTINEL MASTER 显示 %s 为 %s", sentinel, name, want)),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fields(ctx, r, sentinel)
			if err == nil && f[name] != want {
				err = errors.New("not " + want)
			}
			return name + " " + f[name], err
		},
	}
}

// flagged expects a flag of the watched master at one sentinel: s_down, o_down, failover_in_progress …
func flagged(sentinel, flag string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s flags the master %s", sentinel, flag),
			fmt.Sprintf("%s 给主节点打上 %s 标记", sentinel, flag)),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fields(ctx, r, sentinel)
			if err == nil && !hasFlag(f, flag) {
				err = errors.New("no " + flag)
			}
			return "flags " + f["flags"], err
		},
	}
}

// addrs is whom each living sentinel names as the master, as node IDs.
func addrs(ctx context.Context, r *kit.Run) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range r.Lab.Sentinels() {
		if s.State() != lab.StateUp {
			continue
		}
		addr, err := s.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", lab.MyMaster).StringSlice()
		if err != nil || len(addr) != 2 {
			return nil, fmt.Errorf("%s: %q, %w", s.ID(), addr, err)
		}
		out[s.ID()] = idAt(r, addr[0]+":"+addr[1])
	}
	return out, nil
}

// byNode is a value for each node in words: "sentinel-1: replica-1, sentinel-2: master".
func byNode[T any](of map[string]T) string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s: %v", id, of[id]))
	}
	return strings.Join(parts, ", ")
}

// idAt is the node at an address, or the address.
func idAt(r *kit.Run, addr string) string {
	for _, n := range r.Lab.Nodes() {
		if n.Addr() == addr {
			return n.ID()
		}
	}
	return addr
}

// allName expects every living sentinel to name a node as the master.
func allName(node string) kit.Check {
	return kit.Check{
		Name: kit.T("every living sentinel names "+node+" as the master", "每个活着的哨兵都说主节点是 "+node),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			named, err := addrs(ctx, r)
			for id, got := range named {
				if got != node {
					err = errors.Join(err, fmt.Errorf("%s names %s", id, got))
				}
			}
			return byNode(named), err
		},
	}
}

// newMaster is the node that took over, {val:new-master} in prose.
const newMaster kit.Key[string] = "new-master"

// takenOver expects all living sentinels to name one master, another than the one given, which says itself that it is one.
// It notes which as {val:new-master}.
func takenOver(from string) kit.Check {
	return kit.Check{
		Name:   kit.T("the sentinels agree on another master than "+from, "所有哨兵一致认定了 "+from+" 之外的主节点"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			named, err := addrs(ctx, r)
			if err != nil {
				return "", err
			}
			to := ""
			for id, got := range named {
				if got == from || to != "" && got != to {
					return byNode(named), fmt.Errorf("%s names %s", id, got)
				}
				to = got
			}
			role, err := expect.Field(ctx, r, to, "replication", "role")
			if err == nil && role != "master" {
				err = fmt.Errorf("%s is still %s", to, role)
			}
			if err == nil {
				newMaster.Set(r, to)
			}
			return byNode(named), err
		},
	}
}

// told expects a sentinel's event since the step began, from any of them when sentinel is "".
func told(sentinel, event string) kit.Check {
	who, wer := sentinel, sentinel
	if who == "" {
		who, wer = "a sentinel", "某个哨兵"
	}
	var mark kit.Key[uint64] = kit.Key[uint64]("told:" + sentinel + event)
	return kit.Check{
		Name:   kit.T(who+" tells "+event, wer+" 发出 "+event),
		Within: failoverWithin,
		Begin: func(_ context.Context, r *kit.Run) error {
			mark.Set(r, lastSeq(r))
			return nil
		},
		Probe: func(_ context.Context, r *kit.Run) (string, error) {
			from := mark.Or(r, 0)
			for _, e := range r.Lab.Events() {
				if e.Seq > from && e.Kind == lab.EventSentinel && e.Fields["name"] == event && (sentinel == "" || e.Node == sentinel) {
					return e.Node + ": " + event + " " + e.Fields["payload"], nil
				}
			}
			return "", errors.New("not yet")
		},
	}
}

func lastSeq(r *kit.Run) uint64 {
	if all := r.Lab.Events(); len(all) > 0 {
		return all[len(all)-1].Seq
	}
	return 0
}

// story is the latest failover as the events tell it.
func story(r *kit.Run) (lab.Failover, error) {
	all := lab.Failovers(r.Lab.Events(), lab.MyMaster)
	if len(all) == 0 {
		return lab.Failover{}, errors.New("no failover in the events")
	}
	return all[len(all)-1], nil
}

// seconds rounds a duration for display.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// noted is a check on something that the step has found out already.
func noted(name kit.Text, probe func(r *kit.Run) (string, error)) kit.Check {
	return kit.Check{Name: name, Probe: func(_ context.Context, r *kit.Run) (string, error) { return probe(r) }}
}

// notFlagged expects the watched master to lack a flag at one sentinel.
func notFlagged(sentinel, flag string) kit.Check {
	c := flagged(sentinel, flag)
	c.Name = kit.T(
		fmt.Sprintf("%s does not flag the master %s", sentinel, flag),
		fmt.Sprintf("%s 没有给主节点打上 %s 标记", sentinel, flag))
	c.Probe = func(ctx context.Context, r *kit.Run) (string, error) {
		f, err := fields(ctx, r, sentinel)
		if err == nil && hasFlag(f, flag) {
			err = errors.New("it does")
		}
		return "flags " + f["flags"], err
	}
	return c
}
