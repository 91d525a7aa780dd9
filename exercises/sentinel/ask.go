package sentinel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"redislab/exercises/kit"
	"redislab/exercises/kit/wire"
	"redislab/lab"
)

// ask sends a command to a sentinel in RESP2, where lists of names and values are lists. An error reply is an error.
func ask(ctx context.Context, r *kit.Run, sentinel string, args ...string) (wire.Value, error) {
	v, err := r.Ask(ctx, sentinel, args...)
	if err == nil {
		err = v.Err()
	}
	if err != nil {
		return v, fmt.Errorf("%s: %v: %w", sentinel, args, err)
	}
	return v, nil
}

// fieldTable reads a reply of names and values in turn.
func fieldTable(v wire.Value) map[string]string {
	out, list := map[string]string{}, v.Strings()
	for i := 0; i+1 < len(list); i += 2 {
		out[list[i]] = list[i+1]
	}
	return out
}

// replicasOf is SENTINEL REPLICAS of the watched master at one sentinel, by the nodes' IDs.
func replicasOf(ctx context.Context, r *kit.Run, sentinel string) (map[string]map[string]string, error) {
	v, err := ask(ctx, r, sentinel, "SENTINEL", "REPLICAS", lab.MyMaster)
	out := map[string]map[string]string{}
	for _, e := range v.Elems {
		f := fieldTable(e)
		out[idAt(r, f["ip"]+":"+f["port"])] = f
	}
	return out, err
}

// hasFlag tells whether a sentinel has given a flag to what these are the fields of: s_down, o_down …
func hasFlag(f map[string]string, flag string) bool {
	return slices.Contains(strings.Split(f["flags"], ","), flag)
}

// sureOfReplicas waits until a sentinel has no failover on its hands and is sure of every replica: it has heard of it, or holds it for
// down. A failover that is asked for then waits for nobody.
func sureOfReplicas(ctx context.Context, r *kit.Run, sentinel string) error {
	return r.Until(ctx, failoverWithin, sentinel+" is sure of all replicas", func(ctx context.Context) error {
		f, err := fields(ctx, r, sentinel)
		if err != nil {
			return err
		}
		if hasFlag(f, "failover_in_progress") {
			return errors.New("a failover is in progress")
		}
		replicas, err := replicasOf(ctx, r, sentinel)
		for id, f := range replicas {
			heard := f["flags"] == "slave" && len(f["runid"]) == 40 && f["info-refresh"] != "0"
			if !heard && !hasFlag(f, "s_down") {
				err = errors.Join(err, fmt.Errorf("%s is %s", id, f["flags"]))
			}
		}
		return err
	})
}

// askMoreOften makes the sentinels ask for INFO each second instead of each ten, since that is how they find replicas and learn
// what nodes take themselves for.
func askMoreOften(ctx context.Context, r *kit.Run) error {
	for _, s := range r.Lab.Sentinels() {
		if err := s.Do(ctx, "SENTINEL", "DEBUG", "INFO-PERIOD", "1000").Err(); err != nil {
			return fmt.Errorf("%s: %w", s.ID(), err)
		}
	}
	return nil
}

// whereTimeIsReal leaves something out where waiting costs nothing.
func whereTimeIsReal(do func(context.Context, *kit.Run) error) func(context.Context, *kit.Run) error {
	return func(ctx context.Context, r *kit.Run) error {
		if r.Lab.Backend().Capabilities().SimulatedTime {
			return nil
		}
		return do(ctx, r)
	}
}
