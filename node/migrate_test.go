package node

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"redislab/node/freeport"
)

// TestMigrate moves keys between our nodes and real ones, and compares replies with those of a
// real server that does the same.
func TestMigrate(t *testing.T) {
	t.Parallel()
	for _, p := range pairings {
		t.Run(p.master.name+"-to-"+p.replica.name, func(t *testing.T) {
			ctx := context.Background()
			fa, ta := p.master.start(t, t.TempDir()), p.replica.start(t, t.TempDir())
			from, to := testClient(t, fa), testClient(t, ta)
			host, port := hostPort(t, ta)
			ownHost, ownPort := hostPort(t, fa)
			from.MSet(ctx, "a", "1", "b", "2", "c", "3", "d", "4", "e", "5")
			from.Expire(ctx, "b", 3600e9)
			from.RPush(ctx, "l", "x", "y")
			closed := freeport.For(t)
			for _, step := range []struct {
				words string
				want  string
			}{
				{"migrate H P none 0 1000", "NOKEY"},
				{"migrate H P a 0 1000 copy", "OK"},
				{"migrate H P a 0 1000", "ERR Target instance replied with error: BUSYKEY Target key name already exists."},
				{"migrate H P a 0 1000 replace", "OK"},
				{"migrate H P b 7 1000", "OK"},
				{"migrate H P c 99 1000", "ERR Target instance replied with error: ERR DB index is out of range"},
				{"migrate H P c x 1000", "ERR value is not an integer or out of range"},
				{"migrate H P c 0 x", "ERR value is not an integer or out of range"},
				{"migrate H P c 0 1000 foo", "ERR syntax error"},
				{"migrate H P c 0 1000 keys c", "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string"},
				{"migrate H P c 0 1000 auth x", "ERR Target instance replied with error: ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"},
				{"migrate 127.0.0.1 CLOSED c 0 1000", "IOERR error or timeout writing to target instance"},
				{"migrate OWNHOST OWNPORT c 0 150", "IOERR error or timeout reading to target instance"},
				{"set d there", "OK"}, // on the target, see below
				{"migrate H P EMPTY 0 1000 keys c d e", "ERR Target instance replied with error: BUSYKEY Target key name already exists."},
				{"migrate H P l 0 1000", "OK"},
			} {
				var args []any
				for _, w := range strings.Fields(step.words) {
					switch w {
					case "H":
						w = host
					case "P":
						w = port
					case "OWNHOST":
						w = ownHost
					case "OWNPORT":
						w = ownPort
					case "EMPTY":
						w = ""
					}
					if w == "CLOSED" {
						args = append(args, closed)
						continue
					}
					args = append(args, w)
				}
				c := from
				if args[0] == "set" {
					c = to
				}
				got, err := c.Do(ctx, args...).Text()
				if err != nil {
					got = err.Error()
				}
				if strings.TrimSpace(got) != step.want {
					t.Errorf("%s: got %q, want %q", step.words, got, step.want)
				}
			}
			if got := from.Keys(ctx, "*").Val(); len(got) != 2 {
				t.Errorf("left at home: %v, want c and d: the target has them already", got)
			}
			if got := to.LRange(ctx, "l", 0, -1).Val(); len(got) != 2 {
				t.Errorf("the list arrived as %v", got)
			}
			seven := redis.NewClient(&redis.Options{Addr: ta, DB: 7})
			defer seven.Close()
			if ttl := seven.TTL(ctx, "b").Val(); ttl.Seconds() < 3500 {
				t.Errorf("b arrived with %v to live", ttl)
			}
		})
	}
}
