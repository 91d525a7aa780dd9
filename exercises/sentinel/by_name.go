package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"redislab/exercises/kit"
	"redislab/lab"
)

// about picks a sentinel's events about the master of that name, or about what belongs to it.
func about(name string) match {
	return func(e lab.Event) bool {
		if e.Kind != lab.EventSentinel {
			return false
		}
		if e.Fields["name"] == "+switch-master" {
			return strings.HasPrefix(e.Fields["payload"], name+" ")
		}
		return e.Fields["master"] == name
	}
}

// both picks what both pick.
func both(a, b match) match { return func(e lab.Event) bool { return a(e) && b(e) } }

// firstSince is the first event picked after a mark.
func firstSince(r *kit.Run, from uint64, pick match) (lab.Event, bool) {
	for _, e := range r.Lab.Events() {
		if e.Seq > from && pick(e) {
			return e, true
		}
	}
	return lab.Event{}, false
}

// flaggedAs expects the flags of the master of that name at one sentinel: all of has, none of lacks.
func flaggedAs(sentinel, name, has, lacks string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s flags %s %s and not %s", sentinel, name, has, lacks),
			fmt.Sprintf("%s 给 %s 打上 %s 标记，而没有 %s", sentinel, name, has, lacks)),
		Within: downWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			f, err := fieldsOf(ctx, r, sentinel, name)
			if err != nil {
				return "", err
			}
			flags := strings.Split(f["flags"], ",")
			switch {
			case !slices.Contains(flags, has):
				err = errors.New("no " + has)
			case slices.Contains(flags, lacks):
				err = errors.New("it is " + lacks)
			}
			return "flags " + f["flags"], err
		},
	}
}

// namedAs expects a sentinel to give clients the address of a node for the master of that name.
func namedAs(sentinel, name, node string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s names %s as the master of %s", sentinel, node, name),
			fmt.Sprintf("%s 说 %s 的主节点是 %s", sentinel, name, node)),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(sentinel)
			if err != nil {
				return "", err
			}
			addr, err := n.Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).StringSlice()
			if err != nil || len(addr) != 2 {
				return "", fmt.Errorf("%q: %w", addr, err)
			}
			got := idAt(r, addr[0]+":"+addr[1])
			if got != node {
				err = errors.New("not " + node)
			}
			return got, err
		},
	}
}
