package expect

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"redislab/exercises/kit"
)

// since builds a check on a counter that has to rise by at least by after the
// baseline was noted. A counter that fell has been reset and counts from zero.
func since(name kit.Text, by int64, read func(context.Context, *kit.Run) (int64, error)) kit.Check {
	base := kit.Key[int64]("base:" + name.En)
	return kit.Check{
		Name:   name,
		Within: SyncWithin,
		Begin: func(ctx context.Context, r *kit.Run) error {
			v, err := read(ctx, r)
			if err == nil {
				base.Set(r, v)
			}
			return err
		},
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			from, err := base.Get(r)
			if err != nil {
				return "", err
			}
			now, err := read(ctx, r)
			if err != nil {
				return "", err
			}
			if now < from {
				from = 0
			}
			seen := fmt.Sprintf("+%d (from %d to %d)", now-from, from, now)
			if now-from < by {
				return seen, fmt.Errorf("+%d is awaited", by)
			}
			return seen, nil
		},
	}
}

// Rises expects a number in INFO to grow by at least by during the step.
func Rises(node, section, field string, by int64) kit.Check {
	return since(kit.T(
		fmt.Sprintf("%s on %s rises by %d", field, node, by),
		fmt.Sprintf("%s 的 %s 增加 %d", node, field, by)),
		by, func(ctx context.Context, r *kit.Run) (int64, error) {
			return Number(ctx, r, node, section, field)
		})
}

// Refused expects a client of the node to have been refused, during the step,
// with an error of that prefix: the node's own error statistics say so.
func Refused(node, prefix string) kit.Check {
	return since(kit.T(
		fmt.Sprintf("%s has refused your command with %s", node, prefix),
		fmt.Sprintf("%s 用 %s 拒绝了你的命令", node, prefix)),
		1, func(ctx context.Context, r *kit.Run) (int64, error) {
			return statistic(ctx, r, node, "errorstats", "errorstat_"+prefix, "count")
		})
}

// Called expects a command to have been sent to the node n times during the
// step. Checks beside it must not use the command themselves.
func Called(node, command string, n int64) kit.Check {
	return since(kit.T(
		fmt.Sprintf("%s has been sent %s (at least %d times)", node, strings.ToUpper(command), n),
		fmt.Sprintf("%s 收到了 %s（至少 %d 次）", node, strings.ToUpper(command), n)),
		n, func(ctx context.Context, r *kit.Run) (int64, error) { return Calls(ctx, r, node, command) })
}

// Calls is how often a command ran on a node since its start.
func Calls(ctx context.Context, r *kit.Run, node, command string) (int64, error) {
	return statistic(ctx, r, node, "commandstats", "cmdstat_"+strings.ToLower(command), "calls")
}

// statistic reads one number of a line like name:calls=3,usec=17; 0 when the
// line is not there.
func statistic(ctx context.Context, r *kit.Run, node, section, name, part string) (int64, error) {
	n, err := r.Node(node)
	if err != nil {
		return 0, err
	}
	info, err := n.Info(ctx, section)
	if err != nil {
		return 0, err
	}
	for f := range strings.SplitSeq(info[name], ",") {
		if v, ok := strings.CutPrefix(f, part+"="); ok {
			return strconv.ParseInt(v, 10, 64)
		}
	}
	return 0, nil
}
