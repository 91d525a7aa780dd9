package sentinel

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"redislab/exercises/kit"
)

// elections is the number of epochs that sentinels have begun to be elected in: one a failover, and one more for each that
// found no majority.
func elections(r *kit.Run) int {
	seen := map[string]bool{}
	for _, e := range r.Lab.Events() {
		if e.Fields["name"] == "+new-epoch" {
			seen[e.Fields["payload"]] = true
		}
	}
	return len(seen)
}

// epochRisen expects the configuration to have the epoch of its failover: one more than before, unless votes were split on
// the way.
func epochRisen() kit.Check {
	const before kit.Key[int] = "config-epoch-before"
	return kit.Check{
		Name:   kit.T("config-epoch is one higher for each election", "每选举一次，config-epoch 加一"),
		Within: failoverWithin,
		Begin: func(ctx context.Context, r *kit.Run) error {
			n, err := configEpoch(ctx, r)
			before.Set(r, n)
			return err
		},
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := before.Get(r)
			if err != nil {
				return "", err
			}
			n, err := configEpoch(ctx, r)
			tried := elections(r)
			if err == nil && (n <= from || n != tried) {
				err = errors.New("it is not so")
			}
			return fmt.Sprintf("config-epoch %d before, %d now, after %d elections in all", from, n, tried), err
		},
	}
}

func configEpoch(ctx context.Context, r *kit.Run) (int, error) {
	f, err := fields(ctx, r, s1)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(f["config-epoch"])
}
