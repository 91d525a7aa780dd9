package sentinel

import (
	"context"
	"fmt"

	"redislab/exercises/kit"
)

// settled expects the failover away from a master to be over at every living sentinel. One that leads it names the new
// master to clients while it is still busy with the other replicas; only then does it watch the new master.
func settled(old string) kit.Check {
	return kit.Check{
		Name:   kit.T("the failover is over: each living sentinel watches the new master", "故障转移已结束：每个活着的哨兵都改为监控新的主节点"),
		Within: failoverWithin,
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			named, err := addrs(ctx, r)
			if err != nil {
				return "", err
			}
			for id, to := range named {
				if to == old {
					return byNode(named), fmt.Errorf("%s still names %s", id, old)
				}
				f, err := fields(ctx, r, id)
				if err != nil {
					return "", err
				}
				if watches := idAt(r, f["ip"]+":"+f["port"]); watches != to || f["flags"] != "master" {
					return byNode(named), fmt.Errorf("%s watches %s, flags %s", id, watches, f["flags"])
				}
			}
			return byNode(named), nil
		},
	}
}
