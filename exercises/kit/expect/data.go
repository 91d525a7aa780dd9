package expect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"redislab/exercises/kit"
)

// Nil is how redis-cli prints a missing value.
const Nil = "(nil)"

// Ask sends a command by go-redis and returns the reply as text; "(nil)" for none.
func Ask(ctx context.Context, r *kit.Run, node string, args ...string) (string, error) {
	n, err := r.Node(node)
	if err != nil {
		return "", err
	}
	words := make([]any, len(args))
	for i, a := range args {
		words[i] = a
	}
	v, err := n.Do(ctx, words...).Result()
	if errors.Is(err, redis.Nil) {
		return Nil, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", node, err)
	}
	return fmt.Sprint(v), nil
}

// Reply expects a command's reply.
func Reply(node, want string, args ...string) kit.Check {
	line := strings.Join(args, " ")
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s answers %q with %s", node, line, want),
			fmt.Sprintf("%s 对 %q 的回答是 %s", node, line, want)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			got, err := Ask(ctx, r, node, args...)
			if err == nil && got != want {
				err = fmt.Errorf("not %s", want)
			}
			return got, err
		},
	}
}

// Get expects the value of a key.
func Get(node, key, want string) kit.Check {
	return Reply(node, want, "GET", key).Named(
		fmt.Sprintf("GET %s on %s gives %q", key, node, want),
		fmt.Sprintf("在 %s 上 GET %s 得到 %q", node, key, want))
}

// NoKey expects a key to be absent.
func NoKey(node, key string) kit.Check {
	return Reply(node, Nil, "GET", key).Named(
		fmt.Sprintf("%s has no key %s", node, key),
		fmt.Sprintf("%s 上没有键 %s", node, key))
}

// Fails expects a command that the lab tries to be refused with an error that
// starts with prefix.
func Fails(node, prefix string, args ...string) kit.Check {
	line := strings.Join(args, " ")
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s refuses %q with %s", node, line, prefix),
			fmt.Sprintf("%s 以 %s 拒绝 %q", node, prefix, line)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			n, err := r.Node(node)
			if err != nil {
				return "", err
			}
			words := make([]any, len(args))
			for i, a := range args {
				words[i] = a
			}
			v, err := n.Do(ctx, words...).Result()
			if err == nil || errors.Is(err, redis.Nil) {
				return fmt.Sprint(v), errors.New("it was not refused")
			}
			var said redis.Error
			if errors.As(err, &said) && strings.HasPrefix(said.Error(), prefix) {
				return said.Error(), nil
			}
			return "", err
		},
	}
}

// Stranger expects a client without a password to be answered with an error of
// that prefix.
func Stranger(node, prefix string, args ...string) kit.Check {
	line := strings.Join(args, " ")
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("without a password, %q on %s gives %s", line, node, prefix),
			fmt.Sprintf("不带密码时，在 %s 上执行 %q 得到 %s", node, line, prefix)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			v, err := r.Ask(ctx, node, args...)
			if err == nil && !strings.HasPrefix(v.Str, prefix) {
				err = errors.New("not " + prefix)
			}
			return v.String(), err
		},
	}
}

// SameData expects two nodes to hold the same data, by DEBUG DIGEST. Both need
// the directive enable-debug-command.
func SameData(a, b string) kit.Check {
	return kit.Check{
		Name: kit.T(
			fmt.Sprintf("%s and %s hold the same data", a, b),
			fmt.Sprintf("%s 与 %s 的数据完全相同", a, b)),
		Probe: func(ctx context.Context, r *kit.Run) (string, error) {
			da, err := Ask(ctx, r, a, "DEBUG", "DIGEST")
			if err != nil {
				return "", err
			}
			db, err := Ask(ctx, r, b, "DEBUG", "DIGEST")
			if err != nil {
				return "", err
			}
			seen := fmt.Sprintf("digest %.8s… and %.8s…", da, db)
			if da != db {
				return seen, errors.New("the data differ")
			}
			return seen, nil
		},
	}
}

// DebugOn is the directive that SameData needs.
const DebugOn = "enable-debug-command"
